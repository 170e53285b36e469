//! Heatmaps of units × time, painted as image data at data resolution.

use super::axis::Axis;
use super::palette::Theme;
use leptos::prelude::*;
use std::sync::Arc;

/// How a value becomes a colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColourScale {
    /// For magnitudes and gates.
    Sequential { min: f64, max: f64 },
    /// For signed values: −limit … limit, centred on 0.
    Diverging { limit: f64 },
}

/// All a heatmap shows.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapModel {
    /// The shared time axis (use the same as the line charts around it).
    pub x: Axis,
    /// Number of rows (units).
    pub rows: usize,
    /// Number of columns (steps).
    pub cols: usize,
    /// The time of the first column.
    pub x0: usize,
    /// Time-major, `[cols][rows]`, as the engine gives it. What is not finite is left blank.
    pub values: Arc<[f64]>,
    pub scale: ColourScale,
    /// What a row is: "unit".
    pub row_name: String,
    /// What a value is: "forget gate".
    pub value_name: String,
}

impl HeatmapModel {
    /// Smallest, mean and largest finite value of a column; `None` when it has none.
    pub fn column_stats(&self, col: usize) -> Option<(f64, f64, f64)> {
        let column = self.values.get(col * self.rows..(col + 1) * self.rows)?;
        let (mut min, mut max, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0);
        for &value in column.iter().filter(|v| v.is_finite()) {
            min = value.min(min);
            max = value.max(max);
            sum += value;
            count += 1;
        }
        (count > 0).then(|| (min, sum / f64::from(count), max))
    }
}

/// A heatmap.
#[component]
pub fn Heatmap(
    #[prop(into)] model: Signal<Arc<HeatmapModel>>,
    #[prop(into)] cursor: Signal<Option<f64>>,
    #[prop(into)] on_cursor: Callback<Option<f64>>,
    #[prop(into)] on_pin: Callback<f64>,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] name: String,
    #[prop(default = 120.0)] height: f64,
) -> impl IntoView {
    let _ = (model, cursor, on_cursor, on_pin, theme, height);
    view! { <div class="chart" role="group" aria-label=name></div> }
}
