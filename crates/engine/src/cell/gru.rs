//! `r, z = σ(·)`, `n = tanh(W_in x + b_in + r⊙(W_hn h_{t-1} + b_hn))`, `h_t = (1−z)⊙n + z⊙h_{t-1}`: reset after the product, as PyTorch and
//! cuDNN have it.

use super::{Deltas, StepOutput, StepView};
use crate::lanes;
use crate::weights::Weights;

pub(super) fn forward(h_prev: &[f64], ih: &[f64], hh: &[f64], out: StepOutput<'_>) {
    let n = out.h.len();
    let (kept, candidate) = out.gates.split_at_mut(2 * n);
    for ((gate, ih), hh) in kept.iter_mut().zip(ih).zip(hh) {
        *gate = ih + hh;
    }
    lanes::sigmoid(kept);
    let (r, z) = kept.split_at(n);
    out.recurrent_candidate.copy_from_slice(&hh[2 * n..]);
    for (j, candidate) in candidate.iter_mut().enumerate() {
        *candidate = ih[2 * n + j] + r[j] * hh[2 * n + j];
    }
    lanes::tanh(candidate);
    for j in 0..n {
        out.h[j] = (1.0 - z[j]) * candidate[j] + z[j] * h_prev[j];
    }
}

pub(super) fn deltas(step: StepView<'_>, d: &mut Deltas<'_>) {
    let n = step.h.len();
    for j in 0..n {
        let (r, z, candidate) = (step.gates[j], step.gates[n + j], step.gates[2 * n + j]);
        let dh = d.dh[j];
        let through_candidate = dh * (1.0 - z) * (1.0 - candidate * candidate);
        let through_reset = through_candidate * step.recurrent_candidate[j] * (r * (1.0 - r));
        let through_update = dh * (step.h_prev[j] - candidate) * (z * (1.0 - z));
        (d.ih[j], d.ih[n + j], d.ih[2 * n + j]) = (through_reset, through_update, through_candidate);
        (d.hh[j], d.hh[n + j], d.hh[2 * n + j]) = (through_reset, through_update, through_candidate * r);
        d.direct[j] = dh * z;
    }
}

/// `J_t = diag(z) + diag((h_{t-1} − n) z(1−z)) W_hz + diag((1−z)(1−n²)) [diag(r) W_hn + diag(q r(1−r)) W_hr]`, q = W_hn h_{t-1} + b_hn.
/// Returns the smallest of these factors that is not zero.
pub(super) fn jacobian(w: &Weights, step: StepView<'_>, out: &mut [f64]) -> f64 {
    let n = step.h.len();
    let mut least = 1.0;
    let row = |block: usize, j: usize| &w.weight_hh[(block * n + j) * n..(block * n + j + 1) * n];
    for j in 0..n {
        let (r, z, candidate) = (step.gates[j], step.gates[n + j], step.gates[2 * n + j]);
        let through_candidate = (1.0 - z) * (1.0 - candidate * candidate);
        let through_reset = through_candidate * step.recurrent_candidate[j] * (r * (1.0 - r));
        let through_update = (step.h_prev[j] - candidate) * (z * (1.0 - z));
        let through_recurrent = through_candidate * r;
        least = f64::min(least, super::smallest(&[z, through_reset, through_update, through_recurrent]));
        let (wr, wz, wn) = (row(0, j), row(1, j), row(2, j));
        for k in 0..n {
            out[j * n + k] = through_reset * wr[k] + through_update * wz[k] + through_recurrent * wn[k];
        }
        out[j * n + j] += z;
    }
    least
}
