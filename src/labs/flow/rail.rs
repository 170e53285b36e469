//! Flow's rail: the model over the settings, the files to take along under them.

use leptos::prelude::*;

use super::context::Flow;
use super::recent::RecentGroup;
use super::store::Store;
use crate::form;
use crate::labs::flow::files::export::ExportGroup;
use crate::labs::flow::files::import::{ImportGroup, Importer, ModelGroup};

/// The rail.
#[component]
pub fn Rail(flow: Flow, store: Store, importer: Importer, open: RwSignal<bool>) -> impl IntoView {
    let files = move || {
        view! {
            <ImportGroup importer=importer/>
            <ExportGroup flow=flow store=store/>
            <RecentGroup store=store/>
        }
    };
    view! { <form::Rail store=store open=open over=move || view! { <ModelGroup store=store/> } under=files/> }
}
