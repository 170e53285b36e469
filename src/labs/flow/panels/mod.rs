//! A folder a panel: `model.rs` is pure, `view.rs` mounts it, `paint.rs` draws what no chart of the kit does.

pub mod chart;
pub mod compare;
pub mod contribution;
pub mod gates;
pub mod gradient;
pub mod jacobian;
pub mod lyapunov;
pub mod phase;
pub mod report;
pub mod river;
pub mod spectrum;
pub mod verdict;
pub mod weights;
