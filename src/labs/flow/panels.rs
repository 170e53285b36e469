//! The chart panels: each turns the shared analyses into one model and hands it to a chart.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::Analysis;

use super::context::Flow;
use super::seeds::{Bands, SeedTools};
use super::settings::{GradientView, ReferenceLines};
use super::spectrum_model::Demand;
use super::{contribution_model, gates_model, ghost_model, gradient_model, jacobian_model, spectrum_model, words};
use crate::charts::{LineModel, PlaneModel};
use crate::compute::Analyses;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

/// A line model with the pinned state's behind it. That one is built when the pin or the view changes, not with the live state.
fn compared(
    flow: Flow,
    live: Memo<Arc<LineModel>>,
    of_ghost: impl Fn(&Analyses) -> Option<LineModel> + Send + Sync + 'static,
) -> Signal<Arc<LineModel>> {
    let ghost = Memo::new(move |_| {
        let name = flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()))?;
        flow.ghost.with(|ghost| of_ghost(ghost)).map(|model| (name, model))
    });
    Memo::new(move |_| {
        let live = live.get();
        ghost.with(|ghost| match ghost {
            Some((name, model)) => Arc::new(ghost_model::behind_lines(&live, model, name)),
            None => live,
        })
    })
    .into()
}

/// A line chart over time.
#[component]
fn TimeChart(of: Slot, flow: Flow, model: Signal<Arc<LineModel>>, name: &'static str, height: f64) -> impl IntoView {
    view! { <ChartFigure of drawing=Drawing::Lines(model) cursor=flow.cursor_of_charts() theme=flow.theme name=name height/> }
}

/// The focused cell's headline.
fn focused_headline(flow: Flow, write: impl Fn(unroll_engine::Cell, &Analysis) -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(move || flow.focused().map(|(cell, analysis)| write(cell, &analysis)).unwrap_or_default())
}

/// Gradient against time.
#[component]
pub fn GradientPanel(of: Slot, flow: Flow) -> impl IntoView {
    let bands = Bands::new(flow, flow.store);
    let model = Memo::new(move |_| {
        let seeds = bands.shown();
        let (focus, view, lines) = flow.settings.with(|s| (s.focus, s.gradient_view, s.reference_lines));
        Arc::new(flow.analyses.with(|a| gradient_model::model(a, focus, view, lines, seeds.as_deref())))
    });
    let shown = Memo::new(move |_| flow.settings.with(|s| (s.focus, s.gradient_view)));
    let model = compared(flow, model, move |ghost| {
        let (focus, view) = shown.get();
        Some(gradient_model::model(ghost, focus, view, ReferenceLines::Neither, None))
    });
    view! {
        <Panel
            of
            headline=focused_headline(flow, move |cell, analysis| {
                let left = flow.settings.with(|settings| settings.gradient_view == GradientView::Left);
                if left { words::left_headline(cell, analysis) } else { words::worst_headline(cell, analysis) }
            })
            about="How much of a change at state k arrives at the end: norms on a logarithmic axis, measured solid, theory dotted (σ_max and ρ of W_hh, γ the slope of the activation, f and z the gates at rest). Below a format’s floor, a framework stores 0."
        >
            <TimeChart of flow model=model name="Gradient norms by state" height=270.0/>
            <SeedTools bands=bands/>
        </Panel>
    }
}

/// Step Jacobian.
#[component]
pub fn JacobianPanel(of: Slot, flow: Flow) -> impl IntoView {
    let model = Memo::new(move |_| {
        let focus = flow.focus();
        Arc::new(flow.analyses.with(|a| jacobian_model::model(a, focus)))
    });
    let focus = Memo::new(move |_| flow.focus());
    let model = compared(flow, model, move |ghost| Some(jacobian_model::model(ghost, focus.get())));
    let refining = move || flow.focused().is_some_and(|(_, analysis)| !analysis.complete);
    view! {
        <Panel
            of
            headline=focused_headline(flow, jacobian_model::headline)
            about="What one step J_t = ∂s_t/∂s_{t−1} does to a small change: σ_max the most it can stretch, σ_min the least, ρ the largest |eigenvalue|. Above 1 grows, below 1 shrinks."
        >
            <TimeChart of flow model=model name="Step Jacobian by step" height=270.0/>
            <Refining flow=flow refining=Signal::derive(refining)/>
        </Panel>
    }
}

/// How far ρ and σ_min are, and what can be done about it.
#[component]
fn Refining(flow: Flow, refining: Signal<bool>) -> impl IntoView {
    let act = move |choose: fn(super::context::Act) -> Callback<()>| {
        if let Some(act) = flow.act.get_value() {
            choose(act).run(());
        }
    };
    let stopped = move || refining.get() && flow.remote.get().stopped;
    let large = move || flow.focused().is_some_and(|(_, analysis)| crate::compute::refines_on_demand(&analysis));
    let words = move || match (refining.get(), stopped()) {
        (false, _) => "",
        (true, true) if large() => "ρ and σ_min were not computed. At this size they take minutes.",
        (true, true) => "ρ and σ_min were not computed.",
        (true, false) => "ρ and σ_min are being computed…",
    };
    let share = move || flow.remote.get().refined.filter(|_| refining.get());
    view! {
        <div class="refining">
            <span role="status">{words}</span>
            <Show when=move || share().is_some()>
                <progress aria-label="Progress of ρ and σ_min" max="1" prop:value=move || share().unwrap_or(0.0)></progress>
                <button class="button" type="button" on:click=move |_| act(|act| act.stop)>"Cancel"</button>
            </Show>
            <Show when=stopped>
                <button class="button" type="button" on:click=move |_| act(|act| act.resume)>"Compute them"</button>
            </Show>
        </div>
    }
}

