//! Singular values and eigenvalues; the only module that calls such decompositions.

use super::eigen;
use crate::kernel::{dot, larger};
use crate::order;
use crate::scaled::{norm, scale};
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
    try_singular_values(dense.map(|v| if v.abs() < floor { 0.0 } else { v })).unwrap_or_else(|| by_rotations(matrix, rows, columns))
}

/// The same by one-sided Jacobi rotations (Golub & Van Loan, *Matrix Computations*, §8.6.3): slower, and without a case that it does not end
/// in. NaN for each after [`ROTATION_SWEEPS`], of which ten are many.
fn by_rotations(matrix: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let mut vectors: Vec<Vec<f64>> = if rows <= columns {
        matrix.chunks_exact(columns).map(<[f64]>::to_vec).collect()
    } else {
        (0..columns).map(|j| matrix[j..].iter().step_by(columns).copied().collect()).collect()
    };
    let largest = matrix.iter().fold(0.0, |most, v| larger(most, v.abs()));
    let (_, exponent) = libm::frexp(largest);
    vectors.iter_mut().flatten().for_each(|v| *v = libm::scalbn(*v, -exponent));
    for _ in 0..ROTATION_SWEEPS {
        let mut rotated = false;
        for j in 1..vectors.len() {
            let (before, rest) = vectors.split_at_mut(j);
            for other in before {
                let (p, q, pq) = (dot(other, other), dot(&rest[0], &rest[0]), dot(other, &rest[0]));
                // Below the second bound it is the rounding of values that are below the rounding of the largest.
                if pq.abs() <= DECOMPOSITION_EPSILON * (p.sqrt() * q.sqrt()) || pq.abs() < f64::MIN_POSITIVE / DECOMPOSITION_EPSILON {
                    continue;
                }
                let zeta = (q - p) / (2.0 * pq);
                if !zeta.is_finite() {
                    continue;
                }
                rotated = true;
                let t = libm::copysign(1.0, zeta) / (zeta.abs() + libm::hypot(1.0, zeta));
                let c = 1.0 / libm::hypot(1.0, t);
                for (x, y) in other.iter_mut().zip(&mut rest[0]) {
                    (*x, *y) = (c * (*x - t * *y), c * (*y + t * *x));
                }
            }
        }
        if !rotated {
            let mut values: Vec<f64> = vectors.iter().map(|v| scale(norm(v), i64::from(exponent))).collect();
            order::descending(&mut values);
            return values;
        }
    }
    vec![f64::NAN; rows.min(columns)]
}

/// Sweeps of rotations that are allowed; the convergence is quadratic.
const ROTATION_SWEEPS: usize = 60;

/// The orthogonal factor Q = UVᵀ of the polar decomposition of a row-major `[n][n]` matrix USVᵀ, the orthogonal matrix nearest to it; one
/// of several where the matrix is singular. `None` where it is not finite or the iteration does not end within its bound.
pub fn nearest_orthogonal(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
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

/// `None` where the iteration does not end within its bound, or loses itself. Not `try_svd`, which panics on what is not a number.
fn try_singular_values(dense: DMatrix<f64>) -> Option<Vec<f64>> {
    let iterations = ITERATIONS_PER_ROW * dense.nrows().max(dense.ncols());
    let svd = dense.try_svd_unordered(false, false, DECOMPOSITION_EPSILON, iterations)?;
    let mut values: Vec<f64> = svd.singular_values.iter().copied().collect();
    order::descending(&mut values);
    values.iter().all(|v| !v.is_nan()).then_some(values)
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
            decreasing(&mut values);
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
    decreasing(&mut values);
    values
}

/// By decreasing modulus; conjugates stay together.
fn decreasing(values: &mut [(f64, f64)]) {
    order::by(values, |a, b| modulus(*a).total_cmp(&modulus(*b)).is_gt());
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

#[cfg(test)]
mod tests {
    use super::{by_rotations, singular_values};
    use crate::rng::Draws;

    #[test]
    fn rotations_find_the_same_values() {
        for (rows, columns) in [(1, 1), (5, 5), (4, 9), (9, 4), (24, 24)] {
            let mut draws = Draws::new(5, 2);
            let a: Vec<f64> = (0..rows * columns).map(|_| 1e-200 * draws.normal()).collect();
            let (expected, found) = (singular_values(&a, rows, columns), by_rotations(&a, rows, columns));
            assert_eq!(expected.len(), found.len());
            assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 1e-13 * expected[0]), "{found:?} not {expected:?}");
        }
    }

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
