//! Finite-time Lyapunov exponents by repeated QR (Benettin et al. 1980; for recurrent nets: Engelken et al. 2023).

use crate::cell::StepJacobian;
use crate::kernel::{axpy, dot, gemv};
use crate::linalg::reflector::reflector;
use crate::order;
use crate::problem::Problem;
use crate::scaled::norm;
use crate::unroll::Trace;
use crate::weights::Weights;

/// The largest `count` finite-time exponents of a problem (natural log per step, descending): cheaper than all of them,
/// since only the first `count` columns are carried along. Their growth is exact for those columns; which m directions they end up in is
/// decided by the dynamics.
pub fn leading_exponents(problem: &Problem, count: usize) -> Vec<f64> {
    let (trace, _) = Trace::run(problem);
    let w = &problem.weights;
    let seq_len = trace.h.len() / w.hidden_size - 1;
    exponents(w, &trace, seq_len, count)
}

/// `λ_i = (1/T) Σ_t ln |R_t,ii|` with `Q_t R_t = J_t Q_{t-1}`, `Q_0` the first `count` columns of I: natural log per step, descending; −∞ where
/// a direction is annihilated, or shrinks in one step to what rounding leaves of it, and all 0 for T = 0.
pub(crate) fn exponents(w: &Weights, trace: &Trace, seq_len: usize, count: usize) -> Vec<f64> {
    let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
    let mut directions = Directions::new(jacobian.state_size(), count);
    for t in 1..=seq_len {
        jacobian.set(w, trace.step(w.hidden_size, t));
        directions.step(&mut jacobian);
    }
    directions.exponents()
}

/// How far the exponents have settled: finite-time exponents depend on T and on the directions that they begin with, which turn towards the
/// net's own in the first steps (the warm-up).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settling {
    /// How many steps at the start are left out below: a quarter of T.
    pub warm_up: usize,
    /// (t, the exponents of steps warm-up + 1…t, descending): at most [`MOST_POINTS`], ascending in t, the last at t = T.
    pub running: Vec<(usize, Vec<f64>)>,
    /// (1/T) Σ_t ln |det J_t| by LU; all exponents of all T steps sum to it.
    pub mean_log_determinant: f64,
}

/// The most points in time at which running exponents are kept.
pub const MOST_POINTS: usize = 64;

impl Settling {
    /// The exponents of all steps after the warm-up, descending; empty where there is no step.
    pub fn settled(&self) -> &[f64] {
        self.running.last().map_or(&[], |(_, exponents)| exponents)
    }

    /// By how much the largest exponent moved over the second half of the steps after the warm-up; `None` where it is −∞ or there is one point.
    pub fn drift(&self) -> Option<f64> {
        let (last, first) = (self.running.last()?, self.running.get(self.running.len().checked_sub(2)? / 2)?);
        let drift = (last.1.first()? - first.1.first()?).abs();
        drift.is_finite().then_some(drift)
    }
}

/// The Kaplan–Yorke dimension of exponents in descending order, `j + (λ_1 + … + λ_j) / |λ_{j+1}|` with the largest j whose sum is not negative
/// (Kaplan & Yorke 1979): 0 where all shrink, m where volumes do not.
pub fn kaplan_yorke_dimension(exponents: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (j, exponent) in exponents.iter().enumerate() {
        if sum + exponent < 0.0 {
            return j as f64 + sum / exponent.abs();
        }
        sum += exponent;
    }
    exponents.len() as f64
}

/// Multiples of m ε that a sum of m products may be off by.
const ROUNDINGS: f64 = 8.0;

/// Orthonormal directions that are carried along by the step Jacobians, and the logarithms of their growth.
#[derive(Clone, Debug)]
pub(crate) struct Directions {
    m: usize,
    steps: usize,
    sums: Vec<f64>,
    // `q` and `product` are [m][count]; `columns` and `reflected` hold the same, a column a row.
    q: Vec<f64>,
    product: Vec<f64>,
    columns: Vec<f64>,
    reflected: Vec<f64>,
    diagonal: Vec<f64>,
    /// The sums at the end of the warm-up.
    warmed: Vec<f64>,
    settling: Settling,
}

impl Directions {
    /// The first `count` of the m unit directions.
    pub fn new(m: usize, count: usize) -> Self {
        let count = count.min(m);
        let mut q = vec![0.0; m * count];
        q.iter_mut().step_by(count + 1).take(count).for_each(|v| *v = 1.0);
        let empty = vec![0.0; m * count];
        let (product, columns, reflected) = (empty.clone(), empty.clone(), empty);
        let sums = vec![0.0; count];
        let (warmed, diagonal) = (sums.clone(), sums.clone());
        Self { m, steps: 0, sums, q, product, columns, reflected, diagonal, warmed, settling: Settling::default() }
    }

