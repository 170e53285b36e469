//! Nets that do not come from the seed: brought from a file, or edited by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fingerprint;
use crate::problem::Problem;
use crate::range;
use crate::unroll::Trace;
use crate::vocabulary::{Activation, Cell, LossSite};
use crate::weights::Weights;

/// Why a net was not accepted: a sentence that says what is wrong, where, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GivenError(String);

/// One layer of a stack: the cell that reads from the first step to the last and, in a bidirectional layer, the one that reads back.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The cell that reads forward.
    pub forward: Weights,
    /// The cell that reads from the last step to the first (PyTorch's `_reverse`).
    pub reverse: Option<Weights>,
}

impl Layer {
    /// Numbers per step that the layer gives: n, or 2n where it reads in both directions.
    pub fn width(&self) -> usize {
        self.forward.hidden_size * (1 + usize::from(self.reverse.is_some()))
    }

    /// The weights of one direction.
    pub fn weights(&self, reversed: bool) -> Option<&Weights> {
        if reversed {
            self.reverse.as_ref()
        } else {
            Some(&self.forward)
        }
    }
}

/// Layers on top of each other, each reading what the one below gives. All are of one cell.
#[derive(Clone, Debug)]
pub struct Stack {
    layers: Vec<Layer>,
    id: u64,
    notes: Vec<String>,
}

/// Equal identities: the bits of the weights decide.
impl PartialEq for Stack {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Stack {
    /// A stack of at least one layer, from the one that reads the input upwards.
    ///
    /// # Errors
    /// There is no layer, sizes do not fit each other or are beyond [`range::HIDDEN_SIZE`] and [`range::GIVEN_INPUT_SIZE`], cells
    /// differ, or a number is not finite.
    pub fn new(layers: Vec<Layer>) -> Result<Self, GivenError> {
        let first = layers.first().ok_or_else(|| GivenError("The net has no layer; at least one is needed.".into()))?;
        let (cell, mut reads) = (first.forward.cell, first.forward.input_size);
        for (index, layer) in layers.iter().enumerate() {
            for weights in [Some(&layer.forward), layer.reverse.as_ref()].into_iter().flatten() {
                check(weights, index)?;
                if weights.cell != cell || weights.hidden_size != layer.forward.hidden_size {
                    return Err(GivenError(format!("Layer {index} is of another cell or size than the rest; one of each is accepted.")));
                }
                if weights.input_size != reads {
                    return Err(GivenError(format!(
                        "Layer {index} reads {} numbers per step and gets {reads}; the two have to agree.",
                        weights.input_size
                    )));
                }
            }
            reads = layer.width();
        }
        let all = layers.iter().flat_map(|layer| [Some(&layer.forward), layer.reverse.as_ref()]).flatten();
        let id = fingerprint(all.flat_map(|w| {
            let shape = [w.cell.blocks(), w.input_size, w.hidden_size].map(|size| size as f64);
            let activation = f64::from(w.activation as u8);
            shape.into_iter().chain([activation]).chain(Parameter::ALL.into_iter().flat_map(|p| p.of(w).iter().copied()))
        }));
        Ok(Self { layers, id, notes: Vec::new() })
    }

    /// The same with what was assumed when it was read from a file, a sentence each. Equality and [`Stack::id`] pass over them.
    pub fn with_notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// What was assumed when it was read from a file, a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// From the layer that reads the input upwards.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// A number that tells stacks apart: [`fingerprint`] of shapes and weights.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// d of the first layer: numbers per step that the stack reads.
    pub fn input_size(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.forward.input_size)
    }

    /// What layer `layer` (from 0) reads, `[T][its input size]`, when the stack reads `x` (`[T][d]`) from zero states.
    ///
    /// # Errors
    /// A layer below overflows on the way.
    pub fn input_of_layer(&self, layer: usize, x: &[f64]) -> Result<Vec<f64>, GivenError> {
        let steps = x.len() / self.input_size().max(1);
        let mut input = x.to_vec();
        for (index, below) in self.layers.iter().take(layer).enumerate() {
            let mut outputs = Vec::with_capacity(2);
            for reversed in [false, true] {
                let Some(weights) = below.weights(reversed) else { continue };
                let n = weights.hidden_size;
                let problem = Problem {
                    x: arranged(&input, weights.input_size, reversed),
                    h0: vec![0.0; n],
                    c0: vec![0.0; weights.cell.cell_state_size(n)],
                    weights: weights.clone(),
                    loss_site: LossSite::LastStep,
                    cotangent: vec![0.0; n],
                };
                let (trace, overflow_at) = Trace::run(&problem);
                if let Some(step) = overflow_at {
                    return Err(GivenError(format!(
                        "Layer {index} overflows at step {step} of {steps}; a shorter or smaller input is accepted."
                    )));
                }
                outputs.push((n, arranged(&trace.h[n..], n, reversed)));
            }
            input = (0..steps).flat_map(|t| outputs.iter().flat_map(move |(n, h)| &h[t * n..(t + 1) * n])).copied().collect();
        }
        Ok(input)
    }
}

