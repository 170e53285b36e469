//! The Unroll web app. Layers, outermost first: `labs` → `controls`, `charts`, `compute`, `state` → `unroll_engine`.
pub mod charts;
pub mod controls;
pub mod state;
