//! What the page reads and writes: weights (safetensors and npz, in the layouts of several libraries), sequences (npy, npz, CSV), text,
//! experiments and traces (JSON, CSV), and scripts that repeat an experiment in PyTorch.
//!
//! [`open()`] says what a file is. Nothing in it is left out in silence: what is not used, and what was assumed, is named in sentences
//! that go along with the model or the sequence.
//!
//! Every reader takes bytes that may come from anywhere. It answers with a value that fits the engine, or with a [`FormatError`]: one
//! sentence that says what is wrong, where, and what would be accepted. Sizes are bounded by [`limits`] before anything is allocated.
//!
//! The crate knows no browser and no file system.
#![deny(missing_docs)]

pub mod arrays;
pub mod candidate;
pub mod cells;
pub mod detect;
mod encoding;
mod envelope;
mod error;
pub mod json;
mod layouts;
pub mod limits;
pub mod model;
pub mod net;
pub mod npy;
mod open;
pub mod prose;
pub mod safetensors;
pub mod script;
pub mod sequence;
pub mod table;
mod tensor;
pub mod traces;
mod zip;

pub use arrays::ArrayFile;
pub use candidate::{Candidate, Missing};
pub use cells::Decimal;
pub use error::{shown, ErrorKind, FormatError};
pub use model::{Direction, GateOrder, Layout, ModelFile, Module};
pub use open::{open, Opened};
pub use prose::TextFile;
pub use sequence::Sequence;
pub use table::{TableChoice, TableFile};
pub use traces::Traces;
