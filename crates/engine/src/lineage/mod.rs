//! One question for every sequence model, from the plain recurrent cell to the state-space models: how much of a gradient reaches lag k, by
//! which path, and at what cost?
//!
//! - [`block`]: what a model has to offer. A [`Block`] runs forward and keeps what its vector–Jacobian product needs; [`Model`] and [`Run`] are
//!   the same without the type of the trace, for callers that hold many models.
//! - [`rows`]: sequences of vectors with a power of two of their own each, so that 10⁻⁵⁰⁰ is a number and only what is exactly zero is zero.
//! - [`reach`]: `log10 ‖∂out_t/∂in_k‖₂` of any [`Run`], row by row, whole or by [`Path`].
//! - [`recurrent`], [`bidirectional`]: the RNN, LSTM and GRU in one direction and in both.
//! - [`encoder_decoder`]: two of them in a row, without and with attention.
//! - [`family`]: the same models by name, with weights from a seed: what a page builds.
//! - [`cost`]: what each costs, as formulas and as numbers, and where two of them cross.
//!
//! **To add a model**: write a file with a type that implements [`Block`] (input `[T][d]` row-major in, output `[T][q]` out, every sum in one
//! fixed order, elementary functions from `libm`). Name its parameters as PyTorch or the paper does; complex parameters are two, `C.re` and
//! `C.im`. Where products run over the sequence carry [`rows::Running`] adjoints. Give [`Family`] a variant, and the parity driver
//! in `tests/lineage` a constructor for the `model` of its fixtures; `differences::check` there compares its products and gradients with
//! central differences.

pub mod bidirectional;
pub mod block;
pub mod cost;
pub mod encoder_decoder;
mod error;
pub mod family;
pub mod reach;
pub mod recurrent;
pub mod rows;

pub use block::{Block, Cost, Gradients, Model, Named, Parameter, Path, Run};
pub use error::LineageError;
pub use family::{Family, Sizes};
pub use reach::{Matrix, Reach, Row};
pub use rows::ScaledRows;
