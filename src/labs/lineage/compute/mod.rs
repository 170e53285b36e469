//! What a worker computes for the lab: from settings to numbers, without a view.

pub mod build;
pub mod job;
pub mod layers;
pub mod limits;
pub mod memory;
pub mod message;
pub mod pair;
pub mod passes;
pub mod poles;
pub mod reach;
pub mod scans;
pub mod selects;
