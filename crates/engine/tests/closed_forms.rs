//! Nets whose numbers are known on paper.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use unroll_engine::lyapunov::{kaplan_yorke_dimension, leading_exponents};
use unroll_engine::verdict::{Fate, Limits};
use unroll_engine::{
    analyse, analyse_critical, analyse_critical_after, analyse_problem, Activation, Analysis, Cell, Cotangent, Experiment, Initialiser,
    Input, LossSite, Problem, Refinement, Weights,
};

fn rnn(activation: Activation, n: usize, weight_hh: Vec<f64>, steps: usize, h0: Vec<f64>) -> Analysis {
    analyse_problem(net(activation, n, weight_hh, steps, h0))
}

/// An autonomous RNN.
fn net(activation: Activation, n: usize, weight_hh: Vec<f64>, steps: usize, h0: Vec<f64>) -> Problem {
    Problem {
        weights: Weights {
            cell: Cell::Rnn,
            activation,
            input_size: 1,
            hidden_size: n,
            weight_ih: vec![0.0; n],
            weight_hh,
            bias_ih: vec![0.0; n],
            bias_hh: vec![0.0; n],
        },
        x: vec![0.0; steps],
        h0,
        c0: Vec::new(),
        loss_site: LossSite::LastStep,
        cotangent: vec![1.0; n],
    }
}

/// A rotation by a generic angle: orthogonal, with no eigenvalue on the real axis.
fn rotation(gain: f64) -> Vec<f64> {
    let (sin, cos) = 0.7_f64.sin_cos();
    vec![gain * cos, -gain * sin, gain * sin, gain * cos]
}

#[test]
fn kaplan_yorke_dimensions_are_those_of_known_spectra() {
    // The Lorenz attractor's spectrum at the classical parameters gives 2.062 (Sprott 2003, table 4.2).
    assert!((kaplan_yorke_dimension(&[0.9056, 0.0, -14.5723]) - 2.062).abs() < 5e-4);
    assert_eq!(kaplan_yorke_dimension(&[-0.1, -0.2]), 0.0);
    assert_eq!(kaplan_yorke_dimension(&[0.3, -0.1, f64::NEG_INFINITY]), 2.0);
    assert_eq!(kaplan_yorke_dimension(&[0.3, 0.1]), 2.0);
    assert_eq!(kaplan_yorke_dimension(&[]), 0.0);
}

#[test]
fn an_orthogonal_linear_net_scales_by_gain_to_the_k_far_beyond_double_precision() {
    for (gain, steps) in [(0.1, 5000), (10.0, 5000), (0.5, 300), (1.0, 100)] {
        let a = rnn(Activation::Identity, 2, rotation(gain), steps, vec![0.0; 2]);
        assert_eq!(a.overflow_at, None);
        for (k, log10) in a.product.log10_sigma_max.iter().enumerate() {
            let expected = (steps - k) as f64 * gain.log10();
            assert!((log10 - expected).abs() < 1e-9 * (1.0 + expected.abs()), "gain {gain}, k = {k}: {log10} not {expected}");
        }
        let last = a.backward.log10_norm_dl_ds[0] - a.backward.log10_norm_dl_ds[steps];
        assert!((last - steps as f64 * gain.log10()).abs() < 1e-6);
        assert!((a.left.growth_per_step() / gain - 1.0).abs() < 1e-9);
        assert!((a.lyapunov_exponents[0] - gain.ln()).abs() < 1e-9);
        let settling = &a.lyapunov_settling;
        assert_eq!((settling.warm_up, settling.running.last().unwrap().0, settling.running.len()), (steps / 4, steps, 64));
        assert!(settling.running.iter().all(|(_, exponents)| exponents.iter().all(|e| (e - gain.ln()).abs() < 1e-9)));
        assert!((settling.mean_log_determinant - 2.0 * gain.ln()).abs() < 1e-9);
        assert!((a.effective_rank.unwrap() - 2.0).abs() < 1e-6);
        // The first whole lag beyond ln 2 / −ln gain; where the gain is ½ the second, since exactly half is left at the first.
        let half = (gain < 1.0).then(|| (2f64.log10() / -gain.log10()).floor() as usize + 1);
        let double = (gain > 1.0).then(|| (2f64.log10() / gain.log10()).floor() as usize + 1);
        assert_eq!((a.left.half_life(), a.left.doubling()), (half, double));
        // In an orthogonal net every loss is the worst case.
        for (left, worst) in a.left.log10_by_lag().iter().zip(a.worst_case().unwrap().log10_by_lag()) {
            assert!((left - worst).abs() < 1e-6);
        }
    }
}

