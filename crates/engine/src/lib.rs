//! Recurrent cells unrolled in float64: forward traces, exact step Jacobians, log-scaled products of them, adjoints by
//! backpropagation through time, spectra and Lyapunov exponents.
//!
//! The crate knows no browser. It cannot fail on a valid [`Experiment`]: what can be wrong is reported once, by
//! [`Experiment::validate`]; numbers that overflow are data (a log value or a flag), never a panic.
//!
//! Entry points: [`analyse`] for an [`Experiment`] that a user has set, [`analyse_problem`] for explicit weights and inputs.
//! Conventions (parameter names, packing of gates, definitions of cells) are PyTorch's.
#![deny(missing_docs)]

pub mod analysis;
pub mod bptt;
pub mod cell;
pub mod edit;
mod eigen;
pub mod experiment;
mod extremes;
mod fingerprint;
pub mod given;
mod init;
mod inverse;
mod kernel;
mod lanes;
pub mod lyapunov;
mod orthogonal;
pub mod product;
pub mod reference;
mod rng;
mod scaled;
pub mod signal;
mod simd;
pub mod spectrum;
#[doc(hidden)]
pub mod stages;
pub mod tolerance;
pub mod train;
pub mod transfer;
pub mod unroll;
pub mod verdict;
pub mod weights;

pub use analysis::{
    analyse, analyse_critical, analyse_critical_after, analyse_problem, gradient_norms, left, log10_gradient_norm, Analysis,
    GradientNorm, Problem, Refinement,
};
pub use experiment::{Activation, Cell, Cotangent, Experiment, ExperimentError, Initialiser, Input, LossSite};
pub use fingerprint::fingerprint;
pub use given::{Edits, Given, Layer, Parameter, Stack};
pub use weights::Weights;
