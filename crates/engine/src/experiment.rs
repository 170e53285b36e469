//! What a user can set, and the one place where it is validated.

use crate::signal::Table;

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
    /// Chrono (Tallec & Ollivier 2018): weights as PyTorch's; `b_f = ln U[1, T−1]`, `b_i = −b_f` (GRU: update bias `ln U[1, T−1]`).
    /// It sets the gate biases itself, so the forget, input-gate and update bias settings do not apply; a plain RNN has no gates to set.
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
    /// The sign of [`Input::Sine`], 1 where that is 0.
    Square,
    /// Yearly mean sunspot numbers, standardised; one component; the last T years (see [`crate::signal::SUNSPOTS`]).
    Sunspots,
    /// The characters of a text, one-hot over the text's own alphabet (sorted by code point); T is at most its length in characters.
    Text(String),
    /// Numbers the user brought; T is at most the number of rows.
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
    /// T, the number of steps, 1–512. Inputs that are shorter shorten it.
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
}
