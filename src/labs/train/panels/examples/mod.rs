//! Sequences with their targets and answers.

pub mod view;
