//! Training runs: what can be set, what they tell, and the workers they run in.
//!
//! `settings`, `table`, `link`, `presets`, `examples`, `curves`, `history`, `checkpoint` and `keep` are plain values and functions. `message`,
//! `served` and `crew` are the two sides of the workers, one worker a cell; `store` joins the settings to signals and to the address.
pub mod checkpoint;
pub mod crew;
pub mod curves;
pub mod examples;
pub mod history;
pub mod keep;
pub mod message;
pub mod served;
