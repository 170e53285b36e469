//! The panels of the attention view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::{self, Brought, NAMES};
use crate::charts::format_value;
use crate::form::SettingByKey;
use crate::labs::lineage::compute::pair::Attended;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::{Lines, Map};
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::labs::lineage::rows::ROUTE;
use crate::labs::lineage::settings::LineageSettings;
use crate::shell::figure::Cursor;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;
const HALF: f64 = 260.0;
const UNTRAINED: &str = " The net is not trained: its weights are drawn from the seed.";

/// The gradient by path.
#[component]
pub fn SplitPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Attended, _| Arc::new(model::split(found, !found.alignment.is_empty()))).ok());
    let headline =
        Memo::new(move |_| lab.read(|found: &Attended, _| Brought::of(found).sentence(found.loss)).unwrap_or_else(|sentence| sentence));
    let residual = move || {
        let sentence = |found: &Attended, _: &LineageSettings| {
            format!(
                "The two parts add up to the whole; the largest difference is {} of its largest entry.{UNTRAINED}",
                format_value(found.residual)
            )
        };
        lab.read(sentence).unwrap_or_default()
    };
    view! {
        <Panel
            of
            headline=headline
            about="What of every source step reaches the logits of one target step: through the encoder states that attention reads (contexts), and through the state that the encoder hands over (the bottleneck). Dashed: the same pair without attention."
        >
            <Lines of lab chart name="Reach by path" height=HEIGHT cursor=lab.cursor()/>
            <p class="note" role="note">{residual}</p>
        </Panel>
    }
}

/// The weights.
#[component]
pub fn AlignmentPanel(of: Slot, lab: Lab) -> impl IntoView {
    let map = Memo::new(move |_| {
        lab.read(|found: &Attended, settings| Arc::new(model::alignment(found, settings.steps))).ok().filter(|map| map.rows > 0)
    });
    let there = Memo::new(move |_| map.with(Option::is_some));
    let headline = Memo::new(move |_| match lab.read(|found: &Attended, _| found.alignment.is_empty()) {
        Err(sentence) => sentence,
        Ok(true) => "Without attention there is no alignment.".to_owned(),
        Ok(false) => "Which source step every target step reads.".to_owned(),
    });
    view! {
        <Panel of headline=headline about="Weights of the softmax: source steps across, target steps up. The weights of a target step add up to 1.">
            <Show when=move || !there.get()><p class="empty">"Choose an attention to see its weights."</p></Show>
            <Map of lab map name="Alignment" height=HALF cursor=lab.cursor()/>
        </Panel>
    }
}

/// The gradient matrix of one path.
#[component]
pub fn GradientsPanel(of: Slot, lab: Lab) -> impl IntoView {
    let route = Memo::new(move |_| lab.store.settings.with(|settings| model::place(settings.route)));
    let map = Memo::new(move |_| {
        let place = route.get();
        let map = lab.read(|found: &Attended, _| {
            // One scale for all paths, so that switching compares them.
            let scale = matrix::scale(found.squares.iter().flat_map(|square| matrix::values(square, false)));
            found.squares.get(place).map(|square| Arc::new(matrix::map(square, false, scale, ["source step k", "target step t"])))
        });
        map.ok().flatten()
    });
    let there = Memo::new(move |_| map.with(Option::is_some));
    let headline = Memo::new(move |_| match (lab.read(|_: &Attended, _| ()), there.get()) {
        (Err(sentence), _) => sentence,
        (_, false) => format!("Whole matrices are drawn up to 64 steps; this source has {}.", lab.store.settings.with(|s| s.steps)),
        _ => format!("The gradient {}.", if route.get() == 0 { "by all paths" } else { NAMES[route.get()] }),
    });
    let tools = view! { <div class="panel-setting"><SettingByKey key=ROUTE settings=lab.store.settings on_commit=move |()| lab.store.commit()/></div> };
    view! {
        <Panel
            of
            headline=headline
            about="log10 ‖∂logitsₜ/∂xₖ‖ beside the weights: what is read is not what learns. Blank is exactly zero."
            tools=tools.into_any()
        >
            <Map of lab map name="Gradient matrix" height=HALF cursor=lab.cursor()/>
        </Panel>
    }
}

/// How open the weights are.
#[component]
pub fn OpennessPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| {
        let chart =
            lab.read(|found: &Attended, settings| (!found.alignment.is_empty()).then(|| Arc::new(model::openness(found, settings.steps))));
        chart.ok().flatten()
    });
    let headline = Memo::new(move |_| {
        lab.read(|found: &Attended, settings| model::openness_headline(found, settings.steps)).unwrap_or_else(|sentence| sentence)
    });
    view! {
        <Panel
            of
            headline=headline
            about="∂w/∂e = diag(w) − wwᵀ: how much the weights move when the scores do. It is at most ½, and goes to 0 as one weight takes all: attention saturates too. Even attention gives every step 1/T."
        >
            <Lines of lab chart name="Openness of the weights" height=HALF cursor=Cursor::none()/>
        </Panel>
    }
}