#[test]
fn the_non_normal_pair_grows_to_34_872_before_it_decays() {
    let a = rnn(Activation::Identity, 2, vec![0.9, 9.0, 0.0, 0.9], 80, vec![0.0; 2]);
    let norm = |lag: usize| 10f64.powf(a.product.log10_sigma_max[80 - lag]);
    assert!((norm(1) - 9.0891).abs() < 1e-4);
    assert!((a.step_jacobian.spectral_radius[0] - 0.9).abs() < 1e-12);
    let peak = (1..=80).max_by(|a, b| norm(*a).total_cmp(&norm(*b))).unwrap();
    assert_eq!(peak, 9);
    assert!((norm(9) - 34.872).abs() < 1e-3);
    assert!(norm(60) >= 1.0 && norm(61) < 1.0);
    assert!(a.reference.pascanu_bound.unwrap() > 0.0 && a.reference.linear_rate.unwrap() < 0.0);
}

#[test]
fn the_shear_initialiser_is_that_pair() {
    let experiment = Experiment {
        cell: Cell::Rnn,
        hidden_size: 2,
        initialiser: Initialiser::Shear,
        activation: Activation::Identity,
        gain: 0.9,
        ..Experiment::default()
    };
    let w = experiment.problem().unwrap().weights;
    for (ours, expected) in w.weight_hh.iter().zip([0.9, 9.0, 0.0, 0.9]) {
        assert!((ours - expected).abs() < 1e-14);
    }
}

#[test]
fn without_recurrent_gate_weights_the_cell_keeps_f_to_the_k() {
    let (n, steps) = (3, 100);
    for (bias, log10_after_100) in [(0.0_f64, 7.89e-31_f64.log10()), (1.0, 2.48e-14_f64.log10()), (2.0, 3.07e-6_f64.log10())] {
        let mut bias_ih = vec![0.0; 4 * n];
        bias_ih[n..2 * n].fill(bias);
        let a = analyse_problem(Problem {
            weights: Weights {
                cell: Cell::Lstm,
                activation: Activation::Tanh,
                input_size: 1,
                hidden_size: n,
                weight_ih: vec![0.0; 4 * n],
                weight_hh: vec![0.0; 4 * n * n],
                bias_ih,
                bias_hh: vec![0.0; 4 * n],
            },
            x: vec![0.0; steps],
            h0: vec![0.3; n],
            c0: vec![0.2; n],
            loss_site: LossSite::LastStep,
            cotangent: vec![1.0; n],
        });
        let f = 1.0 / (1.0 + (-bias).exp());
        let cell = a.product.log10_norm_dct_dck.as_ref().unwrap();
        let direct = a.product.log10_direct_cell_path.as_ref().unwrap();
        for k in 0..=steps {
            let expected = (steps - k) as f64 * f.log10();
            assert!((cell[k] - expected).abs() < 1e-9, "b = {bias}, k = {k}");
            assert!((direct[k] - expected).abs() < 1e-9, "b = {bias}, k = {k}");
        }
        assert!((cell[0] - log10_after_100).abs() < 1e-3);
        assert!((a.reference.constant_gate.unwrap() - f.log10()).abs() < 1e-12);
        assert!((a.reference.time_constant.unwrap() - 1.0 / (1.0 - f)).abs() < 1e-9);
    }
}

/// Mean-field theory of random tanh nets without input (Sompolinsky, Crisanti & Sommers 1988; exponents as in `g`'s table of the
/// specification), at n = 128 and averaged over seeds. The start is a state reached after a transient.
#[test]
fn random_tanh_nets_have_the_mean_field_exponents() {
    let (n, transient, steps) = (128, 200, 400);
    for (gain, expected) in [(0.9, -0.1054), (2.0, 0.1547), (3.0, 0.3103)] {
        let seeds: Vec<u64> = (1..=16).collect();
        let mean: f64 = seeds
            .iter()
            .map(|seed| {
                let w = gaussian(n, gain / (n as f64).sqrt(), *seed);
                let mut h = gaussian(n, 1.0, seed << 32)[..n].to_vec();
                for _ in 0..transient {
                    h = w.chunks(n).map(|row| row.iter().zip(&h).map(|(a, b)| a * b).sum::<f64>().tanh()).collect();
                }
                leading_exponents(&net(Activation::Tanh, n, w, steps, h), 4)[0]
            })
            .sum::<f64>()
            / seeds.len() as f64;
        assert!((mean - expected).abs() < 0.05, "g = {gain}: {mean} not {expected}");
    }
}

