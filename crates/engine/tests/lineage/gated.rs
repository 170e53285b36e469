//! Models whose recurrence depends on the input: minimal gated cells, Mamba, linear attentions.

use proptest::prelude::*;
use unroll_engine::lineage::discretise::{ratio, Rule};
use unroll_engine::lineage::linear_attention::{Decay, LinearAttention};
use unroll_engine::lineage::mamba::Mamba;
use unroll_engine::lineage::minimal::{Kind, Minimal};
use unroll_engine::lineage::selective::{induced_gate, Selective, SelectiveShape};
use unroll_engine::lineage::{Block, Matrix, Model, Path};

use crate::differences;
use crate::fixture::Fixture;
use crate::recurrent::numbers;

pub fn minimal(fixture: &Fixture) -> Minimal {
    let kind = if fixture.kind() == "mingru" { Kind::MinGru } else { Kind::MinLstm };
    Minimal::new(kind, fixture.size("input_size"), fixture.size("hidden_size"), |name, _| fixture.weight(name)).unwrap()
}

pub fn selective(fixture: &Fixture) -> Selective {
    Selective::new(shape(fixture, "channels"), |name, _| fixture.weight(name)).unwrap()
}

pub fn mamba(fixture: &Fixture) -> Mamba {
    Mamba::new(fixture.size("d_model"), fixture.size("d_conv"), shape(fixture, "d_inner"), |name, _| fixture.weight(name)).unwrap()
}

fn shape(fixture: &Fixture, channels: &str) -> SelectiveShape {
    SelectiveShape {
        channels: fixture.size(channels),
        state_size: fixture.size("state_size"),
        dt_rank: fixture.size("dt_rank"),
        rule: Rule::Mamba,
    }
}

pub fn linear_attention(fixture: &Fixture) -> LinearAttention {
    let number = |key: &str| fixture.json["model"][key].as_f64().unwrap();
    let decay = match fixture.kind().as_str() {
        "linear_attention" => Decay::None,
        "retention" => Decay::Fixed(number("gamma")),
        _ => Decay::Gated(number("tau")),
    };
    let sizes = ["d_model", "d_key", "d_value"].map(|key| fixture.size(key));
    LinearAttention::new(decay, sizes, |name, _| fixture.weight(name)).unwrap()
}

/// Parameters from one list of draws, as many as the model asks for.
pub fn from_draws(draws: &[f64]) -> impl FnMut(&str, &[usize]) -> Vec<f64> + '_ {
    let mut next = draws.iter().copied().cycle();
    move |_, shape| next.by_ref().take(shape.iter().product()).collect()
}

/// Input sizes 1–3, up to 7 steps, and draws for parameters, input and cotangent.
fn problems() -> impl Strategy<Value = (usize, usize, Vec<f64>)> {
    (1_usize..4, 1_usize..8, numbers(397, 1.0))
}

