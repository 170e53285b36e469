//! Spectrum at the cursor.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::Analysis;

use super::model::{self as spectrum_model, Demand};
use crate::charts::PlaneModel;
use crate::labs::flow::context::Flow;
use crate::labs::flow::panels::compare::model as ghost_model;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

/// Spectrum at the cursor.
#[component]
pub fn SpectrumPanel(of: Slot, flow: Flow) -> impl IntoView {
    // A large net's spectrum is of the analysis and the state it was asked for.
    let asked = RwSignal::new(None::<(usize, usize)>);
    let identity = |analysis: &Arc<Analysis>| Arc::as_ptr(analysis) as usize;
    let demand = Memo::new(move |_| flow.focused().map_or(Demand::Live, |(_, a)| spectrum_model::demand(a.state_size)));
    let computed = Memo::new(move |_| match demand.get() {
        Demand::Live => true,
        Demand::Never => false,
        Demand::Asked => flow.focused().map(|(_, a)| (identity(&a), flow.cursor())) == asked.get(),
    });
    let ask = move |_| asked.set(untrack(|| flow.focused().map(|(_, a)| (identity(&a), flow.cursor()))));
    // The pinned state's part of both is built when the pin, the focus or the cursor changes, not with the live state.
    let focus = Memo::new(move |_| flow.focused().map(|(cell, _)| cell));
    let cursor = Memo::new(move |_| if computed.get() { flow.cursor() } else { 0 });
    let ghost = Memo::new(move |_| {
        let (name, cell) = (flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()))?, focus.get()?);
        let analysis = flow.ghost.with(|ghost| ghost.get(cell).cloned())?;
        let computed = computed.get() && spectrum_model::demand(analysis.state_size) == Demand::Live;
        let (plane, cursor) = (spectrum_model::plane(cell, &analysis, cursor.get(), computed), cursor.get());
        Some(Arc::new((name, plane, spectrum_model::bars(computed.then_some((cell, analysis)), cursor))))
    });
    let plane = Memo::new(move |_| {
        let Some((cell, live)) = flow.focused() else { return Arc::new(PlaneModel { sets: Vec::new(), unit_circle: true }) };
        let live = spectrum_model::plane(cell, &live, cursor.get(), computed.get());
        Arc::new(match ghost.get().as_deref() {
            Some((name, ghost, _)) => ghost_model::behind_plane(&live, ghost, name),
            None => live,
        })
    });
    let bars = Memo::new(move |_| {
        let live = spectrum_model::bars(flow.focused().filter(|_| computed.get()), cursor.get());
        Arc::new(match ghost.get().as_deref() {
            Some((name, _, ghost)) => ghost_model::beside_bars(&live, ghost, name),
            None => live,
        })
    });
    let headline = Signal::derive(move || {
        let cursor = flow.cursor();
        let write = |(cell, a): (_, Arc<Analysis>)| {
            if computed.get() {
                spectrum_model::headline(cell, &a, cursor)
            } else {
                spectrum_model::resting_headline(&a, cursor)
            }
        };
        flow.focused().map(write).unwrap_or_default()
    });
    view! {
        <Panel
            of
            headline=headline
            about="Left: eigenvalues of the step Jacobian at the cursor and of each block of W_hh, with the unit circle. Right: singular values of the product ∂s_T/∂s_k, one bar a direction of the state."
        >
            <Show when=move || demand.get() == Demand::Asked && !computed.get()>
                <div class="refining">
                    <button class="button" type="button" on:click=ask>{move || format!("Compute at t = {}", flow.cursor())}</button>
                </div>
            </Show>
            <div class="split">
                <ChartFigure of drawing=Drawing::plane(plane.into()) cursor=Cursor::none() theme=flow.theme name="Eigenvalues in the complex plane" height=264.0/>
                // Bars stand over an index, not over time: the shared cursor has no place on them.
                <ChartFigure of drawing=Drawing::bars(bars.into()) cursor=Cursor::none() theme=flow.theme name="Singular values of the product at the cursor" height=264.0/>
            </div>
        </Panel>
    }
}
