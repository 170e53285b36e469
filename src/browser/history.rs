//! The only caller of the History API. It owns the query of the address, reads the route, and leaves path and fragment alone.

use leptos::ev;
use leptos::prelude::{window, window_event_listener, WindowListenerHandle};
use wasm_bindgen::JsValue;

/// The query of the address, without its question mark.
pub fn query() -> String {
    let search = window().location().search().unwrap_or_default();
    search.trim_start_matches('?').to_owned()
}

/// The address' fragment without its #, percent-encoded as it is.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Takes the fragment off the current history entry.
///
/// # Errors
/// As [`push`].
pub fn drop_fragment() -> Result<(), JsValue> {
    let location = window().location();
    let address = format!("{}{}", location.pathname()?, location.search()?);
    window().history()?.replace_state_with_url(&JsValue::NULL, "", Some(&address))
}

/// The path of the address below the app's own folder, such as `train`; empty at its root.
pub fn route() -> String {
    let path = window().location().pathname().unwrap_or_default();
    path.strip_prefix(&root()).unwrap_or(&path).trim_matches('/').to_owned()
}

/// The app's own folder, as the loader found it, with its slashes: `/unroll/`.
pub fn root() -> String {
    let element = window().document().and_then(|document| document.document_element());
    element.and_then(|element| element.get_attribute("data-root")).unwrap_or_else(|| "/".to_owned())
}

/// Puts a query on a new history entry.
///
/// # Errors
/// The browser refuses, as some do after a hundred changes in half a minute. The address stays as it was.
pub fn push(query: &str) -> Result<(), JsValue> {
    window().history()?.push_state_with_url(&JsValue::NULL, "", Some(&address(query)?))
}

/// Puts a query on the current history entry.
///
/// # Errors
/// As [`push`].
pub fn replace(query: &str) -> Result<(), JsValue> {
    let history = window().history()?;
    // The router may keep its own state on the entry.
    let state = history.state().unwrap_or(JsValue::NULL);
    history.replace_state_with_url(&state, "", Some(&address(query)?))
}

/// Calls back when the user moved in the history.
pub fn on_move(callback: impl Fn() + 'static) -> WindowListenerHandle {
    window_event_listener(ev::popstate, move |_| callback())
}

/// Path and fragment are written out: a bare "?…" would be resolved against the document's base, which need not be this page.
fn address(query: &str) -> Result<String, JsValue> {
    let location = window().location();
    let mark = if query.is_empty() { "" } else { "?" };
    Ok(format!("{}{mark}{query}{}", location.pathname()?, location.hash()?))
}
