//! Train: the cells race on the same batches, and every chart follows the gradient while the nets learn.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod claims_search;
mod context;
mod embed;
pub mod later;
mod link;
mod list;
mod options;
mod page;
mod panels;
pub mod presets;
pub mod rows;
pub mod runs;
pub mod settings;
pub mod store;

pub use page::page;
