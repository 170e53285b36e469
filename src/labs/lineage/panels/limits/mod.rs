//! Where linear recurrences end: the curse of memory, and parity.

pub mod model;
pub mod view;
