//! What stands beside the grid of weights: the selected weight as a number, operations on many, and what is edited.

use leptos::prelude::*;
use leptos::reactive::graph::untrack;
use unroll_engine::edit::{self, block_letters, Operation, Scope};

use super::editor::Editor;
use super::model::{self as model, symbol, Block};
use crate::charts::weight_grid::STEP;
use crate::charts::weight_grid_geometry::{moved, Place};
use crate::controls::format_number;

/// How much more a step is with Shift.
const LARGE: f64 = 10.0;

/// The selected weight: its sentence, which is announced, and its number.
#[component]
pub fn Selected(editor: Editor) -> impl IntoView {
    let complaint = RwSignal::new(None::<String>);
    let none = Signal::derive(move || editor.place().is_none());
    let value = move || {
        let place = editor.place()?;
        editor.shown.with(|block| block.as_ref().map(|block| block.value(place)))
    };
    let sentence = move || {
        let said = editor.place().and_then(|place| editor.shown.with(|block| block.as_ref().map(|block| block.sentence(place))));
        said.unwrap_or_else(|| "No weight is selected.".to_owned())
    };
    let edited = move || editor.place().is_some_and(|place| editor.shown.with(|b| b.as_ref().is_some_and(|b| b.before(place).is_some())));
    // Another weight, or another value, has no complaint.
    Effect::new(move |_| {
        editor.place();
        editor.shown.track();
        complaint.set(None);
    });
    let step = move |by: f64| {
        editor.set(|value| model::stepped(value, by));
        editor.store.commit();
    };
    let finish = move || {
        let Some(text) = editor.draft.get_untracked() else { return true };
        match model::parse("the weight", &text) {
            Ok(number) => {
                editor.set(|_| number);
                editor.store.commit();
                true
            }
            Err(sentence) => {
                complaint.set(Some(sentence));
                false
            }
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let large = if event.shift_key() { LARGE } else { 1.0 };
        match event.key().as_str() {
            "Enter" => {
                if finish() {
                    editor.focus_grid();
                }
            }
            "Escape" => {
                editor.draft.set(None);
                complaint.set(None);
                event.stop_propagation();
                editor.focus_grid();
            }
            "ArrowUp" => editor.set(|value| model::stepped(value, STEP * large)),
            "ArrowDown" => editor.set(|value| model::stepped(value, -STEP * large)),
            _ => return,
        }
        event.prevent_default();
    };
    let release = move |event: web_sys::KeyboardEvent| {
        // A key that is held is one gesture.
        if matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
            editor.store.commit();
        }
    };
    let text = move || editor.draft.get().or_else(|| value().map(format_number)).unwrap_or_default();
    let by = |event: &web_sys::MouseEvent, sign: f64| match (event.shift_key(), event.alt_key()) {
        (true, false) => sign * STEP * LARGE,
        (false, true) => sign * STEP / LARGE,
        _ => sign * STEP,
    };
    view! {
        <div class="weights-selected">
            <p class="weights-said" role="status">{sentence}</p>
            <div class="weights-row">
                <button class="button" type="button" aria-label="Decrease the weight" disabled=none on:click=move |event| step(by(&event, -1.0))>"−"</button>
                <input
                    type="text"
                    role="spinbutton"
                    inputmode="text"
                    autocomplete="off"
                    spellcheck="false"
                    class="weights-number"
                    aria-label="Weight"
                    aria-valuenow=move || value().map(format_number)
                    aria-invalid=move || complaint.with(Option::is_some).then_some("true")
                    aria-describedby="weights-complaint"
                    data-editing=move || editor.draft.with(Option::is_some)
                    disabled=none
                    node_ref=editor.field
                    prop:value=text
                    on:input=move |event| editor.draft.set(Some(event_target_value(&event)))
                    on:keydown=key
                    on:keyup=release
                    on:change=move |_| {
                        finish();
                    }
                />
                <button class="button" type="button" aria-label="Increase the weight" disabled=none on:click=move |event| step(by(&event, 1.0))>"+"</button>
                <button class="button" type="button" disabled=move || !edited() on:click=move |_| editor.reset()>"Reset weight"</button>
            </div>
            <Moves editor/>
            <p class="control-message" role="alert" id="weights-complaint">{move || complaint.get()}</p>
        </div>
    }
}

/// For fingers, which hit a small cell only nearly.
#[component]
fn Moves(editor: Editor) -> impl IntoView {
    const MOVES: [(&str, &str, &str); 4] =
        [("ArrowLeft", "←", "to the left"), ("ArrowUp", "↑", "above"), ("ArrowDown", "↓", "below"), ("ArrowRight", "→", "to the right")];
    let buttons = MOVES.map(|(key, arrow, where_to)| {
        let go = move |_| {
            let shape = editor.shown.with_untracked(|block| block.as_ref().map(|block| block.shape()));
            if let Some(place) = shape.and_then(|shape| moved(key, false, shape, untrack(|| editor.place()))) {
                editor.select(place);
            }
        };
        view! { <button class="button" type="button" aria-label=format!("Select the weight {where_to}") on:click=go>{arrow}</button> }
    });
    view! { <div class="weights-row weights-moves">{buttons.into_iter().collect_view()}</div> }
}

