//! Why a bidirectional net cannot generate.

pub mod model;
pub mod view;
