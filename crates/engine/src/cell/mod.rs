//! The three cells: one step forward, the step Jacobian, and one step of backpropagation, each in a file of its own.

mod gru;
mod lstm;
mod rnn;

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

/// One step of backpropagation. In: the total adjoint of h_t (`dh`) and, for the LSTM, the part of c_t's adjoint that comes from later
/// steps (`dc`). Out: the deltas of the input-side and recurrent-side preactivations, `[G·n]` each, for the LSTM the total adjoint of c_t
/// in `dc_total`, and in `dh`, `dc` the same adjoints for step t−1. The other cells leave `dc` and `dc_total` alone.
pub(crate) struct Deltas<'a> {
    pub dh: &'a mut [f64],
    pub dc: &'a mut [f64],
    pub dc_total: &'a mut [f64],
    /// Scratch `[n]`: for the GRU the part of h_{t−1}'s adjoint that does not come through `W_hh`.
    pub direct: &'a mut [f64],
    pub ih: &'a mut [f64],
    pub hh: &'a mut [f64],
}

pub(crate) fn backward(w: &Weights, step: StepView<'_>, d: &mut Deltas<'_>) {
    match w.cell {
        Cell::Rnn => rnn::deltas(w.activation, step, d),
        Cell::Lstm => lstm::deltas(step, d),
        Cell::Gru => gru::deltas(step, d),
    }
    gemv_transposed(&w.weight_hh, d.hh, d.dh);
    if w.cell == Cell::Gru {
        // h_{t−1} is also reached through z.
        for (h, direct) in d.dh.iter_mut().zip(d.direct.iter()) {
            *h += direct;
        }
    }
}

/// The step Jacobian `J_t = ∂s_t/∂s_{t-1}` in the structure that makes products with it cheap.
#[derive(Clone, Debug)]
pub(crate) struct StepJacobian {
    cell: Cell,
    n: usize,
    /// RNN, GRU: J itself, `[n][n]`. LSTM, `[2n][n]`: E = ∂h_t/∂h_{t-1} through the output gate alone, and below it C = ∂c_t/∂h_{t-1}.
    blocks: Vec<f64>,
    /// RNN: φ'(a_t). LSTM: the slope of h_t in the output gate's preactivation. What the rows of `W_hh` in `blocks` are scaled by; empty for
    /// the GRU.
    diagonal: Vec<f64>,
    /// LSTM: F = ∂c_t/∂c_{t-1} = f, the diagonal.
    keep: Vec<f64>,
    /// LSTM: K = ∂h_t/∂c_t = o(1 − tanh² c_t), the diagonal.
    read: Vec<f64>,
    scratch: Vec<f64>,
    /// LSTM: what [`Self::reduce`] makes of it.
    reduced: Vec<f64>,
    /// The smallest |slope| that is not zero, of those that rows of `W_hh` are multiplied by.
    smallest_slope: f64,
}

/// The smallest magnitude that is not zero, at most 1.
fn smallest(values: &[f64]) -> f64 {
    values.iter().fold(1.0, |least, v| if *v != 0.0 && v.abs() < least { v.abs() } else { least })
}

/// The parts of a step Jacobian, as [`StepJacobian`] has them.
pub(crate) struct Slopes<'a> {
    pub blocks: &'a [f64],
    pub diagonal: &'a [f64],
    pub keep: &'a [f64],
    pub read: &'a [f64],
}