/// Which weights an operation works on, as the reader chooses them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Extent {
    Row,
    Column,
    Block,
    Parameter,
}

impl Extent {
    const ALL: [Self; 4] = [Self::Row, Self::Column, Self::Block, Self::Parameter];

    fn word(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Column => "column",
            Self::Block => "block",
            Self::Parameter => "parameter",
        }
    }

    fn name(self, block: Option<&Block>, place: Option<Place>) -> String {
        let Some(block) = block else { return String::new() };
        let place = place.map(|place| block.clamp(place));
        match (self, place) {
            (Self::Row, Some((row, _))) => format!("row {row}"),
            (Self::Column, Some((_, column))) => format!("column {column}"),
            (Self::Row, None) => "row of the selected weight".to_owned(),
            (Self::Column, None) => "column of the selected weight".to_owned(),
            (Self::Block, _) => format!("block {}", block_letters(block.base.cell)[block.block]),
            (Self::Parameter, _) => format!("all of {}", symbol(block.parameter)),
        }
    }

    /// For the engine; a row and a column need a selected weight.
    fn scope(self, block: &Block, place: Option<Place>) -> Option<Scope> {
        let place = place.map(|place| block.clamp(place));
        match self {
            Self::Row => place.map(|(row, _)| Scope::Row(block.block * block.shape().0 + row)),
            Self::Column => place.map(|(_, column)| Scope::Column { block: block.block, column }),
            Self::Block => Some(Scope::Block(block.block)),
            Self::Parameter => Some(Scope::Whole),
        }
    }
}

/// What can be done, as the reader chooses it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Scale,
    Set,
    Zero,
    Randomise,
    Orthogonal,
    SpectralRadius,
}

impl Deed {
    const ALL: [Self; 6] = [Self::Scale, Self::Set, Self::Zero, Self::Randomise, Self::Orthogonal, Self::SpectralRadius];

    fn word(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Set => "set",
            Self::Zero => "zero",
            Self::Randomise => "randomise",
            Self::Orthogonal => "orthogonal",
            Self::SpectralRadius => "radius",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Scale => "Scale by",
            Self::Set => "Set to",
            Self::Zero => "Set to zero",
            Self::Randomise => "Randomise, seed",
            Self::Orthogonal => "Nearest orthogonal matrix",
            Self::SpectralRadius => "Set spectral radius to",
        }
    }

    /// The name of the number it takes, and what the number is at first.
    fn number(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Scale => Some(("Factor", "2")),
            Self::Set => Some(("Value", "1")),
            Self::Randomise => Some(("Seed", "1")),
            Self::SpectralRadius => Some(("Spectral radius", "1")),
            Self::Zero | Self::Orthogonal => None,
        }
    }

    fn operation(self, text: &str) -> Result<Operation, String> {
        let number = |what| model::parse(what, text);
        Ok(match self {
            Self::Scale => Operation::Scale(number("the factor")?),
            Self::Set => Operation::Set(number("the value")?),
            Self::Zero => Operation::Set(0.0),
            Self::Randomise => Operation::Randomise {
                seed: (text.trim().parse())
                    .map_err(|_| format!("“{}” is not used; the seed takes a whole number from 0 to {}.", text.trim(), u32::MAX))?,
            },
            Self::Orthogonal => Operation::Orthogonal,
            Self::SpectralRadius => Operation::SpectralRadius(number("the spectral radius")?),
        })
    }
}

