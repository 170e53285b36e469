//! What the panels with charts over time share.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::Analysis;

use super::compare::model as compare;
use crate::charts::LineModel;
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::context::Flow;
use crate::shell::figure::{ChartFigure, Drawing};
use crate::shell::panel::Slot;

/// A line model with the pinned state's behind it. That one is built when the pin or the view changes, not with the live state.
pub fn compared(
    flow: Flow,
    live: Memo<Arc<LineModel>>,
    of_ghost: impl Fn(&Analyses) -> Option<LineModel> + Send + Sync + 'static,
) -> Signal<Arc<LineModel>> {
    let ghost = Memo::new(move |_| {
        let name = flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()))?;
        flow.ghost.with(|ghost| of_ghost(ghost)).map(|model| (name, model))
    });
    Memo::new(move |_| {
        let live = live.get();
        ghost.with(|ghost| match ghost {
            Some((name, model)) => Arc::new(compare::behind_lines(&live, model, name)),
            None => live,
        })
    })
    .into()
}

/// A line chart over time.
#[component]
pub fn TimeChart(of: Slot, flow: Flow, model: Signal<Arc<LineModel>>, name: &'static str, height: f64) -> impl IntoView {
    view! { <ChartFigure of drawing=Drawing::lines(model) cursor=flow.cursor_of_charts() theme=flow.theme name=name height/> }
}

/// The focused cell's headline.
pub fn focused_headline(flow: Flow, write: impl Fn(unroll_engine::Cell, &Analysis) -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(move || flow.focused().map(|(cell, analysis)| write(cell, &analysis)).unwrap_or_default())
}
