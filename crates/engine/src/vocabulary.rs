//! The words that everything else is said in: cells, nonlinearities, initialisers, where the loss reads and what with.

use crate::lanes;
use unroll_numerics::elementary::sigmoid;

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

impl Activation {
    /// φ(a).
    pub fn value(self, a: f64) -> f64 {
        match self {
            Self::Tanh => libm::tanh(a),
            Self::Relu => {
                if a > 0.0 || a.is_nan() {
                    a
                } else {
                    0.0
                }
            }
            Self::Sigmoid => sigmoid(a),
            Self::Identity => a,
        }
    }

    /// Replaces every a by φ(a), with the bits of [`Activation::value`].
    pub(crate) fn apply(self, values: &mut [f64]) {
        match self {
            Self::Tanh => lanes::tanh(values),
            Self::Sigmoid => lanes::sigmoid(values),
            Self::Relu | Self::Identity => values.iter_mut().for_each(|a| *a = self.value(*a)),
        }
    }

    /// φ'(a) from h = φ(a); 0 for ReLU at 0, as in PyTorch.
    pub fn derivative_from_value(self, h: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 - h * h,
            Self::Relu => {
                if h > 0.0 {
                    1.0
                } else {
                    0.0
                }
            }
            Self::Sigmoid => h * (1.0 - h),
            Self::Identity => 1.0,
        }
    }

    /// γ = sup |φ'|.
    pub fn steepest_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 0.25,
            Self::Tanh | Self::Relu | Self::Identity => 1.0,
        }
    }
}

impl Cell {
    /// G, the number of gate blocks in PyTorch's packing: 1 (RNN), 4 (LSTM: i, f, g, o), 3 (GRU: r, z, n).
    pub fn blocks(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }

    /// m / n: 2 for the LSTM, whose state is `[h; c]`, else 1.
    pub fn states(self) -> usize {
        match self {
            Self::Lstm => 2,
            Self::Rnn | Self::Gru => 1,
        }
    }

    /// The numbers of c_t where h_t has `units`: as many for the LSTM, else none.
    pub(crate) fn cell_state_size(self, units: usize) -> usize {
        units * (self.states() - 1)
    }

    /// Names of the recorded quantities, in the order of the packing.
    pub fn gate_names(self) -> &'static [&'static str] {
        match self {
            Self::Rnn => &["preactivation"],
            Self::Lstm => &["input", "forget", "candidate", "output"],
            Self::Gru => &["reset", "update", "candidate"],
        }
    }
}
