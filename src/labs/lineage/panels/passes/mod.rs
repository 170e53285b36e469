//! Both passes of a bidirectional net over one input: which of them brings what.

pub mod model;
pub mod view;
