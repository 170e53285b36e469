//! What the page and a training worker say to each other.

use js_sys::Array;
use unroll_engine::Cell;
use wasm_bindgen::{JsCast, JsValue};

use super::checkpoint::Checkpoint;
use super::examples::Example;
use crate::form::link::{decode_settings, encode_settings};
use crate::labs::train::settings::TrainSettings;
use crate::worker::message::{cell, cell_value, floats, number, vector};

const ORDER: &str = "train";
const NEWS: &str = "trained";

/// What the page asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// To begin anew, or from a checkpoint, and wait there.
    Start {
        generation: u32,
        cell: Cell,
        settings: TrainSettings,
        from: Option<Checkpoint>,
    },
    /// To run, at most so many steps a second; 0 is as fast as it goes.
    Run {
        steps_per_second: usize,
        /// Rest after work, as long as so many times the work: what leaves the page its share of too few processors.
        rest: f64,
    },
    Pause,
    /// To take one step.
    Step,
    /// To take over learning rate, clipping and truncation.
    Live {
        settings: TrainSettings,
    },
    /// To drop the run.
    Stop,
}

/// What a worker tells of the run of one generation.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    pub generation: u32,
    pub cell: Cell,
    pub kind: NewsKind,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum NewsKind {
    /// Steps were taken: points as [`super::history::Point`] writes them.
    Steps(Vec<f64>),
    /// The run cannot go on; why, as a sentence.
    Stopped(String),
    /// Sequences of the last batch with the net's answers.
    Examples(Vec<Example>),
    /// The net before a step, as the engine's snapshot writes it.
    Kept(Checkpoint),
    /// It rests, and everything up to here was told.
    Paused,
}

impl Order {
    /// As a message: kind, order, and what belongs to it.
    pub fn to_message(&self) -> JsValue {
        let link = |settings: &TrainSettings| JsValue::from(encode_settings(settings));
        let (word, parts): (&str, Vec<JsValue>) = match self {
            Self::Start { generation, cell, settings, from } => {
                let from = from.as_ref().map_or(JsValue::NULL, |from| floats(from.numbers().iter().copied()));
                ("start", vec![(*generation).into(), cell_value(*cell), link(settings), from])
            }
            Self::Run { steps_per_second, rest } => ("run", vec![(*steps_per_second as f64).into(), (*rest).into()]),
            Self::Pause => ("pause", vec![]),
            Self::Step => ("step", vec![]),
            Self::Live { settings } => ("live", vec![link(settings)]),
            Self::Stop => ("stop", vec![]),
        };
        [ORDER.into(), word.into()].into_iter().chain(parts).collect::<Array>().into()
    }

    /// The order in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        if message.get(0).as_string()? != ORDER {
            return None;
        }
        let settings = |place| Some(decode_settings(&message.get(place).as_string()?, TrainSettings::default()).0);
        Some(match message.get(1).as_string()?.as_str() {
            "start" => {
                let from = vector(message, 5).and_then(Checkpoint::new);
                Self::Start { generation: number(message, 2)? as u32, cell: cell(message, 3)?, settings: settings(4)?, from }
            }
            "run" => Self::Run { steps_per_second: number(message, 2)?, rest: message.get(3).as_f64()? },
            "pause" => Self::Pause,
            "step" => Self::Step,
            "live" => Self::Live { settings: settings(2)? },
            "stop" => Self::Stop,
            _ => return None,
        })
    }
}

impl News {
    /// As a message: kind, generation, cell, and what belongs to it: numbers, a sentence or words; of a checkpoint,
    /// its numbers in a list; of a pause nothing.
    pub fn to_message(&self) -> JsValue {
        let what = match &self.kind {
            NewsKind::Steps(numbers) => floats(numbers.iter().copied()),
            NewsKind::Stopped(sentence) => sentence.into(),
            NewsKind::Paused => JsValue::NULL,
            NewsKind::Kept(checkpoint) => Array::of1(&floats(checkpoint.numbers().iter().copied())).into(),
            NewsKind::Examples(examples) => {
                let words = examples.iter().flat_map(|example| [&example.read, &example.expected, &example.answered]);
                words.map(JsValue::from).collect::<Array>().into()
            }
        };
        [NEWS.into(), self.generation.into(), cell_value(self.cell), what].iter().collect::<Array>().into()
    }

    /// The news in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        if message.get(0).as_string()? != NEWS {
            return None;
        }
        let (generation, cell, what) = (number(message, 1)? as u32, cell(message, 2)?, message.get(3));
        let kind = if what.is_null() {
            NewsKind::Paused
        } else if let Some(sentence) = what.as_string() {
            NewsKind::Stopped(sentence)
        } else if let Some(words) = what.dyn_ref::<Array>() {
            if let Some(checkpoint) = vector(words, 0).and_then(Checkpoint::new) {
                return Some(Self { generation, cell, kind: NewsKind::Kept(checkpoint) });
            }
            let words: Vec<String> = words.iter().filter_map(|word| word.as_string()).collect();
            let example = |words: &[String]| match words {
                [read, expected, answered] => Example { read: read.clone(), expected: expected.clone(), answered: answered.clone() },
                _ => Example::default(),
            };
            NewsKind::Examples(words.chunks_exact(3).map(example).collect())
        } else {
            NewsKind::Steps(vector(message, 3)?)
        };
        Some(Self { generation, cell, kind })
    }
}
