//! Encoder–decoders: a cell reads the source, another writes the target, and attention may connect them.
//!
//! Without attention (Sutskever et al. 2014; Cho et al. 2014) the encoder's last state is the only path. Bahdanau et al. 2014 ask with the state
//! before the step and feed the context to the cell; Luong et al. 2015 ask with the new state and join the context to it afterwards. Sources are
//! not reversed; the decoder is teacher forced: step t reads the embedding of target t − 1, and at t = 0 the start symbol, the embedding's last
//! row.
//!
//! **Split by path.** The source leaves the encoder by two ways only: as the encoder states that attention reads, and as the state that the
//! decoder starts from. The gradient by [`Path::Contexts`] holds the second fixed, that by [`Path::State`] the first; by linearity of the chain
//! rule they add up to the whole, exactly but for rounding. What the handed-over state does to the queries counts as its own.

mod attention;
mod backward;
mod decode;
mod shape;

pub use attention::{openness, softmax, softmax_backward};
pub use decode::{DecoderState, Encoded, Step};
pub use shape::{Attention, Score, Shape};

use super::block::{Block, Cost, Gradients, Named, Parameter, Path};
use super::recurrent::{self, check_weights};
use super::{LineageError, ScaledRows};
use crate::weights::Weights;
use decode::Decoding;
use shape::Part;

/// An encoder–decoder's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderDecoder {
    shape: Shape,
    encoder: Weights,
    /// The encoder that reads backwards.
    encoder_reverse: Option<Weights>,
    decoder: Weights,
    /// In the order of [`Shape::parts`].
    parts: Vec<Vec<f64>>,
}

impl EncoderDecoder {
    /// From a shape and a function that gives a parameter's numbers by its name (`encoder.weight_ih_l0`, …, `encoder.weight_ih_l0_reverse`, …,
    /// `decoder.weight_ih_l0`, …, `decoder.embedding.weight`, `W_init`, `W_a`, `U_a`, `v_a`, `W_c`, `W_s` or `out.weight` and `out.bias`) and
    /// shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where the sizes do not fit each other, [`LineageError::ParameterLength`] where a parameter does not fit them.
    pub fn new(shape: Shape, mut parameter: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        shape.check()?;
        let mut cell = |prefix: &str, suffix: &str, input_size: usize, hidden_size: usize| {
            let rows = shape.cell.blocks() * hidden_size;
            let mut get = |name: &str, shape: &[usize]| parameter(&format!("{prefix}{name}{suffix}"), shape);
            let weights = Weights {
                cell: shape.cell,
                activation: crate::vocabulary::Activation::Tanh,
                input_size,
                hidden_size,
                weight_ih: get("weight_ih", &[rows, input_size]),
                weight_hh: get("weight_hh", &[rows, hidden_size]),
                bias_ih: get("bias_ih", &[rows]),
                bias_hh: get("bias_hh", &[rows]),
            };
            check_weights(&weights, prefix, suffix).map(|()| weights)
        };
        let encoder = cell("encoder.", "_l0", shape.source_size, shape.encoder_hidden)?;
        let reverse = shape.bidirectional.then(|| cell("encoder.", "_l0_reverse", shape.source_size, shape.encoder_hidden));
        let encoder_reverse = reverse.transpose()?;
        let decoder = cell("decoder.", "_l0", shape.decoder_input(), shape.decoder_hidden)?;
        let mut parts = Vec::new();
        for (_, name, dimensions) in shape.parts() {
            let values = parameter(name, &dimensions);
            let needed: usize = dimensions.iter().product();
            if values.len() != needed {
                return Err(LineageError::ParameterLength { name: name.into(), found: values.len(), needed });
            }
            parts.push(values);
        }
        Ok(Self { shape, encoder, encoder_reverse, decoder, parts })
    }

    /// Sizes and kinds.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// A parameter that is not a cell's; empty where the architecture does not have it.
    fn part(&self, which: Part) -> &[f64] {
        let at = self.shape.parts().iter().position(|(part, _, _)| *part == which);
        at.and_then(|at| self.parts.get(at)).map_or(&[], Vec::as_slice)
    }

