//! Products of step Jacobians in log space.

use crate::cell::StepJacobian;
use crate::graded::GradedProduct;
use crate::kernel::{dot, gemm_add, larger};
use crate::linalg::lanczos::{generic, Lanczos, Proof};
use crate::linalg::operator::{Dense, Factors, Transposed};
use crate::linalg::row_compression::row_compression;
use crate::running_product::{log2_smallest, RunningProduct, ScaledProduct, Trusted, UNDERFLOW};
use crate::scaled::{log10_scaled, norm, normalise, scale};
use crate::tolerance::{CHECKPOINT_EVERY, CHECKPOINT_NUMBERS, PRODUCT_NOISE, PRODUCT_RANK_EPSILON, PRODUCT_RESIDUAL};
use crate::unroll::Trace;
use crate::vocabulary::Cell;
use crate::weights::Weights;
use crate::wide::WideProduct;

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

/// All norms, and the products at every [`CHECKPOINT_EVERY`]th state from the end, or at fewer where they would take too much memory.
/// `progress` hears the share that is done.
pub(crate) fn run(w: &Weights, trace: &Trace, seq_len: usize, progress: &mut dyn FnMut(f64)) -> (ProductNorms, Vec<ScaledProduct>) {
    let found = trusted(w, trace, seq_len, Wanted::All, progress);
    let (log10_norm_dht_dhk, log10_norm_dct_dck) = match found.blocks {
        Some([hidden, cell]) => (hidden, Some(cell)),
        None => (found.all.clone(), None),
    };
    debug_assert!(
        found.all.iter().zip(&log10_norm_dht_dhk).all(|(whole, block)| *block <= whole + 1e-7),
        "a block is larger than the whole"
    );
    let norms = ProductNorms {
        log10_norm_dht_dhk,
        log10_sigma_max: found.all,
        log10_norm_dct_dck,
        exactly_zero_from_lag: found.exactly_zero_from_lag,
        log10_direct_cell_path: direct_cell_path(trace, w.hidden_size, seq_len),
    };
    (norms, found.checkpoints)
}

/// The norms of the whole products alone, bit for bit those of [`run`].
pub(crate) fn whole_norms(w: &Weights, trace: &Trace, seq_len: usize) -> Vec<f64> {
    trusted(w, trace, seq_len, Wanted::Whole, &mut |_| {}).all
}

/// By the fastest kind of product whose norms are right. They cost about 1, 2 and 20.
fn trusted(w: &Weights, trace: &Trace, seq_len: usize, wanted: Wanted, progress: &mut dyn FnMut(f64)) -> Norms {
    let found = norms(w, trace, seq_len, &mut FactoredProduct::identity(w, seq_len), wanted, progress);
    if found.whole_trusted && found.blocks_trusted {
        return found;
    }
    // What is right of it stays, so that the whole's norms do not depend on whether the blocks' were asked for.
    let missing = if found.whole_trusted { Wanted::Blocks } else { wanted };
    let mut again = norms(w, trace, seq_len, &mut GradedProduct::identity(w), missing, &mut |_| {});
    if !again.whole_trusted || !again.blocks_trusted {
        again = norms(w, trace, seq_len, &mut WideProduct::identity(w), missing, &mut |_| {});
    }
    match missing {
        Wanted::Blocks => Norms { blocks: again.blocks, ..found },
        Wanted::All | Wanted::Whole => again,
    }
}

/// Which norms are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Everything, and the products themselves at the checkpoints.
    All,
    /// The whole product's alone.
    Whole,
    /// The LSTM's two blocks' alone.
    Blocks,
}

/// log10 norms per state, −∞ where they were not asked for or are exactly zero.
struct Norms {
    all: Vec<f64>,
    /// LSTM: of ∂h_T/∂h_k and ∂c_T/∂c_k.
    blocks: Option<[Vec<f64>; 2]>,
    exactly_zero_from_lag: Option<usize>,
    checkpoints: Vec<ScaledProduct>,
    whole_trusted: bool,
    blocks_trusted: bool,
}

