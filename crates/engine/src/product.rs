//! Products of step Jacobians in log space.

use crate::cell::StepJacobian;
use crate::kernel::gemm_add;
use crate::linalg::extremes::{Dense, Factors, Lanczos, Transposed};
use crate::linalg::row_compression::row_compression;
use crate::linalg::spectrum::{effective_rank, singular_values};
use crate::scaled::{log10_scaled, normalise};
use crate::tolerance::{CHECKPOINT_EVERY, CHECKPOINT_NUMBERS, PRODUCT_RANK_EPSILON, PRODUCT_RESIDUAL};
use crate::unroll::Trace;
use crate::vocabulary::Cell;
use crate::weights::Weights;

/// log10 norms (largest singular value) of `P_{T←k} = J_T … J_{k+1}`, per state k = 0…T.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductNorms {
    /// Of the whole product.
    pub log10_sigma_max: Vec<f64>,
    /// Of `∂h_T/∂h_k`.
    pub log10_norm_dht_dhk: Vec<f64>,
    /// Of `∂c_T/∂c_k` (LSTM).
    pub log10_norm_dct_dck: Option<Vec<f64>>,
    /// The smallest lag `T−k` at which the product is exactly zero in double precision, if any.
    pub exactly_zero_from_lag: Option<usize>,
    /// Direct cell path (LSTM): log10 of the largest `∏_{t=k+1}^{T} f_t` over the units, per state.
    pub log10_direct_cell_path: Option<Vec<f64>>,
}

/// `P_{T←k}` divided by `2^exponent`, dense `[m][m]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScaledProduct {
    pub k: usize,
    pub mantissa: Vec<f64>,
    pub exponent: i64,
}

impl ScaledProduct {
    fn identity(k: usize, m: usize) -> Self {
        let mut mantissa = vec![0.0; m * m];
        mantissa.iter_mut().step_by(m + 1).for_each(|v| *v = 1.0);
        Self { k, mantissa, exponent: 0 }
    }

    /// From `P_{T←k}` to `P_{T←k−1} = P_{T←k} J_k`.
    fn extend(&mut self, jacobian: &mut StepJacobian, scratch: &mut [f64]) {
        let m = jacobian.state_size();
        jacobian.multiply_from_left(&self.mantissa, m, scratch);
        self.mantissa.copy_from_slice(scratch);
        self.exponent += normalise(&mut self.mantissa);
        self.k -= 1;
    }
}

impl ScaledProduct {
    /// log10 of the singular values, descending; −∞ for exactly zero.
    pub(crate) fn log10_singular_values(&self, m: usize) -> Vec<f64> {
        singular_values(&self.mantissa, m, m).into_iter().map(|s| log10_scaled(s, self.exponent)).collect()
    }

    pub(crate) fn effective_rank(&self, m: usize) -> f64 {
        effective_rank(&singular_values(&self.mantissa, m, m))
    }
}