fn check(model: &mut dyn Model, steps: usize, draws: &[f64]) -> Result<(), TestCaseError> {
    let take = |from: usize, count: usize| draws.iter().rev().cycle().skip(from).take(count).copied().collect::<Vec<f64>>();
    let (x, cotangent) = (take(5, steps * model.input_size()), take(101, steps * model.output_size()));
    differences::check(model, &x, &cotangent, 2e-6).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn lineage_minimal_cells_agree_with_central_differences((d, steps, draws) in problems(), n in 1_usize..5) {
        for kind in [Kind::MinGru, Kind::MinLstm] {
            let mut model = Minimal::new(kind, d, n, from_draws(&draws)).unwrap();
            // Where the candidate passes its kink within a step of the differences they say nothing.
            let x: Vec<f64> = draws.iter().rev().cycle().skip(5).take(steps * d).copied().collect();
            let run = model.run(&x).unwrap();
            let near_kink = run.inner().iter().any(|v| v.name == "candidate" && v.values.iter().any(|u| (u - 0.5).abs() < 1e-3));
            drop(run);
            if !near_kink {
                check(&mut model, steps, &draws)?;
            }
        }
    }

    #[test]
    fn lineage_selective_models_agree_with_central_differences((d, steps, draws) in problems(), n in 1_usize..4, rank in 1_usize..3) {
        for rule in [Rule::Mamba, Rule::ZeroOrderHold, Rule::Bilinear] {
            let shape = SelectiveShape { channels: d, state_size: n, dt_rank: rank, rule };
            check(&mut Selective::new(shape, from_draws(&draws)).unwrap(), steps, &draws)?;
        }
    }

    #[test]
    fn lineage_mamba_blocks_agree_with_central_differences((d, steps, draws) in problems(), taps in 1_usize..5) {
        let shape = SelectiveShape { channels: 2 * d, state_size: 2, dt_rank: 1, rule: Rule::Mamba };
        check(&mut Mamba::new(d, taps, shape, from_draws(&draws)).unwrap(), steps, &draws)?;
    }

    #[test]
    fn lineage_linear_attentions_agree_with_central_differences((d, steps, draws) in problems(), n in 1_usize..4, m in 1_usize..4) {
        for decay in [Decay::None, Decay::Fixed(0.9), Decay::Gated(4.0)] {
            check(&mut LinearAttention::new(decay, [d, n, m], from_draws(&draws)).unwrap(), steps, &draws)?;
        }
    }

    #[test]
    fn lineage_the_jacobian_of_a_minimal_cell_is_its_open_gate((d, steps, draws) in problems(), n in 1_usize..5) {
        let model = Minimal::new(Kind::MinGru, d, n, from_draws(&draws)).unwrap();
        let x: Vec<f64> = draws.iter().cycle().skip(31).take((steps + 1) * d).copied().collect();
        let trace = model.forward(&x).unwrap();
        let z = Block::inner(&model, &trace).into_iter().find(|v| v.name == "z").unwrap().values;
        let memory = model.recurrence(&trace).memory(0, steps);
        let logarithms = model.recurrence(&trace).log10_memory(0, steps);
        for i in 0..n {
            let product: f64 = (1..=steps).map(|t| 1.0 - z[t * n + i]).product();
            prop_assert!((memory[i] - product).abs() <= 4.0 * steps as f64 * f64::EPSILON * product);
            prop_assert!((logarithms[i] - product.log10()).abs() < 1e-12);
        }
    }

    #[test]
    fn lineage_only_the_sum_of_delta_counts((d, steps, draws) in problems(), n in 1_usize..4) {
        let shape = SelectiveShape { channels: d, state_size: n, dt_rank: 1, rule: Rule::Mamba };
        let model = Selective::new(shape, from_draws(&draws)).unwrap();
        let x: Vec<f64> = draws.iter().cycle().skip(31).take((steps + 1) * d).copied().collect();
        let trace = model.forward(&x).unwrap();
        let product = model.recurrence(&trace).memory(0, steps);
        for (sum, product) in model.memory_by_sum(&trace, 0, steps).iter().zip(&product) {
            prop_assert!((sum - product).abs() <= 1e-13 * product, "{sum} {product}");
        }
    }
}

#[test]
fn lineage_a_selective_model_of_one_state_is_a_gated_cell() {
    let mut largest = 0.0_f64;
    for i in 0..1000 {
        let z = -8.0 + 0.016 * f64::from(i);
        let sigmoid = 1.0 / (1.0 + (-z).exp());
        let gate = induced_gate(Rule::ZeroOrderHold, z);
        largest = largest.max((gate.a - (1.0 - sigmoid)).abs()).max((gate.b - sigmoid).abs());
        // By Mamba's own rule it does not hold, and the ratio says by how much.
        let euler = induced_gate(Rule::Mamba, z);
        let step = z.exp().ln_1p();
        assert_eq!(euler.a, gate.a);
        assert!((euler.b / gate.b - ratio(-1.0, step)).abs() < 1e-13 * ratio(-1.0, step));
    }
    assert!(largest <= 2.3e-16, "{largest:e}");
    assert!(induced_gate(Rule::Mamba, 3.0).b > 3.0);
}

