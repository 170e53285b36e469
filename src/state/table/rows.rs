//! The rows of the table.

use std::ops::RangeInclusive;

use unroll_engine::experiment::range;
use unroll_engine::{Activation, Cell, Cotangent, Experiment, Initialiser, Input};
use unroll_formula::mathml;

use super::{Choice, ChoiceOption, Group, Kind, Number, Range, Setting, SettingId, Text, Toggle};
use crate::state::settings::{GradientView, InputKind, LossKind, ReferenceLines, Settings, CELLS};

const ACTIVATIONS: [Activation; 4] = [Activation::Tanh, Activation::Relu, Activation::Sigmoid, Activation::Identity];
const INITIALISERS: [Initialiser; 8] = [
    Initialiser::PytorchUniform,
    Initialiser::Xavier,
    Initialiser::He,
    Initialiser::Gaussian,
    Initialiser::Orthogonal,
    Initialiser::Identity,
    Initialiser::Chrono,
    Initialiser::Shear,
];
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
const GRADIENT_VIEWS: [GradientView; 4] = [GradientView::Product, GradientView::Hidden, GradientView::Cell, GradientView::All];
const REFERENCE_LINES: [ReferenceLines; 4] =
    [ReferenceLines::Both, ReferenceLines::Theory, ReferenceLines::Floors, ReferenceLines::Neither];
const COTANGENTS: [Cotangent; 2] = [Cotangent::Random, Cotangent::Ones];

/// Levels of the horizon that mean something: from a gradient that is nearly gone to one that has halved.
const HORIZON_LEVELS: RangeInclusive<f64> = 1e-4..=0.5;
/// Characters of a text: a link has to carry them.
const TEXT_CHARS: usize = 512;

/// The place of a value among its options; every value of the enums above is listed.
fn place<T: PartialEq>(options: &[T], value: &T) -> usize {
    options.iter().position(|option| option == value).unwrap_or(0)
}

const fn option(word: &'static str, label: &'static str, help: &'static str) -> ChoiceOption {
    ChoiceOption { word, label, help }
}

fn check_text(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length > TEXT_CHARS {
        return Err(format!("The text has {length} characters; at most {TEXT_CHARS} are accepted."));
    }
    let experiment = Experiment { input: Input::Text(text.to_owned()), ..Experiment::default() };
    experiment.validate().map_err(|error| error.to_string())
}

fn always(_: &Settings) -> Option<String> {
    None
}

fn any_option(_: &Settings, _: usize) -> Option<String> {
    None
}

fn unless(condition: bool, reason: &str) -> Option<String> {
    (!condition).then(|| reason.to_owned())
}

const fn number(range: Range, get: fn(&Settings) -> f64, set: fn(&mut Settings, f64)) -> Kind {
    Kind::Number(Number { range, get, set })
}

