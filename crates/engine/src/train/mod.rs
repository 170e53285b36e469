//! Training: one recurrent cell with a linear readout, whole batches at a time, in float64 or, for speed, with float32 passes.
//!
//! Losses, optimisers and clipping are PyTorch's, with its default hyperparameters. [`Trainer::step`] takes one step and tells how the
//! gradient fared on its way back through time; [`Trainer::snapshot`] and [`Trainer::restore`] stop and go on with the same bits. The same
//! [`Config`] gives the same bits natively and in wasm: random draws are integer arithmetic, every sum has one order, and the elementary
//! functions have the bits of `libm` (in float32 operations of one order).

mod backward;
mod batch;
pub mod cliff;
mod config;
mod error;
mod loss;
mod model;
mod omega;
mod optimiser;
mod packed;
mod record;
mod sample;
mod snapshot;
mod step;
mod task;
mod trainer;
mod workspace;

pub(crate) use loss::cross_entropy_of_steps;

pub use batch::{Batch, Dimensions, Loss, LossAt, LossSteps, Targets};
pub use config::{Config, Precision, Truncation};
pub use error::{Diverged, Divergence, TrainError};
pub use model::{Layout, Model, PARAMETER_NAMES};
pub use optimiser::{Clip, Optimiser, OptimiserState};
pub use record::StepRecord;
pub use snapshot::{Snapshot, States};
pub use task::{CharacterOrder, Characters, Fixed, Task};
pub use trainer::Trainer;
