//! The plain recurrent cell, the LSTM and the GRU over a sequence, in one direction, from a zero state. The cells are the engine's own.
//!
//! Elman 1990; Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000; Cho et al. 2014 with the reset gate after the recurrent
//! product, as PyTorch has it.

use super::block::{self, Block, Cost, Gradients, JacobianRows, Named, Parameter, Path};
use super::rows::Running;
use super::{LineageError, ScaledRows};
use crate::cell::{self, Deltas, StepJacobian};
use crate::kernel::{axpy, gemv_transposed, larger};
use crate::scaled::scale;
use crate::unroll::Tape;
use crate::vocabulary::Cell;
use crate::weights::Weights;

/// One cell over a sequence: out_t = h_t, counted from t = 0, with a zero state before.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrent {
    weights: Weights,
}

/// The states and gates of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RecurrentTrace {
    /// `[T][d]`.
    x: Vec<f64>,
    tape: Tape,
}

impl Recurrent {
    /// The cell with these parameters.
    ///
    /// # Errors
    /// [`LineageError::ParameterLength`] where one does not have the shape that the sizes ask for.
    pub fn new(weights: Weights) -> Result<Self, LineageError> {
        check_weights(&weights, "", "_l0")?;
        Ok(Self { weights })
    }

    /// The parameters.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }
}

/// Whether the parameters have the lengths that the sizes ask for; `prefix` and `suffix` complete their names.
pub(super) fn check_weights(w: &Weights, prefix: &str, suffix: &str) -> Result<(), LineageError> {
    for (name, shape, values) in named(w) {
        let needed: usize = shape.iter().product();
        if values.len() != needed || needed == 0 {
            return Err(LineageError::ParameterLength { name: format!("{prefix}{name}{suffix}"), found: values.len(), needed });
        }
    }
    Ok(())
}

/// The four parameters with the beginnings of their names and their shapes.
fn named(w: &Weights) -> [(&'static str, Vec<usize>, &[f64]); 4] {
    let rows = w.cell.blocks() * w.hidden_size;
    [
        ("weight_ih", vec![rows, w.input_size], &w.weight_ih),
        ("weight_hh", vec![rows, w.hidden_size], &w.weight_hh),
        ("bias_ih", vec![rows], &w.bias_ih),
        ("bias_hh", vec![rows], &w.bias_hh),
    ]
}

/// The four parameters as [`Parameter`]s; `prefix` and `suffix` complete their names.
pub(super) fn parameters<'a>(w: &'a Weights, prefix: &str, suffix: &str) -> Vec<Parameter<'a>> {
    named(w).into_iter().map(|(name, shape, values)| Parameter::new(format!("{prefix}{name}{suffix}"), &shape, values)).collect()
}

/// Their numbers, to be changed.
pub(super) fn parameters_mut(w: &mut Weights) -> Vec<&mut [f64]> {
    vec![&mut w.weight_ih, &mut w.weight_hh, &mut w.bias_ih, &mut w.bias_hh]
}

/// Runs a cell over `x` `[T][d]` from a zero state; `backwards` reads the last step first, and step t of the tape is then the t-th read.
pub(super) fn unroll(w: &Weights, x: &[f64], backwards: bool) -> Result<Tape, LineageError> {
    let steps = block::steps(x, w.input_size)?;
    let zero = vec![0.0; w.hidden_size];
    let mut tape = Tape::start(w, &zero, &zero, steps);
    for i in 0..steps {
        let step = if backwards { steps - 1 - i } else { i };
        if !tape.advance(w, &x[step * w.input_size..(step + 1) * w.input_size]) {
            return Err(LineageError::Overflow { step });
        }
    }
    Ok(tape)
}

/// A backward sweep through one cell: the running adjoint, `[dh]` or for the LSTM `[dh; dc]`, with its power of two, and scratch.
pub(super) struct Sweep {
    adjoint: Running,
    direct: Vec<f64>,
    ih: Vec<f64>,
    hh: Vec<f64>,
    dx: Vec<f64>,
}

impl Sweep {
    pub fn new(w: &Weights) -> Self {
        let (n, rows) = (w.hidden_size, w.cell.blocks() * w.hidden_size);
        Self {
            adjoint: Running::zeros(n * w.cell.states()),
            direct: vec![0.0; n],
            ih: vec![0.0; rows],
            hh: vec![0.0; rows],
            dx: vec![0.0; w.input_size],
        }
    }

    /// Adds to the adjoint of the state that the sweep has come to: all of it, or `[dh]` alone.
    pub fn add(&mut self, values: &[f64], exponent: i64) {
        if values.len() == self.adjoint.values.len() {
            self.adjoint.add(values, exponent);
        } else {
            let mut whole = vec![0.0; self.adjoint.values.len()];
            whole[..values.len()].copy_from_slice(values);
            self.adjoint.add(&whole, exponent);
        }
    }

    /// The adjoint of the state that the sweep has come to: `[dh]`, or for the LSTM `[dh; dc]`.
    pub fn state(&self) -> (&[f64], i64) {
        (&self.adjoint.values, self.adjoint.exponent)
    }

