//! σ_min of step Jacobians as 1 / σ_max(J⁻¹), by Lanczos on the inverse, which is applied and never formed: the inverse's large singular
//! values are far apart, so a few steps do.

use crate::cell::{Slopes, StepJacobian};
use crate::experiment::Cell;
use crate::definite::{Definite, Side};
use crate::extremes::{smallest, Lanczos, Operator, Proof};
use crate::kernel::{axpy, dot, gemv, gemv_transposed};
use crate::scaled::norm;
use crate::tolerance::{INVERSE_CONDITION, SIGMA_RESIDUAL, SQUARES_FROM, SQUARES_TO};
use crate::weights::Weights;

/// The smallest singular values of one net's step Jacobians, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct SmallestSingularValue {
    cell: Cell,
    n: usize,
    /// RNN: `W_hh⁻¹`. LSTM: the inverse of the output gate's block. `None` where that is too close to singular, and for the GRU.
    recurrent: Option<Vec<f64>>,
    lu: Lu,
    lanczos: Lanczos,
    definite: Definite,
    scratch: Vec<f64>,
}

impl SmallestSingularValue {
    pub fn new(w: &Weights) -> Self {
        let n = w.hidden_size;
        let block = match w.cell {
            Cell::Rnn => Some(&w.weight_hh[..n * n]),
            Cell::Lstm => Some(&w.weight_hh[3 * n * n..]),
            Cell::Gru => None,
        };
        let recurrent = block.and_then(|block| {
            let inverse = Lu::new(n).inverse(block)?;
            let size = |a: &[f64]| crate::scaled::norm(a);
            (size(&inverse) * size(block) < INVERSE_CONDITION).then_some(inverse)
        });
        Self { cell: w.cell, n, recurrent, lu: Lu::new(n), lanczos: Lanczos::default(), definite: Definite::default(), scratch: vec![0.0; 2 * n] }
    }

    /// σ_min of the Jacobian that `jacobian` is set to and whose σ_max is `largest`, to [`SIGMA_RESIDUAL`] of the latter; `dense` is scratch of
    /// its size.
    pub fn of(&mut self, jacobian: &mut StepJacobian, largest: f64, dense: &mut [f64]) -> f64 {
        let m = jacobian.state_size();
        if largest == 0.0 {
            return 0.0;
        }
        let squares = (SQUARES_FROM..SQUARES_TO).contains(&largest);
        let found = if squares { self.by_inverse(jacobian) } else { None };
        jacobian.dense(dense);
        if let Some(found) = found {
            // ‖J u‖ of a unit vector u is an upper bound, whatever it was found by. It needs no lower one where it is as good as 0.
            let allowed = SIGMA_RESIDUAL * largest;
            if found <= allowed || self.definite.all(Side::Above, dense, m, m, found - allowed) {
                return found;
            }
            self.lanczos = Lanczos::default();
        }
        smallest(dense, m)
    }

    /// ‖J u‖ of the unit vector u in which the inverse is largest.
    fn by_inverse(&mut self, jacobian: &mut StepJacobian) -> Option<f64> {
        let slopes = jacobian.slopes();
        let zero = slopes.diagonal.iter().chain(slopes.keep).any(|d| *d == 0.0);
        let ready = match self.cell {
            Cell::Gru => self.lu.factor(slopes.blocks),
            Cell::Rnn | Cell::Lstm if zero => return Some(0.0),
            Cell::Rnn | Cell::Lstm => self.recurrent.is_some(),
        };
        if !ready {
            return None;
        }
        let Self { cell, n, recurrent, lu, lanczos, scratch, .. } = self;
        let mut inverse = Inverse { cell: *cell, n: *n, slopes, recurrent: recurrent.as_deref().unwrap_or_default(), lu, scratch };
        let largest = lanczos.largest(&mut inverse, SIGMA_RESIDUAL, Proof::Elsewhere);
        if !(SQUARES_FROM..SQUARES_TO).contains(&largest) {
            *lanczos = Lanczos::default();
            return None;
        }
        let u: Vec<f64> = lanczos.image().iter().map(|x| x / largest).collect();
        let mut image = vec![0.0; u.len()];
        jacobian.apply(&u, &mut image);
        Some(norm(&image) / norm(&u))
    }
}

/// J⁻¹. With D the diagonal of slopes: RNN `J = D W`; LSTM `J = [[1, K], [0, 1]] [[D W_ho, 0], [C, F]]`; GRU by its factors.
struct Inverse<'a> {
    cell: Cell,
    n: usize,
    slopes: Slopes<'a>,
    recurrent: &'a [f64],
    lu: &'a mut Lu,
    scratch: &'a mut [f64],
}

