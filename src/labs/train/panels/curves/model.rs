//! Loss and gradient norm over the iterations.

use unroll_engine::Cell;

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
use crate::labs::cells::{cell_ink, cell_name};
use crate::labs::train::runs::curves::{Entry, Spread};
use crate::labs::train::runs::history::{Run, Runs};
use crate::labs::train::settings::{ClipKind, TrainSettings};

/// Points of a curve at most.
const POINTS: usize = 400;
/// Steps of the moving average at least.
pub const WINDOW: usize = 25;
/// Losses and norms below this are drawn there: log10.
const LEAST: f64 = -12.0;

/// An axis of iterations. It ends a tenth behind one of a few round numbers: it seldom moves, stays more than half full, and its last
/// number has room beside the label.
pub fn iteration_axis(iterations: usize) -> Axis {
    let mut ends = (0..8).flat_map(|exponent| [10, 15, 20, 30, 40, 50, 60, 80].map(|round| round * 10_usize.pow(exponent)));
    let end = ends.find(|end| *end >= iterations.max(50)).unwrap_or(iterations);
    Axis::step("iteration", 0, end + end.div_ceil(10))
}

/// A curve: (iteration, moving mean) and the (smallest, largest) behind each mean, all log10.
type Curve = (Vec<(f64, f64)>, Vec<(f64, f64)>);

/// At most [`POINTS`] entries of a run, and the last, each with those before it that a moving mean takes in: (iteration, entries).
pub fn windows(run: &Run) -> impl Iterator<Item = (f64, &[Entry])> {
    let (curves, entries) = (&run.curves, run.curves.entries());
    let every = entries.len().div_ceil(POINTS).max(1);
    let window = WINDOW.div_ceil(curves.stride()).max(every);
    let last = entries.len().saturating_sub(1);
    let places = (0..entries.len()).step_by(every).chain((last % every != 0).then_some(last));
    places.map(move |i| (curves.last_iteration(i) as f64, &entries[(i + 1).saturating_sub(window)..=i]))
}

fn curve(run: &Run, value: fn(&Entry) -> Spread) -> Curve {
    let log10 = |value: f64| value.log10().max(LEAST);
    windows(run)
        .map(|(iteration, window)| {
            let spreads = window.iter().map(value);
            let (low, high) = spreads.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v.low), high.max(v.high)));
            let steps = window.iter().map(|entry| entry.steps).sum::<usize>() as f64;
            let mean = window.iter().map(|entry| value(entry).mean * (entry.steps as f64 / steps)).sum::<f64>();
            ((iteration, log10(mean)), (log10(low), log10(high)))
        })
        .unzip()
}

fn rule(value: f64, label: String) -> Rule {
    Rule { value: value.log10(), label, ink: Ink::Strong, dash: Dash::Dashed }
}

/// Loss per model, the runs that were left behind, and the baseline.
pub fn loss_model(runs: &Runs, baseline: f64) -> LineModel {
    let mut series = Vec::new();
    for run in &runs.0 {
        let name = cell_name(run.cell);
        let (points, area) = curve(run, |entry| entry.loss);
        series.push(Series::new(format!("{name} loss"), cell_ink(run.cell), points).with_area(area).with_end_label(name));
        if !run.abandoned.is_empty() {
            let behind = run.abandoned.clone();
            series.push(Series::new(format!("{name}, abandoned"), cell_ink(run.cell), behind).with_dash(Dash::Dotted).with_width(1.25));
        }
    }
    let shown = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).chain([baseline.log10()]);
    // A loss on its way to infinity must not press everything else flat.
    let y = Axis::fit("loss", AxisKind::Log10, shown.map(|v| v.min(baseline.log10() + 4.0)));
    LineModel { x: iteration_axis(runs.longest()), y, series, rules: vec![rule(baseline, "baseline: no memory".to_owned())], bands: vec![] }
}

/// Who leads, and where that is against the baseline.
pub fn loss_headline(runs: &Runs, baseline: f64) -> String {
    let best = runs.0.iter().filter_map(|run| Some((run, run.mean_loss(WINDOW)?))).min_by(|a, b| a.1.total_cmp(&b.1));
    let Some((run, loss)) = best else { return "Not trained yet.".to_owned() };
    let name = cell_name(run.cell);
    let leads = if runs.0.len() > 1 { "leads with" } else { "has" };
    let against = match baseline / loss {
        _ if loss == 0.0 => "no error at all".to_owned(),
        ratio if ratio > 100.0 => format!("{} times lower than a net without memory", format_value(ratio.round())),
        ratio if ratio > 1.25 => format!("{} times lower than a net without memory", format_value((10.0 * ratio).round() / 10.0)),
        ratio if ratio > 1.02 => format!("{:.0}% lower than a net without memory", 100.0 * (1.0 - 1.0 / ratio)),
        ratio if ratio > 0.98 => "no lower than a net without memory".to_owned(),
        _ => "higher than a net without memory".to_owned(),
    };
    format!("{name} {leads} a loss of {}: {against}.", format_value(loss))
}

