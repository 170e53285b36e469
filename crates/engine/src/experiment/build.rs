//! From settings to numbers: the weights, the input and the loss of an experiment.

use super::{Experiment, ExperimentError};
use crate::init::{self, GateBiases, Recipe};
use crate::problem::Problem;
use crate::rng::{Draws, Purpose};
use crate::signal::{self, Reading, Sequence};
use crate::vocabulary::{Cotangent, Initialiser};
use crate::weights::Weights;

impl Experiment {
    /// The weights: drawn from the seed or given, with the gain and the gate biases applied, and then the edits.
    ///
    /// # Errors
    /// As [`Experiment::validate`].
    pub fn weights(&self) -> Result<Weights, ExperimentError> {
        self.validate()?;
        let biases = GateBiases { forget: self.forget_bias, input_gate: self.input_gate_bias, update: self.update_bias }.of(self.cell);
        let mut weights = match &self.given {
            Some(given) => given.adjusted(self.activation, self.gain, &biases),
            None => self.drawn_weights(&biases),
        };
        if let Some(edits) = &self.edits {
            edits.apply(&mut weights);
        }
        Ok(weights)
    }

    /// The input, with what the page writes under each step.
    ///
    /// # Errors
    /// As [`Experiment::validate`].
    pub fn sequence(&self) -> Result<Sequence, ExperimentError> {
        self.validate()?;
        Ok(self.read_input())
    }

    /// Weights, input and loss of this experiment, from zero initial states unless a given net brings its own or
    /// [`Experiment::initial_scale`] asks for random ones. Same experiment, same bits, on every machine.
    ///
    /// # Errors
    /// As [`Experiment::validate`], and where a layer below a given one overflows.
    pub fn problem(&self) -> Result<Problem, ExperimentError> {
        let weights = self.weights()?;
        let n = weights.hidden_size;
        let start = self.given.as_ref().and_then(|given| given.start());
        let cotangent = match (start, self.cotangent) {
            (_, Cotangent::Ones) => vec![1.0; n],
            (Some(start), Cotangent::Random) => start.cotangent.clone(),
            (None, Cotangent::Random) => {
                let mut draws = Draws::new(self.seed, Purpose::Cotangent);
                (0..n).map(|_| draws.normal()).collect()
            }
        };
        let x = self.read_input().x;
        let cells = self.cell.cell_state_size(n);
        let (h0, c0) = match start {
            Some(start) if self.initial_scale == 0.0 => (start.h0.clone(), start.c0.clone()),
            // No draw times 0, which could be −0.
            None if self.initial_scale == 0.0 => (vec![0.0; n], vec![0.0; cells]),
            _ => {
                let mut draws = Draws::new(self.seed, Purpose::InitialState);
                let mut drawn = |count: usize| (0..count).map(|_| self.initial_scale * draws.normal()).collect::<Vec<f64>>();
                (drawn(n), drawn(cells))
            }
        };
        Ok(Problem {
            x: match &self.given {
                Some(given) => given.arrange(&x).map_err(|error| ExperimentError::Given(error.to_string()))?,
                None => x,
            },
            weights,
            h0,
            c0,
            loss_site: self.loss_site,
            cotangent,
        })
    }

    fn drawn_weights(&self, biases: &[(usize, f64)]) -> Weights {
        let mut weights = init::drawn(&Recipe {
            cell: self.cell,
            activation: self.activation,
            input_size: self.effective_input_size(),
            hidden_size: self.hidden_size,
            initialiser: self.initialiser,
            gain: self.gain,
            seed: self.seed,
        });
        match self.initialiser {
            Initialiser::Chrono => init::set_chrono_biases(&mut weights, self.seed, self.effective_seq_len()),
            _ => init::set_gate_biases(&mut weights, biases),
        }
        weights
    }

    fn read_input(&self) -> Sequence {
        let reading = Reading {
            steps: self.effective_seq_len(),
            components: self.effective_input_size(),
            seed: self.seed,
            period: self.period,
            scale: self.input_scale,
        };
        signal::sequence(&self.input, &reading)
    }
}
