//! The parts of a layer that see one step at a time: linear layers, norms and activations, forward, along and back.
//!
//! Every function works on plain numbers `[T][width]`; steps that are exactly zero cost nothing on the way back.

use super::shape::Activation;
use crate::kernel::{axpy, dot, gemv_transposed};
use crate::lineage::recurrent::outer_add;

/// What a norm adds to the variance, PyTorch's `layer_norm_eps`.
const EPSILON: f64 = 1e-5;

/// Gradients of a weight and of its bias, and the factor that the adjoint is to be taken times.
pub(super) struct Graded<'g> {
    pub weight: &'g mut [f64],
    pub bias: &'g mut [f64],
    pub factor: f64,
}

pub(super) fn is_zero(row: &[f64]) -> bool {
    row.iter().all(|v| *v == 0.0)
}

/// Wᵀ g for every step, with the gradients of W and of the bias where they are asked for. x `[T][d]` is what the layer has read.
pub(super) fn linear_back(w: &[f64], x: &[f64], g: &[f64], d: usize, mut graded: Option<Graded<'_>>) -> Vec<f64> {
    let out = w.len() / d;
    let mut dx = vec![0.0; x.len()];
    for ((dx, x), g) in dx.chunks_exact_mut(d).zip(x.chunks_exact(d)).zip(g.chunks_exact(out)) {
        if is_zero(g) {
            continue;
        }
        gemv_transposed(w, g, dx);
        if let Some(graded) = &mut graded {
            outer_add(graded.factor, g, x, graded.weight);
            axpy(graded.factor, g, graded.bias);
        }
    }
    dx
}

/// W v for every step: a linear layer without its bias.
pub(super) fn linear_along(w: &[f64], v: &[f64], d: usize) -> Vec<f64> {
    crate::lineage::layers::linear(w, None, v, d)
}

/// What a norm keeps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Normed {
    /// `[T][d]`: without mean, over the deviation.
    normal: Vec<f64>,
    /// `[T]`: 1 / √(variance + ε).
    inverse: Vec<f64>,
}

/// `(u − mean) / √(biased variance + ε) · w + b` (Ba et al. 2016), with what its derivative needs.
pub(super) fn norm(u: &[f64], w: &[f64], b: &[f64]) -> (Vec<f64>, Normed) {
    let d = w.len();
    let (mut normal, mut inverse, mut out) = (u.to_vec(), Vec::with_capacity(u.len() / d), Vec::with_capacity(u.len()));
    for row in normal.chunks_exact_mut(d) {
        let mean = row.iter().sum::<f64>() / d as f64;
        row.iter_mut().for_each(|v| *v -= mean);
        let deviation = (dot(row, row) / d as f64 + EPSILON).sqrt();
        // Over an infinite deviation a row would be 0, which it is not: as no number it is seen to overflow.
        let deviation = if deviation.is_finite() { deviation } else { f64::NAN };
        row.iter_mut().for_each(|v| *v /= deviation);
        inverse.push(1.0 / deviation);
        out.extend(row.iter().zip(w).zip(b).map(|((v, w), b)| v * w + b));
    }
    (out, Normed { normal, inverse })
}

/// Without the part along 1 and along what was normalised, over the deviation: the norm's Jacobian but for its weight. Symmetric.
fn centre(v: &mut [f64], normal: &[f64], inverse: f64) {
    let d = v.len() as f64;
    let (mean, along) = (v.iter().sum::<f64>() / d, dot(v, normal) / d);
    for (v, normal) in v.iter_mut().zip(normal) {
        *v = (*v - mean - normal * along) * inverse;
    }
}

/// From the adjoint of a norm's output to that of its input.
pub(super) fn norm_back(w: &[f64], kept: &Normed, g: &[f64], mut graded: Option<Graded<'_>>) -> Vec<f64> {
    let d = w.len();
    let mut dx = g.to_vec();
    for ((row, normal), inverse) in dx.chunks_exact_mut(d).zip(kept.normal.chunks_exact(d)).zip(&kept.inverse) {
        if is_zero(row) {
            continue;
        }
        if let Some(graded) = &mut graded {
            graded.weight.iter_mut().zip(&*row).zip(normal).for_each(|((slot, g), normal)| *slot += graded.factor * g * normal);
            axpy(graded.factor, row, graded.bias);
        }
        row.iter_mut().zip(w).for_each(|(g, w)| *g *= w);
        centre(row, normal, *inverse);
    }
    dx
}

/// From a change of a norm's input to that of its output.
pub(super) fn norm_along(w: &[f64], kept: &Normed, v: &[f64]) -> Vec<f64> {
    let d = w.len();
    let mut out = v.to_vec();
    for ((row, normal), inverse) in out.chunks_exact_mut(d).zip(kept.normal.chunks_exact(d)).zip(&kept.inverse) {
        centre(row, normal, *inverse);
        row.iter_mut().zip(w).for_each(|(v, w)| *v *= w);
    }
    out
}

/// The normal distribution's Φ.
fn normal_distribution(v: f64) -> f64 {
    0.5 * libm::erfc(-v * core::f64::consts::FRAC_1_SQRT_2)
}

impl Activation {
    pub(super) fn value(self, v: f64) -> f64 {
        match self {
            Self::Relu => {
                // A number that is none stays one.
                if v <= 0.0 {
                    0.0
                } else {
                    v
                }
            }
            Self::Gelu => v * normal_distribution(v),
        }
    }

    pub(super) fn slope(self, v: f64) -> f64 {
        match self {
            Self::Relu => f64::from(u8::from(v > 0.0)),
            // 1/√(2π) e^{−v²/2} is the density.
            Self::Gelu => {
                let density = 0.5 * core::f64::consts::FRAC_2_SQRT_PI * core::f64::consts::FRAC_1_SQRT_2 * libm::exp(-0.5 * v * v);
                normal_distribution(v) + v * density
            }
        }
    }
}
