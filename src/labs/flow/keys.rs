//! The keyboard of the lab: ← → Home End move the cursor, Space plays, Esc unpins.

use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::graph::untrack;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::context::Flow;
use super::player;

/// Listens while the lab is mounted. Keys that a control uses itself are left to it.
pub fn listen(flow: Flow) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() || in_a_control(&event) {
            return;
        }
        let last = untrack(|| flow.seq_len());
        let at = untrack(|| flow.cursor());
        let target = match event.key().as_str() {
            "ArrowLeft" => Some(at.saturating_sub(1)),
            "ArrowRight" => Some((at + 1).min(last)),
            "Home" => Some(0),
            "End" => Some(last),
            " " => {
                player::toggle(flow);
                event.prevent_default();
                return;
            }
            "Escape" => {
                player::stop(flow);
                flow.hovered.set(None);
                flow.pinned.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        player::stop(flow);
        flow.hovered.set(None);
        flow.pinned.set(target);
    });
    on_cleanup(move || handle.remove());
}

/// Whether the key goes to something that has its own use for arrows or Space.
fn in_a_control(event: &web_sys::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|t| t.dyn_into::<Element>().ok())
        .and_then(|e| e.closest("input, select, textarea, button, summary, a, [role=menu], [role=listbox], .data-table").ok().flatten())
        .is_some()
}
