//! Line charts: what one shows, and the component.

use super::axis::Axis;
use super::palette::{Ink, Theme};
use leptos::prelude::*;
use std::sync::Arc;

/// How a line is stroked; measurement is solid, theory dashed or dotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

/// One curve. Points are (x, y) in axis units, ascending in x; a y that is not finite leaves a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    /// Written at the line's end (short: about 14 characters fit). Without one the series is named in the legend.
    pub end_label: Option<String>,
    pub ink: Ink,
    pub dash: Dash,
    /// CSS pixels.
    pub width: f64,
    pub points: Arc<[(f64, f64)]>,
    /// A band (low, high) around the curve, one pair a point.
    pub area: Option<Arc<[(f64, f64)]>>,
    /// Drawn as steps rather than straight segments.
    pub step: bool,
}

impl Series {
    pub fn new(name: impl Into<String>, ink: Ink, points: impl Into<Arc<[(f64, f64)]>>) -> Self {
        Self {
            name: name.into(),
            end_label: None,
            ink,
            dash: Dash::Solid,
            width: 1.75,
            points: points.into(),
            area: None,
            step: false,
        }
    }

    #[must_use]
    pub fn with_end_label(mut self, label: impl Into<String>) -> Self {
        self.end_label = Some(label.into());
        self
    }

    #[must_use]
    pub fn with_dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    #[must_use]
    pub fn with_width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    #[must_use]
    pub fn with_area(mut self, area: impl Into<Arc<[(f64, f64)]>>) -> Self {
        self.area = Some(area.into());
        self
    }
}

/// A horizontal reference line: the critical line at 1, the smallest float16.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub value: f64,
    pub label: String,
    pub ink: Ink,
    pub dash: Dash,
}

/// A horizontal band between two y values (infinite ends allowed).
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub from: f64,
    pub to: f64,
    pub label: String,
    pub ink: Ink,
}

/// All a line chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct LineModel {
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    pub rules: Vec<Rule>,
    pub bands: Vec<Band>,
}

/// A line chart.
#[component]
pub fn LineChart(
    /// Read inside the frame loop only, so a memo behind it is evaluated at most once a frame.
    #[prop(into)]
    model: Signal<Arc<LineModel>>,
    /// The shared cursor, in x axis units.
    #[prop(into)]
    cursor: Signal<Option<f64>>,
    /// Called with the x under the pointer or key, and `None` when it leaves.
    #[prop(into)]
    on_cursor: Callback<Option<f64>>,
    /// Called on click, tap or Enter.
    #[prop(into)]
    on_pin: Callback<f64>,
    #[prop(into)] theme: Signal<Theme>,
    /// The chart's accessible name.
    #[prop(into)]
    name: String,
    /// CSS pixels.
    #[prop(default = 200.0)]
    height: f64,
) -> impl IntoView {
    let _ = (model, cursor, on_cursor, on_pin, theme, height);
    view! { <div class="chart" role="group" aria-label=name></div> }
}
