//! `i, f, o = σ(·)`, `g = tanh(·)`, `c_t = f⊙c_{t-1} + i⊙g`, `h_t = o⊙tanh(c_t)` (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

use super::{Deltas, StepOutput, StepView};
use crate::kernel::{gemm_add, gemv, gemv_transposed};
use crate::lanes;
use crate::linalg::definite::{Definite, Side};
use crate::scaled::norm;
use crate::weights::Weights;

pub(super) fn forward(c_prev: &[f64], ih: &[f64], hh: &[f64], out: StepOutput<'_>) {
    let n = out.h.len();
    for ((gate, ih), hh) in out.gates.iter_mut().zip(ih).zip(hh) {
        *gate = ih + hh;
    }
    lanes::sigmoid(&mut out.gates[..2 * n]);
    lanes::tanh(&mut out.gates[2 * n..3 * n]);
    lanes::sigmoid(&mut out.gates[3 * n..]);
    for (j, c_prev) in c_prev.iter().enumerate() {
        out.c[j] = out.gates[n + j] * c_prev + out.gates[j] * out.gates[2 * n + j];
    }
    out.h.copy_from_slice(out.c);
    lanes::tanh(out.h);
    for (h, o) in out.h.iter_mut().zip(&out.gates[3 * n..]) {
        *h *= o;
    }
}

pub(super) fn deltas(step: StepView<'_>, d: &mut Deltas<'_>) {
    let n = step.h.len();
    // What `ih` becomes is known when `hh` is.
    let squashed = &mut d.ih[..n];
    squashed.copy_from_slice(step.c);
    lanes::tanh(squashed);
    for j in 0..n {
        let (i, f, g, o) = (step.gates[j], step.gates[n + j], step.gates[2 * n + j], step.gates[3 * n + j]);
        let squashed = squashed[j];
        let dh = d.dh[j];
        let dc = d.dc[j] + dh * o * (1.0 - squashed * squashed);
        d.hh[j] = dc * g * (i * (1.0 - i));
        d.hh[n + j] = dc * step.c_prev[j] * (f * (1.0 - f));
        d.hh[2 * n + j] = dc * i * (1.0 - g * g);
        d.hh[3 * n + j] = dh * squashed * (o * (1.0 - o));
        d.dc[j] = dc;
    }
    if let Some(total) = &mut d.dc_total {
        total.copy_from_slice(d.dc);
    }
    for (dc, f) in d.dc.iter_mut().zip(&step.gates[n..]) {
        *dc *= f;
    }
    d.ih.copy_from_slice(d.hh);
}

/// The step Jacobian of `[h; c]`, `J_t = [[E + K C, K F], [C, F]]`, where F and K are diagonal.
#[derive(Clone, Debug)]
pub(crate) struct Jacobian {
    /// `[2n][n]`: E = ∂h_t/∂h_{t−1} through the output gate alone, and below it C = ∂c_t/∂h_{t−1}.
    blocks: Vec<f64>,
    /// `[n]`: the slope of h_t in the output gate's preactivation, that the rows of `W_ho` are scaled by in E.
    pub output_slopes: Vec<f64>,
    /// `[n]`: F = ∂c_t/∂c_{t−1} = f.
    pub forget: Vec<f64>,
    /// `[n]`: K = ∂h_t/∂c_t = o(1 − tanh² c_t).
    pub read: Vec<f64>,
    scratch: Vec<f64>,
    /// What [`Self::reduce`] makes of it, `[n][2n]`.
    reduced: Vec<f64>,
}

