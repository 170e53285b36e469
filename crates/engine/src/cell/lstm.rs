//! `i, f, o = σ(·)`, `g = tanh(·)`, `c_t = f⊙c_{t-1} + i⊙g`, `h_t = o⊙tanh(c_t)` (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

use super::{Deltas, StepOutput, StepView};
use crate::lanes;
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
        d.dc_total[j] = dc;
        d.hh[j] = dc * g * (i * (1.0 - i));
        d.hh[n + j] = dc * step.c_prev[j] * (f * (1.0 - f));
        d.hh[2 * n + j] = dc * i * (1.0 - g * g);
        d.hh[3 * n + j] = dh * squashed * (o * (1.0 - o));
        d.dc[j] = dc * f;
    }
    d.ih.copy_from_slice(d.hh);
}

/// The four parts of J_t; see [`super::StepJacobian`]. Returns the smallest slope that rows of `W_hh` are multiplied by.
pub(super) fn jacobian(w: &Weights, step: StepView<'_>, blocks: &mut [f64], [diagonal, keep, read]: [&mut [f64]; 3]) -> f64 {
    let n = step.h.len();
    let mut least = 1.0;
    let (direct, into_cell) = blocks.split_at_mut(n * n);
    let row = |block: usize, j: usize| &w.weight_hh[(block * n + j) * n..(block * n + j + 1) * n];
    keep.copy_from_slice(step.c);
    lanes::tanh(keep);
    for j in 0..n {
        let (i, f, g, o) = (step.gates[j], step.gates[n + j], step.gates[2 * n + j], step.gates[3 * n + j]);
        let squashed = keep[j];
        keep[j] = f;
        read[j] = o * (1.0 - squashed * squashed);
        let through_o = squashed * (o * (1.0 - o));
        diagonal[j] = through_o;
        let (through_i, through_f, through_g) = (g * (i * (1.0 - i)), step.c_prev[j] * (f * (1.0 - f)), i * (1.0 - g * g));
        least = f64::min(least, super::smallest(&[through_o, through_i, through_f, through_g]));
        let (wi, wf, wg, wo) = (row(0, j), row(1, j), row(2, j), row(3, j));
        for k in 0..n {
            direct[j * n + k] = through_o * wo[k];
            into_cell[j * n + k] = through_i * wi[k] + through_f * wf[k] + through_g * wg[k];
        }
    }
    least
}
