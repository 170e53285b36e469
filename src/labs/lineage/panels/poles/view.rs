//! The panels of the spectrum view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::{self, Kept};
use crate::charts::PlaneModel;
use crate::labs::lineage::compute::poles::Poles;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::Lines;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 280.0;
const PLANE: f64 = 300.0;

/// Eigenvalues before and after the step.
#[component]
pub fn PolesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let nothing = |unit_circle: bool| PlaneModel { sets: vec![], unit_circle };
    let before = Memo::new(move |_| Arc::new(lab.read(|found: &Poles, _| model::continuous(found)).unwrap_or_else(|_| nothing(false))));
    let after = Memo::new(move |_| Arc::new(lab.read(|found: &Poles, _| model::discrete(found)).unwrap_or_else(|_| nothing(true))));
    let headline = Memo::new(move |_| lab.read(|found: &Poles, _| Kept::of(found).sentence()).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="Left: the eigenvalues A of the continuous system; left of the imaginary axis everything decays. Right: Ā after the step rule, with the unit circle; the nearer to it, the longer a state is kept."
        >
            <div class="split">
                <ChartFigure of drawing=Drawing::plane(before.into()) cursor=Cursor::none() theme=lab.theme name="Eigenvalues of A" height=PLANE/>
                <ChartFigure of drawing=Drawing::plane(after.into()) cursor=Cursor::none() theme=lab.theme name="Eigenvalues after the step" height=PLANE/>
            </div>
        </Panel>
    }
}

/// The answer to an impulse.
#[component]
pub fn KernelPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Poles, _| Arc::new(model::kernel(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Poles, _| model::kernel_headline(found)).unwrap_or_else(|sentence| sentence));
    let note = move || lab.read(|found: &Poles, _| model::apart_note(found)).unwrap_or_default();
    view! {
        <Panel
            of
            headline=headline
            about="What one channel gives out after a single 1, the mean of its states. With fixed coefficients the recurrence is a convolution with this kernel, so that it can be trained all at once and run step by step."
        >
            <Lines of lab chart name="Answer to an impulse" height=HEIGHT cursor=Cursor::none()/>
            <p class="note" role="note">{note}</p>
        </Panel>
    }
}

/// Two rules for the input.
#[component]
pub fn HoldPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Poles, settings| Arc::new(model::hold(found, settings))).ok());
    let headline = Memo::new(move |_| lab.read(model::hold_headline).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="B̄ of Mamba’s released code is ΔB; the paper prints the hold, (e^ΔA − 1)/A · B. Their ratio is ΔA/(e^ΔA − 1): 1 for small steps, and large where Δ|A| is."
        >
            <Lines of lab chart name="Two rules for the input" height=HEIGHT cursor=Cursor::none()/>
        </Panel>
    }
}
