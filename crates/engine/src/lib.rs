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
pub mod experiment;
pub mod given;
mod graded;
mod init;
mod inverse;
pub mod lineage;
pub mod lyapunov;
pub mod problem;
pub mod product;
pub mod range;
pub mod reference;
mod rng;
mod running_product;
pub mod signal;
pub mod spectra;
#[doc(hidden)]
pub mod stages;
pub mod train;
pub mod transfer;
pub mod unroll;
pub mod verdict;
pub mod vocabulary;
pub mod weights;
mod wide;

pub use analysis::{
    analyse, analyse_critical, analyse_critical_after, analyse_problem, gradient_norms, left, log10_gradient_norm, Analysis, GradientNorm,
    Refinement,
};
pub use experiment::{Experiment, ExperimentError};
pub use given::{Edits, Given, Layer, Parameter, Stack};
pub use problem::Problem;
pub use signal::Input;
pub use unroll_numerics::fingerprint::fingerprint;
pub use unroll_numerics::linalg::nearest_orthogonal::nearest_orthogonal_blocks;
pub use unroll_numerics::linalg::spectrum;
pub use unroll_numerics::order;
pub use unroll_numerics::tolerance;
pub use vocabulary::{Activation, Cell, Cotangent, Initialiser, LossSite};
pub use weights::Weights;

pub(crate) use unroll_numerics::{kernel, lanes, linalg, real, scaled};
