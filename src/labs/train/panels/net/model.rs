//! What training does to the nets: spectrum of the recurrent weights and mean gates over the iterations.

use unroll_engine::Cell;

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
use crate::labs::cells::{cell_ink, cell_name};
use crate::labs::train::panels::curves::model::iteration_axis;
use crate::labs::train::runs::history::{spectrum_block, Run, Runs};

/// Points of a curve at most.
const POINTS: usize = 400;

/// Where a spectrum on its way to infinity leaves the axis.
const MOST: f64 = 12.0;

/// Spectral radius (solid) and σ_max (dashed).
pub fn spectrum_model(runs: &Runs) -> LineModel {
    let mut series = Vec::new();
    for run in &runs.0 {
        let (name, (_, block)) = (cell_name(run.cell), spectrum_block(run.cell));
        let every = run.spectra.len().div_ceil(POINTS).max(1);
        let points = |pick: fn(&(u64, f64, f64)) -> f64| -> Vec<(f64, f64)> {
            run.spectra.iter().step_by(every).map(|entry| (entry.0 as f64, pick(entry))).collect()
        };
        series.push(Series::new(format!("{name} ρ of {block}"), cell_ink(run.cell), points(|e| e.1)).with_end_label(format!("{name} ρ")));
        let sigma =
            Series::new(format!("{name} σ_max of {block}"), cell_ink(run.cell), points(|e| e.2)).with_end_label(format!("{name} σ"));
        series.push(sigma.with_dash(Dash::Dashed).with_width(1.25));
    }
    let y = Axis::fit(
        "ρ and σ_max",
        AxisKind::Linear,
        series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).chain([0.0, 1.2]).map(|v| v.min(MOST)),
    );
    let rules = vec![Rule { value: 1.0, label: "1".to_owned(), ink: Ink::Strong, dash: Dash::Solid }];
    LineModel { x: iteration_axis(runs.longest()), y, series, rules, bands: vec![] }
}

/// Where the cell in focus stands.
pub fn spectrum_headline(run: Option<&Run>) -> String {
    let Some((run, &(_, radius, sigma))) = run.and_then(|run| Some((run, run.spectra.last()?))) else {
        return "Not trained yet.".to_owned();
    };
    let (_, block) = spectrum_block(run.cell);
    let is = match format_value(radius) {
        one if one == "1" => "1, at the border between growth and decay".to_owned(),
        above if radius > 1.0 => format!("{above}, above 1"),
        below => format!("{below}, below 1"),
    };
    format!("{}: the spectral radius of {block} is {is}; σ_max is {}.", cell_name(run.cell), format_value(sigma))
}

/// The gate that keeps the state, by cell; the plain RNN shows how far its units are from 0.
fn keeper(cell: Cell) -> (usize, &'static str) {
    match cell {
        Cell::Rnn => (0, "mean |h|"),
        Cell::Lstm => (1, "forget gate"),
        Cell::Gru => (1, "update gate"),
    }
}

/// Means of the gates that keep the state.
pub fn gates_model(runs: &Runs) -> LineModel {
    let line = |run: &Run| {
        let (gate, what) = keeper(run.cell);
        let entries = run.curves.entries().iter().enumerate();
        let every = entries.len().div_ceil(POINTS).max(1);
        let points: Vec<(f64, f64)> =
            entries.step_by(every).map(|(at, entry)| (run.curves.last_iteration(at) as f64, entry.gates[gate])).collect();
        let name = cell_name(run.cell);
        let drawn = Series::new(format!("{name} {what}"), cell_ink(run.cell), points).with_end_label(name);
        drawn.with_dash(if run.cell == Cell::Rnn { Dash::Dotted } else { Dash::Solid })
    };
    let series: Vec<Series> = runs.0.iter().map(line).collect();
    LineModel { x: iteration_axis(runs.longest()), y: Axis::linear("mean activation", 0.0, 1.0), series, rules: vec![], bands: vec![] }
}

/// What the gates do in words.
pub fn gates_headline(runs: &Runs) -> String {
    let last = |run: &Run| {
        let (gate, what) = keeper(run.cell);
        let value = run.curves.last()?.gates[gate];
        Some(format!("{}’s {what} is at {:.2}", cell_name(run.cell), value))
    };
    let each: Vec<String> = runs.0.iter().filter_map(last).collect();
    if each.is_empty() {
        return "Not trained yet.".to_owned();
    }
    format!("{}.", each.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::history::Point;

    #[test]
    fn spectra_and_gates_are_of_the_right_block_and_gate() {
        let mut runs = Runs::of([Cell::Lstm]);
        runs.0[0].take(Point { gates: vec![0.1, 0.7, 0.2, 0.3], spectrum: Some((1.5, 2.0)), ..Point::default() });
        assert_eq!(gates_model(&runs).series[0].points[0], (0.0, 0.7));
        assert_eq!(gates_headline(&runs), "LSTM’s forget gate is at 0.70.");
        assert_eq!(
            spectrum_headline(runs.get(Cell::Lstm)),
            "LSTM: the spectral radius of the candidate block is 1.5, above 1; σ_max is 2."
        );
        assert_eq!(spectrum_model(&runs).series.len(), 2);
    }
}
