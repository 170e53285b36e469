//! Linear state-space models with fixed coefficients: S4D, the linear recurrent unit, the dense S4, and their discretisation.

use proptest::prelude::*;
use unroll_engine::lineage::diagonal::{convolution, Diagonal, Spectrum};
use unroll_engine::lineage::discretise::{discretise, discretise_dense, Rule};
use unroll_engine::lineage::lru::{logarithms, LinearRecurrentUnit};
use unroll_engine::lineage::number::{Complex, Number};
use unroll_engine::lineage::state_space::StateSpace;
use unroll_engine::lineage::{Block, Model, Path, Reach};

use crate::differences;
use crate::fixture::Fixture;
use crate::gated::from_draws;
use crate::recurrent::numbers;

fn rule(fixture: &Fixture) -> Rule {
    match fixture.word("discretization") {
        Some("zoh") => Rule::ZeroOrderHold,
        Some("bilinear") => Rule::Bilinear,
        other => panic!("unknown rule {other:?}"),
    }
}

pub fn diagonal(fixture: &Fixture) -> Diagonal {
    let model = Diagonal::new(rule(fixture), fixture.size("channels"), fixture.size("stored"), |name, _| fixture.weight(name)).unwrap();
    let spectrum = match fixture.word("init") {
        Some("lin") => Spectrum::Lin,
        Some("inv") => Spectrum::Inv,
        Some("real") => Spectrum::Real,
        other => panic!("unknown spectrum {other:?}"),
    };
    let eigenvalues = spectrum.eigenvalues(fixture.size("state_size"));
    for (i, (log_re, im)) in fixture.weight("log_A_real").iter().zip(fixture.weight("A_imag")).enumerate() {
        let expected = eigenvalues[i % eigenvalues.len()];
        assert!((expected.re + log_re.exp()).abs() <= 1e-13 * expected.re.abs(), "{}", fixture.file);
        assert!((expected.im - im).abs() <= 1e-13 * (1.0 + im.abs()), "{}", fixture.file);
    }
    model
}

pub fn dense(fixture: &Fixture) -> StateSpace {
    StateSpace::new(rule(fixture), fixture.size("channels"), fixture.size("state_size"), |name, _| fixture.weight(name)).unwrap()
}

fn problems() -> impl Strategy<Value = (usize, usize, usize, Vec<f64>)> {
    (1_usize..4, 1_usize..4, 1_usize..8, numbers(397, 1.0))
}

fn check(model: &mut dyn Model, steps: usize, draws: &[f64]) -> Result<(), TestCaseError> {
    let take = |from: usize, count: usize| draws.iter().rev().cycle().skip(from).take(count).copied().collect::<Vec<f64>>();
    let (x, cotangent) = (take(5, steps * model.input_size()), take(101, steps * model.output_size()));
    differences::check(model, &x, &cotangent, 2e-6).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn lineage_diagonal_models_agree_with_central_differences((channels, stored, steps, draws) in problems()) {
        for rule in [Rule::ZeroOrderHold, Rule::Bilinear, Rule::Mamba] {
            check(&mut Diagonal::new(rule, channels, stored, from_draws(&draws)).unwrap(), steps, &draws)?;
        }
    }

    #[test]
    fn lineage_linear_recurrent_units_agree_with_central_differences((width, states, steps, draws) in problems()) {
        check(&mut LinearRecurrentUnit::new(width, states, from_draws(&draws)).unwrap(), steps, &draws)?;
    }

    #[test]
    fn lineage_dense_models_agree_with_central_differences((channels, states, steps, draws) in problems()) {
        for rule in [Rule::ZeroOrderHold, Rule::Bilinear, Rule::Mamba] {
            // Half the step, so that the bilinear rule is far from singular.
            let mut give = from_draws(&draws);
            let mut model = StateSpace::new(rule, channels, states, |name, shape| {
                let values = give(name, shape);
                if name == "log_dt" { values.iter().map(|v| v - 1.5).collect() } else { values }
            }).unwrap();
            check(&mut model, steps, &draws)?;
        }
    }

    #[test]
    fn lineage_one_number_and_a_matrix_of_one_are_discretised_alike(a in -3.0..1.0_f64, step in 0.01..0.9_f64) {
        for rule in [Rule::ZeroOrderHold, Rule::Bilinear, Rule::Mamba] {
            let (one, matrix) = (discretise(rule, a, step), discretise_dense(rule, &[a], &[1.0], step).unwrap());
            prop_assert!((one.a - matrix.a[0]).abs() <= 1e-14 * one.a.abs().max(1.0));
            prop_assert!((one.b - matrix.b[0]).abs() <= 1e-14 * one.b.abs());
            // A complex number is the matrix [[re, −im], [im, re]].
            let complex = discretise(rule, Complex::new(a, 2.0), step);
            let pair = discretise_dense(rule, &[a, -2.0, 2.0, a], &[1.0, 0.0], step).unwrap();
            prop_assert!((complex.a - Complex::new(pair.a[0], pair.a[2])).modulus() <= 1e-13);
            prop_assert!((complex.b - Complex::new(pair.b[0], pair.b[1])).modulus() <= 1e-13);
        }
    }
}

