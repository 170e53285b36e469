//! The control rail: every setting of a lab, in the groups of its rows. A bottom sheet on phones.

use leptos::prelude::*;

use super::group::SettingsGroup;
use super::store::{Live, Store};
use super::{groups, Group};

/// The rail. `open` matters on narrow screens only.
#[component]
pub fn Rail<S: Live>(
    store: Store<S>,
    open: RwSignal<bool>,
    /// The groups that it has, where that is not all of them.
    #[prop(optional, into)]
    only: Option<Signal<Vec<Group>>>,
    /// What the lab has over its settings.
    #[prop(optional, into)]
    over: ViewFn,
    /// What the lab has under them.
    #[prop(optional, into)]
    under: ViewFn,
) -> impl IntoView {
    let group = move |group| view! { <SettingsGroup group=group settings=store.settings on_commit=move |()| store.commit()/> };
    view! {
        <aside class="rail" id="rail" aria-label="Controls" class:open=move || open.get()>
            {over.run()}
            {move || only.map_or_else(groups::<S>, |only| only.get()).into_iter().map(group).collect_view()}
            {under.run()}
        </aside>
    }
}
