//! The whole matrix of reach, a picture a model.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::lineage::reach::MATRIX_LIMIT;

use super::model;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::models::MODELS;
use crate::shell::figure::{ChartFigure, Drawing};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 210.0;

/// The panel.
#[component]
pub fn MatrixPanel(of: Slot, lab: Lab) -> impl IntoView {
    let relative = Memo::new(move |_| lab.store.settings.with(|settings| settings.relative));
    let places = Memo::new(move |_| lab.matrices.with(|all| all.keys().copied().collect::<Vec<_>>()));
    // One scale for all, so that colours can be compared.
    let scale = Memo::new(move |_| {
        let relative = relative.get();
        lab.matrices.with(|all| model::scale(all.values().flat_map(|square| model::values(square, relative))))
    });
    let headline = Memo::new(move |_| {
        let steps = lab.store.settings.with(|settings| settings.steps);
        model::headline(places.with(Vec::len), steps, MATRIX_LIMIT).unwrap_or_else(|| lab.instead())
    });
    let one = move |place: usize| {
        let map = Memo::new(move |_| {
            let square = lab.matrices.with(|all| all.get(&place).cloned());
            Arc::new(model::map(&square.unwrap_or_default(), relative.get(), scale.get(), ["input step k", "output step t"]))
        });
        view! {
            <div>
                <h3>{MODELS[place].name}</h3>
                <ChartFigure
                    of
                    drawing=Drawing::heatmap(map.into())
                    cursor=lab.cursor()
                    theme=lab.theme
                    name=format!("Matrix of reach: {}", MODELS[place].name)
                    height=HEIGHT
                />
            </div>
        }
    };
    view! {
        <Panel
            of
            headline=headline
            about="log10 ‖∂yₜ/∂xₖ‖ of every output step t (up) and input step k (across), on one scale of colours. What is blank is exactly zero: there is no path."
        >
            <div class="small-multiples">
                <For each=move || places.get() key=|place| *place children=one/>
            </div>
        </Panel>
    }
}
