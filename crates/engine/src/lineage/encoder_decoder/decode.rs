//! Forward: reading a source, then writing a target, forced or free, a step at a time.

use super::attention::{softmax, Scorer};
use super::shape::{Attention, Part};
use super::EncoderDecoder;
use crate::kernel::{gemv, gemv_transposed};
use crate::lanes;
use crate::lineage::bidirectional::{by_time, side_by_side};
use crate::lineage::recurrent::unroll;
use crate::lineage::LineageError;
use crate::unroll::Tape;

/// A source that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// `[T_src][d]`.
    pub(super) x: Vec<f64>,
    pub(super) forward: Tape,
    /// Its steps in the order they were read, last source step first.
    pub(super) backward: Option<Tape>,
    /// The encoder states that attention reads, `[T_src][n or 2n]`.
    pub(super) memory: Vec<f64>,
    /// What the additive score makes of them, `[T_src][a]`.
    pub(super) keys: Vec<f64>,
}

/// Everything that the decoder has written, step by step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decoding {
    pub tape: Tape,
    /// What the cell read, `[T_tgt][decoder input]`.
    pub inputs: Vec<f64>,
    /// `[T_tgt][T_src]`.
    pub scores: Vec<f64>,
    /// `[T_tgt][T_src]`.
    pub alignment: Vec<f64>,
    /// `[T_tgt][n or 2n]`.
    pub contexts: Vec<f64>,
    /// Additive score: its tanh, `[T_tgt][T_src][a]`.
    pub features: Vec<f64>,
    /// Luong: `[T_tgt][attentional size]`.
    pub attentional: Vec<f64>,
    /// `[T_tgt][V]`.
    pub logits: Vec<f64>,
}

/// A decoder between two steps: what a page holds that writes a target symbol by symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct DecoderState {
    decoding: Decoding,
}

/// What one step of the decoder gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// `[V]`.
    pub logits: Vec<f64>,
    /// The scores, `[T_src]`; empty without attention.
    pub scores: Vec<f64>,
    /// Their softmax, `[T_src]`; empty without attention.
    pub alignment: Vec<f64>,
}

impl Encoded {
    /// The encoder states, `[T_src][n or 2n]`.
    pub fn memory(&self) -> &[f64] {
        &self.memory
    }
}

impl DecoderState {
    /// Steps so far.
    pub fn steps(&self, net: &EncoderDecoder) -> usize {
        self.decoding.tape.steps(&net.decoder)
    }
}

impl EncoderDecoder {
    /// Reads a source `[T_src][d]`.
    ///
    /// # Errors
    /// [`LineageError::InputLength`], [`LineageError::Overflow`].
    pub fn encode(&self, x: &[f64]) -> Result<Encoded, LineageError> {
        let n = self.shape.encoder_hidden;
        let forward = unroll(&self.encoder, x, false)?;
        let backward = self.encoder_reverse.as_ref().map(|w| unroll(w, x, true)).transpose()?;
        let ahead = &forward.h[n..];
        let memory = backward.as_ref().map_or_else(|| ahead.to_vec(), |back| side_by_side(ahead, &by_time(&back.h, n), n));
        let keys = self.scorer().map_or_else(Vec::new, |scorer| scorer.prepare(&memory, self.shape.memory_size()));
        Ok(Encoded { x: x.to_vec(), forward, backward, memory, keys })
    }

    pub(super) fn scorer(&self) -> Option<Scorer> {
        Scorer::new(&self.shape, |part| self.part(part))
    }

    /// A decoder that has written nothing yet.
    pub fn begin(&self, encoded: &Encoded) -> DecoderState {
        DecoderState { decoding: self.start(encoded, 0) }
    }

    /// Writes one step after `symbol` (0..V; [`super::Shape::start_symbol`] at first, and for every symbol beyond).
    ///
    /// # Errors
    /// [`LineageError::Overflow`].
    pub fn step(&self, encoded: &Encoded, state: &mut DecoderState, symbol: usize) -> Result<Step, LineageError> {
        let decoding = &mut state.decoding;
        let last = |values: &[f64], width: usize| values[values.len() - width.min(values.len())..].to_vec();
        self.advance(self.scorer().as_ref(), encoded, decoding, symbol)?;
        let source = encoded.memory.len() / self.shape.memory_size();
        Ok(Step {
            logits: last(&decoding.logits, self.shape.vocabulary),
            scores: last(&decoding.scores, source),
            alignment: last(&decoding.alignment, source),
        })
    }

