//! A training run at rest.

use super::config::Truncation;
use super::model::Layout;
use super::optimiser::{Clip, OptimiserState};

/// Final states that the next iteration may start from, `[n][lanes]` each, lanes the batch size rounded up to a multiple of four
/// (of eight in single precision).
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

    /// As numbers: iteration, samples, updates, what can be set between steps, parameters, optimiser, carried states. The layout is known
    /// from the settings of the run.
    pub fn to_numbers(&self) -> Vec<f64> {
        let (clip, limit) = match self.clip {
            Clip::Off => (0.0, 0.0),
            Clip::Norm(limit) => (1.0, limit),
            Clip::Value(limit) => (2.0, limit),
        };
        let (cut, every, back) = match self.truncation {
            Truncation::Off => (0.0, 0, 0),
            Truncation::Window(back) => (1.0, 0, back),
            Truncation::Stretches { every, back } => (2.0, every, back),
        };
        let head = [self.iteration as f64, self.samples as f64, self.optimiser.updates as f64, self.learning_rate];
        let head = head.into_iter().chain([clip, limit, cut, every as f64, back as f64]);
        let lists = [&self.parameters, &self.optimiser.first, &self.optimiser.second, &self.carried.h, &self.carried.c];
        head.chain(lists.into_iter().flatten().copied()).collect()
    }

    /// The snapshot that [`Self::to_numbers`] wrote for a model of these sizes; `None` where the numbers are no such snapshot.
    /// [`super::Trainer::restore`] checks what is in it.
    pub fn from_numbers(layout: Layout, numbers: &[f64]) -> Option<Self> {
        let (&[iteration, samples, updates, learning_rate, clip, limit, cut, every, back], rest) = numbers.split_first_chunk::<9>()?;
        if numbers.iter().any(|number| !number.is_finite()) {
            return None;
        }
        let clip = match clip {
            0.0 => Clip::Off,
            1.0 => Clip::Norm(limit),
            2.0 => Clip::Value(limit),
            _ => return None,
        };
        let truncation = match cut {
            0.0 => Truncation::Off,
            1.0 => Truncation::Window(back as usize),
            2.0 => Truncation::Stretches { every: every as usize, back: back as usize },
            _ => return None,
        };
        let count = layout.len();
        let (parameters, rest) = rest.split_at_checked(count)?;
        let (first, rest) = rest.split_at_checked(count)?;
        let (second, states) = rest.split_at_checked(count)?;
        let (h, c) = states.split_at(states.len() / layout.cell.states());
        Some(Self {
            layout,
            iteration: iteration as u64,
            samples: samples as u64,
            parameters: parameters.to_vec(),
            optimiser: OptimiserState { updates: updates as u64, first: first.to_vec(), second: second.to_vec() },
            carried: States { h: h.to_vec(), c: c.to_vec() },
            learning_rate,
            clip,
            truncation,
        })
    }
}
