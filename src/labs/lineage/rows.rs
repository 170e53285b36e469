//! The rows of the Lineage lab's settings. Pure.

use unroll_formula::mathml;

use super::compute::selects::{CHANNELS, MOST};
use super::options::{
    ACTIVATIONS, ATTENTIONS, ATTENTION_KINDS, DIRECTIONS, FEEDINGS, HEADS, HEAD_COUNTS, INPUTS, INPUT_KINDS, MATCHES, MATCH_KINDS,
    MEASURES, NORMS, NORM_KINDS, ROUTES, ROUTE_KINDS, RULES, SCALES, SIGNALS, SIGNAL_KINDS, SPECTRA, STARTS, STEP_RULES, SWITCH,
};
use super::settings::{Attends, LineageSettings, View};
use crate::form::row::{place, unless, Kind, Range, Row, Text};
use crate::form::vocabulary::CELL_OPTIONS;
use crate::form::Group;

/// The groups, in the order of the rail.
pub mod group {
    use crate::form::Group;

    pub const MODELS: Group = Group("Models");
    pub const COMPARISON: Group = Group("Comparison");
    pub const CELL: Group = Group("Cell");
    pub const ATTENTION: Group = Group("Attention");
    pub const TRANSFORMER: Group = Group("Transformer");
    pub const SIGNAL: Group = Group("Signal");
    pub const SYSTEM: Group = Group("State-space model");
    pub const TEXT: Group = Group("Text");
    pub const SCAN: Group = Group("Scan");
    pub const SEQUENCE: Group = Group("Sequence");
    pub const INPUT: Group = Group("Input");
    pub const LOSS: Group = Group("Loss");
    pub const SIZE: Group = Group("Size");
    pub const WEIGHTS: Group = Group("Weights");
    pub const CHANCE: Group = Group("Chance");
    /// In their panels, not in the rail.
    pub const PANELS: Group = Group("Panels");
}

/// The groups that a view's rail has.
pub fn groups_of(view: View) -> Vec<Group> {
    use group::{
        ATTENTION, CELL, CHANCE, COMPARISON, INPUT, LOSS, MODELS, SCAN, SEQUENCE, SIGNAL, SIZE, SYSTEM, TEXT, TRANSFORMER, WEIGHTS,
    };
    let all: &[Group] = match view {
        View::Reach => &[MODELS, COMPARISON, SEQUENCE, LOSS, INPUT, SIZE, WEIGHTS, CHANCE],
        View::Bidirectional => &[CELL, SEQUENCE, LOSS, INPUT, SIZE, WEIGHTS, CHANCE],
        View::Attention => &[ATTENTION, CELL, SEQUENCE, LOSS, INPUT, SIZE, WEIGHTS, CHANCE],
        View::Transformer => &[TRANSFORMER, SEQUENCE, LOSS, INPUT, SIZE, WEIGHTS, CHANCE],
        View::Memory => &[SIGNAL, SEQUENCE, SIZE, CHANCE],
        View::Spectrum => &[SYSTEM, SEQUENCE, INPUT, SIZE, CHANCE],
        View::Selective => &[TEXT, SIZE, WEIGHTS, CHANCE],
        View::Scan => &[SCAN, INPUT, WEIGHTS, CHANCE],
        View::Limits => &[CHANCE],
    };
    all.to_vec()
}

/// The key of the loss, which panels have a slider for too.
pub const LOSS: &str = "back";
/// The key of the cost chart's measure.
pub const MEASURE: &str = "cost";
/// The key of the gradient matrix's path.
pub const ROUTE: &str = "path";
/// The key of the channel whose Δ is shown.
pub const CHANNEL: &str = "channel";
/// The key of the layer whose weights of attention are shown.
pub const LAYER: &str = "layer";

fn alone(settings: &LineageSettings, place: usize) -> Option<String> {
    unless(!settings.shown().eq([place]), "At least one model has to be shown.")
}

