//! The stories of the Train lab end as their lessons say.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use unroll::labs::train::presets::STORIES;
use unroll_engine::train::{Clip, Config, Trainer};
use unroll_engine::Cell;

fn config(id: &str, cell: Cell) -> Config {
    let story = STORIES.iter().find(|story| story.id == id).unwrap();
    // Watching changes no loss, and takes time.
    Config { observe: false, ..story.settings().config(cell).unwrap() }
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
}

fn losses(trainer: &mut Trainer, steps: usize) -> Vec<f64> {
    (0..steps).map(|_| trainer.step().unwrap().loss).collect()
}

#[test]
fn the_lstm_with_forget_bias_1_solves_adding_over_50_steps() {
    let found = losses(&mut Trainer::new(config("lstm-adds", Cell::Lstm)).unwrap(), 800);
    assert!(mean(&found[700..]) < 0.02, "{}", mean(&found[700..]));
}

#[test]
fn the_rnn_stays_at_the_baseline_over_100_steps() {
    let config = config("rnn-stays", Cell::Rnn);
    let baseline = config.task.baseline();
    let found = losses(&mut Trainer::new(config).unwrap(), 1000);
    assert!(mean(&found[900..]) > 0.9 * baseline, "{}", mean(&found[900..]));
}

#[test]
fn clipping_turns_the_diverging_run_into_one_that_learns() {
    let config = config("clipping-saves", Cell::Rnn);
    let baseline = config.task.baseline();
    let mut trainer = Trainer::new(config).unwrap();
    let good = trainer.snapshot();
    let diverged = (0..400).find_map(|_| trainer.step().err()).unwrap();
    assert!((150..300).contains(&diverged.iteration), "{diverged}");
    trainer.restore(&good).unwrap();
    trainer.set_clip(Clip::Norm(1.0)).unwrap();
    let found = losses(&mut trainer, 600);
    assert!(mean(&found[500..]) < 0.5 * baseline, "{} of {baseline}", mean(&found[500..]));
}
