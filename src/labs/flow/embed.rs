//! The lab inside another page.

use leptos::prelude::*;

use super::list::{PANELS, UNNAMED};
use super::store::Store;
use crate::charts::Theme;
use crate::shell::embed::{chosen, EmbedPage};

/// What the embed names, in its order.
#[component]
pub fn EmbedLab(store: Store, theme: Signal<Theme>) -> impl IntoView {
    let embed = store.embed.get_value().unwrap_or_default();
    view! {
        <EmbedPage
            title="Unroll: see gradients vanish or explode"
            panels=chosen(&embed.panels, &PANELS, UNNAMED)
            shared=super::start(store, theme)
            store
            controls=embed.controls
            whole_page=Signal::derive(move || store.whole_page())
        />
    }
}
