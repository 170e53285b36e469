//! What the linear recurrences are fed by: linear layers over a sequence, and functions of one number.

use crate::kernel::{axpy, gemv, gemv_transposed};
use unroll_numerics::elementary::sigmoid;

use super::recurrent::outer_add;
use super::ScaledRows;
use crate::scaled::scale;

/// W x + bias for every step: W `[out][d]`, x `[T][d]`, the result `[T][out]`.
pub(super) fn linear(w: &[f64], bias: Option<&[f64]>, x: &[f64], d: usize) -> Vec<f64> {
    let out = w.len() / d.max(1);
    let mut y = vec![0.0; x.len() / d.max(1) * out];
    for (y, x) in y.chunks_exact_mut(out.max(1)).zip(x.chunks_exact(d.max(1))) {
        gemv(w, x, y);
        if let Some(bias) = bias {
            axpy(1.0, bias, y);
        }
    }
    y
}

/// Back through one step of such a layer: adds Wᵀ g to row t of `dx`, and where they are asked for g xᵀ to the gradient of W and g to that
/// of the bias; g under a power of two.
pub(super) fn linear_back(
    w: &[f64],
    x: &[f64],
    g: &[f64],
    exponent: i64,
    (dx, t): (&mut ScaledRows, usize),
    gradients: Option<(&mut [f64], Option<&mut [f64]>)>,
) {
    let mut back = vec![0.0; x.len()];
    gemv_transposed(w, g, &mut back);
    dx.add(t, &back, exponent);
    if let Some((weight, bias)) = gradients {
        let factor = scale(1.0, exponent);
        outer_add(factor, g, x, weight);
        if let Some(bias) = bias {
            axpy(factor, g, bias);
        }
    }
}

/// ln(1 + e^v), exact where v is large.
pub(super) fn softplus(v: f64) -> f64 {
    libm::log1p(libm::exp(-v.abs())) + v.max(0.0)
}

/// v σ(v).
pub(super) fn silu(v: f64) -> f64 {
    v * sigmoid(v)
}

/// Its derivative.
pub(super) fn silu_slope(v: f64) -> f64 {
    let s = sigmoid(v);
    s * (1.0 + v * sigmoid(-v))
}
