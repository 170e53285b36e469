//! Flow's store: the pinned state and the cursor beside the settings, and what a link only names.

use leptos::prelude::*;

use super::fragment;
use super::link::{net_names, FlowRiders, Link};
use super::pin::Pin;
use super::recent_work;
use super::scribe::scribe;
use super::settings::Settings;
use crate::browser::history;
use crate::form::store::{Live, Signals};
use crate::form::{self, link, Embed, Notice};

/// The state of the Flow lab.
pub type Store = form::Store<Settings>;

/// What rides along, as signals.
#[derive(Clone, Copy)]
pub struct FlowSignals {
    /// The state k = 0…T at which the time cursor is pinned.
    pub pinned: RwSignal<Option<usize>>,
    /// The state to compare with; [`Store::put_pin`] writes it.
    pub pin: RwSignal<Option<Pin>>,
    /// How often [`recent_work`] may have changed.
    pub recent: RwSignal<usize>,
    /// What is shown, where the page is inside another; as it was loaded.
    pub embed: StoredValue<Option<Embed>>,
}

impl Signals<Settings> for FlowSignals {
    fn new(riders: FlowRiders) -> Self {
        Self {
            pinned: RwSignal::new(riders.pinned),
            pin: RwSignal::new(riders.pin),
            recent: RwSignal::new(0),
            embed: StoredValue::new(riders.embed),
        }
    }

    fn track(&self) {
        self.pinned.track();
        self.pin.track();
    }

    fn riders(&self) -> FlowRiders {
        FlowRiders { pinned: self.pinned.get_untracked(), embed: self.embed.get_value(), ..self.step() }
    }

    fn step(&self) -> FlowRiders {
        FlowRiders { pin: self.pin.get_untracked(), ..FlowRiders::default() }
    }

    fn put_step(&self, riders: FlowRiders) {
        if self.pin.with_untracked(|pin| *pin != riders.pin) {
            self.pin.set(riders.pin);
        }
    }

    fn put(&self, riders: FlowRiders) {
        self.pinned.set(riders.pinned);
        self.put_step(riders);
    }

    fn is_guest(&self) -> bool {
        self.embed.with_value(Option::is_some)
    }
}

impl Live for Settings {
    type Signals = FlowSignals;

    /// The nets and numbers of the address' fragment and of this browser. The fragment is taken off: what it holds would soon be out of
    /// date.
    fn arrive(query: &str, current: Option<&Self>) -> (Self, Vec<Notice>) {
        let text = history::fragment();
        let mut base = current.cloned().unwrap_or_default();
        let mut notices = Vec::new();
        if fragment::is_fragment(&text) {
            let readable = scribe().is_ok();
            let (carried, sentences) = fragment::read_fragment(&text);
            base.numbers = carried.numbers.or(base.numbers);
            notices.extend(sentences.into_iter().map(Notice::warning));
            if readable {
                // Where the browser refuses, the fragment stays and is read again with the next load.
                let _ = history::drop_fragment();
            }
        }
        recent_work::find_nets(query);
        (base, notices)
    }

    /// What no link carries is kept, so that the page can be loaded again.
    fn after_step(store: &Store) {
        // A page inside another is looked at, not worked in.
        if store.is_embedded() {
            return;
        }
        let kept = store.settings.with_untracked(|settings| recent_work::keep(settings, store.query(), js_sys::Date::now()));
        if let Err(notice) = kept {
            store.notify(notice);
        }
        store.recent.update(|changes| *changes += 1);
    }
}

/// Whether the address has what only the [`super::scribe`] can read.
pub fn awaits_scribe() -> bool {
    fragment::is_fragment(&history::fragment()) || !net_names(&history::query()).is_empty()
}

impl Store {
    /// Puts a state aside to compare with, or none, as one step.
    pub fn put_pin(&self, pin: Option<Pin>) {
        // What a gesture has done so far is a step of its own.
        self.commit();
        self.pin.set(pin);
        self.commit();
    }

    /// Goes over to the pinned state and pins the one that was left, as one step.
    pub fn swap_pin(&self) {
        self.commit();
        let Some(pin) = self.pin.get_untracked() else { return };
        let settings = self.settings.get_untracked();
        self.pin.set(Some(Pin { settings, name: pin.name }));
        self.apply(pin.settings);
    }

    /// What a link that is passed on needs behind its #, so that it carries what its query only names.
    ///
    /// # Errors
    /// A sentence that says why a link cannot carry it.
    pub fn fragment(&self) -> Result<String, String> {
        self.settings
            .with_untracked(|settings| self.pin.with_untracked(|pin| fragment::fragment(settings, pin.as_ref().map(|pin| &pin.settings))))
    }

    /// Whether the page is shown inside another.
    pub fn is_embedded(&self) -> bool {
        self.is_guest()
    }

    /// Where the whole page shows this state, with what its query only names; tracked.
    pub fn whole_page(&self) -> String {
        self.settings.track();
        self.track();
        let mut whole: Link = self.link();
        whole.riders.embed = None;
        let mark = |mark: &str, text: String| if text.is_empty() { text } else { format!("{mark}{text}") };
        // What is too large for a link is in this browser, if it keeps anything.
        let fragment = self.fragment().unwrap_or_default();
        format!("{}{}{}", history::root(), mark("?", link::encode(&whole)), mark("#", fragment))
    }
}
