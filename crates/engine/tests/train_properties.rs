//! Gradients of training, full and truncated, and the records of its steps, over random nets and batches.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use unroll_engine::train::{Batch, Clip, Config, Dimensions, Fixed, Loss, LossSteps, Model, Optimiser, Targets, Task, Trainer, Truncation};
use unroll_engine::{analyse_problem, Activation, Cell, LossSite, Problem};

/// Step of the central differences; their error is O(STEP²).
const STEP: f64 = 1e-5;

#[derive(Clone, Debug)]
struct Case {
    cell: Cell,
    activation: Activation,
    hidden_size: usize,
    dimensions: Dimensions,
    batch: Batch,
    parameters: Vec<f64>,
}

impl Case {
    fn config(&self) -> Config {
        Config {
            task: Task::Fixed(Fixed::new(self.dimensions.clone(), self.batch.clone()).unwrap()),
            cell: self.cell,
            activation: self.activation,
            hidden_size: self.hidden_size,
            optimiser: Optimiser::Sgd,
            learning_rate: 0.0,
            clip: Clip::Off,
            ..Config::default()
        }
    }

    fn trainer(&self, config: Config) -> Trainer {
        let model = Model::from_flat(config.layout(), &self.parameters);
        Trainer::with_model(config, model).unwrap()
    }

    /// Loss and gradient.
    fn gradient(&self, truncation: Truncation) -> (f64, Vec<f64>) {
        let mut trainer = self.trainer(Config { truncation, ..self.config() });
        let loss = trainer.step().unwrap().loss;
        (loss, trainer.gradient().to_vec())
    }

    /// The same case with some of its sequences, or with its first steps and the losses of some of them.
    fn part(&self, lanes: core::ops::Range<usize>, steps: usize, losses: impl Fn(usize) -> bool) -> Case {
        let Dimensions { input_size: d, output_size: k, batch_size, .. } = self.dimensions;
        let sites = self.dimensions.loss_steps.list(self.dimensions.steps);
        let kept: Vec<bool> = sites.iter().map(|t| losses(*t)).collect();
        fn pick<T: Copy>(
            values: &[T],
            rows_per_step: usize,
            batch: usize,
            lanes: core::ops::Range<usize>,
            keep: impl Fn(usize) -> bool,
        ) -> Vec<T> {
            let steps = values.chunks(rows_per_step * batch).enumerate().filter(|(i, _)| keep(*i));
            steps.flat_map(|(_, step)| step.chunks(batch).flat_map(|row| row[lanes.clone()].to_vec()).collect::<Vec<T>>()).collect()
        }
        let targets = match &self.batch.targets {
            Targets::Values(values) => Targets::Values(pick(values, k, batch_size, lanes.clone(), |i| kept[i])),
            Targets::Classes(classes) => Targets::Classes(pick(classes, 1, batch_size, lanes.clone(), |i| kept[i])),
        };
        let mask = (1..=steps).map(|t| sites.contains(&t) && losses(t)).collect();
        Case {
            dimensions: Dimensions { steps, batch_size: lanes.len(), loss_steps: LossSteps::Masked(mask), ..self.dimensions.clone() },
            batch: Batch { x: pick(&self.batch.x, d, batch_size, lanes, |t| t < steps), targets },
            ..self.clone()
        }
    }
}

fn numbers(count: usize, bound: f64) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(-bound..bound, count)
}

prop_compose! {
    fn shapes()(
        cell in prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)],
        activation in prop_oneof![Just(Activation::Tanh), Just(Activation::Sigmoid), Just(Activation::Identity)],
        hidden_size in 1_usize..6,
        input_size in 1_usize..4,
        output_size in 1_usize..4,
        batch_size in 1_usize..7,
        mask in proptest::collection::vec(any::<bool>(), 1..8),
        site in 0_usize..3,
        classes in any::<bool>(),
    ) -> (Cell, Activation, usize, Dimensions) {
        let steps = mask.len();
        let loss = if classes { Loss::CrossEntropy } else { Loss::MeanSquaredError };
        let loss_steps = match site {
            0 => LossSteps::Every,
            1 if mask.contains(&true) => LossSteps::Masked(mask),
            _ => LossSteps::Last,
        };
        (cell, activation, hidden_size, Dimensions { steps, input_size, output_size, batch_size, loss, loss_steps })
    }
}

fn cases() -> impl Strategy<Value = Case> {
    shapes().prop_flat_map(|(cell, activation, hidden_size, dimensions)| {
        let Dimensions { steps, input_size, output_size, batch_size, loss, .. } = dimensions;
        let sites = dimensions.sites();
        let rows = cell.blocks() * hidden_size;
        let count = rows * (input_size + hidden_size + 2) + output_size * (hidden_size + 1);
        let targets = match loss {
            Loss::MeanSquaredError => numbers(sites * output_size * batch_size, 1.0).prop_map(Targets::Values).boxed(),
            Loss::CrossEntropy => proptest::collection::vec(0..output_size, sites * batch_size).prop_map(Targets::Classes).boxed(),
        };
        (numbers(steps * input_size * batch_size, 1.0), targets, numbers(count, 0.9)).prop_map(move |(x, targets, parameters)| Case {
            cell,
            activation,
            hidden_size,
            dimensions: dimensions.clone(),
            batch: Batch { x, targets },
            parameters,
        })
    })
}

fn close(a: f64, b: f64, eps: f64) -> bool {
    (a - b).abs() <= eps * (1.0 + b.abs())
}