    /// Every parameter, in a fixed order: encoder, backward encoder, decoder, embedding, attention, output.
    pub fn parameters(&self) -> Vec<Parameter<'_>> {
        let mut all = recurrent::parameters(&self.encoder, "encoder.", "_l0");
        if let Some(reverse) = &self.encoder_reverse {
            all.extend(recurrent::parameters(reverse, "encoder.", "_l0_reverse"));
        }
        all.extend(recurrent::parameters(&self.decoder, "decoder.", "_l0"));
        let parts = self.shape.parts().into_iter().zip(&self.parts);
        all.extend(parts.map(|((_, name, shape), values)| Parameter::new(name, &shape, values)));
        all
    }

    /// The numbers of every parameter in that order, to be changed.
    pub fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        let mut all = recurrent::parameters_mut(&mut self.encoder);
        if let Some(reverse) = &mut self.encoder_reverse {
            all.extend(recurrent::parameters_mut(reverse));
        }
        all.extend(recurrent::parameters_mut(&mut self.decoder));
        all.extend(self.parts.iter_mut().map(Vec::as_mut_slice));
        all
    }
}

/// An encoder–decoder with the target it is forced to write: a [`Block`] from the source `[T_src][d]` to the logits `[T_tgt][V]`.
#[derive(Clone, Debug, PartialEq)]
pub struct TeacherForced {
    net: EncoderDecoder,
    targets: Vec<usize>,
}

impl TeacherForced {
    /// A net and the symbols of its target, each in 0..V.
    ///
    /// # Errors
    /// [`LineageError::Size`] where there is no symbol, or one that the vocabulary does not have.
    pub fn new(net: EncoderDecoder, targets: Vec<usize>) -> Result<Self, LineageError> {
        let vocabulary = net.shape.vocabulary;
        if targets.is_empty() {
            return Err(LineageError::Size { what: "The target", found: "empty".into(), accepted: "one symbol or more".into() });
        }
        if let Some(symbol) = targets.iter().find(|t| **t >= vocabulary) {
            let accepted = format!("below the vocabulary, {vocabulary}");
            return Err(LineageError::Size { what: "A symbol of the target", found: symbol.to_string(), accepted });
        }
        Ok(Self { net, targets })
    }

    /// The net.
    pub fn net(&self) -> &EncoderDecoder {
        &self.net
    }

    /// The target.
    pub fn targets(&self) -> &[usize] {
        &self.targets
    }

    /// The mean over the target's steps of `−ln softmax(logits)[target]`, and its derivative by the logits, `[T_tgt][V]`.
    pub fn cross_entropy(&self, logits: &[f64]) -> (f64, Vec<f64>) {
        let mut derivative = logits.to_vec();
        let loss = crate::train::cross_entropy_of_steps(&mut derivative, &self.targets, self.net.shape.vocabulary);
        (loss, derivative)
    }
}

/// What a forced run leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct TeacherForcedTrace {
    encoded: Encoded,
    decoding: Decoding,
}

impl Block for TeacherForced {
    type Trace = TeacherForcedTrace;

    fn input_size(&self) -> usize {
        self.net.shape.source_size
    }

    fn output_size(&self) -> usize {
        self.net.shape.vocabulary
    }

    fn forward(&self, x: &[f64]) -> Result<TeacherForcedTrace, LineageError> {
        let encoded = self.net.encode(x)?;
        let decoding = self.net.force(&encoded, &self.targets)?;
        Ok(TeacherForcedTrace { encoded, decoding })
    }

