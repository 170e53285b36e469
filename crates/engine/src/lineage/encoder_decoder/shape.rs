//! What an encoder–decoder is made of.

use crate::lineage::LineageError;
use crate::vocabulary::Cell;

/// How attention scores an encoder state h_j against a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// `sᵀ h_j`; both have the same size.
    Dot,
    /// `sᵀ W_a h_j`.
    General,
    /// `v_aᵀ tanh(W_a [s; h_j])`.
    Concat,
}

/// How the decoder sees the source. The two kinds of attention differ in more than the score: in what asks, and in where the answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    /// Through the encoder's last state only (Sutskever et al. 2014; Cho et al. 2014).
    None,
    /// Bahdanau et al. 2014: the state before the step asks, `e_tj = v_aᵀ tanh(W_a s_{t−1} + U_a h_j)`, and the context is an input of the cell.
    Bahdanau,
    /// Luong et al. 2015: the new state asks, and the context meets it in the attentional state `tanh(W_c [c_t; s_t])`, which the output reads.
    Luong {
        /// The score.
        score: Score,
        /// Whether the cell also reads the attentional state of the step before (§3.3).
        input_feeding: bool,
    },
}

/// Sizes and kinds. What an architecture does not have is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The cell of encoder and decoder.
    pub cell: Cell,
    /// How the decoder sees the source.
    pub attention: Attention,
    /// Whether the encoder reads in both directions. Then h_j = [forward; backward], and the state handed over is the backward one at source
    /// position 0, as in Bahdanau et al. 2014.
    pub bidirectional: bool,
    /// d, the numbers a source step has.
    pub source_size: usize,
    /// Numbers of a target symbol's embedding.
    pub embedding_size: usize,
    /// n, the units of the encoder in one direction.
    pub encoder_hidden: usize,
    /// The units of the decoder. They equal n where the state is handed over as it is (all but Bahdanau) and for the LSTM.
    pub decoder_hidden: usize,
    /// Rows of `W_a` where the score is additive: Bahdanau, Luong's concat.
    pub attention_size: usize,
    /// Numbers of Luong's attentional state.
    pub attentional_size: usize,
    /// V, the target symbols; the logits of a step.
    pub vocabulary: usize,
}

/// The parameters that are not a cell's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Embedding,
    Init,
    Query,
    Key,
    Vector,
    Combine,
    Output,
    OutputBias,
}

impl Shape {
    /// Numbers of an encoder state h_j: n, or 2n in two directions.
    pub fn memory_size(&self) -> usize {
        self.encoder_hidden * if self.bidirectional { 2 } else { 1 }
    }

    /// Numbers that the decoder's cell reads at a step.
    pub fn decoder_input(&self) -> usize {
        self.embedding_size
            + match self.attention {
                Attention::Bahdanau => self.memory_size(),
                Attention::Luong { input_feeding: true, .. } => self.attentional_size,
                Attention::None | Attention::Luong { input_feeding: false, .. } => 0,
            }
    }

    /// The start symbol: the last row of the embedding.
    pub fn start_symbol(&self) -> usize {
        self.vocabulary
    }

    /// The parameters that are not a cell's, in a fixed order, with names and shapes. `None` in front of `Key` for the concat score, whose
    /// `W_a` holds both.
    pub(super) fn parts(&self) -> Vec<(Part, &'static str, Vec<usize>)> {
        let (memory, state, a) = (self.memory_size(), self.decoder_hidden, self.attention_size);
        let mut parts = vec![(Part::Embedding, "decoder.embedding.weight", vec![self.vocabulary + 1, self.embedding_size])];
        match self.attention {
            Attention::None => {}
            Attention::Bahdanau => parts.extend([
                (Part::Init, "W_init", vec![state, self.encoder_hidden]),
                (Part::Query, "W_a", vec![a, state]),
                (Part::Key, "U_a", vec![a, memory]),
                (Part::Vector, "v_a", vec![a]),
            ]),
            Attention::Luong { score, .. } => match score {
                Score::Dot => {}
                Score::General => parts.push((Part::Query, "W_a", vec![state, memory])),
                Score::Concat => {
                    parts.extend([(Part::Query, "W_a", vec![a, state + memory]), (Part::Vector, "v_a", vec![a])]);
                }
            },
        }
        if matches!(self.attention, Attention::Luong { .. }) {
            parts.push((Part::Combine, "W_c", vec![self.attentional_size, memory + state]));
            parts.push((Part::Output, "W_s", vec![self.vocabulary, self.attentional_size]));
        } else {
            parts.push((Part::Output, "out.weight", vec![self.vocabulary, state]));
            parts.push((Part::OutputBias, "out.bias", vec![self.vocabulary]));
        }
        parts
    }

    /// Whether the sizes are there and fit each other.
    pub(super) fn check(&self) -> Result<(), LineageError> {
        let additive = matches!(self.attention, Attention::Bahdanau | Attention::Luong { score: Score::Concat, .. });
        let luong = matches!(self.attention, Attention::Luong { .. });
        let sizes = [
            ("The source size", self.source_size, true),
            ("The embedding size", self.embedding_size, true),
            ("The encoder's hidden size", self.encoder_hidden, true),
            ("The decoder's hidden size", self.decoder_hidden, true),
            ("The vocabulary", self.vocabulary, true),
            ("The attention size", self.attention_size, additive),
            ("The attentional state's size", self.attentional_size, luong),
        ];
        for (what, size, used) in sizes {
            if used && size == 0 {
                return Err(LineageError::Size { what, found: "0".into(), accepted: "1 or more".into() });
            }
        }
        let handed_over = self.attention != Attention::Bahdanau || self.cell == Cell::Lstm;
        if handed_over && self.decoder_hidden != self.encoder_hidden {
            return Err(LineageError::Size {
                what: "The decoder's hidden size",
                found: self.decoder_hidden.to_string(),
                accepted: format!("the encoder's, {}, whose last state it starts from", self.encoder_hidden),
            });
        }
        let dot = matches!(self.attention, Attention::Luong { score: Score::Dot, .. });
        if dot && self.decoder_hidden != self.memory_size() {
            return Err(LineageError::Size {
                what: "The decoder's hidden size",
                found: self.decoder_hidden.to_string(),
                accepted: format!("the size of an encoder state, {}, since the dot score multiplies the two", self.memory_size()),
            });
        }
        Ok(())
    }
}
