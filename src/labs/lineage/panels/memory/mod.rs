//! What a memory of polynomials can tell of its past.

pub mod model;
pub mod view;
