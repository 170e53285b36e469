//! The weights panel: one gate block as a grid, and what selects and changes its cells.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::reactive::graph::untrack;
use unroll_engine::edit::block_letters;
use unroll_engine::{Experiment, Parameter, Weights};

use super::matrix;
use super::model::{self as model, gate_name, symbol, Block, PARAMETERS};
use super::tools::{EditCount, Operations, Selected};
use crate::charts::frame::Painter;
use crate::charts::watch::Watch;
use crate::charts::weight_grid_geometry::Place;
use crate::charts::{TableModel, WeightGrid, WeightGridEvents};
use crate::form::Notice;
use crate::labs::flow::context::Flow;
use crate::labs::flow::store::Store;
use crate::shell::figure::Figure;
use crate::shell::panel::{Panel, Slot};

/// Handles to what the parts of the panel share; cheap to copy.
#[derive(Clone, Copy)]
pub struct Editor {
    pub flow: Flow,
    pub store: Store,
    pub parameter: RwSignal<Parameter>,
    pub gate: RwSignal<usize>,
    /// As it was selected; [`Editor::place`] is within the block.
    selected: RwSignal<Option<Place>>,
    pointed: RwSignal<Option<Place>>,
    /// The block as it is shown; changed once a frame at most. `None` while the settings are no experiment.
    pub shown: RwSignal<Option<Arc<Block>>>,
    /// What is being typed in place of the selected weight.
    pub draft: RwSignal<Option<String>>,
    pub field: NodeRef<html::Input>,
    /// The panel, to move the focus within it.
    pub body: NodeRef<html::Div>,
    /// The weights before edits, and what they are of.
    base: StoredValue<Option<(Experiment, Arc<Weights>)>>,
}

impl Editor {
    fn new(flow: Flow, store: Store) -> Self {
        let editor = Self {
            flow,
            store,
            parameter: RwSignal::new(Parameter::WeightHh),
            gate: RwSignal::new(0),
            selected: RwSignal::new(None),
            pointed: RwSignal::new(None),
            shown: RwSignal::new(None),
            draft: RwSignal::new(None),
            field: NodeRef::new(),
            body: NodeRef::new(),
            base: StoredValue::new(None),
        };
        editor.shown.set(editor.block().map(Arc::new));
        editor
    }

    /// The block as the settings have it now, ahead of the frame that shows it; tracked. Weights are drawn only when something they depend
    /// on has changed.
    fn read(&self) -> Option<Block> {
        let (parameter, gate) = (self.parameter.get(), self.gate.get());
        self.flow.settings.with(|settings| {
            let experiment = model::unedited(settings);
            let known = self.base.with_value(|base| base.as_ref().filter(|(of, _)| *of == experiment).map(|(_, weights)| weights.clone()));
            let base = known.or_else(|| {
                let weights = Arc::new(experiment.weights().ok()?);
                self.base.set_value(Some((experiment, weights.clone())));
                Some(weights)
            })?;
            Some(Block::new(settings, base, parameter, gate))
        })
    }

    /// As [`Editor::read`], not tracked: for events.
    pub fn block(&self) -> Option<Block> {
        untrack(|| self.read())
    }

    /// The selected cell, within the block that is shown; tracked.
    pub fn place(&self) -> Option<Place> {
        let selected = self.selected.get()?;
        self.shown.with(|block| block.as_ref().map(|block| block.clamp(selected)))
    }

    /// Selects a cell.
    pub fn select(&self, place: Place) {
        self.draft.set(None);
        self.selected.set(Some(place));
    }

    /// The selected weight becomes what `new` makes of it. The gesture goes on until the store's commit.
    pub fn set(&self, new: impl FnOnce(f64) -> f64) {
        let (Some(block), Some(place)) = (self.block(), self.selected.get_untracked()) else { return };
        let place = block.clamp(place);
        let value = new(block.value(place));
        self.draft.set(None);
        self.store.settings.update(|settings| model::put(settings, &block.base, block.parameter, [(block.index(place), value)]));
    }

