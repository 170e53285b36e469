//! Models by name, with weights from a seed: what a page builds and compares.

use core::fmt;

use super::bidirectional::Bidirectional;
use super::drawing::{Drawing, Sizes};
use super::encoder_decoder::{Attention, EncoderDecoder, Score, Shape, TeacherForced};
use super::linear_family::Linear;
use super::recurrent::Recurrent;
use super::transformer::{self, Embedded, Start, Transformer, TransformerShape};
use super::{LineageError, Model};
use crate::vocabulary::{Activation, Cell};
use crate::weights::Weights;

/// A kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// One cell in one direction.
    Recurrent(Cell),
    /// One cell in both directions.
    Bidirectional(Cell),
    /// Two cells in a row, teacher forced.
    EncoderDecoder {
        /// The cell of both.
        cell: Cell,
        /// How the decoder sees the source.
        attention: Attention,
        /// Whether the encoder reads in both directions.
        bidirectional: bool,
    },
    /// A causal transformer of two layers and up to four heads behind a linear layer, with norms first.
    Transformer,
    /// A linear recurrence.
    Linear(Linear),
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recurrent(cell) => f.write_str(cell_name(*cell)),
            Self::Bidirectional(cell) => write!(f, "bidirectional {}", cell_name(*cell)),
            Self::Transformer => f.write_str("transformer"),
            Self::Linear(linear) => f.write_str(linear.name()),
            Self::EncoderDecoder { cell, attention, bidirectional } => {
                let directions = if *bidirectional { "bidirectional " } else { "" };
                write!(f, "{directions}{} encoder–decoder", cell_name(*cell))?;
                match attention {
                    Attention::None => Ok(()),
                    Attention::Bahdanau => f.write_str(", Bahdanau attention"),
                    Attention::Luong { score, input_feeding } => {
                        let score = match score {
                            Score::Dot => "dot",
                            Score::General => "general",
                            Score::Concat => "concat",
                        };
                        write!(f, ", Luong attention ({score}{})", if *input_feeding { ", input feeding" } else { "" })
                    }
                }
            }
        }
    }
}

fn cell_name(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn => "RNN",
        Cell::Lstm => "LSTM",
        Cell::Gru => "GRU",
    }
}

/// PyTorch's default for its cells, U(−1/√n, 1/√n) for every parameter; the scale is a factor on the two weights.
fn draw_cell_parameter(drawing: &Drawing, name: &str, shape: &[usize], hidden_size: usize, scale: f64) -> Vec<f64> {
    let bound = 1.0 / (hidden_size.max(1) as f64).sqrt();
    let factor = if shape.len() > 1 { scale } else { 1.0 };
    drawing.uniform(name, shape.iter().product(), factor * bound)
}

fn draw_cell(drawing: &Drawing, cell: Cell, sizes: Sizes, suffix: &str, scale: f64) -> Weights {
    let (d, n) = (sizes.input_size, sizes.hidden_size);
    let rows = cell.blocks() * n;
    let draw = |name: &str, shape: &[usize]| draw_cell_parameter(drawing, &format!("{name}{suffix}"), shape, n, scale);
    Weights {
        cell,
        activation: Activation::Tanh,
        input_size: d,
        hidden_size: n,
        weight_ih: draw("weight_ih", &[rows, d]),
        weight_hh: draw("weight_hh", &[rows, n]),
        bias_ih: draw("bias_ih", &[rows]),
        bias_hh: draw("bias_hh", &[rows]),
    }
}

impl Family {
    /// Part of what a seed means. Nets in one and in both directions share it, so that both have the same forward pass.
    fn number(self) -> u16 {
        let (base, cell) = match self {
            Self::Recurrent(cell) | Self::Bidirectional(cell) => (1, cell),
            Self::EncoderDecoder { cell, .. } => (4, cell),
            Self::Transformer => return transformer::NUMBER,
            Self::Linear(linear) => return linear.number(),
        };
        base + match cell {
            Cell::Rnn => 0,
            Cell::Lstm => 1,
            Cell::Gru => 2,
        }
    }

