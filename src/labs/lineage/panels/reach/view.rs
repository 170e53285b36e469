//! Reach against lag, of every model at once.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::labs::lineage::claims::Claim;
use crate::labs::lineage::context::Lab;
use crate::shell::figure::{ChartFigure, Drawing, Figure};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 330.0;

/// The panel.
#[component]
pub fn ReachPanel(of: Slot, lab: Lab) -> impl IntoView {
    let relative = Memo::new(move |_| lab.store.settings.with(|settings| settings.relative));
    let found = move || lab.curves.get().map(|(_, found)| found);
    let chart = Memo::new(move |_| Arc::new(found().map_or_else(|| model::chart(&[], true), |found| model::chart(&found, relative.get()))));
    let headline = Memo::new(move |_| found().map_or_else(|| lab.instead(), |found| Claim::of(&found).sentence()));
    let missing = Memo::new(move |_| found().map_or_else(Vec::new, |found| model::missing(&found)));
    let sizes = Signal::derive(move || found().map_or_else(|| model::sizes(&[]), |found| model::sizes(&found)));
    view! {
        <Panel
            of
            headline=headline
            about="How much a change of the input so many steps before the loss is felt there: the largest singular value of ∂yₜ/∂xₖ. Solid: exact. Dotted: theory. Where a curve falls to the floor it is exactly zero."
        >
            <ChartFigure
                of
                drawing=Drawing::lines(chart.into())
                cursor=lab.lag_cursor()
                theme=lab.theme
                name="Reach against lag"
                title=Signal::derive(move || Some(headline.get()))
                height=HEIGHT
            />
            <Figure of name="Sizes of the models" table=sizes><ul class="missing" role="status">
                {move || missing.get().into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}
            </ul></Figure>
        </Panel>
    }
}