impl StepJacobian {
    pub fn slopes(&self) -> Slopes<'_> {
        Slopes { blocks: &self.blocks, diagonal: &self.diagonal, keep: &self.keep, read: &self.read }
    }

    pub fn new(cell: Cell, n: usize) -> Self {
        let lstm = if cell == Cell::Lstm { n } else { 0 };
        let diagonal = vec![0.0; if cell == Cell::Gru { 0 } else { n }];
        Self {
            cell,
            n,
            blocks: vec![0.0; cell.states() * n * n],
            diagonal,
            keep: vec![0.0; lstm],
            read: vec![0.0; lstm],
            scratch: vec![0.0; 2 * n],
            reduced: Vec::new(),
            smallest_slope: 1.0,
        }
    }

    pub fn state_size(&self) -> usize {
        self.n * self.cell.states()
    }

    /// Sets it to the Jacobian of a step.
    pub fn set(&mut self, w: &Weights, step: StepView<'_>) {
        self.smallest_slope = match self.cell {
            Cell::Rnn => {
                rnn::jacobian(w, step, &mut self.blocks, &mut self.diagonal);
                smallest(&self.diagonal)
            }
            Cell::Gru => gru::jacobian(w, step, &mut self.blocks),
            Cell::Lstm => lstm::jacobian(w, step, &mut self.blocks, [&mut self.diagonal, &mut self.keep, &mut self.read]),
        };
    }

    /// log2 of a lower bound of the factors that entries of a product which are not zero are multiplied by in this step and that are not zero
    /// themselves; `smallest_weight` is log2 of the smallest |entry| of `W_hh`. (A sum that happens to cancel counts as rounding.)
    pub fn log2_smallest(&self, smallest_weight: f64) -> f64 {
        let through_weights = libm::log2(self.smallest_slope) + smallest_weight;
        match self.cell {
            Cell::Rnn | Cell::Gru => through_weights,
            Cell::Lstm => through_weights.min(libm::log2(smallest(&self.keep))) + libm::log2(smallest(&self.read)),
        }
    }

    /// J as a dense `[m][m]` matrix: `[[E + K C, K F], [C, F]]` for the LSTM.
    pub fn dense(&self, out: &mut [f64]) {
        let n = self.n;
        if self.cell != Cell::Lstm {
            out.copy_from_slice(&self.blocks);
            return;
        }
        let m = 2 * n;
        let (direct, into_cell) = self.blocks.split_at(n * n);
        out.fill(0.0);
        for i in 0..n {
            let (k, f) = (self.read[i], self.keep[i]);
            for j in 0..n {
                let c = into_cell[i * n + j];
                out[i * m + j] = direct[i * n + j] + k * c;
                out[(n + i) * m + j] = c;
            }
            out[i * m + n + i] = k * f;
            out[(n + i) * m + n + i] = f;
        }
    }

    /// ‖J‖_F.
    pub fn frobenius(&self) -> f64 {
        if self.cell != Cell::Lstm {
            return norm(&self.blocks);
        }
        let n = self.n;
        let (direct, into_cell) = self.blocks.split_at(n * n);
        let mut squares = [0.0, 0.0];
        for i in 0..n {
            let (k, f) = (self.read[i], self.keep[i]);
            for (e, c) in direct[i * n..(i + 1) * n].iter().zip(&into_cell[i * n..(i + 1) * n]) {
                let h = e + k * c;
                squares[0] += h * h;
                squares[1] += c * c;
            }
            squares[0] += (k * f) * (k * f);
            squares[1] += f * f;
        }
        let sum = squares[0] + squares[1];
        if sum > 1e-200 && sum.is_finite() {
            return sum.sqrt();
        }
        let mut dense = vec![0.0; 4 * n * n];
        self.dense(&mut dense);
        norm(&dense)
    }

    /// out = P J, P `[rows][m]`. For the LSTM one product with an inner dimension of 2n: with Q = P_h K + P_c, out_h = [P_h Q] [E; C] and
    /// out_c = Q F.
    pub fn multiply_from_left(&mut self, p: &[f64], rows: usize, out: &mut [f64]) {
        let (n, m) = (self.n, self.state_size());
        out[..rows * m].fill(0.0);
        if self.cell != Cell::Lstm {
            gemm_add(rows, n, n, p, n, &self.blocks, n, out, n);
            return;
        }
        self.scratch.resize((rows * m).max(self.scratch.len()), 0.0);
        let pq = &mut self.scratch[..rows * m];
        for ((pq, p), out) in pq.chunks_exact_mut(m).zip(p.chunks_exact(m)).zip(out.chunks_exact_mut(m)) {
            let ((p_hidden, p_cell), (copy, q)) = (p.split_at(n), pq.split_at_mut(n));
            copy.copy_from_slice(p_hidden);
            for j in 0..n {
                q[j] = p_hidden[j] * self.read[j] + p_cell[j];
                out[n + j] = q[j] * self.keep[j];
            }
        }
        gemm_add(rows, m, n, pq, m, &self.blocks, n, out, m);
    }

    /// out = J Q, Q `[m][columns]`: the cell rows are C Q_h + F Q_c, the hidden rows E Q_h + K times those.
    pub fn multiply_from_right(&self, q: &[f64], columns: usize, out: &mut [f64]) {
        let n = self.n;
        out.fill(0.0);
        gemm_add(self.state_size(), n, columns, &self.blocks, n, q, columns, out, columns);
        if self.cell != Cell::Lstm {
            return;
        }
        let (hidden, cell) = out.split_at_mut(n * columns);
        for i in 0..n {
            let row = i * columns..(i + 1) * columns;
            let q_cell = &q[(n + i) * columns..(n + i + 1) * columns];
            for ((c, h), q) in cell[row.clone()].iter_mut().zip(&mut hidden[row]).zip(q_cell) {
                *c += self.keep[i] * q;
                *h += self.read[i] * *c;
            }
        }
    }
}

