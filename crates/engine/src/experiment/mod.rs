//! What a user can set, and the one place where it is validated.

mod error;
pub mod range;

pub use error::ExperimentError;

use std::sync::Arc;

use crate::analysis::Problem;
use crate::given::{Edits, Given};
use crate::init;
use crate::rng::{Draws, Purpose};
use crate::signal::{self, Sequence, Table};
use crate::weights::Weights;

/// The recurrent cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// `h_t = φ(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)` (Elman 1990).
    Rnn,
    /// Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000).
    Lstm,
    /// Gated recurrent unit, reset gate applied after the recurrent product, as PyTorch and cuDNN do (Cho et al. 2014 apply it before).
    Gru,
}

/// The nonlinearity φ of the [`Cell::Rnn`]. The gated cells ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `tanh`.
    Tanh,
    /// `max(0, a)`; its derivative at 0 is 0, as in PyTorch.
    Relu,
    /// The logistic function `1/(1+e^{-a})`.
    Sigmoid,
    /// `a`: the linear cell.
    Identity,
}

/// How the weights are drawn. In every case `W_hh = gain · base(seed)`, so that the gain moves one net continuously.
///
/// Whatever the initialiser, the forget and input-gate bias settings set `b_ih + b_hh` on their rows of an LSTM, and the update bias
/// setting that of a GRU (the whole in `b_ih`, 0 in `b_hh`); "biases" below are those of the other rows. Only chrono sets them itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initialiser {
    /// PyTorch's default: everything uniform in ±1/√n.
    PytorchUniform,
    /// Glorot & Bengio 2010: uniform in ±√(6/(fan_in+fan_out)) per gate block; biases 0.
    Xavier,
    /// He et al. 2015: normal with variance 2/fan_in; biases 0.
    He,
    /// `W_hh ~ N(0, 1/n)`, `W_ih ~ N(0, 1/d)`; biases 0. The gain is the g of random-network theory (Sompolinsky et al. 1988).
    Gaussian,
    /// Each gate block of `W_hh` a random orthogonal matrix (Saxe et al. 2014), `W_ih` as Xavier; biases 0.
    Orthogonal,
    /// IRNN (Le, Jaitly & Hinton 2015): each gate block of `W_hh` the identity, `W_ih ~ N(0, 0.001²)`; biases 0.
    Identity,
    /// Chrono (Tallec & Ollivier 2018): weights as PyTorch's; `b_f = ln U[1, T−1]`, `b_i = −b_f` (GRU: update bias `ln U[1, T−1]`),
    /// with T the number of steps after the input has shortened it, at least 3. It sets the gate biases itself, so the forget, input-gate and update bias settings do not apply; a plain RNN has no gates to set.
    Chrono,
    /// A non-normal base: each gate block of `W_hh` has 1 on its diagonal and 10 above it, so that with n = 2 and gain 0.9 it is
    /// [[0.9, 9], [0, 0.9]]. Eigenvalues all equal the gain while the norm of its powers first grows. `W_ih` as Xavier; biases 0.
    Shear,
}

/// Where the loss reads the hidden state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossSite {
    /// `L = v·h_T`.
    LastStep,
    /// `L = Σ_t v·h_t`.
    EveryStep,
    /// `L = v·h_t` at the one step t, 1-based, `1..=T`.
    Step(usize),
}

/// The vector v of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cotangent {
    /// Standard normal, drawn from the seed.
    Random,
    /// All ones.
    Ones,
}

/// The input sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Independent standard normal values.
    Noise,
    /// 1 in every component.
    Constant,
    /// 1 at the first step, 0 afterwards.
    Impulse,
    /// `sin(2π(t−1)/period + 2πj/d)` for component j.
    Sine,
    /// The sign of [`Input::Sine`], 1 where that is 0 but for rounding.
    Square,
    /// Yearly mean sunspot numbers, standardised over the whole series; one component; the last T years (see
    /// [`crate::signal::SUNSPOTS`]).
    Sunspots,
    /// The first T characters of a text, one-hot over the whole text's own alphabet (sorted by code point, at most 64 characters);
    /// T is at most its length in characters.
    Text(String),
    /// The first T rows of numbers the user brought; T is at most the number of rows.
    Numbers(Table),
}

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

    /// The weights: drawn from the seed or given, with the gain and the gate biases applied, and then the edits.
    ///
    /// # Errors
    /// As [`Experiment::validate`].
    pub fn weights(&self) -> Result<Weights, ExperimentError> {
        self.validate()?;
        let mut weights = init::weights(self);
        if let Some(edits) = &self.edits {
            edits.apply(&mut weights);
        }
        Ok(weights)
    }

    /// The input, with what the page writes under each step.
    ///
    /// # Errors
    /// As [`Experiment::validate`].
    pub fn sequence(&self) -> Result<Sequence, ExperimentError> {
        self.validate()?;
        Ok(signal::sequence(self))
    }

    /// Weights, input and loss of this experiment, from zero initial states unless a given net brings its own. Same experiment, same bits, on every machine.
    ///
    /// # Errors
    /// As [`Experiment::validate`], and where a layer below a given one overflows.
    pub fn problem(&self) -> Result<Problem, ExperimentError> {
        let weights = self.weights()?;
        let n = weights.hidden_size;
        let start = self.given.as_ref().and_then(|given| given.start());
        let cotangent = match (start, self.cotangent) {
            (_, Cotangent::Ones) => vec![1.0; n],
            (Some(start), Cotangent::Random) => start.cotangent.clone(),
            (None, Cotangent::Random) => {
                let mut draws = Draws::new(self.seed, Purpose::Cotangent);
                (0..n).map(|_| draws.normal()).collect()
            }
        };
        let x = signal::sequence(self).x;
        let c0 = match self.cell {
            Cell::Lstm => vec![0.0; n],
            Cell::Rnn | Cell::Gru => Vec::new(),
        };
        Ok(Problem {
            x: match &self.given {
                Some(given) => given.arrange(&x).map_err(|error| ExperimentError::Given(error.to_string()))?,
                None => x,
            },
            weights,
            h0: start.map_or(vec![0.0; n], |start| start.h0.clone()),
            c0: start.map_or(c0, |start| start.c0.clone()),
            loss_site: self.loss_site,
            cotangent,
        })
    }
}
