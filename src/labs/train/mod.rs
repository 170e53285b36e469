//! Train: the cells race on the same batches, and every chart follows the gradient while the nets learn.

mod back_model;
mod bar;
mod cliff;
mod cliff_paint;
mod context;
mod curves_model;
mod cut_model;
mod embed;
mod examples;
mod kept;
mod kept_model;
mod list;
mod net_model;
mod options;
mod page;
mod panels;
pub mod presets;
pub mod rows;
pub mod settings;
pub mod store;
mod strip;

pub use page::page;
