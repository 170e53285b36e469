//! Loss and gradient norm by iteration.

pub mod model;
pub mod view;
