//! The page's state as signals, and its ties to the address, to undo and to the theme.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use unroll_engine::signal::Table;
use wasm_bindgen::JsCast;

use super::embed::Embed;
use super::notice::Notice;
use super::pin::Pin;
use super::settings::Settings;
use super::theme::{self, Theme};
use super::undo::UndoStack;
use super::url::{self, LinkState};
use super::{history, nets, recent, storage};

/// During a drag the address is written at most this often. Browsers refuse more than a hundred changes in half a minute.
const ADDRESS_PERIOD: Duration = Duration::from_millis(320);

/// The page's state. Created once; a handle that can be copied.
///
/// Controls write `settings` as often as they like and call [`Store::commit`] when a gesture is over. Everything else follows: the
/// address at a bounded rate, one history entry and one undo step per gesture.
#[derive(Clone, Copy)]
pub struct Store {
    pub settings: RwSignal<Settings>,
    /// The state k = 0…T at which the time cursor is pinned.
    pub pinned: RwSignal<Option<usize>>,
    /// The state to compare with; [`Store::put_pin`] writes it.
    pub pin: RwSignal<Option<Pin>>,
    pub notices: RwSignal<Vec<Notice>>,
    /// Read it; [`Store::choose_theme`] writes it.
    pub theme: RwSignal<Theme>,
    /// How often [`recent`] may have changed.
    pub recent: RwSignal<usize>,
    /// What is shown, where the page is inside another; as it was loaded.
    pub embed: StoredValue<Option<Embed>>,
    undo: RwSignal<UndoStack<Step>>,
    address: StoredValue<Address>,
}

/// An undo step: settings, and what they are compared with.
#[derive(Clone, PartialEq)]
struct Step {
    settings: Settings,
    pin: Option<Pin>,
}

/// Where the address stands.
#[derive(Default)]
struct Address {
    /// The current history entry was made by the gesture that is going on.
    in_gesture: bool,
    /// A write is due.
    timer: Option<TimeoutHandle>,
}

impl Store {
    /// Reads the address and ties the store to it, to the keyboard (undo) and to the theme. Ends with the reactive owner it is called in.
    pub fn new() -> Self {
        let (link, notices) = read_address(None);
        let store = Self {
            undo: RwSignal::new(UndoStack::new(Step { settings: link.settings.clone(), pin: link.pin.clone() })),
            settings: RwSignal::new(link.settings),
            pinned: RwSignal::new(link.pinned),
            pin: RwSignal::new(link.pin),
            embed: StoredValue::new(link.embed),
            notices: RwSignal::new(notices),
            theme: theme::start(),
            recent: RwSignal::new(0),
            address: StoredValue::new(Address::default()),
        };
        // What came in a fragment is kept, so that the page can be loaded again.
        store.keep_work(&store.settings.get_untracked());
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
            store.pinned.track();
            store.pin.track();
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
        let step = Step { settings, pin: self.pin.get_untracked() };
        if self.undo.with_untracked(|undo| *undo.present() != step) {
            self.keep_work(&step.settings);
            self.undo.update(|undo| undo.record(step));
        }
    }

    fn keep_work(&self, settings: &Settings) {
        // A page inside another is looked at, not worked in.
        if self.is_embedded() {
            return;
        }
        if let Err(notice) = recent::keep(settings, self.query(), js_sys::Date::now()) {
            self.notify(notice);
        }
        self.recent.update(|changes| *changes += 1);
    }

    /// Takes other settings as one step: a preset, an import.
    pub fn apply(&self, settings: Settings) {
        self.settings.set(settings);
        self.commit();
    }

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

    /// Takes the settings of a link's query as one step, with the numbers that the page has.
    pub fn open(&self, query: &str) {
        recent::find_nets(query);
        let numbers = self.settings.with_untracked(|settings| settings.numbers.clone());
        let (link, notices) = url::decode(query, numbers);
        notices.into_iter().for_each(|notice| self.notify(notice));
        self.apply(link.settings);
    }

    /// What a link that is passed on needs behind its #, so that it carries what its query only names.
    ///
    /// # Errors
    /// A sentence that says why a link cannot carry it.
    pub fn fragment(&self) -> Result<String, String> {
        self.settings
            .with_untracked(|settings| self.pin.with_untracked(|pin| nets::fragment(settings, pin.as_ref().map(|pin| &pin.settings))))
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
        if let Err(notice) = theme::choose(self.theme, choice) {
            self.notify(notice);
        }
    }

