//! What the page reads and writes: weights (safetensors in PyTorch's or Keras' layout), sequences (npy, CSV), experiments and traces
//! (JSON, CSV), and scripts that repeat an experiment in PyTorch.
//!
//! Every reader takes bytes that may come from anywhere. It answers with a value that fits the engine, or with a [`FormatError`]: one
//! sentence that says what is wrong, where, and what would be accepted. Sizes are bounded by [`limits`] before anything is allocated.
//!
//! The crate knows no browser and no file system.
#![deny(missing_docs)]

pub mod detect;
mod error;
pub mod json;
pub mod keras;
pub mod limits;
pub mod model;
pub mod net;
pub mod npy;
mod pytorch;
pub mod safetensors;
pub mod script;
pub mod sequence;
mod tensor;
pub mod traces;

pub use error::{shown, ErrorKind, FormatError};
pub use model::{Direction, Layout, ModelFile, Module};
pub use sequence::Sequence;
pub use traces::Traces;
