//! What reads and writes nets and numbers, as bytes and as text. Few visitors bring any, so it is no part of the page's first load: it comes
//! with the rest of the lab, or before the page starts where the address needs it.

use std::cell::Cell as Slot;

use unroll_engine::signal::Table;
use unroll_engine::Cell;
use unroll_formats::net;

use super::nets::Net;

/// The cell that has a net, and the net.
type Of = (Cell, Net);

/// Numbers, and what was assumed about them.
type Noted = (Table, Vec<String>);

/// What it can do. Errors are the format's sentences.
#[derive(Clone, Copy)]
pub struct Scribe {
    /// A net as bytes, for a worker.
    pub write: fn(Cell, &Net) -> Result<Vec<u8>, String>,
    /// A net that `write` wrote.
    pub read: fn(&[u8]) -> Result<Of, String>,
    /// A net as text, for a link's fragment and local storage.
    pub to_text: fn(Cell, &Net) -> Result<String, String>,
    /// A net that `to_text` wrote.
    pub from_text: fn(&str) -> Result<Of, String>,
    /// Numbers as text, with what was assumed about them, a sentence each.
    pub table_to_text: fn(&Table, &[String]) -> Result<String, String>,
    /// Numbers that `table_to_text` wrote.
    pub table_from_text: fn(&str) -> Result<Noted, String>,
}

impl Scribe {
    /// To be named in what comes later, in workers and in tests only.
    pub fn all() -> Self {
        Self { write, read, to_text, from_text, table_to_text, table_from_text }
    }
}

fn write(cell: Cell, net: &Net) -> Result<Vec<u8>, String> {
    net::write(&net.document(cell), false).map_err(|error| error.to_string())
}

fn read(bytes: &[u8]) -> Result<Of, String> {
    let document = net::read(bytes).map_err(|error| error.to_string())?;
    Ok((document.cell, document.into()))
}

fn to_text(cell: Cell, net: &Net) -> Result<String, String> {
    net::write(&net.document(cell), true).map(|bytes| net::to_text(&bytes)).map_err(|error| error.to_string())
}

fn from_text(text: &str) -> Result<Of, String> {
    read(&net::from_text(text).map_err(|error| error.to_string())?)
}

fn table_to_text(table: &Table, notes: &[String]) -> Result<String, String> {
    net::write_table_with_notes(table, notes).map(|bytes| net::to_text(&bytes)).map_err(|error| error.to_string())
}

fn table_from_text(text: &str) -> Result<Noted, String> {
    net::from_text(text).and_then(|bytes| net::read_table_with_notes(&bytes)).map_err(|error| error.to_string())
}

thread_local! {
    static SCRIBE: Slot<Option<Scribe>> = const { Slot::new(None) };
}

/// From now on it is there.
pub fn install(scribe: Scribe) {
    SCRIBE.set(Some(scribe));
}

/// The scribe, if it is there. Programs that are no page have it from the start.
///
/// # Errors
/// A sentence that says what to do.
pub fn scribe() -> Result<Scribe, String> {
    #[cfg(not(target_arch = "wasm32"))]
    install(Scribe::all());
    SCRIBE.get().ok_or_else(|| "The part of Unroll that reads and writes nets did not arrive; reload the page to try again.".to_owned())
}
