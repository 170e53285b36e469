//! What the contribution charts draw: which steps the weight gradient comes from.

use unroll_engine::{Analysis, Cell};

use crate::charts::{Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::panels::gradient::model::{cell_ink, time_axis};
use crate::labs::flow::words::cell_name;

/// The recurrent weights: the parameter whose gradient travels through time.
const PARAMETER: &str = "weight_hh_l0";

fn by_step(analysis: &Analysis) -> &[f64] {
    analysis.backward.gradients.iter().find(|gradient| gradient.name == PARAMETER).map_or(&[], |gradient| &gradient.log10_norm_by_step)
}

/// Share of the summed norms that steps t…T carry, per step t = 1…T. All 0 where every contribution is exactly zero.
pub fn share_from_step(log10_norms: &[f64]) -> Vec<f64> {
    let largest = log10_norms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return vec![0.0; log10_norms.len()];
    }
    let weights: Vec<f64> = log10_norms.iter().map(|l| 10f64.powf(l - largest)).collect();
    let total: f64 = weights.iter().sum();
    let mut running = 0.0;
    let mut shares: Vec<f64> = weights
        .iter()
        .rev()
        .map(|w| {
            running += w;
            running / total
        })
        .collect();
    shares.reverse();
    shares
}

/// How many of the last steps carry a share of the contributions: the window that truncated backpropagation would need.
pub fn window_for(log10_norms: &[f64], share: f64) -> Option<usize> {
    let shares = share_from_step(log10_norms);
    shares.iter().rposition(|s| *s >= share).map(|t| log10_norms.len() - t)
}

/// log10 of the contribution of each step.
pub fn by_step_model(analyses: &Analyses) -> LineModel {
    let series: Vec<Series> = analyses
        .iter()
        .map(|(cell, analysis)| {
            let finite = |v: f64| if v.is_finite() { v } else { f64::NAN };
            let points: Vec<(f64, f64)> = by_step(analysis).iter().enumerate().map(|(i, v)| ((i + 1) as f64, finite(*v))).collect();
            Series::new(format!("{} ‖∂L/∂W_hh at step t‖", cell_name(cell)), cell_ink(cell), points).with_end_label(cell_name(cell))
        })
        .collect();
    let values = series.iter().flat_map(|s| s.points.iter().map(|p| p.1));
    let y = Axis::fit("contribution", AxisKind::Log10, values);
    LineModel { x: time_axis(analyses.seq_len()), y, series, rules: Vec::new(), bands: Vec::new() }
}

/// Cumulative share, read from right to left.
pub fn share_model(analyses: &Analyses) -> LineModel {
    let series = analyses
        .iter()
        .map(|(cell, analysis)| {
            let shares = share_from_step(by_step(analysis));
            let points: Vec<(f64, f64)> = shares.iter().enumerate().map(|(i, s)| ((i + 1) as f64, 100.0 * s)).collect();
            Series::new(format!("{} share of steps t…T", cell_name(cell)), cell_ink(cell), points)
        })
        .collect();
    LineModel {
        x: time_axis(analyses.seq_len()),
        y: Axis::linear("share of steps t…T", 0.0, 100.0).with_unit("%"),
        series,
        rules: vec![Rule { value: 90.0, label: "90%".to_owned(), ink: Ink::Theory, dash: Dash::Dashed }],
        bands: Vec::new(),
    }
}

/// "90% of the RNN's gradient comes from its last 5 steps".
pub fn headline(cell: Cell, analysis: &Analysis) -> String {
    let name = cell_name(cell);
    match window_for(by_step(analysis), 0.9) {
        None => format!("No step of the {name} contributes to the weight gradient"),
        Some(1) => format!("90% of the {name}’s weight gradient comes from the last step alone"),
        Some(window) if window == analysis.seq_len => format!("The {name}’s weight gradient needs all {window} steps"),
        Some(window) => format!("90% of the {name}’s weight gradient comes from its last {window} of {} steps", analysis.seq_len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_accumulate_from_the_last_step_to_one() {
        let norms = [-3.0, f64::NEG_INFINITY, 0.0, 0.0];
        let shares = share_from_step(&norms);
        assert!((shares[0] - 1.0).abs() < 1e-15);
        assert!((shares[3] - 1.0 / 2.001).abs() < 1e-12);
        assert_eq!(shares[1], shares[2]);
    }

    #[test]
    fn the_window_for_a_share_counts_back_from_the_end() {
        assert_eq!(window_for(&[-9.0, -9.0, 0.0, 0.0], 0.9), Some(2));
        assert_eq!(window_for(&[0.0, 0.0, 0.0, 0.0], 0.9), Some(4));
        assert_eq!(window_for(&[f64::NEG_INFINITY; 3], 0.9), None);
    }

    #[test]
    fn magnitudes_beyond_double_precision_still_have_shares() {
        let shares = share_from_step(&[-5000.0, -5000.0]);
        assert_eq!(shares, [1.0, 0.5]);
    }
}
