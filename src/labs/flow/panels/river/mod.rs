//! The river: the net unrolled, with what is left of the gradient as its width.

pub mod geometry;
pub mod paint;
pub mod view;
