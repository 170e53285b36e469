//! The Unroll web app. Layers, outermost first: `labs` → `shell` → `form` → `controls`, `browser`; `labs` → `charts`, `jobs` → `unroll_engine`.
pub mod browser;
pub mod charts;
pub mod controls;
pub mod form;
pub mod jobs;
pub mod labs;
pub mod serve;
pub mod shell;
