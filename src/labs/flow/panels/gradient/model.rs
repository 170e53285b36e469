//! What the gradient chart draws: log10 norms against the state they belong to.

use std::sync::Arc;

use unroll_engine::{Analysis, Cell};

use crate::charts::{Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
pub use crate::labs::cells::cell_ink;
use crate::labs::cells::cell_name;
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::settings::{GradientView, ReferenceLines};
use crate::labs::flow::sweep::seeds::Seeds;

/// The smallest positive number (subnormal) of each format, as log10: below it a framework stores 0.
const FLOORS: [(&str, f64); 4] = [
    ("fp16 sees 0", -7.224_719_895_935_548), // 2^-24
    ("bf16 sees 0", -40.036_989_423_243_07), // 2^-133
    ("fp32 sees 0", -44.853_469_354_176_16), // 2^-149
    ("fp64 sees 0", -323.306_215_343_115_8), // 2^-1074
];

/// Values per state as points, the exact zeros left out (they have no logarithm).
pub fn points(values: &[f64]) -> Arc<[(f64, f64)]> {
    values.iter().enumerate().map(|(k, v)| (k as f64, if v.is_finite() { *v } else { f64::NAN })).collect()
}

/// The time axis that all charts of the lab share: the states k = 0…T.
pub fn time_axis(seq_len: usize) -> Axis {
    Axis::step("t", 0, seq_len.max(1))
}

struct Line {
    name: String,
    end_label: String,
    dash: Dash,
    values: Vec<f64>,
}

/// The lines of one cell for one view.
fn lines(cell: Cell, analysis: &Analysis, view: GradientView, focus: bool) -> Vec<Line> {
    let name = cell_name(cell);
    let line = |quantity: &str, dash, values: &[f64]| Line {
        name: format!("{name} {quantity}"),
        end_label: name.to_owned(),
        dash,
        values: values.to_vec(),
    };
    let product = &analysis.product;
    let backward = &analysis.backward;
    let dc = backward.dl_dc.as_ref();
    match view {
        GradientView::Left => vec![line("left", Dash::Solid, &analysis.log10_left_by_state())],
        GradientView::Product => vec![line("‖∂s_T/∂sₖ‖", Dash::Solid, &product.log10_sigma_max)],
        GradientView::Hidden => vec![line("‖∂L/∂hₖ‖", Dash::Solid, &backward.dl_dh.log10_norm)],
        GradientView::Cell => dc.map(|dc| line("‖∂L/∂cₖ‖", Dash::Solid, &dc.log10_norm)).into_iter().collect(),
        GradientView::All => {
            let mut all =
                vec![line("‖∂s_T/∂sₖ‖", Dash::Solid, &product.log10_sigma_max), line("‖∂L/∂hₖ‖", Dash::Dashed, &backward.dl_dh.log10_norm)];
            all.extend(dc.map(|dc| line("‖∂L/∂cₖ‖", Dash::Dotted, &dc.log10_norm)));
            if focus {
                all.extend(product.log10_norm_dct_dck.as_deref().map(|v| line("‖∂c_T/∂cₖ‖", Dash::Dashed, v)));
                all.extend(product.log10_direct_cell_path.as_deref().map(|v| line("direct path max ∏f", Dash::Dotted, v)));
            }
            all
        }
    }
}

/// The theory lines of one cell: slopes per step of lag, drawn back from the last state.
fn theory(cell: Cell, analysis: &Analysis) -> Vec<Series> {
    let seq_len = analysis.seq_len as f64;
    // A slope that is not known yet has its name and no points, so that the legend stands still.
    let slope_line = |name: String, slope: Option<f64>| {
        let of = |slope: f64| (0..=analysis.seq_len).map(|k| (k as f64, slope * (seq_len - k as f64))).collect();
        let points: Vec<(f64, f64)> = slope.map_or_else(Vec::new, of);
        Series::new(name, cell_ink(cell), points).with_dash(Dash::Dotted).with_width(1.0)
    };
    let reference = &analysis.reference;
    let cell_label = cell_name(cell);
    let gate = match cell {
        Cell::Gru => "zˡ",
        _ => "fˡ",
    };
    let unknown = cell == Cell::Rnn && !analysis.complete;
    [
        (reference.pascanu_bound, false, "bound (γσ_max)ˡ"),
        (reference.linear_rate, unknown, "linear (γρ)ˡ"),
        (reference.constant_gate, false, gate),
    ]
    .into_iter()
    .map(|(slope, unknown, name)| (slope.filter(|s| s.is_finite()), unknown, name))
    .filter(|(slope, unknown, _)| slope.is_some() || *unknown)
    .map(|(slope, _, name)| slope_line(format!("{cell_label} {name}"), slope))
    .collect()
}

/// A cell's band over the seeds, around their median.
fn band(cell: Cell, seeds: &Seeds) -> Option<Series> {
    let (count, band) = seeds.band(cell)?;
    // Where the lowest nets are exactly zero the band ends at the least that is not.
    let least = band.iter().flat_map(|(low, median, _)| [*low, *median]).filter(|v| v.is_finite()).fold(0.0, f64::min);
    let medians: Vec<f64> = band.iter().map(|b| b.1).collect();
    if !medians.iter().any(|v| v.is_finite()) {
        return None;
    }
    let area: Vec<(f64, f64)> = band.iter().map(|(low, _, high)| (low.max(least), high.max(least))).collect();
    let name = format!("{} median of {count} seeds", cell_name(cell));
    Some(Series::new(name, cell_ink(cell), points(&medians)).with_dash(Dash::Dashed).with_width(1.25).with_area(area))
}

/// The chart's model. Theory lines never widen the axis: what was measured stays legible.
pub fn model(analyses: &Analyses, focus: Cell, view: GradientView, lines_behind: ReferenceLines, seeds: Option<&Seeds>) -> LineModel {
    let mut series: Vec<Series> = analyses.iter().filter_map(|(cell, _)| band(cell, seeds?)).collect();
    for (cell, analysis) in analyses.iter() {
        for line in lines(cell, analysis, view, cell == focus) {
            let primary = line.dash == Dash::Solid;
            let drawn = Series::new(line.name, cell_ink(cell), points(&line.values)).with_dash(line.dash);
            series.push(if primary { drawn.with_width(2.0).with_end_label(line.end_label) } else { drawn.with_width(1.25) });
        }
    }
    let areas = series.iter().filter_map(|s| s.area.as_ref()).flat_map(|area| area.iter().flat_map(|(low, high)| [*low, *high]));
    let measured = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).chain(areas).chain([0.0]);
    let y = Axis::fit("gradient norm", AxisKind::Log10, measured);
    let rules = std::iter::once(Rule { value: 0.0, label: "1".to_owned(), ink: Ink::Strong, dash: Dash::Solid })
        .chain(FLOORS.iter().filter(|(_, value)| lines_behind.floors() && *value >= y.min).map(|(label, value)| Rule {
            value: *value,
            label: (*label).to_owned(),
            ink: Ink::Theory,
            dash: Dash::Dashed,
        }))
        .collect();
    if lines_behind.theory() {
        series.extend(analyses.iter().flat_map(|(cell, analysis)| theory(cell, analysis)));
    }
    LineModel { x: time_axis(analyses.seq_len()), y, series, rules, bands: Vec::new() }
}
