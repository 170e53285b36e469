use core::ops::RangeInclusive;

use proptest::prelude::*;
use unroll_engine::experiment::range;
use unroll_engine::signal::{Table, TextError};
use unroll_engine::{Experiment, ExperimentError, Input, LossSite};

fn message(experiment: &Experiment) -> String {
    experiment.validate().unwrap_err().to_string()
}

#[test]
fn the_default_is_valid_and_has_the_shapes_it_says() {
    let experiment = Experiment::default();
    experiment.validate().unwrap();
    let problem = experiment.problem().unwrap();
    assert_eq!(problem.weights.weight_ih.len(), 4 * 16);
    assert_eq!(problem.weights.weight_hh.len(), 4 * 16 * 16);
    assert_eq!(problem.weights.bias_ih.len(), 4 * 16);
    assert_eq!(problem.weights.bias_hh.len(), 4 * 16);
    assert_eq!(problem.x.len(), 64);
    assert_eq!(problem.h0, vec![0.0; 16]);
    assert_eq!(problem.c0, vec![0.0; 16]);
    assert_eq!(problem.cotangent.len(), 16);
}

#[test]
fn messages_name_field_value_and_range() {
    let default = Experiment::default();
    let cases = [
        (
            Experiment { hidden_size: 513, ..default.clone() },
            "hidden_size",
            "The hidden size is 513; it has to be a whole number from 1 to 512.",
        ),
        (Experiment { input_size: 0, ..default.clone() }, "input_size", "The input size is 0; it has to be a whole number from 1 to 16."),
        (
            Experiment { seq_len: 2049, ..default.clone() },
            "seq_len",
            "The sequence length is 2049; it has to be a whole number from 1 to 2048.",
        ),
        (Experiment { gain: f64::NAN, ..default.clone() }, "gain", "The gain is NaN; it has to be a number from 0 to 10."),
        (
            Experiment { forget_bias: -20.5, ..default.clone() },
            "forget_bias",
            "The forget bias is -20.5; it has to be a number from -20 to 20.",
        ),
        (
            Experiment { input_gate_bias: f64::INFINITY, ..default.clone() },
            "input_gate_bias",
            "The input gate bias is inf; it has to be a number from -20 to 20.",
        ),
        (
            Experiment { update_bias: 1e300, ..default.clone() },
            "update_bias",
            "The update bias is 1e300; it has to be a number from -20 to 20.",
        ),
        (Experiment { input_scale: -1.0, ..default.clone() }, "input_scale", "The input scale is -1; it has to be a number from 0 to 100."),
        (Experiment { period: 1.0, ..default.clone() }, "period", "The period is 1; it has to be a number from 2 to 512."),
        (
            Experiment { initial_scale: -0.5, ..default.clone() },
            "initial_scale",
            "The initial scale is -0.5; it has to be a number from 0 to 10.",
        ),
        (
            Experiment { loss_site: LossSite::Step(65), ..default.clone() },
            "loss_step",
            "The loss step is 65; it has to be a whole number from 1 to 64, the number of steps.",
        ),
        (
            Experiment { loss_site: LossSite::Step(5), input: Input::Text("four".into()), ..default.clone() },
            "loss_step",
            "The loss step is 5; it has to be a whole number from 1 to 4, the number of steps this input has.",
        ),
        (
            Experiment { input: Input::Text(String::new()), ..default.clone() },
            "text",
            "The text is empty; it has to have at least one character.",
        ),
        (
            Experiment { input: Input::Text(('\u{4e00}'..).take(257).collect()), ..default.clone() },
            "text",
            "The text has 257 different characters; at most 256 are accepted, because each one is a component of the input.",
        ),
        (
            Experiment { input: Input::Text("a".repeat(100_001)), ..default },
            "text",
            "The text has 100001 characters; at most 100000 are accepted.",
        ),
    ];
    for (experiment, field, expected) in cases {
        let error = experiment.validate().unwrap_err();
        assert_eq!(error.field(), field);
        assert_eq!(error.to_string(), expected);
        assert_eq!(experiment.problem(), Err(error.clone()));
        assert_eq!(experiment.sequence(), Err(error));
    }
}

#[test]
fn tables_made_by_hand_are_checked_too() {
    let with = |columns: &[&str], values: &[f64]| {
        message(&Experiment {
            input: Input::Numbers(Table {
                columns: columns.iter().map(|name| name.to_string()).collect(),
                values: values.to_vec(),
                standardise: false,
            }),
            ..Experiment::default()
        })
    };
    assert_eq!(with(&[], &[]), "0 columns are chosen; from 1 to 512 are accepted.");
    assert!(with(&["a"], &[]).starts_with("The table is empty"));
    assert_eq!(
        with(&["a", "b"], &[1.0, 2.0, 3.0]),
        "The table has 3 numbers, which do not fill rows of 2; every row has to have a number per column."
    );
    assert_eq!(
        with(&["a", "b"], &[1.0, 2.0, 3.0, f64::NAN]),
        "Row 2, column 2 (b) is NaN; finite numbers from -1e100 to 1e100 are accepted."
    );
}

#[test]
fn a_text_error_can_be_told_from_others() {
    let experiment = Experiment { input: Input::Text(String::new()), ..Experiment::default() };
    assert_eq!(experiment.validate(), Err(ExperimentError::Text(TextError::Empty)));
}

fn real(range: RangeInclusive<f64>) -> impl Strategy<Value = f64> {
    let (low, high) = (*range.start(), *range.end());
    prop_oneof![
        8 => range,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![low, high, low.next_down(), high.next_up(), f64::NAN]),
    ]
}

fn whole(range: RangeInclusive<usize>) -> impl Strategy<Value = usize> {
    let (low, high) = (*range.start(), *range.end());
    prop_oneof![8 => range, 1 => any::<usize>(), 1 => prop::sample::select(vec![low - 1, low, high, high + 1])]
}

proptest! {
    #[test]
    fn validate_accepts_exactly_what_the_ranges_say(
        hidden_size in whole(range::HIDDEN_SIZE),
        input_size in whole(range::INPUT_SIZE),
        seq_len in whole(range::SEQ_LEN),
        gain in real(range::GAIN),
        biases in [real(range::GATE_BIAS), real(range::GATE_BIAS), real(range::GATE_BIAS)],
        input_scale in real(range::INPUT_SCALE),
        period in real(range::PERIOD),
        step in prop_oneof![Just(None), (0_usize..600).prop_map(Some)],
    ) {
        let experiment = Experiment {
            hidden_size,
            input_size,
            seq_len,
            gain,
            forget_bias: biases[0],
            input_gate_bias: biases[1],
            update_bias: biases[2],
            input_scale,
            period,
            input: Input::Sine,
            loss_site: step.map_or(LossSite::LastStep, LossSite::Step),
            ..Experiment::default()
        };
        let inside = range::HIDDEN_SIZE.contains(&hidden_size)
            && range::INPUT_SIZE.contains(&input_size)
            && range::SEQ_LEN.contains(&seq_len)
            && range::GAIN.contains(&gain)
            && biases.iter().all(|bias| range::GATE_BIAS.contains(bias))
            && range::INPUT_SCALE.contains(&input_scale)
            && range::PERIOD.contains(&period)
            && step.is_none_or(|step| (1..=seq_len).contains(&step));
        prop_assert_eq!(experiment.validate().is_ok(), inside);
        if inside {
            let problem = experiment.problem().unwrap();
            prop_assert_eq!(problem.x.len(), seq_len * input_size);
            prop_assert!(problem.x.iter().chain(&problem.weights.weight_hh).all(|v| v.is_finite()));
        }
    }
}
