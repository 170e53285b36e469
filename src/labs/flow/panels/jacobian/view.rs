//! The step Jacobian by step.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as jacobian_model;
use crate::labs::flow::compute::refines_on_demand;
use crate::labs::flow::context::{Act, Flow};
use crate::labs::flow::panels::chart::{compared, focused_headline, TimeChart};
use crate::shell::panel::{Panel, Slot};

/// Step Jacobian.
#[component]
pub fn JacobianPanel(of: Slot, flow: Flow) -> impl IntoView {
    let model = Memo::new(move |_| {
        let focus = flow.focus();
        Arc::new(flow.analyses.with(|a| jacobian_model::model(a, focus)))
    });
    let focus = Memo::new(move |_| flow.focus());
    let model = compared(flow, model, move |ghost| Some(jacobian_model::model(ghost, focus.get())));
    let refining = move || flow.focused().is_some_and(|(_, analysis)| !analysis.complete);
    view! {
        <Panel
            of
            headline=focused_headline(flow, jacobian_model::headline)
            about="What one step J_t = ∂s_t/∂s_{t−1} does to a small change: σ_max the most it can stretch, σ_min the least, ρ the largest |eigenvalue|. Above 1 grows, below 1 shrinks."
        >
            <TimeChart of flow model=model name="Step Jacobian by step" height=270.0/>
            <Refining flow=flow refining=Signal::derive(refining)/>
        </Panel>
    }
}

/// How far ρ and σ_min are, and what can be done about it.
#[component]
fn Refining(flow: Flow, refining: Signal<bool>) -> impl IntoView {
    let act = move |choose: fn(Act) -> Callback<()>| {
        if let Some(act) = flow.act.get_value() {
            choose(act).run(());
        }
    };
    let stopped = move || refining.get() && flow.remote.get().stopped;
    let large = move || flow.focused().is_some_and(|(_, analysis)| refines_on_demand(&analysis));
    let words = move || match (refining.get(), stopped()) {
        (false, _) => "",
        (true, true) if large() => "ρ and σ_min were not computed. At this size they take minutes.",
        (true, true) => "ρ and σ_min were not computed.",
        (true, false) => "ρ and σ_min are being computed…",
    };
    let share = move || flow.remote.get().refined.filter(|_| refining.get());
    view! {
        <div class="refining">
            <span role="status">{words}</span>
            <Show when=move || share().is_some()>
                <progress aria-label="Progress of ρ and σ_min" max="1" prop:value=move || share().unwrap_or(0.0)></progress>
                <button class="button" type="button" on:click=move |_| act(|act| act.stop)>"Cancel"</button>
            </Show>
            <Show when=stopped>
                <button class="button" type="button" on:click=move |_| act(|act| act.resume)>"Compute them"</button>
            </Show>
        </div>
    }
}