/// All norms, and the products at every [`CHECKPOINT_EVERY`]th state from the end, or at fewer where they would take too much memory.
/// `progress` hears the share that is done.
pub(crate) fn run(w: &Weights, trace: &Trace, seq_len: usize, progress: &mut dyn FnMut(f64)) -> (ProductNorms, Vec<ScaledProduct>) {
    let n = w.hidden_size;
    let mut jacobian = StepJacobian::new(w.cell, n);
    let m = jacobian.state_size();
    let lstm = w.cell == Cell::Lstm;
    let mut product = FactoredProduct::identity(seq_len, m);
    let mut block = vec![0.0; m * n];
    let mut all = vec![0.0; seq_len + 1];
    let mut hidden = vec![0.0; seq_len + 1];
    let mut cell = vec![0.0; if lstm { seq_len + 1 } else { 0 }];
    // One warm start each for the whole product and its two blocks: of the transposes, because a longer product has the same left directions
    // and other right ones.
    let (mut whole, mut top, mut bottom) = (Lanczos::default(), Lanczos::default(), Lanczos::default());
    let mut checkpoints = vec![product.to_dense()];
    let checkpoint_every = CHECKPOINT_EVERY * (seq_len / CHECKPOINT_EVERY * m * m).div_ceil(CHECKPOINT_NUMBERS).max(1);
    let mut exactly_zero_from_lag = None;
    for k in (0..seq_len).rev() {
        jacobian.set(w, trace.step(n, k + 1));
        product.extend(&mut jacobian);
        if product.is_zero() {
            let zero = f64::NEG_INFINITY;
            all[..=k].fill(zero);
            hidden[..=k].fill(zero);
            if lstm {
                cell[..=k].fill(zero);
            }
            exactly_zero_from_lag = Some(seq_len - k);
            checkpoints.push(product.to_dense());
            break;
        }
        all[k] = log10_scaled(product.norm(&mut whole), product.exponent);
        if lstm {
            hidden[k] = log10_scaled(product.block_norm(0, n, &mut top, &mut block), product.exponent);
            cell[k] = log10_scaled(product.block_norm(n, n, &mut bottom, &mut block), product.exponent);
        } else {
            hidden[k] = all[k];
        }
        if (seq_len - k).is_multiple_of(checkpoint_every) {
            checkpoints.push(product.to_dense());
        }
        if (seq_len - k).is_multiple_of(CHECKPOINT_EVERY) {
            product.compress();
        }
        progress((seq_len - k) as f64 / seq_len as f64);
    }
    let norms = ProductNorms {
        log10_sigma_max: all,
        log10_norm_dht_dhk: hidden,
        log10_norm_dct_dck: lstm.then_some(cell),
        exactly_zero_from_lag,
        log10_direct_cell_path: lstm.then(|| direct_cell_path(trace, n, seq_len)),
    };
    (norms, checkpoints)
}

/// The norms of the whole products alone, bit for bit those of [`run`].
pub(crate) fn whole_norms(w: &Weights, trace: &Trace, seq_len: usize) -> Vec<f64> {
    let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
    let mut product = FactoredProduct::identity(seq_len, jacobian.state_size());
    let mut lanczos = Lanczos::default();
    let mut norms = vec![0.0; seq_len + 1];
    for k in (0..seq_len).rev() {
        jacobian.set(w, trace.step(w.hidden_size, k + 1));
        product.extend(&mut jacobian);
        if product.is_zero() {
            norms[..=k].fill(f64::NEG_INFINITY);
            break;
        }
        norms[k] = log10_scaled(product.norm(&mut lanczos), product.exponent);
        if (seq_len - k).is_multiple_of(CHECKPOINT_EVERY) {
            product.compress();
        }
    }
    norms
}

/// `P_{T←k} = Q R · 2^exponent` with orthonormal columns in Q. A long product has fewer directions above rounding than m: an LSTM's hidden
/// half is forgotten within a few steps, and the exponents of the rest spread. R loses the rows that rounding already has.
struct FactoredProduct {
    k: usize,
    m: usize,
    /// Q, `[m][rank]`; `None` while it is the identity.
    basis: Option<Vec<f64>>,
    /// R, `[rank][m]`.
    rows: Vec<f64>,
    exponent: i64,
    scratch: Vec<f64>,
}

impl FactoredProduct {
    fn identity(k: usize, m: usize) -> Self {
        let ScaledProduct { mantissa: rows, exponent, .. } = ScaledProduct::identity(k, m);
        Self { k, m, basis: None, rows, exponent, scratch: vec![0.0; m * m] }
    }

    fn rank(&self) -> usize {
        self.rows.len() / self.m
    }

    fn is_zero(&self) -> bool {
        self.rows.iter().all(|v| *v == 0.0)
    }

    /// From `P_{T←k}` to `P_{T←k−1} = P_{T←k} J_k`.
    fn extend(&mut self, jacobian: &mut StepJacobian) {
        let rank = self.rank();
        self.scratch.truncate(rank * self.m);
        jacobian.multiply_from_left(&self.rows, rank, &mut self.scratch);
        core::mem::swap(&mut self.rows, &mut self.scratch);
        self.exponent += normalise(&mut self.rows);
        self.k -= 1;
    }

