//! A diagonal state-space model: its eigenvalues, its answer to an impulse, and what the step rule makes of its input.

pub mod model;
pub mod view;
