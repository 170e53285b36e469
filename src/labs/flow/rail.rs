//! The control rail: every setting, in the groups of the settings table, and the files to take along. A bottom sheet on phones.

use leptos::prelude::*;

use super::context::Flow;
use super::export::ExportGroup;
use super::import::{ImportGroup, Importer, ModelGroup};
use super::recent::RecentGroup;
use crate::controls::SettingsGroup;
use crate::state::store::Store;
use crate::state::table::Group;

/// The rail. `open` matters on narrow screens only.
#[component]
pub fn Rail(flow: Flow, store: Store, importer: Importer, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <aside class="rail" id="rail" aria-label="Controls" class:open=move || open.get()>
            <ModelGroup store=store/>
            {Group::ALL
                .into_iter()
                .map(|group| view! { <SettingsGroup group=group settings=store.settings on_commit=move |()| store.commit()/> })
                .collect_view()}
            <ImportGroup importer=importer/>
            <ExportGroup flow=flow store=store/>
            <RecentGroup store=store/>
        </aside>
    }
}
