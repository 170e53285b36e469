//! What the page and a training run say to each other.

use serde::{Deserialize, Serialize};
use unroll_engine::Cell;

use super::checkpoint::Checkpoint;
use super::examples::Example;
use crate::form::wire::{link, placed};
use crate::jobs::{Message, News as JobNews, Stage};
use crate::labs::train::settings::TrainSettings;

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// To begin anew, or from a checkpoint, and wait there.
    Start {
        #[serde(with = "placed")]
        cell: Cell,
        #[serde(with = "link")]
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
        #[serde(with = "link")]
        settings: TrainSettings,
    },
    /// To drop the run.
    Stop,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum News {
    /// Steps were taken: points as [`super::history::Point`] writes them.
    Steps(#[serde(skip)] Vec<f64>),
    /// The run cannot go on; why, as a sentence.
    Stopped(String),
    /// Sequences of the last batch with the net's answers.
    Examples(Vec<Example>),
    /// The net before a step, as the engine's snapshot writes it.
    Kept(Checkpoint),
    /// It rests, and everything up to here was told.
    Paused,
}

impl Message for Order {
    fn numbers(&mut self) -> Option<&mut Vec<f64>> {
        match self {
            Self::Start { from, .. } => from.as_mut().map(Checkpoint::numbers_mut),
            _ => None,
        }
    }
}

impl Message for News {
    fn numbers(&mut self) -> Option<&mut Vec<f64>> {
        match self {
            Self::Steps(numbers) => Some(numbers),
            Self::Kept(checkpoint) => Some(checkpoint.numbers_mut()),
            _ => None,
        }
    }
}

impl JobNews for News {
    fn stage(&self) -> Stage {
        Stage::Free
    }
}
