//! The Unroll web app. Layers, outermost first: `labs` → `form` → `controls`, `browser`; `labs` → `charts`, `compute`, `training` → `unroll_engine`.
pub mod app;
pub mod browser;
pub mod charts;
pub mod compute;
pub mod controls;
pub mod form;
pub mod labs;
pub mod sweep;
pub mod training;
pub mod worker;
