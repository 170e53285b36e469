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
    windows(run).map(|(iteration, window)| (iteration, mean(window))).collect()
}

/// Of the angles that there are.
fn mean(entries: &[Entry]) -> f64 {
    entries.iter().copied().reduce(Entry::join).map_or(f64::NAN, |entry| entry.angle)
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
    let (name, angle) = (cell_name(run.cell), mean(run.curves.latest(WINDOW)));
    if !angle.is_finite() {
        return format!("{name}’s gradient is complete: truncation cuts nothing off.");
    }
    let along = angle.to_radians().cos();
    let what = match along {
        along if along > 0.99 => "its direction is nearly the full one’s",
        along if along > 0.5 => "the direction is bent",
        along if along > 0.0 => "little of the direction is left",
        _ => "the step goes uphill on the full loss",
    };
    format!("{name}’s truncated gradient is {}° off the full one: {what}.", format_value((10.0 * angle).round() / 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::history::Point;
    use unroll_engine::Cell;

    fn run(angle: Option<f64>) -> Run {
        let mut run = Run::new(Cell::Gru);
        (0..40).for_each(|iteration| run.take(Point { iteration, angle, ..Point::default() }));
        run
    }

    #[test]
    fn angles_are_drawn_in_degrees_and_headed_by_what_they_mean() {
        let quarter = run(Some(std::f64::consts::FRAC_PI_4));
        assert!(headline(Some(&quarter)).contains("45° off") && headline(Some(&quarter)).contains("bent"));
        assert!(headline(Some(&run(Some(2.0)))).contains("uphill"));
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
