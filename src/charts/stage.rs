//! What every chart shares: canvas layers, the painters, the cursor line, the tooltip, keys and pointers.

use super::canvas::{Layer, SizeOf};
use super::colour::Theme;
use super::cursor::Move;
use super::frame::Painter;
use super::geometry::Point;
use super::overlay::Overlay;
use super::palette::Palette;
use super::scene::{Client, Layers, Reader, Scene, State};
use super::tip::{legend_view, tip_view, LegendItem, Tip};
use super::watch::Watch;
use leptos::html;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

/// What all chart components take.
pub struct StageOptions {
    pub name: String,
    pub height: f64,
    pub theme: Signal<Theme>,
    pub cursor: Signal<Option<f64>>,
    pub on_cursor: Callback<Option<f64>>,
    pub on_pin: Callback<f64>,
}

/// Mounts a chart.
pub fn stage(scene: impl Scene, options: StageOptions) -> impl IntoView {
    let StageOptions { name, height, theme, cursor, on_cursor, on_pin } = options;
    let host = NodeRef::<html::Div>::new();
    let base = NodeRef::<html::Canvas>::new();
    let series = NodeRef::<html::Canvas>::new();
    let line = NodeRef::<html::Div>::new();
    let tip_box = NodeRef::<html::Div>::new();
    let legend = RwSignal::new(Vec::<LegendItem>::new());
    let tip = RwSignal::new(None::<Tip>);
    let said = RwSignal::new(String::new());
    let state = StoredValue::new_local(Rc::new(State {
        scene: Box::new(scene),
        shown: RefCell::new(None),
        reader: Cell::new(Reader::Nobody),
        overlay_painter: Cell::new(None),
    }));

    let label = name.clone();
    Effect::new(move |_| {
        let (Some(host), Some(base), Some(series)) = (host.get(), base.get(), series.get()) else {
            return;
        };
        let (Some(line), Some(tip_box)) = (line.get(), tip_box.get()) else {
            return;
        };
        let (Some(base), Some(series)) = (Layer::new(base), Layer::new(series)) else {
            return;
        };
        let layers = Layers { base, series };
        let state = state.get_value();
        let host: HtmlElement = host.into();
        let painter = register_chart(&host, layers, state.clone(), theme, legend, label.clone());
        let overlay = Overlay::new(&host, line.into(), tip_box.into(), tip, said);
        let watch = Watch::new();
        let (shared, tracked) = (state.clone(), watch.clone());
        let overlay_painter = Painter::register(
            move || {
                let at = tracked.track(|| cursor.get());
                overlay.paint(&shared, at);
            },
            Some(host.into()),
        );
        watch.notify(overlay_painter);
        state.overlay_painter.set(Some(overlay_painter));
        painter.mark_dirty();
    });

    // The chart under the pointer or keys tells the page; the page tells every chart through the cursor signal.
    let move_to = move |value: Option<f64>| {
        if cursor.get_untracked() != value {
            on_cursor.run(value);
        }
        state.with_value(|state| state.refresh_overlay());
    };
    let locate = move |at: Point| {
        state.with_value(|state| {
            let shown = state.shown.borrow();
            shown.as_ref().and_then(|shown| shown.track.locate(at))
        })
    };
    let follow = move |ev: PointerEvent| {
        let at = (f64::from(ev.offset_x()), f64::from(ev.offset_y()));
        let client = Client { x: f64::from(ev.client_x()), y: f64::from(ev.client_y()) };
        let value = locate(at);
        state.with_value(|state| {
            state.reader.set(match value {
                Some(_) => Reader::Pointer { at, client },
                None => Reader::Nobody,
            });
        });
        move_to(value);
    };
    let leave = move || {
        let was = state.with_value(|state| state.reader.replace(Reader::Nobody));
        if was != Reader::Nobody {
            move_to(None);
        }
    };
    let press = move |ev: PointerEvent| {
        // A finger that slides off the chart sideways keeps scrubbing; a vertical move is the page's (touch-action: pan-y).
        if ev.pointer_type() == "touch" {
            if let Some(host) = host.get_untracked() {
                host.set_pointer_capture(ev.pointer_id()).ok();
            }
        }
        follow(ev);
    };
    let pin = move |ev: web_sys::MouseEvent| {
        let at = (f64::from(ev.offset_x()), f64::from(ev.offset_y()));
        if let Some(value) = locate(at) {
            on_pin.run(value);
        }
    };
    let key = move |ev: KeyboardEvent| {
        if ev.alt_key() || ev.ctrl_key() || ev.meta_key() {
            return;
        }
        let stride = if ev.shift_key() { 10.0 } else { 1.0 };
        let by = match ev.key().as_str() {
            "ArrowLeft" => Move::By(-stride),
            "ArrowRight" => Move::By(stride),
            "Home" => Move::First,
            "End" => Move::Last,
            "Escape" => {
                // Not stopped: Escape also unpins, which is the page's business.
                state.with_value(|state| state.reader.set(Reader::Nobody));
                move_to(None);
                return;
            }
            "Enter" => {
                if let Some(value) = cursor.get_untracked() {
                    ev.prevent_default();
                    on_pin.run(value);
                }
                return;
            }
            _ => return,
        };
        let next = state.with_value(|state| {
            let shown = state.shown.borrow();
            let track = shown.as_ref().map(|shown| &shown.track);
            track.and_then(|track| track.step(cursor.get_untracked(), by))
        });
        if let Some(value) = next {
            // The page steps the cursor with the same keys; a chart with focus has done so already.
            ev.prevent_default();
            ev.stop_propagation();
            state.with_value(|state| state.reader.set(Reader::Keys));
            move_to(Some(value));
        }
    };

    view! {
        <div class="chart">
            {legend_view(legend)}
            <div
                class="chart-host"
                node_ref=host
                tabindex="0"
                role="group"
                aria-roledescription="chart"
                aria-label=name
                style:height=format!("{height}px")
                on:pointermove=follow
                on:pointerdown=press
                on:pointerleave=move |_| leave()
                on:pointercancel=move |_| leave()
                on:click=pin
                on:keydown=key
                on:blur=move |_| leave()
            >
                <canvas class="chart-layer" node_ref=base aria-hidden="true"></canvas>
                <canvas class="chart-layer" node_ref=series aria-hidden="true"></canvas>
                <div class="chart-cursor" node_ref=line hidden></div>
            </div>
            <div class="chart-tip" popover="manual" node_ref=tip_box aria-hidden="true">
                {tip_view(tip)}
            </div>
            <p class="chart-said" aria-live="polite">{said}</p>
        </div>
    }
}

