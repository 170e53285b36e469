//! What every lab stands in: the frame of its page, the list of its panels, their frame and menu, charts with what goes with them, and embedding.
pub mod bar;
pub mod embed;
pub mod figure;
pub mod keys;
pub mod labs;
pub mod later;
pub mod outputs;
pub mod page;
pub mod panel;
pub mod save;
pub mod strip;
