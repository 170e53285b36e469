//! The lab inside another page.

use leptos::prelude::*;

use super::later::Parts;
use super::list::{PANELS, UNNAMED};
use super::store::Store;
use crate::charts::Theme;
use crate::shell::embed::{chosen, EmbedPage};
use crate::shell::later::Later;

/// What the embed names, in its order.
#[component]
pub fn EmbedLab(store: Store, theme: Signal<Theme>, later: Later<Parts>) -> impl IntoView {
    let embed = store.embed.get_value().unwrap_or_default();
    view! {
        <EmbedPage
            title="Unroll: see gradients vanish or explode"
            panels=chosen(&embed.panels, &PANELS, UNNAMED)
            shared=super::start(store, theme, later)
            later=later.panels(|parts| parts.panels)
            store
            controls=embed.controls
            whole_page=Signal::derive(move || store.whole_page())
        />
    }
}
