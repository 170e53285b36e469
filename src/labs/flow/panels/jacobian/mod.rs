//! The step Jacobian by step.

pub mod model;
pub mod view;
