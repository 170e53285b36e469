//! What every lab stands in: the list of its panels, their frame and menu, charts with what goes with them, and embedding.
pub mod embed;
pub mod figure;
pub mod panel;
pub mod save;
