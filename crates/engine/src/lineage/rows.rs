//! Sequences of vectors, each with a power of two taken out.

use crate::kernel::axpy;
use crate::scaled::{log10_scaled, normalise, scale, scaled_norm};

/// A sequence of vectors of one width; vector i is its mantissa times 2 to its exponent. A vector is exactly zero if and only if all its
/// mantissas are.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaledRows {
    width: usize,
    /// `[len][width]` row-major; the largest magnitude of a vector is in [0.5, 1), or the vector is 0.
    mantissa: Vec<f64>,
    exponent: Vec<i64>,
}

impl ScaledRows {
    /// `len` zero vectors of `width` numbers.
    pub fn zeros(len: usize, width: usize) -> Self {
        Self { width, mantissa: vec![0.0; len * width], exponent: vec![0; len] }
    }

    /// Plain numbers, `[len][width]` row-major.
    pub fn from_values(values: &[f64], width: usize) -> Self {
        let mut rows = Self { width, mantissa: values.to_vec(), exponent: vec![0; values.len() / width.max(1)] };
        for (vector, exponent) in rows.mantissa.chunks_exact_mut(width.max(1)).zip(&mut rows.exponent) {
            *exponent = normalise(vector);
        }
        rows
    }

    /// Zero but for a 1 at `column` of vector `row`: the cotangent of one output number, or the tangent of one input number.
    pub fn unit(len: usize, width: usize, row: usize, column: usize) -> Self {
        let mut rows = Self::zeros(len, width);
        rows.mantissa[row * width + column] = 0.5;
        rows.exponent[row] = 1;
        rows
    }

    /// Vectors there are.
    pub fn len(&self) -> usize {
        self.exponent.len()
    }

    /// Whether there is no vector.
    pub fn is_empty(&self) -> bool {
        self.exponent.is_empty()
    }

    /// Numbers a vector has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The mantissas and the exponent of vector `row`.
    pub fn row(&self, row: usize) -> (&[f64], i64) {
        (&self.mantissa[row * self.width..(row + 1) * self.width], self.exponent[row])
    }

    /// Whether vector `row` is exactly zero.
    pub fn is_zero(&self, row: usize) -> bool {
        self.row(row).0.iter().all(|v| *v == 0.0)
    }

    /// The last vector that is not exactly zero: a backward sweep begins there.
    pub fn last_nonzero(&self) -> Option<usize> {
        (0..self.len()).rev().find(|row| !self.is_zero(*row))
    }

    /// The first vector that is not exactly zero: a forward sweep begins there.
    pub fn first_nonzero(&self) -> Option<usize> {
        (0..self.len()).find(|row| !self.is_zero(*row))
    }

    /// Sets vector `row` to `values · 2^exponent`.
    pub fn set(&mut self, row: usize, values: &[f64], exponent: i64) {
        let slot = &mut self.mantissa[row * self.width..(row + 1) * self.width];
        slot.copy_from_slice(values);
        self.exponent[row] = exponent + normalise(slot);
    }

    /// Adds `values · 2^exponent` to vector `row`.
    pub fn add(&mut self, row: usize, values: &[f64], exponent: i64) {
        let slot = &mut self.mantissa[row * self.width..(row + 1) * self.width];
        accumulate(slot, &mut self.exponent[row], values, exponent);
        self.exponent[row] += normalise(slot);
    }

    /// Adds the vectors of another sequence of the same shape.
    pub fn add_all(&mut self, other: &ScaledRows) {
        for row in 0..self.len().min(other.len()) {
            let (values, exponent) = other.row(row);
            self.add(row, values, exponent);
        }
    }

    /// Part of every vector: the `columns` from `from` on.
    #[must_use]
    pub fn columns(&self, from: usize, columns: usize) -> Self {
        let mut part = Self::zeros(self.len(), columns);
        for row in 0..self.len() {
            let (values, exponent) = self.row(row);
            part.set(row, &values[from..from + columns], exponent);
        }
        part
    }

