//! Whether a symmetric matrix is positive definite, by Cholesky's factorisation (Golub & Van Loan, *Matrix Computations*, §4.2): it comes to
//! its end where and only where the matrix is, up to a small multiple of ε of its norm (Rump 2006, *Verification of positive definiteness*).
//!
//! `bound² − A Aᵀ` is positive definite where every singular value of A is below `bound`, and `A Aᵀ − bound²` where every one is above: the
//! half of a singular value's bracket that no iteration can give, for a sixth of what the decomposition costs.

use crate::kernel::gemm_add;

/// Columns that are factored together: as many as the matrix product keeps in registers.
const BLOCK: usize = 8;

/// Which side of the bound all singular values are said to be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// All are smaller.
    Below,
    /// All are larger.
    Above,
}

/// Keeps its buffers from one matrix to the next.
#[derive(Clone, Debug, Default)]
pub struct Definite {
    /// Cholesky's factor as far as it is known, `[n][n]`.
    factor: Vec<f64>,
    /// The block of columns that is being factored, from its diagonal down, `[rows][width]`.
    panel: Vec<f64>,
    /// Rows of A or of the factor, transposed and with their sign.
    columns: Vec<f64>,
}

impl Definite {
    /// Whether all singular values of a row-major `[rows][columns]` A, of which there are `rows`, are on this `side` of `bound`. The squares
    /// of the entries must neither over- nor underflow.
    pub fn all(&mut self, side: Side, a: &[f64], rows: usize, columns: usize, bound: f64) -> bool {
        let (n, sign) = (rows, if side == Side::Below { -1.0 } else { 1.0 });
        let square = -sign * bound * bound;
        if !square.is_finite() {
            return false;
        }
        self.factor.resize(n * n, 0.0);
        for from in (0..n).step_by(BLOCK) {
            let (width, height) = (BLOCK.min(n - from), n - from);
            self.panel.clear();
            self.panel.resize(height * width, 0.0);
            transpose(&a[from * columns..], columns, columns, width, sign, &mut self.columns);
            gemm_add(height, columns, width, &a[from * columns..], columns, &self.columns, width, &mut self.panel, width);
            if from > 0 {
                transpose(&self.factor[from * n..], n, from, width, -1.0, &mut self.columns);
                gemm_add(height, from, width, &self.factor[from * n..], n, &self.columns, width, &mut self.panel, width);
            }
            self.panel.iter_mut().step_by(width + 1).take(width).for_each(|x| *x += square);
            if !factor_panel(&mut self.panel, width) {
                return false;
            }
            for (row, found) in self.factor[from * n..].chunks_exact_mut(n).zip(self.panel.chunks_exact(width)) {
                row[from..from + width].copy_from_slice(found);
            }
        }
        true
    }
}

/// Cholesky's factorisation of a block of columns, down to the last row; `false` where a pivot is not positive.
fn factor_panel(panel: &mut [f64], width: usize) -> bool {
    let (diagonal, below) = panel.split_at_mut(width * width);
    let mut inverse = [0.0; BLOCK];
    for j in 0..width {
        let (before, row) = diagonal.split_at_mut(j * width);
        let row = &mut row[..width];
        for (k, earlier) in before.chunks_exact(width).enumerate() {
            row[k] = (row[k] - short_dot(&row[..k], &earlier[..k])) * inverse[k];
        }
        let pivot = row[j] - short_dot(&row[..j], &row[..j]);
        if pivot.is_nan() || pivot <= 0.0 {
            return false;
        }
        row[j] = pivot.sqrt();
        inverse[j] = 1.0 / row[j];
        row[j + 1..].fill(0.0);
    }
    for row in below.chunks_exact_mut(width) {
        for (k, (earlier, inverse)) in diagonal.chunks_exact(width).zip(inverse).enumerate() {
            row[k] = (row[k] - short_dot(&row[..k], &earlier[..k])) * inverse;
        }
    }
    true
}

/// Σ aᵢbᵢ of a few numbers, in their order.
#[inline(always)]
fn short_dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        sum += a * b;
    }
    sum
}

/// The first `length` entries of the first `width` rows of `stride` numbers, times `sign`, as columns.
fn transpose(rows: &[f64], stride: usize, length: usize, width: usize, sign: f64, out: &mut Vec<f64>) {
    out.resize(length * width, 0.0);
    for (i, row) in rows.chunks(stride).take(width).enumerate() {
        for (out, x) in out.chunks_exact_mut(width).zip(&row[..length]) {
            out[i] = sign * x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::spectrum::singular_values;
    use crate::rng::Draws;

    #[test]
    fn both_ends_of_a_spectrum_are_found_to_ten_digits() {
        let mut definite = Definite::default();
        for (rows, columns) in [(1, 1), (2, 2), (3, 8), (8, 8), (9, 9), (16, 30), (33, 33), (64, 70)] {
            let mut draws = Draws::new((rows * columns) as u32, 2);
            let a: Vec<f64> = (0..rows * columns).map(|_| draws.normal()).collect();
            let all = singular_values(&a, rows, columns);
            let (largest, smallest) = (all[0], all[rows - 1]);
            for (share, above) in [(1.0 - 1e-10, false), (1.0 + 1e-10, true)] {
                assert_eq!(definite.all(Side::Below, &a, rows, columns, share * largest), above, "{rows}×{columns}, σ_max times {share}");
            }
            for (share, below) in [(1.0 - 1e-8, true), (1.0 + 1e-8, false)] {
                assert_eq!(definite.all(Side::Above, &a, rows, columns, share * smallest), below, "{rows}×{columns}, σ_min times {share}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_on_no_side() {
        let mut definite = Definite::default();
        for bad in [f64::NAN, f64::INFINITY] {
            assert!(!definite.all(Side::Below, &[1.0, bad, 0.5, 0.25], 2, 2, 10.0));
            assert!(!definite.all(Side::Below, &[1.0, 0.0, 0.5, 0.25], 2, 2, bad));
        }
    }
}
