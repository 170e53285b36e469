//! All Lyapunov exponents, how the largest settle, and the figures that are made of them.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::labs::flow::context::Flow;
use crate::labs::flow::panels::chart::{compared, focused_headline, TimeChart};
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

/// The panel.
#[component]
pub fn LyapunovPanel(of: Slot, flow: Flow) -> impl IntoView {
    let focus = Memo::new(move |_| flow.focus());
    let spectrum = Memo::new(move |_| Arc::new(flow.analyses.with(|a| model::spectrum(a, focus.get()))));
    let spectrum = compared(flow, spectrum, move |ghost| Some(model::spectrum(ghost, focus.get())));
    let settling = Memo::new(move |_| Arc::new(flow.analyses.with(|a| model::settling(a, focus.get()))));
    let settling = compared(flow, settling, move |ghost| Some(model::settling(ghost, focus.get())));
    let figures = Memo::new(move |_| flow.focused().map(|(_, analysis)| model::figures(&analysis)).unwrap_or_default());
    view! {
        <Panel
            of
            headline=focused_headline(flow, model::headline)
            about="The long run, whatever the loss: λᵢ is the mean over steps of ln of the growth along direction i, by repeated QR. Left, all of them; right, how the largest settle once the directions have turned in the warm-up. Above 0 changes grow, below 0 they shrink. −∞ is not drawn."
        >
            <div class="split">
                <ChartFigure of drawing=Drawing::lines(spectrum) cursor=Cursor::none() theme=flow.theme name="Lyapunov exponents by number" height=230.0/>
                <TimeChart of flow model=settling name="Largest Lyapunov exponents by step" height=230.0/>
            </div>
            <dl class="report-figures">
                <For each=move || figures.get() key=|figure| figure.clone() let:figure>
                    <div>
                        <dt>{figure.0}</dt>
                        <dd>{figure.1}</dd>
                    </div>
                </For>
            </dl>
        </Panel>
    }
}
