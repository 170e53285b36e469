//! Gradient against time.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as gradient_model;
use super::seeds::{Bands, SeedTools};
use crate::labs::flow::context::Flow;
use crate::labs::flow::panels::chart::{compared, focused_headline, TimeChart};
use crate::labs::flow::settings::{GradientView, ReferenceLines};
use crate::labs::flow::words;
use crate::shell::panel::{Panel, Slot};

/// Gradient against time.
#[component]
pub fn GradientPanel(of: Slot, flow: Flow) -> impl IntoView {
    let bands = Bands::new(flow, flow.store);
    let model = Memo::new(move |_| {
        let seeds = bands.shown();
        let (focus, view, lines) = flow.settings.with(|s| (s.focus, s.gradient_view, s.reference_lines));
        Arc::new(flow.analyses.with(|a| gradient_model::model(a, focus, view, lines, seeds.as_deref())))
    });
    let shown = Memo::new(move |_| flow.settings.with(|s| (s.focus, s.gradient_view)));
    let model = compared(flow, model, move |ghost| {
        let (focus, view) = shown.get();
        Some(gradient_model::model(ghost, focus, view, ReferenceLines::Neither, None))
    });
    view! {
        <Panel
            of
            headline=focused_headline(flow, move |cell, analysis| {
                let left = flow.settings.with(|settings| settings.gradient_view == GradientView::Left);
                if left { words::left_headline(cell, analysis) } else { words::worst_headline(cell, analysis) }
            })
            about="How much of the loss’s gradient is left at each state, or how much of a change there arrives at the end, on a logarithmic axis: measured solid, theory dotted (ℓ steps back; σ_max and ρ of W_hh, γ the slope of the activation, f and z the gates at rest). Below a format’s floor, a framework stores 0."
        >
            <TimeChart of flow model=model name="Gradient norms by state" height=230.0/>
            <SeedTools bands=bands/>
        </Panel>
    }
}
