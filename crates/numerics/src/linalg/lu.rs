//! LU factors of a square matrix, and its inverse by them.

use crate::kernel::{axpy, dot};

/// LU factors with partial pivoting (Golub & Van Loan, §3.4).
#[derive(Clone, Debug)]
pub struct Lu {
    n: usize,
    factors: Vec<f64>,
    /// Row `order[i]` of the matrix became row i.
    order: Vec<usize>,
    scratch: Vec<f64>,
}

impl Lu {
    /// Room for matrices of `n` rows; [`Lu::factor`] fills it.
    pub fn new(n: usize) -> Self {
        Self { n, factors: vec![0.0; n * n], order: (0..n).collect(), scratch: vec![0.0; n] }
    }

    /// Factors a row-major `[n][n]` matrix; `false` where a pivot is zero or not finite.
    pub fn factor(&mut self, a: &[f64]) -> bool {
        let n = self.n;
        self.factors.copy_from_slice(a);
        for (i, place) in self.order.iter_mut().enumerate() {
            *place = i;
        }
        for k in 0..n {
            let size = |row: usize| self.factors[row * n + k].abs();
            let pivot = (k..n).max_by(|i, j| size(*i).total_cmp(&size(*j))).unwrap_or(k);
            if pivot != k {
                self.order.swap(pivot, k);
                let (top, bottom) = self.factors.split_at_mut(pivot * n);
                top[k * n..(k + 1) * n].swap_with_slice(&mut bottom[..n]);
            }
            let (done, below) = self.factors.split_at_mut((k + 1) * n);
            let row = &done[k * n..];
            let divisor = row[k];
            if divisor == 0.0 || !divisor.is_finite() {
                return false;
            }
            for other in below.chunks_exact_mut(n) {
                let factor = other[k] / divisor;
                other[k] = factor;
                axpy(-factor, &row[k + 1..], &mut other[k + 1..]);
            }
        }
        true
    }

    /// ln |det A| of the matrix that was factored; −∞ where [`Lu::factor`] found it singular.
    pub fn log_abs_determinant(&self) -> f64 {
        (0..self.n).map(|i| libm::log(self.factors[i * self.n + i].abs())).sum()
    }

    /// y = A⁻¹ x.
    pub fn solve(&self, x: &[f64], y: &mut [f64]) {
        let n = self.n;
        for i in 0..n {
            y[i] = x[self.order[i]] - dot(&self.factors[i * n..i * n + i], &y[..i]);
        }
        for i in (0..n).rev() {
            let row = &self.factors[i * n..(i + 1) * n];
            y[i] = (y[i] - dot(&row[i + 1..], &y[i + 1..])) / row[i];
        }
    }

    /// y = A⁻ᵀ x.
    pub fn solve_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        let n = self.n;
        let z = &mut self.scratch;
        z.copy_from_slice(x);
        for i in 0..n {
            let row = &self.factors[i * n..(i + 1) * n];
            z[i] /= row[i];
            let value = z[i];
            axpy(-value, &row[i + 1..], &mut z[i + 1..]);
        }
        for i in (0..n).rev() {
            let value = z[i];
            axpy(-value, &self.factors[i * n..i * n + i], &mut z[..i]);
        }
        for (place, z) in self.order.iter().zip(z.iter()) {
            y[*place] = *z;
        }
    }

    /// A⁻¹; `None` as [`Self::factor`].
    pub fn inverse(&mut self, a: &[f64]) -> Option<Vec<f64>> {
        let n = self.n;
        if !self.factor(a) {
            return None;
        }
        let (mut inverse, mut unit, mut column) = (vec![0.0; n * n], vec![0.0; n], vec![0.0; n]);
        for j in 0..n {
            unit[j] = 1.0;
            self.solve(&unit, &mut column);
            unit[j] = 0.0;
            for (i, value) in column.iter().enumerate() {
                inverse[i * n + j] = *value;
            }
        }
        Some(inverse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{gemv, gemv_transposed};
    use crate::rng::Draws;

    #[test]
    fn factors_solve_both_ways() {
        let n = 9;
        let mut draws = Draws::new(3, 2);
        let a: Vec<f64> = (0..n * n).map(|_| draws.normal()).collect();
        let x: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let mut lu = Lu::new(n);
        assert!(lu.factor(&a));
        let (mut y, mut back) = (vec![0.0; n], vec![0.0; n]);
        lu.solve(&x, &mut y);
        gemv(&a, &y, &mut back);
        assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
        lu.solve_transposed(&x, &mut y);
        gemv_transposed(&a, &y, &mut back);
        assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
        assert!(!lu.factor(&vec![0.0; n * n]));
    }
}
