//! Flow's rail: the model over the settings, the files to take along under them.

use leptos::prelude::*;

use super::context::Flow;
use super::later::Parts;
use super::store::Store;
use crate::form;
use crate::labs::flow::files::importer::Importer;
use crate::shell::later::{Later, Part};

/// The rail.
#[component]
pub fn Rail(flow: Flow, store: Store, importer: Importer, later: Later<Parts>, open: RwSignal<bool>) -> impl IntoView {
    let files = move || match later.part() {
        Part::Here(parts) => untrack(|| (parts.files)(flow, importer)),
        _ => ().into_any(),
    };
    if store.settings.with_untracked(|settings| settings.shown_cells().any(|cell| settings.given(cell).is_some())) {
        // A net came with the link.
        later.call();
    }
    let models = move || match later.part() {
        Part::Here(parts) => untrack(|| (parts.models)(store)),
        _ => ().into_any(),
    };
    view! { <form::Rail store=store open=open over=move || models under=move || files/> }
}
