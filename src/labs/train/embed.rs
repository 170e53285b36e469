//! The lab inside another page.

use leptos::prelude::*;

use super::context::Lab;
use super::list::{PANELS, UNNAMED};
use crate::form::Embed;
use crate::shell::embed::{chosen, EmbedPage};
use crate::shell::panel::LaterPanels;

/// What the embed names, in its order.
#[component]
pub fn EmbedLab(lab: Lab, embed: Embed, later: LaterPanels<Lab>) -> impl IntoView {
    let store = lab.store;
    view! {
        <EmbedPage
            title="Unroll: watch the gradient while the net learns"
            panels=chosen(&embed.panels, &PANELS, UNNAMED)
            shared=lab
            later
            store
            controls=embed.controls
            whole_page=Signal::derive(move || store.whole_page())
        />
    }
}
