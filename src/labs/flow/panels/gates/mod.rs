//! Gates and states.

pub mod model;
pub mod view;
