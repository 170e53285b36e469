//! Start, pause, step, and what is being trained.

pub mod view;
