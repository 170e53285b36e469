//! What an iteration may ask of a matrix: to be applied, and whether its largest singular value is below a bound.

use super::definite::{Definite, Side};
use super::extremes::extremes;
use crate::kernel::{gemv, gemv_transposed};

/// A real matrix that is only applied.
pub trait Operator {
    /// Numbers that [`Operator::apply`] writes.
    fn rows(&self) -> usize;
    /// Numbers that [`Operator::apply`] reads.
    fn columns(&self) -> usize;
    /// y = A x.
    fn apply(&mut self, x: &[f64], y: &mut [f64]);
    /// y = Aᵀ x.
    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]);

    /// Whether σ_max is below `bound`, by [`Definite`].
    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        let (rows, columns) = (self.rows(), self.columns());
        let transposed = transposed(self);
        if columns <= rows {
            return definite.all(Side::Below, &transposed, columns, rows, bound);
        }
        let mut a = vec![0.0; rows * columns];
        for (j, column) in transposed.chunks_exact(rows).enumerate() {
            for (a, x) in a[j..].iter_mut().step_by(columns).zip(column) {
                *a = *x;
            }
        }
        definite.all(Side::Below, &a, rows, columns, bound)
    }

    /// σ_max by the full decomposition.
    fn largest_in_full(&mut self) -> f64 {
        let (rows, columns) = (self.rows(), self.columns());
        // Rows or columns of zeros make it square and change nothing else.
        let m = rows.max(columns);
        let mut square = vec![0.0; m * m];
        for (square, column) in square.chunks_exact_mut(m).zip(transposed(self).chunks_exact(rows)) {
            square[..rows].copy_from_slice(column);
        }
        extremes(&mut square, m).0
    }
}

/// Aᵀ, `[columns][rows]`.
fn transposed(a: &mut (impl Operator + ?Sized)) -> Vec<f64> {
    let (rows, columns) = (a.rows(), a.columns());
    let mut transposed = vec![0.0; rows * columns];
    let mut unit = vec![0.0; columns];
    for (j, column) in transposed.chunks_exact_mut(rows).enumerate() {
        unit.fill(0.0);
        unit[j] = 1.0;
        a.apply(&unit, column);
    }
    transposed
}

/// A dense row-major matrix, `[rows][columns]`.
#[derive(Debug)]
pub struct Dense<'a> {
    /// Row-major.
    pub values: &'a [f64],
    /// Length of a row.
    pub columns: usize,
}

impl Operator for Dense<'_> {
    fn rows(&self) -> usize {
        self.values.len() / self.columns.max(1)
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        gemv(self.values, x, y);
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        gemv_transposed(self.values, x, y);
    }

    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        let (rows, columns) = (self.rows(), self.columns);
        if rows <= columns {
            return definite.all(Side::Below, self.values, rows, columns, bound);
        }
        let mut transposed = vec![0.0; rows * columns];
        for (i, row) in self.values.chunks_exact(columns).enumerate() {
            for (out, x) in transposed[i..].iter_mut().step_by(rows).zip(row) {
                *out = *x;
            }
        }
        definite.all(Side::Below, &transposed, columns, rows, bound)
    }
}

/// The product of two matrices, which is not formed.
#[derive(Debug)]
pub struct Factors<'a> {
    /// The one that is applied last.
    pub left: Dense<'a>,
    /// The one that is applied first.
    pub right: Dense<'a>,
    /// Scratch of the inner dimension.
    pub between: Vec<f64>,
}

impl Operator for Factors<'_> {
    fn rows(&self) -> usize {
        self.left.rows()
    }

    fn columns(&self) -> usize {
        self.right.columns
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        self.right.apply(x, &mut self.between);
        self.left.apply(&self.between, y);
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        self.left.apply_transposed(x, &mut self.between);
        self.right.apply_transposed(&self.between, y);
    }
}

/// The transpose of a matrix.
#[derive(Debug)]
pub struct Transposed<A>(pub A);

impl<A: Operator> Operator for Transposed<A> {
    fn rows(&self) -> usize {
        self.0.columns()
    }

    fn columns(&self) -> usize {
        self.0.rows()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        self.0.apply_transposed(x, y);
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        self.0.apply(x, y);
    }

    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        self.0.is_below(bound, definite)
    }
}
