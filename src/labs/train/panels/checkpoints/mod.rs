//! Weights that are kept: to go back to, to save, to look into.

pub mod model;
pub mod view;
