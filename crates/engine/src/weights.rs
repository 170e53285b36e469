//! The parameters of one single-layer cell, under PyTorch's names and in its packing.

use crate::vocabulary::{Activation, Cell};

/// Parameters of one cell. `G` is the number of gate blocks: 1 (RNN), 4 (LSTM: i, f, g, o), 3 (GRU: r, z, n).
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// The cell these parameters belong to.
    pub cell: Cell,
    /// φ of the plain RNN; ignored by the gated cells.
    pub activation: Activation,
    /// d.
    pub input_size: usize,
    /// n.
    pub hidden_size: usize,
    /// `weight_ih_l0`, `[G·n][d]` row-major.
    pub weight_ih: Vec<f64>,
    /// `weight_hh_l0`, `[G·n][n]` row-major.
    pub weight_hh: Vec<f64>,
    /// `bias_ih_l0`, `[G·n]`.
    pub bias_ih: Vec<f64>,
    /// `bias_hh_l0`, `[G·n]`.
    pub bias_hh: Vec<f64>,
}
