//! Where a cursor can be on a chart, and how keys and pointers move it. Pure.

use super::axis::AxisKind;
use super::geometry::Point;
use super::layout::Rect;
use super::scale::Projection;

/// A pointer this far outside the plot still counts as at its edge (CSS pixels).
const EDGE: f64 = 14.0;
/// A pointer this far from every point of a plane is at none.
const REACH: f64 = 24.0;

/// The places a cursor can take.
#[derive(Clone, Debug, PartialEq)]
pub enum Track {
    /// Along an x axis; whole steps only when the axis counts steps.
    Axis { projection: Projection, kind: AxisKind, plot: Rect },
    /// On one of several points; the cursor's value is the index.
    Points(Vec<Point>),
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Move {
    By(f64),
    First,
    Last,
}

impl Track {
    fn ends(&self) -> Option<(f64, f64, f64)> {
        match self {
            Track::Axis { projection, kind, .. } => {
                let domain = projection.domain;
                Some(if *kind == AxisKind::Step {
                    (domain.min.ceil(), domain.max.floor(), 1.0)
                } else {
                    (domain.min, domain.max, domain.span() / 100.0)
                })
            }
            Track::Points(points) if points.is_empty() => None,
            Track::Points(points) => Some((0.0, (points.len() - 1) as f64, 1.0)),
        }
    }

    /// The cursor value under a pointer.
    pub fn locate(&self, at: Point) -> Option<f64> {
        match self {
            Track::Axis { projection, kind, plot } => {
                let inside =
                    (plot.left - EDGE..=plot.right + EDGE).contains(&at.0) && (plot.top - EDGE..=plot.bottom + EDGE).contains(&at.1);
                let (first, last, _) = self.ends()?;
                let value = projection.to_value(at.0);
                let value = if *kind == AxisKind::Step { value.round() } else { value };
                inside.then(|| value.clamp(first, last.max(first)))
            }
            Track::Points(points) => {
                let distance = |p: &Point| (p.0 - at.0).hypot(p.1 - at.1);
                points
                    .iter()
                    .enumerate()
                    .map(|(index, p)| (index, distance(p)))
                    .filter(|(_, d)| *d <= REACH)
                    .min_by(|a, b| a.1.total_cmp(&b.1))
                    .map(|(index, _)| index as f64)
            }
        }
    }

    /// Where a key takes the cursor; from nowhere, a step forward starts at the first place and a step back at the last.
    pub fn step(&self, current: Option<f64>, by: Move) -> Option<f64> {
        let (first, last, unit) = self.ends()?;
        Some(match (by, current) {
            (Move::First, _) => first,
            (Move::Last, _) => last,
            (Move::By(count), Some(value)) => (value + count * unit).clamp(first, last.max(first)),
            (Move::By(count), None) if count > 0.0 => first,
            (Move::By(_), None) => last,
        })
    }

    /// The pixel of a cursor value: on an axis at the plot's top; `None` outside the range shown.
    pub fn place(&self, value: f64) -> Option<Point> {
        match self {
            Track::Axis { projection, plot, .. } => projection.domain.contains(value).then(|| (projection.to_px(value), plot.top)),
            Track::Points(points) => points.get(value as usize).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scale::Range;
    use super::*;

    fn steps() -> Track {
        Track::Axis {
            projection: Projection::new(Range::new(-0.5, 9.5), 50.0, 150.0),
            kind: AxisKind::Step,
            plot: Rect { left: 50.0, top: 20.0, right: 150.0, bottom: 100.0 },
        }
    }

    #[test]
    fn a_pointer_snaps_to_the_nearest_step() {
        assert_eq!(steps().locate((56.0, 50.0)), Some(0.0));
        assert_eq!(steps().locate((66.0, 50.0)), Some(1.0));
        assert_eq!(steps().locate((155.0, 50.0)), Some(9.0));
        assert_eq!(steps().locate((300.0, 50.0)), None);
        assert_eq!(steps().locate((66.0, 500.0)), None);
    }

    #[test]
    fn keys_walk_the_steps_and_stop_at_the_ends() {
        let track = steps();
        assert_eq!(track.step(None, Move::By(1.0)), Some(0.0));
        assert_eq!(track.step(None, Move::By(-1.0)), Some(9.0));
        assert_eq!(track.step(Some(3.0), Move::By(-1.0)), Some(2.0));
        assert_eq!(track.step(Some(9.0), Move::By(10.0)), Some(9.0));
        assert_eq!(track.step(Some(3.0), Move::First), Some(0.0));
    }

    #[test]
    fn a_cursor_beyond_the_axis_is_not_shown() {
        assert_eq!(steps().place(0.0), Some((55.0, 20.0)));
        assert_eq!(steps().place(10.0), None);
    }

    #[test]
    fn the_nearest_point_of_a_plane_is_found_within_reach() {
        let track = Track::Points(vec![(10.0, 10.0), (30.0, 10.0)]);
        assert_eq!(track.locate((22.0, 10.0)), Some(1.0));
        assert_eq!(track.locate((200.0, 10.0)), None);
        assert_eq!(Track::Points(vec![]).step(None, Move::First), None);
    }
}