/// Registers the painter of the canvases.
fn register_chart(
    host: &HtmlElement,
    layers: Layers,
    state: Rc<State>,
    theme: Signal<Theme>,
    legend: RwSignal<Vec<LegendItem>>,
    name: String,
) -> Painter {
    let watch = Watch::new();
    let size_changed = {
        let watch = watch.clone();
        move || watch.mark()
    };
    let size = SizeOf::watch(host, size_changed);
    let tracked = watch.clone();
    let element = host.clone();
    let announced = RefCell::new(String::new());
    let painter = Painter::register(
        move || {
            let size = size.get();
            if size.is_empty() {
                return;
            }
            let shown = tracked.track(|| state.scene.paint(&layers, size, Palette::of(theme.get())));
            if legend.with_untracked(|old| *old != shown.legend) {
                legend.set(shown.legend.clone());
            }
            if *announced.borrow() != shown.summary {
                announced.borrow_mut().clone_from(&shown.summary);
                let label = format!("{name}. {}", shown.summary);
                // Refused only for malformed names.
                element.set_attribute("aria-label", &label).ok();
            }
            state.shown.replace(Some(shown));
            // The data moved under the cursor: its dots and numbers follow in this same frame.
            state.refresh_overlay();
        },
        host.clone().dyn_into().ok(),
    );
    watch.notify(painter);
    painter
}
