//! The gradient’s way back: by time and iteration, and by lag.

pub mod model;
pub mod view;
