//! What the gates panel draws: the mean and spread of each gate, and the activations themselves.

use std::sync::Arc;

use unroll_engine::{Activation, Analysis, Cell};

use crate::charts::{Axis, AxisKind, ColourScale, HeatmapModel, Ink, LineModel, Series};
use crate::labs::flow::panels::gradient::model::time_axis;
use crate::labs::flow::words::cell_name;

/// One quantity of the cell in focus.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What it is called on the page.
    pub name: String,
    /// Activations `[T][n]`, row-major.
    pub values: Arc<[f64]>,
    /// The share of saturated (unit, step) pairs, where saturation is a notion for it.
    pub saturation: Option<f64>,
    /// The range its activation function can take, if bounded.
    pub range: Option<(f64, f64)>,
}

fn gate_title(cell: Cell, name: &str, activation: Activation) -> (String, Option<(f64, f64)>) {
    let sigmoid = Some((0.0, 1.0));
    match (cell, name) {
        (Cell::Lstm, "input") => ("input gate i".to_owned(), sigmoid),
        (Cell::Lstm, "forget") => ("forget gate f".to_owned(), sigmoid),
        (Cell::Lstm, "output") => ("output gate o".to_owned(), sigmoid),
        (Cell::Lstm, "candidate") => ("candidate g".to_owned(), Some((-1.0, 1.0))),
        (Cell::Gru, "reset") => ("reset gate r".to_owned(), sigmoid),
        (Cell::Gru, "update") => ("update gate z".to_owned(), sigmoid),
        (Cell::Gru, "candidate") => ("candidate n".to_owned(), Some((-1.0, 1.0))),
        _ => {
            let phi = match activation {
                Activation::Tanh => "tanh",
                Activation::Relu => "relu",
                Activation::Sigmoid => "sigmoid",
                Activation::Identity => "identity",
            };
            (format!("preactivation a (before {phi})"), None)
        }
    }
}

/// The gates in the order of PyTorch's packing, then the hidden state, then the cell state.
pub fn quantities(analysis: &Analysis) -> Vec<Quantity> {
    let weights = &analysis.problem.weights;
    let n = weights.hidden_size;
    let mut all: Vec<Quantity> = analysis
        .trace
        .gates
        .iter()
        .map(|gate| {
            let (name, range) = gate_title(weights.cell, gate.name, weights.activation);
            let identity = weights.cell == Cell::Rnn && weights.activation == Activation::Identity;
            Quantity { name, values: gate.values.as_slice().into(), saturation: (!identity).then_some(gate.saturation), range }
        })
        .collect();
    let states = |name: &str, values: &[f64], range| Quantity {
        name: name.to_owned(),
        // Without the initial state, so that every heatmap has the same steps.
        values: values.get(n..).unwrap_or(&[]).into(),
        saturation: None,
        range,
    };
    let bounded = match (weights.cell, weights.activation) {
        (Cell::Rnn, Activation::Relu | Activation::Identity) => None,
        (Cell::Rnn, Activation::Sigmoid) => Some((0.0, 1.0)),
        _ => Some((-1.0, 1.0)),
    };
    all.push(states("hidden state h", &analysis.trace.h, bounded));
    if !analysis.trace.c.is_empty() {
        all.push(states("cell state c", &analysis.trace.c, None));
    }
    all
}

/// Units × time.
pub fn heatmap(quantity: &Quantity, units: usize, seq_len: usize) -> HeatmapModel {
    let limit = quantity.values.iter().filter(|v| v.is_finite()).fold(0.0_f64, |m, v| m.max(v.abs()));
    let scale = match quantity.range {
        Some((min, max)) if min >= 0.0 => ColourScale::Sequential { min, max },
        Some((_, max)) => ColourScale::Diverging { limit: max },
        None => ColourScale::Diverging { limit: if limit > 0.0 { limit } else { 1.0 } },
    };
    HeatmapModel {
        rows: units,
        cols: quantity.values.len() / units.max(1),
        x: time_axis(seq_len),
        x0: 1,
        stride: 1,
        values: quantity.values.clone(),
        scale,
        row_name: "unit".to_owned(),
        value_name: quantity.name.clone(),
    }
}

/// Mean over the units at each step, and the standard deviation.
pub fn mean_and_spread(values: &[f64], units: usize) -> Vec<(f64, f64)> {
    values
        .chunks_exact(units.max(1))
        .map(|row| {
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            let variance = row.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / row.len() as f64;
            (mean, variance.sqrt())
        })
        .collect()
}

/// The gates' means over time with one standard deviation around them; for the RNN the hidden state's.
pub fn means_model(all: &[Quantity], units: usize, seq_len: usize) -> LineModel {
    const INKS: [Ink; 4] = [Ink::Category(0), Ink::Category(1), Ink::Category(2), Ink::Category(3)];
    let gates: Vec<&Quantity> = all.iter().filter(|q| q.range.is_some() && !q.name.starts_with("hidden")).collect();
    let shown = if gates.is_empty() { all.iter().filter(|q| q.name.starts_with("hidden")).collect() } else { gates };
    let series: Vec<Series> = shown
        .iter()
        .zip(INKS.into_iter().cycle())
        .map(|(quantity, ink)| {
            let stats = mean_and_spread(&quantity.values, units);
            let means: Vec<(f64, f64)> = stats.iter().enumerate().map(|(i, (mean, _))| ((i + 1) as f64, *mean)).collect();
            let spread: Vec<(f64, f64)> = stats.iter().map(|(mean, sd)| (mean - sd, mean + sd)).collect();
            let symbol = quantity.name.split(' ').next_back().unwrap_or_default();
            Series::new(format!("mean {}", quantity.name), ink, means).with_end_label(symbol).with_area(spread)
        })
        .collect();
    let extent =
        series.iter().filter_map(|s| s.area.as_ref()).flat_map(|area| area.iter().flat_map(|(low, high)| [*low, *high])).chain([0.0, 1.0]);
    LineModel {
        x: time_axis(seq_len),
        y: Axis::fit("activation, mean ± 1 sd", AxisKind::Linear, extent),
        series,
        rules: Vec::new(),
        bands: Vec::new(),
    }
}

/// "The forget gate is open to 73% on average; 12% of gate values are saturated".
pub fn headline(analysis: &Analysis) -> String {
    let weights = &analysis.problem.weights;
    let name = cell_name(weights.cell);
    let gate = |wanted: &str| analysis.trace.gates.iter().find(|g| g.name == wanted);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let saturated = |share: f64| format!("{:.0}%", 100.0 * share);
    match weights.cell {
        Cell::Lstm => gate("forget").map(|f| {
            format!(
                "The forget gate keeps {:.0}% per step on average; {} of it is saturated",
                100.0 * mean(&f.values),
                saturated(f.saturation)
            )
        }),
        Cell::Gru => gate("update").map(|z| {
            format!(
                "The update gate keeps {:.0}% of the old state per step; {} of it is saturated",
                100.0 * mean(&z.values),
                saturated(z.saturation)
            )
        }),
        Cell::Rnn => analysis.trace.gates.first().map(|a| match weights.activation {
            Activation::Relu => format!("{} of the {name}’s units are off, where ReLU’s derivative is 0", saturated(a.saturation)),
            Activation::Identity => format!("The linear {name} has nothing to saturate"),
            _ => format!("{} of the {name}’s activations are saturated", saturated(a.saturation)),
        }),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_spread_are_over_units_at_each_step() {
        assert_eq!(mean_and_spread(&[1.0, 3.0, 2.0, 2.0], 2), [(2.0, 1.0), (2.0, 0.0)]);
    }
}