/// A sequence `[T][width]` in the order in which a cell reads it, or back.
fn arranged(values: &[f64], width: usize, reversed: bool) -> Vec<f64> {
    if reversed {
        values.chunks_exact(width.max(1)).rev().flatten().copied().collect()
    } else {
        values.to_vec()
    }
}

fn check(weights: &Weights, layer: usize) -> Result<(), GivenError> {
    let Weights { input_size: d, hidden_size: n, .. } = *weights;
    for (what, size, accepted) in [("hidden size", n, range::HIDDEN_SIZE), ("input size", d, range::GIVEN_INPUT_SIZE)] {
        if !accepted.contains(&size) {
            let (least, most) = accepted.into_inner();
            return Err(GivenError(format!("The {what} of layer {layer} is {size}; it has to be a whole number from {least} to {most}.")));
        }
    }
    for parameter in Parameter::ALL {
        let (values, (rows, columns)) = (parameter.of(weights), parameter.shape(weights.cell, d, n));
        let name = parameter.name();
        if values.len() != rows * columns {
            return Err(GivenError(format!("{name} of layer {layer} has {} numbers; {rows} × {columns} are needed.", values.len())));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(GivenError(format!(
                "{name} of layer {layer} is {} in row {}, column {}; finite numbers are accepted.",
                values[at],
                at / columns + 1,
                at % columns + 1
            )));
        }
    }
    Ok(())
}

/// What an analysis starts from and ends in, where the seed does not say it.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// `h_0`, `[n]`.
    pub h0: Vec<f64>,
    /// `c_0`, `[n]`; empty unless the cell is an LSTM.
    pub c0: Vec<f64>,
    /// The vector v of the loss, `[n]`.
    pub cotangent: Vec<f64>,
}

/// One cell of a stack, in place of a net that is drawn from the seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    stack: Arc<Stack>,
    layer: usize,
    reversed: bool,
    start: Option<Start>,
}

impl Given {
    /// Layer `layer` (from 0) of a stack, in one direction. The layers below give its input.
    ///
    /// # Errors
    /// There is no such layer or direction.
    pub fn new(stack: Arc<Stack>, layer: usize, reversed: bool) -> Result<Self, GivenError> {
        let count = stack.layers.len();
        if stack.layers.get(layer).and_then(|layer| layer.weights(reversed)).is_none() {
            let direction = if reversed { "reversed" } else { "forward" };
            return Err(GivenError(format!("There is no layer {layer} {direction}; the net has {count}, counted from 0.")));
        }
        Ok(Self { stack, layer, reversed, start: None })
    }

    /// The same with its own initial state and loss vector.
    ///
    /// # Errors
    /// Their sizes are not n, or a number is not finite.
    pub fn with_start(mut self, start: Start) -> Result<Self, GivenError> {
        let n = self.weights().hidden_size;
        let c0 = self.cell().cell_state_size(n);
        for (what, values, size) in [("h0", &start.h0, n), ("c0", &start.c0, c0), ("The loss vector", &start.cotangent, n)] {
            if values.len() != size || values.iter().any(|value| !value.is_finite()) {
                return Err(GivenError(format!("{what} has {} numbers; {size} finite numbers are needed.", values.len())));
            }
        }
        self.start = Some(start);
        Ok(self)
    }

    /// The weights that are analysed, as they were brought.
    pub fn weights(&self) -> &Weights {
        let layer = &self.stack.layers[self.layer];
        layer.weights(self.reversed).unwrap_or(&layer.forward)
    }

    /// The cell.
    pub fn cell(&self) -> Cell {
        self.weights().cell
    }

    /// The stack it is of.
    pub fn stack(&self) -> &Arc<Stack> {
        &self.stack
    }

    /// Which layer, from 0.
    pub fn layer(&self) -> usize {
        self.layer
    }

    /// Whether the cell reads from the last step to the first. Steps are counted in the order of reading.
    pub fn reversed(&self) -> bool {
        self.reversed
    }

    /// Its own initial state and loss vector, where it has them.
    pub fn start(&self) -> Option<&Start> {
        self.start.as_ref()
    }

    /// What the cell reads when the stack reads `x`.
    pub(crate) fn arrange(&self, x: &[f64]) -> Result<Vec<f64>, GivenError> {
        let input = self.stack.input_of_layer(self.layer, x)?;
        Ok(arranged(&input, self.weights().input_size, self.reversed))
    }

