//! Products of step Jacobians whose rows differ by hundreds of decades.
//!
//! Where `W_hh` is small beside saturated gates, every unit keeps its own state and forgets at its own rate: after a few steps the rows of
//! `P_{T←k}` differ by more than a float64's whole range, and so do an LSTM row's entries for h_k and for c_k. Here each row has an exponent of
//! its own, and for the LSTM one for either half. No row is the sum of others, so nothing that is small beside another row is rounded away.

use crate::cell::{Parts, StepJacobian};
use crate::kernel::gemv_transposed;
use crate::linalg::lanczos::Lanczos;
use crate::running_product::{log10_largest, log2_smallest, RunningProduct, ScaledProduct, Trusted, UNDERFLOW};
use crate::scaled::{normalise, scale};
use crate::weights::Weights;
use core::ops::Range;

/// `P_{T←k}`, row i and half p of it times 2 to their own exponent.
pub(crate) struct GradedProduct {
    m: usize,
    /// The length of a half: n.
    width: usize,
    /// `[m][m]`; each half of a row with its largest entry near 1.
    mantissa: Vec<f64>,
    /// `[m][halves]`: 1 half, or 2 for the LSTM.
    exponents: Vec<i64>,
    /// log2 of the smallest |entry| of `W_hh` that is not zero.
    smallest_weight: f64,
    /// Whether nothing can have underflowed so far.
    trusted: bool,
    scratch: Vec<f64>,
}

impl GradedProduct {
    /// `P_{T←T}`.
    pub fn identity(w: &Weights) -> Self {
        let m = w.hidden_size * w.cell.states();
        let ScaledProduct { mantissa, .. } = ScaledProduct::identity(0, m);
        let smallest_weight = log2_smallest(&w.weight_hh).min(0.0);
        Self {
            m,
            width: w.hidden_size,
            scratch: mantissa.clone(),
            mantissa,
            exponents: vec![0; m * w.cell.states()],
            smallest_weight,
            trusted: true,
        }
    }

    /// The block of these rows and halves with one exponent, which its largest entry is near.
    fn block(&self, rows: Range<usize>, halves: Range<usize>) -> (Vec<f64>, i64) {
        let parts = self.m / self.width;
        let half = |i: usize, p: usize| &self.mantissa[i * self.m + p * self.width..i * self.m + (p + 1) * self.width];
        let each = || rows.clone().flat_map(|i| halves.clone().map(move |p| (i, p)));
        let largest = each().filter(|(i, p)| half(*i, *p).iter().any(|x| *x != 0.0)).map(|(i, p)| self.exponents[i * parts + p]).max();
        let largest = largest.unwrap_or(0);
        let mut block = Vec::with_capacity(rows.len() * halves.len() * self.width);
        for (i, p) in each() {
            // The exponent of a half that is zero says nothing.
            let factor = scale(1.0, (self.exponents[i * parts + p] - largest).min(0));
            block.extend(half(i, p).iter().map(|x| x * factor));
        }
        let exponent = largest + normalise(&mut block);
        (block, exponent)
    }
}

impl RunningProduct for GradedProduct {
    fn extend(&mut self, jacobian: &mut StepJacobian) {
        let (m, n) = (self.m, self.width);
        // What is not zero stays far from underflow within each half of a row, or the product is not trusted.
        let smallest = log2_smallest(&self.mantissa) + jacobian.log2_smallest(self.smallest_weight);
        self.trusted &= smallest >= UNDERFLOW;
        let Parts::Lstm(lstm) = jacobian.parts() else {
            jacobian.multiply_from_left(&self.mantissa, m, &mut self.scratch);
            core::mem::swap(&mut self.mantissa, &mut self.scratch);
            for (row, exponent) in self.mantissa.chunks_exact_mut(n).zip(&mut self.exponents) {
                *exponent += normalise(row);
            }
            return;
        };
        // With Q = P_h K + P_c: P_h ← P_h E + Q C and P_c ← Q F, every product with its own exponent.
        let (through_output, into_cell) = lstm.blocks();
        let (mut kept, mut through_hidden, mut through_cell) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for (row, exponents) in self.mantissa.chunks_exact_mut(m).zip(self.exponents.chunks_exact_mut(2)) {
            let (hidden, cell) = row.split_at_mut(n);
            gemv_transposed(through_output, hidden, &mut through_hidden);
            for ((kept, p), k) in kept.iter_mut().zip(hidden.iter()).zip(&lstm.read) {
                *kept = p * k;
            }
            let of_kept = add((&mut kept, exponents[0]), (cell, exponents[1]), &mut self.trusted);
            gemv_transposed(into_cell, &kept, &mut through_cell);
            for ((cell, q), f) in cell.iter_mut().zip(&kept).zip(&lstm.forget) {
                *cell = q * f;
            }
            exponents[1] = of_kept + normalise(cell);
            hidden.copy_from_slice(&through_hidden);
            exponents[0] = add((hidden, exponents[0]), (&through_cell, of_kept), &mut self.trusted);
        }
    }

    fn is_zero(&self) -> bool {
        self.trusted && self.mantissa.iter().all(|v| *v == 0.0)
    }

    fn log10_norm(&mut self, lanczos: &mut Lanczos) -> Trusted {
        let value = log10_largest(self.block(0..self.m, 0..self.m / self.width), self.m, lanczos);
        Trusted { value, trusted: self.trusted }
    }

    fn log10_block_norm(&mut self, from: usize, size: usize, lanczos: &mut Lanczos) -> Trusted {
        let half = from / self.width;
        let value = log10_largest(self.block(from..from + size, half..half + 1), size, lanczos);
        Trusted { value, trusted: self.trusted }
    }

    fn to_dense(&self, k: usize) -> ScaledProduct {
        let (mantissa, exponent) = self.block(0..self.m, 0..self.m / self.width);
        ScaledProduct { k, mantissa, exponent }
    }

    fn compress(&mut self) {}
}

/// Adds the second vector to the first, each times 2 to its exponent, and returns the exponent of the sum, whose largest entry is near 1.
/// Where an entry that is not zero may be lost, the sum is not `trusted`.
fn add((a, mut of_a): (&mut [f64], i64), (b, of_b): (&[f64], i64), trusted: &mut bool) -> i64 {
    of_a += normalise(a);
    let zero = |v: &[f64]| v.iter().all(|x| *x == 0.0);
    if zero(b) {
        return of_a;
    }
    if zero(a) {
        of_a = of_b;
    }
    let of_sum = of_a.max(of_b);
    let (down_a, down_b) = (of_a - of_sum, of_b - of_sum);
    let (factor_a, factor_b) = (scale(1.0, down_a), scale(1.0, down_b));
    let lost = |x: f64, down: i64| x != 0.0 && i64::from(libm::frexp(x).1) + down < UNDERFLOW as i64;
    for (a, b) in a.iter_mut().zip(b) {
        let sum = *a * factor_a + b * factor_b;
        // Beside a larger entry it is rounding.
        *trusted &= sum.abs() > LARGE_ENOUGH || !(lost(*a, down_a) || lost(*b, down_b));
        *a = sum;
    }
    of_sum + normalise(a)
}

/// Far above what is [`UNDERFLOW`]: 2⁻⁸⁰⁰.
const LARGE_ENOUGH: f64 = 1e-240;
