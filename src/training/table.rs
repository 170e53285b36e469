//! The table of the Train lab's settings: name, key, range, help. The rail, the link and the notices are read from it.

mod options;

use super::settings::{ClipKind, CutKind, TaskKind, TrainSettings};
use crate::state::table::{ChoiceOption, Range};
use options::{ACTIVATIONS, CLIPS, CUTS, FOCUS, INITIALISERS, LOSSES, OPTIMISER_OPTIONS, PRECISIONS, SPEEDS, STARTS, TASKS};
use unroll_engine::train::{LossAt, Precision};
use unroll_engine::{Cell, Initialiser};

/// The block of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Task,
    Cells,
    Learning,
    Weights,
}

impl Group {
    pub const ALL: [Self; 4] = [Self::Task, Self::Cells, Self::Learning, Self::Weights];

    pub fn title(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Cells => "Cells",
            Self::Learning => "Learning",
            Self::Weights => "Net and weights",
        }
    }
}

type Get<T> = fn(&TrainSettings) -> T;
type Set<T> = fn(&mut TrainSettings, T);

/// What kind of value a setting has.
pub enum Kind {
    Number(Range, Get<f64>, Set<f64>),
    /// By place among the options.
    Choice(&'static [ChoiceOption], Get<usize>, Set<usize>),
    /// With its word in the list of cells.
    Toggle(&'static str, Get<bool>, Set<bool>),
    Text(fn(&TrainSettings) -> &str, Set<String>),
}

/// One setting.
pub struct Row {
    pub name: &'static str,
    /// Its key in a link.
    pub key: &'static str,
    pub group: Group,
    pub unit: &'static str,
    pub help: &'static str,
    pub kind: Kind,
    /// Why it has no effect at present.
    pub idle: fn(&TrainSettings) -> Option<String>,
}

const fn row(group: Group, name: &'static str, key: &'static str, help: &'static str, kind: Kind) -> Row {
    Row { name, key, group, unit: "", help, kind, idle: |_| None }
}

fn idle_unless(works: bool, reason: &str) -> Option<String> {
    (!works).then(|| reason.to_owned())
}

const fn log(range: std::ops::RangeInclusive<f64>, step: f64) -> Range {
    Range { log: true, ..Range::new(range, step) }
}

/// All settings, in the order of the rail.
pub static ROWS: &[Row] = &[
    row(
        Group::Task,
        "Task",
        "task",
        "What the nets learn. All of them get the same batches.",
        Kind::Choice(TASKS, |s| s.task as usize, |s, v| s.task = TASK_KINDS[v]),
    ),
    Row {
        unit: "steps",
        ..row(
            Group::Task,
            "Length",
            "T",
            "Steps of a sequence, and so how long something has to be remembered; for copy memory the blanks between reading and writing.",
            Kind::Number(Range::integer(10..=500).slider(10.0, 200.0), |s| s.length as f64, |s, v| s.length = v as usize),
        )
    },
    Row {
        idle: |s| idle_unless(s.task == TaskKind::Characters, "Only the characters task reads a text."),
        ..row(
            Group::Task,
            "Text",
            "text",
            "The text whose next character is predicted; it begins as the opening of Alice in Wonderland (1865).",
            Kind::Text(|s| &s.text, |s, v| s.text = v),
        )
    },
    Row {
        idle: |s| idle_unless(s.task == TaskKind::Latch, "Only the latch has noise."),
        ..row(
            Group::Task,
            "Noise",
            "noise",
            "Standard deviation of what follows the bit that is to be remembered.",
            Kind::Number(Range::new(0.0..=10.0, 0.05).slider(0.0, 2.0), |s| s.noise, |s, v| s.noise = v),
        )
    },
    Row {
        unit: "steps",
        idle: |s| idle_unless(s.task == TaskKind::Sine, "Only the sine has a period."),
        ..row(
            Group::Task,
            "Shortest period",
            "from",
            "Each sine's angular frequency is drawn between those of the shortest and the longest period.",
            Kind::Number(Range::new(2.0..=500.0, 0.5).slider(2.0, 100.0), |s| s.shortest_period, |s, v| s.shortest_period = v),
        )
    },
    Row {
        unit: "steps",
        idle: |s| idle_unless(s.task == TaskKind::Sine, "Only the sine has a period."),
        ..row(
            Group::Task,
            "Longest period",
            "to",
            "At least the shortest, to which it is raised.",
            Kind::Number(Range::new(2.0..=500.0, 0.5).slider(2.0, 100.0), |s| s.longest_period, |s, v| s.longest_period = v),
        )
    },
    row(
        Group::Task,
        "Loss at",
        "loss",
        "The steps whose answer counts. Where a task asks at its end only, every step is asked for what is right at the end.",
        Kind::Choice(LOSSES, |s| s.loss_at as usize, |s, v| s.loss_at = LOSS_PLACES[v]),
    ),
    row(Group::Cells, "RNN", "cells", "The plain recurrent net.", Kind::Toggle("rnn", |s| s.rnn, |s, v| s.rnn = v)),
    row(Group::Cells, "LSTM", "cells", "Long short-term memory.", Kind::Toggle("lstm", |s| s.lstm, |s, v| s.lstm = v)),
    row(Group::Cells, "GRU", "cells", "Gated recurrent unit.", Kind::Toggle("gru", |s| s.gru, |s, v| s.gru = v)),
    row(
        Group::Cells,
        "Focus",
        "focus",
        "The cell that the waterfall, the gates and the lags are of.",
        Kind::Choice(FOCUS, |s| s.focus as usize, |s, v| s.focus = FOCUS_CELLS[v]),
    ),
    row(
        Group::Learning,
        "Learning rate",
        "lr",
        "Factor of a step. It takes effect at once.",
        Kind::Number(log(1e-6..=10.0, 0.01).slider(1e-4, 1.0), |s| s.learning_rate, |s, v| s.learning_rate = v),
    ),
    row(
        Group::Learning,
        "Clipping",
        "clip",
        "What is done to a gradient that is too long. It takes effect at once.",
        Kind::Choice(CLIPS, |s| s.clip as usize, |s, v| s.clip = CLIP_KINDS[v]),
    ),
    Row {
        idle: |s| idle_unless(s.clip != ClipKind::Off, "Clipping is off."),
        ..row(
            Group::Learning,
            "Threshold",
            "limit",
            "The longest gradient (by norm) or the largest element (by value) that passes unchanged.",
            Kind::Number(log(1e-4..=1e4, 0.01).slider(0.01, 100.0), |s| s.clip_limit, |s, v| s.clip_limit = v),
        )
    },
    row(
        Group::Learning,
        "Truncation",
        "trunc",
        "Whether the gradient is cut off on its way back. It takes effect at once.",
        Kind::Choice(CUTS, |s| s.cut as usize, |s, v| s.cut = CUT_KINDS[v]),
    ),
    Row {
        unit: "steps",
        idle: |s| idle_unless(s.cut != CutKind::Off, "Truncation is off."),
        ..row(
            Group::Learning,
            "Window",
            "window",
            "k2: how many steps back the gradient goes.",
            Kind::Number(Range::integer(1..=500).slider(1.0, 100.0), |s| s.window as f64, |s, v| s.window = v as usize),
        )
    },
    Row {
        unit: "steps",
        idle: |s| idle_unless(s.cut == CutKind::Stretches, "Only truncation in stretches has several starts."),
        ..row(
            Group::Learning,
            "Stretch",
            "k1",
            "k1: steps between two starts of the gradient's way back. Each takes the losses since the one before.",
            Kind::Number(Range::integer(1..=500).slider(1.0, 100.0), |s| s.every as f64, |s, v| s.every = v as usize),
        )
    },
    row(
        Group::Learning,
        "State",
        "carry",
        "Where a sequence starts. Carried over, the state counts as a constant: the gradient ends where the sequence begins. Characters are then read on from batch to batch.",
        Kind::Choice(STARTS, |s| usize::from(s.carried), |s, v| s.carried = v == 1),
    ),
    Row {
        idle: |s| idle_unless(s.rnn, "It is the plain RNN’s, which does not race."),
        ..row(
            Group::Learning,
            "Regulariser Ω",
            "omega",
            "Weight of Pascanu’s Ω (2013, eq. 9), which keeps the plain RNN’s gradient from shrinking or growing from step to step; 0 is off.",
            Kind::Number(Range::new(0.0..=1000.0, 0.1).slider(0.0, 10.0), |s| s.omega, |s, v| s.omega = v),
        )
    },
    row(
        Group::Learning,
        "Optimiser",
        "opt",
        "How a gradient becomes a step, with PyTorch’s defaults.",
        Kind::Choice(OPTIMISER_OPTIONS, |s| s.optimiser, |s, v| s.optimiser = v),
    ),
    row(
        Group::Learning,
        "Batch",
        "batch",
        "Sequences per step.",
        Kind::Number(Range::integer(1..=256).slider(4.0, 64.0), |s| s.batch_size as f64, |s, v| s.batch_size = v as usize),
    ),
    row(
        Group::Learning,
        "Arithmetic",
        "bits",
        "Precision of the forward and backward pass. Vanishing gradients are followed just as far in float32: they carry an exponent of their own.",
        Kind::Choice(PRECISIONS, |s| s.precision as usize, |s, v| s.precision = PRECISION_KINDS[v]),
    ),
    row(
        Group::Learning,
        "Speed",
        "speed",
        "Steps per second at most. The losses are the same at every speed.",
        Kind::Choice(SPEEDS, |s| SPEED_VALUES.iter().position(|v| *v == s.speed).unwrap_or(0), |s, v| s.speed = SPEED_VALUES[v]),
    ),
    Row {
        unit: "units",
        ..row(
            Group::Weights,
            "Hidden size",
            "n",
            "Units of each net.",
            Kind::Number(Range::integer(1..=128).slider(4.0, 64.0), |s| s.hidden_size as f64, |s, v| s.hidden_size = v as usize),
        )
    },
    Row {
        idle: |s| idle_unless(s.rnn, "It is the plain RNN’s, which does not race."),
        ..row(
            Group::Weights,
            "Activation",
            "act",
            "The nonlinearity of the plain RNN.",
            Kind::Choice(ACTIVATIONS, |s| s.activation as usize, |s, v| s.activation = ACTIVATION_KINDS[v]),
        )
    },
    row(
        Group::Weights,
        "Initialiser",
        "init",
        "How the weights are drawn.",
        Kind::Choice(
            INITIALISERS,
            |s| INITIALISER_KINDS.iter().position(|i| *i == s.initialiser).unwrap_or(0),
            |s, v| s.initialiser = INITIALISER_KINDS[v],
        ),
    ),
    row(
        Group::Weights,
        "Recurrent gain",
        "gain",
        "Factor on the recurrent weights before the first step.",
        Kind::Number(Range::new(0.0..=10.0, 0.01).slider(0.0, 3.0), |s| s.gain, |s, v| s.gain = v),
    ),
    Row {
        idle: |s| {
            idle_unless(s.lstm, "It is the LSTM’s, which does not race.")
                .or_else(|| idle_unless(s.initialiser != Initialiser::Chrono, "Chrono sets the gate biases itself."))
        },
        ..row(
            Group::Weights,
            "Forget bias",
            "fb",
            "Bias of the LSTM’s forget gate before the first step; above 0 it begins by remembering.",
            Kind::Number(Range::new(-20.0..=20.0, 0.1).slider(-5.0, 5.0), |s| s.forget_bias, |s, v| s.forget_bias = v),
        )
    },
    row(
        Group::Weights,
        "Seed",
        "seed",
        "Of weights and batches. The same seed gives the same losses.",
        Kind::Number(Range::integer(0..=999_999).slider(0.0, 100.0), |s| f64::from(s.seed), |s, v| s.seed = v as u32),
    ),
];

const TASK_KINDS: [TaskKind; 6] =
    [TaskKind::Adding, TaskKind::CopyMemory, TaskKind::TemporalOrder, TaskKind::Latch, TaskKind::Sine, TaskKind::Characters];
const LOSS_PLACES: [LossAt; 3] = [LossAt::Task, LossAt::End, LossAt::EveryStep];
const CUT_KINDS: [CutKind; 3] = [CutKind::Off, CutKind::Window, CutKind::Stretches];
const CLIP_KINDS: [ClipKind; 3] = [ClipKind::Off, ClipKind::Norm, ClipKind::Value];
const FOCUS_CELLS: [Cell; 3] = [Cell::Rnn, Cell::Lstm, Cell::Gru];
const ACTIVATION_KINDS: [unroll_engine::Activation; 2] = [unroll_engine::Activation::Tanh, unroll_engine::Activation::Relu];
const PRECISION_KINDS: [Precision; 2] = [Precision::Double, Precision::Single];
const SPEED_VALUES: [usize; 4] = [0, 1, 10, 100];
const INITIALISER_KINDS: [Initialiser; 7] = [
    Initialiser::PytorchUniform,
    Initialiser::Xavier,
    Initialiser::He,
    Initialiser::Gaussian,
    Initialiser::Orthogonal,
    Initialiser::Identity,
    Initialiser::Chrono,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::table::format_number;

    #[test]
    fn every_default_is_accepted_and_what_is_set_is_what_is_read() {
        for row in ROWS {
            let mut settings = TrainSettings::default();
            match &row.kind {
                Kind::Number(range, get, set) => {
                    let value = get(&settings);
                    assert_eq!(range.parse(&format_number(value)), Some(value), "{}", row.name);
                    for value in [range.min, range.max] {
                        set(&mut settings, value);
                        assert_eq!(get(&settings), value, "{}", row.name);
                    }
                }
                Kind::Choice(options, get, set) => {
                    for place in 0..options.len() {
                        set(&mut settings, place);
                        assert_eq!(get(&settings), place, "{}", row.name);
                    }
                }
                Kind::Toggle(_, get, set) => {
                    set(&mut settings, false);
                    assert!(!get(&settings), "{}", row.name);
                }
                Kind::Text(get, set) => {
                    set(&mut settings, "ab".into());
                    assert_eq!(get(&settings), "ab");
                }
            }
        }
    }
}