    /// Takes the edits of some weights back, as one step.
    pub fn take_back(&self, indices: impl FnOnce(&Block) -> Vec<usize>) {
        let Some(block) = self.block() else { return };
        self.draft.set(None);
        self.store.settings.update(|settings| model::take_back(settings, &block.base, block.parameter, &indices(&block)));
        self.store.commit();
    }

    /// Takes the edit of the selected weight back.
    pub fn reset(&self) {
        let place = self.selected.get_untracked();
        self.take_back(|block| place.map(|place| block.index(block.clamp(place))).into_iter().collect());
    }

    /// Takes a pasted matrix over the block, as one step; a notice says what does not fit. What is pasted into a field is the field's.
    fn paste(self, event: &web_sys::ClipboardEvent) {
        use wasm_bindgen::JsCast;
        let in_field = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlInputElement>().is_some());
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        let (false, Some(block)) = (in_field || text.trim().is_empty(), self.block()) else { return };
        event.prevent_default();
        // The page's own listener takes pasted text for a file.
        event.stop_propagation();
        let selected = self.selected.get_untracked().map(|place| block.clamp(place));
        match matrix::parse_matrix(&text).and_then(|rows| matrix::placed(&block, &rows, selected)) {
            Ok(changes) => {
                self.draft.set(None);
                self.store.settings.update(|settings| model::put(settings, &block.base, block.parameter, changes));
                self.store.commit();
            }
            Err(sentence) => self.store.notify(Notice::warning(sentence)),
        }
    }

    /// Copies the block, unless text is selected.
    fn copy(self, event: &web_sys::ClipboardEvent) {
        use wasm_bindgen::JsCast;
        let on_grid = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|at| {
            // A selector that is sound cannot fail.
            at.closest(".weight-grid").ok().flatten().is_some()
        });
        let (true, Some(block), Some(data)) = (on_grid, self.block(), event.clipboard_data()) else { return };
        if data.set_data("text/plain", &matrix::as_text(&block)).is_ok() {
            event.prevent_default();
        }
    }

    /// Puts the keyboard's focus back on the grid.
    pub fn focus_grid(&self) {
        use wasm_bindgen::JsCast;
        let grid = self.body.get_untracked().and_then(|body| body.query_selector(".weight-grid").ok().flatten());
        if let Some(grid) = grid.and_then(|grid| grid.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only for an element that has left the page.
            grid.focus().ok();
        }
    }

    fn events(self) -> WeightGridEvents {
        WeightGridEvents {
            select: Callback::new(move |place| self.select(place)),
            point: Callback::new(move |place| {
                if self.pointed.get_untracked() != place {
                    self.pointed.set(place);
                }
            }),
            change: Callback::new(move |by| self.set(|value| model::stepped(value, by))),
            end: Callback::new(move |()| self.store.commit()),
            type_number: Callback::new(move |text: String| {
                let Some(field) = self.field.get_untracked() else { return };
                if !text.is_empty() {
                    field.set_value(&text);
                    self.draft.set(Some(text.clone()));
                }
                field.focus().ok();
                if text.is_empty() {
                    field.select();
                }
            }),
            reset: Callback::new(move |()| self.reset()),
        }
    }

    /// Shows the block in the frame after a change, before the grid is painted.
    fn follow(self) {
        Effect::new(move |_| {
            let Some(body) = self.body.get() else { return };
            let watch = Watch::new();
            let tracked = watch.clone();
            let painter = Painter::register(
                move || {
                    let block = tracked.track(|| self.read());
                    if self.shown.with_untracked(|shown| shown.as_deref() != block.as_ref()) {
                        self.shown.set(block.map(Arc::new));
                    }
                },
                Some(body.into()),
            );
            watch.notify(painter);
            painter.mark_dirty();
        });
    }
}

