//! The phase map: growth per step over a grid of two settings, computed by workers, coarse to fine.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use unroll_engine::Cell;
use web_sys::KeyboardEvent;

use super::paint::{paint, Frame, Marks};
use crate::charts::export;
use crate::charts::painted::paint_by_hand;
use crate::charts::paper::Paper;
use crate::charts::{format_value, Palette, TableModel};
use crate::form::Notice;
use crate::jobs::pool::Pool;
use crate::labs::flow::context::Flow;
use crate::labs::flow::rows::{setting, SettingId};
use crate::labs::flow::store::Store;
use crate::labs::flow::sweep::{axis_place, axis_value, default_axes, number, order, Map, Plan, AXES, SIDE};
use crate::labs::flow::words::{self, cell_name};
use crate::shell::figure::Figure;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 400.0;

/// The panel's signals.
#[derive(Clone, Copy)]
struct Phase {
    flow: Flow,
    store: Store,
    /// Chosen axes; the cell's own where nothing is chosen.
    axes: RwSignal<Option<(SettingId, SettingId)>>,
    map: RwSignal<Option<Arc<Map>>>,
    running: RwSignal<bool>,
    read: RwSignal<Option<(usize, usize)>>,
    pool: StoredValue<Option<Pool<Plan>>, LocalStorage>,
}

impl Phase {
    fn cell(&self) -> Cell {
        self.flow.focus()
    }

    fn axes(&self) -> (SettingId, SettingId) {
        self.axes.get().unwrap_or_else(|| default_axes(self.cell()))
    }

    /// What a map drawn now would be of.
    fn plan(&self) -> Plan {
        let (across, up) = self.axes();
        let cell = self.cell();
        self.flow.settings.with(|settings| Plan::new(settings, cell, across, up))
    }

    fn start(&self) {
        let plan = untrack(|| self.plan());
        self.read.set(None);
        self.map.set(Some(Arc::new(Map::new(plan.clone()))));
        self.running.set(true);
        self.pool.with_value(|pool| pool.iter().for_each(|pool| pool.start(plan.clone())));
    }

    fn cancel(&self) {
        self.pool.with_value(|pool| pool.iter().for_each(Pool::cancel));
        self.running.set(false);
    }

    fn take(&self, from: usize, growth: &[f64]) {
        let order = order();
        self.map.update(|map| {
            if let Some(map) = map {
                Arc::make_mut(map).take(order, from, growth);
            }
        });
        if self.map.with_untracked(|map| map.as_ref().is_some_and(|map| map.is_complete())) {
            self.running.set(false);
        }
    }

    /// Puts the two settings where a point of the map is.
    fn jump(&self, (row, column): (usize, usize)) {
        let Some((across, up)) = self.map.with_untracked(|map| map.as_ref().map(|map| (map.plan.across, map.plan.up))) else { return };
        self.flow.settings.update(|settings| {
            for (id, place) in [(across, column), (up, row)] {
                if let Some(number) = number(id) {
                    (number.set)(settings, axis_value(id, place));
                }
            }
            settings.normalise();
        });
        self.store.commit();
    }

    fn marks(&self, map: &Map) -> Marks {
        let place = |id: SettingId| self.flow.settings.with(|s| number(id).map(|number| axis_place(id, (number.get)(s))));
        let here = place(map.plan.across).zip(place(map.plan.up));
        // The linear net's critical line: its rate γρ is proportional to the gain, as long as W_hh is not redrawn along the other axis.
        let critical_gain = self.flow.analyses.with(|analyses| {
            let rate = analyses.get(Cell::Rnn).and_then(|a| a.reference.linear_rate).filter(|rate| rate.is_finite())?;
            let gain = self.flow.settings.with(|s| s.gain);
            Some(axis_place(SettingId::Gain, gain / 10f64.powf(rate)))
        });
        let theory = critical_gain.filter(|_| map.plan.cell == Cell::Rnn);
        let fixed = |other: SettingId| other != SettingId::HiddenSize;
        Marks {
            here,
            read: self.read.get(),
            theory_across: theory.filter(|_| map.plan.across == SettingId::Gain && fixed(map.plan.up)),
            theory_up: theory.filter(|_| map.plan.up == SettingId::Gain && fixed(map.plan.across)),
        }
    }

