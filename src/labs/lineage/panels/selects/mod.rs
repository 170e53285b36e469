//! A selective state-space model over a text: what it lets in, and what it keeps.

pub mod model;
pub mod view;
