//! Bringing files: the picker, paste, and dropping anywhere on the page. What they hold goes straight in, or a dialog asks.

use js_sys::Uint8Array;
use leptos::ev;
use leptos::prelude::*;
use unroll_formats::{detect, shown};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::{DataTransfer, DragEvent, Element, File};

use super::importer::{Importer, Reading, PASTED};
use super::model;
use crate::labs::flow::later::Parts;
use crate::shell::later::{Later, Part};

/// A file is read in pieces of so many bytes, between which the page lives.
const PIECE_BYTES: f64 = 8.0 * 1024.0 * 1024.0;
/// Reading less than this needs no progress bar.
const LARGE_BYTES: f64 = 16.0 * 1024.0 * 1024.0;

/// Where files go: the importer, and what reads them, which comes later.
#[derive(Clone, Copy)]
struct Way {
    importer: Importer,
    later: Later<Parts>,
}

impl Way {
    /// Takes the first of some files.
    fn take_files(&self, data: &DataTransfer) -> bool {
        let Some(files) = data.files().filter(|files| files.length() > 0) else { return false };
        if let Some(file) = files.item(0) {
            self.take_file(file);
        }
        true
    }

    fn take_file(&self, file: File) {
        let (way, importer) = (*self, self.importer);
        let name = file.name();
        let turn = importer.turn.get_value() + 1;
        importer.turn.set_value(turn);
        importer.reading.set(None);
        if let Err(error) = detect::check_file_size(file.size() as u64) {
            return importer.refuse(&name, &error.to_string());
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
                Some(bytes) => way.take(&name, bytes),
                None => importer.refuse(&name, &format!("The browser could not read it; {} is accepted.", model::ACCEPTED)),
            }
        });
    }

    /// Takes bytes under a name: straight in, or into the dialog, once there is what reads them.
    fn take(&self, name: &str, bytes: Vec<u8>) {
        let (importer, name) = (self.importer, name.to_owned());
        let missing = {
            let name = name.clone();
            move || importer.refuse(&name, "the part of Unroll that reads files could not be loaded; please try again.")
        };
        self.later.with(move |parts| (parts.take)(importer, &name, &bytes), missing);
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
fn listen(way: Way, over: RwSignal<bool>) {
    let importer = way.importer;
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
            if event.data_transfer().is_some_and(|data| way.take_files(&data)) {
                event.prevent_default();
            }
        }),
        window_event_listener(ev::paste, move |event| {
            if event.default_prevented() || importer.pending.with_untracked(Option::is_some) || in_text(event.target()) {
                return;
            }
            let Some(data) = event.clipboard_data() else { return };
            if !way.take_files(&data) {
                let text = data.get_data("text/plain").unwrap_or_default();
                if text.trim().is_empty() {
                    return;
                }
                way.take(PASTED, text.into_bytes());
            }
            event.prevent_default();
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

/// What files need of the page: the picker, the overlay of a drag, the progress of a large file, and the dialog.
#[component]
pub fn ImportHost(importer: Importer, later: Later<Parts>) -> impl IntoView {
    let over = RwSignal::new(false);
    let way = Way { importer, later };
    listen(way, over);
    let picked = move |_| {
        let Some(input) = importer.picker.get_untracked() else { return };
        if let Some(file) = input.files().and_then(|files| files.item(0)) {
            way.take_file(file);
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
        {move || match later.part() {
            Part::Here(parts) => untrack(|| (parts.dialog)(importer)),
            _ => ().into_any(),
        }}
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