    fn key(&self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let Some(map) = self.map.get_untracked() else { return };
        let last = SIDE - 1;
        let here = || {
            let marks = untrack(|| self.marks(&map));
            let (across, up) = marks.here.unwrap_or((0.0, 0.0));
            (up.round().clamp(0.0, last as f64) as usize, across.round().clamp(0.0, last as f64) as usize)
        };
        let (row, column) = self.read.get_untracked().unwrap_or_else(here);
        let stride = if event.shift_key() { 8 } else { 1 };
        match event.key().as_str() {
            "ArrowLeft" => self.read.set(Some((row, column.saturating_sub(stride)))),
            "ArrowRight" => self.read.set(Some((row, (column + stride).min(last)))),
            "ArrowDown" => self.read.set(Some((row.saturating_sub(stride), column))),
            "ArrowUp" => self.read.set(Some(((row + stride).min(last), column))),
            "Enter" => self.jump((row, column)),
            "Escape" => self.read.set(None),
            _ => return,
        }
        event.prevent_default();
        // The page's own arrow keys move the time cursor.
        event.stop_propagation();
    }
}

/// What the map says, in a sentence.
fn headline(phase: Phase) -> String {
    let name = cell_name(phase.cell());
    let Some(map) = phase.map.get().filter(|map| map.known > 0) else {
        return format!("Where does the {name} forget, where does it keep, where does it explode?");
    };
    let name = cell_name(map.plan.cell);
    let known = map.growth.iter().filter(|g| !g.is_nan()).count().max(1);
    let share = |wanted: fn(f64) -> bool| 100.0 * map.growth.iter().filter(|g| wanted(**g)).count() as f64 / known as f64;
    format!("The {name} vanishes on {:.0}% of this map and explodes on {:.0}%", share(|g| g < 0.99), share(|g| g > 1.01))
}

fn read_out(phase: Phase) -> String {
    let Some(map) = phase.map.get() else { return String::new() };
    let Some((row, column)) = phase.read.get() else {
        return "The ring is where the page stands. Hover to read, click to go there; with keys: arrows and Enter.".to_owned();
    };
    let (across, up) = (map.plan.across, map.plan.up);
    let growth = map.shown(row, column);
    let growth = if growth.is_nan() { "not computed yet".to_owned() } else { format!("growth per step ×{}", words::growth(growth)) };
    let value = |id: SettingId, place| format!("{} {}", setting(id).name, format_value(axis_value(id, place)));
    format!("{}, {}: {growth}", value(across, column), value(up, row))
}

/// Every eighth point, as a table.
fn table(phase: Phase) -> TableModel {
    let Some(map) = phase.map.get() else {
        return TableModel { caption: "There is no map yet".to_owned(), columns: Vec::new(), rows: Vec::new() };
    };
    let (across, up) = (map.plan.across, map.plan.up);
    let head = format!("{} \\ {}", setting(up).name, setting(across).name);
    let places = || (0..SIDE).step_by(8);
    TableModel {
        caption: "Growth per step at every eighth point".to_owned(),
        columns: std::iter::once(head).chain(places().map(|place| format_value(axis_value(across, place)))).collect(),
        rows: places()
            .map(|row| {
                let cells = places().map(|column| match map.shown(row, column) {
                    growth if growth.is_nan() => "–".to_owned(),
                    growth => words::growth(growth),
                });
                std::iter::once(format_value(axis_value(up, row))).chain(cells).collect()
            })
            .collect(),
    }
}

