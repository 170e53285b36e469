//! Pin and compare: a state put aside, and the bar that names, swaps and removes it.

use leptos::prelude::*;

use super::model as ghost_model;
use crate::labs::flow::context::Flow;
use crate::labs::flow::pin::{Pin, NAME_CHARACTERS};
use crate::labs::flow::store::Store;
use crate::shell::panel::Slot;

/// Keeps the live state to compare with, in the place of the one before.
pub fn pin(store: Store) {
    let settings = store.settings.get_untracked();
    store.put_pin(Some(Pin::new(settings)));
}

/// What is pinned, what differs and what that did; or the offer to pin.
#[component]
pub fn GhostBar(of: Slot, flow: Flow) -> impl IntoView {
    let store = flow.store;
    let is_pinned = Memo::new(move |_| flow.pin.with(Option::is_some));
    let name = move || flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()).unwrap_or_default());
    let sentence = move || {
        flow.pin.with(|pin| {
            let Some(pin) = pin else { return String::new() };
            flow.settings.with(|live| {
                flow.ghost.with(|before| flow.analyses.with(|after| ghost_model::comparison(&pin.settings, live, before, after)))
            })
        })
    };
    let missing = move || {
        let focus = flow.focus();
        let of = |pin: &Pin| flow.ghost.with(|ghost| ghost_model::missing(focus, &pin.settings, ghost));
        flow.pin.with(|pin| pin.as_ref().map(of))
    };
    let rename = move |ev| {
        let text = event_target_value(&ev);
        let renamed = flow.pin.with_untracked(|pin| pin.as_ref().map(|pin| Pin { name: Pin::name_of(&text), ..pin.clone() }));
        store.put_pin(renamed);
    };
    view! {
        <section class="ghost-bar wide" data-panel=of.id aria-label="Pinned state">
            <Show
                when=move || is_pinned.get()
                fallback=move || view! {
                    <button class="button" type="button" title="Keep this state on the charts to compare with (P)" on:click=move |_| pin(store)>
                        "Pin and compare"
                    </button>
                    <p class="note">"Keep these curves in pale, then move a slider and compare."</p>
                }
            >
                <label class="ghost-name">
                    <span>"Name"</span>
                    <input type="text" maxlength=NAME_CHARACTERS prop:value=name on:change=rename/>
                </label>
                <p class="ghost-said" role="status">{sentence}" "<span class="note">{missing}</span></p>
                <div class="ghost-tools">
                    <button class="button" type="button" title="Go over to the pinned state, and pin this one" on:click=move |_| store.swap_pin()>"Swap"</button>
                    <button class="button" type="button" title="Pin the live state in its place (P)" on:click=move |_| pin(store)>"Pin anew"</button>
                    <button class="button" type="button" aria-label="Remove the pinned state" on:click=move |_| store.put_pin(None)>"Remove"</button>
                </div>
            </Show>
        </section>
    }
}
