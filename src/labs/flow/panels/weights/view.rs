//! The weights panel: one gate block as a grid, and what selects and changes its cells.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::edit::block_letters;

use super::editor::Editor;
use super::model::{self as model, gate_name, symbol, PARAMETERS};
use super::tools::{EditCount, Operations, Selected};
use crate::charts::{TableModel, WeightGrid};
use crate::labs::flow::context::Flow;
use crate::shell::figure::Figure;
use crate::shell::panel::{Panel, Slot};

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
