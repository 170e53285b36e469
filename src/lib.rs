//! The Unroll web app. Layers, outermost first: `labs` → `controls`, `charts`, `compute`, `training`, `state` → `unroll_engine`.
pub mod app;
pub mod charts;
pub mod compute;
pub mod controls;
pub mod jobs;
pub mod labs;
pub mod serve;
pub mod state;
pub mod sweep;
pub mod training;
