//! Random orthogonal matrices.

use crate::rng::Draws;

/// A random orthogonal matrix `[n][n]`, uniform over the orthogonal group: the rows of a Gaussian matrix, orthonormalised in
/// order. Every row keeps the side of the earlier ones that it was drawn on (R's diagonal is positive), which makes the result
/// uniform (Mezzadri 2007). Gram–Schmidt is applied twice per row: once leaves errors that grow with the matrix's condition number,
/// twice leaves rounding errors only (Giraud et al. 2005).
pub fn random_orthogonal(n: usize, draws: &mut Draws) -> Vec<f64> {
    let mut rows: Vec<f64> = (0..n * n).map(|_| draws.normal()).collect();
    for i in 0..n {
        let (done, rest) = rows.split_at_mut(i * n);
        let row = &mut rest[..n];
        for _ in 0..2 {
            for earlier in done.chunks_exact(n) {
                let along = dot(earlier, row);
                for (value, e) in row.iter_mut().zip(earlier) {
                    *value -= along * e;
                }
            }
        }
        let norm = dot(row, row).sqrt();
        for value in row.iter_mut() {
            *value /= norm;
        }
    }
    rows
}

/// Summed one after the other, unlike the kernel's: what a seed draws depends on the order.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
