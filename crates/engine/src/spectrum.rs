//! Singular values and eigenvalues; the only module that calls such decompositions.

use crate::cell::StepJacobian;
use crate::eigen;
use crate::extremes::{extremes, Lanczos, Proof};
use crate::kernel::larger;
use crate::tolerance::{SQUARES_FROM, SQUARES_TO, DECOMPOSITION_EPSILON, ITERATIONS_PER_ROW, NEGLIGIBLE_ENTRY, ORTHOGONAL_TOLERANCE, SIGMA_RESIDUAL};
use crate::unroll::Trace;
use crate::weights::Weights;
use nalgebra::{linalg::Schur, DMatrix};

/// Per-step figures of the step Jacobian `J_t`, each with T entries; what is marked so is empty until the analysis is complete.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSpectra {
    /// Largest singular value.
    pub sigma_max: Vec<f64>,
    /// Smallest singular value. Empty until complete.
    pub sigma_min: Vec<f64>,
    /// Frobenius norm.
    pub frobenius: Vec<f64>,
    /// Largest |eigenvalue|. Empty until complete.
    pub spectral_radius: Vec<f64>,
}

/// Per gate block of `W_hh` (RNN 1, LSTM 4: i, f, g, o, GRU 3: r, z, n).
#[derive(Clone, Debug, PartialEq)]
pub struct BlockSpectra {
    /// Largest |eigenvalue| of each block.
    pub spectral_radius: Vec<f64>,
    /// Largest singular value of each block.
    pub sigma_max: Vec<f64>,
    /// Eigenvalues (re, im) of each block.
    pub eigenvalues: Vec<Vec<(f64, f64)>>,
}

/// Singular values of a row-major `[rows][columns]` matrix, descending. A matrix that is not finite, or whose iteration does not end within
/// its bound, gives NaN for each.
pub fn singular_values(matrix: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let count = rows.min(columns);
    if !matrix.iter().all(|v| v.is_finite()) {
        return vec![f64::NAN; count];
    }
    let dense = DMatrix::from_row_slice(rows, columns, matrix);
    if let Some(values) = try_singular_values(dense.clone()) {
        return values;
    }
    // Squares of entries that are tiny beside the others underflow within the iteration. They are below any rounding of the values.
    let floor = dense.amax() * NEGLIGIBLE_ENTRY;
    try_singular_values(dense.map(|v| if v.abs() < floor { 0.0 } else { v })).unwrap_or_else(|| vec![f64::NAN; count])
}

/// `None` where the iteration does not end within its bound, or loses itself. Not `try_svd`, which panics on what is not a number.
fn try_singular_values(dense: DMatrix<f64>) -> Option<Vec<f64>> {
    let iterations = ITERATIONS_PER_ROW * dense.nrows().max(dense.ncols());
    let svd = dense.try_svd_unordered(false, false, DECOMPOSITION_EPSILON, iterations)?;
    let mut values: Vec<f64> = svd.singular_values.iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values.iter().all(|v| !v.is_nan()).then_some(values)
}

/// The orthogonal factor Q = UVᵀ of the polar decomposition of a row-major `[n][n]` matrix USVᵀ, the orthogonal matrix nearest to it; one
/// of several where the matrix is singular. `None` where it is not finite or the iteration does not end within its bound.
pub(crate) fn polar_factor(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let dense = DMatrix::from_row_slice(n, n, matrix);
    let size = dense.amax();
    if !matrix.iter().all(|v| v.is_finite()) {
        return None;
    }
    // The factor is the same for every multiple of the matrix, and squares of tiny entries underflow.
    let dense = if size > 0.0 { dense.map(|v| v / size) } else { DMatrix::identity(n, n) };
    let svd = dense.try_svd(true, true, DECOMPOSITION_EPSILON, ITERATIONS_PER_ROW * n)?;
    let mut q = svd.u? * svd.v_t?;
    // One Newton–Schulz step towards orthogonality (Higham 2008, §8.3) takes what rounding has left.
    let correction = (DMatrix::identity(n, n) * 3.0 - q.transpose() * &q) * 0.5;
    q *= correction;
    let off = (q.transpose() * &q - DMatrix::identity(n, n)).amax();
    (off < ORTHOGONAL_TOLERANCE).then(|| q.transpose().as_slice().to_vec())
}

/// The same by nalgebra's Schur decomposition: the oracle, and the way out where the faster iteration gives up.
pub(crate) fn dense_eigenvalues(matrix: &[f64], n: usize) -> Vec<(f64, f64)> {
    if !matrix.iter().all(|v| v.is_finite()) {
        return vec![(f64::NAN, f64::NAN); n];
    }
    let dense = DMatrix::from_row_slice(n, n, matrix);
    match Schur::try_new(dense, DECOMPOSITION_EPSILON, ITERATIONS_PER_ROW * n) {
        Some(schur) => {
            let mut values: Vec<(f64, f64)> = schur.complex_eigenvalues().iter().map(|z| (z.re, z.im)).collect();
            values.sort_by(|a, b| modulus(*b).total_cmp(&modulus(*a)));
            values
        }
        None => vec![(f64::NAN, f64::NAN); n],
    }
}

