//! One question for every sequence model, from the plain recurrent cell to the state-space models: how much of a gradient reaches lag k, by
//! which path, and at what cost?
//!
//! - [`block`]: what a model has to offer. A [`Block`] runs forward and keeps what its vector–Jacobian product needs; [`Model`] and [`Run`] are
//!   the same without the type of the trace, for callers that hold many models.
//! - [`rows`]: sequences of vectors with a power of two of their own each, so that 10⁻⁵⁰⁰ is a number and only what is exactly zero is zero.
//! - [`reach`]: `log10 ‖∂out_t/∂in_k‖₂` of any [`Run`], row by row, whole or by [`Path`].
//! - [`recurrent`], [`bidirectional`]: the RNN, LSTM and GRU in one direction and in both.
//! - [`encoder_decoder`]: two of them in a row, without and with attention.
//! - [`transformer`]: causal self-attention in layers, with the residual stream and attention apart.
//! - [`recurrence`]: the one linear recurrence, and what is it under many names: [`diagonal`] (S4D), [`lru`], [`selective`] and [`mamba`],
//!   [`minimal`] (minGRU, minLSTM), [`linear_attention`] (with retention and gated linear attention). [`state_space`] is the dense S4.
//! - [`hippo`]: the time-varying HiPPO-LegS, and the closed forms of both. [`scan`]: the recurrence in parallel. [`limits`]: what it cannot do.
//! - [`discretise`]: from continuous time to steps. [`number`]: real and complex states.
//! - [`family`], [`linear_family`]: the same models by name, with weights from a seed: what a page builds.
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
mod dense;
pub mod diagonal;
pub mod discretise;
mod drawing;
pub mod encoder_decoder;
mod error;
pub mod family;
pub mod hippo;
mod layers;
pub mod limits;
pub mod linear_attention;
pub mod linear_family;
pub mod lru;
pub mod mamba;
pub mod minimal;
pub mod number;
mod parameters;
pub mod reach;
pub mod recurrence;
pub mod recurrent;
pub mod rows;
pub mod scan;
pub mod selective;
pub mod state_space;
pub mod transformer;

pub use block::{Block, Cost, Gradients, Model, Named, Parameter, Path, Run};
pub use drawing::Sizes;
pub use error::LineageError;
pub use family::Family;
pub use reach::{Matrix, Reach, Row};
pub use rows::ScaledRows;
