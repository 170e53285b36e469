//! The rail's last group: the cell in focus as files.

use leptos::prelude::*;

use super::export_model::Export;
use crate::browser::download;
use crate::form::Notice;
use crate::labs::flow::brought;
use crate::labs::flow::context::Flow;
use crate::labs::flow::words::cell_name;

/// Saves a file of the cell in focus.
fn save(flow: Flow, export: Export) {
    let store = flow.store;
    let Some((cell, analysis)) = untrack(|| flow.focused()) else { return };
    let assumptions = store.settings.with_untracked(|settings| brought::assumptions(settings, cell));
    match export.file(cell, &analysis, &assumptions) {
        Ok(file) => {
            if !download::save(&file.name, file.media_type, &file.bytes) {
                store.notify(Notice::warning(format!("The browser did not take {} as a download.", file.name)));
            }
        }
        Err(error) => store.notify(Notice::warning(error.to_string())),
    }
}

/// The buttons.
#[component]
pub fn ExportGroup(flow: Flow) -> impl IntoView {
    let name = move || flow.focused().map_or("", |(cell, _)| cell_name(cell));
    let waits = move |export: Export| export.needs_everything() && flow.focused().is_some_and(|(_, analysis)| !analysis.complete);
    view! {
        <fieldset class="settings-group exports">
            <legend>{move || format!("Export the {}", name())}</legend>
            {Export::ALL
                .into_iter()
                .map(|export| view! {
                    <button
                        class="button"
                        type="button"
                        title=move || if waits(export) { "Waits for ρ and σ_min, which are being computed." } else { export.help() }
                        disabled=move || waits(export)
                        on:click=move |_| save(flow, export)
                    >
                        {export.label()}
                    </button>
                })
                .collect_view()}
        </fieldset>
    }
}