/// Eigenvalues (re, im) of a row-major `[n][n]` matrix, by decreasing modulus; NaN where the iteration does not end within its bound.
pub fn eigenvalues(matrix: &[f64], n: usize) -> Vec<(f64, f64)> {
    if !matrix.iter().all(|v| v.is_finite()) {
        return vec![(f64::NAN, f64::NAN); n];
    }
    let mut values = any_eigenvalues(matrix, n);
    values.sort_by(|a, b| modulus(*b).total_cmp(&modulus(*a)));
    values
}

/// In no particular order, of a matrix that is finite.
fn any_eigenvalues(matrix: &[f64], n: usize) -> Vec<(f64, f64)> {
    let found = |values: &Vec<(f64, f64)>| values.iter().all(|z| z.0.is_finite() && z.1.is_finite());
    if let Some(values) = eigen::eigenvalues(&mut matrix.to_vec(), n).filter(found) {
        return values;
    }
    // Squares of entries that are tiny beside the others underflow within the iteration. They are below any rounding of the values.
    let floor = matrix.iter().fold(0.0, |most, v| larger(most, v.abs())) * NEGLIGIBLE_ENTRY;
    let mut rounded: Vec<f64> = matrix.iter().map(|v| if v.abs() < floor { 0.0 } else { *v }).collect();
    eigen::eigenvalues(&mut rounded, n).filter(found).unwrap_or_else(|| dense_eigenvalues(matrix, n))
}

/// |z|.
pub fn modulus((re, im): (f64, f64)) -> f64 {
    libm::hypot(re, im)
}

/// Largest |eigenvalue|; NaN as in [`eigenvalues`].
pub fn spectral_radius(matrix: &[f64], n: usize) -> f64 {
    if !matrix.iter().all(|v| v.is_finite()) {
        return f64::NAN;
    }
    any_eigenvalues(matrix, n).into_iter().map(modulus).fold(0.0, |largest, r| if r > largest || r.is_nan() { r } else { largest })
}

/// exp(entropy of the normalised values), 0 for all zeros: how many directions a matrix effectively passes.
pub fn effective_rank(singular_values: &[f64]) -> f64 {
    let total: f64 = singular_values.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let entropy: f64 = singular_values.iter().map(|s| s / total).filter(|p| *p > 0.0).map(|p| -p * libm::log(p)).sum();
    libm::exp(entropy)
}

impl StepSpectra {
    /// σ_max and the Frobenius norm of every step; the rest stays empty. `progress` hears the share that is done.
    pub(crate) fn critical(w: &Weights, trace: &Trace, seq_len: usize, progress: &mut dyn FnMut(f64)) -> Self {
        let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
        // Neighbouring steps share directions.
        let mut lanczos = Lanczos::default();
        let mut spectra = Self {
            sigma_max: Vec::with_capacity(seq_len),
            sigma_min: Vec::new(),
            frobenius: Vec::with_capacity(seq_len),
            spectral_radius: Vec::new(),
        };
        for t in 1..=seq_len {
            jacobian.set(w, trace.step(w.hidden_size, t));
            let frobenius = jacobian.frobenius();
            let largest = largest(&mut jacobian, frobenius, &mut lanczos);
            let bounds = frobenius * (1.0 - SIGMA_RESIDUAL) / (jacobian.state_size() as f64).sqrt()..=frobenius * (1.0 + 1e-12);
            debug_assert!(largest.is_nan() || bounds.contains(&largest), "σ_max {largest:e} of step {t}, but ‖J‖_F is {frobenius:e}");
            spectra.sigma_max.push(largest);
            spectra.frobenius.push(frobenius);
            progress(t as f64 / seq_len as f64);
        }
        spectra
    }
}

/// σ_max of a step Jacobian with this Frobenius norm.
fn largest(jacobian: &mut StepJacobian, frobenius: f64, lanczos: &mut Lanczos) -> f64 {
    if frobenius == 0.0 {
        0.0
    } else if (SQUARES_FROM..SQUARES_TO).contains(&frobenius) {
        lanczos.largest(jacobian, SIGMA_RESIDUAL, Proof::Always)
    } else {
        let m = jacobian.state_size();
        let mut dense = vec![0.0; m * m];
        jacobian.dense(&mut dense);
        extremes(&mut dense, m).0
    }
}

impl BlockSpectra {
    pub(crate) fn of(w: &Weights) -> Self {
        let n = w.hidden_size;
        let eigenvalues: Vec<Vec<(f64, f64)>> = w.weight_hh.chunks_exact(n * n).map(|block| eigenvalues(block, n)).collect();
        Self {
            spectral_radius: eigenvalues.iter().map(|e| e.first().copied().map_or(0.0, modulus)).collect(),
            sigma_max: w.weight_hh.chunks_exact(n * n).map(|block| extremes(&mut block.to_vec(), n).0).collect(),
            eigenvalues,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::singular_values;

    #[test]
    fn entries_that_are_tiny_beside_the_others_do_not_derail_the_iteration() {
        let (a, b, c) = (1e-162, 5e-324, 1e-300);
        let matrix = [0.75, b, 0.5, -a, 0.0, b, 1e-170, 1e-160, c, b, 1e-200, c, -a, -a, 1e-170, -1.0];
        let values = singular_values(&matrix, 4, 4);
        for (found, expected) in values.iter().zip([1.0, libm::hypot(0.75, 0.5), 0.0, 0.0]) {
            assert!((found - expected).abs() < 1e-15, "{values:?}");
        }
    }
}
