//! The three cells: one step forward, the step Jacobian, and one step of backpropagation, each in a file of its own.

mod gru;
mod lstm;
mod rnn;

use crate::experiment::{Activation, Cell};
use crate::kernel::{gemm_add, gemv, gemv_transposed};
use crate::weights::Weights;

/// The logistic function `1/(1+e^{-a})`. For a below −745 the exponential overflows and the result is exactly 0.
pub(crate) fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-a))
}

impl Activation {
    /// φ(a).
    pub fn value(self, a: f64) -> f64 {
        match self {
            Self::Tanh => libm::tanh(a),
            Self::Relu => {
                if a > 0.0 || a.is_nan() {
                    a
                } else {
                    0.0
                }
            }
            Self::Sigmoid => sigmoid(a),
            Self::Identity => a,
        }
    }

    /// φ'(a) from h = φ(a); 0 for ReLU at 0, as in PyTorch.
    pub fn derivative_from_value(self, h: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 - h * h,
            Self::Relu => {
                if h > 0.0 {
                    1.0
                } else {
                    0.0
                }
            }
            Self::Sigmoid => h * (1.0 - h),
            Self::Identity => 1.0,
        }
    }

    /// γ = sup |φ'|.
    pub fn steepest_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 0.25,
            Self::Tanh | Self::Relu | Self::Identity => 1.0,
        }
    }
}

impl Cell {
    /// G, the number of gate blocks in PyTorch's packing: 1 (RNN), 4 (LSTM: i, f, g, o), 3 (GRU: r, z, n).
    pub fn blocks(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }

    /// m / n: 2 for the LSTM, whose state is `[h; c]`, else 1.
    pub fn states(self) -> usize {
        match self {
            Self::Lstm => 2,
            Self::Rnn | Self::Gru => 1,
        }
    }

    /// Names of the recorded quantities, in the order of the packing.
    pub fn gate_names(self) -> &'static [&'static str] {
        match self {
            Self::Rnn => &["preactivation"],
            Self::Lstm => &["input", "forget", "candidate", "output"],
            Self::Gru => &["reset", "update", "candidate"],
        }
    }
}

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
/// steps (`dc`). Out: the deltas of the input-side and recurrent-side preactivations, `[G·n]` each, the total adjoint of c_t in
/// `dc_total`, and in `dh`, `dc` the same adjoints for step t−1.
pub(crate) struct Deltas<'a> {
    pub dh: &'a mut [f64],
    pub dc: &'a mut [f64],
    pub dc_total: &'a mut [f64],
    pub ih: &'a mut [f64],
    pub hh: &'a mut [f64],
}

pub(crate) fn backward(w: &Weights, step: StepView<'_>, d: &mut Deltas<'_>) {
    match w.cell {
        Cell::Rnn => rnn::deltas(w.activation, step, d),
        Cell::Lstm => lstm::deltas(step, d),
        Cell::Gru => gru::deltas(step, d),
    }
    let carried = match w.cell {
        // The GRU's h_{t-1} is also reached directly, through z; `deltas` leaves that part in `dc`.
        Cell::Gru => true,
        Cell::Rnn | Cell::Lstm => false,
    };
    gemv_transposed(&w.weight_hh, d.hh, d.dh);
    if carried {
        for (h, direct) in d.dh.iter_mut().zip(d.dc.iter_mut()) {
            *h += *direct;
            *direct = 0.0;
        }
    }
}

/// The step Jacobian `J_t = ∂s_t/∂s_{t-1}` in the structure that makes products with it cheap.
#[derive(Clone, Debug)]
pub(crate) struct StepJacobian {
    cell: Cell,
    n: usize,
    /// RNN, GRU: J itself, `[n][n]`. LSTM: E = ∂h_t/∂h_{t-1} through the output gate alone.
    direct: Vec<f64>,
    /// LSTM: C = ∂c_t/∂h_{t-1}.
    into_cell: Vec<f64>,
    /// LSTM: F = ∂c_t/∂c_{t-1} = f, the diagonal.
    keep: Vec<f64>,
    /// LSTM: K = ∂h_t/∂c_t = o(1 − tanh² c_t), the diagonal.
    read: Vec<f64>,
    scratch: Vec<f64>,
}

