//! What a net is trained on. Every batch depends on the seed and the iteration only, so that training can start again anywhere.

mod characters;
mod fixed;
mod sine;
mod symbols;

pub use characters::{CharacterOrder, Characters};
pub use fixed::Fixed;
pub(in crate::train) use symbols::COPY_SYMBOLS;

use super::batch::{Batch, Dimensions, Loss, LossSteps, Targets};
use super::error::TrainError;
use crate::rng::{Draws, Purpose};

/// Steps that a sequence may have.
const MOST_STEPS: usize = 100_000;

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// The adding problem (Hochreiter & Schmidhuber 1997, experiment 4, as Le, Jaitly & Hinton 2015 have it): each step carries a number
    /// uniform in [0, 1) and a mark; one step of the first half and one of the second are marked; the target at the last step is the sum
    /// of the two marked numbers.
    Adding {
        /// T, at least 2.
        steps: usize,
    },
    /// Copy memory (Hochreiter & Schmidhuber 1997, experiment 5, as Arjovsky, Shah & Bengio 2016 have it): 10 symbols out of 8, then
    /// T − 1 blanks, a delimiter and 10 blanks; the target is a blank at every step but the last 10, where it is the 10 symbols in their
    /// order. The alphabet is 0–7 the symbols, 8 the blank, 9 the delimiter; the length is T + 20.
    CopyMemory {
        /// T, at least 1.
        blanks: usize,
    },
    /// Temporal order (Hochreiter & Schmidhuber 1997, experiment 6a, as Pascanu et al. 2013 have it): an A or a B somewhere in
    /// (T/10, 2T/10] and another somewhere in (4T/10, 5T/10], distractors c–f at every other step; the class at the last step is the
    /// pair: AA, AB, BA or BB. The alphabet is A, B, c, d, e, f.
    TemporalOrder {
        /// T, at least 10.
        steps: usize,
    },
    /// The latch (Bengio, Simard & Frasconi 1994): the first step carries +1 or −1, the others normal noise; the class at the last step is
    /// the first one's sign (1 for +1).
    Latch {
        /// T, at least 2.
        steps: usize,
        /// Standard deviation of the noise, at least 0.
        noise: f64,
    },
    /// Continuation of a sine: every sequence has a phase and an angular frequency of its own, the latter uniform between 2π over the
    /// two periods; the target at every step is the next value.
    Sine {
        /// T, at least 1.
        steps: usize,
        /// Shortest period in steps, at least 2.
        shortest_period: f64,
        /// Longest period in steps, at least the shortest.
        longest_period: f64,
    },
    /// Next-character prediction over a text.
    Characters(Characters),
    /// One batch, always the same.
    Fixed(Fixed),
}

impl Task {
    /// Sizes and loss of the task for batches of `batch_size` sequences; a fixed batch has a size of its own.
    pub fn dimensions(&self, batch_size: usize) -> Dimensions {
        let of =
            |steps, input_size, output_size, loss, loss_steps| Dimensions { steps, input_size, output_size, batch_size, loss, loss_steps };
        match self {
            Task::Adding { steps } => of(*steps, 2, 1, Loss::MeanSquaredError, LossSteps::Last),
            Task::CopyMemory { blanks } => {
                of(blanks + 2 * symbols::COPIED, symbols::COPY_ALPHABET, symbols::COPY_ALPHABET - 1, Loss::CrossEntropy, LossSteps::Every)
            }
            Task::TemporalOrder { steps } => of(*steps, symbols::ORDER_ALPHABET, 4, Loss::CrossEntropy, LossSteps::Last),
            Task::Latch { steps, .. } => of(*steps, 1, 2, Loss::CrossEntropy, LossSteps::Last),
            Task::Sine { steps, .. } => of(*steps, 1, 1, Loss::MeanSquaredError, LossSteps::Every),
            Task::Characters(task) => {
                let characters = task.alphabet().len();
                of(task.steps(), characters, characters, Loss::CrossEntropy, LossSteps::Every)
            }
            Task::Fixed(task) => task.dimensions().clone(),
        }
    }

    /// Fills `batch`, which has the task's sizes, with the sequences of `iteration`.
    pub fn fill(&self, seed: u32, iteration: u64, batch_size: usize, batch: &mut Batch) {
        let mut draws = Draws::new(seed, Purpose::Batch(iteration));
        batch.x.fill(0.0);
        let (x, size) = (&mut batch.x, batch_size);
        match (self, &mut batch.targets) {
            (Task::Adding { steps }, Targets::Values(y)) => adding(*steps, size, &mut draws, x, y),
            (Task::CopyMemory { blanks }, Targets::Classes(y)) => symbols::copy_memory(*blanks, size, &mut draws, x, y),
            (Task::TemporalOrder { steps }, Targets::Classes(y)) => symbols::temporal_order(*steps, size, &mut draws, x, y),
            (Task::Latch { steps, noise }, Targets::Classes(y)) => latch(*steps, *noise, size, &mut draws, x, y),
            (Task::Sine { steps, shortest_period, longest_period }, Targets::Values(y)) => {
                sine::fill(*steps, sine::frequencies(*shortest_period, *longest_period), size, &mut draws, x, y);
            }
            (Task::Characters(task), Targets::Classes(y)) => task.fill(iteration, size, &mut draws, x, y),
            (Task::Fixed(task), targets) => {
                x.copy_from_slice(&task.batch().x);
                targets.copy_from(&task.batch().targets);
            }
            // A batch made for another task; `Trainer` never has one.
            _ => {}
        }
    }

