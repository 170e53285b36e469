//! The rail's group for files that come in. It comes later, with what reads them.

use leptos::prelude::*;

use super::importer::{Importer, PASTED};
use super::model;
use super::taking::take;

/// The rail's group for files that come in.
#[component]
pub fn ImportGroup(importer: Importer) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let import = move |_| {
        take(importer, PASTED, text.get_untracked().as_bytes());
        text.set(String::new());
    };
    view! {
        <fieldset class="settings-group imports">
            <legend>"Import"</legend>
            <p class="group-note">{format!("Open, paste or drop {}. Nothing leaves this browser.", model::ACCEPTED)}</p>
            <button class="button" type="button" on:click=move |_| importer.pick()>"Open a file…"</button>
            <details class="paste">
                <summary>"Paste text"</summary>
                <textarea
                    rows="4"
                    spellcheck="false"
                    aria-label="Text to import"
                    placeholder="An experiment’s JSON, a CSV, or words"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
                <button class="button" type="button" disabled=move || text.with(|text| text.trim().is_empty()) on:click=import>"Import the text"</button>
            </details>
        </fieldset>
    }
}
