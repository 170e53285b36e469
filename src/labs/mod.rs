//! The labs, one folder a screen, one file a panel.
pub mod flow;
