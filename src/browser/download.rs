//! Saving a file from the page.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Long enough for a browser to have taken the file.
const KEPT_MILLISECONDS: i32 = 60_000;

/// Offers bytes as a download under a name; whether the browser took them.
pub fn save(name: &str, media_type: &str, bytes: &[u8]) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).is_ok_and(|blob| save_blob(name, &blob))
}

/// The same for a blob.
pub fn save_blob(name: &str, blob: &Blob) -> bool {
    try_save(name, blob).is_ok()
}

fn try_save(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let document = window.document().ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // Fails for an address that was never made.
    let release = Closure::once_into_js(move || drop(Url::revoke_object_url(&address)));
    window.set_timeout_with_callback_and_timeout_and_arguments_0(release.unchecked_ref(), KEPT_MILLISECONDS)?;
    Ok(())
}
