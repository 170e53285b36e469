//! What every step contributes to the weight gradient.

pub mod model;
pub mod view;
