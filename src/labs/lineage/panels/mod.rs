//! A folder a panel or a group of them that shares a model: `model.rs` is pure, `view.rs` mounts it.

pub mod attention;
pub mod cost;
pub mod generate;
pub mod layers;
pub mod limits;
pub mod lines;
pub mod matrix;
pub mod memory;
pub mod passes;
pub mod poles;
pub mod reach;
pub mod scans;
pub mod selects;