/// Weights of the cell in focus.
#[component]
pub fn WeightsPanel(of: Slot, flow: Flow) -> impl IntoView {
    let editor = Editor::new(flow, flow.store);
    editor.follow();
    let grid = Memo::new(move |_| Arc::new(editor.shown.with(|block| block.as_ref().map(|block| block.grid()).unwrap_or_default())));
    let selected = Signal::derive(move || editor.place());
    let pointed_at = move || {
        let place = editor.pointed.get();
        editor.shown.with(|block| {
            let block = block.as_ref()?;
            let place = place.filter(|(row, column)| *row < block.shape().0 && *column < block.shape().1)?;
            Some(block.sentence(place))
        })
    };
    let table = Signal::derive(move || {
        let nothing = TableModel { caption: String::new(), columns: Vec::new(), rows: Vec::new() };
        editor.shown.with(|block| block.as_ref().map_or(nothing, |block| block.table(editor.place())))
    });
    view! {
        <Panel
            of
            headline=Signal::derive(move || flow.settings.with(model::headline))
            about="The weights of the cell in focus, one gate block at a time; red is positive, blue negative. An edited weight no longer follows the gain and bias sliders, until it is reset."
        >
            <div class="weights" node_ref=editor.body on:paste=move |event| editor.paste(&event) on:copy=move |event| editor.copy(&event)>
                <div class="weights-choice">
                    <ParameterChoice editor/>
                    <GateChoice editor/>
                    <EditCount editor/>
                </div>
                <div class="weights-grid">
                    <Figure of name="Weights of the block" table>
                        <WeightGrid
                            model=grid
                            selected=selected
                            pointed=editor.pointed
                            events=editor.events()
                            theme=flow.theme
                            described_by="weights-keys"
                        />
                        <p class="weights-pointed" aria-hidden="true">{move || pointed_at().unwrap_or_else(|| "Point at a cell to read it.".to_owned())}</p>
                    </Figure>
                </div>
                <div class="weights-tools">
                    <Selected editor/>
                    <Operations editor/>
                    <p class="note" id="weights-keys">
                        "Click or use the arrow keys, Home, End and the page keys to select a weight. Type a number or press Enter to set it; "
                        "+ and −, a vertical drag or the wheel on the selected cell change it by 0.01 (Shift: 0.1, Alt: 0.001); Delete resets it. "
                        "Paste a matrix (a row a line, or as NumPy prints it) over the block or from the selected cell on; Copy takes the block."
                    </p>
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn ParameterChoice(editor: Editor) -> impl IntoView {
    let options = PARAMETERS.map(|parameter| {
        view! {
            <label class="segment" title=parameter.name()>
                <input
                    type="radio"
                    name="weights-parameter"
                    value=parameter.name()
                    prop:checked=move || editor.parameter.get() == parameter
                    on:change=move |_| {
                        editor.draft.set(None);
                        editor.parameter.set(parameter);
                    }
                />
                <span>{symbol(parameter)}</span>
            </label>
        }
    });
    view! { <div class="segments" role="radiogroup" aria-label="Parameter">{options.into_iter().collect_view()}</div> }
}

/// The plain RNN has one block, so nothing to choose.
#[component]
fn GateChoice(editor: Editor) -> impl IntoView {
    let cell = Memo::new(move |_| editor.flow.settings.with(|settings| settings.focus));
    let options = move || {
        let cell = cell.get();
        let letters = block_letters(cell);
        let last = letters.len() - 1;
        let options: Vec<_> = letters
            .iter()
            .enumerate()
            .filter_map(|(gate, letter)| {
                let name = gate_name(cell, gate)?;
                Some(view! {
                    <label class="segment" title=name>
                        <input
                            type="radio"
                            name="weights-gate"
                            value=*letter
                            aria-label=name
                            prop:checked=move || editor.gate.get().min(last) == gate
                            on:change=move |_| {
                                editor.draft.set(None);
                                editor.gate.set(gate);
                            }
                        />
                        <span>{*letter}</span>
                    </label>
                })
            })
            .collect();
        (!options.is_empty()).then(|| view! { <div class="segments" role="radiogroup" aria-label="Gate block">{options}</div> })
    };
    view! { {options} }
}
