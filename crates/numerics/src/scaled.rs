//! Numbers with a power of two taken out, so that 10^-495 and 10^+361 are as exact as 1.

use crate::kernel::{dot, larger};

/// `v · 2^exponent` as log10 of the magnitude; −∞ for exactly zero.
#[inline]
pub fn log10_scaled(magnitude: f64, exponent: i64) -> f64 {
    if magnitude == 0.0 {
        f64::NEG_INFINITY
    } else {
        libm::log10(magnitude) + exponent as f64 * std::f64::consts::LOG10_2
    }
}

/// `2^e`, also where only repeated scaling reaches it; 0 and ∞ beyond.
#[inline]
pub fn scale(value: f64, exponent: i64) -> f64 {
    libm::scalbn(value, exponent.clamp(-5000, 5000) as i32)
}

/// Brings the largest magnitude into [0.5, 1) by an exact power of two, which is returned; 0 for a vector of zeros.
#[inline]
pub fn normalise(values: &mut [f64]) -> i64 {
    let largest = values.iter().fold(0.0, |most, v| larger(most, v.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return 0;
    }
    let (_, exponent) = libm::frexp(largest);
    if exponent != 0 {
        // In two steps where one factor would overflow.
        if (-1000..1000).contains(&exponent) {
            let factor = libm::scalbn(1.0, -exponent);
            values.iter_mut().for_each(|v| *v *= factor);
        } else {
            values.iter_mut().for_each(|v| *v = libm::scalbn(*v, -exponent));
        }
    }
    i64::from(exponent)
}

/// Euclidean norm as (mantissa, exponent): no square over- or underflows on the way.
#[inline]
pub fn scaled_norm(values: &[f64]) -> (f64, i64) {
    let squares = dot(values, values);
    if squares.is_finite() && (squares > 1e-200 || values.iter().all(|v| *v == 0.0)) {
        return (squares.sqrt(), 0);
    }
    let mut copy = values.to_vec();
    let exponent = normalise(&mut copy);
    (dot(&copy, &copy).sqrt(), exponent)
}

/// Euclidean norm of values whose largest magnitude is near 1, as [`normalise`] leaves them.
#[inline]
pub fn norm(values: &[f64]) -> f64 {
    match scaled_norm(values) {
        (norm, 0) => norm,
        (mantissa, exponent) => scale(mantissa, exponent),
    }
}
