//! One step of each cell over a whole batch, after and before the matrix products. Every slice of n units is `[n][lanes]`.
//!
//! Blocks of n rows in a step's gates and deltas: RNN one; LSTM i, f, g, o; GRU r, z, then the candidate's two sides, which its reset
//! gate keeps apart: q = `W_hn h_{t-1} + b_hn` and the candidate itself (as a delta: of `W_in x_t + b_in`).

use crate::real::Real;
use crate::vocabulary::{Activation, Cell};

/// Blocks of n rows that a step has; one more than PyTorch packs for the GRU.
pub(super) fn blocks(cell: Cell) -> usize {
    match cell {
        Cell::Rnn => 1,
        Cell::Lstm | Cell::Gru => 4,
    }
}

/// `N` equal parts of a slice.
fn parts<R, const N: usize>(values: &[R]) -> [&[R]; N] {
    let length = values.len() / N;
    core::array::from_fn(|i| &values[i * length..(i + 1) * length])
}

/// The four equal parts of a slice, to write.
fn quarters<R>(values: &mut [R]) -> [&mut [R]; 4] {
    let quarter = values.len() / 4;
    let (first, second) = values.split_at_mut(2 * quarter);
    let ((a, b), (c, d)) = (first.split_at_mut(quarter), second.split_at_mut(quarter));
    [a, b, c, d]
}

/// `h = φ(a)`.
pub(super) fn rnn_forward<R: Real>(activation: Activation, gates: &[R], h: &mut [R]) {
    h.copy_from_slice(gates);
    match activation {
        Activation::Tanh => R::tanh(h),
        Activation::Sigmoid => R::sigmoid(h),
        // What is not a number stays so.
        Activation::Relu => h.iter_mut().for_each(|a| *a = if *a <= R::ZERO { R::ZERO } else { *a }),
        Activation::Identity => {}
    }
}

/// φ'(a) from h = φ(a); 0 for ReLU at 0, as in PyTorch.
#[inline(always)]
pub(super) fn slope<R: Real>(activation: Activation, h: R) -> R {
    match activation {
        Activation::Tanh => R::ONE - h * h,
        Activation::Sigmoid => h * (R::ONE - h),
        Activation::Relu if h > R::ZERO => R::ONE,
        Activation::Relu => R::ZERO,
        Activation::Identity => R::ONE,
    }
}

/// `c = f⊙c_prev + i⊙g`, `h = o⊙tanh(c)`; `squashed` becomes tanh(c), `gates` the activations.
pub(super) fn lstm_forward<R: Real>(gates: &mut [R], c_prev: &[R], c: &mut [R], squashed: &mut [R], h: &mut [R]) {
    let [i, f, g, o] = quarters(gates);
    R::sigmoid(i);
    R::sigmoid(f);
    R::tanh(g);
    R::sigmoid(o);
    let units = h.len();
    let (i, f, g, c_prev, c) = (&i[..units], &f[..units], &g[..units], &c_prev[..units], &mut c[..units]);
    for j in 0..units {
        c[j] = f[j] * c_prev[j] + i[j] * g[j];
    }
    squashed.copy_from_slice(c);
    R::tanh(squashed);
    for ((h, o), squashed) in h.iter_mut().zip(o).zip(squashed) {
        *h = *o * *squashed;
    }
}

/// `h = (1 − z)⊙n + z⊙h_prev` with `n = tanh(W_in x + b_in + r⊙q)`; `gates` become r, z, q and n.
pub(super) fn gru_forward<R: Real>(gates: &mut [R], h_prev: &[R], h: &mut [R]) {
    let [r, z, q, candidate] = quarters(gates);
    R::sigmoid(r);
    R::sigmoid(z);
    let units = h.len();
    let (r, z, q, h_prev) = (&r[..units], &z[..units], &q[..units], &h_prev[..units]);
    for (j, candidate) in candidate.iter_mut().enumerate().take(units) {
        *candidate += r[j] * q[j];
    }
    R::tanh(candidate);
    let candidate = &candidate[..units];
    for j in 0..units {
        h[j] = (R::ONE - z[j]) * candidate[j] + z[j] * h_prev[j];
    }
}

/// The deltas `∂L/∂a = dh⊙φ'(a)`.
pub(super) fn rnn_backward<R: Real>(activation: Activation, h: &[R], dh: &[R], delta: &mut [R]) {
    match activation {
        Activation::Tanh => scale(h, dh, delta, |h| slope(Activation::Tanh, h)),
        Activation::Sigmoid => scale(h, dh, delta, |h| slope(Activation::Sigmoid, h)),
        Activation::Relu => scale(h, dh, delta, |h| slope(Activation::Relu, h)),
        Activation::Identity => delta.copy_from_slice(dh),
    }
}

#[inline(always)]
fn scale<R: Real>(h: &[R], dh: &[R], delta: &mut [R], slope: impl Fn(R) -> R) {
    for ((delta, h), dh) in delta.iter_mut().zip(h).zip(dh) {
        *delta = *dh * slope(*h);
    }
}

/// What the LSTM's backward step reads of its forward step.
pub(super) struct LstmStep<'a, R> {
    pub gates: &'a [R],
    pub squashed: &'a [R],
    pub c_prev: &'a [R],
}

/// The deltas of the four preactivations; `dc` goes from the later steps' adjoint of c_t to that of c_{t−1}.
pub(super) fn lstm_backward<R: Real>(step: &LstmStep<'_, R>, dh: &[R], dc: &mut [R], delta: &mut [R]) {
    let units = dh.len();
    let [i, f, g, o] = parts(step.gates).map(|part: &[R]| &part[..units]);
    let (squashed, c_prev, dc) = (&step.squashed[..units], &step.c_prev[..units], &mut dc[..units]);
    let [di, df, dg, do_] = quarters(delta).map(|part| &mut part[..units]);
    for j in 0..units {
        let total = dc[j] + dh[j] * o[j] * (R::ONE - squashed[j] * squashed[j]);
        di[j] = total * g[j] * (i[j] * (R::ONE - i[j]));
        df[j] = total * c_prev[j] * (f[j] * (R::ONE - f[j]));
        dg[j] = total * i[j] * (R::ONE - g[j] * g[j]);
        do_[j] = dh[j] * squashed[j] * (o[j] * (R::ONE - o[j]));
        dc[j] = total * f[j];
    }
}

/// The deltas of r, z, q and the candidate's input side; `direct` becomes the part of h_{t−1}'s adjoint that passes through z alone.
pub(super) fn gru_backward<R: Real>(gates: &[R], h_prev: &[R], dh: &[R], direct: &mut [R], delta: &mut [R]) {
    let units = dh.len();
    let [r, z, q, candidate] = parts(gates).map(|part: &[R]| &part[..units]);
    let (h_prev, direct) = (&h_prev[..units], &mut direct[..units]);
    let [dr, dz, dq, dn] = quarters(delta).map(|part| &mut part[..units]);
    for j in 0..units {
        let through_candidate = dh[j] * (R::ONE - z[j]) * (R::ONE - candidate[j] * candidate[j]);
        dr[j] = through_candidate * q[j] * (r[j] * (R::ONE - r[j]));
        dz[j] = dh[j] * (h_prev[j] - candidate[j]) * (z[j] * (R::ONE - z[j]));
        dq[j] = through_candidate * r[j];
        dn[j] = through_candidate;
        direct[j] = dh[j] * z[j];
    }
}
