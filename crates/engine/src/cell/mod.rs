//! The three cells: one step forward, the step Jacobian, and one step of backpropagation, each in a file of its own.

mod gru;
mod lstm;
mod rnn;

pub(crate) use lstm::Jacobian as LstmJacobian;

use crate::kernel::{gemm_add, gemv, gemv_transposed};
use crate::linalg::definite::{Definite, Side};
use crate::linalg::operator::Operator;
use crate::scaled::norm;
use crate::vocabulary::Cell;
use crate::weights::Weights;

/// Everything about one step that its Jacobian and its backward pass need. Slices of the trace.
#[derive(Clone, Copy)]
pub(crate) struct StepView<'a> {
    pub h_prev: &'a [f64],
    pub c_prev: &'a [f64],
    pub h: &'a [f64],
    pub c: &'a [f64],
    /// Gate activations, `[G][n]`; for the RNN the preactivation.
    pub gates: &'a [f64],
    /// GRU: `W_hn h_{t-1} + b_hn`, `[n]`.
    pub recurrent_candidate: &'a [f64],
}

/// What one step writes.
pub(crate) struct StepOutput<'a> {
    pub h: &'a mut [f64],
    pub c: &'a mut [f64],
    pub gates: &'a mut [f64],
    pub recurrent_candidate: &'a mut [f64],
}

/// Runs one step. `pre_ih` and `pre_hh` are scratch of length G·n.
pub(crate) fn forward(w: &Weights, x: &[f64], h_prev: &[f64], c_prev: &[f64], pre_ih: &mut [f64], pre_hh: &mut [f64], out: StepOutput<'_>) {
    gemv(&w.weight_ih, x, pre_ih);
    gemv(&w.weight_hh, h_prev, pre_hh);
    for (p, b) in pre_ih.iter_mut().zip(&w.bias_ih) {
        *p += b;
    }
    for (p, b) in pre_hh.iter_mut().zip(&w.bias_hh) {
        *p += b;
    }
    match w.cell {
        Cell::Rnn => rnn::forward(w.activation, pre_ih, pre_hh, out),
        Cell::Lstm => lstm::forward(c_prev, pre_ih, pre_hh, out),
        Cell::Gru => gru::forward(h_prev, pre_ih, pre_hh, out),
    }
}

/// One step of backpropagation, n units: the adjoints of step t go in, those of step t−1 and the deltas of step t's preactivations come out.
pub(crate) struct Deltas<'a> {
    /// `[n]`. In: the total adjoint of h_t. Out: that of h_{t−1}, but for what the loss reads there.
    pub dh: &'a mut [f64],
    /// `[n]` for the LSTM, else empty. In: the part of c_t's adjoint that comes from step t+1. Out: the same of c_{t−1}.
    pub dc: &'a mut [f64],
    /// `[n]`: where an LSTM's total adjoint of c_t is to be written, if it is wanted. The other cells leave it alone.
    pub dc_total: Option<&'a mut [f64]>,
    /// `[n]`, scratch of the GRU: z ⊙ dh, what goes back to h_{t−1} past the weights.
    pub direct: &'a mut [f64],
    /// `[G·n]`. Out: the deltas of the input side's preactivations.
    pub ih: &'a mut [f64],
    /// `[G·n]`. Out: the deltas of the recurrent side's.
    pub hh: &'a mut [f64],
}

/// Fills in `d`.
pub(crate) fn backward(w: &Weights, step: StepView<'_>, d: &mut Deltas<'_>) {
    match w.cell {
        Cell::Rnn => rnn::deltas(w.activation, step, d),
        Cell::Lstm => lstm::deltas(step, d),
        Cell::Gru => gru::deltas(step, d),
    }
    gemv_transposed(&w.weight_hh, d.hh, d.dh);
    if w.cell == Cell::Gru {
        for (h, direct) in d.dh.iter_mut().zip(d.direct.iter()) {
            *h += direct;
        }
    }
}

/// The smallest magnitude that is not zero, at most 1.
fn smallest(values: &[f64]) -> f64 {
    values.iter().fold(1.0, |least, v| if *v != 0.0 && v.abs() < least { v.abs() } else { least })
}

/// The step Jacobian `J_t = ∂s_t/∂s_{t-1}`, `[m][m]`, in the structure that makes products with it cheap. Its buffers serve every step.
#[derive(Clone, Debug)]
pub(crate) struct StepJacobian {
    /// m.
    state_size: usize,
    parts: Parts,
    /// The smallest |slope| that is not zero, of those that rows of `W_hh` are multiplied by.
    smallest_slope: f64,
}

