//! What each model costs, as a formula and as a number.

pub mod model;
pub mod view;
