//! Both passes over one input, and which inputs every output sees.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::{self, Coverage, NAMES};
use crate::labs::lineage::compute::passes::Passes;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::{Lines, Map};
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;
const MAP_HEIGHT: f64 = 210.0;

/// Both passes over one input.
#[component]
pub fn PassesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|passes: &Passes, _| Arc::new(model::chart(passes))).ok());
    let headline = Memo::new(move |_| lab.read(|passes: &Passes, _| Coverage::of(passes).sentence()).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="One cell reads from the first step on, another from the last step back; the output is both side by side. The forward pass brings inputs up to the loss, the backward pass those from it on. Click a step, or press Enter there, to put the loss on it."
        >
            <Lines of lab chart name="Reach by pass" height=HEIGHT cursor=lab.loss_cursor()/>
        </Panel>
    }
}

/// Which inputs every output sees.
#[component]
pub fn SeesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let count = Memo::new(move |_| lab.read(|passes: &Passes, _| passes.squares.len()).unwrap_or(0));
    let headline = Memo::new(move |_| match (lab.read(|_: &Passes, _| ()), count.get()) {
        (Err(sentence), _) => sentence,
        (_, 0) => format!("Whole matrices are drawn up to 64 steps; this sequence has {}.", lab.store.settings.with(|s| s.steps)),
        _ => "The forward pass fills one side of the diagonal, the backward pass the other: together every output sees every input."
            .to_owned(),
    });
    let one = move |place: usize| {
        let map = Memo::new(move |_| {
            let map = lab.read(|passes: &Passes, _| {
                let scale = matrix::scale(passes.squares.iter().flat_map(|square| matrix::values(square, false)));
                let square = passes.squares.get(place)?;
                Some(Arc::new(matrix::map(square, false, scale, ["input step k", "output step t"])))
            });
            map.ok().flatten()
        });
        view! {
            <div>
                <h3>{NAMES[place]}</h3>
                <Map of lab map name=format!("Matrix of reach: {}", NAMES[place]) height=MAP_HEIGHT cursor=lab.loss_cursor()/>
            </div>
        }
    };
    view! {
        <Panel
            of
            headline=headline
            about="log10 ‖∂yₜ/∂xₖ‖ of every output step t (up) and input step k (across), on one scale of colours. What is blank is exactly zero."
        >
            <div class="small-multiples">
                <For each=move || 0..count.get() key=|place| *place children=one/>
            </div>
        </Panel>
    }
}
