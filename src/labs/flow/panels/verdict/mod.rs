//! The strip: what is left of the loss’s gradient, in a word, for every cell.

pub mod view;
