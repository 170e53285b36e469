//! The river: the picture of the unrolled net with the gradient flowing back through it.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use unroll_engine::signal::Display;
use wasm_bindgen::JsCast;
use web_sys::PointerEvent;

use super::geometry::{height, TimeAxis};
use super::paint::{activity, loss_steps, Lane, Pen, RiverModel};
use crate::charts::export;
use crate::charts::layout::Layout;
use crate::charts::painted::paint_by_hand;
use crate::charts::paper::Paper;
use crate::charts::{format_log10, Palette, TableModel};
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::context::Flow;
use crate::labs::flow::demand::on_demand;
use crate::labs::flow::panels::gradient::model::cell_ink;
use crate::labs::flow::player;
use crate::labs::flow::settings::Settings;
use crate::labs::flow::words::{cell_name, share};
use crate::shell::figure::Figure;
use crate::shell::outputs::makers;
use crate::shell::panel::{Panel, Slot};

/// What the river shows of these analyses, with the pinned state's under the live one.
pub fn model(analyses: &Analyses, settings: &Settings, (ghost, pinned): (&Analyses, Option<String>)) -> RiverModel {
    let focus = settings.focus;
    let lanes = analyses.iter().map(|(cell, analysis)| Lane {
        cell,
        ink: cell_ink(cell),
        log10_left: analysis.log10_left_by_state().into(),
        activity: activity(analysis),
        focus: cell == focus,
        pinned: ghost.get(cell).map_or_else(Default::default, |a| a.log10_left_by_state().into()),
    });
    let seq_len = analyses.seq_len();
    // The settings are valid, or there would be no analyses; without analyses there is nothing to label.
    let sequence = settings.experiment(focus).sequence();
    let input = sequence.map_or(Display::Values { names: Vec::new(), values: Vec::new() }, |s| s.display);
    let site = analyses.get(focus).map(|a| a.problem.loss_site);
    RiverModel { lanes: lanes.collect(), seq_len, input, loss_steps: site.map(|s| loss_steps(s, seq_len)).unwrap_or_default(), pinned }
}

/// What the river says in one sentence: the shown cells side by side.
pub fn headline(analyses: &Analyses) -> String {
    let parts: Vec<String> = analyses
        .iter()
        .filter(|(_, analysis)| analysis.left.dead_from() != Some(0))
        .map(|(cell, analysis)| format!("{} {}", cell_name(cell), share(analysis.left.log10_left())))
        .collect();
    if parts.is_empty() {
        return "No gradient reaches any state".to_owned();
    }
    format!("What is left of the gradient: {}", parts.join(", "))
}

/// The axis of a river of this width in CSS pixels.
pub fn time_axis(width: f64, seq_len: usize) -> TimeAxis {
    let plot = Layout::time_chart(width, 100.0).plot;
    // Half a step of room at either end, as on every chart's step axis.
    let half = (plot.right - plot.left) / (2.0 * (seq_len as f64 + 1.0));
    TimeAxis { left: plot.left + half, right: plot.right - half, seq_len }
}

