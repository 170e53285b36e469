//! The forward pass.

use crate::analysis::Problem;
use crate::cell::{self, StepOutput, StepView};
use crate::experiment::{Activation, Cell};
use crate::weights::Weights;

/// One named quantity of the forward pass, `[T][n]` row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// `input`, `forget`, `candidate`, `output` (LSTM); `reset`, `update`, `candidate` (GRU); `preactivation` (RNN).
    pub name: &'static str,
    /// Activations; for `preactivation` the value before φ.
    pub values: Vec<f64>,
    /// Share of (unit, step) that is saturated: σ < 0.05 or > 0.95, |tanh| > 0.95. For the RNN's `preactivation` it is judged on
    /// φ of the value for tanh and sigmoid; for relu it is the share with derivative 0; for identity 0.
    pub saturation: f64,
}

/// States and gates of the forward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `h_k`, `[T+1][n]` row-major, k = 0…T.
    pub h: Vec<f64>,
    /// `c_k`, `[T+1][n]` row-major; empty unless the cell is an LSTM.
    pub c: Vec<f64>,
    /// The gates, in the order of PyTorch's packing.
    pub gates: Vec<Gate>,
    /// The same, `[T][G][n]`: one step's gates side by side.
    packed: Vec<f64>,
    /// GRU: `W_hn h_{t-1} + b_hn`, `[T][n]`; else empty.
    recurrent_candidate: Vec<f64>,
}

impl Trace {
    /// Runs the cell over the whole sequence. Returns the trace up to the first state that is not finite, and that step.
    pub(crate) fn run(problem: &Problem) -> (Self, Option<usize>) {
        let w = &problem.weights;
        let (n, d, blocks) = (w.hidden_size, w.input_size, w.cell.blocks());
        let steps = problem.x.len() / d.max(1);
        let (lstm, gru) = (w.cell == Cell::Lstm, w.cell == Cell::Gru);
        let mut h = vec![0.0; (steps + 1) * n];
        let mut c = vec![0.0; if lstm { (steps + 1) * n } else { 0 }];
        let mut packed = vec![0.0; steps * blocks * n];
        let mut recurrent_candidate = vec![0.0; if gru { steps * n } else { 0 }];
        h[..n].copy_from_slice(&problem.h0);
        if lstm {
            c[..n].copy_from_slice(&problem.c0);
        }
        let (mut ih, mut hh) = (vec![0.0; blocks * n], vec![0.0; blocks * n]);
        let mut overflow_at = None;
        for t in 0..steps {
            let (h_past, h_next) = h.split_at_mut((t + 1) * n);
            let (c_past, c_next) = c.split_at_mut(if lstm { (t + 1) * n } else { 0 });
            let out = StepOutput {
                h: &mut h_next[..n],
                c: if lstm { &mut c_next[..n] } else { &mut [] },
                gates: &mut packed[t * blocks * n..(t + 1) * blocks * n],
                recurrent_candidate: if gru { &mut recurrent_candidate[t * n..(t + 1) * n] } else { &mut [] },
            };
            let c_prev = if lstm { &c_past[t * n..] } else { &[] };
            cell::forward(w, &problem.x[t * d..(t + 1) * d], &h_past[t * n..], c_prev, &mut ih, &mut hh, out);
            let state = h_next[..n].iter().chain(if lstm { &c_next[..n] } else { &[] });
            if !state.copied().all(f64::is_finite) {
                overflow_at = Some(t + 1);
                break;
            }
        }
        let kept = overflow_at.map_or(steps, |t| t - 1);
        h.truncate((kept + 1) * n);
        if lstm {
            c.truncate((kept + 1) * n);
        }
        packed.truncate(kept * blocks * n);
        recurrent_candidate.truncate(kept * if gru { n } else { 0 });
        let gates = gates(w.cell, w.activation, n, kept, &packed);
        (Self { h, c, gates, packed, recurrent_candidate }, overflow_at)
    }

    /// What [`Trace::from_parts`] makes a trace of.
    pub(crate) fn parts(&self) -> [&[f64]; 4] {
        [&self.h, &self.c, &self.packed, &self.recurrent_candidate]
    }

    /// The trace of these states and gates; `None` where their sizes do not fit the cell.
    pub(crate) fn from_parts(w: &Weights, [h, c, packed, recurrent_candidate]: [Vec<f64>; 4]) -> Option<Self> {
        let n = w.hidden_size;
        let steps = (h.len() / n).checked_sub(1)?;
        let states = |present: bool, steps: usize| if present { steps * n } else { 0 };
        let fits = h.len() == (steps + 1) * n
            && c.len() == states(w.cell == Cell::Lstm, steps + 1)
            && packed.len() == steps * w.cell.blocks() * n
            && recurrent_candidate.len() == states(w.cell == Cell::Gru, steps);
        let gates = fits.then(|| gates(w.cell, w.activation, n, steps, &packed))?;
        Some(Self { h, c, gates, packed, recurrent_candidate })
    }

    /// Step t = 1…T.
    pub(crate) fn step(&self, n: usize, t: usize) -> StepView<'_> {
        let state = |values: &'_ [f64], k: usize| -> std::ops::Range<usize> {
            if values.is_empty() {
                0..0
            } else {
                k * n..(k + 1) * n
            }
        };
        let width = self.gates.len() * n;
        StepView {
            h_prev: &self.h[(t - 1) * n..t * n],
            h: &self.h[t * n..(t + 1) * n],
            c_prev: &self.c[state(&self.c, t - 1)],
            c: &self.c[state(&self.c, t)],
            gates: &self.packed[(t - 1) * width..t * width],
            recurrent_candidate: &self.recurrent_candidate[state(&self.recurrent_candidate, t - 1)],
        }
    }
}

/// Unpacks the gates by name and counts what is saturated.
fn gates(cell: Cell, activation: Activation, n: usize, steps: usize, packed: &[f64]) -> Vec<Gate> {
    let blocks = cell.blocks();
    cell.gate_names()
        .iter()
        .enumerate()
        .map(|(block, name)| {
            let values: Vec<f64> =
                packed.chunks_exact((blocks * n).max(1)).flat_map(|row| &row[block * n..(block + 1) * n]).copied().collect();
            let saturated = values.iter().filter(|v| is_saturated(cell, activation, name, **v)).count();
            let saturation = saturated as f64 / (steps * n).max(1) as f64;
            Gate { name, values, saturation }
        })
        .collect()
}

fn is_saturated(cell: Cell, activation: Activation, gate: &str, value: f64) -> bool {
    use crate::tolerance::{SIGMOID_SATURATED_ABOVE, SIGMOID_SATURATED_BELOW, TANH_SATURATED_BEYOND};
    let sigmoid = |s: f64| !(SIGMOID_SATURATED_BELOW..=SIGMOID_SATURATED_ABOVE).contains(&s);
    let tanh = |h: f64| h.abs() > TANH_SATURATED_BEYOND;
    match (cell, activation) {
        (Cell::Rnn, Activation::Tanh) => tanh(activation.value(value)),
        (Cell::Rnn, Activation::Sigmoid) => sigmoid(activation.value(value)),
        (Cell::Rnn, Activation::Relu) => value <= 0.0,
        (Cell::Rnn, Activation::Identity) => false,
        _ if gate == "candidate" => tanh(value),
        _ => sigmoid(value),
    }
}
