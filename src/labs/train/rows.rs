//! The rows of the Train lab's settings. Pure.

use unroll_engine::train::{CharacterOrder, Characters, LossAt, Precision};
use unroll_engine::{Cell, Initialiser};

use super::options::{CLIPS, CUTS, LOSSES, OPTIMISER_OPTIONS, PRECISIONS, SPEEDS, STARTS, TASKS};
use super::settings::{ClipKind, CutKind, TaskKind, TrainSettings};
use crate::form::row::{place, unless, ChoiceOption, Kind, Range, Row, Text};
use crate::form::vocabulary::{ACTIVATIONS, ACTIVATION_OPTIONS, CELLS, CELL_OPTIONS, INITIALISERS, INITIALISER_OPTIONS};

/// The groups, in the order of the rail.
mod group {
    use crate::form::Group;

    pub const TASK: Group = Group("Task");
    pub const CELLS: Group = Group("Cells");
    pub const LEARNING: Group = Group("Learning");
    pub const WEIGHTS: Group = Group("Net and weights");
}

/// The key of the cell in focus.
pub const FOCUS: &str = "focus";

/// What the engine trains: tanh and ReLU, from all initialisers but the shear.
const TRAINED_ACTIVATIONS: &[ChoiceOption] = ACTIVATION_OPTIONS.split_at(2).0;
const TRAINED_INITIALISERS: &[ChoiceOption] = INITIALISER_OPTIONS.split_at(7).0;

fn check_text(text: &str) -> Result<(), String> {
    Characters::new(text, 1, CharacterOrder::Random).map(|_| ()).map_err(|error| error.to_string())
}

fn only_racing(settings: &TrainSettings, cell: Cell) -> Option<String> {
    unless(!settings.cells().eq([cell]), "At least one cell has to train.")
}

