//! Every stage of an analysis on its own, so that a benchmark can say where the time goes.

use crate::cell::StepJacobian;
use crate::experiment::{Experiment, ExperimentError};
use crate::inverse::SmallestSingularValue;
use crate::problem::Problem;
use crate::spectra::{block_eigenvalues, BlockSpectra, StepSpectra};
use crate::unroll::Trace;
use crate::{bptt, lyapunov, product, spectrum};

/// A problem whose forward pass is done.
#[derive(Debug)]
pub struct Stages {
    problem: Problem,
    trace: Trace,
    seq_len: usize,
}

impl Stages {
    /// Draws the weights and inputs and runs the forward pass.
    ///
    /// # Errors
    /// As [`crate::analyse`].
    pub fn new(experiment: &Experiment) -> Result<Self, ExperimentError> {
        let problem = experiment.problem()?;
        let (trace, _) = Trace::run(&problem);
        let seq_len = trace.h.len() / problem.weights.hidden_size - 1;
        Ok(Self { problem, trace, seq_len })
    }

    /// The forward pass with its gates.
    pub fn forward(&self) -> Trace {
        Trace::run(&self.problem).0
    }

    /// Adjoints, gradients and contributions.
    pub fn adjoints(&self) -> bptt::Backward {
        bptt::run(&self.problem, &self.trace, self.seq_len)
    }

    /// Products of step Jacobians with the three norms of each.
    pub fn products(&self) -> product::ProductNorms {
        product::run(&self.problem.weights, &self.trace, self.seq_len, &mut |_| {}).0
    }

    /// σ_max and the Frobenius norm of every step Jacobian.
    pub fn largest_singular_values(&self) -> StepSpectra {
        StepSpectra::critical(&self.problem.weights, &self.trace, self.seq_len, &mut |_| {})
    }

    /// What is left of the loss's gradient.
    pub fn left(&self) -> Vec<f64> {
        bptt::norms_from_last_site(&self.problem, &self.trace, self.seq_len)
    }

    /// σ_max of each block of `W_hh`.
    pub fn recurrent_weight(&self) -> BlockSpectra {
        BlockSpectra::critical(&self.problem.weights)
    }

    /// Eigenvalues of each block of `W_hh`.
    pub fn recurrent_eigenvalues(&self) -> Vec<Vec<(f64, f64)>> {
        block_eigenvalues(&self.problem.weights)
    }

    /// σ_min of every step Jacobian.
    pub fn smallest_singular_values(&self) -> Vec<f64> {
        let mut smallest = SmallestSingularValue::new(&self.problem.weights);
        // A bound of σ_max that costs next to nothing beside it.
        self.each_jacobian(|jacobian, dense| smallest.of(jacobian, jacobian.frobenius(), dense))
    }

    /// The spectral radius of every step Jacobian.
    pub fn spectral_radii(&self) -> Vec<f64> {
        self.each_jacobian(|jacobian, dense| {
            jacobian.dense(dense);
            spectrum::spectral_radius(dense, jacobian.state_size())
        })
    }

    /// All Lyapunov exponents.
    pub fn exponents(&self) -> Vec<f64> {
        let w = &self.problem.weights;
        lyapunov::exponents(w, &self.trace, self.seq_len, w.hidden_size * w.cell.states())
    }

    fn each_jacobian(&self, mut value: impl FnMut(&mut StepJacobian, &mut [f64]) -> f64) -> Vec<f64> {
        let w = &self.problem.weights;
        let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
        let mut dense = vec![0.0; jacobian.state_size() * jacobian.state_size()];
        (1..=self.seq_len)
            .map(|t| {
                jacobian.set(w, self.trace.step(w.hidden_size, t));
                value(&mut jacobian, &mut dense)
            })
            .collect()
    }
}