    /// Keeps something in this browser, or says that it could not.
    pub fn keep(&self, key: &str, value: &str, what: &str) {
        if let Err(notice) = storage::write(key, value, what) {
            self.notify(notice);
        }
    }

    /// Whether the page is shown inside another.
    pub fn is_embedded(&self) -> bool {
        self.embed.with_value(Option::is_some)
    }

    /// The query that the state has, without its question mark.
    pub fn query(&self) -> String {
        url::encode(&LinkState { embed: self.embed.get_value(), ..self.state() })
    }

    /// Where the whole page shows this state, with what its query only names; tracked.
    pub fn whole_page(&self) -> String {
        self.settings.track();
        self.pinned.track();
        self.pin.track();
        let mark = |mark: &str, text: String| if text.is_empty() { text } else { format!("{mark}{text}") };
        // What is too large for a link is in this browser, if it keeps anything.
        let fragment = self.fragment().unwrap_or_default();
        format!("{}{}{}", history::root(), mark("?", url::encode(&self.state())), mark("#", fragment))
    }

    fn state(&self) -> LinkState {
        LinkState {
            settings: self.settings.get_untracked(),
            pinned: self.pinned.get_untracked(),
            pin: self.pin.get_untracked(),
            embed: None,
        }
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
        let starts_entry = changed && !self.is_embedded() && !self.address.with_value(|address| address.in_gesture);
        let written = if starts_entry { history::push(&query) } else { history::replace(&query) };
        // Where the browser refuses, the next change tries again.
        if written.is_ok() && starts_entry {
            self.address.update_value(|address| address.in_gesture = true);
        }
    }

    /// Whether the step is what is set now.
    fn is_at(&self, step: &Step) -> bool {
        self.settings.with_untracked(|settings| *settings == step.settings) && self.pin.with_untracked(|pin| *pin == step.pin)
    }

    fn step(&self, take: impl FnOnce(&mut UndoStack<Step>) -> Option<Step>) {
        // What a gesture has done so far is a step of its own.
        self.commit();
        let Some(step) = self.undo.try_update(take).flatten() else {
            return;
        };
        self.put(step);
        let query = self.query();
        if query != history::query() {
            // A refused address is written with the next change.
            let _ = if self.is_embedded() { history::replace(&query) } else { history::push(&query) };
        }
    }

    fn put(&self, step: Step) {
        self.settings.set(step.settings);
        if self.pin.with_untracked(|pin| *pin != step.pin) {
            self.pin.set(step.pin);
        }
    }

    /// The user moved in the history.
    fn restore(&self) {
        self.cancel_timer();
        let numbers = self.settings.with_untracked(|settings| settings.numbers.clone());
        let (link, notices) = read_address(numbers);
        self.address.update_value(|address| address.in_gesture = false);
        let step = Step { settings: link.settings, pin: link.pin };
        self.undo.update(|undo| undo.record(step.clone()));
        self.put(step);
        self.pinned.set(link.pinned);
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

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of the address: of its query, and of the nets and numbers in its fragment and in this browser. The fragment is taken off: what
/// it holds would soon be out of date.
fn read_address(numbers: Option<Table>) -> (LinkState, Vec<Notice>) {
    let (fragment, query) = (history::fragment(), history::query());
    let mut notices = Vec::new();
    let mut carried = nets::Carried::default();
    if nets::is_fragment(&fragment) {
        let (read, sentences) = nets::read_fragment(&fragment);
        carried = read;
        notices.extend(sentences.into_iter().map(Notice::warning));
        // Where the browser refuses, the fragment stays and is read again with the next load.
        let _ = history::drop_fragment();
    }
    recent::find_nets(&query);
    let (link, more) = url::decode(&query, carried.numbers.or(numbers));
    notices.extend(more);
    (link, notices)
}

/// Ctrl+Z and its kin, on any lab.
pub fn follow_undo_key(event: &web_sys::KeyboardEvent, undo: impl FnOnce(), redo: impl FnOnce()) {
    let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    if !command || edits_text(event) {
        return;
    }
    match (event.key().to_lowercase().as_str(), event.shift_key()) {
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
