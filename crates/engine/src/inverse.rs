//! σ_min of step Jacobians as 1 / σ_max(J⁻¹), by Lanczos on the inverse, which is applied and never formed: the inverse's large singular
//! values are far apart, so a few steps do.

use crate::cell::{LstmJacobian, Parts, StepJacobian};
use crate::kernel::{gemv, gemv_transposed};
use crate::linalg::definite::{Definite, Side};
use crate::linalg::extremes::smallest;
use crate::linalg::lanczos::{Lanczos, Proof};
use crate::linalg::lu::Lu;
use crate::linalg::operator::Operator;
use crate::scaled::norm;
use crate::tolerance::{INVERSE_CONDITION, SIGMA_RESIDUAL, SQUARES_FROM, SQUARES_TO};
use crate::vocabulary::Cell;
use crate::weights::Weights;

/// The smallest singular values of one net's step Jacobians, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct SmallestSingularValue {
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
        Self { recurrent, lu: Lu::new(n), lanczos: Lanczos::default(), definite: Definite::default(), scratch: vec![0.0; 2 * n] }
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
        let Self { recurrent, lu, lanczos, scratch, .. } = self;
        let zero = |diagonal: &[f64]| diagonal.contains(&0.0);
        let mut inverse = match jacobian.parts() {
            Parts::Rnn { slopes, .. } if zero(slopes) => return Some(0.0),
            Parts::Rnn { slopes, .. } => Inverse::Rnn { slopes, recurrent: recurrent.as_deref()?, scratch },
            Parts::Gru { dense } => Inverse::Gru { n: jacobian.state_size(), lu: lu.factor(dense).then_some(lu)? },
            Parts::Lstm(lstm) if zero(&lstm.output_slopes) || zero(&lstm.forget) => return Some(0.0),
            Parts::Lstm(lstm) => Inverse::Lstm { lstm, recurrent: recurrent.as_deref()?, scratch },
        };
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

/// J⁻¹, applied by the factors of J and never formed. D is the diagonal of slopes; `scratch` is `[2n]`.
enum Inverse<'a> {
    /// `J = D W`; `recurrent` is `W⁻¹`.
    Rnn { slopes: &'a [f64], recurrent: &'a [f64], scratch: &'a mut [f64] },
    /// By LU factors.
    Gru { n: usize, lu: &'a mut Lu },
    /// `J = [[1, K], [0, 1]] [[D W_ho, 0], [C, F]]`; `recurrent` is `W_ho⁻¹`.
    Lstm { lstm: &'a LstmJacobian, recurrent: &'a [f64], scratch: &'a mut [f64] },
}

impl Operator for Inverse<'_> {
    fn rows(&self) -> usize {
        match self {
            Self::Rnn { slopes, .. } => slopes.len(),
            Self::Gru { n, .. } => *n,
            Self::Lstm { lstm, .. } => 2 * lstm.read.len(),
        }
    }

    fn columns(&self) -> usize {
        self.rows()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        match self {
            Self::Gru { lu, .. } => lu.solve(x, y),
            Self::Rnn { slopes, recurrent, scratch } => {
                let scaled = &mut scratch[..slopes.len()];
                for ((scaled, x), d) in scaled.iter_mut().zip(x).zip(*slopes) {
                    *scaled = x / d;
                }
                gemv(recurrent, scaled, y);
            }
            Self::Lstm { lstm, recurrent, scratch } => {
                // h = (D W)⁻¹ (x_h − K x_c), c = F⁻¹ (x_c − C h).
                let n = lstm.read.len();
                let (x_hidden, x_cell) = x.split_at(n);
                let (y_hidden, y_cell) = y.split_at_mut(n);
                let scaled = &mut scratch[..n];
                for j in 0..n {
                    scaled[j] = (x_hidden[j] - lstm.read[j] * x_cell[j]) / lstm.output_slopes[j];
                }
                gemv(recurrent, scaled, y_hidden);
                gemv(lstm.blocks().1, y_hidden, y_cell);
                for j in 0..n {
                    y_cell[j] = (x_cell[j] - y_cell[j]) / lstm.forget[j];
                }
            }
        }
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        match self {
            Self::Gru { lu, .. } => lu.solve_transposed(x, y),
            Self::Rnn { slopes, recurrent, .. } => {
                gemv_transposed(recurrent, x, y);
                for (y, d) in y.iter_mut().zip(*slopes) {
                    *y /= d;
                }
            }
            Self::Lstm { lstm, recurrent, scratch } => {
                let n = lstm.read.len();
                let (x_hidden, x_cell) = x.split_at(n);
                let (y_hidden, y_cell) = y.split_at_mut(n);
                let (kept, rest) = scratch.split_at_mut(n);
                for j in 0..n {
                    kept[j] = x_cell[j] / lstm.forget[j];
                }
                gemv_transposed(lstm.blocks().1, kept, rest);
                for (rest, x) in rest.iter_mut().zip(x_hidden) {
                    *rest = x - *rest;
                }
                gemv_transposed(recurrent, &rest[..n], y_hidden);
                for j in 0..n {
                    y_hidden[j] /= lstm.output_slopes[j];
                    y_cell[j] = kept[j] - lstm.read[j] * y_hidden[j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::spectrum::singular_values;
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
}
