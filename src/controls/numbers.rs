//! Numbers of one's own: a CSV that is pasted, dropped or opened.

use leptos::prelude::*;
use unroll_engine::experiment::range::TABLE_BYTES;
use unroll_engine::order;
use unroll_engine::signal::{ColumnChoice, Table, TableError, TablePreview};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{spawn_local, JsFuture};

use super::about::About;
use super::help::Help;

/// What was brought and which part of it is used.
#[derive(Clone, Copy)]
struct Source {
    text: RwSignal<String>,
    preview: RwSignal<Option<TablePreview>>,
    chosen: RwSignal<Vec<usize>>,
    standardise: RwSignal<bool>,
    message: RwSignal<Option<String>>,
    on_load: Callback<Table>,
}

impl Source {
    /// Takes a new text; the first column of numbers that does not number the rows is chosen.
    fn take(self, text: String) {
        match TablePreview::read(&text) {
            Ok(preview) => {
                let numeric =
                    |from: usize| preview.columns.iter().skip(from).position(|column| column.is_numeric).map(|place| place + from);
                // A first column without a name in a table that has names is the row's number.
                let from = usize::from(preview.has_header && preview.columns.first().is_some_and(|column| column.name == "column 1"));
                self.chosen.set(vec![numeric(from).or_else(|| numeric(0)).unwrap_or(0)]);
                self.preview.set(Some(preview));
                self.text.set(text);
                self.load();
            }
            Err(error) => {
                self.preview.set(None);
                self.text.set(text);
                self.refuse(&error);
            }
        }
    }

    fn load(self) {
        let choice = ColumnChoice::Indices(self.chosen.get_untracked());
        match self.text.with_untracked(|text| Table::parse(text, &choice)) {
            Ok(table) => {
                self.message.set(None);
                self.on_load.run(Table { standardise: self.standardise.get_untracked(), ..table });
            }
            Err(error) => self.refuse(&error),
        }
    }

    fn refuse(self, error: &TableError) {
        self.message.set(Some(format!("{error} The input stays as it was.")));
    }

    fn choose(self, column: usize, wanted: bool) {
        self.chosen.update(|chosen| {
            chosen.retain(|&other| other != column);
            if wanted {
                chosen.push(column);
                order::by(chosen, |a, b| a < b);
            }
        });
        self.load();
    }

    fn read_file(self, file: &web_sys::File) {
        let bytes = file.size() as usize;
        if bytes > *TABLE_BYTES.end() {
            return self.refuse(&TableError::TooLarge { bytes });
        }
        let name = file.name();
        let text = JsFuture::from(file.text());
        spawn_local(async move {
            match text.await.ok().and_then(|text| text.as_string()) {
                Some(text) => self.take(text),
                None => self.message.set(Some(format!(
                    "The browser could not read the file “{name}”; a text file with numbers is accepted. The input stays as it was."
                ))),
            }
        });
    }
}

/// Pasted text, an opened file or a dropped file becomes the input as soon as it can be read. What cannot be read leaves the input as it
/// was, and a message says which row is wrong.
#[component]
pub fn NumbersControl(
    about: About,
    /// What is loaded, in words; `None` when nothing is.
    #[prop(into)]
    loaded: Signal<Option<String>>,
    /// Whether the field is unfolded.
    #[prop(into)]
    open: Signal<bool>,
    #[prop(into)] on_open: Callback<()>,
    /// A table to use, as a finished gesture.
    #[prop(into)]
    on_load: Callback<Table>,
) -> impl IntoView {
    let source = Source {
        text: RwSignal::new(String::new()),
        preview: RwSignal::new(None),
        chosen: RwSignal::new(Vec::new()),
        standardise: RwSignal::new(true),
        message: RwSignal::new(None),
        on_load,
    };
    let over = RwSignal::new(false);
    let drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        let Some(data) = event.data_transfer() else {
            return;
        };
        on_open.run(());
        match data.files().and_then(|files| files.item(0)) {
            Some(file) => source.read_file(&file),
            None => source.take(data.get_data("text/plain").unwrap_or_default()),
        }
    };
    view! {
        <div
            class="control control-numbers"
            class:over=move || over.get()
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <div class="control-label">
                <span>{about.name}</span>
                <Help about accepted="" />
            </div>
            <span class="control-count">{move || loaded.get().unwrap_or_else(|| "none yet".to_owned())}</span>
            {move || if open.get() { editor(about, source).into_any() } else { opener(on_open).into_any() }}
        </div>
    }
}

