//! What is analysed: a cell with its numbers, whatever they came from.

use crate::vocabulary::LossSite;
use crate::weights::Weights;

/// A cell with explicit weights and inputs, and the loss to differentiate.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Parameters.
    pub weights: Weights,
    /// `x`, `[T][d]` row-major.
    pub x: Vec<f64>,
    /// `h_0`, `[n]`.
    pub h0: Vec<f64>,
    /// `c_0`, `[n]`; empty unless the cell is an LSTM.
    pub c0: Vec<f64>,
    /// Where the loss reads h.
    pub loss_site: LossSite,
    /// v, `[n]`.
    pub cotangent: Vec<f64>,
}
