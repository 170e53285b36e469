//! Bars: singular values by index, contributions by step.

use super::axis::Axis;
use super::line::Rule;
use super::palette::{Ink, Theme};
use leptos::prelude::*;
use std::sync::Arc;

/// One set of bars; several sets stand side by side within a step.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGroup {
    pub name: String,
    pub ink: Ink,
    /// (x, y) in axis units; a y that is not finite has no bar.
    pub points: Arc<[(f64, f64)]>,
}

/// All a bar chart shows. Bars stand on 0 of a linear y axis and on the lower end of a log axis.
#[derive(Clone, Debug, PartialEq)]
pub struct BarsModel {
    pub x: Axis,
    pub y: Axis,
    pub groups: Vec<BarGroup>,
    pub rules: Vec<Rule>,
}

/// A bar chart.
#[component]
pub fn BarChart(
    #[prop(into)] model: Signal<Arc<BarsModel>>,
    #[prop(into)] cursor: Signal<Option<f64>>,
    #[prop(into)] on_cursor: Callback<Option<f64>>,
    #[prop(into)] on_pin: Callback<f64>,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] name: String,
    #[prop(default = 160.0)] height: f64,
) -> impl IntoView {
    let _ = (model, cursor, on_cursor, on_pin, theme, height);
    view! { <div class="chart" role="group" aria-label=name></div> }
}
