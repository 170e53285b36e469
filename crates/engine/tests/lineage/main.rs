//! The sequence models of the lineage lab against PyTorch's numbers and against central differences.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod differences;
mod fixture;
mod models;
mod parity;
mod recurrent;
