//! Every run in a line.

pub mod view;
