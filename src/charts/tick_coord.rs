//! Our ticks as a plotters coordinate: its key points are the ticks, its labels theirs.

use super::scale::{Projection, Range, Tick};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// A linear axis over `range` with ready-made ticks.
pub(super) struct TickCoord {
    pub range: Range,
    pub ticks: Vec<Tick>,
}

impl Ranged for TickCoord {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (start, end) = (f64::from(limit.0), f64::from(limit.1));
        Projection::new(self.range, start, end).to_px(*value).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Light points would be a minor grid; there is none.
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.min..self.range.max
    }
}

impl ValueFormatter<f64> for TickCoord {
    fn format(value: &f64) -> String {
        super::format::format_value(*value)
    }

    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|tick| tick.value == *value).map_or_else(|| Self::format(value), |tick| tick.label.clone())
    }
}
