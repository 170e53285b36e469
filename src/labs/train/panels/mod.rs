//! A folder a panel or a pair of them that shares a model: `model.rs` is pure, `view.rs` mounts it, `paint.rs` draws what no chart of the kit does.

pub mod back;
pub mod chart;
pub mod checkpoints;
pub mod cliff;
pub mod curves;
pub mod cut;
pub mod examples;
pub mod net;
pub mod run;
pub mod runs;
