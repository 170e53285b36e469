//! The lab inside another page.

use leptos::prelude::*;

use super::context::Lab;
use super::list::{PANELS, UNNAMED};
use super::store::LineageStore;
use crate::form::Embed;
use crate::shell::embed::{chosen, EmbedPage};

/// What the embed names, in its order.
#[component]
pub fn EmbedLab(lab: Lab, embed: Embed) -> impl IntoView {
    let store = lab.store;
    view! {
        <EmbedPage
            title="Unroll: how much gradient reaches back, from the RNN to Mamba"
            panels=chosen(&embed.panels, &PANELS, UNNAMED)
            shared=lab
            store
            controls=embed.controls
            whole_page=Signal::derive(move || store.settings.with(LineageStore::address_of))
        />
    }
}