/// Gates and states of the cell in focus.
#[component]
pub fn GatesPanel(of: Slot, flow: Flow) -> impl IntoView {
    let quantities = Memo::new(move |_| flow.focused().map(|(_, a)| gates_model::quantities(&a)).unwrap_or_default());
    let units = Signal::derive(move || flow.focused().map_or(1, |(_, a)| a.problem.weights.hidden_size));
    let means = Memo::new(move |_| Arc::new(quantities.with(|q| gates_model::means_model(q, units.get(), flow.seq_len()))));
    let focus = Memo::new(move |_| flow.focused().map(|(cell, _)| cell));
    let means = compared(flow, means, move |ghost| {
        let analysis = ghost.get(focus.get()?)?;
        let quantities = gates_model::quantities(analysis);
        Some(gates_model::means_model(&quantities, analysis.problem.weights.hidden_size, analysis.seq_len))
    });
    let names = move || quantities.with(|all| all.iter().map(|q| q.name.clone()).collect::<Vec<_>>());
    view! {
        <Panel
            of
            headline=Signal::derive(move || flow.focused().map(|(_, a)| gates_model::headline(&a)).unwrap_or_default())
            about="The cell in focus: above, each gate’s mean over the units with one standard deviation; below, every unit (row) at every step (column). Saturated: below 0.05 or above 0.95, for tanh beyond ±0.95."
        >
            <TimeChart of flow model=means name="Gate means by step" height=170.0/>
            <div class="small-multiples">
                <For each=names key=|name| name.clone() let:name>
                    <GateMap of flow name=name quantities=quantities units=units/>
                </For>
            </div>
        </Panel>
    }
}

#[component]
fn GateMap(of: Slot, flow: Flow, name: String, quantities: Memo<Vec<gates_model::Quantity>>, units: Signal<usize>) -> impl IntoView {
    let quantity = Memo::new({
        let name = name.clone();
        move |_| quantities.with(|all| all.iter().find(|q| q.name == name).cloned())
    });
    let model = Memo::new(move |_| {
        let units = units.get();
        let seq_len = flow.axis_len();
        let empty = gates_model::Quantity { name: String::new(), values: Arc::new([]), saturation: None, range: None };
        Arc::new(quantity.with(|q| gates_model::heatmap(q.as_ref().unwrap_or(&empty), units, seq_len)))
    });
    let note = move || {
        quantity.with(|q| q.as_ref().and_then(|q| q.saturation).map(|s| format!("{:.0}% saturated", 100.0 * s)).unwrap_or_default())
    };
    // The file names its cell; the page does so above the maps.
    let of_picture = name.clone();
    let title = Signal::derive(move || flow.focused().map(|(cell, _)| format!("{} {of_picture}", words::cell_name(cell))));
    view! {
        <div class="gate-map">
            <h3 class="sub-head">
                <span>{name.clone()}</span>
                <span class="note">{note}</span>
            </h3>
            <ChartFigure of drawing=Drawing::Heatmap(model.into()) cursor=flow.cursor_of_charts() theme=flow.theme name=name title=title height=116.0/>
        </div>
    }
}

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
                <ChartFigure of drawing=Drawing::Plane(plane.into()) cursor=Cursor::none() theme=flow.theme name="Eigenvalues in the complex plane" height=264.0/>
                // Bars stand over an index, not over time: the shared cursor has no place on them.
                <ChartFigure of drawing=Drawing::Bars(bars.into()) cursor=Cursor::none() theme=flow.theme name="Singular values of the product at the cursor" height=264.0/>
            </div>
        </Panel>
    }
}

/// Contribution by step and cumulative share.
#[component]
pub fn ContributionPanel(of: Slot, flow: Flow) -> impl IntoView {
    let by_step = Memo::new(move |_| Arc::new(flow.analyses.with(|a| contribution_model::by_step_model(a))));
    let by_step = compared(flow, by_step, |ghost| Some(contribution_model::by_step_model(ghost)));
    let share = Memo::new(move |_| Arc::new(flow.analyses.with(|a| contribution_model::share_model(a))));
    let share = compared(flow, share, |ghost| Some(contribution_model::share_model(ghost)));
    view! {
        <Panel
            of
            headline=focused_headline(flow, contribution_model::headline)
            about="The weights are used at every step; above, the norm of the part of ∂L/∂W_hh that each use contributes, below, the share of steps t…T in their sum (read from right to left). What truncated backpropagation keeps with a window of T−t+1 steps."
        >
            <TimeChart of flow model=by_step name="Contribution by step" height=190.0/>
            <TimeChart of flow model=share name="Cumulative share by step" height=170.0/>
        </Panel>
    }
}
