//! What the user has set, and where it is kept.
//!
//! `settings`, `table`, `url`, `presets` and `notice` are plain values and functions; nothing in them knows a browser or a
//! framework. `store` joins them to signals. `history` and `storage` are the only callers of the History API and of local storage.
pub mod notice;
pub mod settings;
pub mod table;
pub mod url;
