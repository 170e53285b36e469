//! Training against PyTorch's own runs, and what a run promises about itself. The folder of `train.json` is `UNROLL_FIXTURES` or the
//! project's own `tests/fixtures`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use unroll_engine::train::{
    Batch, Clip, Config, Dimensions, Fixed, Loss, LossSteps, Model, Optimiser, Targets, Task, Trainer, Truncation, PARAMETER_NAMES,
};
use unroll_engine::{Activation, Cell, Weights};

fn folder() -> PathBuf {
    std::env::var_os("UNROLL_FIXTURES").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"), PathBuf::from)
}

/// All numbers of a nested array, in order.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("not a number: {number}"))],
    }
}

fn whole(value: &Value) -> Option<usize> {
    value.as_u64().map(|number| usize::try_from(number).unwrap())
}

/// `[T][batch][d]` to `[T][d][batch]`.
fn batch_last(x: &Value) -> (Vec<f64>, usize, usize, usize) {
    let steps = x.as_array().unwrap();
    let (batch, d) = (steps[0].as_array().unwrap().len(), steps[0][0].as_array().unwrap().len());
    let values = flat(x);
    let moved = (0..steps.len() * d * batch).map(|i| {
        let (t, component, lane) = (i / (d * batch), i / batch % d, i % batch);
        values[(t * batch + lane) * d + component]
    });
    (moved.collect(), steps.len(), d, batch)
}

fn trainer_of(run: &Value) -> Trainer {
    let cell = match run["cell"].as_str().unwrap() {
        "rnn" => Cell::Rnn,
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        other => panic!("unknown cell {other}"),
    };
    let optimiser = match run["optimizer"].as_str().unwrap() {
        "sgd" => Optimiser::Sgd,
        "sgd_momentum" => Optimiser::SGD_MOMENTUM,
        "adam" => Optimiser::ADAM,
        "rmsprop" => Optimiser::RMS_PROP,
        other => panic!("unknown optimiser {other}"),
    };
    let (x, steps, input_size, batch_size) = batch_last(&run["x"]);
    let hidden_size = whole(&run["hidden_size"]).unwrap();
    let dimensions =
        Dimensions { steps, input_size, output_size: 1, batch_size, loss: Loss::MeanSquaredError, loss_steps: LossSteps::Last };
    let task = Task::Fixed(Fixed::new(dimensions, Batch { x, targets: Targets::Values(flat(&run["y"])) }).unwrap());
    let [weight_ih, weight_hh, bias_ih, bias_hh, readout_weight, readout_bias] = PARAMETER_NAMES.map(|name| flat(&run["init"][name]));
    let weights = Weights { cell, activation: Activation::Tanh, input_size, hidden_size, weight_ih, weight_hh, bias_ih, bias_hh };
    let config = Config {
        task,
        cell,
        hidden_size,
        optimiser,
        learning_rate: run["lr"].as_f64().unwrap(),
        clip: run["clip_norm"].as_f64().map_or(Clip::Off, Clip::Norm),
        truncation: whole(&run["truncate"]).map_or(Truncation::Off, Truncation::Window),
        ..Config::default()
    };
    Trainer::with_model(config, Model { cell: weights, readout_weight, readout_bias }).unwrap()
}

#[test]
fn every_run_of_pytorch_is_reproduced() {
    let path = folder().join("train.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    let fixture: Value = serde_json::from_str(&text).unwrap();
    let (mut failures, mut compared, mut furthest) = (Vec::new(), 0, 0.0_f64);
    for (number, run) in fixture["runs"].as_array().unwrap().iter().enumerate() {
        let mut trainer = trainer_of(run);
        let expected = &run["expected"];
        let mut check = |what: String, ours: f64, theirs: f64, scale: f64| {
            compared += 1;
            let error = (ours - theirs).abs() / scale;
            furthest = furthest.max(error);
            // Also where the error is NaN.
            if !matches!(error.partial_cmp(&1e-8), Some(std::cmp::Ordering::Less)) {
                failures.push(format!("run {number}: {what} is {ours:e}, expected {theirs:e}"));
            }
        };
        for (i, (loss, norm)) in flat(&expected["loss"]).iter().zip(flat(&expected["grad_norm_before_clip"])).enumerate() {
            let record = trainer.step().unwrap();
            check(format!("loss {i}"), record.loss, *loss, loss.abs());
            check(format!("gradient norm {i}"), record.gradient_norm, norm, norm.abs());
        }
        let parameters = trainer.model().to_flat();
        for (name, range) in PARAMETER_NAMES.iter().zip(trainer.model().layout().ranges()) {
            let theirs = flat(&expected["final"][name]);
            assert_eq!(range.len(), theirs.len(), "{name}");
            for (j, (ours, theirs)) in parameters[range].iter().zip(&theirs).enumerate() {
                check(format!("{name}[{j}]"), *ours, *theirs, theirs.abs());
            }
        }
    }
    println!("{compared} values compared, largest relative error {furthest:.1e}");
    assert!(failures.is_empty(), "{} mismatches:\n{}", failures.len(), failures[..failures.len().min(20)].join("\n"));
}
