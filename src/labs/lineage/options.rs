//! The options of the choices, in the order of the values they stand for.

use super::settings::{Attends, Fed, Match, Norms, Route, Signal};
use crate::form::row::{option, ChoiceOption};

pub static MATCHES: &[ChoiceOption] = &[
    option("units", "units", "Every model has n units (a state-space model n numbers of state a channel)."),
    option("parameters", "parameters", "Every model has as many units as fit into the parameters of an LSTM of n units."),
    option("state", "state", "Every model has as many units as fit into the 2n numbers that an LSTM of n units carries from step to step."),
];
pub const MATCH_KINDS: [Match; 3] = [Match::Units, Match::Parameters, Match::State];

pub static SCALES: &[ChoiceOption] = &[
    option("relative", "relative", "Relative to lag 0, the newest input: models differ in the scale of their outputs."),
    option("absolute", "absolute", "The norm of the Jacobian as it is."),
];

pub static INPUTS: &[ChoiceOption] = &[
    option("noise", "Noise", "Independent standard normal numbers."),
    option("constant", "Constant", "1 at every step."),
    option("impulse", "Impulse", "1 at the first step, then 0."),
    option("sine", "Sine", "A sine of 16 steps."),
];
pub const INPUT_KINDS: [Fed; 4] = [Fed::Noise, Fed::Constant, Fed::Impulse, Fed::Sine];

pub static MEASURES: &[ChoiceOption] = &[
    option("path", "Path length", "The most operations in a row between the last output and the first input."),
    option("sequential", "Sequential steps", "Steps that cannot be taken at the same time."),
    option("work", "Work", "Operations of a forward pass."),
    option("training", "Memory to train", "Bytes that the forward pass keeps for the backward pass."),
    option("inference", "Memory to generate", "Bytes that are kept from one step to the next while a sequence is generated."),
];

pub static ATTENTIONS: &[ChoiceOption] = &[
    option("none", "none", "The encoder’s last state is all that the decoder sees (Sutskever et al. 2014; Cho et al. 2014)."),
    option(
        "bahdanau",
        "Bahdanau",
        "The state before the step asks, scores are additive, and the context is an input of the cell (Bahdanau et al. 2014).",
    ),
    option("dot", "Luong, dot", "The new state asks by its product with each encoder state; the context meets it in front of the output."),
    option("general", "Luong, general", "The same with a matrix between the two (Luong et al. 2015)."),
    option("concat", "Luong, concat", "The new state asks, and a small net scores it beside each encoder state."),
];
pub const ATTENTION_KINDS: [Attends; 5] = [Attends::None, Attends::Bahdanau, Attends::Dot, Attends::General, Attends::Concat];

pub static FEEDINGS: &[ChoiceOption] = &[
    option("off", "off", "The cell reads the last symbol alone."),
    option("on", "on", "The cell also reads the last attentional state (Luong et al. 2015, section 3.3)."),
];

pub static DIRECTIONS: &[ChoiceOption] = &[
    option("one", "one", "The encoder reads from the first step on."),
    option("both", "both", "Another encoder reads from the last step back, and each encoder state is both side by side."),
];

pub static ROUTES: &[ChoiceOption] = &[
    option("total", "all", "The whole gradient."),
    option("contexts", "contexts", "What comes through the encoder states that attention reads."),
    option("state", "state", "What comes through the state that the encoder hands to the decoder."),
];
pub const ROUTE_KINDS: [Route; 3] = [Route::Total, Route::Contexts, Route::State];

pub static NORMS: &[ChoiceOption] = &[
    option("post", "after (post)", "After the sum with the residual (Vaswani et al. 2017)."),
    option("pre", "first (pre)", "In front of each sub-layer, and one after the last layer (Xiong et al. 2020)."),
    option("off", "none", "No norm anywhere."),
];
pub const NORM_KINDS: [Norms; 3] = [Norms::Post, Norms::Pre, Norms::Off];

pub static HEADS: &[ChoiceOption] = &[
    option("1", "1", "One map of weights a layer."),
    option("2", "2", "Two maps of weights a layer, each over half of the numbers."),
    option("4", "4", "Four maps of weights a layer, each over a quarter of the numbers."),
];
pub const HEAD_COUNTS: [usize; 3] = [1, 2, 4];

pub static ACTIVATIONS: &[ChoiceOption] =
    &[option("relu", "ReLU", "max(0, v)."), option("gelu", "GELU", "v Φ(v), with the exact normal distribution.")];

pub static STARTS: &[ChoiceOption] = &[
    option("normal", "normal, 1/columns", "Normal with variance 1/columns, as Xiong et al. (2020) reckon; biases 0."),
    option("torch", "PyTorch", "As nn.TransformerEncoderLayer begins."),
];

pub static SWITCH: &[ChoiceOption] = &[option("on", "on", "With it."), option("off", "off", "Without it.")];

pub static SIGNALS: &[ChoiceOption] = &[
    option("tone", "tone", "A sine."),
    option("square", "square", "The sign of a sine: no memory of polynomials holds its edges."),
    option("band", "band", "A sum of tones of up to so many cycles, with amplitudes from the seed."),
];
pub const SIGNAL_KINDS: [Signal; 3] = [Signal::Tone, Signal::Square, Signal::Band];

pub static SPECTRA: &[ChoiceOption] = &[
    option("lin", "S4D-Lin", "A = −½ + iπn: evenly spaced frequencies."),
    option("inv", "S4D-Inv", "A = −½ + i(N/π)(N/(2n + 1) − 1): few fast frequencies, many slow ones."),
    option("real", "S4D-Real", "A = −(n + 1): no frequencies, as in Mamba."),
];

pub static STEP_RULES: &[ChoiceOption] = &[
    option("hold", "zero-order hold", "Exact for an input that is constant over a step."),
    option("bilinear", "bilinear", "Tustin’s rule: fast eigenvalues turn round."),
    option("mamba", "Mamba’s", "The hold for A, Euler’s step for B, as the released code has it."),
];

pub static RULES: &[ChoiceOption] = &[
    option("exact", "exact in log time", "Exact for an input that is constant between samples."),
    option("trapezoid", "bilinear, two times", "The trapezoid of the system, with 1/k on the left and 1/(k − 1) on the right."),
    option("bilinear", "bilinear, one time", "The same with 1/k on both sides, as the released code has it."),
    option("euler", "forward Euler", "As the paper prints it: it passes through enormous coefficients before it comes back."),
];
