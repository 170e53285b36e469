//! Gates and states of the cell in focus.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as gates_model;
use crate::labs::flow::context::Flow;
use crate::labs::flow::panels::chart::{compared, TimeChart};
use crate::labs::flow::words;
use crate::shell::figure::{ChartFigure, Drawing};
use crate::shell::panel::{Panel, Slot};

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
            <ChartFigure of drawing=Drawing::heatmap(model.into()) cursor=flow.cursor_of_charts() theme=flow.theme name=name title=title height=116.0/>
        </div>
    }
}
