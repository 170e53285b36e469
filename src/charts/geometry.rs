//! Polylines cut to a rectangle. Pure.

use super::layout::Rect;

/// A point in CSS pixels.
pub type Point = (f64, f64);

/// The parts of a polyline inside `rect`. A point that is not finite ends a part; a part of one point is kept (drawn as a dot).
pub fn clip_polyline(points: impl IntoIterator<Item = Point>, rect: &Rect) -> Vec<Vec<Point>> {
    let mut runs: Vec<Vec<Point>> = Vec::new();
    let mut run: Vec<Point> = Vec::new();
    let mut previous: Option<Point> = None;
    let inside = |p: Point| (rect.left..=rect.right).contains(&p.0) && (rect.top..=rect.bottom).contains(&p.1);
    for point in points {
        if !(point.0.is_finite() && point.1.is_finite()) {
            flush(&mut run, &mut runs);
            previous = None;
            continue;
        }
        match previous {
            None if inside(point) => run.push(point),
            None => {}
            Some(before) => match clip_segment(before, point, rect) {
                Some((from, to)) => {
                    if run.last() != Some(&from) {
                        flush(&mut run, &mut runs);
                        run.push(from);
                    }
                    if to != from {
                        run.push(to);
                    }
                    if to != point {
                        flush(&mut run, &mut runs);
                    }
                }
                None => flush(&mut run, &mut runs),
            },
        }
        previous = Some(point);
    }
    flush(&mut run, &mut runs);
    runs
}

fn flush(run: &mut Vec<Point>, runs: &mut Vec<Vec<Point>>) {
    if !run.is_empty() {
        runs.push(std::mem::take(run));
    }
}

/// Liang and Barsky's clipping of one segment; an end that is inside is returned bit for bit.
fn clip_segment(from: Point, to: Point, rect: &Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (step, room) in [(-dx, from.0 - rect.left), (dx, rect.right - from.0), (-dy, from.1 - rect.top), (dy, rect.bottom - from.1)] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            enter = enter.max(room / step);
        } else {
            leave = leave.min(room / step);
        }
    }
    if enter > leave {
        return None;
    }
    let at = |share: f64| (from.0 + share * dx, from.1 + share * dy);
    Some((if enter > 0.0 { at(enter) } else { from }, if leave < 1.0 { at(leave) } else { to }))
}

/// The points of a staircase: each y is held until the next x.
pub fn staircase(points: &[Point]) -> Vec<Point> {
    let mut out = Vec::with_capacity(2 * points.len());
    for (i, &(x, y)) in points.iter().enumerate() {
        if i > 0 {
            out.push((x, points[i - 1].1));
        }
        out.push((x, y));
    }
    out
}

/// The point nearest to `x`, ascending in x, no farther than half the distance to its neighbours.
pub(super) fn nearest(points: &[(f64, f64)], x: f64) -> Option<(f64, f64)> {
    let after = points.partition_point(|p| p.0 < x);
    let candidates = [after.checked_sub(1), Some(after)];
    let (index, distance) =
        candidates.into_iter().flatten().filter_map(|i| points.get(i).map(|p| (i, (p.0 - x).abs()))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let gap = |a: usize, b: usize| Some(points.get(b)?.0 - points.get(a)?.0);
    let spacing = gap(index, index + 1).or_else(|| gap(index.checked_sub(1)?, index)).unwrap_or(1.0);
    (distance <= 0.5 * spacing).then(|| points[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rect = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn a_polyline_inside_is_one_part_unchanged() {
        let points = [(1.0, 1.0), (5.0, 9.0), (9.0, 2.0)];
        assert_eq!(clip_polyline(points, &BOX), [points.to_vec()]);
    }

    #[test]
    fn what_is_not_finite_leaves_a_gap() {
        let points = [(1.0, 1.0), (2.0, 2.0), (3.0, f64::NAN), (4.0, f64::INFINITY), (5.0, 5.0), (6.0, 6.0)];
        let runs = clip_polyline(points, &BOX);
        assert_eq!(runs, [vec![(1.0, 1.0), (2.0, 2.0)], vec![(5.0, 5.0), (6.0, 6.0)]]);
    }

    #[test]
    fn a_lone_point_between_gaps_is_kept() {
        let points = [(1.0, f64::NAN), (2.0, 2.0), (3.0, f64::NAN)];
        assert_eq!(clip_polyline(points, &BOX), [vec![(2.0, 2.0)]]);
    }

    #[test]
    fn segments_are_cut_at_the_edges_and_rejoin_where_they_come_back() {
        let points = [(2.0, 5.0), (2.0, 15.0), (8.0, 15.0), (8.0, 5.0)];
        let runs = clip_polyline(points, &BOX);
        assert_eq!(runs, [vec![(2.0, 5.0), (2.0, 10.0)], vec![(8.0, 10.0), (8.0, 5.0)]]);
        // Both ends outside, crossing the middle.
        let runs = clip_polyline([(-5.0, 5.0), (15.0, 5.0)], &BOX);
        assert_eq!(runs, [vec![(0.0, 5.0), (10.0, 5.0)]]);
    }

    #[test]
    fn far_away_points_do_not_overflow() {
        let runs = clip_polyline([(5.0, -1e300), (5.0, 1e300)], &BOX);
        assert!(runs.iter().flatten().all(|p| (0.0..=10.0).contains(&p.1)));
    }

    #[test]
    fn a_staircase_holds_each_value_until_the_next() {
        assert_eq!(staircase(&[(0.0, 1.0), (1.0, 2.0)]), [(0.0, 1.0), (1.0, 1.0), (1.0, 2.0)]);
    }
}
