//! The net while it learns: its recurrent weights and its gates.

pub mod model;
pub mod view;
