//! What an axis shows: a label, a range, and how its numbers read.

use super::format::{format_fixed, format_log10, format_value};
use super::scale::{self, Range, Tick};

/// How the numbers along an axis read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisKind {
    /// Plain numbers.
    Linear,
    /// The values are log10 of what is meant; ticks read 10^k.
    Log10,
    /// Whole numbers: steps, unit indices. A cursor on it snaps to them.
    Step,
}

/// One axis of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub label: String,
    pub unit: Option<String>,
    pub min: f64,
    pub max: f64,
    pub kind: AxisKind,
    /// The range comes from the data: the chart keeps it still under a drag (grows at once, shrinks late).
    pub sticky: bool,
}

/// How many ticks a fitted range is rounded for.
const FIT_TICKS: usize = 5;

impl Axis {
    fn new(label: impl Into<String>, kind: AxisKind, min: f64, max: f64) -> Self {
        Self { label: label.into(), unit: None, min, max, kind, sticky: false }
    }

    pub fn linear(label: impl Into<String>, min: f64, max: f64) -> Self {
        Self::new(label, AxisKind::Linear, min, max)
    }

    /// `min` and `max` are log10 of the values meant.
    pub fn log10(label: impl Into<String>, min: f64, max: f64) -> Self {
        Self::new(label, AxisKind::Log10, min, max)
    }

    /// Steps `first…last` with half a step of room at either end, so that a curve's points lie on a heatmap's cell centres.
    /// Charts that share a time axis must be given the same `first` and `last`.
    pub fn step(label: impl Into<String>, first: usize, last: usize) -> Self {
        Self::new(label, AxisKind::Step, first as f64 - 0.5, last as f64 + 0.5)
    }

    /// A range that holds all finite values and ends on nice numbers; `0…1` (or `10⁻¹…1`) when there are none.
    pub fn fit(label: impl Into<String>, kind: AxisKind, values: impl IntoIterator<Item = f64>) -> Self {
        let range = match (kind, Range::of(values)) {
            (AxisKind::Log10, Some(range)) => scale::nice_log10(range, FIT_TICKS),
            (AxisKind::Log10, None) => Range::new(-1.0, 0.0),
            (_, Some(range)) => scale::nice_linear(range, FIT_TICKS),
            (_, None) => Range::new(0.0, 1.0),
        };
        Self { sticky: true, ..Self::new(label, kind, range.min, range.max) }
    }

    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The sanitised range.
    pub fn range(&self) -> Range {
        Range::new(self.min, self.max)
    }

    /// At most about `most` ticks over `range` (which may be wider than the axis's own when it is sticky).
    pub fn ticks(&self, range: Range, most: usize) -> Vec<Tick> {
        match self.kind {
            AxisKind::Linear => scale::linear_ticks(range, most),
            AxisKind::Log10 => scale::log10_ticks(range, most),
            AxisKind::Step => scale::step_ticks(range, most),
        }
    }

    /// A value on this axis as text.
    pub fn format(&self, value: f64) -> String {
        match self.kind {
            AxisKind::Linear => format_value(value),
            AxisKind::Log10 => format_log10(value),
            AxisKind::Step => format_fixed(value, 0),
        }
    }

    /// Label and unit: `time (steps)`.
    pub fn title(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} ({unit})", self.label),
            None => self.label.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_axis_puts_the_first_point_on_the_centre_of_the_first_cell() {
        let axis = Axis::step("t", 0, 63);
        assert_eq!((axis.min, axis.max), (-0.5, 63.5));
    }

    #[test]
    fn a_fitted_axis_ignores_exact_zeros_of_a_log_scale() {
        let axis = Axis::fit("‖J‖", AxisKind::Log10, [0.0, -37.2, f64::NEG_INFINITY]);
        assert!(axis.min <= -37.2 && axis.min > -60.0);
        assert!(axis.sticky);
    }

    #[test]
    fn an_axis_without_data_still_has_a_range() {
        let axis = Axis::fit("loss", AxisKind::Linear, [f64::NAN]);
        assert_eq!(axis.range(), Range::new(0.0, 1.0));
    }
}
