//! Bringing files: the picker, paste, and dropping anywhere on the page. What they hold goes straight in, or a dialog asks.

use std::sync::Arc;

use js_sys::Uint8Array;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use unroll_engine::Cell;
use unroll_formats::{limits, open, shown, Missing, ModelFile, Opened, TextFile};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::{DataTransfer, DragEvent, Element, File};

use super::dialog::ImportDialog;
use super::model::{self as model, Imported, Source};
use crate::form::Notice;
use crate::labs::flow::brought;
use crate::labs::flow::store::Store;
use crate::labs::flow::words::cell_name;

/// A file is read in pieces of so many bytes, between which the page lives.
const PIECE_BYTES: f64 = 8.0 * 1024.0 * 1024.0;
/// Reading less than this needs no progress bar.
const LARGE_BYTES: f64 = 16.0 * 1024.0 * 1024.0;

/// A file that leaves something to choose.
#[derive(Clone, Debug, PartialEq)]
pub enum Pending {
    Model { name: String, file: ModelFile },
    Sequence { name: String, source: Source },
    Text { name: String, text: TextFile },
}

/// A file that is being read.
#[derive(Clone, Debug, PartialEq)]
struct Reading {
    name: String,
    share: f64,
}

/// Takes files for the lab. A handle that can be copied.
#[derive(Clone, Copy)]
pub struct Importer {
    pub(super) store: Store,
    pub(super) pending: RwSignal<Option<Arc<Pending>>>,
    reading: RwSignal<Option<Reading>>,
    /// Counts files, so that one that was cancelled or passed over is not taken when it is read at last.
    turn: StoredValue<u32>,
    /// What the last import said.
    said: StoredValue<Option<Notice>>,
    picker: NodeRef<html::Input>,
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

    /// Takes the first of some files.
    fn take_files(&self, data: &DataTransfer) -> bool {
        let Some(files) = data.files().filter(|files| files.length() > 0) else { return false };
        if let Some(file) = files.item(0) {
            self.take_file(file);
        }
        true
    }

    fn take_file(&self, file: File) {
        let importer = *self;
        let name = file.name();
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.reading.set(None);
        if let Err(error) = limits::check_file_size(file.size() as u64) {
            return self.refuse(&name, &error.to_string());
        }
        let current = move || importer.turn.get_value() == turn;
        spawn_local(async move {
            let progress = {
                let name = name.clone();
                move |share: f64| {
                    if current() {
                        importer.reading.set(Some(Reading { name: name.clone(), share }));
                    }
                    current()
                }
            };
            let bytes = read(&file, progress).await;
            if !current() {
                return;
            }
            importer.reading.set(None);
            match bytes {
                Some(bytes) => importer.take(&name, &bytes),
                None => importer.refuse(&name, &format!("The browser could not read it; {} is accepted.", model::ACCEPTED)),
            }
        });
    }

    fn stop_reading(&self) {
        self.turn.update_value(|turn| *turn += 1);
        self.reading.set(None);
    }

    /// Takes bytes under a name: straight in, or into the dialog.
    pub fn take(&self, name: &str, bytes: &[u8]) {
        let settings = self.store.settings.get_untracked();
        let name_of = || name.to_owned();
        let source = match open(bytes) {
            Err(error) => return self.refuse(name, &error.to_string()),
            Ok(Opened::Experiment(problem, assumptions)) => {
                return self.settle(name, model::with_experiment(&settings, name, &problem, &assumptions));
            }
            Ok(Opened::Model(file)) if model::is_ambiguous(&file) => return self.ask(Pending::Model { name: name_of(), file }),
            Ok(Opened::Model(file)) => {
                return self.settle(name, model::with_model(&settings, name, &file, model::Choice::of(&file, 0)));
            }
            Ok(Opened::Text(text)) if model::is_table_name(name) => return self.refuse(name, &text.not_a_table.to_string()),
            Ok(Opened::Text(text)) => return self.ask(Pending::Text { name: name_of(), text }),
            Ok(Opened::Table(table)) => Source::Table(table),
            Ok(Opened::Arrays(arrays)) => Source::Arrays(arrays),
        };
        let wanted = model::wanted_width(&settings);
        match source.candidate(source.guess(wanted)) {
            Err(error) => self.refuse(name, &error.to_string()),
            Ok(candidate) if model::goes_in(&candidate, wanted) => {
                let columns: Vec<usize> = (0..candidate.columns.len()).collect();
                let imported = model::with_sequence(&settings, name, &candidate, &columns, Missing::LeaveRowsOut, false);
                self.settle(name, imported);
            }
            Ok(_) => self.ask(Pending::Sequence { name: name_of(), source }),
        }
    }

