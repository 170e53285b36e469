//! The rows of Flow's settings. Pure.

use std::ops::RangeInclusive;

use unroll_engine::experiment::range;
use unroll_engine::{Cell, Cotangent, Experiment, Initialiser, Input};
use unroll_formula::mathml;

use super::settings::{GradientView, InputKind, LossKind, ReferenceLines, Settings};
use crate::form::row::{option, place, unless, Choice, Kind, Number, Range, Row, Text};
use crate::form::vocabulary::{ACTIVATIONS, ACTIVATION_OPTIONS, CELLS, CELL_OPTIONS, INITIALISERS, INITIALISER_OPTIONS};

/// The groups, in the order of the rail.
pub mod group {
    use crate::form::Group;

    pub const CELLS: Group = Group("Cells");
    pub const SIZE: Group = Group("Size");
    pub const WEIGHTS: Group = Group("Weights");
    pub const BIASES: Group = Group("Gate biases");
    pub const INPUT: Group = Group("Input signal");
    pub const LOSS: Group = Group("Loss");
    pub const VIEW: Group = Group("Gradient chart");
}

/// The keys of the settings that only choose what is shown.
pub const FOCUS: &str = "focus";
pub const HORIZON_LEVEL: &str = "level";

/// A setting that a map can be drawn over, by its place among [`SETTINGS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettingId {
    HiddenSize = 4,
    Gain = 9,
    ForgetBias = 11,
    InputGateBias = 12,
    UpdateBias = 13,
    InputScale = 15,
}

/// The row of a setting.
pub fn setting(id: SettingId) -> &'static Row<Settings> {
    &SETTINGS[id as usize]
}

const INPUTS: [InputKind; 8] = [
    InputKind::Sunspots,
    InputKind::Noise,
    InputKind::Constant,
    InputKind::Impulse,
    InputKind::Sine,
    InputKind::Square,
    InputKind::Text,
    InputKind::Numbers,
];
const LOSSES: [LossKind; 3] = [LossKind::LastStep, LossKind::EveryStep, LossKind::ChosenStep];
const GRADIENT_VIEWS: [GradientView; 5] =
    [GradientView::Left, GradientView::Product, GradientView::Hidden, GradientView::Cell, GradientView::All];
const REFERENCE_LINES: [ReferenceLines; 4] =
    [ReferenceLines::Both, ReferenceLines::Theory, ReferenceLines::Floors, ReferenceLines::Neither];
const COTANGENTS: [Cotangent; 2] = [Cotangent::Random, Cotangent::Ones];

/// Levels of the horizon that mean something: from a gradient that is nearly gone to one that has halved.
const HORIZON_LEVELS: RangeInclusive<f64> = 1e-4..=0.5;
/// Where the words for what is left may begin.
const VANISHES: RangeInclusive<f64> = 1e-6..=0.5;
const KEEPS: RangeInclusive<f64> = 0.01..=0.95;
/// Characters of a text: a link has to carry them.
const TEXT_CHARS: usize = 512;

fn check_text(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length > TEXT_CHARS {
        return Err(format!("The text has {length} characters; at most {TEXT_CHARS} are accepted."));
    }
    let experiment = Experiment { input: Input::Text(text.to_owned()), ..Experiment::default() };
    experiment.validate().map_err(|error| error.to_string())
}

fn only_shown(settings: &Settings, cell: Cell) -> Option<String> {
    unless(!settings.shown_cells().eq([cell]), "At least one cell stays shown.")
}

fn lstm_bias_idle(settings: &Settings) -> Option<String> {
    if !settings.show_lstm {
        return Some("It is a bias of the LSTM, which is not shown.".into());
    }
    chrono_idle(settings)
}

fn gru_bias_idle(settings: &Settings) -> Option<String> {
    if !settings.show_gru {
        return Some("It is a bias of the GRU, which is not shown.".into());
    }
    chrono_idle(settings)
}

fn chrono_idle(settings: &Settings) -> Option<String> {
    if settings.all_given() {
        return None;
    }
    unless(settings.initialiser != Initialiser::Chrono, "The chrono initialiser draws this bias itself, unit by unit.")
}

fn size_idle(settings: &Settings) -> Option<String> {
    let given = settings.given(settings.focus)?;
    settings.all_given().then(|| format!("The model sets it: {} units.", given.weights().hidden_size))
}

