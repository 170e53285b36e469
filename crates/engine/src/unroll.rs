//! The forward pass.

use crate::cell::{self, StepOutput, StepView};
use crate::problem::Problem;
use crate::vocabulary::{Activation, Cell};
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
        let d = w.input_size;
        let steps = problem.x.len() / d.max(1);
        let mut tape = Tape::start(w, &problem.h0, &problem.c0, steps);
        let overflow_at = (1..=steps).find(|t| !tape.advance(w, &problem.x[(t - 1) * d..t * d]));
        if overflow_at.is_some() {
            tape.undo(w);
        }
        let gates = gates(w.cell, w.activation, w.hidden_size, tape.steps(w), &tape.packed);
        let Tape { h, c, packed, recurrent_candidate, .. } = tape;
        (Self { h, c, gates, packed, recurrent_candidate }, overflow_at)
    }

    /// What [`Trace::from_parts`] makes a trace of.
    pub(crate) fn parts(&self) -> [&[f64]; 4] {
        [&self.h, &self.c, &self.packed, &self.recurrent_candidate]
    }

    /// The trace of these states and gates; `None` where their sizes do not fit the cell.
    pub(crate) fn from_parts(w: &Weights, [h, c, packed, recurrent_candidate]: [Vec<f64>; 4]) -> Option<Self> {
        let steps = (h.len() / w.hidden_size).checked_sub(1)?;
        let found = [&h, &c, &packed, &recurrent_candidate].map(Vec::len);
        let counts = [steps + 1, steps + 1, steps, steps];
        let fits = found.iter().zip(widths(w)).zip(counts).all(|((found, width), count)| *found == width * count);
        let gates = fits.then(|| gates(w.cell, w.activation, w.hidden_size, steps, &packed))?;
        Some(Self { h, c, gates, packed, recurrent_candidate })
    }

    /// Step t = 1…T.
    pub(crate) fn step(&self, n: usize, t: usize) -> StepView<'_> {
        view([&self.h, &self.c, &self.packed, &self.recurrent_candidate], n, self.gates.len() * n, t)
    }
}

/// Step t = 1…T of states and gates; `width` is G·n.
fn view<'a>([h, c, packed, recurrent_candidate]: [&'a [f64]; 4], n: usize, width: usize, t: usize) -> StepView<'a> {
    let state = |values: &'a [f64], k: usize| if values.is_empty() { values } else { &values[k * n..(k + 1) * n] };
    StepView {
        h_prev: &h[(t - 1) * n..t * n],
        h: &h[t * n..(t + 1) * n],
        c_prev: state(c, t - 1),
        c: state(c, t),
        gates: &packed[(t - 1) * width..t * width],
        recurrent_candidate: state(recurrent_candidate, t - 1),
    }
}

/// How many numbers a state has in h and c, and a step in its gates and its recurrent candidate: in the order of [`Trace::parts`].
fn widths(w: &Weights) -> [usize; 4] {
    let n = w.hidden_size;
    let (c, candidate) = match w.cell {
        Cell::Rnn => (0, 0),
        Cell::Lstm => (n, 0),
        Cell::Gru => (0, n),
    };
    [n, c, w.cell.blocks() * n, candidate]
}

/// A trace that grows by a step at a time, for callers that know the next input only then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tape {
    /// `[T+1][n]`.
    pub h: Vec<f64>,
    /// `[T+1][n]`, LSTM only.
    pub c: Vec<f64>,
    /// `[T][G][n]`.
    pub packed: Vec<f64>,
    /// `[T][n]`, GRU only.
    recurrent_candidate: Vec<f64>,
    /// Scratch, `[G·n]` each.
    ih: Vec<f64>,
    hh: Vec<f64>,
}

impl Tape {
    /// No step yet, with room for so many. `c0` counts for the LSTM only.
    pub fn start(w: &Weights, h0: &[f64], c0: &[f64], steps: usize) -> Self {
        let [h, c, gates, candidate] = widths(w);
        let mut tape = Self {
            h: Vec::with_capacity((steps + 1) * h),
            c: Vec::with_capacity((steps + 1) * c),
            packed: Vec::with_capacity(steps * gates),
            recurrent_candidate: Vec::with_capacity(steps * candidate),
            ih: vec![0.0; gates],
            hh: vec![0.0; gates],
        };
        tape.h.extend_from_slice(h0);
        tape.c.extend_from_slice(&c0[..c]);
        tape
    }

    /// Steps so far.
    pub fn steps(&self, w: &Weights) -> usize {
        (self.h.len() / w.hidden_size.max(1)).saturating_sub(1)
    }

    /// One step on input x `[d]`. Whether the new state is finite.
    pub fn advance(&mut self, w: &Weights, x: &[f64]) -> bool {
        let [n, n_c, n_gates, n_candidate] = widths(w);
        let (at, at_c, at_gates, at_candidate) = (self.h.len(), self.c.len(), self.packed.len(), self.recurrent_candidate.len());
        self.h.resize(at + n, 0.0);
        self.c.resize(at_c + n_c, 0.0);
        self.packed.resize(at_gates + n_gates, 0.0);
        self.recurrent_candidate.resize(at_candidate + n_candidate, 0.0);
        let (h_past, h) = self.h.split_at_mut(at);
        let (c_past, c) = self.c.split_at_mut(at_c);
        let out =
            StepOutput { h, c, gates: &mut self.packed[at_gates..], recurrent_candidate: &mut self.recurrent_candidate[at_candidate..] };
        cell::forward(w, x, &h_past[at - n..], &c_past[at_c - n_c..], &mut self.ih, &mut self.hh, out);
        self.h[at..].iter().chain(&self.c[at_c..]).copied().all(f64::is_finite)
    }

    /// Takes the last step back.
    fn undo(&mut self, w: &Weights) {
        let lists = [&mut self.h, &mut self.c, &mut self.packed, &mut self.recurrent_candidate];
        for (values, width) in lists.into_iter().zip(widths(w)) {
            values.truncate(values.len() - width);
        }
    }

    /// Step t = 1…T.
    pub fn step(&self, w: &Weights, t: usize) -> StepView<'_> {
        let n = w.hidden_size;
        view([&self.h, &self.c, &self.packed, &self.recurrent_candidate], n, w.cell.blocks() * n, t)
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