/// The panel.
#[component]
pub fn River(of: Slot, flow: Flow) -> impl IntoView {
    let headline = Memo::new(move |_| flow.analyses.with(|analyses| headline(analyses)));
    let model = Memo::new(move |_| {
        let pinned = flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()));
        let settings = flow.settings.get();
        Arc::new(flow.analyses.with(|analyses| flow.ghost.with(|ghost| model(analyses, &settings, (ghost, pinned)))))
    });
    let host = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let width = RwSignal::new(0.0);
    paint_by_hand(
        host,
        canvas,
        width,
        move || (model.get(), flow.wave.get(), flow.theme.get()),
        |paper, size, (model, wave, theme)| {
            Pen { paper, axis: time_axis(size.width, model.seq_len), palette: Palette::of(theme), wave }.paint(&model);
        },
    );
    let at = move |event: &PointerEvent| {
        let x = f64::from(event.offset_x());
        (width.get_untracked() > 0.0).then(|| time_axis(width.get_untracked(), model.with_untracked(|m| m.seq_len)).nearest(x))
    };
    let cursor_style = move || {
        let Some(k) = flow.marked() else { return "display: none".to_owned() };
        let axis = time_axis(width.get(), flow.seq_len());
        format!("transform: translateX({:.2}px)", axis.x(k as f64))
    };
    let lanes = move || flow.analyses.with(|a| a.iter().count());
    let playing = move || flow.wave.get().is_some();
    let table = Signal::derive(move || on_demand().map(|it| model.with(|m| (it.river_table)(m))).unwrap_or_default());
    let picture = Callback::new(move |()| {
        let (model, theme) = (model.get(), flow.theme.get());
        let axis = time_axis(export::WIDTH, model.seq_len);
        let size = (export::WIDTH, height(model.lanes.len()));
        // The whole way back, also while the page plays it.
        let paint = |paper: &dyn Paper| Pen { paper, axis, palette: Palette::of(theme), wave: None }.paint(&model);
        makers().filter(|_| !model.lanes.is_empty()).map(|makers| (makers.painted)(&headline.get(), theme, size, &paint))
    });
    let play = view! {
        <button class="button" type="button" aria-pressed=move || playing().to_string() on:click=move |_| player::toggle(flow)>
            {move || if playing() { "Pause" } else { "Play the backward pass" }}
        </button>
    };
    view! {
        <Panel
            of
            headline=headline
            about="States run forward, left to right; under each row the gradient of the loss runs back. The band’s width is the gradient’s size on a log scale, relative to the loss. A thread: vanished. Wide and red: exploded."
            tools=play.into_any()
        >
            <Figure of name="The river" class="river-map" table picture>
                <div
                    class="canvas-holder"
                    node_ref=host
                    style=move || format!("height: {}px", height(lanes()))
                    on:pointermove=move |event| flow.hover(at(&event))
                    on:pointerdown=move |event| {
                        player::stop(flow);
                        if event.pointer_type() == "touch" {
                            flow.hover(at(&event));
                        }
                    }
                    on:pointerleave=move |_| flow.hover(None)
                    on:click=move |event| {
                        if let Some(k) = event.dyn_ref::<PointerEvent>().and_then(at) {
                            flow.pin(k);
                        }
                    }
                >
                    <canvas node_ref=canvas role="img" aria-label=headline></canvas>
                    <div class="cursor" style=cursor_style aria-hidden="true"></div>
                </div>
                <p class="read-out">{move || read_out(flow, model)}</p>
            </Figure>
        </Panel>
    }
}

/// The numbers at the cursor, in words.
fn read_out(flow: Flow, model: Memo<Arc<RiverModel>>) -> String {
    let Some(k) = flow.marked() else {
        return "Hover or drag to read a step; click to pin it.".to_owned();
    };
    model.with(|m| {
        let mut parts = vec![format!("t = {k}")];
        parts.extend(m.input.label(k).map(|label| format!("input {label}")));
        parts.extend(m.lanes.iter().filter_map(|lane| {
            let value = lane.log10_left.get(k)?;
            Some(format!("{}: {} left", cell_name(lane.cell), share(*value)))
        }));
        parts.join("   ·   ")
    })
}

/// Input and gradient at every step.
pub fn table(model: &RiverModel) -> TableModel {
    let columns =
        ["t".to_owned(), "input".to_owned()].into_iter().chain(model.lanes.iter().map(|l| format!("{}: left", cell_name(l.cell))));
    let pinned = || model.lanes.iter().filter(|lane| !lane.pinned.is_empty());
    let name = model.pinned.as_deref().unwrap_or_default();
    let columns = columns.chain(pinned().map(|l| format!("{name}: {}: left", cell_name(l.cell))));
    let rows = (0..=model.seq_len).map(|k| {
        let mut row = vec![k.to_string(), model.input.label(k).unwrap_or_else(|| "–".to_owned())];
        let shown = |values: &[f64]| values.get(k).map_or_else(|| "–".to_owned(), |v| format_log10(*v));
        row.extend(model.lanes.iter().map(|l| shown(&l.log10_left)));
        row.extend(pinned().map(|l| shown(&l.pinned)));
        row
    });
    TableModel { caption: "Input and gradient at each step".to_owned(), columns: columns.collect(), rows: rows.collect() }
}
