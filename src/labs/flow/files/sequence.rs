//! The dialog's forms for sequences and text.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::order;
use unroll_formats::table::delimiter_words;
use unroll_formats::{shown, Candidate, Decimal, Missing, TableChoice, TextFile};

use super::fields::{buttons, radios};
use super::importer::Importer;
use super::model::{self as model, Reading, Source};

/// Columns that are offered one by one.
const LISTED_COLUMNS: usize = 64;

/// What of a table's reading the file leaves open, as fields.
fn table_fields(source: &Source, reading: RwSignal<Reading>) -> AnyView {
    let Source::Table(table) = source else { return ().into_any() };
    let (guess, delimiters) = (table.guess, table.delimiters.clone());
    let choice = move || match reading.get() {
        Reading::Table(choice) => choice,
        Reading::Array(..) => guess,
    };
    let set = move |change: &dyn Fn(&mut TableChoice)| {
        let mut choice = untrack(choice);
        change(&mut choice);
        reading.set(Reading::Table(choice));
    };
    let cells = (table.asks_delimiter && delimiters.len() > 1).then(|| {
        let options = delimiters.into_iter().map(|delimiter| (delimiter, delimiter_words(delimiter).to_owned())).collect();
        radios(
            "Cells are separated by",
            "import-delimiter",
            options,
            move || choice().delimiter,
            move |delimiter| {
                // A line that is one number has its decimals after a comma.
                set(&|choice: &mut TableChoice| choice.delimiter = delimiter);
            },
        )
    });
    let decimals = table.asks_decimal.then(|| {
        let options = Decimal::ALL.map(|decimal| (decimal, decimal.words().to_owned())).to_vec();
        radios(
            "Decimals are separated by",
            "import-decimal",
            options,
            move || choice().decimal,
            move |decimal| {
                set(&|choice: &mut TableChoice| choice.decimal = decimal);
            },
        )
    });
    let header = view! {
        <label class="dialog-option">
            <input
                type="checkbox"
                prop:checked=move || choice().has_header
                on:change=move |event| {
                    let has_header = event_target_checked(&event);
                    set(&|choice: &mut TableChoice| choice.has_header = has_header);
                }
            />
            "The first row has the names of the columns"
        </label>
    };
    view! { {cells} {decimals} {header} }.into_any()
}

/// Which array of several, and which of its axes is time.
fn array_fields(source: &Source, reading: RwSignal<Reading>) -> AnyView {
    let Source::Arrays(file) = source else { return ().into_any() };
    let chosen = move || match reading.get() {
        Reading::Array(index, transposed) => (index, transposed),
        Reading::Table(_) => (0, false),
    };
    let which = (file.arrays.len() > 1).then(|| {
        let options = file.arrays.iter().enumerate().map(|(index, array)| (index, array.words())).collect();
        radios("Array", "import-array", options, move || chosen().0, move |index| reading.set(Reading::Array(index, false)))
    });
    let arrays = file.arrays.clone();
    let axes = move || {
        let (index, _) = chosen();
        let array = arrays.get(index).filter(|array| array.shape.iter().filter(|size| **size > 1).count() > 1)?;
        let long: Vec<usize> = array.shape.iter().copied().filter(|size| *size > 1).collect();
        let (a, b) = (long.first().copied().unwrap_or(1), long.last().copied().unwrap_or(1));
        let options =
            vec![(false, format!("the first: {a} steps of {b} columns")), (true, format!("the second: {b} steps of {a} columns"))];
        Some(radios(
            "The axis of time is",
            "import-axis",
            options,
            move || chosen().1,
            move |transposed| {
                reading.set(Reading::Array(untrack(chosen).0, transposed));
            },
        ))
    };
    view! { {which} {axes} }.into_any()
}

