//! Elementary functions of one number that `libm` has not.

/// The logistic function `1/(1+e^{-a})`. For a below −745 the exponential overflows and the result is exactly 0.
#[inline]
pub fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-a))
}