fn opener(on_open: Callback<()>) -> impl IntoView {
    view! { <button type="button" class="control-button" on:click=move |_| on_open.run(())>"Paste or drop a CSV…"</button> }
}

fn editor(about: About, source: Source) -> impl IntoView {
    let id = about.id();
    let message_id = format!("{id}-message");
    let described_by = message_id.clone();
    let open_file = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        if let Some(file) = input.files().and_then(|files| files.item(0)) {
            source.read_file(&file);
        }
        // The same file can be opened again after it was corrected.
        input.set_value("");
    };
    view! {
        <textarea
            id=id
            rows="4"
            spellcheck="false"
            aria-label=about.name
            placeholder="year, value\n1700, 5\n1701, 11"
            aria-invalid=move || source.message.with(Option::is_some).then_some("true")
            aria-describedby=move || source.message.with(Option::is_some).then(|| described_by.clone())
            prop:value=move || source.text.get()
            on:input=move |event| source.take(event_target_value(&event))
        ></textarea>
        {move || {
            let id = message_id.clone();
            source.message.get().map(|message| view! { <p class="control-message" role="alert" id=id>{message}</p> })
        }}
        <div class="numbers-actions">
            <label class="control-button">
                "Open a file"
                <input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" aria-label="Open a file of numbers" on:change=open_file />
            </label>
            <label class="numbers-option" title="Shift and scale each column to mean 0 and standard deviation 1">
                <input
                    type="checkbox"
                    prop:checked=move || source.standardise.get()
                    on:change=move |event| {
                        source.standardise.set(event_target_checked(&event));
                        source.load();
                    }
                />
                "Standardise"
            </label>
        </div>
        {move || source.preview.get().map(|preview| columns(source, preview))}
        {move || source.preview.with(|preview| preview.as_ref().and_then(left_out)).map(|words| view! { <p class="help-line">{words}</p> })}
    }
}

/// What of a table cannot be chosen, and where more can be done about it; `None` where every column can.
fn left_out(preview: &TablePreview) -> Option<String> {
    let names: Vec<&str> = preview.columns.iter().filter(|column| !column.is_numeric).map(|column| column.name.as_str()).collect();
    let subject = match names.as_slice() {
        [] => return None,
        [name] => format!("{name} is left out: not every row has a number in it."),
        names => format!("{} are left out: not every row has a number in them.", names.join(", ")),
    };
    Some(format!("{subject} “Import” reads decimal commas and fills gaps."))
}

/// A checkbox for each column, where there is more than one.
fn columns(source: Source, preview: TablePreview) -> impl IntoView {
    let several = preview.columns.len() > 1;
    several.then(move || {
        let boxes: Vec<_> = preview
            .columns
            .into_iter()
            .enumerate()
            .map(|(index, column)| {
                let title = if column.is_numeric {
                    format!("Begins with {}", column.first_cell)
                } else {
                    "Not every row has a number in this column".to_owned()
                };
                view! {
                    <label class="numbers-option" title=title>
                        <input
                            type="checkbox"
                            disabled=!column.is_numeric
                            prop:checked=move || source.chosen.with(|chosen| chosen.contains(&index))
                            on:change=move |event| source.choose(index, event_target_checked(&event))
                        />
                        {column.name}
                    </label>
                }
            })
            .collect();
        view! { <div class="numbers-columns" role="group" aria-label="Columns">{boxes}</div> }
    })
}
