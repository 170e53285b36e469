//! Float32 passes against float64 ones and closed forms.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use unroll_engine::train::{
    Batch, CharacterOrder, Characters, Clip, Config, Dimensions, Fixed, Loss, LossAt, LossSteps, Model, Optimiser, Precision, StepRecord,
    Targets, Task, Trainer, Truncation,
};
use unroll_engine::{Activation, Cell, Initialiser};

/// Record and gradient of the first step in both precisions.
fn both(config: &Config) -> [(StepRecord, Vec<f64>); 2] {
    [Precision::Double, Precision::Single].map(|precision| {
        let mut trainer = Trainer::new(Config { precision, clip: Clip::Off, ..config.clone() }).unwrap();
        (trainer.step().unwrap().clone(), trainer.gradient().to_vec())
    })
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

fn configs() -> Vec<Config> {
    let tasks = [
        Task::Adding { steps: 30 },
        Task::CopyMemory { blanks: 12 },
        Task::TemporalOrder { steps: 25 },
        Task::Sine { steps: 20, shortest_period: 5.0, longest_period: 20.0 },
        Task::Characters(Characters::new("the cat sat on the mat and the rat ran", 9, CharacterOrder::Random).unwrap()),
    ];
    let mut all = Vec::new();
    for (i, task) in tasks.into_iter().enumerate() {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            for truncation in [Truncation::Off, Truncation::Stretches { every: 3, back: 7 }] {
                // Batches and widths that are and are not whole numbers of registers.
                let (hidden_size, batch_size) = [(8, 8), (5, 3), (13, 9), (16, 1), (7, 16)][i];
                let omega = if cell == Cell::Rnn { 0.1 } else { 0.0 };
                let task = task.clone();
                all.push(Config { task, cell, truncation, hidden_size, batch_size, omega, ..Config::default() });
            }
        }
    }
    all
}

#[test]
fn losses_gradients_and_records_are_those_of_double_precision() {
    for config in configs() {
        let [(double, exact), (single, gradient)] = both(&config);
        assert!((single.loss - double.loss).abs() < 1e-5 * double.loss, "{config:?}");
        assert!((single.omega - double.omega).abs() <= 1e-3 * double.omega, "{config:?}: {} not {}", single.omega, double.omega);
        let error = norm(exact.iter().zip(&gradient).map(|(a, b)| a - b)) / norm(exact.iter().copied());
        assert!(error < 2e-5, "{config:?}: {error:e}");
        let close = |name: &str, ours: &[f64], exact: &[f64], most: f64| {
            for (i, (a, b)) in ours.iter().zip(exact).enumerate() {
                assert!((a - b).abs() < most || a == b, "{config:?}: {name} {i} {a} not {b}");
            }
        };
        close("adjoint", &single.log10_adjoint, &double.log10_adjoint, 2e-4);
        close("share", &single.recurrent_share_by_lag, &double.recurrent_share_by_lag, 1e-5);
        close("gate", &single.mean_gates, &double.mean_gates, 1e-6);
        assert_eq!(single.truncation_angle.is_some(), double.truncation_angle.is_some());
    }
}

#[test]
fn activations_have_their_values_and_slopes() {
    for activation in [Activation::Tanh, Activation::Sigmoid, Activation::Relu, Activation::Identity] {
        let config = Config { task: Task::Adding { steps: 12 }, cell: Cell::Rnn, activation, ..Config::default() };
        let [(double, exact), (single, gradient)] = both(&config);
        assert!((single.loss - double.loss).abs() < 1e-5 * double.loss);
        let error = norm(exact.iter().zip(&gradient).map(|(a, b)| a - b)) / norm(exact.iter().copied());
        assert!(error < 2e-5, "{activation:?}: {error:e}");
    }
}

