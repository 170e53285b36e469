//! Each preset's lesson, held against what the engine says about its settings.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use unroll::form::Preset;
use unroll::labs::flow::presets::PRESETS;
use unroll::labs::flow::settings::Settings;
use unroll_engine::verdict::Regime;
use unroll_engine::{analyse, Analysis};

fn preset(id: &str) -> &'static Preset<Settings> {
    PRESETS.iter().find(|preset| preset.id == id).unwrap_or_else(|| panic!("no preset has the id {id}"))
}

fn shown(id: &str) -> Analysis {
    let settings = preset(id).settings();
    analyse(&settings.experiment(settings.focus)).unwrap()
}

/// log10 of the gradient's norm at the first state, relative to the last.
fn reach(analysis: &Analysis) -> f64 {
    analysis.product.log10_sigma_max[0]
}

#[test]
fn every_preset_shows_its_focus_and_is_a_valid_experiment() {
    for preset in PRESETS {
        let settings = preset.settings();
        assert!(settings.shows(settings.focus), "{}", preset.id);
        analyse(&settings.experiment(settings.focus)).unwrap();
    }
}

#[test]
fn the_rnn_forgets_within_a_few_steps() {
    let analysis = shown("rnn-forgets");
    assert_eq!(analysis.verdict.regime, Regime::Vanishing);
    assert!(analysis.horizon(0.01) < 12);
}

#[test]
fn the_rnn_explodes_at_every_step_back() {
    let analysis = shown("rnn-explodes");
    assert_eq!(analysis.verdict.regime, Regime::Exploding);
    assert!(reach(&analysis) > 2.0);
}

#[test]
fn the_orthogonal_linear_net_keeps_every_gradient_exactly() {
    let analysis = shown("orthogonal-linear");
    assert!(analysis.product.log10_sigma_max.iter().all(|norm| norm.abs() < 1e-12));
}

#[test]
fn the_dead_relu_passes_exactly_nothing() {
    let analysis = shown("relu-dies");
    assert_eq!(reach(&analysis), f64::NEG_INFINITY);
    assert!(analysis.product.exactly_zero_from_lag.is_some());
}

#[test]
fn the_edge_of_chaos_is_between_forgetting_and_exploding() {
    let edge = shown("edge-of-chaos");
    assert!((0.9..1.1).contains(&edge.verdict.growth_per_step));
    let at_gain = |gain| {
        let settings = preset("edge-of-chaos").settings();
        let mut experiment = settings.experiment(settings.focus);
        experiment.gain = gain;
        analyse(&experiment).unwrap().verdict.growth_per_step
    };
    assert!(at_gain(0.7) < edge.verdict.growth_per_step && edge.verdict.growth_per_step < at_gain(1.5));
}

#[test]
fn the_non_normal_net_grows_to_35_times_before_it_decays() {
    let analysis = shown("non-normal");
    let peak = analysis.product.log10_sigma_max.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(10f64.powf(peak).round(), 35.0);
    assert!(analysis.step_jacobian.spectral_radius.iter().all(|radius| (radius - 0.9).abs() < 1e-7));
    assert!(reach(&analysis) < peak);
}

#[test]
fn a_higher_forget_bias_reaches_farther() {
    let half_lives: Vec<f64> = ["lstm-minus-2", "lstm-0", "lstm-1", "lstm-4"].map(|id| shown(id).verdict.half_life.unwrap()).to_vec();
    assert!(half_lives.windows(2).all(|pair| pair[0] < pair[1]), "{half_lives:?}");
    assert!(shown("lstm-4").horizon(0.01) >= 100);
}

#[test]
fn the_forget_gates_are_where_the_lessons_say() {
    for (id, expected, tolerance) in [("lstm-minus-2", 0.12, 0.06), ("lstm-0", 0.5, 0.06), ("lstm-1", 0.73, 0.05), ("lstm-4", 0.98, 0.02)] {
        let analysis = shown(id);
        let gate = analysis.trace.gates.iter().find(|gate| gate.name == "forget").unwrap();
        let mean = gate.values.iter().sum::<f64>() / gate.values.len() as f64;
        assert!((mean - expected).abs() < tolerance, "{id}: {mean}");
    }
}

fn gate(analysis: &Analysis, name: &str) -> Vec<f64> {
    analysis.trace.gates.iter().find(|gate| gate.name == name).unwrap().values.clone()
}

#[test]
fn the_gru_keeps_its_state_as_the_open_forget_gate_does() {
    let analysis = shown("gru-keeps");
    let update = gate(&analysis, "update");
    assert!(update.iter().sum::<f64>() / update.len() as f64 > 0.95);
    assert!(analysis.horizon(0.01) >= 100);
}

#[test]
fn large_inputs_saturate_the_gates() {
    let analysis = shown("saturated-gates");
    let share: f64 = analysis.trace.gates.iter().map(|gate| gate.saturation).sum::<f64>() / analysis.trace.gates.len() as f64;
    assert!(share > 0.5, "{share}");
}

#[test]
fn chrono_spreads_the_forget_gates_over_all_time_scales() {
    let analysis = shown("chrono");
    let units = analysis.problem.weights.hidden_size;
    let forget = gate(&analysis, "forget");
    let steps = forget.len() / units;
    // 1/(1-f) is how many steps a unit keeps what it holds.
    let kept: Vec<f64> =
        (0..units).map(|unit| 1.0 / (1.0 - (0..steps).map(|t| forget[t * units + unit]).sum::<f64>() / steps as f64)).collect();
    assert!(kept.iter().any(|steps| *steps > 60.0) && kept.iter().any(|steps| *steps < 30.0), "{kept:?}");
}