    /// Writes a target by force: step t reads target t − 1.
    pub(super) fn force(&self, encoded: &Encoded, targets: &[usize]) -> Result<Decoding, LineageError> {
        let scorer = self.scorer();
        let mut decoding = self.start(encoded, targets.len());
        for t in 0..targets.len() {
            let symbol = if t == 0 { self.shape.start_symbol() } else { targets[t - 1] };
            self.advance(scorer.as_ref(), encoded, &mut decoding, symbol)?;
        }
        Ok(decoding)
    }

    /// The state that the encoder hands over, `[n]` and for the LSTM also c: of the encoder's last step, or in two directions of the backward
    /// pass's last, which is source position 0.
    pub(super) fn handed_over<'e>(&self, encoded: &'e Encoded) -> (&'e [f64], &'e [f64]) {
        let n = self.shape.encoder_hidden;
        let tape = encoded.backward.as_ref().unwrap_or(&encoded.forward);
        (&tape.h[tape.h.len() - n..], &tape.c[tape.c.len().saturating_sub(n)..])
    }

    fn start(&self, encoded: &Encoded, steps: usize) -> Decoding {
        let (h, c) = self.handed_over(encoded);
        let mut initial = h.to_vec();
        if self.shape.attention == Attention::Bahdanau {
            initial = vec![0.0; self.shape.decoder_hidden];
            gemv(self.part(Part::Init), h, &mut initial);
            lanes::tanh(&mut initial);
        }
        Decoding {
            tape: Tape::start(&self.decoder, &initial, c, steps),
            inputs: Vec::new(),
            scores: Vec::new(),
            alignment: Vec::new(),
            contexts: Vec::new(),
            features: Vec::new(),
            attentional: Vec::new(),
            logits: Vec::new(),
        }
    }

    fn advance(&self, scorer: Option<&Scorer>, encoded: &Encoded, decoding: &mut Decoding, symbol: usize) -> Result<(), LineageError> {
        let shape = &self.shape;
        let (state, tilde) = (shape.decoder_hidden, shape.attentional_size);
        let step = decoding.tape.steps(&self.decoder);
        let from = symbol.min(shape.start_symbol()) * shape.embedding_size;
        let mut input = self.part(Part::Embedding)[from..from + shape.embedding_size].to_vec();
        match (shape.attention, scorer) {
            (Attention::Bahdanau, Some(scorer)) => {
                let query = decoding.tape.h[step * state..].to_vec();
                input.extend_from_slice(self.attend(scorer, encoded, decoding, &query));
            }
            (Attention::Luong { input_feeding: true, .. }, _) if step == 0 => input.resize(shape.decoder_input(), 0.0),
            (Attention::Luong { input_feeding: true, .. }, _) => input.extend_from_slice(&decoding.attentional[(step - 1) * tilde..]),
            _ => {}
        }
        let finite = decoding.tape.advance(&self.decoder, &input);
        decoding.inputs.extend_from_slice(&input);
        if !finite {
            return Err(LineageError::Overflow { step });
        }
        let new = decoding.tape.h[(step + 1) * state..].to_vec();
        let mut logits = vec![0.0; shape.vocabulary];
        match (shape.attention, scorer) {
            (Attention::Luong { .. }, Some(scorer)) => {
                let mut joined = self.attend(scorer, encoded, decoding, &new).to_vec();
                joined.extend_from_slice(&new);
                let mut attentional = vec![0.0; tilde];
                gemv(self.part(Part::Combine), &joined, &mut attentional);
                lanes::tanh(&mut attentional);
                gemv(self.part(Part::Output), &attentional, &mut logits);
                decoding.attentional.extend_from_slice(&attentional);
            }
            _ => {
                gemv(self.part(Part::Output), &new, &mut logits);
                logits.iter_mut().zip(self.part(Part::OutputBias)).for_each(|(z, b)| *z += b);
            }
        }
        decoding.logits.extend_from_slice(&logits);
        Ok(())
    }

    /// Adds the scores, the alignment and the context of a query, and returns the context.
    fn attend<'s>(&self, scorer: &Scorer, encoded: &Encoded, decoding: &'s mut Decoding, query: &[f64]) -> &'s [f64] {
        let width = self.shape.memory_size();
        let at = decoding.features.len();
        decoding.features.resize(at + encoded.keys.len(), 0.0);
        let mut weights = scorer.scores(query, &encoded.memory, width, &encoded.keys, &mut decoding.features[at..]);
        decoding.scores.extend_from_slice(&weights);
        softmax(&mut weights);
        let at = decoding.contexts.len();
        decoding.contexts.resize(at + width, 0.0);
        gemv_transposed(&encoded.memory, &weights, &mut decoding.contexts[at..]);
        decoding.alignment.extend_from_slice(&weights);
        &decoding.contexts[at..]
    }
}
