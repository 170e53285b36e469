//! What truncation throws away: the angle between the full gradient and the one that is used.

use crate::charts::{format_value, Axis, Dash, Ink, LineModel, Rule, Series};
use crate::labs::cells::{cell_ink, cell_name};
use crate::labs::train::panels::curves::model::{iteration_axis, windows, WINDOW};
use crate::labs::train::runs::curves::Entry;
use crate::labs::train::runs::history::{Run, Runs};

/// A step along a gradient at this angle to the full one leaves the loss as it is, to first order.
const RIGHT_ANGLE: f64 = 90.0;

/// Mean angle over the last iterations at some of them; NaN where nothing was cut.
fn curve(run: &Run) -> Vec<(f64, f64)> {
    windows(run).map(|(iteration, window)| (iteration, mean(window).0)).collect()
}

/// Of the angles, in degrees, and of the ratios of norms that there are.
fn mean(entries: &[Entry]) -> (f64, f64) {
    entries.iter().copied().reduce(Entry::join).map_or((f64::NAN, f64::NAN), |entry| (entry.angle, entry.ratio))
}

/// The angle of every cell over the iterations, in degrees.
pub fn model(runs: &Runs) -> LineModel {
    let series: Vec<Series> = runs
        .0
        .iter()
        .map(|run| {
            let name = cell_name(run.cell);
            Series::new(format!("{name} angle"), cell_ink(run.cell), curve(run)).with_end_label(name)
        })
        .collect();
    let largest = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).filter(|v| v.is_finite()).fold(RIGHT_ANGLE, f64::max);
    let y = Axis::linear("angle in degrees", 0.0, if largest > RIGHT_ANGLE { 180.0 } else { RIGHT_ANGLE });
    let rules = vec![Rule { value: RIGHT_ANGLE, label: "90°: no descent".to_owned(), ink: Ink::Strong, dash: Dash::Dashed }];
    LineModel { x: iteration_axis(runs.longest()), y, series, rules, bands: vec![] }
}

/// Whether truncation has cut anything in any run.
pub fn has_angles(runs: &Runs) -> bool {
    runs.0.iter().any(|run| run.curves.entries().iter().any(|entry| entry.angle.is_finite()))
}

/// How much of the full gradient's direction the cell in focus keeps.
pub fn headline(run: Option<&Run>) -> String {
    let Some(run) = run.filter(|run| !run.is_empty()) else { return "Not trained yet.".to_owned() };
    let name = cell_name(run.cell);
    let (angle, ratio) = mean(run.curves.latest(WINDOW));
    if !angle.is_finite() {
        return format!("{name}’s gradient is complete: truncation cuts nothing off.");
    }
    let size = if (ratio - 1.0).abs() < 0.005 {
        "as long as the full one".to_owned()
    } else {
        format!("{}% as long as the full one", format_value((1000.0 * ratio).round() / 10.0))
    };
    let uphill = if angle > RIGHT_ANGLE { ": its step goes uphill" } else { "" };
    format!("{name}’s truncated gradient is {size} and {}° off it{uphill}.", format_value((10.0 * angle).round() / 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::history::Point;
    use unroll_engine::Cell;

    fn run(angle: Option<f64>) -> Run {
        let mut run = Run::new(Cell::Gru);
        (0..40).for_each(|iteration| run.take(Point { iteration, angle, ratio: angle.map(|angle| angle / 2.0), ..Point::default() }));
        run
    }

    #[test]
    fn angles_are_drawn_in_degrees_and_headed_by_what_they_mean() {
        let quarter = run(Some(std::f64::consts::FRAC_PI_4));
        assert_eq!(headline(Some(&quarter)), "GRU’s truncated gradient is 39.3% as long as the full one and 45° off it.");
        assert_eq!(
            headline(Some(&run(Some(2.0)))),
            "GRU’s truncated gradient is as long as the full one and 114.6° off it: its step goes uphill."
        );
        let runs = Runs(vec![quarter]);
        let chart = model(&runs);
        assert!(chart.series[0].points.iter().all(|(_, angle)| (angle - 45.0).abs() < 1e-9));
        assert!(has_angles(&runs));
    }

    #[test]
    fn without_truncation_there_is_nothing_to_draw() {
        assert!(!has_angles(&Runs(vec![run(None)])));
        assert!(headline(Some(&run(None))).contains("complete"));
        assert_eq!(headline(None), "Not trained yet.");
    }
}