fn add(sum: &mut [f64], factor: f64, values: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn gradients_are_the_slopes_of_the_loss(case in cases()) {
        let (_, gradient) = case.gradient(Truncation::Off);
        for (i, ours) in gradient.iter().enumerate() {
            let loss = |by: f64| {
                let mut moved = case.clone();
                moved.parameters[i] += by;
                moved.trainer(Config { observe: false, ..moved.config() }).step().unwrap().loss
            };
            let slope = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            prop_assert!(close(*ours, slope, 2e-6), "parameter {i}: {ours} not {slope}");
        }
    }

    /// The loss and the gradient of a batch are the means of those of its sequences.
    #[test]
    fn a_batch_is_the_mean_of_its_sequences(case in cases()) {
        let size = case.dimensions.batch_size;
        let (loss, gradient) = case.gradient(Truncation::Off);
        let (mut mean, mut mean_gradient) = (0.0, vec![0.0; gradient.len()]);
        for lane in 0..size {
            let single = case.part(lane..lane + 1, case.dimensions.steps, |_| true).gradient(Truncation::Off);
            mean += single.0 / size as f64;
            add(&mut mean_gradient, 1.0 / size as f64, &single.1);
        }
        prop_assert!(close(loss, mean, 1e-13));
        for (ours, mean) in gradient.iter().zip(&mean_gradient) {
            prop_assert!(close(*ours, *mean, 1e-12), "{ours} not {mean}");
        }
    }

    /// TBPTT(k1, k2) is the sum, over the steps e it propagates from, of the windows of the sequence that stops at e.
    #[test]
    fn stretches_are_sums_of_windows(case in cases(), every in 1_usize..9, back in 1_usize..9) {
        let steps = case.dimensions.steps;
        let (_, gradient) = case.gradient(Truncation::Stretches { every, back });
        let mut sum = vec![0.0; gradient.len()];
        for after in (0..steps).step_by(every) {
            let last = (after + every).min(steps);
            let part = case.part(0..case.dimensions.batch_size, last, |t| t > after && t <= last);
            let sites = part.dimensions.sites();
            if sites > 0 {
                let share = sites as f64 / case.dimensions.sites() as f64;
                add(&mut sum, share, &part.gradient(Truncation::Window(back)).1);
            }
        }
        // Where it goes back through everything from everywhere, it is the full gradient.
        let full = (back >= steps).then(|| case.gradient(Truncation::Off).1);
        for (i, (ours, sum)) in gradient.iter().zip(&sum).enumerate() {
            prop_assert!(close(*ours, *sum, 1e-12), "{ours} not {sum}");
            if let Some(full) = &full {
                prop_assert!(close(*ours, full[i], 1e-12));
            }
        }
    }

    /// Adjoints and shares by lag are those of the analysis of the same net on the same sequence.
    #[test]
    fn records_agree_with_the_analysis(case in cases()) {
        let mut single = case.part(0..1, case.dimensions.steps, |_| true);
        single.dimensions.output_size = 1;
        single.dimensions.loss = Loss::MeanSquaredError;
        single.dimensions.loss_steps = LossSteps::Last;
        single.batch.targets = Targets::Values(vec![0.25]);
        let model = Model::from_flat(single.config().layout(), &single.parameters);
        let mut trainer = single.trainer(single.config());
        let record = trainer.step().unwrap().clone();
        let n = case.hidden_size;
        let derivative = trainer.gradient()[trainer.gradient().len() - 1];
        let analysis = analyse_problem(Problem {
            x: single.batch.x.clone(),
            h0: vec![0.0; n],
            c0: vec![0.0; if case.cell == Cell::Lstm { n } else { 0 }],
            loss_site: LossSite::LastStep,
            cotangent: model.readout_weight.iter().map(|w| w * derivative).collect(),
            weights: model.cell,
        });
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let means: Vec<f64> = match case.cell {
            Cell::Rnn => vec![mean(&analysis.trace.h[n..].iter().map(|h| h.abs()).collect::<Vec<f64>>())],
            Cell::Lstm | Cell::Gru => analysis.trace.gates.iter().map(|gate| mean(&gate.values)).collect(),
        };
        prop_assert_eq!(record.mean_gates.len(), means.len());
        for (ours, mean) in record.mean_gates.iter().zip(means) {
            prop_assert!((ours - mean).abs() < 1e-12, "gate: {ours} not {mean}");
        }
        let adjoint = &analysis.backward.dl_dh;
        for (t, ours) in record.log10_adjoint.iter().enumerate() {
            let mantissa = &adjoint.mantissa[t * n..(t + 1) * n];
            let log = mantissa.iter().map(|v| v * v).sum::<f64>().sqrt().log10() + adjoint.exponent[t] as f64 * 2f64.log10();
            prop_assert!(*ours == log || (ours - log).abs() < 1e-9, "t = {t}: {ours} not {log}");
        }
        let by_step = &analysis.backward.gradients.iter().find(|g| g.name.starts_with("weight_hh")).unwrap().log10_norm_by_step;
        let total: f64 = by_step.iter().map(|log| 10f64.powf(*log)).sum();
        for (ours, log) in record.recurrent_share_by_lag.iter().zip(by_step.iter().rev()) {
            let share = if total > 0.0 { 10f64.powf(*log) / total } else { 0.0 };
            prop_assert!((ours - share).abs() < 1e-9, "{ours} not {share}");
        }
    }
}