/// What is done about gaps; `None` leaves the columns out.
fn gap_field(missing: RwSignal<Option<Missing>>, candidate: Memo<Option<Arc<Candidate>>>) -> impl IntoView {
    move || {
        let candidate = candidate.get().filter(|candidate| candidate.has_gaps())?;
        let complete = candidate.columns.iter().any(|column| column.gaps == 0);
        let mut options: Vec<(Option<Missing>, String)> =
            Missing::ALL.into_iter().map(|missing| (Some(missing), missing.words().to_owned())).collect();
        if complete {
            options.push((None, "leave these columns out".to_owned()));
        }
        let gaps: Vec<_> =
            candidate.gap_sentences().into_iter().map(|sentence| view! { <p class="dialog-note refused">{sentence}</p> }).collect();
        Some(view! {
            {gaps}
            {radios("Where a number is missing", "import-missing", options, move || missing.get(), move |chosen| missing.set(chosen))}
        })
    }
}

/// The form for a sequence: how the file is read, its columns, its gaps, what is left out.
pub(super) fn sequence_form(importer: Importer, name: String, source: Source) -> impl IntoView {
    let wanted = importer.store.settings.with_untracked(model::wanted_width);
    let source = Arc::new(source);
    let reading = RwSignal::new(source.guess(wanted));
    let read = {
        let source = source.clone();
        Memo::new(move |_| source.candidate(reading.get()).map(Arc::new).map_err(|error| error.to_string()))
    };
    let candidate = Memo::new(move |_| read.get().ok());
    let chosen = RwSignal::new(Vec::new());
    let missing = RwSignal::new(Some(Missing::LeaveRowsOut));
    let standardise = RwSignal::new(false);
    Effect::new(move |_| {
        let first = candidate.with(|candidate| candidate.as_ref().map(|candidate| candidate.first_columns(wanted)));
        chosen.set(first.unwrap_or_default());
    });
    // A column with gaps cannot be chosen while those are left out.
    let is_out = move |index: usize| {
        missing.get().is_none()
            && candidate.with(|candidate| candidate.as_ref().is_some_and(|c| c.columns.get(index).is_some_and(|c| c.gaps > 0)))
    };
    let used = Memo::new(move |_| chosen.get().into_iter().filter(|index| !is_out(*index)).collect::<Vec<usize>>());
    let about = move || match read.get() {
        Err(error) => error,
        Ok(candidate) => {
            let steps = format!("{} rows of {} columns.", candidate.rows(), candidate.columns.len());
            match wanted.map(|wanted| candidate.columns_for(wanted)) {
                Some(Err(error)) => format!("{steps} {error}"),
                Some(Ok(_)) => steps,
                None => format!("{steps} Choose what the nets read at every step."),
            }
        }
    };
    let boxes = move || {
        let candidate = candidate.get()?;
        let width = candidate.columns.len();
        let boxes: Vec<_> = candidate
            .columns
            .iter()
            .take(LISTED_COLUMNS)
            .enumerate()
            .map(|(index, column)| {
                let note = match (column.counts_rows, column.gaps) {
                    (true, _) => " (counts the rows)",
                    (_, 0) => "",
                    _ => " (has gaps)",
                };
                view! {
                    <label class="dialog-option">
                        <input
                            type="checkbox"
                            disabled=move || is_out(index)
                            prop:checked=move || used.with(|used| used.contains(&index))
                            on:change=move |event| {
                                let wanted = event_target_checked(&event);
                                chosen.update(|chosen| {
                                    chosen.retain(|other| *other != index);
                                    if wanted {
                                        chosen.push(index);
                                        order::by(chosen, |a, b| a < b);
                                    }
                                });
                            }
                        />
                        {shown(&column.name)} {note}
                    </label>
                }
            })
            .collect();
        let beyond = (width > LISTED_COLUMNS)
            .then(|| view! { <p class="dialog-note">{format!("The first {LISTED_COLUMNS} of {width} columns are listed.")}</p> });
        Some(view! { <fieldset class="dialog-list columns"><legend>"Columns"</legend>{boxes}</fieldset> {beyond} })
    };
    let notes = move || {
        let candidate = candidate.get()?;
        let left_out = candidate.left_out.iter().map(|left_out| view! { <p class="dialog-note refused">{left_out.sentence.clone()}</p> });
        let assumed = candidate.assumptions.iter().map(|sentence| view! { <p class="dialog-note">{sentence.clone()}</p> });
        Some(view! { {left_out.collect::<Vec<_>>()} {assumed.collect::<Vec<_>>()} })
    };
    let count = move || used.with(Vec::len);
    let ready = Signal::derive(move || wanted.map_or(count() > 0, |wanted| count() == wanted));
    let state = move || match wanted {
        Some(wanted) => format!("{} of {wanted} chosen.", count()),
        None => format!("{} chosen.", count()),
    };
    let title = format!("Import from {}", shown(&name));
    let (tables, arrays) = (table_fields(&source, reading), array_fields(&source, reading));
    let import = move || {
        let Some(candidate) = candidate.get_untracked() else { return };
        let settings = importer.store.settings.get_untracked();
        let (columns, missing) = (used.get_untracked(), missing.get_untracked().unwrap_or(Missing::LeaveRowsOut));
        let imported = model::with_sequence(&settings, &name, &candidate, &columns, missing, standardise.get_untracked());
        importer.pending.set(None);
        importer.settle(&name, imported);
    };
    view! {
        <h2 id="import-title">{title}</h2>
        <p>{about}</p>
        {notes}
        {tables}
        {arrays}
        {gap_field(missing, candidate)}
        {boxes}
        <p class="dialog-note" role="status">{state}</p>
        <label class="dialog-option">
            <input type="checkbox" prop:checked=move || standardise.get() on:change=move |event| standardise.set(event_target_checked(&event))/>
            "Standardise: shift and scale each column to mean 0 and standard deviation 1"
        </label>
        {buttons(importer, ready, import)}
    }
}

