//! One gate block of the weights as a grid, to look at and to change.

pub mod editor;
pub mod matrix;
pub mod model;
pub mod tools;
pub mod view;
