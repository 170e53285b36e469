//! Each preset's lesson, held against what the engine says about its settings.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use unroll::form::Preset;
use unroll::labs::flow::presets::PRESETS;
use unroll::labs::flow::settings::Settings;
use unroll_engine::verdict::{Fate, Limits};
use unroll_engine::{analyse, Analysis, Cell};

fn preset(id: &str) -> &'static Preset<Settings> {
    PRESETS.iter().find(|preset| preset.id == id).unwrap_or_else(|| panic!("no preset has the id {id}"))
}

fn shown(id: &str) -> Analysis {
    let settings = preset(id).settings();
    analyse(&settings.experiment(settings.focus)).unwrap()
}

fn fate(analysis: &Analysis) -> Fate {
    analysis.left.fate(Limits::default())
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
fn the_rnn_forgets_within_ten_steps() {
    let analysis = shown("rnn-forgets");
    assert_eq!(fate(&analysis), Fate::Vanishes);
    assert!(analysis.left.horizon(0.01) <= 10);
    assert!((0.4..0.6).contains(&analysis.left.growth_per_step()), "about halves");
}

#[test]
fn the_rnn_explodes() {
    assert_eq!(fate(&shown("rnn-explodes")), Fate::Explodes);
}

#[test]
fn the_orthogonal_linear_net_keeps_every_gradient_exactly() {
    let analysis = shown("orthogonal-linear");
    assert_eq!(fate(&analysis), Fate::Keeps);
    assert!(analysis.left.log10_by_lag().iter().chain(&analysis.product.log10_sigma_max).all(|norm| norm.abs() < 1e-12));
}

#[test]
fn the_dead_relu_passes_exactly_nothing() {
    assert_eq!(fate(&shown("relu-dies")), Fate::Dead);
}

#[test]
fn the_edge_of_chaos_is_between_forgetting_and_exploding() {
    let at_gain = |factor: f64| {
        let settings = preset("edge-of-chaos").settings();
        let mut experiment = settings.experiment(settings.focus);
        experiment.gain *= factor;
        fate(&analyse(&experiment).unwrap())
    };
    assert_eq!((at_gain(0.5), at_gain(1.0)), (Fate::Vanishes, Fate::Keeps));
    assert!(at_gain(2.0) >= Fate::Grows);
}

#[test]
fn the_non_normal_net_grows_to_13_times_and_at_worst_to_35_before_it_decays() {
    let analysis = shown("non-normal");
    let peak = |curve: &[f64]| 10f64.powf(curve.iter().copied().fold(f64::NEG_INFINITY, f64::max)).round();
    let worst = analysis.worst_case().unwrap();
    assert_eq!((peak(analysis.left.log10_by_lag()), peak(worst.log10_by_lag())), (13.0, 35.0));
    assert!(analysis.left.transient().is_some_and(|transient| transient.log10 > 1.0));
    assert!(analysis.step_jacobian.spectral_radius.iter().all(|radius| (radius - 0.9).abs() < 1e-7));
    assert!(analysis.left.log10_left() < 0.0);
}

#[test]
fn a_higher_forget_bias_reaches_farther() {
    let shown: Vec<_> = ["lstm-minus-2", "lstm-0", "lstm-1", "lstm-4"].into_iter().map(shown).collect();
    assert!(shown.windows(2).all(|pair| pair[0].left.log10_left() < pair[1].left.log10_left()));
    assert!(shown[0].left.horizon(0.01) <= 2, "within a step or two");
    assert!(shown[1].left.log10_left() < -15.0, "next to nothing");
    assert_eq!((fate(&shown[2]), fate(&shown[3])), (Fate::Vanishes, Fate::Fades));
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
    assert_eq!(fate(&analysis), Fate::Keeps);
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

#[test]
fn the_default_makes_three_fates_and_the_forget_bias_undoes_the_lstms() {
    let settings = preset("three-fates").settings();
    assert_eq!(settings, Settings::default());
    let left = |cell, forget_bias| {
        let analysis = analyse(&Settings { forget_bias, ..settings.clone() }.experiment(cell)).unwrap();
        (fate(&analysis), analysis.left.log10_left(), analysis.left.growth_per_step())
    };
    let [rnn, lstm, gru] = [Cell::Rnn, Cell::Lstm, Cell::Gru].map(|cell| left(cell, 4.0));
    assert_eq!([rnn.0, lstm.0, gru.0], [Fate::Vanishes, Fate::Keeps, Fate::Fades]);
    assert!(rnn.1 < -10.0 && (0.4..0.6).contains(&rnn.2), "nothing, by about a half a step: {rnn:?}");
    assert!((0.4..0.46).contains(&10f64.powf(lstm.1)) && (0.015..0.025).contains(&10f64.powf(gru.1)), "{lstm:?} {gru:?}");
    assert!(lstm.2 > 0.9 && gru.2 > 0.9, "by nearly 1 a step");
    assert_eq!(left(Cell::Lstm, 0.0).0, Fate::Vanishes);
}

#[test]
fn as_pytorch_starts_them_all_cells_forget_within_a_dozen_steps() {
    let settings = preset("pytorch").settings();
    for cell in [Cell::Rnn, Cell::Gru, Cell::Lstm] {
        let analysis = analyse(&settings.experiment(cell)).unwrap();
        assert_eq!(fate(&analysis), Fate::Vanishes);
        assert!(analysis.left.horizon(0.01) <= 12);
        for gate in analysis.trace.gates.iter().filter(|gate| ["forget", "update"].contains(&gate.name)) {
            let mean = gate.values.iter().sum::<f64>() / gate.values.len() as f64;
            assert!((0.4..0.6).contains(&mean), "{cell:?} {}: {mean}", gate.name);
        }
    }
}
