//! Stories that these settings tell. Each was seen to end as its lesson says (`tests/training_stories.rs`).

use unroll_engine::train::Precision;
use unroll_engine::{Cell, Initialiser};

use super::settings::{ClipKind, TaskKind, TrainSettings};
use crate::form::Preset;

/// One cell alone, everything else at its default.
fn only(cell: Cell) -> TrainSettings {
    TrainSettings { rnn: cell == Cell::Rnn, lstm: cell == Cell::Lstm, gru: cell == Cell::Gru, focus: cell, ..TrainSettings::default() }
}

/// The stories, in order.
pub static STORIES: &[Preset<TrainSettings>] = &[
    Preset {
        id: "lstm-adds",
        title: "LSTM learns to add",
        lesson: "With forget bias 1 the gradient reaches the marked numbers 50 steps back: after some hundred iterations the error falls \
                 far below the baseline.",
        settings: || only(Cell::Lstm),
    },
    Preset {
        id: "rnn-stays",
        title: "RNN stays at the baseline",
        lesson: "A tanh RNN has to bridge 100 steps. The gradient of the early steps vanishes, and it learns no more than the mean.",
        settings: || TrainSettings { length: 100, ..only(Cell::Rnn) },
    },
    Preset {
        id: "clipping-saves",
        title: "Clipping saves a run",
        lesson:
            "Plain gradient descent with steps that are too long: within ten iterations the loss runs away, and about iteration 215 it \
                 overflows. Continue from the last good checkpoint with the gradient clipped at norm 1, and the same \
                 net at the same learning rate learns the sine.",
        settings: || TrainSettings {
            task: TaskKind::Sine,
            initialiser: Initialiser::Identity,
            optimiser: 0,
            learning_rate: 0.1,
            clip: ClipKind::Off,
            // In float32 every unit saturates for good, and the loss comes back from 10¹⁶ by itself.
            precision: Precision::Double,
            ..only(Cell::Rnn)
        },
    },
];
