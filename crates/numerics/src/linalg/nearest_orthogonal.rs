//! What "made orthogonal" means, wherever the engine or the page does it: the orthogonal matrix nearest to a given one.
//!
//! That is the orthogonal factor of the polar decomposition, nearest in every unitarily invariant norm (Fan & Hoffman 1955; Higham 2008,
//! *Functions of Matrices*, theorem 8.4). It treats rows and columns alike, whereas Gram–Schmidt's result depends on their order and, near
//! dependence, on rounding.

pub use super::spectrum::nearest_orthogonal;

/// [`nearest_orthogonal`] of each of the `[n][n]` blocks that a packed `[blocks·n][n]` matrix stacks, such as the gates' of `W_hh`; `None` where
/// one of them has none.
pub fn nearest_orthogonal_blocks(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut out = Vec::with_capacity(matrix.len());
    for block in matrix.chunks_exact((n * n).max(1)) {
        out.extend(nearest_orthogonal(block, n)?);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Draws;
    use crate::tolerance::ORTHOGONAL_TOLERANCE;

    fn assert_orthogonal(q: &[f64], n: usize) {
        for i in 0..n {
            for j in 0..n {
                let dot: f64 = (0..n).map(|k| q[i * n + k] * q[j * n + k]).sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < ORTHOGONAL_TOLERANCE);
            }
        }
    }

    #[test]
    fn every_block_becomes_orthogonal_even_where_it_is_singular_or_far_from_one() {
        for n in [1, 2, 5, 16] {
            let mut draws = Draws::new(n as u32, 2);
            let mut blocks: Vec<f64> = (0..3 * n * n).map(|_| 1e-150 * draws.normal()).collect();
            // The second has two equal rows, the third is zero.
            if n > 1 {
                blocks.copy_within(n * n..n * n + n, n * n + n);
            }
            blocks[2 * n * n..].fill(0.0);
            let made = nearest_orthogonal_blocks(&blocks, n).unwrap();
            made.chunks_exact(n * n).for_each(|q| assert_orthogonal(q, n));
        }
        assert_eq!(nearest_orthogonal(&[f64::NAN], 1), None);
        assert_eq!(nearest_orthogonal_blocks(&[1.0, f64::INFINITY], 1), None);
    }

    /// trace(QᵀA) is what nearness in Frobenius' norm maximises over all orthogonal matrices.
    #[test]
    fn no_other_orthogonal_matrix_is_nearer() {
        let n = 6;
        let mut draws = Draws::new(3, 2);
        let a: Vec<f64> = (0..n * n).map(|_| draws.normal()).collect();
        let q = nearest_orthogonal(&a, n).unwrap();
        let distance = |q: &[f64]| q.iter().zip(&a).map(|(q, a)| (q - a) * (q - a)).sum::<f64>();
        for seed in 0..50 {
            let other = crate::linalg::random_orthogonal::random_orthogonal(n, &mut Draws::new(seed, 2));
            assert!(distance(&q) < distance(&other));
        }
        // Nor a rotation of its own first two rows, however small.
        for angle in [1e-3_f64, -1e-3, 0.3] {
            let (sin, cos) = (libm::sin(angle), libm::cos(angle));
            let mut turned = q.clone();
            for j in 0..n {
                (turned[j], turned[n + j]) = (cos * q[j] - sin * q[n + j], sin * q[j] + cos * q[n + j]);
            }
            assert!(distance(&q) < distance(&turned));
        }
    }
}