    /// Back over step t = 1…T of the tape: from the adjoint of state t to that of state t − 1. Returns the adjoint of the step's input.
    /// `x` is that input; the weights' gradients (four, in the order of [`parameters`]) are added to where they are asked for.
    pub fn back(&mut self, w: &Weights, tape: &Tape, t: usize, x: &[f64], gradients: Option<&mut [Vec<f64>]>) -> (&[f64], i64) {
        self.adjoint.normalise();
        let step = tape.step(w, t);
        let exponent = self.adjoint.exponent;
        let (dh, dc) = self.adjoint.values.split_at_mut(w.hidden_size);
        let mut deltas = Deltas { dh, dc, dc_total: None, direct: &mut self.direct, ih: &mut self.ih, hh: &mut self.hh };
        cell::backward(w, step, &mut deltas);
        if let Some([weight_ih, weight_hh, bias_ih, bias_hh]) = gradients {
            let factor = scale(1.0, exponent);
            outer_add(factor, &self.ih, x, weight_ih);
            outer_add(factor, &self.hh, step.h_prev, weight_hh);
            axpy(factor, &self.ih, bias_ih);
            axpy(factor, &self.hh, bias_hh);
        }
        gemv_transposed(&w.weight_ih, &self.ih, &mut self.dx);
        (&self.dx, exponent)
    }
}

/// A += factor · u vᵀ, A `[u.len()][v.len()]`.
pub(super) fn outer_add(factor: f64, u: &[f64], v: &[f64], a: &mut [f64]) {
    for (row, u) in a.chunks_exact_mut(v.len().max(1)).zip(u) {
        axpy(factor * u, v, row);
    }
}

/// A backward sweep over a whole tape: from the adjoints of the states read by others (`[T][n]`, in the order of the tape) and of the last state
/// (`last`, `[n]` or `[2n]`) to those of the inputs, in the order of the tape. `x(i)` is the i-th input read.
pub(super) fn sweep<'x>(
    w: &Weights,
    tape: &Tape,
    x: impl Fn(usize) -> &'x [f64],
    cotangent: &ScaledRows,
    last: Option<(&[f64], i64)>,
    mut gradients: Option<&mut [Vec<f64>]>,
) -> ScaledRows {
    let steps = tape.steps(w);
    let mut dx = ScaledRows::zeros(steps, w.input_size);
    let mut sweep = Sweep::new(w);
    let from = if let Some((values, exponent)) = last {
        sweep.add(values, exponent);
        steps
    } else {
        cotangent.last_nonzero().map_or(0, |last| last + 1)
    };
    for t in (1..=from).rev() {
        let (values, exponent) = cotangent.row(t - 1);
        sweep.add(values, exponent);
        let (values, exponent) = sweep.back(w, tape, t, x(t - 1), gradients.as_deref_mut());
        dx.set(t - 1, values, exponent);
    }
    dx
}

/// The blocks `∂h_t/∂x_k` `[n][d]` of one step of a tape after another: `∂s_t/∂x_k = J_t ∂s_{t−1}/∂x_k`, all k at once, which takes fewer
/// operations than going back from every h_t where d < n. Every block has a power of two of its own.
pub(super) struct Walk<'t> {
    w: &'t Weights,
    tape: &'t Tape,
    /// Steps that have been taken.
    t: usize,
    jacobian: StepJacobian,
    /// `∂s_t/∂x_k` side by side, `[m][t·d]`.
    blocks: Vec<f64>,
    exponents: Vec<i64>,
    scratch: Vec<f64>,
}

impl<'t> Walk<'t> {
    pub fn new(w: &'t Weights, tape: &'t Tape) -> Self {
        let jacobian = StepJacobian::new(w.cell, w.hidden_size);
        Self { w, tape, t: 0, jacobian, blocks: Vec::new(), exponents: Vec::new(), scratch: Vec::new() }
    }

    /// `∂s_t/∂x_t`, `[m][d]`, a row a unit by one step back.
    fn newest(&self, t: usize) -> Vec<f64> {
        let (n, m, d) = (self.w.hidden_size, self.jacobian.state_size(), self.w.input_size);
        let mut rows = vec![0.0; m * d];
        let (mut state, mut direct) = (vec![0.0; m], vec![0.0; n]);
        let (mut ih, mut hh) = (vec![0.0; self.w.cell.blocks() * n], vec![0.0; self.w.cell.blocks() * n]);
        for (i, row) in rows.chunks_exact_mut(d).enumerate() {
            state.fill(0.0);
            state[i] = 1.0;
            let (dh, dc) = state.split_at_mut(n);
            let mut deltas = Deltas { dh, dc, dc_total: None, direct: &mut direct, ih: &mut ih, hh: &mut hh };
            cell::backward(self.w, self.tape.step(self.w, t), &mut deltas);
            gemv_transposed(&self.w.weight_ih, &ih, row);
        }
        rows
    }