/// The form for text: why it is no table, and which of its characters are read.
pub(super) fn text_form(importer: Importer, name: String, text: TextFile) -> impl IntoView {
    let text = Arc::new(text);
    let (length, most) = (text.length(), text.length().min(model::LONGEST_TEXT));
    let window = RwSignal::new((0_usize, most));
    let number = move |label: &'static str,
                       least: usize,
                       largest: usize,
                       get: fn((usize, usize)) -> usize,
                       set: fn(&mut (usize, usize), usize)| {
        view! {
            <label class="dialog-field">
                {label}
                <input
                    class="dialog-number"
                    type="number"
                    min=least.to_string()
                    max=largest.to_string()
                    prop:value=get(window.get_untracked()).to_string()
                    on:input=move |event| {
                        if let Some(value) = event_target_value(&event).parse::<usize>().ok().filter(|value| (least..=largest).contains(value)) {
                            window.update(|window| set(window, value));
                        }
                    }
                />
            </label>
        }
    };
    let first = number("First character", 1, length.max(1), |(start, _)| start + 1, |window, value| window.0 = value - 1);
    let count = number("Characters", 1, most.max(1), |(_, length)| length, |window, value| window.1 = value);
    let preview = {
        let text = text.clone();
        move || {
            let (start, length) = window.get();
            let piece: String = text.text.chars().skip(start).take(length.min(120)).collect();
            shown(&piece)
        }
    };
    let problem = {
        let text = text.clone();
        Memo::new(move |_| {
            let (start, length) = window.get();
            importer.store.settings.with_untracked(|settings| model::with_text(settings, "", &text, start, length)).err()
        })
    };
    let about = format!("{}. A step is a character, one-hot.", text.words());
    let why = format!("No table of numbers: {}", text.not_a_table);
    let notes: Vec<_> = text.assumptions.iter().map(|sentence| view! { <p class="dialog-note">{sentence.clone()}</p> }).collect();
    let title = format!("Import from {}", shown(&name));
    let import = move || {
        let settings = importer.store.settings.get_untracked();
        let (start, length) = window.get_untracked();
        let imported = model::with_text(&settings, &name, &text, start, length);
        importer.pending.set(None);
        importer.settle(&name, imported);
    };
    view! {
        <h2 id="import-title">{title}</h2>
        <p>{about}</p>
        <p class="dialog-note">{why}</p>
        {notes}
        {first}
        {count}
        <p class="dialog-note dialog-preview">{preview}</p>
        <p class="dialog-note refused" role="status">{move || problem.get().unwrap_or_default()}</p>
        {buttons(importer, Signal::derive(move || problem.with(Option::is_none)), import)}
    }
}
