//! Recurrent modules as a file holds them, before a layer is chosen.

use crate::error::{counted, listed, FormatError};
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
    /// PyTorch's state dicts, which Equinox' names resemble.
    Pytorch,
    /// Keras' variables: transposed, with other orders of gates.
    Keras,
    /// haste's torch modules: Keras' names, and gates i, g, f, o.
    Haste,
    /// MLX: PyTorch's packing under `Wx`, `Wh` and `bias`.
    Mlx,
    /// Flax: a matrix a gate, transposed.
    Flax,
    /// TensorFlow 1: one kernel for input and state, transposed, gates i, j, f, o.
    Tensorflow1,
}

impl Layout {
    /// What is understood of the layout, in a sentence; empty for PyTorch's own.
    fn sentence(self, cell: Cell) -> &'static str {
        match (self, cell) {
            (Self::Pytorch, _) => "",
            (Self::Keras, Cell::Gru) => {
                "The weights are in Keras’ layout, by their names: transposed, gates z, r, h, reset after the product."
            }
            (Self::Keras, _) => "The weights are in Keras’ layout, by their names: transposed.",
            (Self::Haste, Cell::Gru) => "The weights are in haste’s layout, by their names: transposed, gates z, r, g.",
            (Self::Haste, _) => "The weights are in haste’s layout, by their names: transposed.",
            (Self::Mlx, Cell::Gru) => "The weights are in MLX’ layout, by their names: gates r, z, n.",
            (Self::Mlx, Cell::Lstm) => "The weights are in MLX’ layout, by their names: gates i, f, g, o.",
            (Self::Mlx, Cell::Rnn) => "The weights are in MLX’ layout, by their names.",
            (Self::Flax, _) => "The weights are in Flax’ layout, by their names: a transposed matrix per gate.",
            (Self::Tensorflow1, Cell::Lstm) => {
                "The weights are in TensorFlow 1’s layout, by their names: one transposed kernel for input and state, gates i, j, f, o."
            }
            (Self::Tensorflow1, _) => {
                "The weights are in TensorFlow 1’s layout, by their names: one transposed kernel for input and state."
            }
        }
    }
}

/// The order in which a file packs an LSTM's gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GateOrder {
    /// i, f, g, o: PyTorch, MLX, and Keras, which calls g c.
    Ifgo,
    /// i, g, f, o: haste.
    Igfo,
    /// i, o, f, g: ONNX, which calls g c.
    Iofg,
}

impl GateOrder {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::Ifgo, Self::Igfo, Self::Iofg];

    /// The order and who uses it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ifgo => "i, f, g, o (PyTorch, Keras)",
            Self::Igfo => "i, g, f, o (haste)",
            Self::Iofg => "i, o, f, g (ONNX)",
        }
    }

    /// The place in the file of PyTorch's gates i, f, g, o.
    pub(crate) fn places(self) -> [usize; 4] {
        match self {
            Self::Ifgo => [0, 1, 2, 3],
            Self::Igfo => [0, 2, 1, 3],
            Self::Iofg => [0, 2, 3, 1],
        }
    }
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
    /// How the file names and packs it.
    pub layout: Layout,
    /// The order in which the file's gates are read; `None` where the layout leaves no doubt.
    pub gate_order: Option<GateOrder>,
    /// Whether names alone do not tell that order, so that it has to be asked for.
    pub asks_gate_order: bool,
    /// What TensorFlow 1 adds to the forget gate's bias at run time, which its files do not hold; `None` in other layouts.
    pub forget_bias: Option<f64>,
    /// Names of tensors under the module's prefix that are not used.
    pub left_out: Vec<String>,
    /// What had to be assumed, in sentences; [`Module::assumptions`] has these and the ones about layout and gates.
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

    /// Whether the file leaves anything to choose or to know before the module is used.
    pub fn needs_choice(&self) -> bool {
        let several = self.layers > 1 || self.bidirectional;
        several || self.needs_activation() || self.asks_gate_order || self.forget_bias.is_some() || !self.left_out.is_empty()
    }

    /// What was assumed to read the module, a sentence each: layout, order of gates, biases, what was computed and what was left out.
    pub fn assumptions(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let layout = self.layout.sentence(self.cell);
        if !layout.is_empty() {
            sentences.push(layout.to_string());
        }
        if let Some(order) = self.gate_order {
            sentences.push(format!("The gates are read in the order {}.", order.words()));
        }
        if let Some(bias) = self.forget_bias {
            sentences.push(format!("{bias} is added to the forget gate’s bias, as TensorFlow 1 does at run time."));
        }
        sentences.extend(self.notes.iter().cloned());
        if !self.left_out.is_empty() {
            let verb = if self.left_out.len() == 1 { "is" } else { "are" };
            let names = listed(self.left_out.iter().map(String::as_str));
            sentences.push(format!("{} of the module {verb} left out: {names}.", counted(self.left_out.len(), "tensor")));
        }
        sentences
    }

    /// The module with its gates in another order, and another number added to the forget gate's bias. Where the module leaves neither
    /// open, it is as it was.
    pub fn read_as(&self, order: GateOrder, forget_bias: f64) -> Self {
        let mut module = self.clone();
        if let Some(before) = self.gate_order {
            // The gate that the former order saw where the new one sees PyTorch's gate k.
            let (old, new) = (before.places(), order.places());
            let from: Vec<usize> = new.iter().filter_map(|place| old.iter().position(|other| other == place)).collect();
            for part in &mut module.parts {
                for values in [&mut part.weight_ih, &mut part.weight_hh, &mut part.bias_ih, &mut part.bias_hh] {
                    let block = values.len() / 4;
                    *values = from.iter().flat_map(|gate| values.iter().skip(gate * block).take(block)).copied().collect();
                }
            }
            module.gate_order = Some(order);
        }
        module.forget_bias = self.forget_bias.map(|_| forget_bias);
        module
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
        let n = self.hidden_size;
        let mut bias_ih = part.bias_ih.clone();
        if let Some(added) = self.forget_bias {
            // The second block is the forget gate's.
            bias_ih.iter_mut().skip(n).take(n).for_each(|bias| *bias += added);
        }
        Ok(Weights {
            cell: self.cell,
            activation,
            input_size: part.input_size,
            hidden_size: n,
            weight_ih: part.weight_ih.clone(),
            weight_hh: part.weight_hh.clone(),
            bias_ih,
            bias_hh: part.bias_hh.clone(),
        })
    }

    /// All layers, ready to be analysed, with what was assumed to read them. The gated cells ignore `activation`.
    ///
    /// # Errors
    /// The engine's sentence, such as for weights that are not finite.
    pub fn stack(&self, activation: Activation) -> Result<Stack, FormatError> {
        let layer = |layer| {
            let reverse = self.bidirectional.then(|| self.weights(layer, Direction::Reverse, activation)).transpose()?;
            Ok(Layer { forward: self.weights(layer, Direction::Forward, activation)?, reverse })
        };
        let layers: Result<Vec<Layer>, FormatError> = (0..self.layers).map(layer).collect();
        let stack = Stack::new(layers?).map_err(|error| FormatError::mismatch(error.to_string()))?;
        Ok(stack.with_notes(self.assumptions()))
    }
}
