//! What truncation throws away.

pub mod model;
pub mod view;