/// Multiplies the Jacobians up, from the last step to the first. It ends early where the whole is no longer to be trusted.
fn norms(
    w: &Weights,
    trace: &Trace,
    seq_len: usize,
    product: &mut dyn RunningProduct,
    wanted: Wanted,
    progress: &mut dyn FnMut(f64),
) -> Norms {
    let n = w.hidden_size;
    let mut jacobian = StepJacobian::new(w.cell, n);
    let m = jacobian.state_size();
    let states = || {
        let mut states = vec![f64::NEG_INFINITY; seq_len + 1];
        states[seq_len] = 0.0;
        states
    };
    let mut found = Norms {
        all: states(),
        blocks: (w.cell == Cell::Lstm).then(|| [states(), states()]),
        exactly_zero_from_lag: None,
        checkpoints: vec![ScaledProduct::identity(seq_len, m)],
        whole_trusted: true,
        blocks_trusted: true,
    };
    // One warm start each for the whole product and its two blocks.
    let (mut whole, mut top, mut bottom) = (Lanczos::default(), Lanczos::default(), Lanczos::default());
    let checkpoint_every = CHECKPOINT_EVERY * (seq_len / CHECKPOINT_EVERY * m * m).div_ceil(CHECKPOINT_NUMBERS).max(1);
    for k in (0..seq_len).rev() {
        jacobian.set(w, trace.step(n, k + 1));
        product.extend(&mut jacobian);
        let lag = seq_len - k;
        if product.is_zero() {
            found.exactly_zero_from_lag = Some(lag);
            found.checkpoints.push(product.to_dense(k));
            break;
        }
        if wanted != Wanted::Blocks {
            let Trusted { value, trusted } = product.log10_norm(&mut whole);
            found.all[k] = value;
            if !trusted {
                found.whole_trusted = false;
                break;
            }
        }
        let asked = wanted != Wanted::Whole && found.blocks_trusted;
        if let Some([hidden, cell]) = found.blocks.as_mut().filter(|_| asked) {
            for (from, lanczos, norms) in [(0, &mut top, hidden), (n, &mut bottom, cell)] {
                let Trusted { value, trusted } = product.log10_block_norm(from, n, lanczos);
                norms[k] = value;
                found.blocks_trusted &= trusted;
            }
            if wanted == Wanted::Blocks && !found.blocks_trusted {
                break;
            }
        }
        if wanted == Wanted::All && lag.is_multiple_of(checkpoint_every) {
            found.checkpoints.push(product.to_dense(k));
        }
        if lag.is_multiple_of(CHECKPOINT_EVERY) {
            product.compress();
        }
        progress(lag as f64 / seq_len as f64);
    }
    found
}

/// `P_{T←k} = Q R · 2^exponent` with orthonormal columns in Q. A long product has fewer directions above rounding than m: an LSTM's hidden
/// half is forgotten within a few steps, and the exponents of the rest spread. R loses the rows that rounding already has.
///
/// What is below rounding at one lag may come to dominate at a longer one, in a decoupled net whose gates differ by many decades, and a block
/// may be below the rounding of the whole. Two rows of that rounding's size are therefore carried along below R, generic vectors that no
/// direction is missing from: where they grow to more than [`PRODUCT_NOISE`] of a norm, that norm is not trusted. And while no row was lost,
/// nothing may have underflowed: a lower bound of the smallest entry that is not zero is kept.
struct FactoredProduct {
    m: usize,
    /// Q, `[m][rank]`; `None` while it is the identity.
    basis: Option<Vec<f64>>,
    /// R, `[rank][m]`, and below it [`NOISE_ROWS`] rows of rounding.
    rows: Vec<f64>,
    exponent: i64,
    /// log2 of a bound of the smallest entry of `rows` that is not zero.
    floor: f64,
    /// Whether something may have underflowed.
    lost: bool,
    /// log2 of the smallest |entry| of `W_hh` that is not zero.
    smallest_weight: f64,
    scratch: Vec<f64>,
}

/// Rows of rounding that are carried along.
const NOISE_ROWS: usize = 2;

impl FactoredProduct {
    fn identity(w: &Weights, k: usize) -> Self {
        let m = w.hidden_size * w.cell.states();
        let ScaledProduct { mantissa: mut rows, exponent, .. } = ScaledProduct::identity(k, m);
        rows.resize((m + NOISE_ROWS) * m, 0.0);
        let scratch = rows.clone();
        Self { m, basis: None, rows, exponent, floor: 0.0, lost: false, smallest_weight: log2_smallest(&w.weight_hh).min(0.0), scratch }
    }

    fn rank(&self) -> usize {
        self.rows.len() / self.m - NOISE_ROWS
    }

    /// R without the rows of rounding.
    fn factor(&self) -> &[f64] {
        &self.rows[..self.rank() * self.m]
    }

    /// Whether a norm of `size` within these columns is above what rounding may have made of it.
    fn is_trusted(&self, size: f64, columns: core::ops::Range<usize>) -> bool {
        let noise = self.rows[self.rank() * self.m..].chunks_exact(self.m).map(|row| norm(&row[columns.clone()]));
        !self.lost && noise.fold(0.0, larger) <= PRODUCT_NOISE * size
    }
}

