//! Settings that tell the story, in order.

use unroll_engine::{Activation, Cell, Initialiser};

use super::settings::{GradientView, LossKind, Settings};
use crate::form::Preset;

/// All cells with PyTorch's weights and a forget bias of 1.
fn all() -> Settings {
    Settings { gradient_view: GradientView::Left, ..Settings::schema_1() }
}

/// One cell alone with PyTorch's weights.
fn only(cell: Cell) -> Settings {
    Settings { show_rnn: cell == Cell::Rnn, show_lstm: cell == Cell::Lstm, show_gru: cell == Cell::Gru, focus: cell, ..all() }
}

fn lstm(forget_bias: f64) -> Settings {
    Settings { forget_bias, seq_len: 100, ..only(Cell::Lstm) }
}

/// The presets, in the order of the story.
pub static PRESETS: &[Preset<Settings>] = &[
    Preset {
        id: "three-fates",
        title: "Three fates",
        lesson:
            "Every step back multiplies the gradient: the RNN’s by about a half, through the open gates of GRU and LSTM by nearly 1. Drag \
                 Forget bias from 4 to 0, and the LSTM forgets too.",
        settings: Settings::default,
    },
    Preset {
        id: "pytorch",
        title: "PyTorch’s defaults",
        lesson: "As PyTorch starts them, gates stand half open: RNN, LSTM and GRU all forget within a dozen steps.",
        settings: || Settings { forget_bias: 0.0, ..all() },
    },
    Preset {
        id: "rnn-forgets",
        title: "RNN forgets",
        lesson: "At PyTorch's default weights each step back about halves the gradient: less than 1% is left beyond ten steps.",
        settings: || only(Cell::Rnn),
    },
    Preset {
        id: "rnn-explodes",
        title: "RNN explodes",
        lesson: "Larger recurrent weights make a net of 32 units chaotic: its gradient grows on the way back.",
        settings: || Settings { hidden_size: 32, initialiser: Initialiser::Gaussian, gain: 2.5, input_scale: 0.1, ..only(Cell::Rnn) },
    },
    Preset {
        id: "orthogonal-linear",
        title: "Orthogonal, linear",
        lesson: "Without a nonlinearity, a rotation keeps every gradient exactly as long as it was, however far back.",
        settings: || Settings { activation: Activation::Identity, initialiser: Initialiser::Orthogonal, ..only(Cell::Rnn) },
    },
    Preset {
        id: "relu-dies",
        title: "ReLU dies",
        lesson: "Where no unit is active at a step, nothing passes: the gradient before it is exactly zero, not just small.",
        settings: || Settings {
            hidden_size: 4,
            activation: Activation::Relu,
            loss: LossKind::ChosenStep,
            loss_step: 38,
            gradient_view: GradientView::Hidden,
            ..only(Cell::Rnn)
        },
    },
    Preset {
        id: "edge-of-chaos",
        title: "Edge of chaos",
        lesson: "Near a gain of 1 a random tanh net keeps its gradient: half the gain and it vanishes, twice the gain and it grows.",
        settings: || Settings { hidden_size: 32, initialiser: Initialiser::Gaussian, gain: 1.05, input_scale: 0.1, ..only(Cell::Rnn) },
    },
    Preset {
        id: "non-normal",
        title: "Non-normal transient",
        lesson: "All eigenvalues are 0.9, and yet this gradient grows to 13 times its size (the worst case to 35) before it decays.",
        settings: || Settings {
            hidden_size: 2,
            seq_len: 100,
            activation: Activation::Identity,
            initialiser: Initialiser::Shear,
            gain: 0.9,
            ..only(Cell::Rnn)
        },
    },
    Preset {
        id: "lstm-minus-2",
        title: "LSTM, forget bias −2",
        lesson: "The forget gate is nearly shut and the cell forgets within a step or two: an LSTM that is no better than an RNN.",
        settings: || lstm(-2.0),
    },
    Preset {
        id: "lstm-0",
        title: "LSTM, forget bias 0",
        lesson: "A half-open forget gate about halves the cell at every step: after 100 steps next to nothing is left.",
        settings: || lstm(0.0),
    },
    Preset {
        id: "lstm-1",
        title: "LSTM, forget bias 1",
        lesson: "The usual advice: the gate at 0.73 keeps the cell for about four steps, better and still short.",
        settings: || lstm(1.0),
    },
    Preset {
        id: "lstm-4",
        title: "LSTM, forget bias 4",
        lesson: "The gate at 0.98 keeps the cell for about 55 steps: after 100, some of the gradient is still there.",
        settings: || lstm(4.0),
    },
    Preset {
        id: "gru-keeps",
        title: "GRU keeps",
        lesson: "An update gate near 1 copies the old state, and with it the gradient, as an open forget gate does.",
        settings: || Settings { update_bias: 5.0, seq_len: 100, ..only(Cell::Gru) },
    },
    Preset {
        id: "saturated-gates",
        title: "Saturated gates",
        lesson: "A large input drives the gates to 0 or 1: switches rather than valves, which pass everything or nothing and learn little.",
        settings: || Settings { input_scale: 30.0, ..only(Cell::Lstm) },
    },
    Preset {
        id: "chrono",
        title: "Chrono",
        lesson: "Gate biases spread over all time scales up to T: some units keep the whole sequence while others follow each step.",
        settings: || Settings { show_gru: true, initialiser: Initialiser::Chrono, seq_len: 256, ..only(Cell::Lstm) },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_normal_and_an_experiment_that_the_engine_accepts() {
        for preset in PRESETS {
            let settings = preset.settings();
            let mut normal = settings.clone();
            normal.normalise();
            assert_eq!(settings, normal, "{}", preset.title);
            for cell in settings.shown_cells() {
                assert_eq!(settings.experiment(cell).validate(), Ok(()), "{}", preset.title);
            }
        }
    }

    #[test]
    fn presets_differ_from_each_other_and_keep_what_the_user_brought() {
        let current = Settings { text: "mine".into(), ..Settings::default() };
        for preset in PRESETS {
            let applied = preset.over(&current);
            assert_eq!(applied.text, "mine");
            let matching: Vec<_> = PRESETS.iter().filter(|other| other.is(&applied)).map(|other| other.id).collect();
            assert_eq!(matching, [preset.id]);
        }
    }
}