    /// The same vectors, last first.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut turned = Self::zeros(self.len(), self.width);
        for row in 0..self.len() {
            let (values, exponent) = self.row(row);
            turned.set(self.len() - 1 - row, values, exponent);
        }
        turned
    }

    /// log10 of the Euclidean norm of vector `row`; −∞ where it is exactly zero.
    pub fn log10_norm(&self, row: usize) -> f64 {
        let (values, exponent) = self.row(row);
        let (norm, extra) = scaled_norm(values);
        log10_scaled(norm, exponent + extra)
    }

    /// As plain numbers, `[len][width]` row-major: 0 or ∞ where a number's magnitude leaves float64.
    pub fn to_values(&self) -> Vec<f64> {
        let vectors = self.mantissa.chunks_exact(self.width.max(1));
        vectors.zip(&self.exponent).flat_map(|(vector, exponent)| vector.iter().map(|v| scale(*v, *exponent))).collect()
    }
}

/// sum·2^exponent += values·2^values_exponent, under the larger of the two exponents. What is lost lies below 10⁻³⁰⁰ of the other term.
pub fn accumulate(sum: &mut [f64], exponent: &mut i64, values: &[f64], values_exponent: i64) {
    if values.iter().all(|v| *v == 0.0) {
        return;
    }
    if sum.iter().all(|v| *v == 0.0) {
        sum.copy_from_slice(values);
        *exponent = values_exponent;
        return;
    }
    if values_exponent > *exponent {
        let factor = scale(1.0, *exponent - values_exponent);
        sum.iter_mut().for_each(|v| *v *= factor);
        *exponent = values_exponent;
    }
    axpy(scale(1.0, values_exponent - *exponent), values, sum);
}

/// One vector with a power of two taken out: the adjoint that a backward sweep carries along.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Mantissas.
    pub values: Vec<f64>,
    /// Their power of two.
    pub exponent: i64,
}

impl Running {
    /// The zero vector of `width` numbers.
    pub fn zeros(width: usize) -> Self {
        Self { values: vec![0.0; width], exponent: 0 }
    }

    /// Adds `values · 2^exponent`.
    pub fn add(&mut self, values: &[f64], exponent: i64) {
        accumulate(&mut self.values, &mut self.exponent, values, exponent);
    }

    /// Brings the largest magnitude into [0.5, 1): once a step, before anything is multiplied again.
    pub fn normalise(&mut self) {
        self.exponent += normalise(&mut self.values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_far_beyond_float64_add_up() {
        let mut rows = ScaledRows::zeros(2, 2);
        rows.set(0, &[3.0, -4.0], -3000);
        rows.add(0, &[3.0, -4.0], -3000);
        let expected = 1.0 + -3000.0 * std::f64::consts::LOG10_2;
        assert!((rows.log10_norm(0) - expected).abs() < 1e-12, "{}", rows.log10_norm(0));
        assert_eq!(rows.log10_norm(1), f64::NEG_INFINITY);
        assert_eq!(rows.last_nonzero(), Some(0));
    }

    #[test]
    fn a_sum_takes_the_larger_exponent() {
        let mut running = Running::zeros(1);
        running.add(&[1.0], -4000);
        running.add(&[1.0], 10);
        running.add(&[1.0], 9);
        running.normalise();
        assert_eq!(scale(running.values[0], running.exponent), 1024.0 + 512.0);
    }

    #[test]
    fn plain_numbers_come_back() {
        let values = [1.0, -0.25, 0.0, 0.0, 3e-200, 7.0];
        let rows = ScaledRows::from_values(&values, 2);
        assert_eq!(rows.to_values(), values);
        assert_eq!(rows.reversed().to_values(), [3e-200, 7.0, 0.0, 0.0, 1.0, -0.25]);
        assert_eq!(ScaledRows::unit(3, 2, 1, 1).to_values(), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    }
}
