//! Experiments: what is accepted, what is drawn, what is read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bits;
mod draws;
mod inputs;
mod tables;
mod validation;
