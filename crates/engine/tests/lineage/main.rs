//! The sequence models of the lineage lab against PyTorch's numbers and against central differences.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bidirectional;
mod cost;
mod differences;
mod encoder_decoder;
mod family;
mod fixture;
mod gated;
mod hippo;
mod linear_family;
mod long;
mod models;
mod parity;
mod recurrent;
mod scan;
mod state_space;
mod transformer;
