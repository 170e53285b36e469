//! Adjoints, parameter gradients and Jacobians against central differences of the forward pass, over random nets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use unroll_engine::{analyse_problem, Activation, Analysis, Cell, LossSite, Problem, Weights};

/// Step of the central differences; their error is O(STEP²).
const STEP: f64 = 1e-5;
const TOLERANCE: f64 = 2e-6;

fn blocks(cell: Cell) -> usize {
    match cell {
        Cell::Rnn => 1,
        Cell::Lstm => 4,
        Cell::Gru => 3,
    }
}

fn numbers(count: usize, bound: f64) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(-bound..bound, count)
}

prop_compose! {
    fn shape()(
        cell in prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)],
        activation in prop_oneof![Just(Activation::Tanh), Just(Activation::Sigmoid), Just(Activation::Identity)],
        n in 1_usize..5,
        d in 1_usize..4,
        steps in 1_usize..9,
        site in 0_usize..3,
        at in 1_usize..9,
    ) -> (Cell, Activation, usize, usize, usize, LossSite) {
        let site = match site {
            0 => LossSite::LastStep,
            1 => LossSite::EveryStep,
            _ => LossSite::Step(at.min(steps)),
        };
        (cell, activation, n, d, steps, site)
    }
}

fn problems() -> impl Strategy<Value = Problem> {
    shape().prop_flat_map(|(cell, activation, n, d, steps, loss_site)| {
        let rows = blocks(cell) * n;
        let c0 = if cell == Cell::Lstm { n } else { 0 };
        (
            numbers(rows * d, 1.0),
            numbers(rows * n, 1.0),
            numbers(rows, 0.5),
            numbers(rows, 0.5),
            numbers(steps * d, 1.0),
            numbers(n, 0.8),
            numbers(c0, 0.8),
            numbers(n, 1.0),
        )
            .prop_map(move |(weight_ih, weight_hh, bias_ih, bias_hh, x, h0, c0, cotangent)| Problem {
                weights: Weights { cell, activation, input_size: d, hidden_size: n, weight_ih, weight_hh, bias_ih, bias_hh },
                x,
                h0,
                c0,
                loss_site,
                cotangent,
            })
    })
}

fn slope(problem: &Problem, nudge: impl Fn(&mut Problem, f64)) -> f64 {
    let loss = |by: f64| {
        let mut moved = problem.clone();
        nudge(&mut moved, by);
        analyse_problem(moved).loss
    };
    (loss(STEP) - loss(-STEP)) / (2.0 * STEP)
}

fn scaled(mantissa: f64, exponent: i64) -> f64 {
    mantissa * 2f64.powi(i32::try_from(exponent).unwrap())
}

fn close(ours: f64, expected: f64) -> bool {
    (ours - expected).abs() <= TOLERANCE * (1.0 + expected.abs())
}

/// The state s_k of an analysis: h_k, or [h_k; c_k].
fn state(a: &Analysis, k: usize) -> Vec<f64> {
    let n = a.problem.weights.hidden_size;
    let mut s = a.trace.h[k * n..(k + 1) * n].to_vec();
    if !a.trace.c.is_empty() {
        s.extend(&a.trace.c[k * n..(k + 1) * n]);
    }
    s
}