    /// Factor on `W_hh`, and numbers added to the gate biases: what settings do to a net that was brought.
    pub(crate) fn adjusted(&self, activation: Activation, gain: f64, biases: &[(usize, f64)]) -> Weights {
        let mut weights = Weights { activation, ..self.weights().clone() };
        weights.weight_hh.iter_mut().for_each(|value| *value *= gain);
        let n = weights.hidden_size;
        for (block, shift) in biases {
            weights.bias_ih[block * n..(block + 1) * n].iter_mut().for_each(|value| *value += shift);
        }
        weights
    }
}

/// One of a cell's four parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parameter {
    /// `weight_ih`, `[G·n][d]`.
    WeightIh,
    /// `weight_hh`, `[G·n][n]`.
    WeightHh,
    /// `bias_ih`, `[G·n]`.
    BiasIh,
    /// `bias_hh`, `[G·n]`.
    BiasHh,
}

impl Parameter {
    /// All, in PyTorch's order.
    pub const ALL: [Self; 4] = [Self::WeightIh, Self::WeightHh, Self::BiasIh, Self::BiasHh];

    /// PyTorch's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::WeightIh => "weight_ih",
            Self::WeightHh => "weight_hh",
            Self::BiasIh => "bias_ih",
            Self::BiasHh => "bias_hh",
        }
    }

    /// Rows and columns for a cell with d inputs and n units; a bias is one column.
    pub fn shape(self, cell: Cell, d: usize, n: usize) -> (usize, usize) {
        let columns = match self {
            Self::WeightIh => d,
            Self::WeightHh => n,
            Self::BiasIh | Self::BiasHh => 1,
        };
        (cell.blocks() * n, columns)
    }

    /// Its numbers, row-major.
    pub fn of(self, weights: &Weights) -> &[f64] {
        match self {
            Self::WeightIh => &weights.weight_ih,
            Self::WeightHh => &weights.weight_hh,
            Self::BiasIh => &weights.bias_ih,
            Self::BiasHh => &weights.bias_hh,
        }
    }

    fn of_mut(self, weights: &mut Weights) -> &mut [f64] {
        match self {
            Self::WeightIh => &mut weights.weight_ih,
            Self::WeightHh => &mut weights.weight_hh,
            Self::BiasIh => &mut weights.bias_ih,
            Self::BiasHh => &mut weights.bias_hh,
        }
    }
}

/// Single weights set by hand, over whatever the rest of the experiment makes of the net. They belong to one cell at one size, and rest
/// while the experiment has another.
#[derive(Clone, Debug, PartialEq)]
pub struct Edits {
    cell: Cell,
    input_size: usize,
    hidden_size: usize,
    values: BTreeMap<(Parameter, usize), f64>,
}

impl Edits {
    /// No edit yet of a cell with d inputs and n units.
    pub fn new(cell: Cell, input_size: usize, hidden_size: usize) -> Self {
        Self { cell, input_size, hidden_size, values: BTreeMap::new() }
    }

    /// Sets one weight: `index` counts row-major. An index beyond the parameter or a value that is not finite changes nothing; whether it
    /// was set.
    pub fn set(&mut self, parameter: Parameter, index: usize, value: f64) -> bool {
        let (rows, columns) = parameter.shape(self.cell, self.input_size, self.hidden_size);
        let fits = index < rows * columns && value.is_finite();
        if fits {
            self.values.insert((parameter, index), value);
        }
        fits
    }

    /// Takes one edit back; whether there was one.
    pub fn reset(&mut self, parameter: Parameter, index: usize) -> bool {
        self.values.remove(&(parameter, index)).is_some()
    }

    /// The value a weight was set to.
    pub fn get(&self, parameter: Parameter, index: usize) -> Option<f64> {
        self.values.get(&(parameter, index)).copied()
    }

    /// All edits, by parameter and index.
    pub fn iter(&self) -> impl Iterator<Item = (Parameter, usize, f64)> + '_ {
        self.values.iter().map(|((parameter, index), value)| (*parameter, *index, *value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The cell they belong to.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// d and n that they belong to.
    pub fn sizes(&self) -> (usize, usize) {
        (self.input_size, self.hidden_size)
    }

    /// Whether they belong to a net of this cell and size.
    pub fn fit(&self, weights: &Weights) -> bool {
        (self.cell, self.input_size, self.hidden_size) == (weights.cell, weights.input_size, weights.hidden_size)
    }

    /// A number that tells edits apart, as [`Stack::id`].
    pub fn id(&self) -> u64 {
        let head = [self.cell.blocks(), self.input_size, self.hidden_size].map(|size| size as f64);
        let edits = self.iter().flat_map(|(parameter, index, value)| [f64::from(parameter as u8), index as f64, value]);
        fingerprint(head.into_iter().chain(edits))
    }

    /// Puts them into a net that they fit; leaves another as it is.
    pub fn apply(&self, weights: &mut Weights) {
        if self.fit(weights) {
            for (parameter, index, value) in self.iter() {
                parameter.of_mut(weights)[index] = value;
            }
        }
    }
}
