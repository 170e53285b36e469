//! What the user has set, and where it is kept.
//!
//! `settings`, `nets`, `table`, `url`, `pin`, `embed`, `presets`, `undo` and `notice` are plain values and functions; nothing in them knows a browser or a
//! framework. `store` and `theme` join them to signals. `history` and `storage` are the only callers of the History API and of local
//! storage.
pub mod embed;
pub mod history;
pub mod nets;
pub mod notice;
pub mod pin;
pub mod presets;
pub mod recent;
pub mod settings;
pub mod storage;
pub mod store;
pub mod table;
pub mod theme;
pub mod undo;
pub mod url;
pub mod wire;