    /// The batch of `iteration`.
    pub fn batch(&self, seed: u32, iteration: u64, batch_size: usize) -> Batch {
        let mut batch = self.dimensions(batch_size).empty_batch();
        self.fill(seed, iteration, batch_size, &mut batch);
        batch
    }

    /// The loss that is to be beaten: that of the best prediction which remembers nothing (see [`Task::baseline_description`]).
    pub fn baseline(&self) -> f64 {
        match self {
            // The variance of a sum of two independent uniform numbers.
            Task::Adding { .. } => 2.0 / 12.0,
            Task::CopyMemory { blanks } => {
                symbols::COPIED as f64 * libm::log(symbols::COPY_SYMBOLS as f64) / (blanks + 2 * symbols::COPIED) as f64
            }
            Task::TemporalOrder { .. } => libm::log(4.0),
            Task::Latch { .. } => core::f64::consts::LN_2,
            Task::Sine { shortest_period, longest_period, .. } => sine::baseline(sine::frequencies(*shortest_period, *longest_period)),
            Task::Characters(task) => task.baseline(),
            Task::Fixed(task) => task.baseline(),
        }
    }

    /// What the baseline predicts, as a sentence.
    pub fn baseline_description(&self) -> &'static str {
        match self {
            Task::Adding { .. } => "Always predicting 1, the mean of the sum, has a mean squared error of 1/6.",
            Task::CopyMemory { .. } => {
                "Blanks where blanks are due and a guess among the 8 symbols at the last 10 steps cost 10 ln 8/(T + 20)."
            }
            Task::TemporalOrder { .. } => "Guessing among the four orders costs ln 4.",
            Task::Latch { .. } => "Guessing the first sign costs ln 2.",
            Task::Sine { .. } => {
                "The next value as well as the present one alone predicts it, which does not say whether the sine rises or falls."
            }
            Task::Characters(_) => "The entropy of the next character given the present one, counted over the whole text.",
            Task::Fixed(_) => "The best constant: the mean of the targets, or the frequencies of the classes.",
        }
    }

    /// The task in a sentence or two.
    pub fn description(&self) -> &'static str {
        match self {
            Task::Adding { .. } => "Each step brings a number between 0 and 1. Two of them are marked; predict their sum at the end.",
            Task::CopyMemory { .. } => "Read ten symbols, wait through blanks, and write the ten symbols again in their order.",
            Task::TemporalOrder { .. } => "Two letters, A or B, hide among distractors. Say at the end which came first and which second.",
            Task::Latch { .. } => "The first step is +1 or −1, all others are noise. Say at the end which it was.",
            Task::Sine { .. } => "A sine of unknown frequency and phase: predict the next value at every step.",
            Task::Characters(_) => "Read a text and predict the next character at every step.",
            Task::Fixed(_) => "The same batch at every iteration: learn it by heart.",
        }
    }

    /// Whether batches of this task exist.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn validate(&self) -> Result<(), TrainError> {
        let at_least = |field, value: usize, least: usize| {
            TrainError::check(field, (least..=MOST_STEPS).contains(&value), value, || format!("from {least} to {MOST_STEPS}"))
        };
        match self {
            Task::Adding { steps } => at_least("steps", *steps, 2),
            Task::CopyMemory { blanks } => at_least("blanks", *blanks, 1),
            Task::TemporalOrder { steps } => at_least("steps", *steps, 10),
            Task::Latch { steps, noise } => {
                at_least("steps", *steps, 2)?;
                TrainError::check("noise", (0.0..=1e6).contains(noise), noise, || "a number from 0 to 1000000".into())
            }
            Task::Sine { steps, shortest_period, longest_period } => {
                at_least("steps", *steps, 1)?;
                TrainError::check("shortest_period", (2.0..=1e6).contains(shortest_period), shortest_period, || {
                    "a number from 2 to 1000000".into()
                })?;
                let longest = (*shortest_period..=1e6).contains(longest_period);
                TrainError::check("longest_period", longest, longest_period, || format!("a number from {shortest_period} to 1000000"))
            }
            Task::Characters(_) | Task::Fixed(_) => Ok(()),
        }
    }
}

fn adding(steps: usize, size: usize, draws: &mut Draws, x: &mut [f64], y: &mut [f64]) {
    let half = steps / 2;
    y.fill(0.0);
    for lane in 0..size {
        for t in 0..steps {
            x[2 * t * size + lane] = draws.uniform();
        }
        for marked in [draws.index(half), half + draws.index(steps - half)] {
            x[(2 * marked + 1) * size + lane] = 1.0;
            y[lane] += x[2 * marked * size + lane];
        }
    }
}

fn latch(steps: usize, noise: f64, size: usize, draws: &mut Draws, x: &mut [f64], y: &mut [usize]) {
    for lane in 0..size {
        let bit = draws.index(2);
        y[lane] = bit;
        x[lane] = if bit == 1 { 1.0 } else { -1.0 };
        for t in 1..steps {
            x[t * size + lane] = noise * draws.normal();
        }
    }
}
