//! Plain JavaScript values: what messages are made of.

use js_sys::{Array, Float64Array};
use unroll_engine::signal::Table;
use unroll_engine::Cell;
use wasm_bindgen::{JsCast, JsValue};

use crate::state::settings::{Settings, CELLS};
use crate::state::url::{self, LinkState};

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

/// Settings as the link that would restore them and the table that a link does not carry (or null).
pub fn settings_values(settings: &Settings) -> [JsValue; 2] {
    let link = url::encode(&LinkState { settings: settings.clone(), pinned: None });
    let table = settings.numbers.as_ref().map_or(JsValue::NULL, |table| {
        let columns: Array = table.columns.iter().map(JsValue::from).collect();
        Array::of3(&columns, &floats(table.values.iter().copied()), &table.standardise.into()).into()
    });
    [link.into(), table]
}

/// The settings at a place of a message and the next.
pub fn settings(message: &Array, place: u32) -> Option<Settings> {
    let table = message.get(place + 1).dyn_into::<Array>().ok().and_then(|parts| {
        let columns = parts.get(0).dyn_into::<Array>().ok()?.iter().filter_map(|name| name.as_string()).collect();
        Some(Table { columns, values: vector(&parts, 1)?, standardise: parts.get(2).as_bool()? })
    });
    Some(url::decode(&message.get(place).as_string()?, table).0.settings)
}
