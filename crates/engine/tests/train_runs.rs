//! What a training run promises: steps that can be repeated and resumed to the bit, records, failures that are reported.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use unroll_engine::train::{
    Batch, CharacterOrder, Characters, Clip, Config, Dimensions, Diverged, Divergence, Fixed, Loss, LossSteps, Model, Optimiser, Precision,
    Snapshot, StepRecord, Targets, Task, Trainer, Truncation,
};
use unroll_engine::{fingerprint, Activation, Cell, Initialiser};

/// Cells, optimisers and tasks together, first in double, then in single precision; the last of each reads its text on with a carried
/// state.
fn runs() -> Vec<Config> {
    let small = Config { hidden_size: 5, batch_size: 3, seed: 3, ..Config::default() };
    let text = Characters::new("the cat sat on the mat and the rat ran", 6, CharacterOrder::Contiguous).unwrap();
    let double = [
        Config { task: Task::Adding { steps: 9 }, optimiser: Optimiser::SGD_MOMENTUM, ..small.clone() },
        Config { task: Task::CopyMemory { blanks: 3 }, cell: Cell::Gru, optimiser: Optimiser::RMS_PROP, ..small.clone() },
        Config { task: Task::TemporalOrder { steps: 12 }, cell: Cell::Rnn, omega: 0.5, clip: Clip::Value(0.01), ..small.clone() },
        Config {
            task: Task::Latch { steps: 6, noise: 0.1 },
            initialiser: Initialiser::Orthogonal,
            forget_bias: Some(1.0),
            ..small.clone()
        },
        Config { task: Task::Sine { steps: 8, shortest_period: 5.0, longest_period: 20.0 }, optimiser: Optimiser::Sgd, ..small.clone() },
        Config { task: Task::Characters(text), carry_state: true, truncation: Truncation::Stretches { every: 2, back: 4 }, ..small },
    ];
    let single = double.clone().map(|config| Config { precision: Precision::Single, ..config });
    double.into_iter().chain(single).collect()
}

/// Of the losses of twelve steps of each run: what every machine has to compute.
const FINGERPRINTS: [u64; 12] = [
    0xf007_64d7_f3d8_31fd,
    0x10f8_266a_0e66_31a3,
    0xa463_7321_db53_a11c,
    0x26f1_2bc0_8e8f_8aea,
    0xd33e_1905_a412_c0d9,
    0xd607_9182_9ae9_b8d8,
    0x9abc_7f5b_ff88_4dd3,
    0xdd98_1c59_87e0_a210,
    0xdd24_6e3d_4d6a_a0f3,
    0x5678_4d00_4698_683c,
    0xd1d3_098a_6b43_381c,
    0x78b0_7c52_a9da_1362,
];

fn losses(trainer: &mut Trainer, count: usize) -> Vec<u64> {
    (0..count).map(|_| trainer.step().unwrap().loss.to_bits()).collect()
}

#[test]
fn a_restored_run_goes_on_with_the_same_bits() {
    for config in runs() {
        let mut trainer = Trainer::new(config.clone()).unwrap();
        losses(&mut trainer, 5);
        trainer.set_learning_rate(0.003).unwrap();
        trainer.set_clip(Clip::Norm(0.5)).unwrap();
        let snapshot = trainer.snapshot();
        let first = losses(&mut trainer, 5);
        let (weights, record) = (trainer.model(), trainer.step().unwrap().clone());
        // Into the same run, and into a fresh one.
        for mut other in [trainer, Trainer::new(config).unwrap()] {
            other.restore(&snapshot).unwrap();
            assert_eq!(losses(&mut other, 5), first);
            assert_eq!(other.model(), weights);
            assert_eq!(*other.step().unwrap(), record);
        }
    }
}

#[test]
fn following_the_gradient_changes_nothing_else() {
    for config in runs() {
        let [mut followed, mut brief] = [config.clone(), config].map(|config| Trainer::new(config).unwrap());
        for _ in 0..4 {
            let (record, other) = (followed.step().unwrap().clone(), brief.step_without_profile().unwrap().clone());
            assert!(!record.log10_adjoint.is_empty() && !record.recurrent_share_by_lag.is_empty());
            assert_eq!(StepRecord { log10_adjoint: vec![], recurrent_share_by_lag: vec![], ..record }, other);
        }
        assert_eq!(followed.snapshot(), brief.snapshot());
        // And followed again, it tells everything.
        assert_eq!(followed.step().unwrap(), brief.step().unwrap());
    }
}

#[test]
fn a_snapshot_survives_as_numbers_and_damage_is_refused() {
    for config in runs() {
        let mut trainer = Trainer::new(config.clone()).unwrap();
        losses(&mut trainer, 3);
        let snapshot = trainer.snapshot();
        let numbers = snapshot.to_numbers();
        assert_eq!(Snapshot::from_numbers(config.layout(), &numbers), Some(snapshot));
        assert_eq!(Snapshot::from_numbers(config.layout(), &numbers[..20]), None);
        let damaged: Vec<f64> = numbers.iter().map(|_| f64::NAN).collect();
        assert_eq!(Snapshot::from_numbers(config.layout(), &damaged), None);
        // A state that is missing is refused when it is to be restored.
        let shorter = Snapshot::from_numbers(config.layout(), &numbers[..numbers.len() - 2]).unwrap();
        assert!(trainer.restore(&shorter).is_err());
    }
}

