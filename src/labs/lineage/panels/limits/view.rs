//! The panels of the limits view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::labs::lineage::compute::limits::Limits;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::Lines;
use crate::shell::figure::Cursor;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;

/// The curse of memory.
#[component]
pub fn CursePanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Limits, _| Arc::new(model::curse(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Limits, _| model::curse_headline(found)).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="h ← λh + x with white noise x remembers for 1/(1 − λ) steps. As λ goes to 1 nothing vanishes, and yet the state becomes ever more sensitive to λ: gradients that do not vanish, and training that is still hard (Zucchet & Orvieto 2024). Solid: measured over a run. Dotted: the formula."
        >
            <Lines of lab chart name="The curse of memory" height=HEIGHT cursor=Cursor::none()/>
        </Panel>
    }
}

/// Parity.
#[component]
pub fn ParityPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Limits, _| Arc::new(model::parity(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Limits, _| model::parity_headline(found)).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="Is the number of set bits odd? With h ← a(x)h and a = ±1 the sign of h says so at any length. With a from 0 to 1, as in Mamba, minGRU and S4D-Real, a set bit can only let h fall, and one threshold on h tells ever less (Grazzi et al. 2025). The first is measured on one random string, the second is counted over all strings of a length."
        >
            <Lines of lab chart name="Parity by length" height=HEIGHT cursor=Cursor::none()/>
        </Panel>
    }
}
