//! Settings and cells as they travel to a worker: what serde is told to do with fields of these types. Settings go as the link that would
//! restore them, with what a link does not carry: the table of numbers and the nets.

use std::cell::RefCell;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unroll_engine::signal::Table;
use unroll_engine::Cell;
use unroll_formats::net;

use super::nets;
use super::settings::{Settings, CELLS};
use super::url::{self, LinkState};

/// What travels as its place in a list.
pub trait Placed: Copy + PartialEq + 'static {
    /// The list.
    const LIST: &'static [Self];
}

impl Placed for Cell {
    const LIST: &'static [Self] = &CELLS;
}

/// What serde is told to do with a [`Placed`] field.
pub mod placed {
    use super::{Deserialize, Deserializer, Placed, Serialize, Serializer};
    use serde::de::Error;

    /// Writes a place.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<T: Placed, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        T::LIST.iter().position(|other| other == value).unwrap_or(0).serialize(to)
    }

    /// Reads what is at a place.
    ///
    /// # Errors
    /// Where there is nothing.
    pub fn deserialize<'de, T: Placed, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::LIST.get(usize::deserialize(from)?).copied().ok_or_else(|| D::Error::custom("a place in the list is accepted"))
    }
}

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
            let bytes = known.or_else(|| net::write(&net.document(cell), false).ok())?;
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
    let link = url::encode(&LinkState { settings: settings.clone(), ..LinkState::default() });
    let table = settings.numbers.as_ref().map(|table| (table.columns.clone(), table.values.clone(), table.standardise));
    Wire { link, table, nets: documents(settings) }.serialize(to)
}

/// Reads settings, and remembers their nets so that the link is understood.
///
/// # Errors
/// Where they were not written by [`serialize`].
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Settings, D::Error> {
    let Wire { link, table, nets } = Wire::deserialize(from)?;
    for document in nets.iter().filter_map(|bytes| net::read(bytes).ok()) {
        let cell = document.cell;
        nets::remember(cell, &document.into());
    }
    let table = table.map(|(columns, values, standardise)| Table { columns, values, standardise });
    Ok(url::decode(&link, table).0.settings)
}
