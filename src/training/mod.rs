//! Training runs: what can be set, what they tell, and the workers they run in.
//!
//! `settings`, `table`, `link`, `presets`, `examples`, `curves`, `history`, `checkpoint` and `keep` are plain values and functions. `message`
//! says what a run is asked and tells, `job` is a run, `crew` has one for each cell; `store` joins the settings to signals and to the address.
pub mod checkpoint;
pub mod crew;
pub mod curves;
pub mod examples;
pub mod history;
pub mod job;
pub mod keep;
pub mod link;
pub mod message;
pub mod presets;
pub mod settings;
pub mod store;
pub mod table;
mod wire;
