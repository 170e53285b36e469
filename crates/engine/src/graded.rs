//! Products of step Jacobians whose rows differ by hundreds of decades.
//!
//! Where `W_hh` is small beside saturated gates, every unit keeps its own state and forgets at its own rate: after a few steps the rows of
//! `P_{T←k}` differ by more than a float64's whole range, and so do an LSTM row's entries for h_k and for c_k. Here each row has an exponent of
//! its own, and for the LSTM one for either half. No row is the sum of others, so nothing that is small beside another row is rounded away.

use crate::cell::StepJacobian;
use crate::experiment::Cell;
use crate::extremes::{Dense, Lanczos, Proof, Transposed};
use crate::kernel::{dot, gemv_transposed};
use crate::product::{RunningProduct, ScaledProduct};
use crate::scaled::{log10_scaled, normalise, scale};
use crate::tolerance::PRODUCT_RESIDUAL;
use crate::weights::Weights;

/// `P_{T←k}`, row i and half p of it times 2 to their own exponent.
pub(crate) struct GradedProduct {
    m: usize,
    /// The length of a half: n.
    width: usize,
    /// `[m][m]`; each half of a row with its largest entry near 1.
    mantissa: Vec<f64>,
    /// `[m][halves]`: 1 half, or 2 for the LSTM.
    exponents: Vec<i64>,
    scratch: Vec<f64>,
}

impl GradedProduct {
    /// `P_{T←T}`.
    pub fn identity(w: &Weights, k: usize) -> Self {
        let m = w.hidden_size * w.cell.states();
        let ScaledProduct { mantissa, .. } = ScaledProduct::identity(k, m);
        let halves = if w.cell == Cell::Lstm { 2 } else { 1 };
        Self { m, width: w.hidden_size, scratch: mantissa.clone(), mantissa, exponents: vec![0; m * halves] }
    }

    /// The block of these rows and halves with one exponent.
    fn block(&self, rows: core::ops::Range<usize>, halves: core::ops::Range<usize>) -> (Vec<f64>, i64) {
        let parts = self.m / self.width;
        let half = |i: usize, p: usize| &self.mantissa[i * self.m + p * self.width..i * self.m + (p + 1) * self.width];
        let each = || rows.clone().flat_map(|i| halves.clone().map(move |p| (i, p)));
        let largest = each().filter(|(i, p)| half(*i, *p).iter().any(|x| *x != 0.0)).map(|(i, p)| self.exponents[i * parts + p]).max();
        let largest = largest.unwrap_or(0);
        let mut block = Vec::with_capacity(rows.len() * halves.len() * self.width);
        for (i, p) in each() {
            let factor = scale(1.0, self.exponents[i * parts + p] - largest);
            block.extend(half(i, p).iter().map(|x| if *x == 0.0 { 0.0 } else { x * factor }));
        }
        (block, largest)
    }

    /// log10 of σ_max of these rows and halves.
    fn log10_norm_of(&self, rows: core::ops::Range<usize>, halves: core::ops::Range<usize>, lanczos: &mut Lanczos) -> f64 {
        let columns = halves.len() * self.width;
        let (mut block, exponent) = self.block(rows, halves);
        let exponent = exponent + normalise(&mut block);
        let squares = dot(&block, &block);
        if squares == 0.0 {
            return f64::NEG_INFINITY;
        }
        let mut block = Transposed(Dense { values: &block, columns });
        log10_scaled(lanczos.largest_within(&mut block, PRODUCT_RESIDUAL, Proof::WhereClustered, squares), exponent)
    }
}

impl RunningProduct for GradedProduct {
    fn extend(&mut self, jacobian: &mut StepJacobian) {
        let (m, n) = (self.m, self.width);
        if m == n {
            jacobian.multiply_from_left(&self.mantissa, m, &mut self.scratch);
            core::mem::swap(&mut self.mantissa, &mut self.scratch);
            for (row, exponent) in self.mantissa.chunks_exact_mut(n).zip(&mut self.exponents) {
                *exponent += normalise(row);
            }
            return;
        }
        // With Q = P_h K + P_c: P_h ← P_h E + Q C and P_c ← Q F, every product with its own exponent.
        let slopes = jacobian.slopes();
        let (direct, into_cell) = slopes.blocks.split_at(n * n);
        let (mut kept, mut through_hidden, mut through_cell) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for (row, exponents) in self.mantissa.chunks_exact_mut(m).zip(self.exponents.chunks_exact_mut(2)) {
            let (hidden, cell) = row.split_at_mut(n);
            gemv_transposed(direct, hidden, &mut through_hidden);
            for ((kept, p), k) in kept.iter_mut().zip(hidden.iter()).zip(slopes.read) {
                *kept = p * k;
            }
            let of_kept = add((&mut kept, exponents[0]), (cell, exponents[1]));
            gemv_transposed(into_cell, &kept, &mut through_cell);
            for ((cell, q), f) in cell.iter_mut().zip(&kept).zip(slopes.keep) {
                *cell = q * f;
            }
            exponents[1] = of_kept + normalise(cell);
            hidden.copy_from_slice(&through_hidden);
            exponents[0] = add((hidden, exponents[0]), (&through_cell, of_kept));
        }
    }

    fn is_zero(&self) -> bool {
        self.mantissa.iter().all(|v| *v == 0.0)
    }

    fn log10_norm(&mut self, lanczos: &mut Lanczos) -> (f64, bool) {
        (self.log10_norm_of(0..self.m, 0..self.m / self.width, lanczos), true)
    }

    fn log10_block_norm(&mut self, from: usize, size: usize, lanczos: &mut Lanczos) -> (f64, bool) {
        let half = from / self.width;
        (self.log10_norm_of(from..from + size, half..half + 1, lanczos), true)
    }

    fn to_dense(&self, k: usize) -> ScaledProduct {
        let (mut mantissa, exponent) = self.block(0..self.m, 0..self.m / self.width);
        let exponent = exponent + normalise(&mut mantissa);
        ScaledProduct { k, mantissa, exponent }
    }

    fn compress(&mut self) {}
}

/// Adds the second vector to the first, each times 2 to its exponent, and returns the exponent of the sum, whose largest entry is near 1.
fn add((a, mut of_a): (&mut [f64], i64), (b, of_b): (&[f64], i64)) -> i64 {
    of_a += normalise(a);
    let zero = |v: &[f64]| v.iter().all(|x| *x == 0.0);
    if zero(b) {
        return of_a;
    }
    if zero(a) {
        of_a = of_b;
    }
    let of_sum = of_a.max(of_b);
    let (factor_a, factor_b) = (scale(1.0, of_a - of_sum), scale(1.0, of_b - of_sum));
    for (a, b) in a.iter_mut().zip(b) {
        *a = *a * factor_a + b * factor_b;
    }
    of_sum + normalise(a)
}
