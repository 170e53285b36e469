//! Reach: `R[t][k] = log10 ‖∂out_t/∂in_k‖₂`, how much of a change at input step k is felt at output step t, for any model.
//!
//! The blocks `∂out_t/∂in_k` `[q][d]` of one output step come from q vector–Jacobian products; their norm is the largest singular value. The
//! blocks carry a power of two, so that 10⁻⁵⁰⁰ is a number. **−∞ stands for exactly zero and nothing else**, NaN for what is not determined.

use super::block::JacobianRows;
use super::{LineageError, Path, Run, ScaledRows};
use crate::linalg::lanczos::{Lanczos, Proof};
use crate::linalg::operator::{Dense, Transposed};
use crate::scaled::{log10_scaled, scale, scaled_norm};
use crate::tolerance::REACH_RESIDUAL;

/// The most steps of input and of output for which the whole matrix is computed.
pub const MATRIX_LIMIT: usize = 64;
/// The most steps for which single rows are: room for T = 1000.
pub const ROW_LIMIT: usize = 1024;

/// Reach of one output step.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// t, counted from 0.
    pub t: usize,
    /// The input step at lag 0: t itself, or for an encoder–decoder the newest.
    pub lag_zero: usize,
    /// `[T]`: log10 of the largest singular value, −∞ for exactly zero.
    pub log10: Vec<f64>,
}

impl Row {
    /// Relative to the value at lag 0: the difference of logarithms, `[T]`. −∞ stays −∞. All NaN where the value at lag 0 is exactly zero or
    /// not determined, since there is nothing to relate to.
    pub fn relative(&self) -> Vec<f64> {
        let base = self.log10.get(self.lag_zero).copied().filter(|b| b.is_finite()).unwrap_or(f64::NAN);
        self.log10.iter().map(|v| v - base).collect()
    }
}

/// The whole matrix of reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// T_out rows of T entries.
    pub rows: Vec<Row>,
}

impl Matrix {
    /// R of a run by a path.
    ///
    /// # Errors
    /// As [`Reach::matrix`].
    pub fn of(run: &dyn Run, path: Path) -> Result<Self, LineageError> {
        Ok(Self { rows: Reach::matrix(run, path)?.collect() })
    }

    /// `[T_out][T]` row-major; −∞ for exactly zero.
    pub fn absolute(&self) -> Vec<f64> {
        self.rows.iter().flat_map(|row| row.log10.iter().copied()).collect()
    }

    /// `[T_out][T]` row-major, every row relative to its value at lag 0, as [`Row::relative`] has it.
    pub fn relative(&self) -> Vec<f64> {
        self.rows.iter().flat_map(Row::relative).collect()
    }
}

/// Reach, computed a row at a time: an iterator that can be left after any row and taken up again, so that a page hears progress in slices.
pub struct Reach<'a> {
    run: &'a dyn Run,
    path: Path,
    next: usize,
    end: usize,
    /// All rows in a row, where the model has them cheaper than one by one.
    blocks: Option<JacobianRows<'a>>,
    norms: Norms,
}

impl<'a> Reach<'a> {
    /// All rows, from the first on.
    ///
    /// # Errors
    /// [`LineageError::MatrixTooLarge`] beyond [`MATRIX_LIMIT`] steps, [`LineageError::NoSuchPath`] for a path the model does not have.
    pub fn matrix(run: &'a dyn Run, path: Path) -> Result<Self, LineageError> {
        let (rows, columns) = (run.rows(), run.columns());
        if rows > MATRIX_LIMIT || columns > MATRIX_LIMIT {
            return Err(LineageError::MatrixTooLarge { rows, columns, limit: MATRIX_LIMIT, row_limit: ROW_LIMIT });
        }
        check(run, path)?;
        Ok(Self { run, path, next: 0, end: rows, blocks: run.jacobian_rows(path), norms: Norms::default() })
    }

    /// Rows there are still to come.
    pub fn remaining(&self) -> usize {
        self.end - self.next
    }

    /// The row of one output step.
    ///
    /// # Errors
    /// [`LineageError::RowTooLong`] beyond [`ROW_LIMIT`] steps, [`LineageError::NoSuchRow`], [`LineageError::NoSuchPath`].
    pub fn row(run: &dyn Run, t: usize, path: Path) -> Result<Row, LineageError> {
        let (rows, columns) = (run.rows(), run.columns());
        let steps = rows.max(columns);
        if steps > ROW_LIMIT {
            return Err(LineageError::RowTooLong { steps, limit: ROW_LIMIT });
        }
        if t >= rows {
            return Err(LineageError::NoSuchRow { row: t, rows });
        }
        check(run, path)?;
        Ok(row(run, t, path, None, &mut Norms::default()))
    }
}

impl Iterator for Reach<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let t = (self.next < self.end).then_some(self.next)?;
        self.next += 1;
        let blocks = self.blocks.as_mut().and_then(Iterator::next);
        Some(row(self.run, t, self.path, blocks, &mut self.norms))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining(), Some(self.remaining()))
    }
}

impl ExactSizeIterator for Reach<'_> {}

fn check(run: &dyn Run, path: Path) -> Result<(), LineageError> {
    if run.paths().contains(&path) {
        return Ok(());
    }
    let names: Vec<&str> = run.paths().iter().map(|p| p.name()).collect();
    Err(LineageError::NoSuchPath { path, known: names.join(", ") })
}

fn row(run: &dyn Run, t: usize, path: Path, blocks: Option<ScaledRows>, norms: &mut Norms) -> Row {
    let blocks = blocks.unwrap_or_else(|| side_by_side(&run.jacobian_row(t, path), run.columns(), run.input_size()));
    let log10 = (0..run.columns()).map(|k| norms.of(&blocks, k, run.input_size())).collect();
    Row { t, lag_zero: run.lag_zero(t), log10 }
}

/// The k-th vectors `[d]` of q products as one vector `[q][d]`, for each k.
fn side_by_side(products: &[ScaledRows], steps: usize, width: usize) -> ScaledRows {
    let mut blocks = ScaledRows::zeros(steps, products.len() * width);
    let mut block = vec![0.0; products.len() * width];
    for k in 0..steps {
        let Some(common) = products.iter().filter(|p| !p.is_zero(k)).map(|p| p.row(k).1).max() else { continue };
        for (slot, product) in block.chunks_exact_mut(width).zip(products) {
            let (values, exponent) = product.row(k);
            let factor = scale(1.0, exponent - common);
            for (slot, value) in slot.iter_mut().zip(values) {
                *slot = value * factor;
            }
        }
        blocks.set(k, &block, common);
    }
    blocks
}

/// Norms of small blocks.
#[derive(Default)]
struct Norms {
    lanczos: Lanczos,
}

impl Norms {
    /// log10 of the largest singular value of the block `[rows][columns]` that is the k-th vector.
    fn of(&mut self, blocks: &ScaledRows, k: usize, columns: usize) -> f64 {
        let (values, exponent) = blocks.row(k);
        if blocks.is_zero(k) {
            return f64::NEG_INFINITY;
        }
        let rows = values.len() / columns;
        let block = Dense { values, columns };
        let norm = if rows == 1 || columns == 1 {
            scaled_norm(values).0
        } else if columns <= rows {
            self.lanczos.largest(&mut { block }, REACH_RESIDUAL, Proof::WhereClustered)
        } else {
            self.lanczos.largest(&mut Transposed(block), REACH_RESIDUAL, Proof::WhereClustered)
        };
        log10_scaled(norm, exponent)
    }
}