    /// Carries them through one step.
    pub fn step(&mut self, jacobian: &mut StepJacobian) {
        let (m, count) = (self.m, self.sums.len());
        jacobian.multiply_from_right(&self.q, count, &mut self.product);
        transpose(&self.product, count, &mut self.columns, m);
        householder(&mut self.columns, m, &mut self.diagonal);
        self.forget_what_rounding_lost(jacobian);
        for (sum, r) in self.sums.iter_mut().zip(&self.diagonal) {
            *sum += libm::log(r.abs());
        }
        form_q(&self.columns, &self.diagonal, m, &mut self.reflected);
        transpose(&self.reflected, m, &mut self.q, count);
        self.steps += 1;
    }

    /// Takes R's diagonal for 0 where it is no more than the rounding of the sums that it is made of: such a direction is in the span of the
    /// others, as all but r are after a step of rank r, and what is left of it is nobody's number. `product` still holds J Q.
    fn forget_what_rounding_lost(&mut self, jacobian: &StepJacobian) {
        let (m, count) = (self.m, self.sums.len());
        let share = ROUNDINGS * m as f64 * f64::EPSILON;
        let floor = share * jacobian.frobenius();
        if self.diagonal.iter().all(|r| *r == 0.0 || r.abs() > floor) {
            return;
        }
        let mut dense = vec![0.0; m * m];
        jacobian.dense(&mut dense);
        dense.iter_mut().for_each(|x| *x = x.abs());
        let (mut direction, mut sizes) = (vec![0.0; m], vec![0.0; m]);
        for (i, r) in self.diagonal.iter_mut().enumerate().filter(|(_, r)| r.abs() <= floor) {
            for (out, q) in direction.iter_mut().zip(self.q.chunks_exact(count)) {
                *out = q[i].abs();
            }
            gemv(&dense, &direction, &mut sizes);
            if r.abs() <= share * norm(&sizes) {
                *r = 0.0;
            }
        }
    }

    /// Keeps what [`Settling`] says of a pass of `seq_len` steps; after every [`Directions::step`].
    pub fn watch(&mut self, seq_len: usize) {
        let warm_up = seq_len / 4;
        self.settling.warm_up = warm_up;
        if self.steps == warm_up {
            self.warmed.copy_from_slice(&self.sums);
        }
        let (after, of) = (self.steps.saturating_sub(warm_up), seq_len - warm_up);
        // Point i of the last ones is at the step that is i / MOST_POINTS of the way, rounded up.
        let point = |step: usize| step * MOST_POINTS.min(of) / of.max(1);
        if after > 0 && point(after) > point(after - 1) {
            let steps = after as f64;
            // A direction that the warm-up lost stays lost.
            let rate = |(sum, warmed): (&f64, &f64)| if *sum == f64::NEG_INFINITY { *sum } else { (sum - warmed) / steps };
            let mut exponents: Vec<f64> = self.sums.iter().zip(&self.warmed).map(rate).collect();
            order::descending(&mut exponents);
            self.settling.running.push((self.steps, exponents));
        }
    }

    /// What was watched.
    pub fn settling(&self) -> &Settling {
        &self.settling
    }

    /// The exponents so far, descending.
    pub fn exponents(&self) -> Vec<f64> {
        let steps = self.steps.max(1) as f64;
        let mut exponents: Vec<f64> = self.sums.iter().map(|s| s / steps).collect();
        order::descending(&mut exponents);
        exponents
    }
}

/// `from` has rows of length `width`, `to` rows of length `height`.
fn transpose(from: &[f64], width: usize, to: &mut [f64], height: usize) {
    for (i, row) in from.chunks_exact(width).enumerate() {
        for (j, value) in row.iter().enumerate() {
            to[j * height + i] = *value;
        }
    }
}

/// Householder QR of the matrix whose columns are the rows of `a`. On return row i holds the reflector v_i (length √2 scaled so that
/// H = 1 − v vᵀ) from entry i on, and `diagonal` holds R's diagonal.
fn householder(a: &mut [f64], m: usize, diagonal: &mut [f64]) {
    for i in 0..diagonal.len() {
        let (done, rest) = a.split_at_mut((i + 1) * m);
        let v = &mut done[i * m + i..];
        let Some(alpha) = reflector(v) else {
            diagonal[i] = 0.0;
            continue;
        };
        diagonal[i] = alpha;
        for column in rest.chunks_exact_mut(m) {
            let projection = dot(v, &column[i..]);
            axpy(-projection, v, &mut column[i..]);
        }
    }
}

/// Q's columns as rows of `out`, from the reflectors, with signs such that R's diagonal is positive.
fn form_q(reflectors: &[f64], diagonal: &[f64], m: usize, out: &mut [f64]) {
    out.fill(0.0);
    for (j, column) in out.chunks_exact_mut(m).enumerate() {
        column[j] = if diagonal[j] < 0.0 { -1.0 } else { 1.0 };
        // Reflectors beyond j do not touch the j-th unit vector's leading zeros until their turn comes, from the last to the first.
        for i in (0..=j).rev() {
            let v = &reflectors[i * m + i..(i + 1) * m];
            let projection = dot(v, &column[i..]);
            axpy(-projection, v, &mut column[i..]);
        }
    }
}
