//! Charts in a real browser: what reaches the canvas, what is said about it, and when frames are asked for.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use unroll::charts::frame::Painter;
use unroll::charts::{Axis, ColourScale, Heatmap, HeatmapModel, Ink, LineChart, LineModel, Series, Theme};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// Waits until the browser has shown a frame after the next one, so that everything marked before is painted.
async fn frames() {
    for _ in 0..3 {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            web_sys::window().unwrap().request_animation_frame(&resolve).unwrap();
        });
        wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
    }
}

fn root() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    root.style().set_property("width", "640px").unwrap();
    document.body().unwrap().append_child(&root).unwrap();
    root
}

fn pixels(root: &Element, layer: u32) -> Vec<u8> {
    let canvas: HtmlCanvasElement = root.query_selector_all("canvas").unwrap().item(layer).unwrap().unchecked_into();
    let context: CanvasRenderingContext2d = canvas.get_context("2d").unwrap().unwrap().unchecked_into();
    context.get_image_data(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height())).unwrap().data().0
}

fn opaque(pixels: &[u8]) -> usize {
    pixels.chunks_exact(4).filter(|pixel| pixel[3] > 0).count()
}

fn line(slope: f64) -> Arc<LineModel> {
    let points: Vec<(f64, f64)> = (0..=10).map(|k| (f64::from(k), slope * f64::from(10 - k))).collect();
    Arc::new(LineModel {
        x: Axis::step("t", 0, 10),
        y: Axis::log10("norm", -10.0, 0.0),
        series: vec![Series::new("RNN norm", Ink::Rnn, points)],
        rules: Vec::new(),
        bands: Vec::new(),
    })
}

#[wasm_bindgen_test]
async fn a_line_chart_paints_follows_its_model_and_says_what_it_shows() {
    let root = root();
    let model = RwSignal::new(line(-1.0));
    let theme = RwSignal::new(Theme::Light);
    let _mounted = mount_to(root.clone(), move || {
        let cursor = Signal::derive(|| None::<f64>);
        view! { <LineChart model=model cursor=cursor on_cursor=|_| {} on_pin=|_| {} theme=theme name="Norms" height=200.0 /> }
    });
    frames().await;
    let first = pixels(&root, 1);
    assert!(opaque(&first) > 100, "the line is on the canvas");
    let host = root.query_selector("[role=group]").unwrap().unwrap();
    assert!(host.get_attribute("aria-label").unwrap().starts_with("Norms"));
    model.set(line(-0.5));
    frames().await;
    assert_ne!(first, pixels(&root, 1), "another model is another picture");
    let axes = pixels(&root, 0);
    theme.set(Theme::Dark);
    frames().await;
    assert_ne!(axes, pixels(&root, 0), "the theme repaints the axes");
    root.remove();
}

#[wasm_bindgen_test]
async fn a_heatmap_cell_has_the_colour_of_its_value_alone() {
    let root = root();
    let heatmap = |value: f64| {
        Arc::new(HeatmapModel {
            x: Axis::step("t", 0, 4),
            rows: 2,
            cols: 4,
            x0: 1,
            stride: 1,
            values: vec![0.0, 0.0, 0.0, value, 0.0, 0.0, 0.0, 0.0].into(),
            scale: ColourScale::Sequential { min: 0.0, max: 1.0 },
            row_name: "unit".to_owned(),
            value_name: "gate".to_owned(),
        })
    };
    let model = RwSignal::new(heatmap(0.0));
    let _mounted = mount_to(root.clone(), move || {
        let cursor = Signal::derive(|| None::<f64>);
        let theme = Signal::derive(|| Theme::Light);
        view! { <Heatmap model=model cursor=cursor on_cursor=|_| {} on_pin=|_| {} theme=theme name="Gate" height=120.0 /> }
    });
    frames().await;
    let flat = pixels(&root, 1);
    model.set(heatmap(1.0));
    frames().await;
    let spiked = pixels(&root, 1);
    let filled = opaque(&flat);
    let changed = flat.chunks_exact(4).zip(spiked.chunks_exact(4)).filter(|(a, b)| a != b).count();
    // One of the eight cells; its border pixels may be shared.
    assert!(filled > 0 && changed * 16 > filled && changed * 6 < filled, "{changed} of {filled}");
    root.remove();
}

#[wasm_bindgen_test]
async fn a_painter_runs_once_a_frame_however_often_it_is_marked_also_out_of_view() {
    let root = root();
    root.style().set_property("position", "absolute").unwrap();
    root.style().set_property("top", "20000px").unwrap();
    root.style().set_property("height", "10px").unwrap();
    for element in [None, Some(root.clone().into())] {
        let runs = Rc::new(Cell::new(0));
        let counter = runs.clone();
        let painter = Painter::register(move || counter.set(counter.get() + 1), element);
        for _ in 0..100 {
            painter.mark_dirty();
        }
        assert_eq!(runs.get(), 0, "nothing is painted outside a frame");
        frames().await;
        assert_eq!(runs.get(), 1);
        painter.remove();
        painter.mark_dirty();
        frames().await;
        assert_eq!(runs.get(), 1, "a removed painter never runs");
    }
    root.remove();
}
