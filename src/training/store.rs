//! The Train lab's settings as signals, tied to the address.

use leptos::prelude::*;

use super::link;
use super::settings::TrainSettings;
use crate::state::history;
use crate::state::notice::Notice;
use crate::state::theme::{self, Theme};

/// Created once; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct TrainStore {
    pub settings: RwSignal<TrainSettings>,
    pub notices: RwSignal<Vec<Notice>>,
    pub theme: RwSignal<Theme>,
}

impl TrainStore {
    /// Reads the address and follows it. Ends with the reactive owner it is called in.
    pub fn new() -> Self {
        let (settings, notices) = link::decode(&history::query());
        let store = Self { settings: RwSignal::new(settings), notices: RwSignal::new(notices), theme: theme::start() };
        let listener = history::on_move(move || {
            let (settings, notices) = link::decode(&history::query());
            store.settings.set(settings);
            notices.into_iter().for_each(|notice| store.notify(notice));
        });
        on_cleanup(move || listener.remove());
        store
    }

    /// A gesture is over: the settings are made consistent and put on a new history entry.
    pub fn commit(&self) {
        let mut settings = self.settings.get_untracked();
        settings.normalise();
        let query = link::encode(&settings);
        if self.settings.with_untracked(|current| *current != settings) {
            self.settings.set(settings);
        }
        if query != history::query() {
            // A refused address is written with the next change.
            let _ = history::push(&query);
        }
    }

    /// Takes other settings as one step.
    pub fn apply(&self, settings: TrainSettings) {
        self.settings.set(settings);
        self.commit();
    }

    /// Shows a notice, once.
    pub fn notify(&self, notice: Notice) {
        self.notices.update(|notices| {
            if !notices.contains(&notice) {
                notices.push(notice);
            }
        });
    }

    /// Puts a notice away.
    pub fn dismiss(&self, notice: &Notice) {
        self.notices.update(|notices| notices.retain(|shown| shown != notice));
    }

    /// The user's choice of theme.
    pub fn choose_theme(&self, choice: Theme) {
        if let Err(notice) = theme::choose(self.theme, choice) {
            self.notify(notice);
        }
    }
}

impl Default for TrainStore {
    fn default() -> Self {
        Self::new()
    }
}
