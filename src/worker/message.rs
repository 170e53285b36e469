//! Plain JavaScript values: what messages are made of.

use std::cell::RefCell;

use js_sys::{Array, Float64Array, Uint8Array};
use unroll_engine::signal::Table;
use unroll_engine::Cell;
use unroll_formats::net;
use wasm_bindgen::{JsCast, JsValue};

use crate::form::link::{decode_settings, encode_settings};
use crate::form::vocabulary::CELLS;
use crate::labs::flow::nets;
use crate::labs::flow::settings::Settings;

/// Numbers as one typed array.
pub fn floats(values: impl IntoIterator<Item = f64>) -> JsValue {
    Float64Array::from(values.into_iter().collect::<Vec<_>>().as_slice()).into()
}

/// A whole number at a place of a message.
pub fn number(message: &Array, place: u32) -> Option<usize> {
    message.get(place).as_f64().map(|value| value as usize)
}

/// Numbers at a place of a message.
pub fn vector(message: &Array, place: u32) -> Option<Vec<f64>> {
    message.get(place).dyn_into::<Float64Array>().ok().map(|array| array.to_vec())
}

/// A cell as its place on the page.
pub fn cell_value(cell: Cell) -> JsValue {
    (CELLS.iter().position(|c| *c == cell).unwrap_or(0) as f64).into()
}

/// The cell at a place of a message.
pub fn cell(message: &Array, place: u32) -> Option<Cell> {
    CELLS.get(number(message, place)?).copied()
}

thread_local! {
    /// The nets last sent, as bytes, by name: a drag sends the same ones again and again.
    static NETS: RefCell<Vec<(String, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// The bytes of the nets, which a link only names.
fn net_values(settings: &Settings) -> JsValue {
    let values: Vec<(String, JsValue)> = settings
        .nets
        .changed()
        .filter_map(|(cell, net)| {
            let id = net.id()?;
            let known = NETS.with_borrow(|nets| nets.iter().find(|(name, _)| *name == id).map(|(_, bytes)| bytes.clone()));
            let bytes =
                known.or_else(|| net::write(&net.document(cell), false).ok().map(|bytes| Uint8Array::from(bytes.as_slice()).into()))?;
            Some((id, bytes))
        })
        .collect();
    let array: Array = values.iter().map(|(_, bytes)| bytes).collect();
    NETS.set(values);
    array.into()
}

/// Remembers the nets of a message, so that its link is understood.
fn learn_nets(values: &JsValue) {
    let Some(array) = values.dyn_ref::<Array>() else { return };
    for bytes in array.iter().filter_map(|bytes| bytes.dyn_into::<Uint8Array>().ok()) {
        if let Ok(document) = net::read(&bytes.to_vec()) {
            let cell = document.cell;
            nets::remember(cell, &document.into());
        }
    }
}

/// Settings as the link that would restore them, and what a link does not carry: the table (or null) and the nets.
pub fn settings_values(settings: &Settings) -> [JsValue; 2] {
    let link = encode_settings(settings);
    let table = settings.numbers.as_ref().map_or(JsValue::NULL, |table| {
        let columns: Array = table.columns.iter().map(JsValue::from).collect();
        Array::of3(&columns, &floats(table.values.iter().copied()), &table.standardise.into()).into()
    });
    [link.into(), Array::of2(&table, &net_values(settings)).into()]
}

/// The settings at a place of a message and the next.
pub fn settings(message: &Array, place: u32) -> Option<Settings> {
    let extra: Array = message.get(place + 1).dyn_into().ok()?;
    learn_nets(&extra.get(1));
    let table = extra.get(0).dyn_into::<Array>().ok().and_then(|parts| {
        let columns = parts.get(0).dyn_into::<Array>().ok()?.iter().filter_map(|name| name.as_string()).collect();
        Some(Table { columns, values: vector(&parts, 1)?, standardise: parts.get(2).as_bool()? })
    });
    Some(decode_settings(&message.get(place).as_string()?, Settings { numbers: table, ..Settings::default() }).0)
}
