//! Products of step Jacobians in which every entry has an exponent of its own.
//!
//! The last resort, for saturated nets whose gates are 10⁻³⁰⁰ here and 1 there: what is below a row's largest entry by more than a float64's
//! whole range may dominate some steps later. It costs ten times what a product in float64 does, but the many factors of such nets that are
//! exactly zero cost nothing.

use crate::cell::{Parts, StepJacobian};
use crate::linalg::lanczos::Lanczos;
use crate::running_product::{log10_largest, RunningProduct, ScaledProduct, Trusted};
use crate::scaled::{normalise, scale};
use crate::weights::Weights;

/// mantissa · 2^exponent, the mantissa's magnitude in [0.5, 1) or 0.
#[derive(Clone, Copy, Debug)]
struct Wide {
    mantissa: f64,
    exponent: i64,
}

/// Exponents this far apart: the smaller number is below the rounding of the larger.
const NEGLIGIBLE: i64 = 64;

impl Wide {
    /// Below every other exponent, and far enough from overflow to be added.
    const ZERO: Self = Self { mantissa: 0.0, exponent: i64::MIN / 4 };

    fn new(value: f64, exponent: i64) -> Self {
        if value == 0.0 {
            return Self::ZERO;
        }
        let (mantissa, shift) = libm::frexp(value);
        Self { mantissa, exponent: exponent + i64::from(shift) }
    }

    fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.mantissa * other.mantissa, self.exponent + other.exponent)
    }

    fn plus(self, other: Self) -> Self {
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        if small.is_zero() || large.exponent - small.exponent > NEGLIGIBLE {
            return large;
        }
        Self::new(large.mantissa + scale(small.mantissa, small.exponent - large.exponent), large.exponent)
    }
}

fn wide(values: &[f64]) -> Vec<Wide> {
    values.iter().map(|x| Wide::new(*x, 0)).collect()
}

/// out += pᵀ A for a row-major A with rows of `out`'s length.
fn add_row_times(p: &[Wide], a: &[Wide], out: &mut [Wide]) {
    for (p, row) in p.iter().zip(a.chunks_exact(out.len())).filter(|(p, _)| !p.is_zero()) {
        for (out, a) in out.iter_mut().zip(row).filter(|(_, a)| !a.is_zero()) {
            *out = out.plus(p.times(*a));
        }
    }
}

/// `P_{T←k}`, `[m][m]`.
pub(crate) struct WideProduct {
    m: usize,
    entries: Vec<Wide>,
}

impl WideProduct {
    /// `P_{T←T}`.
    pub fn identity(w: &Weights) -> Self {
        let m = w.hidden_size * w.cell.states();
        let ScaledProduct { mantissa, .. } = ScaledProduct::identity(0, m);
        Self { m, entries: wide(&mantissa) }
    }

    /// A block with one exponent, which its largest entry is near.
    fn block(&self, rows: core::ops::Range<usize>, columns: core::ops::Range<usize>) -> (Vec<f64>, i64) {
        let entries = || rows.clone().flat_map(|i| &self.entries[i * self.m + columns.start..i * self.m + columns.end]);
        let largest = entries().filter(|x| !x.is_zero()).map(|x| x.exponent).max().unwrap_or(0);
        let mut block = entries().map(|x| if x.is_zero() { 0.0 } else { scale(x.mantissa, x.exponent - largest) }).collect::<Vec<f64>>();
        let exponent = largest + normalise(&mut block);
        (block, exponent)
    }
}

impl RunningProduct for WideProduct {
    fn extend(&mut self, jacobian: &mut StepJacobian) {
        match jacobian.parts() {
            Parts::Rnn { dense, .. } | Parts::Gru { dense } => {
                let dense = wide(dense);
                for row in self.entries.chunks_exact_mut(self.m) {
                    let mut next = vec![Wide::ZERO; self.m];
                    add_row_times(row, &dense, &mut next);
                    row.copy_from_slice(&next);
                }
            }
            Parts::Lstm(lstm) => {
                let (through_output, into_cell) = lstm.blocks();
                let [through_output, into_cell, read, forget] = [through_output, into_cell, &lstm.read, &lstm.forget].map(wide);
                let n = read.len();
                for row in self.entries.chunks_exact_mut(self.m) {
                    // With Q = P_h K + P_c: P_h ← P_h E + Q C and P_c ← Q F.
                    let (hidden, cell) = row.split_at_mut(n);
                    for ((c, h), k) in cell.iter_mut().zip(hidden.iter()).zip(&read) {
                        *c = c.plus(h.times(*k));
                    }
                    let mut next = vec![Wide::ZERO; n];
                    add_row_times(hidden, &through_output, &mut next);
                    add_row_times(cell, &into_cell, &mut next);
                    hidden.copy_from_slice(&next);
                    for (c, f) in cell.iter_mut().zip(&forget) {
                        *c = c.times(*f);
                    }
                }
            }
        }
    }

    fn is_zero(&self) -> bool {
        self.entries.iter().all(|x| x.is_zero())
    }

    fn log10_norm(&mut self, lanczos: &mut Lanczos) -> Trusted {
        Trusted { value: log10_largest(self.block(0..self.m, 0..self.m), self.m, lanczos), trusted: true }
    }

    fn log10_block_norm(&mut self, from: usize, size: usize, lanczos: &mut Lanczos) -> Trusted {
        let block = self.block(from..from + size, from..from + size);
        Trusted { value: log10_largest(block, size, lanczos), trusted: true }
    }

    fn to_dense(&self, k: usize) -> ScaledProduct {
        let (mantissa, exponent) = self.block(0..self.m, 0..self.m);
        ScaledProduct { k, mantissa, exponent }
    }

    fn compress(&mut self) {}
}
