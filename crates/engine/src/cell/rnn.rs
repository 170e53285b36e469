//! `a_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh`, `h_t = φ(a_t)` (Elman 1990).

use super::{Deltas, StepOutput, StepView};
use crate::vocabulary::Activation;
use crate::weights::Weights;

pub(super) fn forward(activation: Activation, ih: &[f64], hh: &[f64], out: StepOutput<'_>) {
    for ((gate, ih), hh) in out.gates.iter_mut().zip(ih).zip(hh) {
        *gate = ih + hh;
    }
    out.h.copy_from_slice(out.gates);
    activation.apply(out.h);
}

pub(super) fn deltas(activation: Activation, step: StepView<'_>, d: &mut Deltas<'_>) {
    for j in 0..step.h.len() {
        let delta = d.dh[j] * activation.derivative_from_value(step.h[j]);
        d.ih[j] = delta;
        d.hh[j] = delta;
    }
}

/// `J_t = diag(φ'(a_t)) W_hh`.
pub(super) fn jacobian(w: &Weights, step: StepView<'_>, out: &mut [f64], diagonal: &mut [f64]) {
    let n = step.h.len();
    for (i, (out, row)) in out.chunks_exact_mut(n).zip(w.weight_hh.chunks_exact(n)).enumerate() {
        let slope = w.activation.derivative_from_value(step.h[i]);
        diagonal[i] = slope;
        for (o, w) in out.iter_mut().zip(row) {
            *o = slope * w;
        }
    }
}
