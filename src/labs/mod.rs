//! The labs: one folder each, and what they share.
pub mod cells;
pub mod flow;
pub mod lineage;
pub mod train;
pub mod words;
#[cfg(test)]
mod written;