impl Operator for Inverse<'_> {
    fn rows(&self) -> usize {
        self.n * self.cell.states()
    }

    fn columns(&self) -> usize {
        self.rows()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        let (n, s) = (self.n, &self.slopes);
        match self.cell {
            Cell::Gru => self.lu.solve(x, y),
            Cell::Rnn => {
                let scaled = &mut self.scratch[..n];
                for ((scaled, x), d) in scaled.iter_mut().zip(x).zip(s.diagonal) {
                    *scaled = x / d;
                }
                gemv(self.recurrent, scaled, y);
            }
            Cell::Lstm => {
                // h = (D W)⁻¹ (x_h − K x_c), c = F⁻¹ (x_c − C h).
                let (x_hidden, x_cell) = x.split_at(n);
                let (y_hidden, y_cell) = y.split_at_mut(n);
                let scaled = &mut self.scratch[..n];
                for j in 0..n {
                    scaled[j] = (x_hidden[j] - s.read[j] * x_cell[j]) / s.diagonal[j];
                }
                gemv(self.recurrent, scaled, y_hidden);
                gemv(&s.blocks[n * n..], y_hidden, y_cell);
                for j in 0..n {
                    y_cell[j] = (x_cell[j] - y_cell[j]) / s.keep[j];
                }
            }
        }
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        let (n, s) = (self.n, &self.slopes);
        match self.cell {
            Cell::Gru => self.lu.solve_transposed(x, y),
            Cell::Rnn => {
                gemv_transposed(self.recurrent, x, y);
                for (y, d) in y.iter_mut().zip(s.diagonal) {
                    *y /= d;
                }
            }
            Cell::Lstm => {
                let (x_hidden, x_cell) = x.split_at(n);
                let (y_hidden, y_cell) = y.split_at_mut(n);
                let (kept, rest) = self.scratch.split_at_mut(n);
                for j in 0..n {
                    kept[j] = x_cell[j] / s.keep[j];
                }
                gemv_transposed(&s.blocks[n * n..], kept, rest);
                for (rest, x) in rest.iter_mut().zip(x_hidden) {
                    *rest = x - *rest;
                }
                gemv_transposed(self.recurrent, &rest[..n], y_hidden);
                for j in 0..n {
                    y_hidden[j] /= s.diagonal[j];
                    y_cell[j] = kept[j] - s.read[j] * y_hidden[j];
                }
            }
        }
    }
}

/// LU factors with partial pivoting (Golub & Van Loan, §3.4).
#[derive(Clone, Debug)]
pub(crate) struct Lu {
    n: usize,
    factors: Vec<f64>,
    /// Row `order[i]` of the matrix became row i.
    order: Vec<usize>,
    scratch: Vec<f64>,
}

impl Lu {
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
    use crate::spectrum::singular_values;
    use crate::unroll::Trace;
    use crate::{Activation, Experiment, Initialiser};
    use proptest::prelude::*;

    fn assert_close(experiment: &Experiment) {
        let problem = experiment.problem().unwrap();
        let w = &problem.weights;
        let (trace, _) = Trace::run(&problem);
        let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
        let m = jacobian.state_size();
        let mut dense = vec![0.0; m * m];
        let mut smallest = SmallestSingularValue::new(w);
        for t in 1..=trace.h.len() / w.hidden_size - 1 {
            jacobian.set(w, trace.step(w.hidden_size, t));
            jacobian.dense(&mut dense);
            let all = singular_values(&dense, m, m);
            let ours = smallest.of(&mut jacobian, all[0], &mut dense);
            assert!((ours - all[m - 1]).abs() <= 1e-9 * all[0], "{experiment:?} step {t}: {ours} not {}", all[m - 1]);
        }
    }

    #[test]
    fn special_nets_agree_with_the_full_decomposition() {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            for initialiser in [Initialiser::Identity, Initialiser::Orthogonal] {
                for activation in [Activation::Relu, Activation::Tanh, Activation::Sigmoid] {
                    assert_close(&Experiment { cell, initialiser, activation, hidden_size: 7, seq_len: 30, ..Experiment::default() });
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn any_net_agrees_with_the_full_decomposition(
            seed in 0u32..1000, cell in 0usize..3, hidden_size in 1usize..20, gain in 0.0f64..6.0, forget_bias in -6.0f64..6.0, input_scale in 0.0f64..8.0,
        ) {
            let cell = [Cell::Rnn, Cell::Lstm, Cell::Gru][cell];
            assert_close(&Experiment { seed, cell, hidden_size, gain, forget_bias, input_scale, seq_len: 20, ..Experiment::default() });
        }
    }

    #[test]
    fn factors_solve_both_ways() {
        let n = 9;
        let mut draws = crate::rng::Draws::new(3, crate::rng::Purpose::Cotangent);
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