fn check_text(text: &str) -> Result<(), String> {
    match text.chars().count() {
        0 => Err("The text is empty; at least one character is needed.".to_owned()),
        count if count > MOST => Err(format!("The text has {count} characters; at most {MOST} are accepted.")),
        _ => Ok(()),
    }
}

fn luong(settings: &LineageSettings) -> bool {
    !matches!(settings.attends, Attends::None | Attends::Bahdanau)
}

/// All settings, in the order of the rail.
pub static ROWS: &[Row<LineageSettings>] = &[
    Row {
        formula: mathml!(r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})"),
        ..Row::new(
            group::MODELS,
            "RNN",
            "models",
            "The plain recurrent net (Elman 1990).",
            Kind::toggle("rnn", |s| s.models[0], |s, v| s.models[0] = v, |s| alone(s, 0)),
        )
    },
    Row {
        formula: mathml!(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t, \quad h_t = o_t \odot \tanh c_t"),
        ..Row::new(
            group::MODELS,
            "LSTM",
            "models",
            "Long short-term memory (Hochreiter & Schmidhuber 1997) with its forget gate (Gers et al. 2000).",
            Kind::toggle("lstm", |s| s.models[1], |s, v| s.models[1] = v, |s| alone(s, 1)),
        )
    },
    Row {
        formula: mathml!(r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}"),
        ..Row::new(
            group::MODELS,
            "GRU",
            "models",
            "Gated recurrent unit (Cho et al. 2014).",
            Kind::toggle("gru", |s| s.models[2], |s, v| s.models[2] = v, |s| alone(s, 2)),
        )
    },
    Row {
        formula: mathml!(r"y_t = [\overrightarrow{h}_t ; \overleftarrow{h}_t]"),
        ..Row::new(
            group::MODELS,
            "Bidirectional GRU",
            "models",
            "One GRU reads forwards, another backwards (Schuster & Paliwal 1997). Here the past is shown; its view shows both sides.",
            Kind::toggle("bigru", |s| s.models[3], |s, v| s.models[3] = v, |s| alone(s, 3)),
        )
    },
    Row {
        formula: mathml!(r"s_0 = h_T"),
        ..Row::new(
            group::MODELS,
            "Encoder–decoder",
            "models",
            "A GRU reads, another writes, and one state is handed over (Sutskever et al. 2014; Cho et al. 2014). The loss is at its last target step.",
            Kind::toggle("pair", |s| s.models[4], |s, v| s.models[4] = v, |s| alone(s, 4)),
        )
    },
    Row {
        formula: mathml!(r"c_t = \sum_j w_{tj} h_j, \quad w_t = \mathrm{softmax}(s_t^\top W_a h_j)"),
        ..Row::new(
            group::MODELS,
            "With attention",
            "models",
            "The same pair with Luong’s general attention (2015): every encoder state is one step away.",
            Kind::toggle("attention", |s| s.models[5], |s, v| s.models[5] = v, |s| alone(s, 5)),
        )
    },
    Row {
        formula: mathml!(r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t"),
        ..Row::new(
            group::MODELS,
            "minGRU",
            "models",
            "A GRU whose gate reads the input only (Feng et al. 2024): its Jacobian is diagonal, and it can be scanned.",
            Kind::toggle("mingru", |s| s.models[6], |s, v| s.models[6] = v, |s| alone(s, 6)),
        )
    },
    Row {
        formula: mathml!(r"h_t = f'_t \odot h_{t-1} + i'_t \odot \tilde{h}_t"),
        ..Row::new(
            group::MODELS,
            "minLSTM",
            "models",
            "An LSTM whose gates read the input only (Feng et al. 2024).",
            Kind::toggle("minlstm", |s| s.models[7], |s, v| s.models[7] = v, |s| alone(s, 7)),
        )
    },
    Row {
        formula: mathml!(r"h_t = \lambda \odot h_{t-1} + \gamma \odot B x_t"),
        ..Row::new(
            group::MODELS,
            "LRU",
            "models",
            "Linear recurrent unit (Orvieto et al. 2023): complex eigenvalues that begin between 0.9 and 0.999 from the origin.",
            Kind::toggle("lru", |s| s.models[8], |s, v| s.models[8] = v, |s| alone(s, 8)),
        )
    },
    Row {
        formula: mathml!(r"h_t = e^{\Delta A} h_{t-1} + A^{-1}(e^{\Delta A} - I) B x_t"),
        ..Row::new(
            group::MODELS,
            "S4D",
            "models",
            "Diagonal state-space model (Gu et al. 2022), S4D-Lin, with a zero-order hold.",
            Kind::toggle("s4d", |s| s.models[9], |s, v| s.models[9] = v, |s| alone(s, 9)),
        )
    },
    Row {
        formula: mathml!(r"\dot{h} = A h + B x"),
        ..Row::new(
            group::MODELS,
            "S4",
            "models",
            "Dense state-space model with HiPPO-LegS, fixed in time (Gu et al. 2022): it forgets as fast as its Δ says.",
            Kind::toggle("s4", |s| s.models[10], |s, v| s.models[10] = v, |s| alone(s, 10)),
        )
    },
    Row {
        formula: mathml!(r"\dot{c} = -\frac{1}{t} A c + \frac{1}{t} B x"),
        ..Row::new(
            group::MODELS,
            "HiPPO-LegS",
            "models",
            "The memory that S4 comes from (Gu et al. 2020), varying in time: it never forgets. It reads one number a step.",
            Kind::toggle("legs", |s| s.models[11], |s, v| s.models[11] = v, |s| alone(s, 11)),
        )
    },
    Row {
        formula: mathml!(r"h_t = e^{\Delta_t A} h_{t-1} + \Delta_t B_t x_t"),
        ..Row::new(
            group::MODELS,
            "Mamba",
            "models",
            "A Mamba block (Gu & Dao 2023): Δ, B and C depend on the input.",
            Kind::toggle("mamba", |s| s.models[12], |s, v| s.models[12] = v, |s| alone(s, 12)),
        )
    },
    Row {
        formula: mathml!(r"S_t = S_{t-1} + v_t k_t^\top, \quad y_t = S_t q_t"),
        ..Row::new(
            group::MODELS,
            "Linear attention",
            "models",
            "Attention without softmax is a recurrence (Katharopoulos et al. 2020).",
            Kind::toggle("linear", |s| s.models[13], |s, v| s.models[13] = v, |s| alone(s, 13)),
        )
    },
    Row {
        formula: mathml!(r"h \leftarrow h + \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d}}\right) V"),
        ..Row::new(
            group::MODELS,
            "Transformer",
            "models",
            "Two causal layers with norms first, behind a linear layer (Vaswani et al. 2017; Xiong et al. 2020).",
            Kind::toggle("transformer", |s| s.models[14], |s, v| s.models[14] = v, |s| alone(s, 14)),
        )
    },
    Row::new(
        group::COMPARISON,
        "Equal",
        "equal",
        "What the models have in common. An encoder–decoder with attention keeps all encoder states, so that it keeps n where states are equal.",
        Kind::choice(MATCHES, |s| place(&MATCH_KINDS, &s.matched), |s, v| s.matched = MATCH_KINDS[v]),
    ),
    Row {
        formula: mathml!(r"R_{tk} = \log_{10} \left\| \frac{\partial y_t}{\partial x_k} \right\|_2"),
        ..Row::new(
            group::COMPARISON,
            "Reach",
            "scale",
            "Relative to the newest input, or the largest singular value of the Jacobian as it is.",
            Kind::choice(SCALES, |s| usize::from(!s.relative), |s, v| s.relative = v == 0),
        )
    },
    Row::new(
        group::CELL,
        "Cell",
        "cell",
        "The cell of both passes, or of encoder and decoder.",
        Kind::choice(&CELL_OPTIONS, |s| s.cell, |s, v| s.cell = v),
    ),
    Row::new(
        group::ATTENTION,
        "Attention",
        "att",
        "How the decoder sees the source. Bahdanau and Luong differ in more than the score: in what asks, and in where the answer goes.",
        Kind::choice(ATTENTIONS, |s| place(&ATTENTION_KINDS, &s.attends), |s, v| s.attends = ATTENTION_KINDS[v]),
    ),
    Row {
        idle: |s| unless(luong(s), "Only Luong’s decoder has an attentional state to read."),
        ..Row::new(
            group::ATTENTION,
            "Input feeding",
            "feed",
            "Whether the cell also reads the last attentional state.",
            Kind::choice(FEEDINGS, |s| usize::from(s.feeding), |s, v| s.feeding = v == 1),
        )
    },
    Row {
        idle: |s| unless(s.attends != Attends::Dot, "The dot score needs encoder states of the decoder’s size, which two directions double."),
        ..Row::new(
            group::ATTENTION,
            "Encoder reads",
            "dir",
            "In one direction or in both.",
            Kind::choice(DIRECTIONS, |s| usize::from(s.both_ways), |s, v| s.both_ways = v == 1),
        )
    },
    Row {
        idle: |s| {
            unless(s.attends != Attends::None, "Without attention there are no scores.")
                .or_else(|| unless(s.attends != Attends::Dot, "The dot score has no matrix to be scaled."))
        },
        formula: mathml!(r"w = \mathrm{softmax}(\beta e)"),
        ..Row::new(
            group::ATTENTION,
            "Sharpness",
            "sharp",
            "Factor β on the scores. At 0 every place has the weight 1/T; the larger it is, the fewer places have any.",
            Kind::number(Range::new(0.0..=1000.0, 0.1).slider(0.0, 50.0), |s| s.sharpness, |s, v| s.sharpness = v),
        )
    },
    Row {
        unit: "steps",
        ..Row::new(
            group::ATTENTION,
            "Target length",
            "target",
            "Steps that the decoder writes.",
            Kind::number(Range::integer(1..=64), |s| s.target_len as f64, |s, v| s.target_len = v as usize),
        )
    },
    Row::new(
        group::TRANSFORMER,
        "Layers",
        "layers",
        "How many stand on each other. Each has attention and a feed-forward part.",
        Kind::number(Range::integer(1..=24).slider(1.0, 12.0), |s| s.layers as f64, |s, v| s.layers = v as usize),
    ),
    Row::new(
        group::TRANSFORMER,
        "Heads",
        "heads",
        "Maps of weights a layer. The hidden size is rounded up to a multiple of them.",
        Kind::choice(HEADS, |s| place(&HEAD_COUNTS, &s.heads), |s, v| s.heads = HEAD_COUNTS[v]),
    ),
    Row {
        formula: mathml!(r"\mathrm{norm}(u) = \frac{u - \bar{u}}{\sqrt{\mathrm{Var}\, u + \epsilon}}"),
        ..Row::new(
            group::TRANSFORMER,
            "Norms",
            "norms",
            "Where the layer norms stand. The chart of depth compares all three.",
            Kind::choice(NORMS, |s| place(&NORM_KINDS, &s.norms), |s, v| s.norms = NORM_KINDS[v]),
        )
    },
    Row {
        formula: mathml!(r"h \leftarrow h + f(h)"),
        ..Row::new(
            group::TRANSFORMER,
            "Residuals",
            "res",
            "Whether the input of a sub-layer is added to its output.",
            Kind::choice(SWITCH, |s| usize::from(!s.residuals), |s, v| s.residuals = v == 0),
        )
    },
    Row {
        formula: mathml!(r"\sin \frac{t}{10000^{2i/d}}, \quad \cos \frac{t}{10000^{2i/d}}"),
        ..Row::new(
            group::TRANSFORMER,
            "Positions",
            "pos",
            "Whether sines and cosines of the position are added to the input.",
            Kind::choice(SWITCH, |s| usize::from(!s.positions), |s, v| s.positions = v == 0),
        )
    },
    Row::new(
        group::TRANSFORMER,
        "Activation",
        "act",
        "The function between the two linear layers of the feed-forward part.",
        Kind::choice(ACTIVATIONS, |s| usize::from(s.gelu), |s, v| s.gelu = v == 1),
    ),
    Row::new(
        group::TRANSFORMER,
        "Weights begin",
        "begin",
        "How weights are drawn. No net here is trained.",
        Kind::choice(STARTS, |s| usize::from(!s.normal), |s, v| s.normal = v == 0),
    ),
    Row::new(
        group::SIGNAL,
        "Signal",
        "sig",
        "What the memory has read.",
        Kind::choice(SIGNALS, |s| place(&SIGNAL_KINDS, &s.signal), |s, v| s.signal = SIGNAL_KINDS[v]),
    ),
    Row::new(
        group::SIGNAL,
        "Cycles",
        "cycles",
        "How often the signal goes up and down over all of the history.",
        Kind::number(Range::new(0.5..=64.0, 0.5).slider(0.5, 16.0), |s| s.cycles, |s, v| s.cycles = v),
    ),
    Row::new(
        group::SIGNAL,
        "Rule",
        "rule",
        "How a step of the continuous system is taken.",
        Kind::choice(RULES, |s| s.rule, |s, v| s.rule = v),
    ),
    Row {
        formula: mathml!(r"\dot{h} = A h + B x"),
        ..Row::new(
            group::SYSTEM,
            "Eigenvalues",
            "spec",
            "Where the eigenvalues of the diagonal A begin (Gu et al. 2022, section 4). Half of the hidden size are stored, one of each conjugate pair.",
            Kind::choice(SPECTRA, |s| s.spectrum, |s, v| s.spectrum = v),
        )
    },
    Row {
        formula: mathml!(r"\bar{A} = e^{\Delta A}"),
        ..Row::new(
            group::SYSTEM,
            "Step Δ",
            "delta",
            "How much of the continuous system’s time a step takes. The state forgets with e to the power −Δ·lag times the real part.",
            Kind::number(Range::log(1e-4..=10.0, 0.01), |s| s.delta, |s, v| s.delta = v),
        )
    },
    Row {
        formula: mathml!(r"\bar{A} = \frac{1 + \Delta A / 2}{1 - \Delta A / 2}"),
        ..Row::new(
            group::SYSTEM,
            "Step rule",
            "hold",
            "How a step of the continuous system is taken.",
            Kind::choice(STEP_RULES, |s| s.step_rule, |s, v| s.step_rule = v),
        )
    },
    Row::new(
        group::TEXT,
        "Text",
        "text",
        "What is read, a character a step; at most 400 characters. Each stands for 8 numbers drawn from the seed.",
        Kind::Text(Text { check: check_text, get: |s| &s.text, set: |s, v| s.text = v }),
    ),
    Row {
        formula: mathml!(r"(a_1, b_1) \circ (a_2, b_2) = (a_1 a_2,\; a_2 b_1 + b_2)"),
        ..Row::new(
            group::SCAN,
            "Elements",
            "count",
            "Steps of the recurrence that are scanned. What is missing to a power of two is filled with the identity (1, 0).",
            Kind::number(Range::integer(2..=16), |s| s.elements as f64, |s, v| s.elements = v as usize),
        )
    },
    Row {
        unit: "steps",
        ..Row::new(
            group::SEQUENCE,
            "Sequence length",
            "T",
            "Number of time steps. Up to 64 the whole matrix of reach is drawn, beyond that the row of the loss.",
            Kind::number(Range::integer(2..=1000).slider(8.0, 128.0), |s| s.steps as f64, |s, v| s.steps = v as usize),
        )
    },
    Row {
        unit: "steps",
        ..Row::new(
            group::LOSS,
            "Loss before end",
            LOSS,
            "How many steps before the last output the loss is; of an encoder–decoder, before the last target step.",
            Kind::number(Range::integer(0..=999).slider(0.0, 127.0), |s| s.back as f64, |s, v| s.back = v as usize),
        )
    },
    Row::new(
        group::INPUT,
        "Input",
        "in",
        "What the models read: all of them the same.",
        Kind::choice(INPUTS, |s| place(&INPUT_KINDS, &s.fed), |s, v| s.fed = INPUT_KINDS[v]),
    ),
    Row::new(
        group::INPUT,
        "Input scale",
        "amp",
        "Factor on the input.",
        Kind::number(Range::new(0.0..=100.0, 0.1).slider(0.0, 5.0), |s| s.scale, |s, v| s.scale = v),
    ),
    Row {
        idle: |s| unless(!matches!(s.view, View::Scan | View::Spectrum), "One channel reads one number a step."),
        formula: mathml!(r"x_t \in \mathbb{R}^d"),
        ..Row::new(
            group::INPUT,
            "Input size",
            "d",
            "Numbers an input step has.",
            Kind::number(Range::integer(1..=16).slider(1.0, 8.0), |s| s.input_size as f64, |s, v| s.input_size = v as usize),
        )
    },
    Row {
        unit: "units",
        formula: mathml!(r"h_t \in \mathbb{R}^n"),
        ..Row::new(
            group::SIZE,
            "Hidden size",
            "n",
            "Units of a cell, numbers of state a channel of a state-space model, coefficients of a memory.",
            Kind::number(Range::integer(1..=64).slider(1.0, 32.0), |s| s.hidden_size as f64, |s, v| s.hidden_size = v as usize),
        )
    },
    Row {
        formula: mathml!(r"f_t = \sigma(\dots + b)"),
        idle: |s| {
            let views = [View::Memory, View::Transformer, View::Spectrum, View::Selective, View::Limits];
            unless(!views.contains(&s.view), "Nothing here has gates with a bias.")
        },
        ..Row::new(
            group::WEIGHTS,
            "Keep bias",
            "keep",
            "Bias b of the gates that keep the state: LSTM’s forget gate, GRU’s update gate, 1 − z of minGRU, f of minLSTM. A gate at b alone keeps σ(b) a step.",
            Kind::number(Range::new(-20.0..=20.0, 0.1).slider(-5.0, 10.0), |s| s.keep, |s, v| s.keep = v),
        )
    },
    Row {
        idle: |s| {
            let views = [View::Memory, View::Spectrum, View::Scan, View::Limits];
            unless(!views.contains(&s.view), "Nothing here has weight matrices.")
        },
        ..Row::new(
            group::WEIGHTS,
            "Weight scale",
            "gain",
            "Factor on the weight matrices, which begin as their papers or PyTorch have them. No net here is trained.",
            Kind::number(Range::new(0.0..=10.0, 0.01).slider(0.0, 4.0), |s| s.gain, |s, v| s.gain = v),
        )
    },
    Row::new(
        group::CHANCE,
        "Seed",
        "seed",
        "Of weights and noise. The same seed gives the same numbers.",
        Kind::number(Range::integer(0..=999_999).slider(0.0, 100.0), |s| f64::from(s.seed), |s, v| s.seed = v as u32),
    ),
    Row::new(
        group::PANELS,
        "Cost",
        MEASURE,
        "What the cost chart compares.",
        Kind::choice(MEASURES, |s| s.measure, |s, v| s.measure = v),
    ),
    Row::new(
        group::PANELS,
        "Path",
        ROUTE,
        "Which part of the gradient the matrix shows. The two parts add up to all of it.",
        Kind::choice(ROUTES, |s| place(&ROUTE_KINDS, &s.route), |s, v| s.route = ROUTE_KINDS[v]),
    ),
    Row::new(
        group::PANELS,
        "Layer",
        LAYER,
        "The layer whose weights of attention are shown.",
        Kind::number(Range::integer(1..=24).slider(1.0, 12.0), |s| s.layer as f64, |s, v| s.layer = v as usize),
    ),
    Row::new(
        group::PANELS,
        "Level",
        "level",
        "How many levels of the scan have been taken.",
        Kind::number(Range::integer(0..=8), |s| s.level as f64, |s, v| s.level = v as usize),
    ),
    Row::new(
        group::PANELS,
        "Channel",
        CHANNEL,
        "The channel whose Δ shades the text.",
        Kind::number(Range::integer(1..=CHANNELS), |s| s.channel as f64, |s, v| s.channel = v as usize),
    ),
];
