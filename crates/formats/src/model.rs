//! Recurrent modules as a file holds them, before a layer is chosen.

use crate::error::{counted, FormatError};
use unroll_engine::{Activation, Cell, Weights};

/// What a file of weights holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// The recurrent modules that can be used, by prefix.
    pub modules: Vec<Module>,
    /// Names of the tensors that belong to no recurrent module, as the file has them ([`crate::shown`] makes them fit to show).
    pub ignored: Vec<String>,
    /// Why recurrent modules of the file, if any, cannot be used.
    pub refused: Vec<FormatError>,
}

/// The order in which a layer reads the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the first step to the last.
    Forward,
    /// From the last to the first: PyTorch's `_reverse` weights.
    Reverse,
}

impl Direction {
    /// A sequence `[T][width]` in the order in which the cell reads it, or back: the rows as they are, or from last to first.
    pub fn arrange(self, values: &[f64], width: usize) -> Vec<f64> {
        match self {
            Direction::Forward => values.to_vec(),
            Direction::Reverse => values.chunks_exact(width.max(1)).rev().flatten().copied().collect(),
        }
    }
}

/// One recurrent module: a stack of layers, each with one or two directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// What precedes the parameters' names, such as `encoder.lstm`; empty at the top of the file.
    pub prefix: String,
    /// The cell. Of an RNN the file does not say the activation: ask.
    pub cell: Cell,
    /// Layers on top of each other.
    pub layers: usize,
    /// Whether each layer has a reverse direction as well.
    pub bidirectional: bool,
    /// d of the first layer.
    pub input_size: usize,
    /// n.
    pub hidden_size: usize,
    /// Whether the file has biases; they are 0 where it has not.
    pub has_bias: bool,
    /// Whether the names are those of `nn.RNNCell` and its kin, without a layer.
    pub from_cell_class: bool,
    /// What had to be assumed, in sentences.
    pub notes: Vec<String>,
    /// The layers' weights: forward, and reverse after it where there is one.
    pub(crate) parts: Vec<Part>,
}

/// The weights of one layer in one direction, in the engine's packing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub input_size: usize,
    pub weight_ih: Vec<f64>,
    pub weight_hh: Vec<f64>,
    pub bias_ih: Vec<f64>,
    pub bias_hh: Vec<f64>,
}

impl Module {
    /// Whether an activation has to be asked for: the file of an RNN does not tell tanh from relu.
    pub fn needs_activation(&self) -> bool {
        self.cell == Cell::Rnn
    }

    /// The weights of layer `layer`, counted from 0. The gated cells ignore `activation`.
    ///
    /// # Errors
    /// There is no such layer or direction.
    pub fn weights(&self, layer: usize, direction: Direction, activation: Activation) -> Result<Weights, FormatError> {
        let directions = 1 + usize::from(self.bidirectional);
        let reverse = usize::from(direction == Direction::Reverse);
        let part = if layer < self.layers && reverse < directions { self.parts.get(layer * directions + reverse) } else { None };
        let part = part.ok_or_else(|| {
            FormatError::mismatch(format!(
                "Layer {layer} {} was chosen; the module has {}, counted from 0, {}.",
                if reverse == 1 { "reversed" } else { "forward" },
                counted(self.layers, "layer"),
                if self.bidirectional { "each forward and reversed" } else { "forward only" }
            ))
        })?;
        Ok(Weights {
            cell: self.cell,
            activation,
            input_size: part.input_size,
            hidden_size: self.hidden_size,
            weight_ih: part.weight_ih.clone(),
            weight_hh: part.weight_hh.clone(),
            bias_ih: part.bias_ih.clone(),
            bias_hh: part.bias_hh.clone(),
        })
    }

    /// What layer `layer` reads, `[T][its input size]`, when the stack reads `x` (`[T][d]`) from zero states. `forward` runs one layer: it
    /// gets weights and input and gives `h_1…h_T`, `[T][n]`.
    ///
    /// # Errors
    /// There is no such layer, `x` does not fit the first one, or `forward` gives fewer steps than it got (its state overflowed).
    pub fn input_of_layer(
        &self,
        layer: usize,
        x: &[f64],
        activation: Activation,
        mut forward: impl FnMut(&Weights, &[f64]) -> Vec<f64>,
    ) -> Result<Vec<f64>, FormatError> {
        self.weights(layer, Direction::Forward, activation)?;
        if !x.len().is_multiple_of(self.input_size.max(1)) {
            return Err(FormatError::mismatch(format!(
                "The input has {} numbers, which do not fill steps of {}, the model's input size.",
                x.len(),
                self.input_size
            )));
        }
        let steps = x.len() / self.input_size.max(1);
        let n = self.hidden_size;
        let mut input = x.to_vec();
        for below in 0..layer {
            let mut outputs = Vec::with_capacity(2);
            for direction in [Direction::Forward, Direction::Reverse].into_iter().take(1 + usize::from(self.bidirectional)) {
                let weights = self.weights(below, direction, activation)?;
                let h = forward(&weights, &direction.arrange(&input, weights.input_size));
                if h.len() != steps * n {
                    return Err(FormatError::mismatch(format!(
                        "Layer {below} is finite for {} of {steps} steps only; a shorter input is accepted.",
                        h.len() / n.max(1)
                    )));
                }
                outputs.push(direction.arrange(&h, n));
            }
            input = (0..steps).flat_map(|t| outputs.iter().flat_map(move |h| h.iter().skip(t * n).take(n))).copied().collect();
        }
        Ok(input)
    }
}
