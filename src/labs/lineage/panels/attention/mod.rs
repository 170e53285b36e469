//! An encoder–decoder with attention: its gradient by path, its alignment, and how open its weights are.

pub mod model;
pub mod view;