#[test]
fn lineage_bilinear_turns_negative_where_the_hold_does_not() {
    assert!((discretise(Rule::Bilinear, -16.0, 1.0).a + 0.7778).abs() < 5e-5);
    assert!(discretise(Rule::ZeroOrderHold, -16.0, 1.0).a > 0.0);
}

#[test]
fn lineage_inverse_spectrum_of_sixty_four() {
    let eigenvalues = Spectrum::Inv.eigenvalues(64);
    assert_eq!(eigenvalues.len(), 32);
    for (n, expected) in [(0, 1283.4255), (1, 414.2273), (2, 240.3876)] {
        assert!((eigenvalues[n].im - expected).abs() < 5e-5, "{n}: {}", eigenvalues[n].im);
    }
    assert!((eigenvalues[31].im - 0.323362).abs() < 5e-7);
}

/// A layer of two channels with the eigenvalues of a spectrum and Δ from 0.01 to 0.1.
fn layer(spectrum: Spectrum, rule: Rule, state_size: usize) -> Diagonal {
    let eigenvalues = spectrum.eigenvalues(state_size);
    let draws: Vec<f64> = (0..97).map(|i| ((i * 7919 + 13) % 31) as f64 / 15.0 - 1.0).collect();
    let mut give = from_draws(&draws);
    Diagonal::new(rule, 2, state_size / 2, |name, shape| match name {
        "log_dt" => vec![0.01_f64.ln(), 0.1_f64.ln()],
        "log_A_real" => [&eigenvalues[..], &eigenvalues[..]].concat().iter().map(|a| (-a.re).ln()).collect(),
        "A_imag" => [&eigenvalues[..], &eigenvalues[..]].concat().iter().map(|a| a.im).collect(),
        _ => give(name, shape),
    })
    .unwrap()
}

#[test]
fn lineage_a_recurrence_is_a_convolution() {
    let x: Vec<f64> = (0..2 * 1024).map(|i| ((i * 7919 + 5) % 101) as f64 / 50.0 - 1.0).collect();
    for spectrum in [Spectrum::Lin, Spectrum::Inv, Spectrum::Real] {
        for rule in [Rule::ZeroOrderHold, Rule::Bilinear] {
            let model = layer(spectrum, rule, 16);
            let trace = model.forward(&x).unwrap();
            let y = Block::output(&model, &trace);
            let size = y.iter().map(|v| v * v).sum::<f64>().sqrt();
            let convolved = convolution(&model.kernel(1024), model.skip(), &x);
            let largest = y.iter().zip(&convolved).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
            assert!(largest <= 1e-13 * size, "{spectrum:?} {rule:?}: {largest:e} of {size:e}");
        }
    }
}

#[test]
fn lineage_reach_of_a_diagonal_model_lies_under_its_envelope() {
    let model = layer(Spectrum::Lin, Rule::ZeroOrderHold, 16);
    let run = model.run(&vec![0.0; 2 * 512]).unwrap();
    let row = Reach::row(run.as_ref(), 511, Path::Total).unwrap();
    // |K_l| ≤ Σ 2 |C| |B̄| e^{−Δ l / 2}; Re A = −½ for all.
    let kernel = model.kernel(512);
    for lag in 1..512 {
        let largest = kernel[lag].abs().max(kernel[512 + lag].abs());
        assert!((row.log10[511 - lag] - largest.log10()).abs() < 1e-9, "{lag}");
        let bound = |step: f64| (-step * lag as f64 / 2.0).exp();
        assert!(largest <= 2.0 * 8.0 * 1.5 * 0.1 * bound(0.01), "{lag}: {largest}");
    }
}

#[test]
fn lineage_a_linear_recurrent_unit_begins_where_it_is_told() {
    let [nu, theta, gamma] = logarithms(0.99, 0.3);
    let model = LinearRecurrentUnit::new(1, 1, |name, _| {
        vec![match name {
            "nu_log" => nu,
            "theta_log" => theta,
            "gamma_log" => gamma,
            "B.re" | "C.re" => 1.0,
            _ => 0.0,
        }]
    })
    .unwrap();
    let trace = model.forward(&[1.0; 300]).unwrap();
    // λ^lag for the state, Re(γ λ^lag) for the output.
    let memory = model.recurrence(&trace).log10_memory(0, 200);
    assert!((memory[0] - 200.0 * 0.99_f64.log10()).abs() < 1e-12, "{memory:?}");
    let row = Reach::row(model.run(&[0.0; 300]).unwrap().as_ref(), 299, Path::Total).unwrap();
    for lag in 0..300 {
        let expected = ((1.0 - 0.99_f64 * 0.99).sqrt() * 0.99_f64.powi(lag) * (0.3 * f64::from(lag)).cos()).abs();
        assert!((10f64.powf(row.log10[299 - lag as usize]) - expected).abs() < 1e-12, "{lag}");
    }
}
