//! Each story's and each answer's lesson in the Lineage lab, held against its numbers.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use unroll::form::Preset;
use unroll::labs::lineage::compute::pair::{self, Attended};
use unroll::labs::lineage::compute::reach::{curve, sigmoid, Curve};
use unroll::labs::lineage::compute::{layers, limits, memory, passes, poles, scans, selects};
use unroll::labs::lineage::models::place_of;
use unroll::labs::lineage::presets::{PRESETS, QUESTIONS, STORIES};
use unroll::labs::lineage::settings::{LineageSettings, View};

fn settings(id: &str) -> LineageSettings {
    let preset: &Preset<LineageSettings> =
        PRESETS.iter().find(|preset| preset.id == id).unwrap_or_else(|| panic!("no preset has the id {id}"));
    preset.settings()
}

fn of(word: &str, settings: &LineageSettings) -> Curve {
    let place = place_of(word);
    assert!(settings.models[place], "{word} is shown");
    curve(place, settings).unwrap()
}

/// log10 of reach at the longest lag, relative to lag 0.
fn left(word: &str, settings: &LineageSettings) -> f64 {
    let curve = of(word, settings);
    curve.relative(curve.by_lag.len() - 1).unwrap()
}

fn attended(id: &str) -> Attended {
    let settings = settings(id);
    assert_eq!(settings.view, View::Attention);
    pair::of(&settings).unwrap()
}

#[test]
fn every_story_and_question_is_an_address_of_its_own() {
    let all: Vec<_> = PRESETS.iter().collect();
    assert!(STORIES.iter().all(|story| !story.id.starts_with("ask-")) && QUESTIONS.iter().all(|question| question.id.starts_with("ask-")));
    for (i, a) in all.iter().enumerate() {
        let mut normal = a.settings();
        normal.normalise();
        assert_eq!(normal, a.settings(), "{}", a.id);
        for b in &all[..i] {
            assert!(a.settings() != b.settings() && a.id != b.id, "{} {}", a.id, b.id);
        }
    }
    assert_eq!(STORIES[0].settings(), LineageSettings::default());
}

#[test]
fn products_forget_fast_or_slowly_and_attention_and_polynomials_do_not() {
    let settings = settings("family");
    assert!(left("rnn", &settings) < -15.0);
    assert!((-5.0..-1.0).contains(&left("lstm", &settings)) && (-5.0..-1.0).contains(&left("mingru", &settings)));
    assert!(left("attention", &settings) > -0.5 && left("legs", &settings) > -0.1);
}

#[test]
fn the_rnn_has_less_than_a_billionth_after_30_steps_although_its_bound_grows() {
    let curve = of("rnn", &settings("rnn-forgets"));
    assert!(curve.relative(30).unwrap() < -9.0);
    assert!(curve.theory[63] > curve.theory[0]);
}

#[test]
fn gates_keep_a_hundredth_and_a_thousandth() {
    let settings = settings("gates-postpone");
    assert_eq!((100.0 * sigmoid(settings.keep)).round(), 88.0);
    assert!((-2.3..-1.7).contains(&left("lstm", &settings)) && (-3.3..-2.7).contains(&left("gru", &settings)));
    assert!((-20.5..-19.5).contains(&left("rnn", &settings)));
}

#[test]
fn attention_is_flat_where_the_handed_over_state_fades() {
    let settings = settings("bottleneck");
    assert!(left("pair", &settings) < -2.5 && left("gru", &settings) < -2.5);
    let attention = of("attention", &settings);
    assert!((0..64).all(|lag| attention.relative(lag).unwrap().abs() < 1.0));
}

#[test]
fn minimal_cells_run_along_the_product_of_their_gates() {
    let settings = settings("minimal");
    for word in ["mingru", "minlstm"] {
        let curve = of(word, &settings);
        for lag in 8..64 {
            assert!((curve.by_lag[lag] - curve.theory[lag]).abs() < 0.5, "{word} {lag}");
        }
    }
    // The LSTM has other paths than its gate.
    let lstm = of("lstm", &settings);
    assert!(lstm.by_lag[63] - lstm.theory[63] > 1.0);
}

#[test]
fn one_hippo_forgets_and_the_other_does_not() {
    let settings = settings("two-hippos");
    assert!(left("legs", &settings) > -0.1 && left("s4", &settings) < -3.0);
}

