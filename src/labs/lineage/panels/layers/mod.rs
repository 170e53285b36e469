//! A transformer: its gradient by depth, by path, and the weights of its attention.

pub mod model;
pub mod view;
