//! Recurrent modules as a file holds them, before a layer is chosen.

use crate::error::{counted, FormatError};
use unroll_engine::{Activation, Cell, Layer, Stack, Weights};

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

/// How a file names and packs recurrent weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// PyTorch's state dicts.
    Pytorch,
    /// Keras' variables: transposed, with other orders of gates.
    Keras,
}

/// The order in which a layer reads the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the first step to the last.
    Forward,
    /// From the last to the first: PyTorch's `_reverse` weights.
    Reverse,
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

    /// All layers, ready to be analysed. The gated cells ignore `activation`.
    ///
    /// # Errors
    /// The engine's sentence, such as for weights that are not finite.
    pub fn stack(&self, activation: Activation) -> Result<Stack, FormatError> {
        let layer = |layer| {
            let reverse = self.bidirectional.then(|| self.weights(layer, Direction::Reverse, activation)).transpose()?;
            Ok(Layer { forward: self.weights(layer, Direction::Forward, activation)?, reverse })
        };
        let layers: Result<Vec<Layer>, FormatError> = (0..self.layers).map(layer).collect();
        Stack::new(layers?).map_err(|error| FormatError::mismatch(error.to_string()))
    }
}
