//! The one entry: an experiment in, everything the page draws out.
//!
//! # Log values
//! A field named `log10_…` holds log10 of a norm. `f64::NEG_INFINITY` means the norm is exactly zero; every other value is finite.
//!
//! # Time
//! Steps are t = 1…T. Vectors "per step" have T entries, entry `t-1` for step t. Vectors "per state" have T+1 entries,
//! entry k for state `s_k`, k = 0 being the initial state.

use crate::experiment::{Experiment, LossSite};
use crate::weights::Weights;

/// A cell with explicit weights and inputs, and the loss to differentiate.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Parameters.
    pub weights: Weights,
    /// `x`, `[T][d]` row-major.
    pub x: Vec<f64>,
    /// `h_0`, `[n]`.
    pub h0: Vec<f64>,
    /// `c_0`, `[n]`; empty unless the cell is an LSTM.
    pub c0: Vec<f64>,
    /// Where the loss reads h.
    pub loss_site: LossSite,
    /// v, `[n]`.
    pub cotangent: Vec<f64>,
}

/// Everything that one forward and one backward pass tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// The problem that was analysed. If the forward pass overflowed, it is cut to the steps before ([`Analysis::overflow_at`]).
    pub problem: Problem,
    /// T, the number of steps analysed.
    pub seq_len: usize,
    /// m: n, or 2n for the LSTM.
    pub state_size: usize,
    /// The first step whose state was not finite, if any; the analysis covers the steps before it.
    pub overflow_at: Option<usize>,
    /// The forward pass.
    pub trace: crate::unroll::Trace,
    /// L.
    pub loss: f64,
    /// Adjoints, gradients and contributions.
    pub backward: crate::bptt::Backward,
    /// Per-step spectra of `J_t = ∂s_t/∂s_{t-1}`.
    pub step_jacobian: crate::spectrum::StepSpectra,
    /// Norms of `P_{T←k} = ∂s_T/∂s_k`.
    pub product: crate::product::ProductNorms,
    /// Finite-time Lyapunov exponents per step (natural log), descending, m of them; −∞ where a direction is annihilated.
    pub lyapunov_exponents: Vec<f64>,
    /// Spectra of each gate block of `W_hh`.
    pub recurrent_weight: crate::spectrum::BlockSpectra,
    /// The summary figures.
    pub verdict: crate::verdict::Verdict,
    /// What theory says.
    pub reference: crate::reference::Reference,
}