impl StepJacobian {
    /// LSTM: a `[n][2n]` matrix B with B Bᵀ < τ² where and only where JᵀJ < τ² = `square`; `false` where the latter is not.
    ///
    /// JᵀJ's block of the columns of c is diagonal, d_j = f_j² (1 + k_j²), so that Cholesky's factorisation of τ² − JᵀJ can begin with it. What
    /// remains is τ² − Σ_j (a_j, b_j) (1 + w_j (k_j, 1)ᵀ(k_j, 1)) (a_j, b_j)ᵀ with the rows a_j = e_j + k_j c_j and b_j = c_j of J and
    /// w_j = f_j² / (τ² − d_j), and the 2×2 matrix is factored once more.
    fn reduce(&self, square: f64, out: &mut [f64]) -> bool {
        let n = self.n;
        let (direct, into_cell) = self.blocks.split_at(n * n);
        for j in 0..n {
            let (k, f) = (self.read[j], self.keep[j]);
            let both = 1.0 + k * k;
            let room = square - f * f * both;
            if room.is_nan() || room <= 0.0 {
                return false;
            }
            let w = f * f / room;
            let first = (1.0 + w * k * k).sqrt();
            let across = w * k / first;
            let second = (1.0 + w * both).sqrt() / first;
            let into_hidden = first * k + across;
            let rows = direct[j * n..(j + 1) * n].iter().zip(&into_cell[j * n..(j + 1) * n]);
            for (column, (e, c)) in out.chunks_exact_mut(2 * n).zip(rows) {
                column[j] = first * e + into_hidden * c;
                column[n + j] = second * c;
            }
        }
        true
    }
}

impl Operator for StepJacobian {
    fn rows(&self) -> usize {
        self.state_size()
    }

    fn columns(&self) -> usize {
        self.state_size()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        let n = self.n;
        gemv(&self.blocks, &x[..n], y);
        if self.cell == Cell::Lstm {
            let (hidden, cell) = y.split_at_mut(n);
            for j in 0..n {
                cell[j] += self.keep[j] * x[n + j];
                hidden[j] += self.read[j] * cell[j];
            }
        }
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        let n = self.n;
        if self.cell != Cell::Lstm {
            gemv_transposed(&self.blocks, x, y);
            return;
        }
        let (x_hidden, x_cell) = x.split_at(n);
        let (y_hidden, y_cell) = y.split_at_mut(n);
        let both = &mut self.scratch[..2 * n];
        both[..n].copy_from_slice(x_hidden);
        for j in 0..n {
            let q = self.read[j] * x_hidden[j] + x_cell[j];
            both[n + j] = q;
            y_cell[j] = self.keep[j] * q;
        }
        gemv_transposed(&self.blocks, both, y_hidden);
    }

    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        if self.cell != Cell::Lstm {
            return definite.all(Side::Below, &self.blocks, self.n, self.n, bound);
        }
        self.reduced.resize(2 * self.n * self.n, 0.0);
        let mut reduced = core::mem::take(&mut self.reduced);
        let below = self.reduce(bound * bound, &mut reduced) && definite.all(Side::Below, &reduced, self.n, 2 * self.n, bound);
        self.reduced = reduced;
        below
    }
}
