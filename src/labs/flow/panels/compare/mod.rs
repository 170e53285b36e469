//! The pinned state: what differs, and its lines behind the live ones.

pub mod model;
pub mod view;
