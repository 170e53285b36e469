//! Loss and gradient norm by iteration.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::Cell;

use super::model as curves_model;
use crate::labs::train::context::Lab;
use crate::labs::train::panels::chart::{Lines, UntilBegun};
use crate::labs::train::settings::TrainSettings;
use crate::shell::panel::{Panel, Slot};

/// The loss that no memory reaches, and what it predicts; it depends on the task only, and a text takes time to count.
fn baseline(lab: Lab) -> Memo<(f64, &'static str)> {
    let task = Memo::new(move |_| {
        let TrainSettings { task, length, text, loss_at, noise, shortest_period, longest_period, .. } = lab.shown();
        TrainSettings { task, length, text, loss_at, noise, shortest_period, longest_period, ..TrainSettings::default() }
    });
    Memo::new(move |_| task.with(|settings| settings.config(Cell::Lstm).map_or((f64::NAN, ""), |config| config.baseline())))
}

/// Loss.
#[component]
pub fn LossPanel(of: Slot, lab: Lab) -> impl IntoView {
    let baseline = baseline(lab);
    let model = Memo::new(move |_| Arc::new(lab.runs.with(|runs| curves_model::loss_model(runs, baseline.get().0))));
    let headline = Signal::derive(move || lab.runs.with(|runs| curves_model::loss_headline(runs, baseline.get().0)));
    let described = Memo::new(move |_| lab.shown().task().map_or("", |task| task.description()));
    view! {
        <Panel
            of
            headline=headline
            about="The line is the mean over the last 25 batches, the band their smallest and largest; mean squared error, or cross entropy in nats. Dotted: the branch abandoned by a rewind."
        >
            <p class="about">{move || described.get()} " " {move || baseline.get().1}</p>
            <UntilBegun lab=lab><Lines of lab model=model name="Loss by iteration"/></UntilBegun>
        </Panel>
    }
}

/// Gradient norm and clipping.
#[component]
pub fn GradientPanel(of: Slot, lab: Lab) -> impl IntoView {
    let model = Memo::new(move |_| {
        let settings = lab.shown();
        Arc::new(lab.runs.with(|runs| curves_model::gradient_model(runs, &settings)))
    });
    let headline = Signal::derive(move || {
        let settings = lab.shown();
        lab.runs.with(|runs| curves_model::gradient_headline(runs, &settings))
    });
    view! {
        <Panel
            of
            headline=headline
            about="Norm of the gradient of all weights together, before clipping (solid, with its band over 25 batches) and after (dashed); the rule is the threshold."
        >
            <UntilBegun lab=lab><Lines of lab model=model name="Gradient norm by iteration"/></UntilBegun>
        </Panel>
    }
}
