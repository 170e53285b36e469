//! The Unroll web app. Layers, outermost first: `labs` → `shell` → `controls`, `charts`, `compute`, `training`, `state` → `unroll_engine`.
pub mod app;
pub mod charts;
pub mod compute;
pub mod controls;
pub mod labs;
pub mod shell;
pub mod state;
pub mod sweep;
pub mod training;
pub mod worker;
