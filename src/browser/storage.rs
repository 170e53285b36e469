//! The only caller of local storage. Where it is blocked or full, the page works and forgets.

use leptos::prelude::window;

/// Keys start with the application's name: storage is shared by everything on the same host.
const PREFIX: &str = "unroll.";

fn area() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What was kept under a key, if anything was and it can be read.
pub fn read(key: &str) -> Option<String> {
    area()?.get_item(&format!("{PREFIX}{key}")).ok().flatten()
}

/// Keeps a value under a key; `what` names it in the error.
///
/// # Errors
/// A sentence that says what will be forgotten, when the browser does not keep it.
pub fn write(key: &str, value: &str, what: &str) -> Result<(), String> {
    area().and_then(|area| area.set_item(&format!("{PREFIX}{key}"), value).ok()).ok_or_else(|| {
        format!(
            "This browser keeps nothing for this page (its storage is blocked or full), so {what} will be forgotten when the page is \
             closed."
        )
    })
}

/// The keys that begin with `prefix`.
pub fn keys(prefix: &str) -> Vec<String> {
    let Some(area) = area() else { return Vec::new() };
    let all = (0..area.length().unwrap_or(0)).filter_map(|index| area.key(index).ok().flatten());
    all.filter_map(|key| key.strip_prefix(PREFIX).map(str::to_owned)).filter(|key| key.starts_with(prefix)).collect()
}

/// Forgets a key.
pub fn remove(key: &str) {
    if let Some(area) = area() {
        // Removing fails only where reading does, and then there is nothing to forget.
        let _ = area.remove_item(&format!("{PREFIX}{key}"));
    }
}
