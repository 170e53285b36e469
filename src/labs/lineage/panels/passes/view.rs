//! Both passes over one input, and which inputs every output sees.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::{self, Coverage, NAMES};
use crate::labs::lineage::compute::passes::Passes;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::shell::figure::{ChartFigure, Drawing};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;
const MAP_HEIGHT: f64 = 210.0;

/// What was found, or the sentence that stands in its place.
pub fn found(lab: Lab) -> Result<Arc<Result<Passes, String>>, String> {
    let passes = lab.passes.get().map(|(_, passes)| passes).ok_or_else(|| lab.instead())?;
    match passes.as_ref() {
        Ok(_) => Ok(passes.clone()),
        Err(sentence) => Err(sentence.clone()),
    }
}

/// Reads what was found.
pub fn read<T>(lab: Lab, read: impl FnOnce(&Passes) -> T) -> Result<T, String> {
    let passes = found(lab)?;
    match passes.as_ref() {
        Ok(passes) => Ok(read(passes)),
        Err(sentence) => Err(sentence.clone()),
    }
}

/// Both passes over one input.
#[component]
pub fn PassesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| read(lab, |passes| Arc::new(model::chart(passes))).ok());
    let headline = Memo::new(move |_| read(lab, |passes| Coverage::of(passes).sentence()).unwrap_or_else(|sentence| sentence));
    let there = Memo::new(move |_| chart.with(Option::is_some));
    view! {
        <Panel
            of
            headline=headline
            about="One cell reads from the first step on, another from the last step back; the output is both side by side. The forward pass brings inputs up to the loss, the backward pass those from it on. Click a step, or press Enter there, to put the loss on it."
        >
            <Show when=move || there.get()>
                <ChartFigure
                    of
                    drawing=Drawing::lines(Signal::derive(move || chart.get().unwrap_or_else(empty)))
                    cursor=lab.loss_cursor()
                    theme=lab.theme
                    name="Reach by pass"
                    height=HEIGHT
                />
            </Show>
        </Panel>
    }
}

/// A chart of nothing.
pub fn empty() -> Arc<crate::charts::LineModel> {
    use crate::charts::{Axis, LineModel};
    let (x, y) = (Axis::step("k", 0, 1), Axis::linear("", 0.0, 1.0));
    Arc::new(LineModel { x, y, series: vec![], rules: vec![], bands: vec![] })
}

/// Which inputs every output sees.
#[component]
pub fn SeesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let count = Memo::new(move |_| read(lab, |passes| passes.squares.len()).unwrap_or(0));
    let headline = Memo::new(move |_| match (read(lab, |_| ()), count.get()) {
        (Err(sentence), _) => sentence,
        (_, 0) => format!("Whole matrices are drawn up to 64 steps; this sequence has {}.", lab.store.settings.with(|s| s.steps)),
        _ => "The forward pass fills one side of the diagonal, the backward pass the other: together every output sees every input."
            .to_owned(),
    });
    let one = move |place: usize| {
        let map = Memo::new(move |_| {
            let map = read(lab, |passes| {
                let scale = matrix::scale(passes.squares.iter().flat_map(|square| matrix::values(square, false)));
                let square = passes.squares.get(place).cloned().unwrap_or_default();
                matrix::map(&square, false, scale, ["input step k", "output step t"])
            });
            let nothing = || matrix::map(&Default::default(), false, matrix::scale(std::iter::empty()), ["input step k", "output step t"]);
            Arc::new(map.unwrap_or_else(|_| nothing()))
        });
        view! {
            <div>
                <h3>{NAMES[place]}</h3>
                <ChartFigure
                    of
                    drawing=Drawing::heatmap(map.into())
                    cursor=lab.loss_cursor()
                    theme=lab.theme
                    name=format!("Matrix of reach: {}", NAMES[place])
                    height=MAP_HEIGHT
                />
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