/// All settings, in the order of the rail.
pub static ROWS: &[Row<TrainSettings>] = &[
    Row::new(
        group::TASK,
        "Task",
        "task",
        "What the nets learn. All of them get the same batches.",
        Kind::choice(TASKS, |s| s.task as usize, |s, v| s.task = TASK_KINDS[v]),
    ),
    Row {
        unit: "steps",
        ..Row::new(
            group::TASK,
            "Length",
            "T",
            "Steps of a sequence, and so how long something has to be remembered; for copy memory the blanks between reading and writing.",
            Kind::number(Range::integer(10..=500).slider(10.0, 200.0), |s| s.length as f64, |s, v| s.length = v as usize),
        )
    },
    Row {
        idle: |s| unless(s.task == TaskKind::Characters, "Only the characters task reads a text."),
        ..Row::new(
            group::TASK,
            "Text",
            "text",
            "The text whose next character is predicted; it begins as the opening of Alice in Wonderland (1865).",
            Kind::Text(Text { check: check_text, get: |s| &s.text, set: |s, v| s.text = v }),
        )
    },
    Row {
        idle: |s| unless(s.task == TaskKind::Latch, "Only the latch has noise."),
        ..Row::new(
            group::TASK,
            "Noise",
            "noise",
            "Standard deviation of what follows the bit that is to be remembered.",
            Kind::number(Range::new(0.0..=10.0, 0.05).slider(0.0, 2.0), |s| s.noise, |s, v| s.noise = v),
        )
    },
    Row {
        unit: "steps",
        idle: |s| unless(s.task == TaskKind::Sine, "Only the sine has a period."),
        ..Row::new(
            group::TASK,
            "Shortest period",
            "from",
            "Each sine's angular frequency is drawn between those of the shortest and the longest period.",
            Kind::number(Range::new(2.0..=500.0, 0.5).slider(2.0, 100.0), |s| s.shortest_period, |s, v| s.shortest_period = v),
        )
    },
    Row {
        unit: "steps",
        idle: |s| unless(s.task == TaskKind::Sine, "Only the sine has a period."),
        ..Row::new(
            group::TASK,
            "Longest period",
            "to",
            "At least the shortest, to which it is raised.",
            Kind::number(Range::new(2.0..=500.0, 0.5).slider(2.0, 100.0), |s| s.longest_period, |s, v| s.longest_period = v),
        )
    },
    Row::new(
        group::TASK,
        "Loss at",
        "loss",
        "The steps whose answer counts. Where a task asks at its end only, every step is asked for what is right at the end.",
        Kind::choice(LOSSES, |s| s.loss_at as usize, |s, v| s.loss_at = LOSS_PLACES[v]),
    ),
    Row::new(group::CELLS, "RNN", "cells", "The plain recurrent net.", Kind::toggle("rnn", |s| s.rnn, |s, v| s.rnn = v, |s| only_racing(s, Cell::Rnn))),
    Row::new(group::CELLS, "LSTM", "cells", "Long short-term memory.", Kind::toggle("lstm", |s| s.lstm, |s, v| s.lstm = v, |s| only_racing(s, Cell::Lstm))),
    Row::new(group::CELLS, "GRU", "cells", "Gated recurrent unit.", Kind::toggle("gru", |s| s.gru, |s, v| s.gru = v, |s| only_racing(s, Cell::Gru))),
    Row::new(
        group::CELLS,
        "Focus",
        FOCUS,
        "The cell that the waterfall, the gates and the lags are of.",
        Kind::choice(&CELL_OPTIONS, |s| place(&CELLS, &s.focus), |s, v| s.focus = CELLS[v]),
    ),
    Row::new(
        group::LEARNING,
        "Learning rate",
        "lr",
        "Factor of a step. It takes effect at once.",
        Kind::number(Range::log(1e-6..=10.0, 0.01).slider(1e-4, 1.0), |s| s.learning_rate, |s, v| s.learning_rate = v),
    ),
    Row::new(
        group::LEARNING,
        "Clipping",
        "clip",
        "What is done to a gradient that is too long. It takes effect at once.",
        Kind::choice(CLIPS, |s| s.clip as usize, |s, v| s.clip = CLIP_KINDS[v]),
    ),
    Row {
        idle: |s| unless(s.clip != ClipKind::Off, "Clipping is off."),
        ..Row::new(
            group::LEARNING,
            "Threshold",
            "limit",
            "The longest gradient (by norm) or the largest element (by value) that passes unchanged.",
            Kind::number(Range::log(1e-4..=1e4, 0.01).slider(0.01, 100.0), |s| s.clip_limit, |s, v| s.clip_limit = v),
        )
    },
    Row::new(
        group::LEARNING,
        "Truncation",
        "trunc",
        "Whether the gradient is cut off on its way back. It takes effect at once.",
        Kind::choice(CUTS, |s| s.cut as usize, |s, v| s.cut = CUT_KINDS[v]),
    ),
    Row {
        unit: "steps",
        idle: |s| unless(s.cut != CutKind::Off, "Truncation is off."),
        ..Row::new(
            group::LEARNING,
            "Window",
            "window",
            "k2: how many steps back the gradient goes.",
            Kind::number(Range::integer(1..=500).slider(1.0, 100.0), |s| s.window as f64, |s, v| s.window = v as usize),
        )
    },
    Row {
        unit: "steps",
        idle: |s| unless(s.cut == CutKind::Stretches, "Only truncation in stretches has several starts."),
        ..Row::new(
            group::LEARNING,
            "Stretch",
            "k1",
            "k1: steps between two starts of the gradient's way back. Each takes the losses since the one before.",
            Kind::number(Range::integer(1..=500).slider(1.0, 100.0), |s| s.every as f64, |s, v| s.every = v as usize),
        )
    },
    Row::new(
        group::LEARNING,
        "State",
        "carry",
        "Where a sequence starts. Carried over, the state counts as a constant: the gradient ends where the sequence begins. Characters are then read on from batch to batch.",
        Kind::choice(STARTS, |s| usize::from(s.carried), |s, v| s.carried = v == 1),
    ),
    Row {
        idle: |s| unless(s.rnn, "It is the plain RNN’s, which does not race."),
        ..Row::new(
            group::LEARNING,
            "Regulariser Ω",
            "omega",
            "Weight of Pascanu’s Ω (2013, eq. 9), which keeps the plain RNN’s gradient from shrinking or growing from step to step; 0 is off.",
            Kind::number(Range::new(0.0..=1000.0, 0.1).slider(0.0, 10.0), |s| s.omega, |s, v| s.omega = v),
        )
    },
    Row::new(
        group::LEARNING,
        "Optimiser",
        "opt",
        "How a gradient becomes a step, with PyTorch’s defaults.",
        Kind::choice(OPTIMISER_OPTIONS, |s| s.optimiser, |s, v| s.optimiser = v),
    ),
    Row::new(
        group::LEARNING,
        "Batch",
        "batch",
        "Sequences per step.",
        Kind::number(Range::integer(1..=256).slider(4.0, 64.0), |s| s.batch_size as f64, |s, v| s.batch_size = v as usize),
    ),
    Row::new(
        group::LEARNING,
        "Arithmetic",
        "bits",
        "Precision of the forward and backward pass. Vanishing gradients are followed just as far in float32: they carry an exponent of their own.",
        Kind::choice(PRECISIONS, |s| s.precision as usize, |s, v| s.precision = PRECISION_KINDS[v]),
    ),
    Row::new(
        group::LEARNING,
        "Speed",
        "speed",
        "Steps per second at most. The losses are the same at every speed.",
        Kind::choice(SPEEDS, |s| place(&SPEED_VALUES, &s.speed), |s, v| s.speed = SPEED_VALUES[v]),
    ),
    Row {
        unit: "units",
        ..Row::new(
            group::WEIGHTS,
            "Hidden size",
            "n",
            "Units of each net.",
            Kind::number(Range::integer(1..=128).slider(4.0, 64.0), |s| s.hidden_size as f64, |s, v| s.hidden_size = v as usize),
        )
    },
    Row {
        idle: |s| unless(s.rnn, "It is the plain RNN’s, which does not race."),
        ..Row::new(
            group::WEIGHTS,
            "Activation",
            "act",
            "The nonlinearity of the plain RNN.",
            Kind::choice(TRAINED_ACTIVATIONS, |s| place(&ACTIVATIONS, &s.activation), |s, v| s.activation = ACTIVATIONS[v]),
        )
    },
    Row::new(
        group::WEIGHTS,
        "Initialiser",
        "init",
        "How the weights are drawn.",
        Kind::choice(TRAINED_INITIALISERS, |s| place(&INITIALISERS, &s.initialiser), |s, v| s.initialiser = INITIALISERS[v]),
    ),
    Row::new(
        group::WEIGHTS,
        "Recurrent gain",
        "gain",
        "Factor on the recurrent weights before the first step.",
        Kind::number(Range::new(0.0..=10.0, 0.01).slider(0.0, 3.0), |s| s.gain, |s, v| s.gain = v),
    ),
    Row {
        idle: |s| {
            unless(s.lstm, "It is the LSTM’s, which does not race.")
                .or_else(|| unless(s.initialiser != Initialiser::Chrono, "Chrono sets the gate biases itself."))
        },
        ..Row::new(
            group::WEIGHTS,
            "Forget bias",
            "fb",
            "Bias of the LSTM’s forget gate before the first step; above 0 it begins by remembering.",
            Kind::number(Range::new(-20.0..=20.0, 0.1).slider(-5.0, 5.0), |s| s.forget_bias, |s, v| s.forget_bias = v),
        )
    },
    Row::new(
        group::WEIGHTS,
        "Seed",
        "seed",
        "Of weights and batches. The same seed gives the same losses.",
        Kind::number(Range::integer(0..=999_999).slider(0.0, 100.0), |s| f64::from(s.seed), |s, v| s.seed = v as u32),
    ),
];

const TASK_KINDS: [TaskKind; 6] =
    [TaskKind::Adding, TaskKind::CopyMemory, TaskKind::TemporalOrder, TaskKind::Latch, TaskKind::Sine, TaskKind::Characters];
const LOSS_PLACES: [LossAt; 3] = [LossAt::Task, LossAt::End, LossAt::EveryStep];
const CUT_KINDS: [CutKind; 3] = [CutKind::Off, CutKind::Window, CutKind::Stretches];
const CLIP_KINDS: [ClipKind; 3] = [ClipKind::Off, ClipKind::Norm, ClipKind::Value];
const PRECISION_KINDS: [Precision; 2] = [Precision::Double, Precision::Single];
const SPEED_VALUES: [usize; 4] = [0, 1, 10, 100];
