//! The lab inside another page.

use leptos::prelude::*;

use super::list::{PANELS, UNNAMED};
use super::store::Store;
use crate::charts::Theme;
use crate::form::SettingByKey;
use crate::shell::embed::{chosen, EmbedPage};

/// What the embed names, in its order.
#[component]
pub fn EmbedLab(store: Store, theme: Signal<Theme>) -> impl IntoView {
    let flow = super::start(store, theme);
    let embed = store.embed.get_value().unwrap_or_default();
    let panels = chosen(&embed.panels, &PANELS, UNNAMED);
    let controls = embed
        .controls
        .iter()
        .map(|key| view! { <div class="embed-control" data-key=*key><SettingByKey key=key settings=store.settings on_commit=move |()| store.commit()/></div> })
        .collect_view()
        .into_any();
    view! {
        <EmbedPage
            title="Unroll: see gradients vanish or explode"
            panels
            shared=flow
            notices=store.notices
            on_dismiss=move |notice| store.dismiss(&notice)
            controls
            whole_page=Signal::derive(move || store.whole_page())
        />
    }
}
