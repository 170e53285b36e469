//! What decides a training run.

use super::backward::Stretch;
use super::batch::{Dimensions, LossAt, LossSteps};
use super::error::{TrainError, MOST_MEBIBYTES};
use super::model::{Layout, Model};
use super::optimiser::{Clip, Optimiser};
use super::step;
use super::task::{Task, COPY_SYMBOLS};
use crate::init::{self, Recipe};
use crate::range;
use crate::rng::{Draws, Purpose};
use crate::vocabulary::{Activation, Cell, Initialiser};

/// How far back the gradient goes. The readout's own gradient is always complete, and the forward pass always runs over all steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truncation {
    /// Through all steps.
    Off,
    /// The last k steps only: h_{T−k} (and c_{T−k}) count as constants, as if PyTorch had run the steps before under `no_grad`. Losses at
    /// earlier steps train the readout alone. k ≥ T cuts nothing.
    Window(usize),
    /// Truncated backpropagation through time BPTT(h; h') of Williams & Peng 1990, TBPTT(k1, k2) in Sutskever 2013, section 2.8.6: at the
    /// steps k1, 2 k1, … and T, the losses since the previous such step are propagated back through k2 steps. The parts are summed into
    /// one update per iteration. Losses k2 or more steps before their propagation starts (where k2 < k1) train the readout alone.
    Stretches {
        /// k1, steps between two propagations, at least 1.
        every: usize,
        /// k2, steps that one goes back, at least 1.
        back: usize,
    },
}

impl Truncation {
    /// Steps between propagations and steps that one goes back, in a sequence of `steps` steps.
    fn lengths(self, steps: usize) -> (usize, usize) {
        match self {
            Truncation::Off => (steps, steps),
            Truncation::Window(back) => (steps, back.min(steps)),
            Truncation::Stretches { every, back } => (every.min(steps), back.min(steps)),
        }
    }

    /// Whether the gradient of a sequence of `steps` steps is not the full one.
    pub(super) fn cuts(self, steps: usize) -> bool {
        self.lengths(steps).1 < steps
    }

    /// The stretches, in order.
    pub(super) fn stretches(self, steps: usize) -> impl Iterator<Item = Stretch> {
        // What cuts nothing is one stretch over everything.
        let (every, back) = if self.cuts(steps) { self.lengths(steps) } else { (steps, steps) };
        (0..steps).step_by(every.max(1)).map(move |losses_after| {
            let last = (losses_after + every).min(steps);
            Stretch { first: last.saturating_sub(back) + 1, last, losses_after }
        })
    }

    pub(super) fn validate(self) -> Result<(), TrainError> {
        let at_least_1 = |field, value| TrainError::check(field, value >= 1, value, || "at least 1".into());
        match self {
            Truncation::Off => Ok(()),
            Truncation::Window(back) => at_least_1("truncation_window", back),
            Truncation::Stretches { every, back } => at_least_1("truncation_k1", every).and(at_least_1("truncation_k2", back)),
        }
    }
}

impl Clip {
    pub(super) fn validate(self) -> Result<(), TrainError> {
        match self {
            Clip::Off => Ok(()),
            Clip::Norm(limit) | Clip::Value(limit) => {
                TrainError::check("clip", limit > 0.0 && limit.is_finite(), limit, || "a positive number".into())
            }
        }
    }
}

/// The arithmetic of a step's forward and backward pass. Weights, optimiser, clipping and loss are in float64 either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// float64.
    #[default]
    Double,
    /// float32, two to three times as fast. The adjoint has an exponent of its own, so that however far it vanishes it is followed as in
    /// float64 (loss scaling, Micikevicius et al. 2018, section 3.2, anew wherever it is needed). States beyond 3·10³⁸ are infinite.
    Single,
}

impl Precision {
    fn bytes(self) -> f64 {
        match self {
            Precision::Double => 8.0,
            Precision::Single => 4.0,
        }
    }
}

/// Everything that determines a training run. Same settings, same bits, on every machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// What is learned.
    pub task: Task,
    /// Where it is asked for. A fixed batch has steps of its own.
    pub loss_at: LossAt,
    /// Sequences per batch, at least 1. A fixed batch has a size of its own.
    pub batch_size: usize,
    /// The cell.
    pub cell: Cell,
    /// φ of the plain RNN.
    pub activation: Activation,
    /// n, 1–1024.
    pub hidden_size: usize,
    /// How the cell's weights are drawn. The readout's are uniform in ±1/√n, as `torch.nn.Linear` draws them, whatever this is.
    pub initialiser: Initialiser,
    /// Factor on `W_hh`, 0–10.
    pub gain: f64,
    /// `b_ih + b_hh` on the LSTM's forget rows (all of it in `b_ih`), −20–20; `None` leaves what the initialiser draws there.
    pub forget_bias: Option<f64>,
    /// Seed of weights and batches.
    pub seed: u32,
    /// The optimiser.
    pub optimiser: Optimiser,
    /// η, at least 0.
    pub learning_rate: f64,
    /// Clipping.
    pub clip: Clip,
    /// Truncation.
    pub truncation: Truncation,
    /// Coefficient of the regulariser Ω of Pascanu et al. 2013, eq. 9; 0 is off. For the plain RNN only.
    pub omega: f64,
    /// Whether an iteration starts from the final states of the one before, instead of from zero.
    pub carry_state: bool,
    /// Whether a step's record tells about its gradient's way back through time. Under truncation that takes a second, full pass.
    pub observe: bool,
    /// The arithmetic.
    pub precision: Precision,
}

