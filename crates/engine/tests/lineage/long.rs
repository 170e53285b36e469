//! Reach over a thousand steps, each model under its theorem.

use unroll_engine::lineage::discretise::Rule;
use unroll_engine::lineage::hippo::{gradient_norm, impulse_norm};
use unroll_engine::lineage::linear_family::Linear;
use unroll_engine::lineage::transformer::{Activation, Norm, Start, Transformer, TransformerShape};
use unroll_engine::lineage::{Family, Model, Path, Reach, Sizes};
use unroll_engine::{spectrum, Cell};

const STEPS: usize = 1000;
const N: usize = 16;

fn input(d: usize) -> Vec<f64> {
    (0..STEPS * d).map(|i| ((i * 37 + 11) % 23) as f64 / 23.0 - 0.5).collect()
}

fn built(family: Family, d: usize) -> Box<dyn Model> {
    family.build(Sizes { input_size: d, hidden_size: N, ..Sizes::default() }, 7, 1.0).unwrap()
}

/// By lag.
fn last_row(model: &dyn Model, d: usize) -> Vec<f64> {
    let x = input(d);
    let run = model.run(&x).unwrap();
    let mut row = Reach::row(run.as_ref(), STEPS - 1, Path::Total).unwrap().log10;
    row.reverse();
    row
}

fn parameter(model: &dyn Model, name: &str) -> Vec<f64> {
    model.parameters().iter().find(|p| p.name == name).unwrap().values.to_vec()
}

/// Pascanu, Mikolov & Bengio 2013: ‖∂h_T/∂x_k‖ ≤ ‖W_ih‖ ‖W_hh‖^lag, as |tanh'| ≤ 1.
#[test]
fn lineage_an_rnn_lies_under_its_bound_for_a_thousand_steps() {
    let model = built(Family::Recurrent(Cell::Rnn), 1);
    let largest = |name: &str, columns: usize| spectrum::singular_values(&parameter(model.as_ref(), name), N, columns)[0].log10();
    let (first, every) = (largest("weight_ih_l0", 1), largest("weight_hh_l0", N));
    for (lag, measured) in last_row(model.as_ref(), 1).iter().enumerate() {
        assert!(measured.is_finite() && *measured <= first + lag as f64 * every + 1e-9, "{lag}: {measured}");
    }
}

/// ∂h_T/∂x_k = diag(∏(1 − z)) ∂h_k/∂x_k exactly (Feng et al. 2024), so its norm is at most the largest product times that of the step's own.
#[test]
fn lineage_a_min_gru_lies_under_the_product_of_its_gates_for_a_thousand_steps() {
    let model = built(Family::Linear(Linear::MinGru), 1);
    let x = input(1);
    let run = model.run(&x).unwrap();
    let inner = run.inner();
    let z = inner.iter().find(|v| v.name == "z").unwrap().values;
    let measured = last_row(model.as_ref(), 1);
    let mut products = [0.0_f64; N];
    for (lag, measured) in measured.iter().enumerate() {
        let k = STEPS - 1 - lag;
        let largest = products.iter().fold(f64::NEG_INFINITY, |most, v| most.max(*v));
        let own = Reach::row(run.as_ref(), k, Path::Total).unwrap().log10[k];
        assert!(measured.is_finite() && *measured <= largest + own + 1e-9, "{lag}: {measured}");
        products.iter_mut().zip(&z[k * N..]).for_each(|(product, z)| *product += (1.0 - z).log10());
    }
}

/// With Δ so small that a step's answer is e^{sA}B times Δ at most (the hold takes its mean over the step, and the norm falls).
#[test]
fn lineage_s4_lies_under_its_closed_form_for_a_thousand_steps() {
    let mut model = built(Family::Linear(Linear::Dense(Rule::ZeroOrderHold)), 1);
    let step = 0.01_f64;
    model.parameters_mut()[0][0] = step.ln();
    assert_eq!(parameter(model.as_ref(), "log_dt"), [step.ln()]);
    let reader = parameter(model.as_ref(), "C").iter().map(|c| c * c).sum::<f64>().sqrt();
    let measured = last_row(model.as_ref(), 1);
    for (lag, measured) in measured.iter().enumerate().skip(1) {
        let bound = reader * step * impulse_norm(N, step * lag as f64);
        assert!(*measured <= bound.log10() + 1e-9, "{lag}: {measured} {}", bound.log10());
    }
    // Δ·lag = 10 at the end: little is left.
    assert!(measured[STEPS - 1] < measured[1] - 3.0);
}

/// Θ(1/t) at every lag: by the closed form between its middle and N/t, the oldest inputs as much as the newest.
#[test]
fn lineage_time_varying_legs_does_not_forget_a_thousand_steps() {
    let t = STEPS as f64;
    let least = (0..=1000).map(|i| gradient_norm(N, f64::from(i) / 1000.0)).fold(f64::INFINITY, f64::min);
    for (lag, measured) in last_row(built(Family::Linear(Linear::Legs), 1).as_ref(), 1).iter().enumerate() {
        let value = 10f64.powf(*measured) * t;
        assert!(value <= N as f64 && (value >= 0.5 * least), "{lag}: {value}, from {least} to {N}");
    }
}

/// Uniform attention: 1/T of everything, at any lag.
#[test]
fn lineage_uniform_attention_hears_a_thousandth_of_a_thousand_steps() {
    let shape = TransformerShape {
        d_model: 1,
        heads: 1,
        feedforward: 1,
        layers: 1,
        norm: Norm::Off,
        activation: Activation::Relu,
        residual: false,
        positions: false,
    };
    let ones = ["layers.0.self_attn.out_proj.weight", "layers.0.linear1.weight", "layers.0.linear2.weight"];
    // Inputs are positive after a bias, so that relu passes everything.
    let model = Transformer::new(shape, |name, sizes| match name {
        "layers.0.self_attn.in_proj_weight" => vec![0.0, 0.0, 1.0],
        "layers.0.linear1.bias" => vec![10.0],
        _ if ones.contains(&name) => vec![1.0],
        _ => vec![0.0; sizes.iter().product()],
    })
    .unwrap();
    for (lag, measured) in last_row(&model, 1).iter().enumerate() {
        assert!((measured + 3.0).abs() < 1e-12, "{lag}: {measured}");
    }
}

/// What has no bound here has a finite value at every lag, far below float64's smallest number as well.
#[test]
fn lineage_an_lstm_and_a_transformer_have_a_number_at_each_of_a_thousand_lags() {
    let lstm = last_row(built(Family::Recurrent(Cell::Lstm), 1).as_ref(), 1);
    assert!(lstm.iter().all(|v| v.is_finite()) && lstm[STEPS - 1] < -100.0, "{}", lstm[STEPS - 1]);
    let shape = TransformerShape {
        d_model: 4,
        heads: 2,
        feedforward: 8,
        layers: 2,
        norm: Norm::Pre,
        activation: Activation::Gelu,
        residual: true,
        positions: true,
    };
    let transformer = last_row(&Transformer::from_seed(shape, Start::Torch, 7, 1.0).unwrap(), 4);
    assert!(transformer.iter().all(|v| v.is_finite() && *v > -8.0));
}