/// One linear unit without input and a readout of 1, to give 1 from a state of 0: its adjoint is multiplied by w at every step.
fn linear(w: f64, steps: usize, loss_steps: LossSteps, precision: Precision) -> Trainer {
    let sites = loss_steps.list(steps).len();
    let dimensions = Dimensions { steps, input_size: 1, output_size: 1, batch_size: 1, loss: Loss::MeanSquaredError, loss_steps };
    let batch = Batch { x: vec![0.0; steps], targets: Targets::Values(vec![1.0; sites]) };
    let config = Config {
        task: Task::Fixed(Fixed::new(dimensions, batch).unwrap()),
        cell: Cell::Rnn,
        activation: Activation::Identity,
        hidden_size: 1,
        optimiser: Optimiser::Sgd,
        learning_rate: 0.0,
        clip: Clip::Off,
        precision,
        ..Config::default()
    };
    let model = Model::from_flat(config.layout(), &[1.0, w, 0.0, 0.0, 1.0, 0.0]);
    Trainer::with_model(config, model).unwrap()
}

#[test]
fn an_adjoint_is_followed_beyond_the_range_of_any_float() {
    for (w, steps) in [(0.5, 2000), (0.25, 300), (1e-9, 120), (0.75, 5000), (1e-38, 20)] {
        let mut trainer = linear(w, steps, LossSteps::Last, Precision::Single);
        let record = trainer.step().unwrap();
        for (t, found) in record.log10_adjoint.iter().enumerate() {
            // ∂L/∂h_T is 2 (0 − 1).
            let expected = 2.0_f64.log10() + (steps - t) as f64 * f64::from(w as f32).log10();
            assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{w} {t}: {found} not {expected}");
        }
    }
}

#[test]
fn a_gradient_that_float32_could_not_hold_is_that_of_double_precision() {
    for (w, steps) in [(2.0, 300), (1e3, 40), (1e-3, 40), (0.9, 400)] {
        for loss_steps in [LossSteps::Last, LossSteps::Every, LossSteps::Masked((0..steps).map(|t| t % 17 == 3).collect())] {
            let [(double, exact), (single, gradient)] = [Precision::Double, Precision::Single].map(|precision| {
                let mut trainer = linear(w, steps, loss_steps.clone(), precision);
                (trainer.step().unwrap().clone(), trainer.gradient().to_vec())
            });
            for (ours, exact) in gradient.iter().zip(&exact) {
                assert!((ours - exact).abs() <= 1e-4 * exact.abs(), "{w}: {ours:e} not {exact:e}");
            }
            for (ours, exact) in single.log10_adjoint.iter().zip(&double.log10_adjoint) {
                assert!((ours - exact).abs() < 1e-4 * exact.abs().max(1.0) || ours == exact, "{w}: {ours} not {exact}");
            }
        }
    }
}

#[test]
fn a_vanishing_gradient_of_a_whole_net_is_followed() {
    for cell in [Cell::Rnn, Cell::Gru, Cell::Lstm] {
        let forget_bias = Some(-3.0);
        let task = Task::Adding { steps: 250 };
        let config = Config { task, cell, forget_bias, initialiser: Initialiser::Orthogonal, gain: 0.3, ..Config::default() };
        for loss_at in [LossAt::Task, LossAt::EveryStep] {
            let [(double, _), (single, _)] = both(&Config { loss_at, ..config.clone() });
            for (ours, exact) in single.log10_adjoint.iter().zip(&double.log10_adjoint) {
                assert!((ours - exact).abs() < 1e-3, "{cell:?}: {ours} not {exact}");
            }
            if loss_at == LossAt::Task && cell == Cell::Rnn {
                assert!(single.log10_adjoint[0] < -100.0, "{}", single.log10_adjoint[0]);
            }
        }
    }
}

#[test]
fn what_overflows_is_reported() {
    let mut trainer = linear(1.0, 4, LossSteps::Last, Precision::Single);
    trainer.step().unwrap();
    let config =
        Config { precision: Precision::Single, cell: Cell::Rnn, activation: Activation::Identity, gain: 10.0, ..Config::default() };
    let task = Task::Adding { steps: 100 };
    let error = Trainer::new(Config { task: task.clone(), ..config.clone() }).unwrap().step().unwrap_err();
    assert_eq!(error.to_string(), "Training diverged at iteration 0: the loss is not a finite number.");
    assert!(Trainer::new(Config { task, precision: Precision::Double, ..config }).unwrap().step().unwrap().loss > 1e38);
}
