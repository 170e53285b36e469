//! What each model costs, as a formula and as a number: path length, sequential steps, work, memory to train, memory at inference.
//!
//! One width n serves as input size, hidden size and model size, T is the length of the sequence (of source and target each), N the state of a
//! state-space model per channel, k the width of a convolution's kernel, b the bytes a number takes. Work counts the products of matrices and
//! what grows with T², T·n·N: a multiplication and its addition are two operations; biases, elementwise functions and norms are left out, as
//! they vanish beside n². The exact counts of the models built here are [`super::Block::cost`]'s.
//!
//! The leading terms are those of Vaswani et al. 2017, table 1. There n is the length and d the width; here they are T and n.

/// A model of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Plain recurrent cell.
    Rnn,
    /// LSTM.
    Lstm,
    /// GRU.
    Gru,
    /// GRU in both directions.
    BidirectionalGru,
    /// GRU encoder and decoder, nothing between them but a state.
    EncoderDecoder,
    /// The same with Luong's general attention.
    EncoderDecoderAttention,
    /// The attention of one head or more, without projections: scores and weighted sum.
    SelfAttention,
    /// A transformer layer: attention, its four projections, a feed-forward part of width 4n.
    Transformer,
    /// Convolution with a kernel of width k over all channels.
    Convolution,
    /// minGRU.
    MinGru,
    /// minLSTM.
    MinLstm,
    /// S4D: n channels of N/2 conjugate pairs.
    S4d,
    /// Mamba block: expansion 2, Δ of rank n/16, a convolution of width 4.
    Mamba,
    /// Linear attention: keys and values of width n.
    LinearAttention,
}

/// Every [`Kind`], in the order of the table.
pub const KINDS: [Kind; 14] = [
    Kind::Rnn,
    Kind::Lstm,
    Kind::Gru,
    Kind::BidirectionalGru,
    Kind::EncoderDecoder,
    Kind::EncoderDecoderAttention,
    Kind::SelfAttention,
    Kind::Transformer,
    Kind::Convolution,
    Kind::MinGru,
    Kind::MinLstm,
    Kind::S4d,
    Kind::Mamba,
    Kind::LinearAttention,
];

/// The sizes that formulas are evaluated at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// T, steps.
    pub steps: f64,
    /// n, width.
    pub width: f64,
    /// N, numbers of state per channel of a state-space model.
    pub state: f64,
    /// k, width of a convolution's kernel.
    pub kernel: f64,
    /// b, bytes a number takes: 8 in float64, 4 in float32.
    pub bytes: f64,
}

