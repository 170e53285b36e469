//! How the gradient fares on its way back: the waterfall over the iterations, and the shares by lag of the last step.

use unroll_engine::Cell;

use crate::charts::{format_log10, format_value, Axis, ColourScale, Dash, HeatmapModel, Ink, LineModel, Series};
use crate::labs::cells::{cell_ink, cell_name};
use crate::labs::train::panels::curves::model::iteration_axis;
use crate::labs::train::runs::history::{Profile, Run, Runs};
use crate::labs::words::counted;

/// Powers of ten that the colours tell apart.
const DECADES: f64 = 12.0;
/// The least share that is drawn, log10.
const LEAST_SHARE: f64 = -8.0;

/// log10 of the adjoints of the cell in focus: iterations across, time up.
pub fn waterfall(run: Option<&Run>, states: usize) -> HeatmapModel {
    let empty = Vec::new();
    let profiles = run.map_or(&empty, |run| &run.profiles);
    let values: Vec<f64> = profiles.iter().flat_map(|(_, profile)| profile.log10_adjoint.iter().copied()).collect();
    let top = |values: &[f64]| values.iter().copied().filter(|v| v.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    // A gradient on its way to infinity must not take all the colours.
    let first = profiles.first().map_or(0.0, |(_, profile)| top(&profile.log10_adjoint));
    let largest = top(&values).min(first.max(0.0) + 0.5 * DECADES);
    let smallest = values.iter().copied().filter(|v| v.is_finite()).fold(f64::INFINITY, f64::min);
    let max = if largest.is_finite() { largest.ceil() } else { 0.0 };
    let min = if smallest.is_finite() { smallest.floor().max(max - DECADES).min(max - 1.0) } else { max - 1.0 };
    HeatmapModel {
        // A slow cell’s picture would be a strip on the axis of the fastest.
        x: iteration_axis(run.map_or(0, Run::len)),
        rows: profiles.first().map_or(states, |(_, profile)| profile.log10_adjoint.len()),
        cols: profiles.len(),
        x0: 0,
        stride: run.map_or(1, |run| run.profile_stride() as usize),
        values: values.into(),
        scale: ColourScale::Sequential { min, max },
        row_name: "t".to_owned(),
        value_name: "log10 ‖∂L/∂h_t‖".to_owned(),
    }
}

fn last(run: &Run) -> Option<&Profile> {
    run.profiles.last().map(|(_, profile)| profile)
}

/// How much of the gradient is left at the first state.
pub fn waterfall_headline(run: Option<&Run>) -> String {
    let Some((run, profile)) = run.and_then(|run| Some((run, last(run)?))) else { return "Not trained yet.".to_owned() };
    let name = cell_name(run.cell);
    let largest = profile.log10_adjoint.iter().copied().filter(|v| v.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    match profile.log10_adjoint.first() {
        Some(first) if first.is_finite() && largest.is_finite() => {
            let decades = largest - first;
            if decades < 1.0 {
                format!("{name}’s gradient is nearly as long at the first state as anywhere.")
            } else {
                format!("{name}’s gradient is {} times shorter at the first state than where it is longest.", format_log10(decades))
            }
        }
        _ => format!("Nothing of {name}’s gradient arrives at the first state."),
    }
}

/// Shares of the weight gradient by lag, of every cell, and the edge of the window.
pub fn lag_model(runs: &Runs, steps: usize, window: Option<usize>) -> LineModel {
    let mut series: Vec<Series> =
        runs.0.iter().filter_map(|run| Some((run.cell, last(run)?))).map(|(cell, profile)| lags(cell, profile)).collect();
    if let Some(window) = window.filter(|window| *window < steps) {
        let edge = window as f64 - 0.5;
        let line = Series::new("edge of the window", Ink::Strong, vec![(edge, LEAST_SHARE), (edge, 0.0)]);
        series.push(line.with_dash(Dash::Dashed).with_width(1.0));
    }
    let y = Axis::log10("share of ‖∂L/∂W_hh‖", LEAST_SHARE, 0.0);
    LineModel { x: Axis::step("lag T − t", 0, steps.max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

fn lags(cell: Cell, profile: &Profile) -> Series {
    let log10 = |share: f64| Some(share.log10()).filter(|v| *v >= LEAST_SHARE).unwrap_or(f64::NAN);
    let points: Vec<(f64, f64)> = profile.share_by_lag.iter().enumerate().map(|(lag, share)| (lag as f64, log10(*share))).collect();
    Series::new(format!("{} share", cell_name(cell)), cell_ink(cell), points).with_end_label(cell_name(cell))
}

/// How far back the gradient comes from, or what the window keeps of it.
pub fn lag_headline(run: Option<&Run>, window: Option<usize>) -> String {
    let Some((run, profile)) = run.and_then(|run| Some((run, last(run)?))) else { return "Not trained yet.".to_owned() };
    let name = cell_name(run.cell);
    let shares = &profile.share_by_lag;
    if let Some(window) = window.filter(|window| *window < shares.len()) {
        let kept: f64 = shares.iter().take(window).sum();
        return format!(
            "The window of {} holds {}% of {name}’s weight gradient.",
            counted(window, "step"),
            format_value((1000.0 * kept).round() / 10.0)
        );
    }
    let mut sum = 0.0;
    let ninety = shares.iter().position(|share| {
        sum += share;
        sum >= 0.9
    });
    match ninety {
        Some(0) => format!("90% of {name}’s weight gradient comes from the last step alone."),
        Some(lag) => format!("90% of {name}’s weight gradient comes from the last {} of {} steps.", lag + 1, shares.len()),
        None => format!("{name}’s weight gradient is zero."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::history::Point;

    fn run() -> Run {
        let mut run = Run::new(Cell::Lstm);
        for iteration in 0..3 {
            let profile = Profile { log10_adjoint: vec![f64::NEG_INFINITY, -3.5, 0.2], share_by_lag: vec![0.95, 0.05] };
            run.take(Point { iteration, profile: Some(profile), ..Point::default() });
        }
        run
    }

    #[test]
    fn the_waterfall_has_a_column_a_profile_and_a_row_a_state() {
        let model = waterfall(Some(&run()), 3);
        assert_eq!((model.rows, model.cols, model.stride), (3, 3, 1));
        assert_eq!(model.scale, ColourScale::Sequential { min: -4.0, max: 1.0 });
        assert_eq!(model.values.len(), 9);
        // Before the first step there is an empty chart.
        assert_eq!(waterfall(None, 51).rows, 51);
    }

    #[test]
    fn the_window_says_what_it_keeps() {
        assert_eq!(lag_headline(Some(&run()), Some(1)), "The window of 1 step holds 95% of LSTM’s weight gradient.");
        assert_eq!(lag_headline(Some(&run()), None), "90% of LSTM’s weight gradient comes from the last step alone.");
        assert_eq!(waterfall_headline(Some(&run())), "Nothing of LSTM’s gradient arrives at the first state.");
        let runs = Runs(vec![run()]);
        assert_eq!(lag_model(&runs, 2, Some(1)).series.len(), 2);
        assert_eq!(lag_model(&runs, 2, Some(2)).series.len(), 1);
    }
}
