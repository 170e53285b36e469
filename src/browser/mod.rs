//! What the browser has: the address and its history, storage, theme, clipboard, downloads. Charts and workers aside, whatever the app asks
//! of the browser goes through here.
pub mod clipboard;
pub mod download;
pub mod history;
pub mod storage;
pub mod theme;