/// A cell's checkbox. The last shown cell cannot be hidden.
const fn cell_toggle(
    word: &'static str,
    get: fn(&Settings) -> bool,
    set: fn(&mut Settings, bool),
    locked: fn(&Settings) -> Option<String>,
) -> Kind {
    Kind::Toggle(Toggle { word, get, set, locked })
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

/// The rows, in the order of [`SettingId`].
pub static SETTINGS: &[Setting] = &[
    Setting {
        id: SettingId::ShowRnn,
        name: "RNN",
        key: Some("cells"),
        group: Group::Cells,
        unit: "",
        kind: cell_toggle(
            "rnn",
            |s| s.show_rnn,
            |s, v| s.show_rnn = v,
            |s| only_shown(s, Cell::Rnn),
        ),
        help: "Draw the plain recurrent net (Elman 1990) on the same axes.",
        formula: mathml!(r"h_t = \varphi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})"),
        idle: always,
    },
    Setting {
        id: SettingId::ShowLstm,
        name: "LSTM",
        key: Some("cells"),
        group: Group::Cells,
        unit: "",
        kind: cell_toggle(
            "lstm",
            |s| s.show_lstm,
            |s, v| s.show_lstm = v,
            |s| only_shown(s, Cell::Lstm),
        ),
        help: "Draw the long short-term memory (Hochreiter and Schmidhuber 1997) on the same axes.",
        formula: mathml!(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t, \quad h_t = o_t \odot \tanh c_t"),
        idle: always,
    },
    Setting {
        id: SettingId::ShowGru,
        name: "GRU",
        key: Some("cells"),
        group: Group::Cells,
        unit: "",
        kind: cell_toggle(
            "gru",
            |s| s.show_gru,
            |s, v| s.show_gru = v,
            |s| only_shown(s, Cell::Gru),
        ),
        help: "Draw the gated recurrent unit (Cho et al. 2014; reset after the product, as PyTorch does) on the same axes.",
        formula: mathml!(r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}"),
        idle: always,
    },
    Setting {
        id: SettingId::Focus,
        name: "Focus",
        key: Some("focus"),
        group: Group::Cells,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("rnn", "RNN", "Heatmaps and planes show the RNN."),
                option("lstm", "LSTM", "Heatmaps and planes show the LSTM."),
                option("gru", "GRU", "Heatmaps and planes show the GRU."),
            ],
            get: |s| place(&CELLS, &s.focus),
            set: |s, i| s.focus = CELLS[i],
            unavailable: |s, i| unless(s.shows(CELLS[i]), "Show this cell first."),
        }),
        help: "The cell that the heatmaps and planes show; curves show every cell.",
        formula: "",
        idle: always,
    },
    Setting {
        id: SettingId::HiddenSize,
        name: "Hidden size",
        key: Some("n"),
        group: Group::Size,
        unit: "units",
        kind: number(
            Range::integer(range::HIDDEN_SIZE),
            |s| s.hidden_size as f64,
            |s, v| s.hidden_size = v as usize,
        ),
        help: "The number of units of the cell.",
        formula: mathml!(r"h_t \in \mathbb{R}^n"),
        idle: size_idle,
    },
    Setting {
        id: SettingId::InputSize,
        name: "Inputs",
        key: Some("d"),
        group: Group::Size,
        unit: "",
        kind: number(
            Range::integer(range::INPUT_SIZE),
            |s| s.input_size as f64,
            |s, v| s.input_size = v as usize,
        ),
        help: "The components of the input at each step.",
        formula: mathml!(r"x_t \in \mathbb{R}^d"),
        idle: input_size_idle,
    },
    Setting {
        id: SettingId::SeqLen,
        name: "Steps",
        key: Some("T"),
        group: Group::Size,
        unit: "steps",
        kind: number(
            Range::integer(range::SEQ_LEN).slider(1.0, 256.0),
            |s| s.seq_len as f64,
            |s, v| s.seq_len = v as usize,
        ),
        help: "How often the cell is unrolled. An input that is shorter shortens it.",
        formula: mathml!(r"t = 1, \dots, T"),
        idle: always,
    },
    Setting {
        id: SettingId::Activation,
        name: "Activation",
        key: Some("act"),
        group: Group::Weights,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("tanh", "tanh", "Slope 1 at 0, less everywhere else."),
                option("relu", "ReLU", "Slope 0 or 1; at 0 it is 0, as in PyTorch."),
                option("sigmoid", "sigmoid", "Slope at most 1/4."),
                option("identity", "linear", "No nonlinearity: the Jacobian is the weight matrix."),
            ],
            get: |s| place(&ACTIVATIONS, &s.activation),
            set: |s, i| s.activation = ACTIVATIONS[i],
            unavailable: any_option,
        }),
        help: "The nonlinearity of the plain RNN. LSTM and GRU have theirs built in.",
        formula: mathml!(r"J_t = \operatorname{diag}(\varphi'(a_t))\, W_{hh}"),
        idle: |s| unless(s.show_rnn, "It belongs to the RNN, which is not shown."),
    },
    Setting {
        id: SettingId::Initialiser,
        name: "Initialiser",
        key: Some("init"),
        group: Group::Weights,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("pytorch", "PyTorch uniform", "Everything uniform in ±1/√n, PyTorch's default."),
                option("xavier", "Xavier uniform", "Uniform in ±√(6/(fan in + fan out)) per gate (Glorot and Bengio 2010)."),
                option("he", "He normal", "Normal with variance 2/fan in (He et al. 2015)."),
                option("gaussian", "Gaussian g/√n", "Normal with variance 1/n; the gain is the g of random-network theory (Sompolinsky et al. 1988)."),
                option("orthogonal", "Orthogonal", "A random rotation or reflection per gate (Saxe et al. 2014)."),
                option("identity", "Identity (IRNN)", "The identity per gate (Le, Jaitly and Hinton 2015)."),
                option("chrono", "Chrono", "Gate biases spread over the time scales up to T (Tallec and Ollivier 2018)."),
                option("shear", "Shear (non-normal)", "1 on the diagonal, 10 above it: norms grow before the eigenvalues win."),
            ],
            get: |s| place(&INITIALISERS, &s.initialiser),
            set: |s, i| s.initialiser = INITIALISERS[i],
            unavailable: any_option,
        }),
        help: "How the weights are drawn, from the seed.",
        formula: mathml!(r"W_{hh} = g \, W_{hh}^{(\mathrm{seed})}"),
        idle: drawing_idle,
    },
    Setting {
        id: SettingId::Gain,
        name: "Recurrent gain",
        key: Some("gain"),
        group: Group::Weights,
        unit: "×",
        kind: number(
            Range::new(range::GAIN, 0.01).slider(0.0, 3.0),
            |s| s.gain,
            |s, v| s.gain = v,
        ),
        help: "A factor on the recurrent weights. It moves one and the same net continuously; nothing is drawn anew.",
        formula: mathml!(r"W_{hh} = g \, W_{hh}^{(\mathrm{seed})}"),
        idle: always,
    },
    Setting {
        id: SettingId::Seed,
        name: "Seed",
        key: Some("seed"),
        group: Group::Weights,
        unit: "",
        kind: number(
            Range::integer(0..=u32::MAX as usize).slider(0.0, 99.0),
            |s| f64::from(s.seed),
            |s, v| s.seed = v as u32,
        ),
        help: "The same seed gives the same weights, noise and loss direction, on every machine.",
        formula: "",
        idle: always,
    },
    Setting {
        id: SettingId::ForgetBias,
        name: "Forget bias",
        key: Some("fb"),
        group: Group::Biases,
        unit: "",
        kind: number(
            Range::new(range::GATE_BIAS, 0.1).slider(-6.0, 8.0),
            |s| s.forget_bias,
            |s, v| s.forget_bias = v,
        ),
        help: "The sum of PyTorch's two biases on the LSTM's forget gate. A gate held at this bias keeps the cell for 1 + e^b steps.",
        formula: mathml!(r"f = \sigma(b), \quad \frac{1}{1 - f} = 1 + e^{b}"),
        idle: lstm_bias_idle,
    },
    Setting {
        id: SettingId::InputGateBias,
        name: "Input-gate bias",
        key: Some("ib"),
        group: Group::Biases,
        unit: "",
        kind: number(
            Range::new(range::GATE_BIAS, 0.1).slider(-6.0, 8.0),
            |s| s.input_gate_bias,
            |s, v| s.input_gate_bias = v,
        ),
        help: "The sum of PyTorch's two biases on the LSTM's input gate: how much of the new candidate is written.",
        formula: mathml!(r"i = \sigma(b), \quad c_t = f \odot c_{t-1} + i \odot g_t"),
        idle: lstm_bias_idle,
    },
    Setting {
        id: SettingId::UpdateBias,
        name: "Update bias",
        key: Some("ub"),
        group: Group::Biases,
        unit: "",
        kind: number(
            Range::new(range::GATE_BIAS, 0.1).slider(-6.0, 8.0),
            |s| s.update_bias,
            |s, v| s.update_bias = v,
        ),
        help: "The sum of PyTorch's two biases on the GRU's update gate. Near 1, the gate keeps the old state.",
        formula: mathml!(r"z = \sigma(b), \quad h_t = (1 - z) \odot n_t + z \odot h_{t-1}"),
        idle: gru_bias_idle,
    },
    Setting {
        id: SettingId::Input,
        name: "Input",
        key: Some("in"),
        group: Group::Input,
        unit: "",
        kind: Kind::Choice(Choice {
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
        }),
        help: "What the cell reads, one value or character a step.",
        formula: "",
        idle: always,
    },
    Setting {
        id: SettingId::InputScale,
        name: "Input scale",
        key: Some("scale"),
        group: Group::Input,
        unit: "×",
        kind: number(
            Range::new(range::INPUT_SCALE, 0.1).slider(0.0, 10.0),
            |s| s.input_scale,
            |s, v| s.input_scale = v,
        ),
        help: "A factor on the input. Large values drive units and gates into saturation.",
        formula: mathml!(r"x_t \leftarrow s \, x_t"),
        idle: always,
    },
    Setting {
        id: SettingId::Period,
        name: "Period",
        key: Some("period"),
        group: Group::Input,
        unit: "steps",
        kind: number(
            Range::new(range::PERIOD, 1.0).slider(2.0, 128.0),
            |s| s.period,
            |s, v| s.period = v,
        ),
        help: "The period of the sine or square wave.",
        formula: mathml!(r"x_{t,j} = \sin\!\left(\frac{2\pi (t-1)}{p} + \frac{2\pi j}{d}\right)"),
        idle: |s| {
            unless(
                matches!(s.input, InputKind::Sine | InputKind::Square),
                "Only the sine and the square wave have a period.",
            )
        },
    },
    Setting {
        id: SettingId::Text,
        name: "Text",
        key: Some("text"),
        group: Group::Input,
        unit: "",
        kind: Kind::Text(Text {
            check: check_text,
            get: |s| &s.text,
            set: |s, v| s.text = v,
        }),
        help: "Each character is one step; each different character is one component.",
        formula: mathml!(r"x_t = e_{\mathrm{char}(t)}"),
        idle: |s| unless(s.input == InputKind::Text, "The input is not the text."),
    },
    Setting {
        id: SettingId::Numbers,
        name: "Numbers",
        key: None,
        group: Group::Input,
        unit: "",
        kind: Kind::Numbers {
            get: |s| s.numbers.as_ref(),
            set: |s, table| {
                s.numbers = Some(table);
                s.input = InputKind::Numbers;
            },
        },
        help: "A CSV of numbers, pasted or dropped: one row a step, one column a component. They stay on this computer and are not part of a link.",
        formula: "",
        idle: |s| unless(s.input == InputKind::Numbers, "The input is not the numbers."),
    },
    Setting {
        id: SettingId::Loss,
        name: "Loss at",
        key: Some("loss"),
        group: Group::Loss,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("last", "Last step", "The loss reads the last hidden state only."),
                option("every", "Every step", "The loss sums over all hidden states."),
                option("step", "One step", "The loss reads the hidden state at the chosen step."),
            ],
            get: |s| place(&LOSSES, &s.loss),
            set: |s, i| s.loss = LOSSES[i],
            unavailable: any_option,
        }),
        help: "Which hidden states the loss reads. The gradient starts there.",
        formula: mathml!(r"L = v^\top h_T \;\text{ or }\; \sum_t v^\top h_t \;\text{ or }\; v^\top h_\tau"),
        idle: always,
    },
    Setting {
        id: SettingId::LossStep,
        name: "Loss step",
        key: Some("at"),
        group: Group::Loss,
        unit: "",
        kind: number(
            Range::integer(range::SEQ_LEN).slider(1.0, 256.0),
            |s| match s.loss {
                LossKind::ChosenStep => s.effective_loss_step() as f64,
                _ => s.loss_step as f64,
            },
            |s, v| s.loss_step = v as usize,
        ),
        help: "The step at which the loss reads the hidden state; at most the number of steps.",
        formula: mathml!(r"L = v^\top h_\tau"),
        idle: |s| unless(s.loss == LossKind::ChosenStep, "The loss is not at one step."),
    },
    Setting {
        id: SettingId::Cotangent,
        name: "Cotangent",
        key: Some("v"),
        group: Group::Loss,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("random", "Random", "Standard normal values, drawn from the seed."),
                option("ones", "All ones", "1 in every component."),
            ],
            get: |s| place(&COTANGENTS, &s.cotangent),
            set: |s, i| s.cotangent = COTANGENTS[i],
            unavailable: any_option,
        }),
        help: "The vector v with which the loss reads the hidden state: the gradient it starts from.",
        formula: mathml!(r"\frac{\partial L}{\partial h_T} = v"),
        idle: always,
    },
    Setting {
        id: SettingId::HorizonLevel,
        name: "Horizon level",
        key: Some("level"),
        group: Group::Loss,
        unit: "",
        kind: number(
            Range { log: true, ..Range::new(HORIZON_LEVELS, 0.05) },
            |s| s.horizon_level,
            |s, v| s.horizon_level = v,
        ),
        help: "The horizon is the largest lag at which the norm of the product is still at this level.",
        formula: mathml!(r"\max \{ T - k : \lVert P_{T \leftarrow k} \rVert \ge \ell \}"),
        idle: always,
    },
    Setting {
        id: SettingId::GradientView,
        name: "Norms shown",
        key: Some("norms"),
        group: Group::View,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("state", "∂s_T/∂s_k", "The most that any change of the state at k can change the last state."),
                option("hidden", "∂L/∂h_k", "The gradient that reaches the hidden state, through every path."),
                option("cell", "∂L/∂c_k", "The gradient that reaches the LSTM's cell state, through every path."),
                option("all", "All", "All three, and for the cell in focus the cell block and the direct path as well."),
            ],
            get: |s| place(&GRADIENT_VIEWS, &s.gradient_view),
            set: |s, i| s.gradient_view = GRADIENT_VIEWS[i],
            unavailable: |s, i| unless(i != 2 || s.show_lstm, "Only the LSTM has a cell state, and it is not shown."),
        }),
        help: "Which gradient the chart follows back in time.",
        formula: mathml!(r"\frac{\partial s_T}{\partial s_k} = J_T J_{T-1} \cdots J_{k+1}"),
        idle: always,
    },
    Setting {
        id: SettingId::ReferenceLines,
        name: "Reference lines",
        key: Some("lines"),
        group: Group::View,
        unit: "",
        kind: Kind::Choice(Choice {
            options: &[
                option("both", "Both", "What theory says, and where number formats end."),
                option("theory", "Theory", "Bounds and rates that theory gives, dotted."),
                option("formats", "Formats", "The smallest positive number of each format: below it, a framework stores 0."),
                option("none", "None", "Only what was measured."),
            ],
            get: |s| place(&REFERENCE_LINES, &s.reference_lines),
            set: |s, i| s.reference_lines = REFERENCE_LINES[i],
            unavailable: any_option,
        }),
        help: "What the gradient chart shows behind the measured curves.",
        formula: mathml!(r"\lVert P_{T \leftarrow k} \rVert \le (\gamma\, \sigma_{\max}(W_{hh}))^{T-k}, \quad \sigma(b_f)^{T-k}"),
        idle: always,
    },
];
