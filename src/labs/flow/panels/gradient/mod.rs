//! The gradient against time.

pub mod model;
pub mod seeds;
pub mod view;
