//! Householder's reflection, which every dense decomposition here is made of (Golub & Van Loan, *Matrix Computations*, §5.1).

use crate::scaled::{norm, normalise, scale};

/// Turns x into v with |v|² = 2 such that (1 − v vᵀ) x = alpha e₁; `None` for x = 0.
pub fn reflector(x: &mut [f64]) -> Option<f64> {
    let size = norm(x);
    if size == 0.0 {
        return None;
    }
    if size < FEW_DIGITS {
        // Subnormal numbers have few digits, and a reflection that is short of them is none.
        let exponent = normalise(x);
        return reflector(x).map(|alpha| scale(alpha, exponent));
    }
    let alpha = if x[0] > 0.0 { -size } else { size };
    x[0] -= alpha;
    let scale = core::f64::consts::SQRT_2 / norm(x);
    x.iter_mut().for_each(|v| *v *= scale);
    Some(alpha)
}

/// Below, the products of such a number with another of a few digits less are subnormal.
const FEW_DIGITS: f64 = 1e-250;
