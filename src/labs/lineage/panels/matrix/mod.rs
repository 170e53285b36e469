//! The whole matrix of reach, a picture a model.

pub mod model;
pub mod view;