/// n² standard normal numbers times a scale, by Box–Muller on SplitMix64 (Steele et al. 2014): independent of the engine's own draws.
fn gaussian(n: usize, scale: f64, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    (0..n * n).map(|_| scale * (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()).collect()
}

#[test]
fn a_relu_net_that_died_is_exactly_zero_from_that_lag_on() {
    // One unit whose recurrent weight turns a positive state negative: alive at step 1, dead at step 2 and for ever.
    let a = rnn(Activation::Relu, 1, vec![-1.0], 6, vec![-1.0]);
    assert_eq!(a.trace.h, [-1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(a.product.exactly_zero_from_lag, Some(1));
    assert_eq!(a.product.log10_sigma_max[..6], [f64::NEG_INFINITY; 6]);
    assert_eq!(a.product.log10_sigma_max[6], 0.0);
    assert_eq!(a.backward.dl_dh.log10_norm[0], f64::NEG_INFINITY);
    assert_eq!((a.left.growth_per_step(), a.left.fate(Limits::default()), a.left.dead_from()), (0.0, Fate::Dead, Some(1)));
    assert_eq!(a.effective_rank, Some(0.0));
    assert_eq!((a.left.horizon(0.01), a.worst_case().unwrap().horizon(0.01)), (0, 0));
    assert_eq!(a.product_log10_singular_values(0), [f64::NEG_INFINITY]);
    assert_eq!(a.product_log10_singular_values(6), [0.0]);
}

#[test]
fn a_state_beyond_the_largest_double_cuts_the_analysis_before_it() {
    let a = rnn(Activation::Identity, 1, vec![1e200], 5, vec![1e100]);
    assert_eq!(a.overflow_at, Some(2));
    assert_eq!(a.seq_len, 1);
    assert_eq!(a.problem.x.len(), 1);
    assert!((a.product.log10_sigma_max[0] - 200.0).abs() < 1e-9);
    assert_eq!(a.left.fate(Limits::default()), Fate::Explodes);
}

#[test]
fn an_overflow_at_the_first_step_leaves_an_empty_analysis() {
    let a = rnn(Activation::Identity, 1, vec![1e200], 5, vec![1e300]);
    assert_eq!((a.overflow_at, a.seq_len), (Some(1), 0));
    assert_eq!(a.product.log10_sigma_max, [0.0]);
    assert!(a.step_jacobian.sigma_max.is_empty());
    assert!(a.step_eigenvalues(1).is_empty());
    assert_eq!((a.left.longest_lag(), a.left.growth_per_step(), a.left.horizon(0.01)), (0, 1.0, 0));
}

/// The product at any state, whichever kept product it starts from, has the norm that the chart shows.
#[test]
fn the_product_at_the_cursor_agrees_with_the_chart_at_every_state() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let a = analyse(&Experiment { cell, hidden_size: 5, seq_len: 50, ..Experiment::default() }).unwrap();
        for k in 0..=50 {
            let largest = a.product_log10_singular_values(k)[0];
            assert!((largest - a.product.log10_sigma_max[k]).abs() < 1e-8, "{cell:?} at {k}");
        }
        assert!((a.product_effective_rank(50) - a.state_size as f64).abs() < 1e-9);
    }
}

#[test]
fn one_step_and_one_unit_are_enough() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let a = analyse(&Experiment { cell, hidden_size: 1, seq_len: 1, ..Experiment::default() }).unwrap();
        assert_eq!(a.product.log10_sigma_max.len(), 2);
        assert_eq!(a.backward.gradients[1].log10_norm_by_step.len(), 1);
        assert_eq!(a.backward.gradients[1].truncation_error, [0.0]);
    }
}

#[test]
fn the_adjoint_with_the_loss_at_the_end_is_the_product_transposed_times_the_cotangent() {
    let a = analyse(&Experiment { cell: Cell::Lstm, hidden_size: 4, seq_len: 20, cotangent: Cotangent::Ones, ..Experiment::default() })
        .unwrap();
    let norm = 10f64.powf(a.backward.log10_norm_dl_ds[0] - a.backward.log10_norm_dl_ds[20]);
    let largest = 10f64.powf(a.product.log10_sigma_max[0]);
    assert!(norm <= largest * (1.0 + 1e-9));
}

/// Every value a valid experiment can take at its ends is analysed without a panic, and what is not a number is never shown.
#[test]
fn extreme_settings_give_finite_numbers_or_say_exactly_zero() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        for activation in [Activation::Tanh, Activation::Relu, Activation::Sigmoid, Activation::Identity] {
            for (gain, bias, scale) in [(0.0, -20.0, 0.0), (10.0, 20.0, 100.0), (10.0, -20.0, 0.0), (0.0, 20.0, 100.0)] {
                let a = analyse(&Experiment {
                    cell,
                    activation,
                    gain,
                    forget_bias: bias,
                    input_gate_bias: bias,
                    update_bias: bias,
                    input_scale: scale,
                    hidden_size: 8,
                    seq_len: 512,
                    input: Input::Noise,
                    ..Experiment::default()
                })
                .unwrap();
                let name = format!("{cell:?} {activation:?} gain {gain} bias {bias} scale {scale}");
                let logs =
                    a.product.log10_sigma_max.iter().chain(&a.backward.log10_norm_dl_ds).chain(&a.backward.gradients[1].log10_norm_by_step);
                assert!(logs.copied().all(|v| v.is_finite() || v == f64::NEG_INFINITY), "{name}");
                let spectra = a.step_jacobian.sigma_max.iter().chain(&a.step_jacobian.sigma_min).chain(&a.step_jacobian.spectral_radius);
                assert!(spectra.copied().all(f64::is_finite), "{name}");
                assert!(!a.left.growth_per_step().is_nan(), "{name}");
            }
        }
    }
}