fn drawing_idle(settings: &Settings) -> Option<String> {
    settings.all_given().then(|| "The weights are the model's own; they are not drawn.".into())
}

/// Why an input does not suit the nets that were brought.
fn unreadable(settings: &Settings, option: usize) -> Option<String> {
    let chosen = Settings { input: *INPUTS.get(option)?, ..settings.clone() };
    if chosen.input == InputKind::Numbers && chosen.numbers.is_none() {
        return None;
    }
    let (_, reads, has) = chosen.unreadable_input()?;
    Some(format!("The model reads {reads} numbers per step; this input has {has}."))
}

fn input_size_idle(settings: &Settings) -> Option<String> {
    if let (true, Some(given)) = (settings.all_given(), settings.given(settings.focus)) {
        return Some(format!("The model sets it: {}.", given.stack().input_size()));
    }
    let size = settings.effective_input_size();
    match settings.input {
        InputKind::Text => Some(format!("The text's alphabet sets it: {size} different characters.")),
        InputKind::Sunspots => Some("The sunspot series has one number a year.".into()),
        InputKind::Numbers => Some(format!("The chosen columns set it: {size}.")),
        _ => None,
    }
}

/// A gate bias, 0 where the cell's net was brought: that has biases of its own already.
const fn gate_bias(get: fn(&Settings) -> f64, set: fn(&mut Settings, f64), untouched: fn(&Settings, f64) -> f64) -> Kind<Settings> {
    Kind::Number(Number { range: Range::new(range::GATE_BIAS, 0.1).slider(-6.0, 8.0), get, set, untouched })
}

fn unless_given(settings: &Settings, cell: Cell, default: f64) -> f64 {
    if settings.given(cell).is_some() {
        0.0
    } else {
        default
    }
}