#[test]
fn over_1000_steps_products_vanish_and_sums_do_not() {
    let settings = settings("far");
    assert!(
        left("rnn", &settings) < -200.0
            && left("mingru", &settings) < -40.0
            && left("lstm", &settings) < -20.0
            && left("s4", &settings) < -5.0
    );
    assert!(left("attention", &settings) > -2.5 && left("legs", &settings) > -0.1);
    for word in ["rnn", "lstm", "mingru", "attention", "s4", "legs"] {
        assert_eq!(of(word, &settings).theory.len(), 1000, "{word}");
    }
}

#[test]
fn mingru_halves_every_step_at_bias_0_and_keeps_at_8() {
    let settings = settings("ask-mingru");
    let per_step = left("mingru", &settings) / 63.0;
    assert!((10f64.powf(per_step) - 0.5).abs() < 0.02);
    let open = LineageSettings { keep: 8.0, ..settings };
    let curve = of("mingru", &open);
    assert!(curve.theory[63] - curve.base() > 0.9f64.log10());
}

#[test]
fn a_gates_time_constant_is_1_plus_e_to_its_bias() {
    for (bias, steps) in [(0.0, 2.0), (1.0, 3.7), (5.0, 149.0)] {
        let constant = 1.0 / (1.0 - sigmoid(bias));
        assert!((constant / steps - 1.0).abs() < 0.01, "{bias}: {constant}");
    }
    let lstm = of("lstm", &settings("ask-forget-bias"));
    assert!((lstm.theory[10] - lstm.base() - 10.0 * sigmoid(1.0).log10()).abs() < 1e-12);
}

#[test]
fn the_last_state_has_less_than_a_hundredth_of_the_first_source_step() {
    assert!(left("pair", &settings("ask-last-state")) < -2.0);
}

#[test]
fn what_reaches_back_vanishes_although_the_newest_input_is_heard() {
    let settings = settings("ask-healthy");
    for word in ["rnn", "gru"] {
        let curve = of(word, &settings);
        assert!(curve.by_lag[0] > -1.0 && curve.by_lag[63] < -12.0, "{word}");
    }
}

#[test]
fn equal_parameters_do_not_change_who_forgets() {
    let settings = settings("ask-parameters");
    assert!(left("rnn", &settings) < -10.0);
    for word in ["lstm", "gru", "mingru"] {
        assert!((-4.5..-1.5).contains(&left(word, &settings)), "{word}");
        assert!(of(word, &settings).parameters <= 1216);
    }
}

#[test]
fn half_of_an_output_is_read_from_the_future() {
    let settings = settings("ask-generate");
    assert_eq!(settings.view, View::Bidirectional);
    let found = passes::of(&settings).unwrap();
    assert!(found.loss == 32 && found.cut[32] > 0.0 && found.cut[63] == 0.0);
}

#[test]
fn contexts_bring_what_the_state_has_lost() {
    let [_, contexts, state] = attended("ask-attention").by_path;
    assert!(contexts[0] - state[0] > 9.0);
    assert!(state[0] < state[63] - 9.0);
}

#[test]
fn sharp_weights_hardly_move_with_their_scores() {
    let settings = settings("ask-saturate");
    let (sharp, even) = (attended("ask-saturate"), pair::of(&LineageSettings { sharpness: 0.0, ..settings }).unwrap());
    let largest = |found: &Attended| found.alignment.iter().copied().fold(0.0, f64::max);
    assert!(largest(&sharp) > 10.0 * largest(&even));
    assert!(even.alignment.iter().all(|w| (w - 1.0 / 64.0).abs() < 1e-15));
}

#[test]
fn bahdanau_and_luong_differ_with_all_else_equal() {
    let bahdanau = attended("ask-two");
    let luong = pair::of(&LineageSettings { attends: LineageSettings::default().attends, ..settings("ask-two") }).unwrap();
    assert_ne!(bahdanau.by_path, luong.by_path);
    // Bahdanau's context is an input of the cell, so that its first query cannot know the first target step.
    assert!(bahdanau.residual < 1e-12 && luong.residual < 1e-12);
}

