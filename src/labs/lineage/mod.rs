//! Lineage: one question to every sequence model: how much gradient reaches lag k, by which path, and at what cost?

mod bar;
pub mod claims;
pub mod compute;
mod context;
mod embed;
mod link;
mod list;
pub mod models;
pub mod options;
mod page;
mod panels;
pub mod presets;
pub mod rows;
pub mod settings;
pub mod store;

pub use page::page;
