//! Why a bidirectional net cannot generate: a button that stops, and what cutting the backward pass off does.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::{self, Attempt};
use crate::labs::lineage::compute::passes::Passes;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::Lines;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 230.0;

/// The panel.
#[component]
pub fn GeneratePanel(of: Slot, lab: Lab) -> impl IntoView {
    let pressed = RwSignal::new(false);
    let attempt = Memo::new(move |_| lab.read(|passes: &Passes, _| Attempt::at(&passes.cut, passes.loss)));
    // Another loss, another attempt.
    Effect::new(move |_| {
        attempt.track();
        pressed.set(false);
    });
    let chart = Memo::new(move |_| lab.read(|passes: &Passes, _| Arc::new(model::chart(&passes.cut, passes.loss))).ok());
    let headline = Memo::new(move |_| match attempt.get() {
        Ok(attempt) if attempt.missing() > 0 => {
            format!("After step {} nothing can be generated: half of the output is read from the future.", attempt.written)
        }
        Ok(_) => "Half of every output is read from the future.".to_owned(),
        Err(sentence) => sentence,
    });
    let strip = move || {
        let Ok(attempt) = attempt.get() else { return ().into_any() };
        let tried = pressed.get();
        let row = |name: &'static str, of: &dyn Fn(usize) -> &'static str| {
            let cells = attempt.window().map(|step| view! { <span class=format!("cell {}", of(step))></span> }).collect_view();
            view! { <div class="strip-row"><span class="strip-name">{name}</span>{cells}</div> }
        };
        let written = attempt.written;
        let input = |step: usize| if step <= written { "there" } else { "unwritten" };
        let ahead = |step: usize| match step {
            step if step <= written => "forward",
            step if step == written + 1 && tried => "wanted",
            _ => "unwritten",
        };
        let back = |step: usize| if tried && step > written { "stopped" } else { "unwritten" };
        view! {
            <div class="strip" aria-hidden="true">
                {row("input", &input)}
                {row("forward half", &ahead)}
                {row("backward half", &back)}
            </div>
        }
        .into_any()
    };
    let said = move || match (pressed.get(), attempt.get()) {
        (true, Ok(attempt)) => format!("{} {}", attempt.sentence(), attempt.consequence()),
        _ => String::new(),
    };
    let tools = view! { <button class="button" type="button" on:click=move |_| pressed.set(true)>"Generate"</button> };
    view! {
        <Panel
            of
            headline=headline
            about="The strip shows the steps around the loss: what is written, and which halves of the output can be computed from it. The chart shows, for every step, by how much the output changes where the backward pass is cut off there: the last output loses nothing."
            tools=tools.into_any()
        >
            {strip}
            <p class="stopped-here" role="status">{said}</p>
            <Lines of lab chart name="Change without the future" height=HEIGHT cursor=lab.loss_cursor()/>
        </Panel>
    }
}
