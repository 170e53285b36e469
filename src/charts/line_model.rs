//! What a line chart shows.

use super::axis::Axis;
use super::geometry::nearest;
use super::mark::{Band, Dash, Rule};
use super::palette::Ink;
use std::sync::Arc;

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
        Self { name: name.into(), end_label: None, ink, dash: Dash::Solid, width: 1.75, points: points.into(), area: None, step: false }
    }

    /// The point nearest to `x`; `None` farther than the points are apart there (half a step on a step axis).
    pub fn at(&self, x: f64) -> Option<(f64, f64)> {
        nearest(&self.points, x)
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

/// All a line chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct LineModel {
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    pub rules: Vec<Rule>,
    pub bands: Vec<Band>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_a_cursor_is_the_nearest_point_s_and_none_beyond_the_data() {
        let series = Series::new("a", Ink::Rnn, vec![(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]);
        assert_eq!(series.at(2.0), Some((2.0, 20.0)));
        assert_eq!(series.at(2.4), Some((2.0, 20.0)));
        assert_eq!(series.at(0.4), None);
        assert_eq!(series.at(3.6), None);
    }
}
