//! The Lineage lab's store: beside its settings, what an embedded page shows.

use leptos::prelude::*;

use super::settings::LineageSettings;
use crate::browser::history;
use crate::form::store::{Live, Store};
use crate::form::{link, Embed};
use crate::shell::labs::LINEAGE;

/// The state of the lab.
pub type LineageStore = Store<LineageSettings>;

impl Live for LineageSettings {
    type Signals = StoredValue<Option<Embed>>;
}

impl LineageStore {
    /// What is shown, where the page is inside another.
    pub fn shown_inside(&self) -> Option<Embed> {
        self.get_value()
    }

    /// The address of settings, on this page.
    pub fn address_of(settings: &LineageSettings) -> String {
        let query = link::encode(&link::Link::of(settings.clone()));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{query}", history::root(), LINEAGE.route)
    }
}