    /// σ_max of the mantissa: that of R.
    fn norm(&self, lanczos: &mut Lanczos) -> f64 {
        lanczos.largest(&mut Transposed(Dense { values: &self.rows, columns: self.m }), PRODUCT_RESIDUAL)
    }

    /// σ_max of the mantissa's `[size][size]` block that starts at (`from`, `from`); `scratch` holds at least `m·size` values.
    fn block_norm(&self, from: usize, size: usize, lanczos: &mut Lanczos, scratch: &mut [f64]) -> f64 {
        let (m, rank) = (self.m, self.rank());
        let copy = |rows: &[f64], out: &mut [f64]| {
            for (row, out) in rows.chunks_exact(m).zip(out.chunks_exact_mut(size)) {
                out.copy_from_slice(&row[from..from + size]);
            }
        };
        match &self.basis {
            None => {
                let block = &mut scratch[..size * size];
                copy(&self.rows[from * m..(from + size) * m], block);
                lanczos.largest(&mut Transposed(Dense { values: block, columns: size }), PRODUCT_RESIDUAL)
            }
            Some(basis) => {
                let right = &mut scratch[..rank * size];
                copy(&self.rows, right);
                let left = &basis[from * rank..(from + size) * rank];
                let (left, right) = (Dense { values: left, columns: rank }, Dense { values: right, columns: size });
                lanczos.largest(&mut Transposed(Factors { left, right, between: vec![0.0; rank] }), PRODUCT_RESIDUAL)
            }
        }
    }

    fn to_dense(&self) -> ScaledProduct {
        let (m, rank) = (self.m, self.rank());
        let mantissa = match &self.basis {
            None => self.rows.clone(),
            Some(basis) => {
                let mut dense = vec![0.0; m * m];
                gemm_add(m, rank, m, basis, rank, &self.rows, m, &mut dense, m);
                dense
            }
        };
        ScaledProduct { k: self.k, mantissa, exponent: self.exponent }
    }

    /// Factors R into an orthonormal matrix and fewer rows, where there are rows to lose, and puts the matrix into Q.
    fn compress(&mut self) {
        let Some((basis, rows)) = row_compression(&self.rows, self.m, PRODUCT_RANK_EPSILON) else { return };
        let (before, rank) = (self.rank(), rows.len() / self.m);
        self.basis = Some(match &self.basis {
            None => basis,
            Some(old) => {
                let mut product = vec![0.0; self.m * rank];
                gemm_add(self.m, before, rank, old, before, &basis, rank, &mut product, rank);
                product
            }
        });
        self.rows = rows;
    }
}

/// `P_{T←k}`, from the nearest kept product above it.
pub(crate) fn at(w: &Weights, trace: &Trace, checkpoints: &[ScaledProduct], k: usize) -> Option<ScaledProduct> {
    let mut product = checkpoints.iter().rev().find(|kept| kept.k >= k || kept.mantissa.iter().all(|v| *v == 0.0))?.clone();
    if product.mantissa.iter().all(|v| *v == 0.0) {
        let earlier_zero = product.k < k;
        if !earlier_zero {
            return Some(product);
        }
        product = checkpoints.iter().rev().find(|kept| kept.k >= k)?.clone();
    }
    let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
    let mut scratch = vec![0.0; product.mantissa.len()];
    while product.k > k {
        jacobian.set(w, trace.step(w.hidden_size, product.k));
        product.extend(&mut jacobian, &mut scratch);
    }
    Some(product)
}

/// log10 of the largest `∏ f_t` over the units. Logarithms add up, so nothing underflows.
fn direct_cell_path(trace: &Trace, n: usize, seq_len: usize) -> Vec<f64> {
    let mut path = vec![0.0; seq_len + 1];
    let Some(forget) = trace.gates.iter().find(|gate| gate.name == "forget") else { return path };
    let mut running = vec![0.0_f64; n];
    for k in (0..seq_len).rev() {
        for (sum, f) in running.iter_mut().zip(&forget.values[k * n..(k + 1) * n]) {
            *sum += libm::log10(*f);
        }
        path[k] = running.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    }
    path
}