/// What a step Jacobian is made of, by cell.
#[derive(Clone, Debug)]
pub(crate) enum Parts {
    /// J itself, `[n][n]`, and φ'(a_t), `[n]`, that the rows of `W_hh` are scaled by in it.
    Rnn { dense: Vec<f64>, slopes: Vec<f64> },
    /// J itself, `[n][n]`.
    Gru { dense: Vec<f64> },
    /// Four blocks of `[n][n]`, two of them diagonal.
    Lstm(LstmJacobian),
}

impl StepJacobian {
    /// Zero, for n units.
    pub fn new(cell: Cell, n: usize) -> Self {
        let parts = match cell {
            Cell::Rnn => Parts::Rnn { dense: vec![0.0; n * n], slopes: vec![0.0; n] },
            Cell::Lstm => Parts::Lstm(LstmJacobian::new(n)),
            Cell::Gru => Parts::Gru { dense: vec![0.0; n * n] },
        };
        Self { state_size: n * cell.states(), parts, smallest_slope: 1.0 }
    }

    /// m.
    pub fn state_size(&self) -> usize {
        self.state_size
    }

    /// What it is made of.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Sets it to the Jacobian of a step.
    pub fn set(&mut self, w: &Weights, step: StepView<'_>) {
        self.smallest_slope = match &mut self.parts {
            Parts::Rnn { dense, slopes } => {
                rnn::jacobian(w, step, dense, slopes);
                smallest(slopes)
            }
            Parts::Gru { dense } => gru::jacobian(w, step, dense),
            Parts::Lstm(lstm) => lstm.set(w, step),
        };
    }

    /// log2 of a lower bound of the factors that entries of a product which are not zero are multiplied by in this step and that are not zero
    /// themselves; `smallest_weight` is log2 of the smallest |entry| of `W_hh`. (A sum that happens to cancel counts as rounding.)
    pub fn log2_smallest(&self, smallest_weight: f64) -> f64 {
        let through_weights = libm::log2(self.smallest_slope) + smallest_weight;
        match &self.parts {
            Parts::Rnn { .. } | Parts::Gru { .. } => through_weights,
            Parts::Lstm(lstm) => through_weights.min(libm::log2(smallest(&lstm.forget))) + libm::log2(smallest(&lstm.read)),
        }
    }

    /// J as a dense `[m][m]` matrix.
    pub fn dense(&self, out: &mut [f64]) {
        match &self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => out.copy_from_slice(dense),
            Parts::Lstm(lstm) => lstm.dense(out),
        }
    }

    /// ‖J‖_F.
    pub fn frobenius(&self) -> f64 {
        match &self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => norm(dense),
            Parts::Lstm(lstm) => lstm.frobenius(),
        }
    }

    /// out = P J, P `[rows][m]`.
    pub fn multiply_from_left(&mut self, p: &[f64], rows: usize, out: &mut [f64]) {
        let m = self.state_size;
        out[..rows * m].fill(0.0);
        match &mut self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => gemm_add(rows, m, m, p, m, dense, m, out, m),
            Parts::Lstm(lstm) => lstm.multiply_from_left(p, rows, out),
        }
    }

    /// out = J Q, Q `[m][columns]`.
    pub fn multiply_from_right(&self, q: &[f64], columns: usize, out: &mut [f64]) {
        let m = self.state_size;
        out.fill(0.0);
        match &self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => gemm_add(m, m, columns, dense, m, q, columns, out, columns),
            Parts::Lstm(lstm) => lstm.multiply_from_right(q, columns, out),
        }
    }
}

impl Operator for StepJacobian {
    fn rows(&self) -> usize {
        self.state_size
    }

    fn columns(&self) -> usize {
        self.state_size
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        match &self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => gemv(dense, x, y),
            Parts::Lstm(lstm) => lstm.apply(x, y),
        }
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        match &mut self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => gemv_transposed(dense, x, y),
            Parts::Lstm(lstm) => lstm.apply_transposed(x, y),
        }
    }

    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        match &mut self.parts {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => definite.all(Side::Below, dense, self.state_size, self.state_size, bound),
            Parts::Lstm(lstm) => lstm.is_below(bound, definite),
        }
    }
}