impl Default for Config {
    /// The adding problem over 50 steps: an LSTM of 32 units, batches of 32, Adam at 0.01, the gradient clipped at norm 1.
    fn default() -> Self {
        Config {
            task: Task::Adding { steps: 50 },
            loss_at: LossAt::Task,
            batch_size: 32,
            cell: Cell::Lstm,
            activation: Activation::Tanh,
            hidden_size: 32,
            initialiser: Initialiser::PytorchUniform,
            gain: 1.0,
            forget_bias: None,
            seed: 7,
            optimiser: Optimiser::ADAM,
            learning_rate: 0.01,
            clip: Clip::Norm(1.0),
            truncation: Truncation::Off,
            omega: 0.0,
            carry_state: false,
            observe: true,
            precision: Precision::Double,
        }
    }
}

impl Config {
    /// Sizes and loss of the batches.
    pub fn dimensions(&self) -> Dimensions {
        let own = self.task.dimensions(self.batch_size);
        match (self.loss_at, &self.task) {
            (LossAt::Task, _) | (_, Task::Fixed(_)) => own,
            (LossAt::End, _) => Dimensions { loss_steps: LossSteps::Last, ..own },
            (LossAt::EveryStep, _) => Dimensions { loss_steps: LossSteps::Every, ..own },
        }
    }

    /// The loss that is to be beaten, that of a prediction which remembers nothing, and what it predicts, as a sentence.
    pub fn baseline(&self) -> (f64, &'static str) {
        match (&self.task, self.loss_at) {
            // At other steps it is known that a blank is due.
            (Task::CopyMemory { .. }, LossAt::End) => (libm::log(COPY_SYMBOLS as f64), "Guessing the last of the symbols costs ln 8."),
            (task, _) => (task.baseline(), task.baseline_description()),
        }
    }

    /// Sizes of the model.
    pub fn layout(&self) -> Layout {
        let dimensions = self.dimensions();
        Layout {
            cell: self.cell,
            activation: self.activation,
            input_size: dimensions.input_size,
            hidden_size: self.hidden_size,
            output_size: dimensions.output_size,
        }
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let whole =
            |field, value: usize, most: usize| TrainError::check(field, (1..=most).contains(&value), value, || format!("from 1 to {most}"));
        self.task.validate()?;
        whole("batch_size", self.batch_size, 4096)?;
        whole("hidden_size", self.hidden_size, 1024)?;
        let real = |field, value: f64, range: core::ops::RangeInclusive<f64>| {
            TrainError::check(field, range.contains(&value), value, || format!("a number from {} to {}", range.start(), range.end()))
        };
        real("gain", self.gain, range::GAIN)?;
        real("forget_bias", self.forget_bias.unwrap_or(0.0), range::GATE_BIAS)?;
        check_learning_rate(self.learning_rate)?;
        real("omega", self.omega, 0.0..=1e6)?;
        if self.omega != 0.0 && self.cell != Cell::Rnn {
            return Err(TrainError::RegulariserNeedsPlainCell);
        }
        self.clip.validate()?;
        self.truncation.validate()?;
        // In floating point, where the product of no sizes overflows.
        let (layout, dimensions) = (self.layout(), self.dimensions());
        let per_step = layout.input_size + (3 + step::blocks(self.cell)) * layout.hidden_size + layout.output_size;
        let bytes = self.precision.bytes() * per_step as f64 * dimensions.steps as f64 * dimensions.batch_size as f64;
        let mebibytes = (bytes / f64::from(1 << 20)) as u64;
        if mebibytes > MOST_MEBIBYTES {
            return Err(TrainError::TooLarge { mebibytes });
        }
        Ok(())
    }

    /// The model that training starts from.
    ///
    /// # Errors
    /// As [`Config::validate`].
    pub fn initial_model(&self) -> Result<Model, TrainError> {
        self.validate()?;
        let layout = self.layout();
        let n = self.hidden_size;
        let mut cell = init::drawn(&Recipe {
            cell: self.cell,
            activation: self.activation,
            input_size: layout.input_size,
            hidden_size: n,
            initialiser: self.initialiser,
            gain: self.gain,
            seed: self.seed,
        });
        // Chrono is a way of setting gate biases; every other initialiser leaves them as drawn.
        if self.initialiser == Initialiser::Chrono {
            init::set_chrono_biases(&mut cell, self.seed, self.dimensions().steps);
        }
        if let (Cell::Lstm, Some(bias)) = (self.cell, self.forget_bias) {
            cell.bias_ih[n..2 * n].fill(bias);
            cell.bias_hh[n..2 * n].fill(0.0);
        }
        let bound = 1.0 / (n as f64).sqrt();
        let mut draws = Draws::new(self.seed, Purpose::Readout(self.cell));
        let mut uniform = |count: usize| (0..count).map(|_| draws.symmetric(bound)).collect::<Vec<f64>>();
        Ok(Model { cell, readout_weight: uniform(layout.output_size * n), readout_bias: uniform(layout.output_size) })
    }
}

pub(super) fn check_learning_rate(learning_rate: f64) -> Result<(), TrainError> {
    TrainError::check("learning_rate", learning_rate >= 0.0 && learning_rate.is_finite(), learning_rate, || "a number of at least 0".into())
}