#[test]
fn lineage_a_frozen_minimal_cell_has_no_gates_in_its_gradient() {
    // One input that moves the gate only: frozen, nothing of it arrives.
    let weights = |name: &str, shape: &[usize]| match name {
        "linear_z.weight" => vec![1.5],
        "h0" | "linear_h.bias" => vec![0.7],
        _ => vec![0.0; shape.iter().product()],
    };
    let model = Minimal::new(Kind::MinGru, 1, 1, weights).unwrap();
    let run = model.run(&[0.1, -0.4, 0.8]).unwrap();
    assert!(Matrix::of(run.as_ref(), Path::Frozen).unwrap().absolute().iter().all(|v| *v == f64::NEG_INFINITY));
    let total = Matrix::of(run.as_ref(), Path::Total).unwrap();
    assert!((0..3).all(|t| (0..3).all(|k| total.rows[t].log10[k].is_finite() == (k <= t))));
}

/// Weights of the linear layers alone, as the paper counts them.
fn weights(model: &dyn Model) -> usize {
    model.parameters().iter().filter(|p| p.name.ends_with("weight")).map(|p| p.values.len()).sum()
}

#[test]
fn lineage_minimal_cells_have_so_many_parameters() {
    let percents = |kind: Kind| {
        (1..5).map(move |alpha| {
            let (d, n) = (6, 6 * alpha);
            let model = Minimal::new(kind, d, n, |_, shape| vec![0.1; shape.iter().product()]).unwrap();
            // A GRU has one layer more, and each reads the state as well.
            let gated = (kind.layers() + 1) * n * (d + n);
            let counted = weights(&model) as f64 / gated as f64;
            assert!((counted - kind.parameter_ratio(alpha as f64)).abs() < 1e-15);
            (1000.0 * counted).round() / 10.0
        })
    };
    assert!(percents(Kind::MinGru).eq([33.3, 22.2, 16.7, 13.3]));
    assert!(percents(Kind::MinLstm).eq([37.5, 25.0, 18.8, 15.0]));
}

#[test]
fn lineage_mamba_rule_departs_from_the_hold_by_this_ratio() {
    for (a, step, expected) in [(-1.0, 0.1, 1.0508), (-1.0, 1.0, 1.5820), (-16.0, 0.1, 2.0047), (-16.0, 1.0, 16.0)] {
        assert!((ratio(a, step) - expected).abs() < 1e-4, "{a} {step}: {}", ratio(a, step));
    }
}

#[test]
fn lineage_a_small_delta_keeps_the_state_and_a_large_one_resets_it() {
    // One channel, one state, B = C = 1 by the hold: Δ is the softplus of its bias.
    let run = |bias: f64| {
        let shape = SelectiveShape { channels: 1, state_size: 1, dt_rank: 1, rule: Rule::ZeroOrderHold };
        let model = Selective::new(shape, |name, shape| match name {
            "x_proj.weight" => vec![0.0, 1.0, 1.0],
            "dt_proj.bias" => vec![bias],
            _ => vec![0.0; shape.iter().product()],
        })
        .unwrap();
        let trace = model.forward(&[2.0, 1.0, -1.0]).unwrap();
        (model.recurrence(&trace).memory(0, 2)[0], trace.states().to_vec(), trace.delta()[0], trace.b().to_vec())
    };
    let (memory, states, delta, _) = run(-40.0);
    assert!((memory - (-2.0 * delta).exp()).abs() < 1e-15 && memory > 1.0 - 1e-15, "{memory}");
    assert!(states.iter().all(|h| h.abs() < 1e-15), "{states:?}");
    let (memory, states, _, b) = run(50.0);
    assert!(memory < 1e-40, "{memory}");
    for ((h, x), b) in states.iter().zip([2.0, 1.0, -1.0]).zip(b) {
        assert!((h - x * b).abs() < 1e-12, "{states:?}");
    }
}
