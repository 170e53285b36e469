//! Reach against lag, of every model at once.

pub mod model;
pub mod view;
