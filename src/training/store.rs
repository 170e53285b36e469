//! The Train lab's settings as signals, tied to the address.

use leptos::ev;
use leptos::prelude::*;

use super::link;
use super::settings::TrainSettings;
use crate::state::history;
use crate::state::notice::Notice;
use crate::state::store::follow_undo_key;
use crate::state::theme::{self, Theme};
use crate::state::undo::UndoStack;

/// Created once; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct TrainStore {
    pub settings: RwSignal<TrainSettings>,
    pub notices: RwSignal<Vec<Notice>>,
    pub theme: RwSignal<Theme>,
    undo: RwSignal<UndoStack<TrainSettings>>,
}

impl TrainStore {
    /// Reads the address and follows it. Ends with the reactive owner it is called in.
    pub fn new() -> Self {
        let (settings, notices) = link::decode(&history::query());
        let undo = RwSignal::new(UndoStack::new(settings.clone()));
        let store = Self { settings: RwSignal::new(settings), notices: RwSignal::new(notices), theme: theme::start(), undo };
        let moved = history::on_move(move || {
            let (settings, notices) = link::decode(&history::query());
            store.undo.update(|undo| undo.record(settings.clone()));
            store.settings.set(settings);
            notices.into_iter().for_each(|notice| store.notify(notice));
        });
        let keys = window_event_listener(ev::keydown, move |event| follow_undo_key(&event, || store.undo(), || store.redo()));
        on_cleanup(move || [moved, keys].into_iter().for_each(WindowListenerHandle::remove));
        store
    }

    /// A gesture is over: the settings are made consistent and put on a new history entry.
    pub fn commit(&self) {
        let mut settings = self.settings.get_untracked();
        settings.normalise();
        let query = link::encode(&settings);
        if self.settings.with_untracked(|current| *current != settings) {
            self.settings.set(settings.clone());
        }
        if self.undo.with_untracked(|undo| *undo.present() != settings) {
            self.undo.update(|undo| undo.record(settings));
        }
        write_address(&query);
    }

    /// One step back.
    pub fn undo(&self) {
        self.step(UndoStack::undo);
    }

    /// One step forward.
    pub fn redo(&self) {
        self.step(UndoStack::redo);
    }

    /// Whether there is a step back; tracked.
    pub fn can_undo(&self) -> bool {
        self.undo.with(UndoStack::can_undo)
    }

    /// Whether there is a step forward; tracked.
    pub fn can_redo(&self) -> bool {
        self.undo.with(UndoStack::can_redo)
    }

    fn step(&self, take: impl FnOnce(&mut UndoStack<TrainSettings>) -> Option<&TrainSettings>) {
        // What a gesture has done so far is a step of its own.
        self.commit();
        let Some(settings) = self.undo.try_update(|undo| take(undo).cloned()).flatten() else { return };
        write_address(&link::encode(&settings));
        self.settings.set(settings);
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

fn write_address(query: &str) {
    if query != history::query() {
        // A refused address is written with the next change.
        let _ = history::push(query);
    }
}

impl Default for TrainStore {
    fn default() -> Self {
        Self::new()
    }
}
