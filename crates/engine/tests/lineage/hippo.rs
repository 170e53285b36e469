//! HiPPO-LegS, time-varying and not, and what linear recurrences cannot do.

use unroll_engine::lineage::diagonal::Spectrum;
use unroll_engine::lineage::discretise::{discretise_dense, Rule as Hold};
use unroll_engine::lineage::hippo::{
    gradient_norm, horizon, impulse, impulse_norm, least_squares_error, legs, midpoints, normal_plus_low_rank, projection_bound,
    reconstruct, relative_error, Legs, Rule,
};
use unroll_engine::lineage::limits::{parity, Curse};
use unroll_engine::lineage::state_space::StateSpace;
use unroll_engine::lineage::{Model, Path, Reach, Row};
use unroll_engine::spectrum::eigenvalues;

use crate::differences;
use crate::fixture::{flat, Fixture};
use crate::parity::Check;

const RULES: [(&str, Rule); 4] = [
    ("bilinear", Rule::Bilinear),
    ("bilinear_two_times", Rule::BilinearTwoTimes),
    ("euler", Rule::Euler),
    ("zoh_log", Rule::ExactInLogTime),
];

fn memory(rule: Rule, n: usize) -> Legs {
    Legs::new(rule, n).unwrap()
}

/// log10 of how much each sample is felt in the last coefficients.
fn last_row(model: &dyn Model, signal: &[f64]) -> Row {
    Reach::row(model.run(signal).unwrap().as_ref(), signal.len() - 1, Path::Total).unwrap()
}

/// Every run of a trace.
pub fn check(check: &mut Check<'_>, fixture: &Fixture) {
    let signal = fixture.x();
    check.close("points", &midpoints(signal.len()), &flat(&fixture.json["points"]), 1e-15);
    for run in fixture.json["expected"]["runs"].as_array().unwrap() {
        let n = usize::try_from(run["state_size"].as_u64().unwrap()).unwrap();
        let found = memory(Rule::Bilinear, n).remember(&signal).unwrap();
        let past = reconstruct(&found.coefficients, &midpoints(signal.len()));
        for (key, expected) in run.as_object().unwrap() {
            let field = format!("{n}.{key}");
            match key.as_str() {
                "state_size" => {}
                "coefficients" => check.close(&field, &found.coefficients, &flat(expected), 1e-11),
                "reconstruction" => check.close(&field, &past, &flat(expected), 1e-11),
                "relative_l2_error" => check.close(&field, &[relative_error(&past, &signal)], &flat(expected), 1e-10),
                "least_squares_relative_l2_error" => {
                    check.close(&field, &[least_squares_error(&signal, n)], &flat(expected), 1e-6);
                }
                "log10_norm_dc_df" => {
                    check.logarithms(&field, &last_row(&memory(Rule::Bilinear, n), &signal).log10, &flat(expected));
                }
                "other_rules_relative_l2_error" | "largest_coefficient_on_the_way" => {
                    for (rule, expected) in expected.as_object().unwrap() {
                        let by = RULES.iter().find(|(name, _)| name == rule).unwrap().1;
                        let found = memory(by, n).remember(&signal).unwrap();
                        let error = relative_error(&reconstruct(&found.coefficients, &midpoints(signal.len())), &signal);
                        let ours = if key == "largest_coefficient_on_the_way" { found.largest } else { error };
                        // The paper's rule passes through coefficients of 10²¹ at N = 32: few of 16 digits are left in any order of summation.
                        let tolerance = match (by, n, key.as_str()) {
                            (Rule::Euler, 32, "other_rules_relative_l2_error") => 2e-2,
                            (Rule::Euler, 16, "other_rules_relative_l2_error") => 1e-7,
                            _ => 1e-10,
                        };
                        check.close(&format!("{field}.{rule}"), &[ours], &flat(expected), tolerance);
                    }
                }
                other => panic!("nothing checks {other}"),
            }
        }
    }
}

#[test]
fn lineage_the_time_varying_gradient_is_as_large_for_the_oldest_input_as_for_the_newest() {
    for (n, middle) in [(8, 2.1875), (16, 3.1421), (64, 6.3582)] {
        assert!((gradient_norm(n, 1.0) - n as f64).abs() < 1e-12 * n as f64);
        assert!((gradient_norm(n, 0.0) - n as f64).abs() < 1e-12 * n as f64);
        assert!((gradient_norm(n, 0.5) - middle).abs() < 5e-5, "{n}: {}", gradient_norm(n, 0.5));
    }
}