    fn ask(&self, pending: Pending) {
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

    fn refuse(&self, name: &str, error: &str) {
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

/// The bytes of a file, piece by piece; `None` where the browser cannot read it or nobody wants it any more.
async fn read(file: &File, progress: impl Fn(f64) -> bool) -> Option<Vec<u8>> {
    let size = file.size();
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size as usize).ok()?;
    while (bytes.len() as f64) < size {
        let from = bytes.len();
        if size > LARGE_BYTES && !progress(from as f64 / size) {
            return None;
        }
        let piece = file.slice_with_f64_and_f64(from as f64, size.min(from as f64 + PIECE_BYTES)).ok()?;
        let piece = Uint8Array::new(&JsFuture::from(piece.array_buffer()).await.ok()?);
        if piece.length() == 0 {
            return None;
        }
        bytes.resize(from + piece.length() as usize, 0);
        piece.copy_to(&mut bytes[from..]);
    }
    Some(bytes)
}

fn has_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind == "Files"))
}

/// Whether the event is of something that takes text itself.
fn in_text(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest("input, textarea, [contenteditable]").ok().flatten().is_some())
}

/// Hears what is dropped and pasted anywhere on the page.
fn listen(importer: Importer, over: RwSignal<bool>) {
    let drag = move |event: &DragEvent| {
        if has_files(event) && importer.pending.with_untracked(Option::is_none) {
            event.prevent_default();
            over.set(true);
        }
    };
    let listeners = [
        window_event_listener(ev::dragenter, move |event| drag(&event)),
        window_event_listener(ev::dragover, move |event| drag(&event)),
        window_event_listener(ev::dragleave, move |event| {
            // Left for nothing on the page.
            if event.related_target().is_none() {
                over.set(false);
            }
        }),
        window_event_listener(ev::drop, move |event| {
            over.set(false);
            // A field of its own may have taken it.
            if event.default_prevented() || importer.pending.with_untracked(Option::is_some) {
                return;
            }
            if event.data_transfer().is_some_and(|data| importer.take_files(&data)) {
                event.prevent_default();
            }
        }),
        window_event_listener(ev::paste, move |event| {
            if event.default_prevented() || importer.pending.with_untracked(Option::is_some) || in_text(event.target()) {
                return;
            }
            let Some(data) = event.clipboard_data() else { return };
            if !importer.take_files(&data) {
                let text = data.get_data("text/plain").unwrap_or_default();
                if text.trim().is_empty() {
                    return;
                }
                importer.take(PASTED, text.as_bytes());
            }
            event.prevent_default();
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

const PASTED: &str = "the pasted text";

/// What files need of the page: the picker, the overlay of a drag, the progress of a large file, and the dialog.
#[component]
pub fn ImportHost(importer: Importer) -> impl IntoView {
    let over = RwSignal::new(false);
    listen(importer, over);
    let picked = move |_| {
        let Some(input) = importer.picker.get_untracked() else { return };
        if let Some(file) = input.files().and_then(|files| files.item(0)) {
            importer.take_file(file);
        }
        // The same file can be opened again after it was changed.
        input.set_value("");
    };
    let reading = importer.reading;
    let share = move || reading.with(|reading| reading.as_ref().map_or(0.0, |reading| reading.share));
    let words =
        move || reading.with(|reading| reading.as_ref().map(|reading| format!("Reading {}…", shown(&reading.name)))).unwrap_or_default();
    view! {
        <input
            node_ref=importer.picker
            type="file"
            class="visually-hidden"
            tabindex="-1"
            aria-label="A file to import"
            accept=".safetensors,.npy,.npz,.csv,.tsv,.txt,.json,application/json,text/csv,text/plain"
            on:change=picked
        />
        <Show when=move || over.get()>
            <div class="drop-overlay" aria-hidden="true">
                <p class="drop-title">"Drop it anywhere"</p>
                <p>{format!("Accepted: {}. It stays in this browser.", model::ACCEPTED)}</p>
            </div>
        </Show>
        <div class="import-reading" role="status">
            <Show when=move || reading.with(Option::is_some)>
                <span>{words}</span>
                <progress aria-label="Progress of reading" max="1" prop:value=share></progress>
                <button class="button" type="button" on:click=move |_| importer.stop_reading()>"Cancel"</button>
            </Show>
        </div>
        <ImportDialog importer=importer/>
    }
}

/// The rail's group for files that come in.
#[component]
pub fn ImportGroup(importer: Importer) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let take = move |_| {
        importer.take(PASTED, text.get_untracked().as_bytes());
        text.set(String::new());
    };
    view! {
        <fieldset class="settings-group imports">
            <legend>"Import"</legend>
            <p class="group-note">{format!("Open, paste or drop {}. Nothing leaves this browser.", model::ACCEPTED)}</p>
            <button class="button" type="button" on:click=move |_| importer.pick()>"Open a file…"</button>
            <details class="paste">
                <summary>"Paste text"</summary>
                <textarea
                    rows="4"
                    spellcheck="false"
                    aria-label="Text to import"
                    placeholder="An experiment’s JSON, a CSV, or words"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
                <button class="button" type="button" disabled=move || text.with(|text| text.trim().is_empty()) on:click=take>"Import the text"</button>
            </details>
        </fieldset>
    }
}

/// The rail's group for nets that were brought: which one each cell has, which layer is shown, and the way back.
#[component]
pub fn ModelGroup(store: Store) -> impl IntoView {
    let brought = Memo::new(move |_| store.settings.with(|s| s.shown_cells().filter(|cell| s.given(*cell).is_some()).collect::<Vec<_>>()));
    view! {
        <Show when=move || brought.with(|cells| !cells.is_empty())>
            <fieldset class="settings-group models">
                <legend>"Model"</legend>
                <For each=move || brought.get() key=|cell| cell_name(*cell) let:cell>
                    <ModelRow store=store cell=cell/>
                </For>
            </fieldset>
        </Show>
    }
}

#[component]
fn ModelRow(store: Store, cell: Cell) -> impl IntoView {
    let net = Memo::new(move |_| store.settings.with(|s| s.nets.of(cell).clone()));
    let sizes = move || {
        net.with(|net| {
            net.given.as_ref().map(|given| {
                let weights = given.weights();
                format!("{} units; reads {} per step", weights.hidden_size, weights.input_size)
            })
        })
    };
    let places = Memo::new(move |_| net.with(|net| net.given.as_ref().map(|given| model::places(given)).unwrap_or_default()));
    let chosen = move || net.with(|net| net.given.as_ref().map(|given| (given.layer(), given.reversed())));
    let choose = move |event: web_sys::Event| {
        let place = event_target_value(&event).parse::<usize>().ok().and_then(|place| places.get_untracked().get(place).copied());
        let Some((layer, reversed)) = place else { return };
        match store.settings.with_untracked(|s| model::at_layer(s, cell, layer, reversed)) {
            Ok(settings) => store.apply(settings),
            Err(error) => store.notify(Notice::warning(error)),
        }
    };
    let options = move || {
        let both = places.with(|places| places.iter().any(|place| place.1));
        let layers = places.with(|places| places.iter().map(|place| place.0 + 1).max().unwrap_or(1));
        places
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, place)| {
                let words = model::place(layers, both, place.0, place.1);
                view! { <option value=index.to_string() prop:selected=move || chosen() == Some(place)>{words}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="model-row">
            <p class="model-name"><b>{cell_name(cell)}</b> " " {move || net.with(|net| net.name.clone())}</p>
            <p class="group-note">{sizes}</p>
            {move || net.with(|net| net.given.as_ref().map(|given| given.stack().notes().join(" "))).filter(|notes| !notes.is_empty()).map(|notes| view! {
                <p class="group-note assumed">{notes}</p>
            })}
            <div class="model-actions">
                <Show when=move || places.with(|places| places.len() > 1)>
                    <select class="control-select" aria-label=format!("Layer of the {}", cell_name(cell)) on:change=choose>
                        {options}
                    </select>
                </Show>
                <button class="button" type="button" on:click=move |_| show_report()>"Report"</button>
                <button
                    class="button"
                    type="button"
                    aria-label=format!("Remove the {}’s model", cell_name(cell))
                    title="Back to a net that is drawn from the seed"
                    on:click=move |_| store.apply(store.settings.with_untracked(|s| model::without_model(s, cell)))
                >
                    "Remove"
                </button>
            </div>
        </div>
    }
}

/// Scrolls to the report, which is at the end of the page, and moves the focus there.
fn show_report() {
    let panel = document().query_selector("[data-panel=report]").ok().flatten();
    if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<web_sys::HtmlElement>().ok()) {
        panel.set_tab_index(-1);
        // Fails for nothing that a section can be.
        let _ = panel.focus();
        panel.scroll_into_view();
    }
}

/// The top bar's button.
#[component]
pub fn ImportButton(importer: Importer) -> impl IntoView {
    view! {
        <button class="button import" type="button" title="Open weights, a sequence or an experiment; or drop the file anywhere" on:click=move |_| importer.pick()>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M8 2v7.5M4.75 6.5 8 9.75l3.25-3.25M2.5 11v2.5h11V11" fill="none" stroke="currentColor" stroke-width="1.5"/>
            </svg>
            <span>"Import"</span>
        </button>
    }
}