#[test]
fn an_analysis_in_slices_is_the_same_to_the_bit() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let experiment = Experiment { cell, hidden_size: 6, seq_len: 23, ..Experiment::default() };
        let whole = analyse(&experiment).unwrap();
        let critical = analyse_critical(&experiment).unwrap();
        assert!(!critical.complete && critical.step_jacobian.spectral_radius.is_empty());
        assert_eq!(critical.product, whole.product);
        assert_eq!(critical.step_jacobian.sigma_max, whole.step_jacobian.sigma_max);
        assert!(critical.recurrent_weight.eigenvalues.is_empty() && critical.reference.linear_rate.is_none());
        assert_eq!(critical.recurrent_eigenvalues(), whole.recurrent_weight.eigenvalues);
        let mut refinement = Refinement::new(&critical);
        let mut slices = 1;
        while !refinement.advance(&critical, 5) {
            slices += 1;
        }
        assert_eq!(slices, 5);
        assert_eq!(refinement.complete(critical), whole);
    }
}

/// What is left is the norm of P_{T←k}ᵀ v from the last step that the loss reads, whatever else the loss reads, and never more than the worst
/// case over all directions.
#[test]
fn what_is_left_is_one_term_of_the_loss_and_at_most_the_worst_case() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        for loss_site in [LossSite::LastStep, LossSite::EveryStep, LossSite::Step(17)] {
            let experiment = Experiment { cell, hidden_size: 5, seq_len: 30, gain: 1.5, loss_site, ..Experiment::default() };
            let a = analyse(&experiment).unwrap();
            let last = a.last_loss_step();
            assert_eq!((a.left.longest_lag(), last), (last, if loss_site == LossSite::Step(17) { 17 } else { 30 }));
            assert_eq!(unroll_engine::left(&experiment).unwrap(), a.left);
            let alone = analyse(&Experiment { loss_site: LossSite::Step(last), ..experiment }).unwrap();
            let norms = &alone.backward.log10_norm_dl_ds;
            for (lag, left) in a.left.log10_by_lag().iter().enumerate() {
                assert_eq!(*left, norms[last - lag] - norms[last], "{cell:?} {loss_site:?} lag {lag}");
            }
            // By the step Jacobians themselves.
            let m = a.state_size;
            let mut v = vec![0.0; m];
            v[..5].copy_from_slice(&a.problem.cotangent);
            let size = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
            let whole = size(&v);
            for t in (1..=last).rev() {
                let jacobian = a.step_jacobian(t);
                v = (0..m).map(|column| (0..m).map(|row| jacobian[row * m + column] * v[row]).sum()).collect();
                let expected = (size(&v) / whole).log10();
                assert!((a.left.log10_by_lag()[last - t + 1] - expected).abs() < 1e-10, "{cell:?} {loss_site:?} t = {t}");
            }
            match a.worst_case() {
                Some(worst) => assert!(worst.log10_by_lag().iter().zip(a.left.log10_by_lag()).all(|(most, left)| *left <= most + 1e-8)),
                None => assert_eq!(last, 17),
            }
        }
    }
}

#[test]
fn what_an_analysis_takes_over_from_the_last_is_what_it_would_have_computed() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let before = Experiment { cell, hidden_size: 5, seq_len: 20, ..Experiment::default() };
        let previous = analyse_critical(&before).unwrap();
        for after in [Experiment { forget_bias: 3.0, seq_len: 30, ..before.clone() }, Experiment { gain: 1.5, ..before.clone() }] {
            let taken = analyse_critical_after(&after, Some(&previous), &mut |_| {}).unwrap();
            assert_eq!(taken, analyse_critical(&after).unwrap());
            // What the last one had found about the same weights is not lost.
            let taken = analyse_critical_after(&after, Some(&analyse(&before).unwrap()), &mut |_| {}).unwrap();
            let same = after.gain == before.gain;
            assert_eq!(
                (taken.recurrent_weight.eigenvalues.is_empty(), taken.reference.linear_rate.is_some()),
                (!same, same && cell == Cell::Rnn)
            );
        }
    }
}