    /// Brings the largest magnitude of every block into [0.5, 1).
    fn normalise(&mut self, columns: usize) {
        let d = self.w.input_size;
        let mut largest = vec![0.0_f64; columns / d];
        for row in self.blocks.chunks_exact(columns) {
            for (largest, part) in largest.iter_mut().zip(row.chunks_exact(d)) {
                *largest = part.iter().fold(*largest, |most, v| larger(most, v.abs()));
            }
        }
        let mut factors = Vec::with_capacity(largest.len());
        for (largest, exponent) in largest.into_iter().zip(&mut self.exponents) {
            let (_, shift) = if largest > 0.0 && largest.is_finite() { libm::frexp(largest) } else { (0.0, 0) };
            *exponent += i64::from(shift);
            factors.push(shift);
        }
        for row in self.blocks.chunks_exact_mut(columns) {
            for (part, shift) in row.chunks_exact_mut(d).zip(&factors) {
                if *shift != 0 {
                    part.iter_mut().for_each(|v| *v = scale(*v, -i64::from(*shift)));
                }
            }
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = ScaledRows;

    fn next(&mut self) -> Option<ScaledRows> {
        let steps = self.tape.steps(self.w);
        let t = (self.t < steps).then_some(self.t + 1)?;
        let (n, m, d) = (self.w.hidden_size, self.jacobian.state_size(), self.w.input_size);
        let (before, columns) = ((t - 1) * d, t * d);
        self.jacobian.set(self.w, self.tape.step(self.w, t));
        self.scratch.resize(m * before, 0.0);
        self.jacobian.multiply_from_right(&self.blocks, before, &mut self.scratch);
        let newest = self.newest(t);
        self.blocks.clear();
        for (i, new) in newest.chunks_exact(d).enumerate() {
            self.blocks.extend_from_slice(&self.scratch[i * before..(i + 1) * before]);
            self.blocks.extend_from_slice(new);
        }
        self.exponents.push(0);
        self.normalise(columns);
        self.t = t;
        let mut rows = ScaledRows::zeros(steps, n * d);
        let mut block = vec![0.0; n * d];
        for (k, exponent) in self.exponents.iter().enumerate() {
            for (slot, row) in block.chunks_exact_mut(d).zip(self.blocks.chunks_exact(columns)) {
                slot.copy_from_slice(&row[k * d..(k + 1) * d]);
            }
            rows.set(k, &block, *exponent);
        }
        Some(rows)
    }
}

/// Operations and stored numbers of one cell over `steps` steps.
pub(super) fn cost(w: &Weights, steps: usize) -> Cost {
    let (n, d, gates, steps) = (w.hidden_size as u64, w.input_size as u64, w.cell.blocks() as u64, steps as u64);
    // A gate: two products with their biases, the sum of both, the function; then what the cell does unit by unit.
    let (unit, unit_back) = match w.cell {
        Cell::Rnn => (0, 3),
        Cell::Lstm => (5, 26),
        Cell::Gru => (6, 22),
    };
    let forward = gates * n * (2 * d + 2 * n + 2) + n * unit;
    let backward = gates * n * (2 * d + 2 * n) + n * unit_back;
    // States, gates, and the GRU's recurrent candidate.
    let kept = w.cell.states() as u64 * n + gates * n + if w.cell == Cell::Gru { n } else { 0 };
    Cost { parameters: gates * n * (d + n + 2), forward_flops: steps * forward, vjp_flops: steps * backward, stored: steps * (kept + d) }
}

impl Block for Recurrent {
    type Trace = RecurrentTrace;

    fn input_size(&self) -> usize {
        self.weights.input_size
    }

    fn output_size(&self) -> usize {
        self.weights.hidden_size
    }

    fn forward(&self, x: &[f64]) -> Result<RecurrentTrace, LineageError> {
        Ok(RecurrentTrace { x: x.to_vec(), tape: unroll(&self.weights, x, false)? })
    }

    fn output<'t>(&self, trace: &'t RecurrentTrace) -> &'t [f64] {
        &trace.tape.h[self.weights.hidden_size..]
    }

    fn inner<'t>(&self, trace: &'t RecurrentTrace) -> Vec<Named<'t>> {
        let n = self.weights.hidden_size;
        let (steps, gates) = (trace.tape.steps(&self.weights), self.weights.cell.blocks());
        let mut inner = vec![Named::new("gates", &[steps, gates, n], &trace.tape.packed)];
        if self.weights.cell == Cell::Lstm {
            inner.push(Named::new("c", &[steps, n], &trace.tape.c[n..]));
        }
        inner
    }

    fn vjp(&self, trace: &RecurrentTrace, cotangent: &ScaledRows, _path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        let d = self.weights.input_size;
        let x = |i: usize| &trace.x[i * d..(i + 1) * d];
        sweep(&self.weights, &trace.tape, x, cotangent, None, gradients.map(|g| &mut g.values[..]))
    }

    fn jacobian_rows<'t>(&'t self, trace: &'t RecurrentTrace, _path: Path) -> Option<JacobianRows<'t>> {
        Some(Box::new(Walk::new(&self.weights, &trace.tape)))
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        parameters(&self.weights, "", "_l0")
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        parameters_mut(&mut self.weights)
    }

    fn cost(&self, steps: usize) -> Cost {
        cost(&self.weights, steps)
    }
}
