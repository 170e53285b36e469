//! A few sequences of the last batch, and what the cell in focus answers.

use leptos::prelude::*;

use crate::labs::cells::cell_name;
use crate::labs::train::context::Lab;
use crate::labs::train::panels::chart::UntilBegun;
use crate::labs::train::runs::examples::Example;
use crate::shell::panel::{Panel, Slot};

/// The panel.
#[component]
pub fn ExamplesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let examples = Memo::new(move |_| {
        let focus = lab.shown().focus;
        lab.examples.with(|told| told.iter().find(|(cell, _)| *cell == focus).map_or_else(Vec::new, |(_, examples)| examples.clone()))
    });
    let headline = Signal::derive(move || {
        let name = cell_name(lab.shown().focus);
        examples.with(|examples| match examples.first() {
            Some(example) => format!("Asked for {}, {name} answers {}.", example.expected, example.answered),
            None => "Not trained yet.".to_owned(),
        })
    });
    let rows = move || examples.get().into_iter().map(row).collect_view();
    view! {
        <Panel
            of
            headline=headline
            about="Sequences of the last batch and the answers of the cell in focus with its current weights; of a net that reads a text, also what it writes by itself."
        >
            <UntilBegun lab=lab>
                <div class="data-table-scroll examples" tabindex="0" role="region" aria-label="Table of examples">
                    <table>
                        <thead>
                            <tr><th scope="col">"Input"</th><th scope="col">"Target"</th><th scope="col">"Answer"</th></tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </UntilBegun>
        </Panel>
    }
}

fn row(example: Example) -> impl IntoView {
    view! { <tr><th scope="row">{example.read}</th><td>{example.expected}</td><td>{example.answered}</td></tr> }
}
