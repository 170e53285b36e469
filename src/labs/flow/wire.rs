//! Settings as they travel to a worker: the link that would restore them, and what a link does not carry: the table of numbers and the nets.

use std::cell::RefCell;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unroll_engine::signal::Table;

use super::nets;
use super::scribe::scribe;
use super::settings::Settings;
use crate::form::link::{decode_settings, encode_settings};

#[derive(Serialize, Deserialize)]
struct Wire {
    link: String,
    /// Column names, values, whether they are standardised.
    table: Option<(Vec<String>, Vec<f64>, bool)>,
    /// The nets as documents, which a link only names.
    nets: Vec<Vec<u8>>,
}

thread_local! {
    /// The nets last sent, as bytes, by name: a drag sends the same ones again and again.
    static NETS: RefCell<Vec<(String, Vec<u8>)>> = const { RefCell::new(Vec::new()) };
}

/// The bytes of the nets.
fn documents(settings: &Settings) -> Vec<Vec<u8>> {
    let documents: Vec<(String, Vec<u8>)> = settings
        .nets
        .changed()
        .filter_map(|(cell, net)| {
            let id = net.id()?;
            let known = NETS.with_borrow(|nets| nets.iter().find(|(name, _)| *name == id).map(|(_, bytes)| bytes.clone()));
            let bytes = known.or_else(|| (scribe().ok()?.write)(cell, net).ok())?;
            Some((id, bytes))
        })
        .collect();
    let bytes = documents.iter().map(|(_, bytes)| bytes.clone()).collect();
    NETS.set(documents);
    bytes
}

/// Writes settings.
///
/// # Errors
/// The serialiser's.
pub fn serialize<S: Serializer>(settings: &Settings, to: S) -> Result<S::Ok, S::Error> {
    let link = encode_settings(settings);
    let table = settings.numbers.as_ref().map(|table| (table.columns.clone(), table.values.clone(), table.standardise));
    Wire { link, table, nets: documents(settings) }.serialize(to)
}

/// Reads settings, and remembers their nets so that the link is understood.
///
/// # Errors
/// Where they were not written by [`serialize`].
pub fn deserialize<'de, T: From<Settings>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let Wire { link, table, nets } = Wire::deserialize(from)?;
    for (cell, net) in nets.iter().filter_map(|bytes| (scribe().ok()?.read)(bytes).ok()) {
        nets::remember(cell, &net);
    }
    let numbers = table.map(|(columns, values, standardise)| Table { columns, values, standardise });
    Ok(decode_settings(&link, Settings { numbers, ..Settings::default() }).0.into())
}