impl RunningProduct for FactoredProduct {
    fn extend(&mut self, jacobian: &mut StepJacobian) {
        let rows = self.rank() + NOISE_ROWS;
        self.scratch.truncate(rows * self.m);
        jacobian.multiply_from_left(&self.rows, rows, &mut self.scratch);
        core::mem::swap(&mut self.rows, &mut self.scratch);
        let floor = self.floor + jacobian.log2_smallest(self.smallest_weight);
        self.lost |= floor < UNDERFLOW;
        let shift = normalise(&mut self.rows);
        self.exponent += shift;
        self.floor = (floor - shift as f64).min(0.0);
    }

    fn is_zero(&self) -> bool {
        !self.lost && self.factor().iter().all(|v| *v == 0.0)
    }

    /// That of R.
    fn log10_norm(&mut self, lanczos: &mut Lanczos) -> Trusted {
        let factor = self.factor();
        let mut r = Transposed(Dense { values: factor, columns: self.m });
        // Of the transpose, because a longer product has the same left directions and other right ones.
        let size = lanczos.largest_within(&mut r, PRODUCT_RESIDUAL, Proof::WhereClustered, dot(factor, factor));
        Trusted { value: log10_scaled(size, self.exponent), trusted: self.is_trusted(size, 0..self.m) }
    }

    fn log10_block_norm(&mut self, from: usize, size: usize, lanczos: &mut Lanczos) -> Trusted {
        let (m, rank) = (self.m, self.rank());
        let copy = |rows: &[f64]| -> Vec<f64> { rows.chunks_exact(m).flat_map(|row| &row[from..from + size]).copied().collect() };
        let (found, exponent) = match &self.basis {
            None => {
                let mut block = copy(&self.rows[from * m..(from + size) * m]);
                let exponent = normalise(&mut block);
                let squares = dot(&block, &block);
                let mut block = Transposed(Dense { values: &block, columns: size });
                let found =
                    if squares == 0.0 { 0.0 } else { lanczos.largest_within(&mut block, PRODUCT_RESIDUAL, Proof::WhereClustered, squares) };
                (found, exponent)
            }
            Some(basis) => {
                let right = copy(self.factor());
                let left = &basis[from * rank..(from + size) * rank];
                if left.iter().all(|x| *x == 0.0) || right.iter().all(|x| *x == 0.0) {
                    (0.0, 0)
                } else {
                    let (left, right) = (Dense { values: left, columns: rank }, Dense { values: &right, columns: size });
                    let mut block = Transposed(Factors { left, right, between: vec![0.0; rank] });
                    (lanczos.largest(&mut block, PRODUCT_RESIDUAL, Proof::WhereClustered), 0)
                }
            }
        };
        let trusted = self.is_trusted(scale(found, exponent), from..from + size);
        Trusted { value: log10_scaled(found, self.exponent + exponent), trusted }
    }

    fn to_dense(&self, k: usize) -> ScaledProduct {
        let (m, rank) = (self.m, self.rank());
        let mantissa = match &self.basis {
            None => self.factor().to_vec(),
            Some(basis) => {
                let mut dense = vec![0.0; m * m];
                gemm_add(m, rank, m, basis, rank, self.factor(), m, &mut dense, m);
                dense
            }
        };
        ScaledProduct { k, mantissa, exponent: self.exponent }
    }

    /// Factors R into an orthonormal matrix and fewer rows, where there are rows to lose, and puts the matrix into Q.
    fn compress(&mut self) {
        let (m, before) = (self.m, self.rank());
        if let Some((basis, rows)) = row_compression(self.factor(), m, PRODUCT_RANK_EPSILON) {
            let rank = rows.len() / m;
            self.basis = Some(match &self.basis {
                None => basis,
                Some(old) => {
                    let mut product = vec![0.0; m * rank];
                    gemm_add(m, before, rank, old, before, &basis, rank, &mut product, rank);
                    product
                }
            });
            let size = f64::EPSILON * norm(&rows) / (m as f64).sqrt();
            let noise = self.rows.split_off(before * m);
            self.rows = rows;
            self.rows.extend(noise.iter().enumerate().map(|(i, x)| x + size * generic(i)));
        }
        self.floor = log2_smallest(&self.rows).min(0.0);
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

/// log10 of the largest `∏ f_t` over the units, where there are forget gates. Logarithms add up, so nothing underflows.
fn direct_cell_path(trace: &Trace, n: usize, seq_len: usize) -> Option<Vec<f64>> {
    let forget = trace.gates.iter().find(|gate| gate.name == "forget")?;
    let mut path = vec![0.0; seq_len + 1];
    let mut running = vec![0.0_f64; n];
    for k in (0..seq_len).rev() {
        for (sum, f) in running.iter_mut().zip(&forget.values[k * n..(k + 1) * n]) {
            *sum += libm::log10(*f);
        }
        path[k] = running.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    }
    Some(path)
}