impl StepJacobian {
    pub fn new(cell: Cell, n: usize) -> Self {
        let lstm = if cell == Cell::Lstm { n } else { 0 };
        Self {
            cell,
            n,
            direct: vec![0.0; n * n],
            into_cell: vec![0.0; lstm * n],
            keep: vec![0.0; lstm],
            read: vec![0.0; lstm],
            scratch: vec![0.0; 2 * n * n],
        }
    }

    pub fn state_size(&self) -> usize {
        self.n * self.cell.states()
    }

    /// Sets it to the Jacobian of a step.
    pub fn set(&mut self, w: &Weights, step: StepView<'_>) {
        match self.cell {
            Cell::Rnn => rnn::jacobian(w, step, &mut self.direct),
            Cell::Gru => gru::jacobian(w, step, &mut self.direct),
            Cell::Lstm => lstm::jacobian(w, step, &mut self.direct, &mut self.into_cell, &mut self.keep, &mut self.read),
        }
    }

    /// J as a dense `[m][m]` matrix: `[[E + K C, K F], [C, F]]` for the LSTM.
    pub fn dense(&self, out: &mut [f64]) {
        let n = self.n;
        if self.cell != Cell::Lstm {
            out.copy_from_slice(&self.direct);
            return;
        }
        let m = 2 * n;
        out.fill(0.0);
        for i in 0..n {
            let (k, f) = (self.read[i], self.keep[i]);
            for j in 0..n {
                let c = self.into_cell[i * n + j];
                out[i * m + j] = self.direct[i * n + j] + k * c;
                out[(n + i) * m + j] = c;
            }
            out[i * m + n + i] = k * f;
            out[(n + i) * m + n + i] = f;
        }
    }

    /// out = P J, P `[rows][m]`. For the LSTM two n×n products: with Q = P_h K + P_c, out_h = P_h E + Q C and out_c = Q F.
    pub fn multiply_from_left(&mut self, p: &[f64], rows: usize, out: &mut [f64]) {
        let (n, m) = (self.n, self.state_size());
        out[..rows * m].fill(0.0);
        if self.cell != Cell::Lstm {
            gemm_add(rows, n, n, p, n, &self.direct, n, out, n);
            return;
        }
        self.scratch.resize((rows * n).max(self.scratch.len()), 0.0);
        let q = &mut self.scratch[..rows * n];
        for (q, p) in q.chunks_exact_mut(n).zip(p.chunks_exact(m)) {
            for j in 0..n {
                q[j] = p[j] * self.read[j] + p[n + j];
            }
        }
        gemm_add(rows, n, n, p, m, &self.direct, n, out, m);
        gemm_add(rows, n, n, q, n, &self.into_cell, n, out, m);
        for (out, q) in out.chunks_exact_mut(m).zip(q.chunks_exact(n)) {
            for j in 0..n {
                out[n + j] = q[j] * self.keep[j];
            }
        }
    }

    /// out = J Q, Q `[m][columns]`: the cell rows are C Q_h + F Q_c, the hidden rows E Q_h + K times those.
    pub fn multiply_from_right(&self, q: &[f64], columns: usize, out: &mut [f64]) {
        let n = self.n;
        out.fill(0.0);
        if self.cell != Cell::Lstm {
            gemm_add(n, n, columns, &self.direct, n, q, columns, out, columns);
            return;
        }
        let (hidden, cell) = out.split_at_mut(n * columns);
        gemm_add(n, n, columns, &self.into_cell, n, q, columns, cell, columns);
        gemm_add(n, n, columns, &self.direct, n, q, columns, hidden, columns);
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
