//! The Train lab's store: beside its settings, what an embedded page shows.

use leptos::prelude::*;

use super::settings::TrainSettings;
use crate::browser::history;
use crate::form::store::{Live, Store};
use crate::form::{link, Embed};
use crate::shell::labs::TRAIN;

/// The state of the Train lab.
pub type TrainStore = Store<TrainSettings>;

impl Live for TrainSettings {
    type Signals = StoredValue<Option<Embed>>;
}

impl TrainStore {
    /// What is shown, where the page is inside another.
    pub fn embed(&self) -> Option<Embed> {
        self.get_value()
    }

    /// Where the whole page shows these settings; tracked.
    pub fn whole_page(&self) -> String {
        self.settings.track();
        let query = link::encode(&link::Link { riders: None, ..self.link() });
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{query}", history::root(), TRAIN.route)
    }
}
