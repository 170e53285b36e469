//! A lab's state as signals, and its ties to the address, to undo and to the theme.

use std::ops::Deref;
use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::link::{decode, encode, Link};
use super::notice::Notice;
use super::undo::UndoStack;
use super::{Embed, Embeds, Form};
use crate::browser::theme::{self, Theme};
use crate::browser::{history, storage};

/// During a drag the address is written at most this often. Browsers refuse more than a hundred changes in half a minute.
const ADDRESS_PERIOD: Duration = Duration::from_millis(320);

/// A form that a page holds.
pub trait Live: Form {
    /// [`Form::Riders`] as signals, and what else the lab's store has; `()` for nothing.
    type Signals: Signals<Self>;

    /// What the address brings beside its query: the settings that its link is read over, with what a fragment or this browser has for it.
    /// `current` are the page's, if it has any.
    fn arrive(_query: &str, current: Option<&Self>) -> (Self, Vec<Notice>) {
        (current.cloned().unwrap_or_default(), Vec::new())
    }

    /// A step was recorded, or the page was opened.
    fn after_step(_store: &Store<Self>) {}
}

/// What rides along in a lab's link, as signals.
pub trait Signals<S: Form>: Copy + Send + Sync + 'static {
    /// As they were read from a link.
    fn new(riders: S::Riders) -> Self;

    /// Follows all that the address holds.
    fn track(&self);

    /// As they are now; not tracked.
    fn riders(&self) -> S::Riders;

    /// Those that undo steps over; the others are at their default. Not tracked.
    fn step(&self) -> S::Riders;

    /// Puts an undo step's.
    fn put_step(&self, riders: S::Riders);

    /// Puts all of an address.
    fn put(&self, riders: S::Riders);

    /// Whether the page is inside another, whose history its steps are none of.
    fn is_guest(&self) -> bool {
        false
    }
}

impl<S: Form<Riders = ()>> Signals<S> for () {
    fn new((): ()) -> Self {}
    fn track(&self) {}
    fn riders(&self) {}
    fn step(&self) {}
    fn put_step(&self, (): ()) {}
    fn put(&self, (): ()) {}
}

/// What an embedded page shows, as it was loaded.
impl<S: Embeds<Riders = Option<Embed>>> Signals<S> for StoredValue<Option<Embed>> {
    fn new(riders: Option<Embed>) -> Self {
        Self::new(riders)
    }

    fn track(&self) {}

    fn riders(&self) -> Option<Embed> {
        self.get_value()
    }

    fn step(&self) -> Option<Embed> {
        None
    }

    fn put_step(&self, _: Option<Embed>) {}

    fn put(&self, _: Option<Embed>) {}

    fn is_guest(&self) -> bool {
        self.with_value(Option::is_some)
    }
}

/// A lab's state. Created once; a handle that can be copied. What rides along reads as the store's own.
///
/// Controls write `settings` as often as they like and call [`Store::commit`] when a gesture is over. Everything else follows: the
/// address at a bounded rate, one history entry and one undo step per gesture.
pub struct Store<S: Live> {
    pub settings: RwSignal<S>,
    pub notices: RwSignal<Vec<Notice>>,
    /// Read it; [`Store::choose_theme`] writes it.
    pub theme: RwSignal<Theme>,
    signals: S::Signals,
    undo: RwSignal<UndoStack<Link<S>>>,
    address: StoredValue<Address>,
}

impl<S: Live> Clone for Store<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Live> Copy for Store<S> {}

impl<S: Live> Deref for Store<S> {
    type Target = S::Signals;

    fn deref(&self) -> &S::Signals {
        &self.signals
    }
}

/// Where the address stands.
#[derive(Default)]
struct Address {
    /// The current history entry was made by the gesture that is going on.
    in_gesture: bool,
    /// A write is due.
    timer: Option<TimeoutHandle>,
}

