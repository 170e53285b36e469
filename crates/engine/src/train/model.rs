//! One recurrent cell with a linear readout, as a value and as one flat list of parameters.

use core::ops::Range;

use crate::vocabulary::{Activation, Cell};
use crate::weights::Weights;

/// A recurrent cell and a linear readout of its hidden state, `z_t = W_out h_t + b_out`.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The cell, d inputs and n units, in PyTorch's packing with its two biases.
    pub cell: Weights,
    /// `out.weight`, `[k][n]` row-major.
    pub readout_weight: Vec<f64>,
    /// `out.bias`, `[k]`.
    pub readout_bias: Vec<f64>,
}

/// Names of the parameters in the order in which they lie in a flat list: PyTorch's for a module with the parameters of `nn.RNN`,
/// `nn.LSTM` or `nn.GRU` and an `nn.Linear` called `out`.
pub const PARAMETER_NAMES: [&str; 6] = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "out.weight", "out.bias"];

/// Sizes of a model, and where each of its parameters lies in a flat list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The cell.
    pub cell: Cell,
    /// φ of the plain RNN; ignored by the gated cells.
    pub activation: Activation,
    /// d.
    pub input_size: usize,
    /// n.
    pub hidden_size: usize,
    /// k, components of the readout.
    pub output_size: usize,
}

impl Layout {
    /// G·n, rows of the cell's weights.
    pub fn rows(&self) -> usize {
        self.cell.blocks() * self.hidden_size
    }

    /// Number of values of each parameter, in the order of [`PARAMETER_NAMES`].
    pub fn counts(&self) -> [usize; 6] {
        let (rows, n, k) = (self.rows(), self.hidden_size, self.output_size);
        [rows * self.input_size, rows * n, rows, rows, k * n, k]
    }

    /// Where each parameter lies in a flat list, in the order of [`PARAMETER_NAMES`].
    pub fn ranges(&self) -> [Range<usize>; 6] {
        let mut start = 0;
        self.counts().map(|count| {
            let range = start..start + count;
            start = range.end;
            range
        })
    }

    /// Number of values of all parameters together.
    pub fn len(&self) -> usize {
        self.counts().iter().sum()
    }

    /// Whether there is no parameter at all; never so for a layout with units.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The part of a flat list that belongs to the cell: everything before the readout.
    pub fn cell_range(&self) -> Range<usize> {
        let [.., readout, _] = self.ranges();
        0..readout.start
    }
}

impl Model {
    /// Sizes of this model.
    pub fn layout(&self) -> Layout {
        Layout {
            cell: self.cell.cell,
            activation: self.cell.activation,
            input_size: self.cell.input_size,
            hidden_size: self.cell.hidden_size,
            output_size: self.readout_bias.len(),
        }
    }

    /// All parameters one after the other, in the order of [`PARAMETER_NAMES`].
    pub fn to_flat(&self) -> Vec<f64> {
        let cell = &self.cell;
        [&cell.weight_ih, &cell.weight_hh, &cell.bias_ih, &cell.bias_hh, &self.readout_weight, &self.readout_bias]
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }

    /// The model whose parameters are `flat`, which has [`Layout::len`] values in the order of [`PARAMETER_NAMES`]; missing values
    /// count as 0.
    pub fn from_flat(layout: Layout, flat: &[f64]) -> Model {
        let [weight_ih, weight_hh, bias_ih, bias_hh, readout_weight, readout_bias] =
            layout.ranges().map(|range| range.map(|i| flat.get(i).copied().unwrap_or(0.0)).collect::<Vec<f64>>());
        let Layout { cell, activation, input_size, hidden_size, .. } = layout;
        Model {
            cell: Weights { cell, activation, input_size, hidden_size, weight_ih, weight_hh, bias_ih, bias_hh },
            readout_weight,
            readout_bias,
        }
    }

    /// Whether every parameter has as many values as the sizes say.
    pub(super) fn is_consistent(&self) -> bool {
        let (layout, cell) = (self.layout(), &self.cell);
        layout.hidden_size > 0
            && layout.output_size > 0
            && layout.counts()
                == [
                    cell.weight_ih.len(),
                    cell.weight_hh.len(),
                    cell.bias_ih.len(),
                    cell.bias_hh.len(),
                    self.readout_weight.len(),
                    self.readout_bias.len(),
                ]
    }
}
