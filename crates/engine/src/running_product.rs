//! The product of the step Jacobians up to a state, as all kinds of it know it: what they can do, and the dense matrix that each ends as.

use crate::cell::StepJacobian;
use crate::kernel::dot;
use crate::linalg::lanczos::{Lanczos, Proof};
use crate::linalg::operator::{Dense, Transposed};
use crate::linalg::spectrum::{effective_rank, singular_values};
use crate::scaled::{log10_scaled, normalise};
use crate::tolerance::PRODUCT_RESIDUAL;

/// `P_{T←k}` divided by `2^exponent`, dense `[m][m]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScaledProduct {
    pub k: usize,
    pub mantissa: Vec<f64>,
    pub exponent: i64,
}

impl ScaledProduct {
    pub(crate) fn identity(k: usize, m: usize) -> Self {
        let mut mantissa = vec![0.0; m * m];
        mantissa.iter_mut().step_by(m + 1).for_each(|v| *v = 1.0);
        Self { k, mantissa, exponent: 0 }
    }

    /// From `P_{T←k}` to `P_{T←k−1} = P_{T←k} J_k`.
    pub(crate) fn extend(&mut self, jacobian: &mut StepJacobian, scratch: &mut [f64]) {
        let m = jacobian.state_size();
        jacobian.multiply_from_left(&self.mantissa, m, scratch);
        self.mantissa.copy_from_slice(scratch);
        self.exponent += normalise(&mut self.mantissa);
        self.k -= 1;
    }

    /// log10 of the singular values, descending; −∞ for exactly zero.
    pub(crate) fn log10_singular_values(&self, m: usize) -> Vec<f64> {
        singular_values(&self.mantissa, m, m).into_iter().map(|s| log10_scaled(s, self.exponent)).collect()
    }

    pub(crate) fn effective_rank(&self, m: usize) -> f64 {
        effective_rank(&singular_values(&self.mantissa, m, m))
    }
}

/// A number, and whether it is known to be right.
pub(crate) struct Trusted {
    pub value: f64,
    pub trusted: bool,
}

/// `P_{T←k}` while k goes down from T.
pub(crate) trait RunningProduct {
    /// From `P_{T←k}` to `P_{T←k−1} = P_{T←k} J_k`.
    fn extend(&mut self, jacobian: &mut StepJacobian);
    /// Whether it is exactly zero, as far as it can be trusted.
    fn is_zero(&self) -> bool;
    /// log10 of σ_max.
    fn log10_norm(&mut self, lanczos: &mut Lanczos) -> Trusted;
    /// log10 of σ_max of the `[size][size]` block that starts at (`from`, `from`).
    fn log10_block_norm(&mut self, from: usize, size: usize, lanczos: &mut Lanczos) -> Trusted;
    /// It as a matrix with one exponent; what is below 10⁻³⁰⁰ of its largest entry is lost.
    fn to_dense(&self, k: usize) -> ScaledProduct;
    /// Loses what rounding already has.
    fn compress(&mut self);
}

/// log10 of σ_max of a matrix with an exponent, its largest entry near 1 as [`normalise`] leaves it.
pub(crate) fn log10_largest((block, exponent): (Vec<f64>, i64), columns: usize, lanczos: &mut Lanczos) -> f64 {
    let squares = dot(&block, &block);
    if squares == 0.0 {
        return f64::NEG_INFINITY;
    }
    // Of the transpose, because a longer product has the same left directions and other right ones.
    let mut block = Transposed(Dense { values: &block, columns });
    log10_scaled(lanczos.largest_within(&mut block, PRODUCT_RESIDUAL, Proof::WhereClustered, squares), exponent)
}

/// log2 of what entries may have shrunk to before they are in danger of underflowing in a product.
pub(crate) const UNDERFLOW: f64 = -960.0;

/// log2 of the smallest |value| that is not zero; 0 where there is none.
pub(crate) fn log2_smallest(values: &[f64]) -> f64 {
    let smallest = values.iter().fold(f64::INFINITY, |least, v| if *v != 0.0 && v.abs() < least { v.abs() } else { least });
    if smallest.is_finite() {
        libm::log2(smallest)
    } else {
        0.0
    }
}