/// The panel.
#[component]
pub fn PhasePanel(of: Slot, flow: Flow) -> impl IntoView {
    let store = flow.store;
    let (map, running) = (RwSignal::new(None), RwSignal::new(false));
    let pool = StoredValue::new_local(None);
    let phase = Phase { flow, store, axes: RwSignal::new(None), map, running, read: RwSignal::new(None), pool };
    let say = move |sentence| store.notify(Notice::info(sentence));
    pool.set_value(Some(Pool::new(move |from, values: &[f64]| phase.take(from, values), say)));

    let host = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let width = RwSignal::new(0.0);
    paint_by_hand(
        host,
        canvas,
        width,
        move || phase.map.get().map(|map| (phase.marks(&map), map, phase.flow.theme.get())),
        |paper, size, painted| {
            if let Some((marks, map, theme)) = painted {
                paint(paper, &Frame::new(size.width, size.height), Palette::of(theme), &map, &marks);
            }
        },
    );
    let at = move |event: &web_sys::MouseEvent| {
        Frame::new(width.get_untracked(), HEIGHT).point(f64::from(event.offset_x()), f64::from(event.offset_y()))
    };
    let axis = move |label: &'static str,
                     get: fn((SettingId, SettingId)) -> SettingId,
                     set: fn((SettingId, SettingId), SettingId) -> (SettingId, SettingId)| {
        let options = move || {
            let chosen = get(phase.axes());
            let other = phase.axes();
            AXES.iter()
                .map(|id| {
                    let taken = *id != chosen && (*id == other.0 || *id == other.1);
                    view! { <option value=setting(*id).name selected=*id == chosen disabled=taken>{setting(*id).name}</option> }
                })
                .collect_view()
        };
        let choose = move |event| {
            let name = event_target_value(&event);
            if let Some(id) = AXES.iter().find(|id| setting(**id).name == name) {
                let axes = untrack(|| phase.axes());
                phase.axes.set(Some(set(axes, *id)));
            }
        };
        view! {
            <label class="map-axis">
                <span>{label}</span>
                <select class="control-select" on:change=choose>{options}</select>
            </label>
        }
    };
    let drawn = move || phase.map.with(|map| map.is_some());
    let stale = move || phase.map.with(|map| map.as_ref().is_some_and(|map| map.plan != phase.plan()));
    let button = move || match (phase.running.get(), drawn()) {
        (true, _) => "Cancel",
        (false, false) => "Draw the map",
        (false, true) => "Draw it again",
    };
    let known = move || phase.map.with(|map| map.as_ref().map_or(0, |map| map.known));
    // Who opens a page for its map sees it without asking.
    if of.embedded {
        phase.start();
    }
    let table_model = Signal::derive(move || table(phase));
    let picture = Callback::new(move |()| {
        let map = phase.map.get()?;
        let (theme, size) = (flow.theme.get(), (export::WIDTH, HEIGHT));
        let marks = Marks { read: None, ..phase.marks(&map) };
        let paint = |paper: &dyn Paper| paint(paper, &Frame::new(size.0, size.1), Palette::of(theme), &map, &marks);
        Some(export::painted(&headline(phase), theme, size, paint))
    });
    view! {
        <Panel
            of
            headline=Signal::derive(move || headline(phase))
            about="Growth per step of the cell in focus over two settings, all others as they are. Blue forgets, red explodes; the line between them is growth 1, for the RNN dotted where the linear net has it (γρ = 1)."
        >
            <div class="map-tools">
                {axis("Across", |axes| axes.0, |axes, id| (id, axes.1))}
                {axis("Up", |axes| axes.1, |axes, id| (axes.0, id))}
                <button class="button" type="button" on:click=move |_| if phase.running.get_untracked() { phase.cancel() } else { phase.start() }>
                    {button}
                </button>
                <Show when=move || phase.running.get()>
                    <progress aria-label="Progress of the map" max=(SIDE * SIDE).to_string() prop:value=move || known() as f64></progress>
                </Show>
                <span class="map-state" role="status">
                    {move || match (drawn(), phase.running.get(), stale()) {
                        (true, false, true) => "The settings have changed since this map was drawn.".to_owned(),
                        (true, false, false) if known() < SIDE * SIDE => format!("Cancelled: {} of {} points are known.", known(), SIDE * SIDE),
                        _ => String::new(),
                    }}
                </span>
            </div>
            <div class="map" hidden=move || !drawn()>
                <Figure of name="Phase map" table=table_model picture>
                    <div
                        class="canvas-holder"
                        node_ref=host
                        tabindex="0"
                        role="group"
                        aria-roledescription="map"
                        aria-label=move || headline(phase)
                        style=format!("height: {HEIGHT}px")
                        on:pointermove=move |event| phase.read.set(at(&event))
                        on:pointerleave=move |_| phase.read.set(None)
                        on:click=move |event| if let Some(point) = at(&event) { phase.jump(point) }
                        on:keydown=move |event| phase.key(&event)
                    >
                        <canvas node_ref=canvas aria-hidden="true"></canvas>
                    </div>
                    <p class="read-out" aria-live="polite">{move || read_out(phase)}</p>
                </Figure>
            </div>
        </Panel>
    }
}
