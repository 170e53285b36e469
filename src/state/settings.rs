//! Everything a user can set in the Flow lab: one plain value, no framework in it.

use unroll_engine::signal::Table;
use unroll_engine::{Activation, Cell, Cotangent, Initialiser};

/// Which input signal is chosen; the text and the numbers themselves are kept beside it, so that switching loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    Noise,
    Constant,
    Impulse,
    Sine,
    Square,
    Sunspots,
    Text,
    Numbers,
}

/// Where the loss reads h (the chosen step is [`Settings::loss_step`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    LastStep,
    EveryStep,
    ChosenStep,
}

/// The state of the Flow lab that a link carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub show_rnn: bool,
    pub show_lstm: bool,
    pub show_gru: bool,
    /// The cell that heatmaps and planes show; always one of the shown ones.
    pub focus: Cell,
    pub hidden_size: usize,
    pub input_size: usize,
    pub seq_len: usize,
    pub activation: Activation,
    pub initialiser: Initialiser,
    pub gain: f64,
    pub forget_bias: f64,
    pub input_gate_bias: f64,
    pub update_bias: f64,
    pub seed: u32,
    pub input: InputKind,
    pub input_scale: f64,
    pub period: f64,
    pub text: String,
    /// Not in the URL: too large. `None` until the user brings some.
    pub numbers: Option<Table>,
    pub loss: LossKind,
    pub loss_step: usize,
    pub cotangent: Cotangent,
    /// The share of a gradient below which it counts as gone, for the horizon (0.0001–0.5).
    pub horizon_level: f64,
}
