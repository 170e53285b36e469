//! What the ways in for files share: what is being read, what is asked, and what came of it.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use unroll_formats::{shown, ModelFile, TextFile};

use super::model::{Imported, Source};
use crate::form::Notice;
use crate::labs::flow::brought;
use crate::labs::flow::store::Store;

/// What pasted text is called.
pub(super) const PASTED: &str = "the pasted text";

/// A file that leaves something to choose.
#[derive(Clone, Debug, PartialEq)]
pub enum Pending {
    Model { name: String, file: ModelFile },
    Sequence { name: String, source: Source },
    Text { name: String, text: TextFile },
}

/// A file that is being read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub name: String,
    pub share: f64,
}

/// Takes files for the lab. A handle that can be copied.
#[derive(Clone, Copy)]
pub struct Importer {
    pub(super) store: Store,
    pub(super) pending: RwSignal<Option<Arc<Pending>>>,
    pub(super) reading: RwSignal<Option<Reading>>,
    /// Counts files, so that one that was cancelled or passed over is not taken when it is read at last.
    pub(super) turn: StoredValue<u32>,
    /// What the last import said.
    said: StoredValue<Option<Notice>>,
    pub(super) picker: NodeRef<html::Input>,
}

impl Importer {
    /// Takes files into this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            pending: RwSignal::new(None),
            reading: RwSignal::new(None),
            turn: StoredValue::new(0),
            said: StoredValue::new(None),
            picker: NodeRef::new(),
        }
    }

    /// Opens the browser's own dialog for files.
    pub fn pick(&self) {
        if let Some(input) = self.picker.get_untracked() {
            input.click();
        }
    }

    pub(super) fn stop_reading(&self) {
        self.turn.update_value(|turn| *turn += 1);
        self.reading.set(None);
    }

    pub(super) fn ask(&self, pending: Pending) {
        self.pending.set(Some(Arc::new(pending)));
    }

    /// Takes what a file became, as one step of undo, or says why it became nothing.
    pub(super) fn settle(&self, name: &str, imported: Result<Imported, String>) {
        match imported {
            Ok(Imported { settings, sentence, assumed }) => {
                brought::remember_input(&settings, assumed);
                self.store.apply(settings);
                self.say(Notice::info(sentence));
            }
            Err(error) => self.refuse(name, &error),
        }
    }

    pub(super) fn refuse(&self, name: &str, error: &str) {
        self.say(Notice::warning(format!("{}: {error}", shown(name))));
    }

    /// One sentence at a time: the last import's goes.
    fn say(&self, notice: Notice) {
        if let Some(before) = self.said.get_value() {
            self.store.dismiss(&before);
        }
        self.store.notify(notice.clone());
        self.said.set_value(Some(notice));
    }
}
