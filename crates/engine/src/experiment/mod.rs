//! What a user can set, and the one place where it is validated.

mod build;
mod error;

pub use crate::range;
pub use crate::signal::Input;
pub use crate::vocabulary::{Activation, Cell, Cotangent, Initialiser, LossSite};
pub use error::ExperimentError;

use std::sync::Arc;

use crate::given::{Edits, Given};
use crate::signal;

/// Everything that determines an analysis. Same experiment, same bits, on every machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The cell.
    pub cell: Cell,
    /// n, the number of units, 1–64.
    pub hidden_size: usize,
    /// d, the components of the input, 1–16. Text, sunspots and numbers bring their own.
    pub input_size: usize,
    /// T, the number of steps, 1–2048. Inputs that are shorter shorten it.
    pub seq_len: usize,
    /// φ of the plain RNN.
    pub activation: Activation,
    /// How weights are drawn.
    pub initialiser: Initialiser,
    /// Factor on `W_hh`, 0–10.
    pub gain: f64,
    /// `b_ih + b_hh` on the forget rows (LSTM), −20–20.
    pub forget_bias: f64,
    /// `b_ih + b_hh` on the input-gate rows (LSTM), −20–20.
    pub input_gate_bias: f64,
    /// `b_ih + b_hh` on the update rows (GRU), −20–20. Large values keep the old state.
    pub update_bias: f64,
    /// Seed of everything random.
    pub seed: u32,
    /// The input sequence.
    pub input: Input,
    /// Factor on the input, 0–100.
    pub input_scale: f64,
    /// Period of sine and square, in steps, 2–512.
    pub period: f64,
    /// Standard deviation of the components of `h_0` and `c_0`, drawn from the seed, 0–10; 0 is a start at rest, or where a given net
    /// starts.
    pub initial_scale: f64,
    /// Where the loss reads h.
    pub loss_site: LossSite,
    /// What it reads h with.
    pub cotangent: Cotangent,
    /// A net that was brought, in place of one drawn from the seed. It sets n and, unless the input does, d. The gain is a factor on its
    /// `W_hh`, and the gate biases are added to its own; the initialiser does not apply.
    pub given: Option<Arc<Given>>,
    /// Weights set by hand, over all else.
    pub edits: Option<Arc<Edits>>,
}

impl Default for Experiment {
    /// What the page shows first: an LSTM of 16 units reading 64 years of sunspot numbers.
    fn default() -> Self {
        Experiment {
            cell: Cell::Lstm,
            hidden_size: 16,
            input_size: 1,
            seq_len: 64,
            activation: Activation::Tanh,
            initialiser: Initialiser::PytorchUniform,
            gain: 1.0,
            forget_bias: 1.0,
            input_gate_bias: 0.0,
            update_bias: 0.0,
            seed: 7,
            input: Input::Sunspots,
            input_scale: 1.0,
            period: 16.0,
            initial_scale: 0.0,
            loss_site: LossSite::LastStep,
            cotangent: Cotangent::Random,
            given: None,
            edits: None,
        }
    }
}

impl Experiment {
    /// Whether everything is in its range ([`range`]).
    ///
    /// # Errors
    /// The first setting that is not, with its field, its value and what would be accepted. The step of a loss is judged against
    /// [`Experiment::effective_seq_len`].
    pub fn validate(&self) -> Result<(), ExperimentError> {
        use ExperimentError as Error;
        Error::check_whole("hidden_size", self.hidden_size, range::HIDDEN_SIZE, "")?;
        Error::check_whole("input_size", self.input_size, range::INPUT_SIZE, "")?;
        Error::check_whole("seq_len", self.seq_len, range::SEQ_LEN, "")?;
        Error::check_real("gain", self.gain, range::GAIN)?;
        Error::check_real("forget_bias", self.forget_bias, range::GATE_BIAS)?;
        Error::check_real("input_gate_bias", self.input_gate_bias, range::GATE_BIAS)?;
        Error::check_real("update_bias", self.update_bias, range::GATE_BIAS)?;
        Error::check_real("input_scale", self.input_scale, range::INPUT_SCALE)?;
        Error::check_real("period", self.period, range::PERIOD)?;
        Error::check_real("initial_scale", self.initial_scale, range::INITIAL_SCALE)?;
        match &self.input {
            Input::Text(text) => signal::check_text(text)?,
            Input::Numbers(table) => table.check()?,
            Input::Noise | Input::Constant | Input::Impulse | Input::Sine | Input::Square | Input::Sunspots => {}
        }
        if let Some(given) = &self.given {
            let (reads, has) = (given.stack().input_size(), self.effective_input_size());
            if reads != has {
                return Err(Error::Given(format!(
                    "The model reads {reads} {} per step and the input has {has}; an input with {reads} is accepted.",
                    if reads == 1 { "number" } else { "numbers" }
                )));
            }
            if given.cell() != self.cell {
                return Err(Error::Given("The model is of another cell than the one it was given to; the same one is accepted.".into()));
            }
        }
        let numbers = self.effective_seq_len() * self.effective_input_size();
        if !range::SEQUENCE_NUMBERS.contains(&numbers) {
            return Err(Error::Given(format!(
                "The input would have {numbers} numbers in all; at most {} are accepted, so take fewer steps.",
                range::SEQUENCE_NUMBERS.end()
            )));
        }
        if let LossSite::Step(step) = self.loss_site {
            let steps = self.effective_seq_len();
            let note = if steps < self.seq_len { ", the number of steps this input has" } else { ", the number of steps" };
            Error::check_whole("loss_step", step, 1..=steps, note)?;
        }
        Ok(())
    }

    /// T: [`Experiment::seq_len`], or the length of the input where that is shorter.
    pub fn effective_seq_len(&self) -> usize {
        match signal::own_length(&self.input) {
            Some(length) => self.seq_len.min(length),
            None => self.seq_len,
        }
    }

    /// d of the input: [`Experiment::input_size`], or the number of components that a given net reads or the input brings.
    pub fn effective_input_size(&self) -> usize {
        let read = self.given.as_ref().map_or(self.input_size, |given| given.stack().input_size());
        signal::own_components(&self.input).unwrap_or(read)
    }

    /// n: [`Experiment::hidden_size`], or that of a given net.
    pub fn effective_hidden_size(&self) -> usize {
        self.given.as_ref().map_or(self.hidden_size, |given| given.weights().hidden_size)
    }
}