impl<S: Live> Store<S> {
    /// Reads the address and ties the store to it, to the keyboard (undo) and to the theme. Ends with the reactive owner it is called in.
    pub fn new() -> Self {
        let (link, notices) = read_address::<S>(None);
        let signals = S::Signals::new(link.riders);
        let step = Link { settings: link.settings.clone(), riders: signals.step() };
        let store = Self {
            settings: RwSignal::new(link.settings),
            notices: RwSignal::new(notices),
            theme: theme::start(),
            signals,
            undo: RwSignal::new(UndoStack::new(step)),
            address: StoredValue::new(Address::default()),
        };
        S::after_step(&store);
        let listeners = [
            history::on_move(move || store.restore()),
            window_event_listener(ev::keydown, move |event| follow_undo_key(&event, || store.undo(), || store.redo())),
        ];
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
            store.cancel_timer();
        });
        Effect::new(move |before: Option<()>| {
            store.settings.track();
            store.signals.track();
            if before.is_some() {
                store.write_soon();
            }
        });
        store
    }

    /// A gesture is over: settings are made consistent, the address is written, and one undo step is recorded.
    pub fn commit(&self) {
        let mut settings = self.settings.get_untracked();
        settings.normalise();
        if self.settings.with_untracked(|current| *current != settings) {
            self.settings.set(settings.clone());
        }
        self.write_address();
        self.address.update_value(|address| address.in_gesture = false);
        let step = Link { settings, riders: self.signals.step() };
        if self.undo.with_untracked(|undo| *undo.present() != step) {
            S::after_step(self);
            self.undo.update(|undo| undo.record(step));
        }
    }

    /// Takes other settings as one step: a preset, an import.
    pub fn apply(&self, settings: S) {
        self.settings.set(settings);
        self.commit();
    }

    /// Takes the settings of a link's query as one step, with what no link carries as the page has it.
    pub fn open(&self, query: &str) {
        let (base, notices) = self.settings.with_untracked(|settings| S::arrive(query, Some(settings)));
        let (link, more) = decode(query, base);
        notices.into_iter().chain(more).for_each(|notice| self.notify(notice));
        self.apply(link.settings);
    }

    /// One step back.
    pub fn undo(&self) {
        self.step(|undo| undo.undo().cloned());
    }

    /// One step forward.
    pub fn redo(&self) {
        self.step(|undo| undo.redo().cloned());
    }

    /// Whether there is a step back; tracked.
    pub fn can_undo(&self) -> bool {
        self.undo.with(UndoStack::can_undo)
    }

    /// Whether there is a step forward; tracked.
    pub fn can_redo(&self) -> bool {
        self.undo.with(UndoStack::can_redo)
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
        if let Err(sentence) = theme::choose(self.theme, choice) {
            self.notify(Notice::info(sentence));
        }
    }

    /// Keeps something in this browser, or says that it could not.
    pub fn keep(&self, key: &str, value: &str, what: &str) {
        if let Err(sentence) = storage::write(key, value, what) {
            self.notify(Notice::info(sentence));
        }
    }

    /// The query that the state has, without its question mark.
    pub fn query(&self) -> String {
        encode(&self.link())
    }

    /// What the address holds; not tracked.
    pub fn link(&self) -> Link<S> {
        Link { settings: self.settings.get_untracked(), riders: self.signals.riders() }
    }

    /// Writes the address now, if it is not up to date; also after the router changed the path and dropped the query.
    pub fn write_address(&self) {
        self.cancel_timer();
        let query = self.query();
        if query == history::query() {
            return;
        }
        let changed = !self.undo.with_untracked(|undo| self.is_at(undo.present()));
        // The steps of an embed are none of the page around it, whose history it would fill.
        let starts_entry = changed && !self.signals.is_guest() && !self.address.with_value(|address| address.in_gesture);
        let written = if starts_entry { history::push(&query) } else { history::replace(&query) };
        // Where the browser refuses, the next change tries again.
        if written.is_ok() && starts_entry {
            self.address.update_value(|address| address.in_gesture = true);
        }
    }

    /// Whether the step is what is set now.
    fn is_at(&self, step: &Link<S>) -> bool {
        self.settings.with_untracked(|settings| *settings == step.settings) && self.signals.step() == step.riders
    }

    fn step(&self, take: impl FnOnce(&mut UndoStack<Link<S>>) -> Option<Link<S>>) {
        // What a gesture has done so far is a step of its own.
        self.commit();
        let Some(step) = self.undo.try_update(take).flatten() else {
            return;
        };
        self.put(step);
        let query = self.query();
        if query != history::query() {
            // A refused address is written with the next change.
            let _ = if self.signals.is_guest() { history::replace(&query) } else { history::push(&query) };
        }
    }

    fn put(&self, step: Link<S>) {
        self.settings.set(step.settings);
        self.signals.put_step(step.riders);
    }

    /// The user moved in the history.
    fn restore(&self) {
        self.cancel_timer();
        let (link, notices) = self.settings.with_untracked(|settings| read_address(Some(settings)));
        self.address.update_value(|address| address.in_gesture = false);
        self.settings.set(link.settings.clone());
        self.signals.put(link.riders);
        let step = Link { settings: link.settings, riders: self.signals.step() };
        self.undo.update(|undo| undo.record(step));
        notices.into_iter().for_each(|notice| self.notify(notice));
    }

    fn write_soon(&self) {
        let store = *self;
        self.address.update_value(|address| {
            if address.timer.is_none() {
                address.timer = set_timeout_with_handle(move || store.write_address(), ADDRESS_PERIOD).ok();
            }
        });
    }

    fn cancel_timer(&self) {
        // At clean-up the value may be gone already, and its timer with it.
        self.address.try_update_value(|address| {
            if let Some(timer) = address.timer.take() {
                timer.clear();
            }
        });
    }
}

impl<S: Live> Default for Store<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of the address, and what of it was not used.
fn read_address<S: Live>(current: Option<&S>) -> (Link<S>, Vec<Notice>) {
    let query = history::query();
    let (base, mut notices) = S::arrive(&query, current);
    let (link, more) = decode(&query, base);
    notices.extend(more);
    (link, notices)
}

/// Ctrl+Z and its kin.
fn follow_undo_key(event: &web_sys::KeyboardEvent, undo: impl FnOnce(), redo: impl FnOnce()) {
    let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    if !command || edits_text(event) {
        return;
    }
    match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
        ("z", false) => undo(),
        ("z", true) | ("y", false) => redo(),
        _ => return,
    }
    event.prevent_default();
}

/// Whether the key belongs to text that is being edited, which has its own undo. A number field counts only while it holds a draft.
fn edits_text(event: &web_sys::KeyboardEvent) -> bool {
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        element
            .matches("textarea, [contenteditable], input[data-editing], input:not([type]), input[type=text]:not([role=spinbutton])")
            .unwrap_or(false)
    })
}
