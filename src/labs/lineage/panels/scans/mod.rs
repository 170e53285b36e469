//! Scans of one recurrence: Blelloch's tree with its numbers, and what scans take.

pub mod model;
pub mod view;
