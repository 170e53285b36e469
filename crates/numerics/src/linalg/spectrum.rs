//! Singular values and eigenvalues; the only module that calls such decompositions.

use super::eigen;
use crate::tolerance::{DECOMPOSITION_EPSILON, ITERATIONS_PER_ROW, NEGLIGIBLE_ENTRY, ORTHOGONAL_TOLERANCE};
use nalgebra::{linalg::Schur, DMatrix};

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
pub fn polar_factor(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
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
pub fn dense_eigenvalues(matrix: &[f64], n: usize) -> Vec<(f64, f64)> {
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
    match eigen::eigenvalues(&mut matrix.to_vec(), n) {
        Some(mut values) => {
            values.sort_by(|a, b| modulus(*b).total_cmp(&modulus(*a)));
            values
        }
        None => dense_eigenvalues(matrix, n),
    }
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
    let values = eigen::eigenvalues(&mut matrix.to_vec(), n).unwrap_or_else(|| dense_eigenvalues(matrix, n));
    values.into_iter().map(modulus).fold(0.0, |largest, r| if r > largest || r.is_nan() { r } else { largest })
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