impl Jacobian {
    pub fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Self {
            blocks: vec![0.0; 2 * n * n],
            output_slopes: zeros(),
            forget: zeros(),
            read: zeros(),
            scratch: vec![0.0; 2 * n],
            reduced: Vec::new(),
        }
    }

    /// E and C, `[n][n]` each.
    pub fn blocks(&self) -> (&[f64], &[f64]) {
        self.blocks.split_at(self.blocks.len() / 2)
    }

    /// Sets it to the Jacobian of a step. Returns the smallest |slope| that is not zero, of those that rows of `W_hh` are multiplied by.
    pub fn set(&mut self, w: &Weights, step: StepView<'_>) -> f64 {
        let n = step.h.len();
        let mut least = 1.0;
        let (through_output, into_cell) = self.blocks.split_at_mut(n * n);
        let (output_slopes, forget, read) = (&mut self.output_slopes[..n], &mut self.forget[..n], &mut self.read[..n]);
        let row = |block: usize, j: usize| &w.weight_hh[(block * n + j) * n..(block * n + j + 1) * n];
        forget.copy_from_slice(step.c);
        lanes::tanh(forget);
        for j in 0..n {
            let (i, f, g, o) = (step.gates[j], step.gates[n + j], step.gates[2 * n + j], step.gates[3 * n + j]);
            let squashed = forget[j];
            forget[j] = f;
            read[j] = o * (1.0 - squashed * squashed);
            let through_o = squashed * (o * (1.0 - o));
            output_slopes[j] = through_o;
            let (through_i, through_f, through_g) = (g * (i * (1.0 - i)), step.c_prev[j] * (f * (1.0 - f)), i * (1.0 - g * g));
            least = f64::min(least, super::smallest(&[through_o, through_i, through_f, through_g]));
            let (wi, wf, wg, wo) = (row(0, j), row(1, j), row(2, j), row(3, j));
            for k in 0..n {
                through_output[j * n + k] = through_o * wo[k];
                into_cell[j * n + k] = through_i * wi[k] + through_f * wf[k] + through_g * wg[k];
            }
        }
        least
    }

    /// J as a dense `[2n][2n]` matrix.
    pub fn dense(&self, out: &mut [f64]) {
        let n = self.read.len();
        let m = 2 * n;
        let (through_output, into_cell) = self.blocks();
        out.fill(0.0);
        for i in 0..n {
            let (k, f) = (self.read[i], self.forget[i]);
            for j in 0..n {
                let c = into_cell[i * n + j];
                out[i * m + j] = through_output[i * n + j] + k * c;
                out[(n + i) * m + j] = c;
            }
            out[i * m + n + i] = k * f;
            out[(n + i) * m + n + i] = f;
        }
    }

    /// ‖J‖_F.
    pub fn frobenius(&self) -> f64 {
        let n = self.read.len();
        let (through_output, into_cell) = self.blocks();
        let mut squares = [0.0, 0.0];
        for i in 0..n {
            let (k, f) = (self.read[i], self.forget[i]);
            for (e, c) in through_output[i * n..(i + 1) * n].iter().zip(&into_cell[i * n..(i + 1) * n]) {
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

    /// out = P J, P `[rows][2n]`, where `out` is zero: one product with an inner dimension of 2n. With Q = P_h K + P_c, out_h = [P_h Q] [E; C]
    /// and out_c = Q F.
    pub fn multiply_from_left(&mut self, p: &[f64], rows: usize, out: &mut [f64]) {
        let n = self.read.len();
        let m = 2 * n;
        self.scratch.resize((rows * m).max(self.scratch.len()), 0.0);
        let pq = &mut self.scratch[..rows * m];
        for ((pq, p), out) in pq.chunks_exact_mut(m).zip(p.chunks_exact(m)).zip(out.chunks_exact_mut(m)) {
            let ((p_hidden, p_cell), (copy, q)) = (p.split_at(n), pq.split_at_mut(n));
            copy.copy_from_slice(p_hidden);
            for j in 0..n {
                q[j] = p_hidden[j] * self.read[j] + p_cell[j];
                out[n + j] = q[j] * self.forget[j];
            }
        }
        gemm_add(rows, m, n, pq, m, &self.blocks, n, out, m);
    }

    /// out = J Q, Q `[2n][columns]`, where `out` is zero: the cell rows are C Q_h + F Q_c, the hidden rows E Q_h + K times those.
    pub fn multiply_from_right(&self, q: &[f64], columns: usize, out: &mut [f64]) {
        let n = self.read.len();
        gemm_add(2 * n, n, columns, &self.blocks, n, q, columns, out, columns);
        let (hidden, cell) = out.split_at_mut(n * columns);
        for i in 0..n {
            let row = i * columns..(i + 1) * columns;
            let q_cell = &q[(n + i) * columns..(n + i + 1) * columns];
            for ((c, h), q) in cell[row.clone()].iter_mut().zip(&mut hidden[row]).zip(q_cell) {
                *c += self.forget[i] * q;
                *h += self.read[i] * *c;
            }
        }
    }

    /// y = J x.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        let n = self.read.len();
        gemv(&self.blocks, &x[..n], y);
        let (hidden, cell) = y.split_at_mut(n);
        for j in 0..n {
            cell[j] += self.forget[j] * x[n + j];
            hidden[j] += self.read[j] * cell[j];
        }
    }

    /// y = Jᵀ x.
    pub fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        let n = self.read.len();
        let (x_hidden, x_cell) = x.split_at(n);
        let (y_hidden, y_cell) = y.split_at_mut(n);
        let both = &mut self.scratch[..2 * n];
        both[..n].copy_from_slice(x_hidden);
        for j in 0..n {
            let q = self.read[j] * x_hidden[j] + x_cell[j];
            both[n + j] = q;
            y_cell[j] = self.forget[j] * q;
        }
        gemv_transposed(&self.blocks, both, y_hidden);
    }

    /// Whether σ_max is below `bound`, by [`Definite`].
    pub fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        let n = self.read.len();
        self.reduce(bound * bound) && definite.all(Side::Below, &self.reduced, n, 2 * n, bound)
    }

    /// Sets `reduced` to a matrix B with B Bᵀ < τ² where and only where JᵀJ < τ² = `square`; `false` where the latter is not.
    ///
    /// JᵀJ's block of the columns of c is diagonal, d_j = f_j² (1 + k_j²), so that Cholesky's factorisation of τ² − JᵀJ can begin with it. What
    /// remains is τ² − Σ_j (a_j, b_j) (1 + w_j (k_j, 1)ᵀ(k_j, 1)) (a_j, b_j)ᵀ with the rows a_j = e_j + k_j c_j and b_j = c_j of J and
    /// w_j = f_j² / (τ² − d_j), and the 2×2 matrix is factored once more.
    fn reduce(&mut self, square: f64) -> bool {
        let n = self.read.len();
        self.reduced.resize(2 * n * n, 0.0);
        let (through_output, into_cell) = self.blocks.split_at(n * n);
        for j in 0..n {
            let (k, f) = (self.read[j], self.forget[j]);
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
            let rows = through_output[j * n..(j + 1) * n].iter().zip(&into_cell[j * n..(j + 1) * n]);
            for (column, (e, c)) in self.reduced.chunks_exact_mut(2 * n).zip(rows) {
                column[j] = first * e + into_hidden * c;
                column[n + j] = second * c;
            }
        }
        true
    }
}
