//! What the step-Jacobian chart draws: how one step stretches and squeezes a perturbation.

use unroll_engine::{Analysis, Cell};

use crate::charts::{Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::panels::gradient::model::{cell_ink, time_axis};
use crate::labs::flow::words::cell_name;

/// σ_min of a saturated step can be 10⁻³⁰⁰; the axis stops here and the table and tooltip say the rest.
const LOWEST_DRAWN: f64 = -6.0;

fn series(name: String, end_label: Option<&str>, cell: Cell, dash: Dash, width: f64, values: &[f64]) -> Series {
    // Entry t-1 belongs to step t; a singular step has no logarithm to draw.
    let points: Vec<(f64, f64)> =
        values.iter().enumerate().map(|(i, v)| ((i + 1) as f64, if *v > 0.0 { v.log10() } else { f64::NAN })).collect();
    let series = Series::new(name, cell_ink(cell), points).with_dash(dash).with_width(width);
    match end_label {
        Some(label) => series.with_end_label(label),
        None => series,
    }
}

/// All three figures for the cell in focus, σ_max alone for the others.
pub fn model(analyses: &Analyses, focus: Cell) -> LineModel {
    let mut all = Vec::new();
    for (cell, analysis) in analyses.iter() {
        let name = cell_name(cell);
        let spectra = &analysis.step_jacobian;
        let in_focus = cell == focus;
        let end = if in_focus { "σ_max" } else { name };
        let width = if in_focus { 2.0 } else { 1.0 };
        all.push(series(format!("{name} σ_max"), Some(end), cell, Dash::Solid, width, &spectra.sigma_max));
        // The rest of the focus follows in later frames where it is too much for one; until then there is nothing to draw.
        if in_focus && analysis.complete {
            all.push(series(format!("{name} spectral radius ρ"), Some("ρ"), cell, Dash::Dashed, 1.5, &spectra.spectral_radius));
            all.push(series(format!("{name} σ_min"), Some("σ_min"), cell, Dash::Dotted, 1.5, &spectra.sigma_min));
        }
    }
    let drawn = all.iter().flat_map(|s| s.points.iter().map(|p| p.1.max(LOWEST_DRAWN))).chain([0.0]);
    LineModel {
        x: time_axis(analyses.seq_len()),
        y: Axis::fit("singular value, |eigenvalue|", AxisKind::Log10, drawn),
        series: all,
        rules: vec![Rule { value: 0.0, label: "critical: 1".to_owned(), ink: Ink::Strong, dash: Dash::Solid }],
        bands: Vec::new(),
    }
}

/// σ within this of 1 is 1 but for rounding.
const ROUNDING: f64 = 1e-9;

/// What steps do to lengths: "12 of 64 LSTM steps stretch some direction", in the words the data asks for.
pub fn headline(cell: Cell, analysis: &Analysis) -> String {
    let spectra = &analysis.step_jacobian;
    let name = cell_name(cell);
    if spectra.sigma_max.is_empty() {
        return format!("The {name} has no step to show");
    }
    let steps = spectra.sigma_max.len();
    let stretching = spectra.sigma_max.iter().filter(|s| **s > 1.0 + ROUNDING).count();
    let below_one = |values: &[f64]| values.iter().all(|value| *value < 1.0 - ROUNDING);
    let exactly_one = |values: &[f64]| values.iter().all(|value| (value - 1.0).abs() <= ROUNDING);
    let keeps = analysis.complete && exactly_one(&spectra.sigma_max) && exactly_one(&spectra.sigma_min);
    let transient = analysis.complete && 2 * stretching > steps && below_one(&spectra.spectral_radius);
    match stretching {
        0 if keeps => format!("Every {name} step keeps every length"),
        0 if below_one(&spectra.sigma_max) => format!("Every {name} step shrinks every direction"),
        0 => format!("No {name} step stretches any direction"),
        _ if transient => format!("Single {name} steps stretch (σ_max > 1) although ρ stays below 1"),
        s if s == steps => format!("Every {name} step stretches some direction"),
        s => format!("{s} of {steps} {name} steps stretch some direction"),
    }
}
