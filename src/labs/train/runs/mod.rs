//! Training runs: what can be set, what they tell, and the workers they run in.
//!
//! `examples`, `curves`, `history`, `checkpoint` and `keep` are plain values and functions. `message`
//! says what a run is asked and tells, `job` is a run, `crew` has one for each cell.
pub mod checkpoint;
pub mod crew;
pub mod curves;
pub mod examples;
pub mod history;
pub mod job;
pub mod keep;
pub mod message;
