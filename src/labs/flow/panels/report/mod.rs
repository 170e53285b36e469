//! The report: what is seen in a net, and what can be tried.

pub mod advice;
pub mod model;
pub mod view;