#[test]
fn sixteen_coefficients_hold_four_cycles_and_lose_six() {
    let settings = settings("ask-memory");
    let at = |cycles| memory::of(&LineageSettings { cycles, ..settings.clone() }).unwrap();
    assert_eq!((settings.view, settings.hidden_size, settings.cycles), (View::Memory, 16, 4.0));
    assert!((0.01..0.1).contains(&at(4.0).best) && at(4.0).error < 0.1, "{}", at(4.0).error);
    assert!(at(6.0).best > 0.5);
}

#[test]
fn forward_euler_passes_through_enormous_numbers() {
    let settings = settings("ask-euler");
    let (euler, exact) = (memory::of(&settings).unwrap(), memory::of(&LineageSettings { rule: 0, ..settings }).unwrap());
    assert!(euler.largest > 1e4 * exact.largest, "{} {}", euler.largest, exact.largest);
    assert!(exact.largest < 10.0, "{}", exact.largest);
}

#[test]
fn norms_keep_what_depth_without_them_lets_grow() {
    let settings = settings("ask-norms");
    assert_eq!((settings.view, settings.layers), (View::Transformer, 12));
    let [post, pre, off, bare] = layers::of(&settings).unwrap().by_layer;
    assert!(off[0] > 2.0, "{}", off[0]);
    assert!(post[0].abs() < 1.0 && pre[0].abs() < 1.0, "{} {}", post[0], pre[0]);
    assert_ne!(bare, pre);
}

#[test]
fn one_layer_is_blind_to_order_and_two_are_not() {
    let settings = settings("ask-order");
    let blind = |layers| layers::of(&LineageSettings { layers, ..settings.clone() }).unwrap().reversed[0];
    assert!(blind(1) < 1e-12 && blind(2) > 1e-6, "{} {}", blind(1), blind(2));
}

#[test]
fn mambas_rule_and_the_bilinear_rule_do_to_eigenvalues_what_the_answers_say() {
    let settings = settings("ask-bbar");
    assert_eq!((settings.view, poles::rule(&settings).name(), settings.delta), (View::Spectrum, "mamba", 0.1));
    let found = poles::of(&settings).unwrap();
    assert!(found.continuous.last().is_some_and(|(re, im)| (re + 16.0).abs() < 1e-12 && *im == 0.0));
    assert!((poles::ratio((-1.0, 0.0), 0.1) - 1.05).abs() < 0.005 && (poles::ratio((-16.0, 0.0), 0.1) - 2.0).abs() < 0.05);
    let turned = poles::of(&self::settings("ask-sign")).unwrap();
    assert!(turned.continuous.iter().all(|(re, im)| *re < 0.0 && *im == 0.0));
    assert!(turned.discrete.iter().any(|(re, _)| *re < 0.0));
    let half = self::settings("ask-half");
    assert_eq!(poles::of(&half).unwrap().continuous.len(), half.hidden_size / 2);
}

#[test]
fn a_tree_takes_twice_the_work_in_logarithmically_many_levels() {
    let found = scans::of(&settings("ask-scan")).unwrap();
    for (length, [(work, levels), ..]) in &found.by_length {
        assert_eq!((*work, *levels), (2 * (length - 1), 2 * length.ilog2() as usize));
    }
}

#[test]
fn sensitivity_outgrows_the_state_and_a_threshold_loses_parity() {
    let found = limits::of(&settings("ask-limits")).unwrap();
    let (first, last) = (found.measured.first().unwrap().1, found.measured.last().unwrap().1);
    assert!(last[1] / first[1] > 1e3 * last[0] / first[0]);
    assert!(found.threshold.last().unwrap().1 < 0.51 && found.signs.last().unwrap().1 == 1.0);
}

#[test]
fn a_character_with_a_small_delta_leaves_the_state_alone() {
    let settings = settings("ask-selects");
    let found = selects::of(&settings).unwrap();
    let delta = &found.delta[settings.channel - 1];
    let (least, most) = delta.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), d| (low.min(*d), high.max(*d)));
    // e^(−Δ) is kept of the slowest number.
    assert!(most > 10.0 * least && least < 0.1, "{least} {most}");
    assert!(found.kept.iter().zip(&found.by_sum).all(|(a, b)| (a - b).abs() < 1e-11));
}
