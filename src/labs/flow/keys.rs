//! The keyboard of the lab: ← → Home End move the cursor, Space plays, Esc unpins, P keeps the state to compare with.

use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::graph::untrack;

use super::context::Flow;
use super::player;
use super::store::Store;
use crate::form::Embed;
use crate::labs::flow::panels::compare::view as ghost;
use crate::shell::keys::is_the_labs;

/// Listens while the lab is mounted. Keys that a control uses itself are left to it.
pub fn listen(flow: Flow, store: Store) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if !is_the_labs(&event) {
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
            "p" | "P" => {
                if store.embed.with_value(|embed| embed.as_ref().is_none_or(Embed::compares)) {
                    ghost::pin(store);
                }
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
