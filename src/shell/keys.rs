//! What the keyboards of all labs have in common.

use wasm_bindgen::JsCast;
use web_sys::Element;

/// Whether the key is the lab's: not held with a modifier, not used up, and not of something that has its own use for arrows or Space.
pub fn is_the_labs(event: &web_sys::KeyboardEvent) -> bool {
    !(event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() || in_a_control(event))
}

fn in_a_control(event: &web_sys::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|t| t.dyn_into::<Element>().ok())
        .and_then(|e| e.closest("input, select, textarea, button, summary, a, [role=menu], [role=listbox], .data-table").ok().flatten())
        .is_some()
}
