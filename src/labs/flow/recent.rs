//! The rail's list of recent work: what was brought or edited, kept in this browser.

use leptos::prelude::*;

use super::recent_work::{self, Work};
use super::store::Store;

/// The list.
#[component]
pub fn RecentGroup(store: Store) -> impl IntoView {
    let works = move || {
        store.recent.track();
        recent_work::list()
    };
    let forget = move |base: &str| {
        recent_work::forget(base);
        store.recent.update(|changes| *changes += 1);
    };
    let row = move |work: Work| {
        let when = js_sys::Date::new(&work.when.into()).to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED);
        let (query, base) = (work.query, work.base);
        let label = format!("Forget “{}”", work.title);
        view! {
            <li>
                <button class="link-button" type="button" on:click=move |_| store.open(&query)>{work.title}</button>
                <time>{String::from(when)}</time>
                <button class="button icon-button" type="button" aria-label=label.clone() title=label on:click=move |_| forget(&base)>"×"</button>
            </li>
        }
    };
    view! {
        <fieldset class="settings-group recent">
            <legend>"Recent work"</legend>
            {move || {
                let works = works();
                if works.is_empty() {
                    return view! { <p class="help-line">"Models that you bring and weights that you edit are kept here, in this browser only."</p> }.into_any();
                }
                view! { <ul>{works.into_iter().map(row).collect_view()}</ul> }.into_any()
            }}
        </fieldset>
    }
}
