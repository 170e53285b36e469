//! A training run at rest.

use super::config::Truncation;
use super::model::Layout;
use super::optimiser::{Clip, OptimiserState};

/// Final states that the next iteration may start from, `[n][lanes]` each, lanes the batch size rounded up to a multiple of four.
#[derive(Clone, Debug, PartialEq)]
pub struct States {
    /// h_T.
    pub h: Vec<f64>,
    /// c_T; empty but for the LSTM.
    pub c: Vec<f64>,
}

/// Everything that the steps to come depend on, besides the settings that never change during a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Sizes of the model.
    pub layout: Layout,
    /// Steps done; with the seed it determines the next batch.
    pub iteration: u64,
    /// Texts sampled; with the seed it determines the next one.
    pub samples: u64,
    /// The weights, in the order of [`super::PARAMETER_NAMES`].
    pub parameters: Vec<f64>,
    /// What the optimiser remembers.
    pub optimiser: OptimiserState,
    /// The states that the next iteration starts from where they are carried over.
    pub carried: States,
    /// η.
    pub learning_rate: f64,
    /// Clipping.
    pub clip: Clip,
    /// Truncation.
    pub truncation: Truncation,
}

impl Snapshot {
    pub(super) fn fits(&self, layout: Layout, carried: &States) -> bool {
        let count = layout.len();
        self.layout == layout
            && self.parameters.len() == count
            && self.optimiser.first.len() == count
            && self.optimiser.second.len() == count
            && self.carried.h.len() == carried.h.len()
            && self.carried.c.len() == carried.c.len()
    }
}
