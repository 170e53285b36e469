//! The Lyapunov exponents, and how far they have settled.

pub mod model;
pub mod view;
