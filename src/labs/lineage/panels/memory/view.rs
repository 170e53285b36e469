//! The panels of the memory view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::charts::{format_value, LineModel};
use crate::labs::lineage::compute::memory::Remembered;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::passes::view::empty;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 280.0;

/// Reads what was found, or gives the sentence that stands in its place.
fn read<T>(lab: Lab, read: impl FnOnce(&Remembered) -> T) -> Result<T, String> {
    let (_, found) = lab.remembered.get().ok_or_else(|| lab.instead())?;
    match found.as_ref() {
        Ok(found) => Ok(read(found)),
        Err(sentence) => Err(sentence.clone()),
    }
}

/// A chart of what was found, once there is something.
#[component]
fn Lines(of: Slot, lab: Lab, of_found: fn(&Remembered) -> LineModel, name: &'static str, by_step: bool) -> impl IntoView {
    let chart = Memo::new(move |_| read(lab, |found| Arc::new(of_found(found))).ok());
    let there = Memo::new(move |_| chart.with(Option::is_some));
    let drawing = move || Drawing::lines(Signal::derive(move || chart.get().unwrap_or_else(empty)));
    let cursor = if by_step { lab.cursor() } else { Cursor::none() };
    view! { <Show when=move || there.get()><ChartFigure of drawing=drawing() cursor=cursor theme=lab.theme name=name height=HEIGHT/></Show> }
}

/// The past, as it was and as the state holds it.
#[component]
pub fn PastPanel(of: Slot, lab: Lab) -> impl IntoView {
    let headline = Memo::new(move |_| read(lab, model::past_headline).unwrap_or_else(|sentence| sentence));
    let note = move || {
        let sentence = |found: &Remembered| format!("The largest coefficient on the way was {}.", format_value(found.largest));
        read(lab, sentence).unwrap_or_default()
    };
    view! {
        <Panel
            of
            headline=headline
            about="The time-varying HiPPO-LegS has read the input and keeps N numbers, the coefficients of Legendre polynomials over all of its past. Drawn from them alone: the past as the state holds it."
        >
            <Lines of lab of_found=model::past name="The past and what is held of it" by_step=true/>
            <p class="note" role="note">{note}</p>
        </Panel>
    }
}

/// Where a memory of N coefficients ends.
#[component]
pub fn EndsPanel(of: Slot, lab: Lab) -> impl IntoView {
    let headline = Memo::new(move |_| read(lab, model::ends_headline).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="The error that is left of a pure tone, by its cycles over the history: measured by the chosen rule (up to 16 coefficients where the rule is exact), and dotted the least that any N coefficients leave, √(1 − Σ (2n + 1) jₙ(πf)²)."
        >
            <Lines of lab of_found=model::ends name="Error against cycles" by_step=false/>
        </Panel>
    }
}