    /// A model of these sizes with weights from a seed. `scale` is a factor on the weight matrices: those of the cells are PyTorch's uniform
    /// default, others normal with variance 1 / (columns); biases of the cells are PyTorch's, others 0; embeddings are standard normal.
    ///
    /// # Errors
    /// [`LineageError::Size`] or [`LineageError::ParameterLength`] where the sizes do not fit the family.
    pub fn build(self, sizes: Sizes, seed: u32, scale: f64) -> Result<Box<dyn Model>, LineageError> {
        let drawing = Drawing::new(self.number(), seed);
        Ok(match self {
            Self::Recurrent(cell) => Box::new(Recurrent::new(draw_cell(&drawing, cell, sizes, "_l0", scale))?),
            Self::Bidirectional(cell) => {
                let [ahead, back] = ["_l0", "_l0_reverse"].map(|suffix| draw_cell(&drawing, cell, sizes, suffix, scale));
                Box::new(Bidirectional::new(ahead, back)?)
            }
            Self::EncoderDecoder { .. } => Box::new(self.teacher_forced(sizes, seed, scale)?),
            Self::Transformer => {
                let inner = Transformer::from_seed(TransformerShape::small(sizes.hidden_size), Start::Torch, seed, scale)?;
                let bound = 1.0 / (sizes.input_size.max(1) as f64).sqrt();
                Box::new(Embedded::new(inner, sizes.input_size, |name, shape| {
                    let factor = if shape.len() > 1 { scale } else { 1.0 };
                    drawing.uniform(name, shape.iter().product(), factor * bound)
                })?)
            }
            Self::Linear(linear) => linear.build(sizes, &drawing, scale)?,
        })
    }

    /// The same for an encoder–decoder, as itself: for pages that step through its decoder. Its target is drawn from the seed.
    ///
    /// # Errors
    /// As [`Family::build`]; [`LineageError::Size`] for another family.
    pub fn teacher_forced(self, sizes: Sizes, seed: u32, scale: f64) -> Result<TeacherForced, LineageError> {
        let Self::EncoderDecoder { cell, attention, bidirectional } = self else {
            return Err(LineageError::Size { what: "The family", found: self.to_string(), accepted: "an encoder–decoder".into() });
        };
        let n = sizes.hidden_size;
        let shape = Shape {
            cell,
            attention,
            bidirectional,
            source_size: sizes.input_size,
            embedding_size: sizes.input_size,
            encoder_hidden: n,
            decoder_hidden: n,
            attention_size: n,
            attentional_size: n,
            vocabulary: sizes.vocabulary,
        };
        let drawing = Drawing::new(self.number(), seed);
        let net = EncoderDecoder::new(shape, |name, shape| {
            let count = shape.iter().product();
            match (name, shape) {
                ("decoder.embedding.weight", _) => drawing.normal(name, count, 1.0),
                ("out.bias", _) => vec![0.0; count],
                _ if name.starts_with("encoder.") || name.starts_with("decoder.") => draw_cell_parameter(&drawing, name, shape, n, scale),
                (_, [.., columns]) => drawing.normal(name, count, scale / (*columns as f64).sqrt()),
                (_, []) => Vec::new(),
            }
        })?;
        let mut symbols = drawing.stream("targets");
        TeacherForced::new(net, (0..sizes.target_len).map(|_| symbols.index(sizes.vocabulary)).collect())
    }

    /// Numbers that are trained, at these sizes.
    ///
    /// # Errors
    /// As [`Family::build`].
    pub fn parameters(self, sizes: Sizes) -> Result<u64, LineageError> {
        Ok(self.build(sizes, 0, 1.0)?.cost(1).parameters)
    }

    /// The largest n up to `most` with at most so many parameters, or 1: for comparisons at the same number of parameters.
    ///
    /// # Errors
    /// As [`Family::build`].
    pub fn hidden_size_for(self, parameters: u64, sizes: Sizes, most: usize) -> Result<usize, LineageError> {
        let (mut low, mut high) = (1, most.max(1));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.parameters(Sizes { hidden_size: middle, ..sizes })? <= parameters {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }
}
