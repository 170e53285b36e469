//! A map of growth over two settings.

pub mod paint;
pub mod view;
