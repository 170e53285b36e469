//! The bar over the panels: views, stories and questions.

use leptos::prelude::*;

use super::context::Lab;
use super::presets::{QUESTIONS, STORIES};
use super::settings::{LineageSettings, View, VIEWS};
use super::store::LineageStore;
use crate::form::{Preset, PresetsMenu};

/// The bar.
#[component]
pub fn ViewBar(lab: Lab, current: Signal<Option<&'static str>>, on_choose: Callback<&'static Preset<LineageSettings>>) -> impl IntoView {
    let store = lab.store;
    let view_link = move |view: View, name: &'static str| {
        let to = move || {
            let now = store.settings.get();
            // At the last step there is no future for the backward pass to read.
            let back = if view == View::Bidirectional && now.view != view && now.back == 0 { now.steps / 2 } else { now.back };
            LineageSettings { view, back, ..now }
        };
        let here = move || (store.settings.with(|now| now.view) == view).then_some("page");
        let go = move |event: web_sys::MouseEvent| {
            // With a modifier the browser opens the address elsewhere.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                store.apply(untrack(to));
            }
        };
        view! { <a href=move || LineageStore::address_of(&to()) aria-current=here on:click=go>{name}</a> }
    };
    view! {
        <div class="view-bar" data-busy=move || lab.busy.get().to_string()>
            <nav class="views" aria-label="Views">{VIEWS.map(|(view, _, name)| view_link(view, name)).collect_view()}</nav>
            <PresetsMenu presets=STORIES current on_choose label="Stories"/>
            <PresetsMenu presets=QUESTIONS current on_choose label="You asked"/>
        </div>
    }
}
