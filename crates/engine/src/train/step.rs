//! One step of each cell over a whole batch, after and before the matrix products. Every slice of n units is `[n][lanes]`.
//!
//! Blocks of n rows in a step's gates and deltas: RNN one; LSTM i, f, g, o; GRU r, z, then the candidate's two sides, which its reset
//! gate keeps apart: q = `W_hn h_{t-1} + b_hn` and the candidate itself (as a delta: of `W_in x_t + b_in`).

use crate::experiment::{Activation, Cell};
use crate::lanes;

/// Blocks of n rows that a step has; one more than PyTorch packs for the GRU.
pub(super) fn blocks(cell: Cell) -> usize {
    match cell {
        Cell::Rnn => 1,
        Cell::Lstm | Cell::Gru => 4,
    }
}

/// `N` equal parts of a slice.
fn parts<const N: usize>(values: &[f64]) -> [&[f64]; N] {
    let length = values.len() / N;
    core::array::from_fn(|i| &values[i * length..(i + 1) * length])
}

/// The four equal parts of a slice, to write.
fn quarters(values: &mut [f64]) -> [&mut [f64]; 4] {
    let quarter = values.len() / 4;
    let (first, second) = values.split_at_mut(2 * quarter);
    let ((a, b), (c, d)) = (first.split_at_mut(quarter), second.split_at_mut(quarter));
    [a, b, c, d]
}

/// `h = φ(a)`.
pub(super) fn rnn_forward(activation: Activation, gates: &[f64], h: &mut [f64]) {
    h.copy_from_slice(gates);
    activation.apply(h);
}

/// `c = f⊙c_prev + i⊙g`, `h = o⊙tanh(c)`; `squashed` becomes tanh(c), `gates` the activations.
pub(super) fn lstm_forward(gates: &mut [f64], c_prev: &[f64], c: &mut [f64], squashed: &mut [f64], h: &mut [f64]) {
    let [i, f, g, o] = quarters(gates);
    lanes::sigmoid(i);
    lanes::sigmoid(f);
    lanes::tanh(g);
    lanes::sigmoid(o);
    let units = h.len();
    let (i, f, g, c_prev, c) = (&i[..units], &f[..units], &g[..units], &c_prev[..units], &mut c[..units]);
    for j in 0..units {
        c[j] = f[j] * c_prev[j] + i[j] * g[j];
    }
    squashed.copy_from_slice(c);
    lanes::tanh(squashed);
    for ((h, o), squashed) in h.iter_mut().zip(o).zip(squashed) {
        *h = *o * *squashed;
    }
}

/// `h = (1 − z)⊙n + z⊙h_prev` with `n = tanh(W_in x + b_in + r⊙q)`; `gates` become r, z, q and n.
pub(super) fn gru_forward(gates: &mut [f64], h_prev: &[f64], h: &mut [f64]) {
    let [r, z, q, candidate] = quarters(gates);
    lanes::sigmoid(r);
    lanes::sigmoid(z);
    let units = h.len();
    let (r, z, q, h_prev) = (&r[..units], &z[..units], &q[..units], &h_prev[..units]);
    for (j, candidate) in candidate.iter_mut().enumerate().take(units) {
        *candidate += r[j] * q[j];
    }
    lanes::tanh(candidate);
    let candidate = &candidate[..units];
    for j in 0..units {
        h[j] = (1.0 - z[j]) * candidate[j] + z[j] * h_prev[j];
    }
}

/// The deltas `∂L/∂a = dh⊙φ'(a)`.
pub(super) fn rnn_backward(activation: Activation, h: &[f64], dh: &[f64], delta: &mut [f64]) {
    let derivative = |slope: fn(f64) -> f64, delta: &mut [f64]| {
        for ((delta, h), dh) in delta.iter_mut().zip(h).zip(dh) {
            *delta = dh * slope(*h);
        }
    };
    match activation {
        Activation::Tanh => derivative(|h| 1.0 - h * h, delta),
        Activation::Sigmoid => derivative(|h| h * (1.0 - h), delta),
        Activation::Relu => derivative(|h| if h > 0.0 { 1.0 } else { 0.0 }, delta),
        Activation::Identity => delta.copy_from_slice(dh),
    }
}

/// What the LSTM's backward step reads of its forward step.
pub(super) struct LstmStep<'a> {
    pub gates: &'a [f64],
    pub squashed: &'a [f64],
    pub c_prev: &'a [f64],
}

/// The deltas of the four preactivations; `dc` goes from the later steps' adjoint of c_t to that of c_{t−1}.
pub(super) fn lstm_backward(step: &LstmStep<'_>, dh: &[f64], dc: &mut [f64], delta: &mut [f64]) {
    let units = dh.len();
    let [i, f, g, o] = parts(step.gates).map(|part: &[f64]| &part[..units]);
    let (squashed, c_prev, dc) = (&step.squashed[..units], &step.c_prev[..units], &mut dc[..units]);
    let [di, df, dg, do_] = quarters(delta).map(|part| &mut part[..units]);
    for j in 0..units {
        let total = dc[j] + dh[j] * o[j] * (1.0 - squashed[j] * squashed[j]);
        di[j] = total * g[j] * (i[j] * (1.0 - i[j]));
        df[j] = total * c_prev[j] * (f[j] * (1.0 - f[j]));
        dg[j] = total * i[j] * (1.0 - g[j] * g[j]);
        do_[j] = dh[j] * squashed[j] * (o[j] * (1.0 - o[j]));
        dc[j] = total * f[j];
    }
}

/// The deltas of r, z, q and the candidate's input side; `direct` becomes the part of h_{t−1}'s adjoint that passes through z alone.
pub(super) fn gru_backward(gates: &[f64], h_prev: &[f64], dh: &[f64], direct: &mut [f64], delta: &mut [f64]) {
    let units = dh.len();
    let [r, z, q, candidate] = parts(gates).map(|part: &[f64]| &part[..units]);
    let (h_prev, direct) = (&h_prev[..units], &mut direct[..units]);
    let [dr, dz, dq, dn] = quarters(delta).map(|part| &mut part[..units]);
    for j in 0..units {
        let through_candidate = dh[j] * (1.0 - z[j]) * (1.0 - candidate[j] * candidate[j]);
        dr[j] = through_candidate * q[j] * (r[j] * (1.0 - r[j]));
        dz[j] = dh[j] * (h_prev[j] - candidate[j]) * (z[j] * (1.0 - z[j]));
        dq[j] = through_candidate * r[j];
        dn[j] = through_candidate;
        direct[j] = dh[j] * z[j];
    }
}