/// The rows, in the order of the rail.
pub static SETTINGS: &[Row<Settings>] = &[
    Row {
        formula: mathml!(r"h_t = \varphi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})"),
        ..Row::new(
            group::CELLS,
            "RNN",
            "cells",
            "Draw the plain recurrent net (Elman 1990) on the same axes.",
            Kind::toggle(
                "rnn",
                |s| s.show_rnn,
                |s, v| s.show_rnn = v,
                |s| only_shown(s, Cell::Rnn),
            ),
        )
    },
    Row {
        formula: mathml!(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t, \quad h_t = o_t \odot \tanh c_t"),
        ..Row::new(
            group::CELLS,
            "LSTM",
            "cells",
            "Draw the long short-term memory (Hochreiter and Schmidhuber 1997) on the same axes.",
            Kind::toggle(
                "lstm",
                |s| s.show_lstm,
                |s, v| s.show_lstm = v,
                |s| only_shown(s, Cell::Lstm),
            ),
        )
    },
    Row {
        formula: mathml!(r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}"),
        ..Row::new(
            group::CELLS,
            "GRU",
            "cells",
            "Draw the gated recurrent unit (Cho et al. 2014; reset after the product, as PyTorch does) on the same axes.",
            Kind::toggle(
                "gru",
                |s| s.show_gru,
                |s, v| s.show_gru = v,
                |s| only_shown(s, Cell::Gru),
            ),
        )
    },
    Row::new(
        group::CELLS,
        "Focus",
        FOCUS,
        "Gates, weights, spectrum, map and report show this one cell.",
        Kind::Choice(Choice {
            options: &CELL_OPTIONS,
            get: |s| place(&CELLS, &s.focus),
            set: |s, i| s.focus = CELLS[i],
            unavailable: |s, i| unless(s.shows(CELLS[i]), "Show this cell first."),
            awaits_numbers: |_, _| false,
        }),
    ),
    Row {
        unit: "units",
        formula: mathml!(r"h_t \in \mathbb{R}^n"),
        idle: size_idle,
        ..Row::new(
            group::SIZE,
            "Hidden size",
            "n",
            "The number of units of the cell.",
            Kind::number(Range::integer(range::HIDDEN_SIZE).slider(1.0, 64.0), |s| s.hidden_size as f64, |s, v| s.hidden_size = v as usize),
        )
    },
    Row {
        formula: mathml!(r"x_t \in \mathbb{R}^d"),
        idle: input_size_idle,
        ..Row::new(
            group::SIZE,
            "Inputs",
            "d",
            "The components of the input at each step.",
            Kind::number(Range::integer(range::INPUT_SIZE), |s| s.input_size as f64, |s, v| s.input_size = v as usize),
        )
    },
    Row {
        unit: "steps",
        formula: mathml!(r"t = 1, \dots, T"),
        ..Row::new(
            group::SIZE,
            "Steps",
            "T",
            "Number of time steps; a shorter input reduces it.",
            Kind::number(Range::integer(range::SEQ_LEN).slider(1.0, 256.0), |s| s.seq_len as f64, |s, v| s.seq_len = v as usize),
        )
    },
    Row {
        formula: mathml!(r"J_t = \operatorname{diag}(\varphi'(a_t))\, W_{hh}"),
        idle: |s| unless(s.show_rnn, "It belongs to the RNN, which is not shown."),
        ..Row::new(
            group::WEIGHTS,
            "Activation",
            "act",
            "The nonlinearity of the plain RNN. LSTM and GRU have theirs built in.",
            Kind::choice(&ACTIVATION_OPTIONS, |s| place(&ACTIVATIONS, &s.activation), |s, i| s.activation = ACTIVATIONS[i]),
        )
    },
    Row {
        formula: mathml!(r"W_{hh} = g \, W_{hh}^{(\mathrm{seed})}"),
        idle: drawing_idle,
        ..Row::new(
            group::WEIGHTS,
            "Initialiser",
            "init",
            "How the weights are drawn, from the seed.",
            Kind::choice(&INITIALISER_OPTIONS, |s| place(&INITIALISERS, &s.initialiser), |s, i| s.initialiser = INITIALISERS[i]),
        )
    },
    Row {
        unit: "×",
        formula: mathml!(r"W_{hh} = g \, W_{hh}^{(\mathrm{seed})}"),
        ..Row::new(
            group::WEIGHTS,
            "Recurrent gain",
            "gain",
            "A factor on the recurrent weights. It moves one and the same net continuously; nothing is drawn anew.",
            Kind::number(Range::new(range::GAIN, 0.01).slider(0.0, 3.0), |s| s.gain, |s, v| s.gain = v),
        )
    },
    Row::new(
        group::WEIGHTS,
        "Seed",
        "seed",
        "The same seed gives the same weights, noise and loss direction, on every machine.",
        Kind::number(Range::integer(0..=u32::MAX as usize).slider(0.0, 99.0), |s| f64::from(s.seed), |s, v| s.seed = v as u32),
    ),
    Row {
        formula: mathml!(r"f = \sigma(b), \quad \frac{1}{1 - f} = 1 + e^{b}"),
        idle: lstm_bias_idle,
        ..Row::new(
            group::BIASES,
            "Forget bias",
            "fb",
            "The sum of PyTorch's two biases on the LSTM's forget gate. A gate held at this bias keeps the cell for 1 + eᵇ steps.",
            gate_bias(|s| s.forget_bias, |s, v| s.forget_bias = v, |s, default| unless_given(s, Cell::Lstm, default)),
        )
    },
    Row {
        formula: mathml!(r"i = \sigma(b), \quad c_t = f \odot c_{t-1} + i \odot g_t"),
        idle: lstm_bias_idle,
        ..Row::new(
            group::BIASES,
            "Input-gate bias",
            "ib",
            "The sum of PyTorch's two biases on the LSTM's input gate: how much of the new candidate is written.",
            gate_bias(|s| s.input_gate_bias, |s, v| s.input_gate_bias = v, |s, default| unless_given(s, Cell::Lstm, default)),
        )
    },
    Row {
        formula: mathml!(r"z = \sigma(b), \quad h_t = (1 - z) \odot n_t + z \odot h_{t-1}"),
        idle: gru_bias_idle,
        ..Row::new(
            group::BIASES,
            "Update bias",
            "ub",
            "The sum of PyTorch's two biases on the GRU's update gate. Near 1, the gate keeps the old state.",
            gate_bias(|s| s.update_bias, |s, v| s.update_bias = v, |s, default| unless_given(s, Cell::Gru, default)),
        )
    },
    Row::new(
        group::INPUT,
        "Input",
        "in",
        "What the cell reads, one value or character a step.",
        Kind::Choice(Choice {
            options: &[
                option("sunspots", "Sunspots", "Yearly mean sunspot numbers since 1700, standardised; the last T years."),
                option("noise", "Noise", "Independent standard normal values."),
                option("constant", "Constant", "1 at every step."),
                option("impulse", "Impulse", "1 at the first step, 0 afterwards."),
                option("sine", "Sine", "A sine of the chosen period, shifted from component to component."),
                option("square", "Square", "The sign of that sine."),
                option("text", "Text", "The characters of the text, one-hot over its own alphabet."),
                option("numbers", "Numbers", "Numbers that you paste or drop."),
            ],
            get: |s| place(&INPUTS, &s.input),
            set: |s, i| s.input = INPUTS[i],
            unavailable: unreadable,
            awaits_numbers: |s, i| INPUTS[i] == InputKind::Numbers && s.numbers.is_none(),
        }),
    ),
    Row {
        unit: "×",
        formula: mathml!(r"x_t \leftarrow s \, x_t"),
        ..Row::new(
            group::INPUT,
            "Input scale",
            "scale",
            "A factor on the input. Large values drive units and gates into saturation.",
            Kind::number(Range::new(range::INPUT_SCALE, 0.1).slider(0.0, 10.0), |s| s.input_scale, |s, v| s.input_scale = v),
        )
    },
    Row {
        unit: "steps",
        formula: mathml!(r"x_{t,j} = \sin\!\left(\frac{2\pi (t-1)}{p} + \frac{2\pi j}{d}\right)"),
        idle: |s| {
            unless(
                matches!(s.input, InputKind::Sine | InputKind::Square),
                "Only the sine and the square wave have a period.",
            )
        },
        ..Row::new(
            group::INPUT,
            "Period",
            "period",
            "The period of the sine or square wave.",
            Kind::number(Range::new(range::PERIOD, 1.0).slider(2.0, 128.0), |s| s.period, |s, v| s.period = v),
        )
    },
    Row {
        formula: mathml!(r"x_t = e_{\mathrm{char}(t)}"),
        idle: |s| unless(s.input == InputKind::Text, "The input is not the text."),
        ..Row::new(
            group::INPUT,
            "Text",
            "text",
            "Each character is one step; each different character is one component.",
            Kind::Text(Text {
                check: check_text,
                get: |s| &s.text,
                set: |s, v| s.text = v,
            }),
        )
    },
    Row {
        idle: |s| unless(s.input == InputKind::Numbers, "The input is not the numbers."),
        key: None,
        ..Row::new(
            group::INPUT,
            "Numbers",
            "",
            "A CSV of numbers, pasted or dropped: one row a step, one column a component. They stay on this computer and are not part of a link.",
            Kind::Numbers {
                get: |s| s.numbers.as_ref(),
                set: |s, table| {
                    s.numbers = Some(table);
                    s.input = InputKind::Numbers;
                },
            },
        )
    },
    Row {
        formula: mathml!(r"h_0, c_0 \sim \mathcal{N}(0, \sigma^2)"),
        ..Row::new(
            group::INPUT,
            "Initial state",
            "h0",
            "Standard deviation of the state at step 0, drawn from the seed. At 0 the net starts at rest; a net from a file starts where the file says.",
            Kind::number(Range::new(range::INITIAL_SCALE, 0.1).slider(0.0, 3.0), |s| s.initial_scale, |s, v| s.initial_scale = v),
        )
    },
    Row {
        formula: mathml!(r"L = v^\top h_T \;\text{ or }\; \sum_t v^\top h_t \;\text{ or }\; v^\top h_\tau"),
        ..Row::new(
            group::LOSS,
            "Loss at",
            "loss",
            "Which hidden states the loss reads. The gradient starts there.",
            Kind::choice(&[
                option("last", "Last step", "The loss reads the last hidden state only."),
                option("every", "Every step", "The loss sums over all hidden states."),
                option("step", "One step", "The loss reads the hidden state at the chosen step."),
            ], |s| place(&LOSSES, &s.loss), |s, i| s.loss = LOSSES[i]),
        )
    },
    Row {
        formula: mathml!(r"L = v^\top h_\tau"),
        idle: |s| unless(s.loss == LossKind::ChosenStep, "The loss is not at one step."),
        ..Row::new(
            group::LOSS,
            "Loss step",
            "at",
            "The step at which the loss reads the hidden state; at most the number of steps.",
            Kind::number(Range::integer(range::SEQ_LEN).slider(1.0, 256.0), |s| match s.loss {
                LossKind::ChosenStep => s.effective_loss_step() as f64,
                _ => s.loss_step as f64,
            }, |s, v| s.loss_step = v as usize),
        )
    },
    Row {
        formula: mathml!(r"\frac{\partial L}{\partial h_T} = v"),
        ..Row::new(
            group::LOSS,
            "Loss direction",
            "v",
            "The vector v with which the loss reads the hidden state: the gradient it starts from.",
            Kind::choice(&[
                option("random", "Random", "Standard normal values, drawn from the seed."),
                option("ones", "All ones", "1 in every component."),
            ], |s| place(&COTANGENTS, &s.cotangent), |s, i| s.cotangent = COTANGENTS[i]),
        )
    },
    Row {
        formula: mathml!(r"\max \{ \ell : G(\ell) \ge \text{level} \}"),
        ..Row::new(
            group::LOSS,
            "Horizon level",
            HORIZON_LEVEL,
            "The horizon is the largest lag at which this share of the gradient is still left.",
            Kind::number(Range::log(HORIZON_LEVELS, 0.05), |s| s.horizon_level, |s, v| s.horizon_level = v),
        )
    },
    Row::new(
        group::LOSS,
        "Vanishes below",
        "vanishes",
        "A gradient of which less than this share is left vanishes; one that has grown past its reciprocal explodes.",
        Kind::number(Range::log(VANISHES, 0.05), |s| s.vanishes, |s, v| s.vanishes = v),
    ),
    Row::new(
        group::LOSS,
        "Keeps from",
        "keeps",
        "From this share up to its reciprocal a gradient keeps its size; in between it fades or grows.",
        Kind::number(Range::log(KEEPS, 0.05), |s| s.keeps, |s, v| s.keeps = v),
    ),
    Row {
        formula: mathml!(r"\frac{\partial s_T}{\partial s_k} = J_T J_{T-1} \cdots J_{k+1}"),
        ..Row::new(
            group::VIEW,
            "Norms shown",
            "norms",
            "Which gradient the chart follows back in time.",
            Kind::Choice(Choice {
                options: &[
                    option("left", "What is left", "What is left of this loss’s gradient at k: the curve of the strip and the river."),
                    option("state", "∂s_T/∂s_k", "The worst case over all losses: the most that any change of the state at k can change the last state."),
                    option("hidden", "∂L/∂h_k", "The gradient that reaches the hidden state, through every path."),
                    option("cell", "∂L/∂c_k", "The gradient that reaches the LSTM's cell state, through every path."),
                    option("all", "All", "All but what is left, and for the cell in focus the cell block and the direct path as well."),
                ],
                get: |s| place(&GRADIENT_VIEWS, &s.gradient_view),
                set: |s, i| s.gradient_view = GRADIENT_VIEWS[i],
                awaits_numbers: |_, _| false,
                unavailable: |s, i| unless(GRADIENT_VIEWS[i] != GradientView::Cell || s.show_lstm, "Only the LSTM has a cell state, and it is not shown."),
            }),
        )
    },
    Row {
        formula: mathml!(r"\lVert P_{T \leftarrow k} \rVert \le (\gamma\, \sigma_{\max}(W_{hh}))^{T-k}, \quad \sigma(b_f)^{T-k}"),
        ..Row::new(
            group::VIEW,
            "Reference lines",
            "lines",
            "What the gradient chart shows behind the measured curves.",
            Kind::choice(&[
                option("both", "Both", "What theory says, and where number formats end."),
                option("theory", "Theory", "Bounds and rates that theory gives, dotted."),
                option("formats", "Formats", "The smallest positive number of each format: below it, a framework stores 0."),
                option("none", "None", "Only what was measured."),
            ], |s| place(&REFERENCE_LINES, &s.reference_lines), |s, i| s.reference_lines = REFERENCE_LINES[i]),
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_has_its_place_and_a_map_a_number() {
        for (id, key) in [
            (SettingId::HiddenSize, "n"),
            (SettingId::Gain, "gain"),
            (SettingId::ForgetBias, "fb"),
            (SettingId::InputGateBias, "ib"),
            (SettingId::UpdateBias, "ub"),
            (SettingId::InputScale, "scale"),
        ] {
            assert_eq!(setting(id).key, Some(key));
            assert!(matches!(setting(id).kind, Kind::Number(_)));
        }
    }

    #[test]
    fn every_formula_of_the_table_is_rendered() {
        let formulas: Vec<_> = SETTINGS.iter().filter(|row| !row.formula.is_empty()).collect();
        assert!(formulas.len() > 20);
        for row in formulas {
            assert!(row.formula.starts_with("<math"), "{}: {}", row.name, row.formula);
        }
    }
}
