//! The loss of one unit over two weights.

pub mod paint;
pub mod view;