/// Gradient norm before (solid) and after (dashed) clipping.
pub fn gradient_model(runs: &Runs, settings: &TrainSettings) -> LineModel {
    let mut series = Vec::new();
    for run in &runs.0 {
        let name = cell_name(run.cell);
        let (points, area) = curve(run, |entry| entry.gradient_norm);
        series.push(Series::new(format!("{name} before clipping"), cell_ink(run.cell), points).with_area(area).with_end_label(name));
        if run.curves.entries().iter().any(|entry| entry.clipped > 0.0) {
            let (points, _) = curve(run, |entry| Spread::of(entry.clipped_norm));
            series.push(Series::new(format!("{name} after clipping"), cell_ink(run.cell), points).with_dash(Dash::Dashed).with_width(1.25));
        }
    }
    let threshold = (settings.clip == ClipKind::Norm).then(|| rule(settings.clip_limit, format!("clipped to {}", settings.clip_limit)));
    let shown = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).chain(threshold.iter().map(|rule| rule.value));
    let y = Axis::fit("gradient norm", AxisKind::Log10, shown.map(|v| v.min(12.0)));
    LineModel { x: iteration_axis(runs.longest()), y, series, rules: threshold.into_iter().collect(), bands: vec![] }
}

/// How much was clipped.
pub fn gradient_headline(runs: &Runs, settings: &TrainSettings) -> String {
    let shares: Vec<(Cell, f64)> = runs.0.iter().filter(|run| !run.is_empty()).map(|run| (run.cell, run.clipped_share())).collect();
    if shares.is_empty() {
        return "Not trained yet.".to_owned();
    }
    if shares.iter().all(|(_, share)| *share == 0.0) {
        return match settings.clip {
            ClipKind::Off => "Clipping is off: every gradient is used as it is.".to_owned(),
            _ => "No gradient was long enough to be clipped.".to_owned(),
        };
    }
    let each: Vec<String> = shares.iter().map(|(cell, share)| format!("{:.0}% for {}", 100.0 * share, cell_name(*cell))).collect();
    format!("Share of steps that were clipped: {}.", each.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::history::Point;

    fn runs(steps: u64, loss: f64) -> Runs {
        let mut runs = Runs::of([Cell::Rnn, Cell::Lstm]);
        for iteration in 0..steps {
            for (run, factor) in runs.0.iter_mut().zip([1.0, 0.1]) {
                let clipped = iteration % 4 == 0;
                run.take(Point { iteration, loss: loss * factor, gradient_norm: 2.0, clipped_norm: 1.0, clipped, ..Point::default() });
            }
        }
        runs
    }

    #[test]
    fn a_long_curve_has_few_points_and_ends_at_the_last_step() {
        let model = loss_model(&runs(5001, 0.2), 1.0 / 6.0);
        assert_eq!(model.series.len(), 2);
        let points = &model.series[0].points;
        assert!(points.len() <= POINTS + 1, "{}", points.len());
        assert_eq!(points.last().map(|p| p.0), Some(5000.0));
        assert!((points[7].1 - 0.2_f64.log10()).abs() < 1e-12);
        assert_eq!((model.x.min, model.x.max), (-0.5, 6_600.5));
    }

    #[test]
    fn the_headlines_follow_the_numbers() {
        let baseline = 1.0 / 6.0;
        assert_eq!(loss_headline(&Runs::default(), baseline), "Not trained yet.");
        let text = loss_headline(&runs(40, 0.2), baseline);
        assert_eq!(text, "LSTM leads with a loss of 0.02: 8.3 times lower than a net without memory.");
        let text = gradient_headline(&runs(40, 0.2), &TrainSettings::default());
        assert_eq!(text, "Share of steps that were clipped: 25% for RNN, 25% for LSTM.");
    }

    #[test]
    fn a_loss_on_its_way_to_infinity_does_not_press_the_others_flat() {
        let mut runs = runs(60, 0.2);
        runs.0[0].take(Point { iteration: 60, loss: 1e200, ..Point::default() });
        assert!(loss_model(&runs, 1.0 / 6.0).y.max < 6.0);
    }
}