#[test]
fn lineage_measured_gradients_of_the_time_varying_memory_lie_on_the_closed_form() {
    let (n, steps) = (8, 400);
    let row = last_row(&memory(Rule::ExactInLogTime, n), &vec![0.0; steps]);
    for (k, log10) in row.log10.iter().enumerate().skip(20) {
        let expected = gradient_norm(n, (k as f64 + 0.5) / steps as f64) / steps as f64;
        assert!((10f64.powf(*log10) / expected - 1.0).abs() < 0.02, "{k}: {} {expected}", 10f64.powf(*log10));
    }
    // Not Θ(e^−lag): an input of one twentieth of the history away from its end is felt as one in the middle is, or more.
    assert!(row.log10[20] > row.log10[200]);
}

#[test]
fn lineage_the_time_invariant_memory_forgets_by_its_closed_form() {
    for (s, expected) in [(0.0, 8.0), (0.5, 1.42775), (1.0, 0.857449), (3.0, 0.163180), (10.0, 3.6268e-4)] {
        assert!((impulse_norm(8, s) / expected - 1.0).abs() < 5e-5, "{s}: {}", impulse_norm(8, s));
    }
    for (n, expected) in [(8, 4.1050), (16, 3.5495), (64, 2.6222)] {
        assert!((horizon(n, 0.01) - expected).abs() < 1e-4, "{n}: {}", horizon(n, 0.01));
    }
    // By the matrix exponential.
    let (a, b) = legs(8);
    for s in [0.1, 1.0, 5.0] {
        let held = discretise_dense(Hold::ZeroOrderHold, &a, &b, s).unwrap();
        for (i, expected) in impulse(8, s).iter().enumerate() {
            let ours: f64 = (0..8).map(|j| held.a[i * 8 + j] * b[j]).sum();
            assert!((ours - expected).abs() < 1e-12, "{s} {i}: {ours} {expected}");
        }
    }
}

#[test]
fn lineage_measured_reach_of_the_dense_model_lies_on_the_closed_form() {
    let (n, step) = (8, 0.001);
    let (a, b) = legs(n);
    // One channel a coefficient: the output is the whole state.
    let model = StateSpace::new(Hold::ZeroOrderHold, n, n, |name, _| match name {
        "log_dt" => vec![f64::ln(step); n],
        "A" => a.clone(),
        "B" => b.clone(),
        "C" => (0..n * n).map(|i| f64::from(u8::from(i / n == i % n))).collect(),
        _ => vec![0.0; n],
    })
    .unwrap();
    let trace = unroll_engine::lineage::Block::forward(&model, &vec![0.0; n * 300]).unwrap();
    let inner = unroll_engine::lineage::Block::inner(&model, &trace);
    let kernel = inner.iter().find(|v| v.name == "kernel").unwrap().values;
    for lag in 0..300 {
        // The hold averages over a step, which at this size is its middle.
        let norm = (0..n).map(|i| kernel[i * 300 + lag].powi(2)).sum::<f64>().sqrt() / step;
        let expected = impulse_norm(n, step * (lag as f64 + 0.5));
        assert!((norm / expected - 1.0).abs() < 1e-4, "{lag}: {norm} {expected}");
    }
}

#[test]
fn lineage_legs_is_normal_but_for_rank_one() {
    for n in [4, 8, 16, 64] {
        let (a, _) = legs(n);
        let (normal, p) = normal_plus_low_rank(n);
        for i in 0..n {
            for j in 0..n {
                let at = i * n + j;
                assert!((a[at] - (normal[at] - p[i] * p[j])).abs() <= 1e-13 * (1.0 + a[at].abs()));
                // −½ I and a skew-symmetric matrix, so it commutes with its transpose.
                let symmetric = 0.5 * (normal[at] + normal[j * n + i]);
                assert!((symmetric - if i == j { -0.5 } else { 0.0 }).abs() <= 1e-13 * n as f64, "{n} {i} {j}");
            }
        }
        // In the basis that makes it diagonal, Λ: all real parts −½.
        if n <= 16 {
            assert!(eigenvalues(&normal, n).iter().all(|(re, _)| (re + 0.5).abs() < 1e-10));
            let mut own: Vec<f64> = eigenvalues(&a, n).iter().map(|(re, _)| *re).collect();
            own.sort_by(|a, b| b.total_cmp(a));
            if n <= 8 {
                assert!(own.iter().enumerate().all(|(i, re)| (re + i as f64 + 1.0).abs() < 1e-6), "{own:?}");
            }
        }
    }
}