#[test]
fn the_seed_decides_everything() {
    for config in runs() {
        let of = |seed| losses(&mut Trainer::new(Config { seed, ..config.clone() }).unwrap(), 4);
        assert_eq!(of(11), of(11));
        assert_ne!(of(11), of(12), "{:?}", config.task);
    }
}

#[test]
fn a_snapshot_of_other_sizes_is_refused() {
    let configs = runs();
    let snapshot = Trainer::new(configs[0].clone()).unwrap().snapshot();
    let error = Trainer::new(configs[1].clone()).unwrap().restore(&snapshot).unwrap_err();
    assert_eq!(error.to_string(), "The snapshot does not have the sizes that this training run asks for.");
}

#[test]
fn truncation_is_seen_as_an_angle_and_leaves_the_record_of_the_full_gradient() {
    let config = Config { task: Task::Adding { steps: 20 }, hidden_size: 6, batch_size: 5, ..Config::default() };
    let step = |truncation| Trainer::new(Config { truncation, ..config.clone() }).unwrap().step().unwrap().clone();
    let (full, cut) = (step(Truncation::Off), step(Truncation::Window(3)));
    assert_eq!((full.truncation_angle, step(Truncation::Window(20)).truncation_angle), (None, None));
    assert!((1e-6..2.0).contains(&cut.truncation_ratio.unwrap()), "{:?}", cut.truncation_ratio);
    assert!((1e-6..1.6).contains(&cut.truncation_angle.unwrap()), "{:?}", cut.truncation_angle);
    assert_eq!(full.log10_adjoint, cut.log10_adjoint);
    assert_eq!(full.recurrent_share_by_lag, cut.recurrent_share_by_lag);
    assert!((full.recurrent_share_by_lag.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(full.mean_gates.iter().all(|mean| mean.abs() < 1.0));
}

/// One linear unit: the weights `w_hh` and `w_out`, four steps, input 1 at each.
fn linear(w_hh: f64, w_out: f64, optimiser: Optimiser, learning_rate: f64) -> Trainer {
    let dimensions =
        Dimensions { steps: 4, input_size: 1, output_size: 1, batch_size: 1, loss: Loss::MeanSquaredError, loss_steps: LossSteps::Last };
    let batch = Batch { x: vec![1.0; 4], targets: Targets::Values(vec![0.0]) };
    let config = Config {
        task: Task::Fixed(Fixed::new(dimensions, batch).unwrap()),
        cell: Cell::Rnn,
        activation: Activation::Identity,
        hidden_size: 1,
        optimiser,
        learning_rate,
        clip: Clip::Off,
        ..Config::default()
    };
    let model = Model::from_flat(config.layout(), &[1.0, w_hh, 0.0, 0.0, w_out, 0.0]);
    Trainer::with_model(config, model).unwrap()
}

#[test]
fn what_is_not_finite_is_reported_and_changes_nothing() {
    let cases = [
        (linear(1e100, 1.0, Optimiser::Sgd, 0.1), Divergence::Loss),
        (linear(1e70, 1e-100, Optimiser::Sgd, 0.1), Divergence::Gradient),
        (linear(1.0, 1.0, Optimiser::Sgd, 1e308), Divergence::Weights),
    ];
    for (mut trainer, what) in cases {
        let before = trainer.snapshot();
        assert_eq!(trainer.step().unwrap_err(), Diverged { iteration: 0, what });
        assert_eq!(trainer.snapshot(), before);
        assert_eq!(trainer.step().unwrap_err(), Diverged { iteration: 0, what });
    }
    let error = linear(1e100, 1.0, Optimiser::Sgd, 0.1).step().unwrap_err();
    assert_eq!(error.to_string(), "Training diverged at iteration 0: the loss is not a finite number.");
}

#[test]
fn a_smaller_learning_rate_gets_past_a_divergence() {
    let mut trainer = linear(1.0, 1.0, Optimiser::Sgd, 1e308);
    assert_eq!(trainer.step().unwrap_err().what, Divergence::Weights);
    trainer.set_learning_rate(1e-4).unwrap();
    let first = trainer.step().unwrap().loss;
    assert!(trainer.step().unwrap().loss < first);
}

#[test]
fn losses_have_the_bits_they_always_had() {
    let of = |config: Config| fingerprint(losses(&mut Trainer::new(config).unwrap(), 12).into_iter().map(f64::from_bits));
    let found: Vec<u64> = runs().into_iter().map(of).collect();
    assert_eq!(found, FINGERPRINTS, "{found:#018x?}");
}
