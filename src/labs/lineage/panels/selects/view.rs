//! The panels of the selective view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::form::SettingByKey;
use crate::labs::lineage::compute::selects::Selects;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::{Lines, Map};
use crate::labs::lineage::rows::CHANNEL;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 280.0;
const MAP_HEIGHT: f64 = 220.0;

/// What the model lets in.
#[component]
pub fn OpensPanel(of: Slot, lab: Lab) -> impl IntoView {
    let channel = Memo::new(move |_| lab.store.settings.with(|settings| settings.channel - 1));
    let map = Memo::new(move |_| lab.read(|found: &Selects, _| Arc::new(model::deltas(found))).ok());
    let headline =
        Memo::new(move |_| lab.read(|found: &Selects, _| model::headline(found, channel.get())).unwrap_or_else(|sentence| sentence));
    let text = move || {
        let shades = lab.read(|found: &Selects, _| model::shaded(found, channel.get())).unwrap_or_default();
        shades
            .into_iter()
            .map(|(c, share)| view! { <span style=format!("--share: {:.0}%", 100.0 * share)>{c.to_string()}</span> })
            .collect_view()
    };
    let tools = view! { <div class="panel-setting"><SettingByKey key=CHANNEL settings=lab.store.settings on_commit=move |()| lab.store.commit()/></div> };
    view! {
        <Panel
            of
            headline=headline
            about="Δ of every channel at every character: small, and the state stays as it is and lets nothing in; large, and it forgets and takes the input. The same character has the same Δ wherever it stands: Δ, B and C read the input alone. The text is shaded by Δ of the chosen channel."
            tools=tools.into_any()
        >
            <p class="shaded-text" role="img" aria-label="The text, shaded by Δ">{text}</p>
            <Map of lab map name="Δ over the text" height=MAP_HEIGHT cursor=lab.cursor()/>
        </Panel>
    }
}

/// What it keeps.
#[component]
pub fn KeptPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Selects, _| Arc::new(model::kept(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Selects, _| model::kept_headline(found)).unwrap_or_else(|sentence| sentence));
    let note = move || lab.read(|found: &Selects, _| model::note(found)).unwrap_or_default();
    view! {
        <Panel
            of
            headline=headline
            about="How much of the chosen channel’s slowest number (A = −1) at state k is in the last state, inputs held. It is a product over steps, and yet nothing but the sum of Δ between the two counts: e to the power A·ΣΔ."
        >
            <Lines of lab chart name="What is kept" height=HEIGHT cursor=lab.cursor()/>
            <p class="note" role="note">{note}</p>
        </Panel>
    }
}