/// The same problem from state k on, so that a state inside the sequence can be nudged as an initial one.
fn from_state(a: &Analysis, k: usize) -> Problem {
    let p = &a.problem;
    let (n, d) = (p.weights.hidden_size, p.weights.input_size);
    let s = state(a, k);
    Problem {
        x: p.x[k * d..].to_vec(),
        h0: s[..n].to_vec(),
        c0: s[n..].to_vec(),
        loss_site: match p.loss_site {
            LossSite::Step(t) => LossSite::Step(t - k),
            other => other,
        },
        ..p.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn parameter_gradients_are_the_slopes_of_the_loss(problem in problems()) {
        let a = analyse_problem(problem.clone());
        for (g, pick) in a.backward.gradients.iter().zip([0, 1, 2, 3]) {
            for (i, mantissa) in g.mantissa.iter().enumerate() {
                let expected = slope(&problem, |p, by| {
                    let w = &mut p.weights;
                    [&mut w.weight_ih, &mut w.weight_hh, &mut w.bias_ih, &mut w.bias_hh][pick][i] += by;
                });
                let ours = scaled(*mantissa, g.exponent);
                prop_assert!(close(ours, expected), "{} [{}]: {} not {}", g.name, i, ours, expected);
            }
        }
    }

    #[test]
    fn initial_state_adjoints_are_the_slopes_of_the_loss(problem in problems()) {
        let a = analyse_problem(problem.clone());
        for j in 0..problem.h0.len() {
            let dh = &a.backward.dl_dh;
            prop_assert!(close(scaled(dh.mantissa[j], dh.exponent[0]), slope(&problem, |p, by| p.h0[j] += by)));
        }
        if let Some(dc) = &a.backward.dl_dc {
            for j in 0..problem.c0.len() {
                prop_assert!(close(scaled(dc.mantissa[j], dc.exponent[0]), slope(&problem, |p, by| p.c0[j] += by)));
            }
        }
    }

    /// ∂L/∂s_k of the later losses, with h_k and c_k independent, at every state that a later loss reads.
    #[test]
    fn state_adjoints_inside_the_sequence_are_slopes_of_the_rest(problem in problems()) {
        let a = analyse_problem(problem);
        let last = match a.problem.loss_site { LossSite::Step(t) => t, _ => a.seq_len };
        for k in 0..last {
            // The loss that reads h_k itself is not part of the rest.
            if a.problem.loss_site == LossSite::EveryStep && k > 0 { continue; }
            let rest = from_state(&a, k);
            let mut squares = 0.0;
            for j in 0..rest.h0.len() { squares += slope(&rest, |p, by| p.h0[j] += by).powi(2); }
            for j in 0..rest.c0.len() { squares += slope(&rest, |p, by| p.c0[j] += by).powi(2); }
            let ours = 10f64.powf(a.backward.log10_norm_dl_ds[k]);
            prop_assert!(close(ours, squares.sqrt()), "k = {}: {} not {}", k, ours, squares.sqrt());
        }
    }

    #[test]
    fn step_jacobians_are_the_slopes_of_one_step(problem in problems(), at in 0_usize..8) {
        let a = analyse_problem(problem);
        let t = 1 + at % a.seq_len;
        let jacobian = a.step_jacobian(t);
        let (m, n, d) = (a.state_size, a.problem.weights.hidden_size, a.problem.weights.input_size);
        let one_step = |s: Vec<f64>| {
            let p = Problem { x: a.problem.x[(t - 1) * d..t * d].to_vec(), h0: s[..n].to_vec(), c0: s[n..].to_vec(), loss_site: LossSite::LastStep, ..a.problem.clone() };
            state(&analyse_problem(p), 1)
        };
        for j in 0..m {
            let moved = |by: f64| { let mut s = state(&a, t - 1); s[j] += by; one_step(s) };
            let (up, down) = (moved(STEP), moved(-STEP));
            for i in 0..m {
                let expected = (up[i] - down[i]) / (2.0 * STEP);
                prop_assert!(close(jacobian[i * m + j], expected), "J[{}][{}] = {} not {}", i, j, jacobian[i * m + j], expected);
            }
        }
    }

    /// What truncation leaves out falls to nothing at the full window, and the contributions of one window add up.
    #[test]
    fn the_full_window_truncates_nothing(problem in problems()) {
        let a = analyse_problem(problem);
        for g in &a.backward.gradients {
            prop_assert_eq!(g.truncation_error[a.seq_len - 1], 0.0);
            prop_assert!(g.truncation_error.iter().all(|e| e.is_finite() && *e >= 0.0));
        }
    }

    #[test]
    fn sigma_bounds_hold_at_every_step(problem in problems()) {
        let a = analyse_problem(problem);
        let s = &a.step_jacobian;
        for t in 0..a.seq_len {
            let slack = 1e-9 * (1.0 + s.sigma_max[t]);
            prop_assert!(s.sigma_min[t] <= s.spectral_radius[t] + slack);
            prop_assert!(s.spectral_radius[t] <= s.sigma_max[t] + slack);
            prop_assert!(s.sigma_max[t] <= s.frobenius[t] + slack);
        }
        let sum: f64 = a.lyapunov_exponents.iter().sum();
        let by_determinant = a.lyapunov_settling.mean_log_determinant;
        if sum.is_finite() && by_determinant.is_finite() && sum > -20.0 {
            prop_assert!((sum - by_determinant).abs() < 1e-5 * (1.0 + sum.abs()), "{} not {}", sum, by_determinant);
        }
        if sum.is_finite() {
            // |det| of a product is the product of the |det|s, whatever the directions do.
            let per_step: f64 = (1..=a.seq_len).map(|t| a.step_singular_values(t).iter().map(|s| s.ln()).sum::<f64>()).sum::<f64>() / a.seq_len as f64;
            if per_step.is_finite() && per_step > -20.0 {
                prop_assert!((sum - per_step).abs() < 1e-5 * (1.0 + per_step.abs()), "{} not {}", sum, per_step);
            }
        }
    }
}
