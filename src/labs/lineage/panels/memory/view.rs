//! The panels of the memory view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::charts::format_value;
use crate::labs::lineage::compute::memory::Remembered;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::Lines;
use crate::labs::lineage::settings::LineageSettings;
use crate::shell::figure::Cursor;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 280.0;

/// The past, as it was and as the state holds it.
#[component]
pub fn PastPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Remembered, _| Arc::new(model::past(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Remembered, _| model::past_headline(found)).unwrap_or_else(|sentence| sentence));
    let note = move || {
        let sentence =
            |found: &Remembered, _: &LineageSettings| format!("The largest coefficient on the way was {}.", format_value(found.largest));
        lab.read(sentence).unwrap_or_default()
    };
    view! {
        <Panel
            of
            headline=headline
            about="The time-varying HiPPO-LegS has read the input and keeps N numbers, the coefficients of Legendre polynomials over all of its past. Drawn from them alone: the past as the state holds it."
        >
            <Lines of lab chart name="The past and what is held of it" height=HEIGHT cursor=lab.cursor()/>
            <p class="note" role="note">{note}</p>
        </Panel>
    }
}

/// Where a memory of N coefficients ends.
#[component]
pub fn EndsPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Remembered, _| Arc::new(model::ends(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Remembered, _| model::ends_headline(found)).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="The error that is left of a pure tone, by its cycles over the history: measured by the chosen rule (up to 16 coefficients where the rule is exact), and dotted the least that any N coefficients leave, √(1 − Σ (2n + 1) jₙ(πf)²)."
        >
            <Lines of lab chart name="Error against cycles" height=HEIGHT cursor=Cursor::none()/>
        </Panel>
    }
}