#[test]
fn lineage_so_much_of_the_past_fits_into_so_many_coefficients() {
    for (n, cycles, expected) in [
        (16, 3.0, 9.869e-4),
        (16, 4.0, 0.03441),
        (16, 5.0, 0.2857),
        (16, 6.0, 0.7398),
        (64, 15.0, 7.775e-6),
        (64, 18.0, 9.851e-3),
        (64, 19.0, 0.05070),
        (64, 20.0, 0.17885),
        (64, 21.0, 0.42141),
    ] {
        let bound = projection_bound(n, cycles);
        assert!((bound / expected - 1.0).abs() < 5e-4, "{n} {cycles}: {bound}");
    }
    assert_eq!(projection_bound(16, 0.0), 0.0);
    assert!((projection_bound(1, 1e-3) - 1e-3 * std::f64::consts::PI / 3f64.sqrt()).abs() < 1e-8);
    assert!(projection_bound(4, 200.0) > 0.99);
}

#[test]
fn lineage_no_memory_beats_the_projection_bound() {
    let steps = 400;
    for cycles in [3.0, 4.0, 5.0] {
        let tone =
            |phase: f64| -> Vec<f64> { midpoints(steps).iter().map(|u| (2.0 * std::f64::consts::PI * cycles * u + phase).cos()).collect() };
        // The bound is of the complex tone: the mean square over two phases a quarter turn apart.
        let both = |error: &dyn Fn(&[f64]) -> f64| {
            let (a, b) = (error(&tone(0.0)), error(&tone(std::f64::consts::FRAC_PI_2)));
            (0.5 * (a * a + b * b)).sqrt()
        };
        let bound = projection_bound(16, cycles);
        let best = both(&|signal| least_squares_error(signal, 16));
        let kept = both(&|signal| {
            let found = memory(Rule::ExactInLogTime, 16).remember(signal).unwrap();
            relative_error(&reconstruct(&found.coefficients, &midpoints(steps)), signal)
        });
        assert!((best / bound - 1.0).abs() < 0.02, "{cycles}: best {best}, bound {bound}");
        assert!(kept > 0.98 * bound && kept < bound + 0.02, "{cycles}: kept {kept}, bound {bound}");
    }
}

#[test]
fn lineage_memories_agree_with_central_differences() {
    let x: Vec<f64> = (0..9).map(|i| ((i * 7919 + 13) % 31) as f64 / 15.0 - 1.0).collect();
    let cotangent: Vec<f64> = (0..9 * 4).map(|i| ((i * 7907 + 5) % 29) as f64 / 14.0 - 1.0).collect();
    for (_, rule) in RULES {
        differences::check(&mut memory(rule, 4), &x, &cotangent, 2e-6).unwrap();
    }
}

#[test]
fn lineage_memories_and_spectra_have_the_sizes_they_are_asked_for() {
    assert!(Legs::new(Rule::Bilinear, 0).is_err());
    let sentence = StateSpace::new(Hold::Bilinear, 1, 65, |_, shape| vec![0.0; shape.iter().product()]).unwrap_err().to_string();
    assert_eq!(sentence, "The state size is 65. It must be from 1 to 64.");
    assert_eq!(Spectrum::Lin.eigenvalues(64).len(), 32);
}

/// White noise of variance 1: signs.
fn signs(count: usize) -> Vec<f64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if state >> 63 == 1 {
            1.0
        } else {
            -1.0
        }
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn lineage_the_curse_of_memory_is_as_its_formula_says() {
    for (lambda, state, sensitivity) in [(0.9, 5.263, 263.9), (0.99, 50.25, 251_263.0), (0.999, 500.25, 2.501e8)] {
        let curse = Curse::stationary(lambda);
        assert!((curse.state / state - 1.0).abs() < 1e-4, "{curse:?}");
        assert!((curse.sensitivity / sensitivity - 1.0).abs() < 3e-4, "{curse:?}");
    }
    let noise = signs(400_000);
    for lambda in [0.9, 0.99] {
        let (formula, measured) = (Curse::stationary(lambda), Curse::measured(lambda, &noise, 5000).unwrap());
        assert!((measured.state / formula.state - 1.0).abs() < 0.1, "{measured:?} {formula:?}");
        assert!((measured.sensitivity / formula.sensitivity - 1.0).abs() < 0.15, "{measured:?} {formula:?}");
    }
}

#[test]
fn lineage_coefficients_of_both_signs_solve_parity_at_any_length() {
    let bits: Vec<bool> = signs(10_000).iter().map(|s| *s > 0.0).collect();
    let mut odd = false;
    let expected: Vec<bool> = bits
        .iter()
        .map(|bit| {
            odd ^= bit;
            odd
        })
        .collect();
    assert_eq!(parity(&bits).unwrap(), expected);
}
