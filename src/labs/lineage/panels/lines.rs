//! Charts of what a view's numbers may not have yet.

use std::sync::Arc;

use leptos::prelude::*;

use crate::charts::{Axis, HeatmapModel, LineModel};
use crate::labs::lineage::compute::reach::Square;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::Slot;

/// Curves, once there are any.
#[component]
pub fn Lines(
    of: Slot,
    lab: Lab,
    #[prop(into)] chart: Signal<Option<Arc<LineModel>>>,
    #[prop(into)] name: String,
    /// CSS pixels.
    height: f64,
    cursor: Cursor,
) -> impl IntoView {
    let there = Memo::new(move |_| chart.with(Option::is_some));
    let empty = || {
        let (x, y) = (Axis::step("k", 0, 1), Axis::linear("", 0.0, 1.0));
        Arc::new(LineModel { x, y, series: vec![], rules: vec![], bands: vec![] })
    };
    let drawing = move || Drawing::lines(Signal::derive(move || chart.get().unwrap_or_else(empty)));
    view! { <Show when=move || there.get()><ChartFigure of drawing=drawing() cursor=cursor theme=lab.theme name=name.clone() height/></Show> }
}

/// A matrix of colours, once there is one.
#[component]
pub fn Map(
    of: Slot,
    lab: Lab,
    #[prop(into)] map: Signal<Option<Arc<HeatmapModel>>>,
    #[prop(into)] name: String,
    /// CSS pixels.
    height: f64,
    cursor: Cursor,
) -> impl IntoView {
    let there = Memo::new(move |_| map.with(Option::is_some));
    let empty = || Arc::new(matrix::map(&Square::default(), false, matrix::scale(std::iter::empty()), ["k", "t"]));
    let drawing = move || Drawing::heatmap(Signal::derive(move || map.get().unwrap_or_else(empty)));
    view! { <Show when=move || there.get()><ChartFigure of drawing=drawing() cursor=cursor theme=lab.theme name=name.clone() height/></Show> }
}