    fn output<'t>(&self, trace: &'t TeacherForcedTrace) -> &'t [f64] {
        &trace.decoding.logits
    }

    fn inner<'t>(&self, trace: &'t TeacherForcedTrace) -> Vec<Named<'t>> {
        let (shape, encoded, decoding) = (&self.net.shape, &trace.encoded, &trace.decoding);
        let (source, target) = (encoded.memory.len() / shape.memory_size(), self.targets.len());
        let state = shape.decoder_hidden;
        let mut inner = vec![
            Named::new("encoder_states", &[source, shape.memory_size()], &encoded.memory),
            Named::new("decoder_initial_state", &[state], &decoding.tape.h[..state]),
            Named::new("decoder_states", &[target, state], &decoding.tape.h[state..]),
        ];
        if !decoding.tape.c.is_empty() {
            inner.push(Named::new("decoder_initial_cell", &[state], &decoding.tape.c[..state]));
        }
        if shape.attention != Attention::None {
            inner.push(Named::new("scores", &[target, source], &decoding.scores));
            inner.push(Named::new("alignment", &[target, source], &decoding.alignment));
            inner.push(Named::new("contexts", &[target, shape.memory_size()], &decoding.contexts));
        }
        if matches!(shape.attention, Attention::Luong { .. }) {
            inner.push(Named::new("attentional_states", &[target, shape.attentional_size], &decoding.attentional));
        }
        inner
    }

    fn aligned(&self) -> bool {
        false
    }

    fn paths(&self) -> &'static [Path] {
        &[Path::Total, Path::Contexts, Path::State]
    }

    /// By [`Path::Contexts`] and [`Path::State`] the encoder's gradients are of that path alone; the decoder's are whole.
    fn vjp(&self, trace: &TeacherForcedTrace, cotangent: &ScaledRows, path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        backward::run(&self.net, &self.targets, trace, cotangent, path, gradients)
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.net.parameters()
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        self.net.parameters_mut()
    }

    fn cost(&self, steps: usize) -> Cost {
        self.net.cost(steps, self.targets.len())
    }
}

impl EncoderDecoder {
    /// What a run over so many source and target steps costs.
    pub fn cost(&self, source: usize, target: usize) -> Cost {
        let shape = &self.shape;
        let encoder = recurrent::cost(&self.encoder, source);
        let both = self.encoder_reverse.as_ref().map_or(encoder, |reverse| encoder + recurrent::cost(reverse, source));
        let cells = both + recurrent::cost(&self.decoder, target);
        let number = |size: usize| size as u64;
        let (source, target) = (number(source), number(target));
        let (memory, state, a) = (number(shape.memory_size()), number(shape.decoder_hidden), number(shape.attention_size));
        let (tilde, vocabulary) = (number(shape.attentional_size), number(shape.vocabulary));
        // Softmax: largest, difference, exponential, sum, quotient. The context: a product and a sum an entry.
        let read = source * (5 + 2 * memory);
        let (query, prepared) = match shape.attention {
            Attention::None => (0, 0),
            Attention::Bahdanau | Attention::Luong { score: Score::Concat, .. } => {
                (read + 2 * a * state + source * a * 4, 2 * source * a * memory)
            }
            Attention::Luong { score: Score::General, .. } => (read + 2 * state * memory + 2 * source * memory, 0),
            Attention::Luong { score: Score::Dot, .. } => (read + 2 * source * memory, 0),
        };
        let additive = matches!(shape.attention, Attention::Bahdanau | Attention::Luong { score: Score::Concat, .. });
        let attends = shape.attention != Attention::None;
        let (head, head_kept) = if matches!(shape.attention, Attention::Luong { .. }) {
            (tilde * (2 * (memory + state) + 1) + 2 * vocabulary * tilde, tilde + vocabulary)
        } else {
            (vocabulary * (2 * state + 1), vocabulary)
        };
        let kept = head_kept + if attends { 2 * source + memory } else { 0 } + if additive { source * a } else { 0 };
        let others: usize = self.parts.iter().map(Vec::len).sum();
        Cost {
            parameters: cells.parameters + number(others),
            forward_flops: cells.forward_flops + target * (query + head) + prepared,
            // Every product comes back once, by its other factor twice where both depend on the source.
            vjp_flops: cells.vjp_flops + target * (2 * query + head) + prepared,
            stored: cells.stored + target * kept,
        }
    }
}
