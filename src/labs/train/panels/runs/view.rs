//! One column a cell: how far it is, its loss, and what happened to it.

use leptos::prelude::*;
use unroll_engine::Cell;

use crate::charts::format_value;
use crate::labs::cells::{cell_class, cell_name};
use crate::labs::train::context::Lab;
use crate::labs::train::panels::curves::model::WINDOW;
use crate::labs::train::runs::history::Run;
use crate::shell::panel::Slot;

/// The strip.
#[component]
pub fn Strip(of: Slot, lab: Lab) -> impl IntoView {
    let cells = Memo::new(move |_| lab.shown().cells().collect::<Vec<_>>());
    let columns = move || format!("--columns: {}", cells.with(Vec::len));
    view! {
        <section class="verdict wide" data-panel=of.id aria-label=of.title style=columns>
            <For each=move || cells.get() key=|cell| cell_name(*cell) let:cell>
                <Column lab=lab cell=cell/>
            </For>
        </section>
    }
}

#[component]
fn Column(lab: Lab, cell: Cell) -> impl IntoView {
    let of = move |read: &dyn Fn(&Run) -> String| lab.runs.with(|runs| runs.get(cell).filter(|run| !run.is_empty()).map(read));
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let stopped = Memo::new(move |_| lab.runs.with(|runs| runs.get(cell).and_then(|run| run.stopped.clone())));
    let can_go_on =
        Memo::new(move |_| stopped.with(Option::is_some) && lab.runs.with(|runs| runs.get(cell).is_some_and(|run| !run.is_empty())));
    let word = move || match (stopped.with(Option::is_some), lab.started.with(Option::is_some), lab.playing.get()) {
        (true, ..) => "stopped",
        (_, false, _) => "not started",
        (_, _, true) => "training",
        (_, _, false) if lab.pausing.with(|cells| cells.contains(&cell)) => "pausing",
        (_, _, false) => "paused",
    };
    let pace = move || {
        let pace = lab.pace.with(|paces| paces.iter().find(|(other, _)| *other == cell).map(|(_, pace)| pace.round()));
        pace.filter(|_| lab.playing.get()).map(|pace| format!("{} a second", format_value(pace)))
    };
    view! {
        <article class=cell_class(cell) data-cell=cell_name(cell)>
            <div class="line-1">
                <span class="cell-name">{cell_name(cell)}</span>
                <span class="word" class:fate-explodes=move || stopped.with(Option::is_some) data-state=word>{word}</span>
                <span class="pace" title="Iterations per second">{pace}</span>
            </div>
            <dl class="figures">
                <div>
                    <dt>"iteration"</dt>
                    <dd data-figure="iteration">{move || or_dash(of(&|run| run.len().to_string()))}</dd>
                </div>
                <div class="last-loss" title="Of the last batch">
                    <dt>"loss"</dt>
                    <dd data-figure="loss">{move || or_dash(of(&|run| run.curves.last().map_or_else(String::new, |step| format_value(step.loss))))}</dd>
                </div>
                <div title="Over the last 25 batches">
                    <dt>"mean"</dt>
                    <dd>{move || or_dash(of(&|run| run.mean_loss(WINDOW).map_or_else(String::new, format_value)))}</dd>
                </div>
            </dl>
            <p class="stopped" role="status">{move || stopped.get().unwrap_or_default()}</p>
            <Show when=move || can_go_on.get()>
                <button class="button" type="button" on:click=move |_| lab.go_on_clipped(cell)>
                    "Continue from the last good checkpoint, clipped at norm 1"
                </button>
            </Show>
        </article>
    }
}