/// Operations on a row, a column, a block or the whole parameter.
#[component]
pub fn Operations(editor: Editor) -> impl IntoView {
    let extent = RwSignal::new(Extent::Block);
    let deed = RwSignal::new(Deed::Scale);
    let text = RwSignal::new("2".to_owned());
    let outcome = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);

    let scope = move |block: &Block| untrack(|| extent.get().scope(block, editor.place()));
    let apply = move || {
        let Some(block) = editor.block() else { return Ok(String::new()) };
        let operation = deed.get_untracked().operation(&text.get_untracked())?;
        let scope = scope(&block).ok_or("No weight is selected; select one in the grid to work on its row or column.")?;
        let changes = edit::apply(&block.weights(), block.parameter, scope, operation).map_err(|error| error.to_string())?;
        let done = changes.iter().filter(|(index, value)| !block.has(*index, *value)).count();
        editor.store.settings.update(|settings| model::put(settings, &block.base, block.parameter, changes));
        editor.store.commit();
        if let Operation::Randomise { seed } = operation {
            // The next one draws other numbers.
            text.set(seed.wrapping_add(1).to_string());
        }
        Ok::<_, String>(format!("{} changed.", if done == 1 { "1 weight".to_owned() } else { format!("{done} weights") }))
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        editor.draft.set(None);
        match apply() {
            Ok(sentence) => {
                refusal.set(None);
                outcome.set(sentence);
            }
            Err(sentence) => {
                outcome.set(String::new());
                refusal.set(Some(sentence));
            }
        }
    };
    let edited = move || {
        let (extent, place) = (extent.get(), editor.place());
        editor.shown.with(|block| {
            let block = block.as_ref()?;
            Some(block.edited_among(&block.indices(extent.scope(block, place)?)))
        })
    };
    let reset = move |_| {
        outcome.set(String::new());
        refusal.set(None);
        editor.take_back(|block| scope(block).map(|scope| block.indices(scope)).unwrap_or_default());
    };
    let extents = Extent::ALL.map(|option| {
        let name = move || editor.shown.with(|block| option.name(block.as_deref(), editor.place()));
        view! { <option value=option.word() prop:selected=move || extent.get() == option>{name}</option> }
    });
    let deeds = Deed::ALL.map(|option| {
        view! { <option value=option.word() prop:selected=move || deed.get() == option>{option.label()}</option> }
    });
    let choose_extent = move |event| {
        let word = event_target_value(&event);
        if let Some(option) = Extent::ALL.into_iter().find(|option| option.word() == word) {
            extent.set(option);
        }
    };
    let choose_deed = move |event| {
        let word = event_target_value(&event);
        if let Some(option) = Deed::ALL.into_iter().find(|option| option.word() == word) {
            deed.set(option);
            refusal.set(None);
            text.set(option.number().map_or("", |(_, first)| first).to_owned());
        }
    };
    let number_name = move || deed.get().number().map(|(name, _)| name);
    view! {
        <form class="weights-operations" aria-label="Operation on many weights" on:submit=submit novalidate>
            <div class="weights-row">
                <label for="weights-extent">"On"</label>
                <select class="control-select" id="weights-extent" on:change=choose_extent>{extents.into_iter().collect_view()}</select>
            </div>
            <div class="weights-row">
                <label for="weights-deed">"Do"</label>
                <select class="control-select" id="weights-deed" on:change=choose_deed>{deeds.into_iter().collect_view()}</select>
                <input
                    type="text"
                    inputmode="text"
                    autocomplete="off"
                    class="weights-number"
                    aria-label=move || number_name().unwrap_or("No number is needed")
                    aria-invalid=move || refusal.with(Option::is_some).then_some("true")
                    hidden=move || number_name().is_none()
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </div>
            <div class="weights-row">
                <button class="button primary" type="submit">"Apply"</button>
                <button class="button" type="button" disabled=move || edited().unwrap_or(0) == 0 on:click=reset>
                    {move || editor.shown.with(|block| format!("Reset {}", extent.get().name(block.as_deref(), editor.place())))}
                </button>
                <span class="note" role="status">{move || outcome.get()}</span>
            </div>
            <p class="control-message" role="alert">{move || refusal.get()}</p>
        </form>
    }
}

/// How many weights are edited, and what can be done about all of them.
#[component]
pub fn EditCount(editor: Editor) -> impl IntoView {
    let settings = editor.store.settings;
    let edits = Memo::new(move |_| settings.with(|s| s.nets.of(s.focus).edits.clone()));
    let resting = Memo::new(move |_| settings.with(model::resting));
    let count = move || model::count(edits.with(|edits| edits.as_ref().map_or(0, |edits| edits.len())));
    let restored = move || resting.with(|edits| edits.as_ref().and_then(|edits| settings.with(|s| model::at_the_size_of(s, edits))));
    let restore = move |_| {
        if let Some(settings) = untrack(restored) {
            editor.store.apply(settings);
        }
    };
    let clear = move |_| {
        settings.update(|settings| model::clear(settings, settings.focus));
        editor.store.commit();
        // The button is gone or idle now; the keyboard goes on in the grid.
        editor.focus_grid();
    };
    let sentence = move || resting.with(|edits| edits.as_ref().map(|edits| settings.with(|s| model::resting_sentence(s, edits))));
    view! {
        <div class="weights-count">
            <span class="note" role="status">{count}</span>
            <button class="button" type="button" disabled=move || edits.with(Option::is_none) on:click=clear>"Reset all"</button>
        </div>
        <Show when=move || resting.with(Option::is_some)>
            <p class="weights-resting" role="status">
                {sentence}
                " "
                <Show when=move || restored().is_some()>
                    <button class="button" type="button" on:click=restore>"Restore that size"</button>
                </Show>
            </p>
        </Show>
    }
}