impl Default for Setting {
    fn default() -> Self {
        Self { steps: 64.0, width: 16.0, state: 16.0, kernel: 4.0, bytes: 8.0 }
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The most operations in a row on the gradient's way from the last output to the first input.
    Path,
    /// Steps that cannot be taken at the same time.
    Sequential,
    /// Operations of a forward pass over the sequence.
    Work,
    /// Bytes that the forward pass keeps for the backward pass.
    Training,
    /// Bytes to be kept from one step to the next while a sequence is generated.
    Inference,
}

/// Every [`Measure`], in the order of the table.
pub const MEASURES: [Measure; 5] = [Measure::Path, Measure::Sequential, Measure::Work, Measure::Training, Measure::Inference];

/// A formula and its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// In T, n, N, k and b.
    pub formula: &'static str,
    /// At a [`Setting`].
    pub value: f64,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rnn => "RNN",
            Self::Lstm => "LSTM",
            Self::Gru => "GRU",
            Self::BidirectionalGru => "bidirectional GRU",
            Self::EncoderDecoder => "encoder–decoder (GRU)",
            Self::EncoderDecoderAttention => "encoder–decoder with attention (GRU, Luong general)",
            Self::SelfAttention => "self-attention alone",
            Self::Transformer => "transformer layer",
            Self::Convolution => "convolution",
            Self::MinGru => "minGRU",
            Self::MinLstm => "minLSTM",
            Self::S4d => "S4D",
            Self::Mamba => "Mamba block",
            Self::LinearAttention => "linear attention",
        }
    }

    /// One measure of it; `None` where it has none: a bidirectional net cannot generate.
    pub fn term(self, measure: Measure, at: &Setting) -> Option<Term> {
        match measure {
            Measure::Path => Some(self.path(at)),
            Measure::Sequential => Some(self.sequential(at)),
            Measure::Work => Some(self.work(at)),
            Measure::Training => Some(self.training(at)),
            Measure::Inference => self.inference(at),
        }
    }

    fn path(self, at: &Setting) -> Term {
        let t = at.steps;
        let (formula, value) = match self {
            Self::EncoderDecoder => ("2 T", 2.0 * t),
            Self::EncoderDecoderAttention | Self::SelfAttention | Self::Transformer => ("1", 1.0),
            Self::Convolution => ("log_k T", (libm::log2(t) / libm::log2(at.kernel)).max(1.0)),
            _ => ("T", t),
        };
        Term { formula, value }
    }

    fn sequential(self, at: &Setting) -> Term {
        let t = at.steps;
        let (formula, value) = match self {
            Self::EncoderDecoder | Self::EncoderDecoderAttention => ("2 T", 2.0 * t),
            Self::SelfAttention | Self::Transformer | Self::Convolution => ("1", 1.0),
            // Blelloch's scan, up and down.
            Self::MinGru | Self::MinLstm | Self::S4d | Self::Mamba | Self::LinearAttention => ("2 log₂ T", (2.0 * libm::log2(t)).max(1.0)),
            Self::Rnn | Self::Lstm | Self::Gru | Self::BidirectionalGru => ("T", t),
        };
        Term { formula, value }
    }

    fn work(self, at: &Setting) -> Term {
        let Setting { steps: t, width: n, state, kernel, .. } = *at;
        let square = t * n * n;
        let (formula, value) = match self {
            Self::Rnn => ("4 T n²", 4.0 * square),
            Self::Lstm => ("16 T n²", 16.0 * square),
            Self::Gru => ("12 T n²", 12.0 * square),
            Self::BidirectionalGru | Self::EncoderDecoder => ("24 T n²", 24.0 * square),
            // The query by W_a, W_c; scores and weighted sum.
            Self::EncoderDecoderAttention => ("30 T n² + 4 T² n", 30.0 * square + 4.0 * t * t * n),
            Self::SelfAttention => ("4 T² n", 4.0 * t * t * n),
            Self::Transformer => ("24 T n² + 4 T² n", 24.0 * square + 4.0 * t * t * n),
            Self::Convolution => ("2 k T n²", 2.0 * kernel * square),
            Self::MinGru => ("4 T n²", 4.0 * square),
            Self::MinLstm => ("6 T n²", 6.0 * square),
            // A pair: a complex product with a sum, a real multiple, the real part of a complex product: 14 operations.
            Self::S4d => ("7 T n N", 7.0 * t * n * state),
            // 8 n² and 4 n² for the projections, n²/2 for Δ; B and C; the scan over 2 n channels.
            Self::Mamba => ("12.5 T n² + 20 T n N", 12.5 * square + 20.0 * t * n * state),
            // Three projections; the outer product into the state and the query's product with it.
            Self::LinearAttention => ("10 T n²", 10.0 * square),
        };
        Term { formula, value }
    }

    fn training(self, at: &Setting) -> Term {
        let Setting { steps: t, width: n, state, bytes: b, .. } = *at;
        let (formula, numbers) = match self {
            // The input, the state and the gates; the GRU's recurrent candidate, the LSTM's cell.
            Self::Rnn => ("3 T n b", 3.0 * t * n),
            Self::Lstm => ("7 T n b", 7.0 * t * n),
            Self::Gru => ("6 T n b", 6.0 * t * n),
            Self::BidirectionalGru | Self::EncoderDecoder => ("12 T n b", 12.0 * t * n),
            // Scores and alignment, context and attentional state.
            Self::EncoderDecoderAttention => ("(14 T n + 2 T²) b", 14.0 * t * n + 2.0 * t * t),
            Self::SelfAttention => ("(3 T n + T²) b", 3.0 * t * n + t * t),
            // x, two norms, q, k, v, the heads' output, two residual sums, 4 n inside twice.
            Self::Transformer => ("(17 T n + T²) b", 17.0 * t * n + t * t),
            Self::Convolution => ("T n b", t * n),
            Self::MinGru => ("4 T n b", 4.0 * t * n),
            Self::MinLstm => ("5 T n b", 5.0 * t * n),
            Self::S4d => ("T n (N + 1) b", t * n * (state + 1.0)),
            // x; two halves, convolved, Δ, output of the scan, gated: 2 n each; B and C are small beside them.
            Self::Mamba => ("T n (2 N + 13) b", t * n * (2.0 * state + 13.0)),
            Self::LinearAttention => ("T (4 n + n²) b", t * (4.0 * n + n * n)),
        };
        Term { formula, value: numbers * b }
    }

    fn inference(self, at: &Setting) -> Option<Term> {
        let Setting { steps: t, width: n, state, kernel, bytes: b } = *at;
        let (formula, numbers) = match self {
            Self::BidirectionalGru => return None,
            Self::Rnn | Self::Gru | Self::EncoderDecoder | Self::MinGru | Self::MinLstm => ("n b", n),
            Self::Lstm => ("2 n b", 2.0 * n),
            Self::EncoderDecoderAttention => ("(T n + n) b", t * n + n),
            // Keys and values of every step so far.
            Self::SelfAttention | Self::Transformer => ("2 T n b", 2.0 * t * n),
            Self::Convolution => ("(k − 1) n b", (kernel - 1.0) * n),
            Self::S4d => ("n N b", n * state),
            Self::Mamba => ("(2 n N + 6 n) b", 2.0 * n * state + 6.0 * n),
            Self::LinearAttention => ("(n² + n) b", n * n + n),
        };
        Some(Term { formula, value: numbers * b })
    }
}

/// The most steps that [`crossing`] looks at.
pub const CROSSING_LIMIT: f64 = 1e7;

/// The length T at which `growing` costs as much as `other`, where it costs less before and more after; `None` where it does not within
/// 1…[`CROSSING_LIMIT`], or one of them has no such measure. To half an ulp or so of a step.
pub fn crossing(growing: Kind, other: Kind, measure: Measure, at: &Setting) -> Option<f64> {
    let more = |steps: f64| {
        let at = Setting { steps, ..*at };
        Some(growing.term(measure, &at)?.value - other.term(measure, &at)?.value)
    };
    let (mut low, mut high) = (1.0, CROSSING_LIMIT);
    if more(low)? > 0.0 || more(high)? < 0.0 || (more(low)? == 0.0 && more(high)? == 0.0) {
        return None;
    }
    // Bisection; a step that meets both exactly is the answer.
    while high - low > f64::EPSILON * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if more(middle)? < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}
