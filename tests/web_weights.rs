//! The grid of weights in a real browser: what is painted, and what keys, pointers and the wheel do to it.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use unroll::charts::{Theme, WeightGrid, WeightGridEvents, WeightGridModel};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    CanvasRenderingContext2d, Event, HtmlCanvasElement, HtmlElement, KeyboardEventInit, MouseEventInit, PointerEventInit, WheelEventInit,
};

wasm_bindgen_test_configure!(run_in_browser);

type Place = (usize, usize);

/// Where the cell in row 1, column 2 is, in a block of four columns and few rows.
const INSIDE: (i32, i32) = (30 + 2 * 72 + 36, 18 + 24 + 12);

/// A grid on its own piece of the document, and what it reported.
struct Page {
    root: HtmlElement,
    model: RwSignal<Arc<WeightGridModel>>,
    selected: RwSignal<Option<Place>>,
    pointed: RwSignal<Option<Place>>,
    said: RwSignal<Vec<String>>,
    _mounted: Box<dyn std::any::Any>,
}

impl Page {
    fn open() -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        root.style().set_property("width", "640px").unwrap();
        document.body().unwrap().append_child(&root).unwrap();
        let values: Vec<f64> = (0..12).map(|at| f64::from(at) - 6.0).collect();
        let model = WeightGridModel { name: "W_hh".into(), rows: 3, columns: 4, values: values.into(), edited: [false; 12].into() };
        let (model, selected, pointed) = (RwSignal::new(Arc::new(model)), RwSignal::new(None), RwSignal::new(None));
        let said = RwSignal::new(Vec::new());
        let say = move |what: String| said.update(|said| said.push(what));
        let events = WeightGridEvents {
            select: Callback::new(move |place| selected.set(Some(place))),
            point: Callback::new(move |place| pointed.set(place)),
            change: Callback::new(move |by: f64| say(format!("{by:.3}"))),
            end: Callback::new(move |()| say("end".into())),
            type_number: Callback::new(move |text| say(format!("type {text:?}"))),
            reset: Callback::new(move |()| say("reset".into())),
        };
        let mounted = mount_to(root.clone(), move || {
            view! { <WeightGrid model selected pointed events theme=Signal::derive(|| Theme::Light) described_by="keys" /> }
        });
        Self { root, model, selected, pointed, said, _mounted: Box::new(mounted) }
    }

    fn host(&self) -> HtmlElement {
        let host: HtmlElement = self.root.query_selector("[role=application]").unwrap().unwrap().unchecked_into();
        // The test page has no style sheet.
        host.style().set_property("position", "relative").unwrap();
        host
    }

    fn pixels(&self, layer: u32) -> Vec<u8> {
        let canvas: HtmlCanvasElement = self.root.query_selector_all("canvas").unwrap().item(layer).unwrap().unchecked_into();
        let context: CanvasRenderingContext2d = canvas.get_context("2d").unwrap().unwrap().unchecked_into();
        context.get_image_data(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height())).unwrap().data().0
    }

    fn press(&self, key: &str, shift: bool, alt: bool) -> bool {
        let dispatch = |kind: &str| {
            let init = KeyboardEventInit::new();
            init.set_bubbles(true);
            init.set_cancelable(true);
            init.set_key(key);
            init.set_shift_key(shift);
            init.set_alt_key(alt);
            self.fire(&web_sys::KeyboardEvent::new_with_keyboard_event_init_dict(kind, &init).unwrap())
        };
        let used = !dispatch("keydown");
        dispatch("keyup");
        used
    }

    fn pointer(&self, kind: &str, pointer_type: &str, (x, y): (i32, i32)) {
        let init = PointerEventInit::new();
        init.set_bubbles(true);
        init.set_pointer_type(pointer_type);
        let (x, y) = self.client((x, y));
        init.set_client_x(x);
        init.set_client_y(y);
        self.fire(&web_sys::PointerEvent::new_with_event_init_dict(kind, &init).unwrap());
    }

    fn click(&self, at: (i32, i32)) {
        let init = MouseEventInit::new();
        let (x, y) = self.client(at);
        init.set_client_x(x);
        init.set_client_y(y);
        self.fire(&web_sys::MouseEvent::new_with_mouse_event_init_dict("click", &init).unwrap());
    }

    /// Whether the page may still scroll.
    fn wheel(&self, at: (i32, i32), delta: f64) -> bool {
        let init = WheelEventInit::new();
        init.set_cancelable(true);
        let (x, y) = self.client(at);
        init.set_client_x(x);
        init.set_client_y(y);
        init.set_delta_y(delta);
        self.fire(&web_sys::WheelEvent::new_with_event_init_dict("wheel", &init).unwrap())
    }

    fn client(&self, (x, y): (i32, i32)) -> (i32, i32) {
        let rect = self.host().get_bounding_client_rect();
        (x + rect.left() as i32, y + rect.top() as i32)
    }

    fn fire(&self, event: &Event) -> bool {
        self.host().dispatch_event(event).unwrap()
    }

    fn said(&self) -> Vec<String> {
        std::mem::take(&mut *self.said.write_untracked())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Waits until the browser has shown a frame after the next one.
async fn frames() {
    for _ in 0..3 {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            web_sys::window().unwrap().request_animation_frame(&resolve).unwrap();
        });
        wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
    }
}

#[wasm_bindgen_test]
async fn cells_are_painted_and_follow_the_model_and_marks_follow_edits_and_selection() {
    let page = Page::open();
    frames().await;
    let (cells, marks) = (page.pixels(0), page.pixels(1));
    assert_eq!(cells.len(), 4 * 12, "one pixel a weight");
    let model = page.model.get_untracked();
    let edited: Vec<bool> = (0..12).map(|at| at == 5).collect();
    page.model.set(Arc::new(WeightGridModel { edited: edited.into(), ..(*model).clone() }));
    frames().await;
    assert_eq!(cells, page.pixels(0));
    let marked = page.pixels(1);
    assert_ne!(marks, marked, "an edited weight has a mark");
    page.selected.set(Some((2, 2)));
    frames().await;
    assert_ne!(marked, page.pixels(1), "the selected weight has a frame");
    page.model.set(Arc::new(WeightGridModel { values: [1.0; 12].into(), ..(*model).clone() }));
    frames().await;
    assert_ne!(cells, page.pixels(0));
    let label = page.host().get_attribute("aria-label").unwrap();
    assert_eq!(label, "Weights of W_hh, 3 rows by 4 columns");
}

#[wasm_bindgen_test]
async fn keys_select_change_type_and_reset_and_leave_the_rest_to_the_page() {
    let page = Page::open();
    frames().await;
    assert!(!page.press("+", false, false), "nothing is selected");
    for (key, place) in
        [("ArrowDown", (0, 0)), ("ArrowDown", (1, 0)), ("End", (1, 3)), ("PageDown", (2, 3)), ("Home", (2, 0)), ("PageUp", (0, 0))]
    {
        assert!(page.press(key, false, false));
        assert_eq!(page.selected.get_untracked(), Some(place), "{key}");
    }
    assert_eq!(page.said(), [] as [&str; 0]);
    for (key, shift, alt) in [("+", false, false), ("=", false, false), ("-", true, false), ("+", false, true)] {
        assert!(page.press(key, shift, alt));
    }
    assert_eq!(page.said(), ["0.010", "end", "0.010", "end", "-0.100", "end", "0.001", "end"]);
    for key in ["Enter", "7", ".", "Delete"] {
        assert!(page.press(key, false, false));
    }
    assert_eq!(page.said(), ["type \"\"", "type \"7\"", "type \".\"", "reset"]);
    for key in ["a", "Tab", "Escape", "ArrowLeftish"] {
        assert!(!page.press(key, false, false), "{key}");
    }
}

#[wasm_bindgen_test]
async fn a_drag_changes_the_selected_cell_only_and_a_finger_only_selects() {
    let page = Page::open();
    frames().await;
    page.pointer("pointermove", "mouse", INSIDE);
    assert_eq!(page.pointed.get_untracked(), Some((1, 2)));
    page.pointer("pointerdown", "mouse", INSIDE);
    page.pointer("pointermove", "mouse", (INSIDE.0, INSIDE.1 - 9));
    page.pointer("pointerup", "mouse", INSIDE);
    assert_eq!((page.selected.get_untracked(), page.said()), (Some((1, 2)), vec![]));
    page.pointer("pointerdown", "mouse", INSIDE);
    page.pointer("pointermove", "mouse", (INSIDE.0, INSIDE.1 - 7));
    page.pointer("pointermove", "mouse", (INSIDE.0, INSIDE.1 - 5));
    page.pointer("pointerup", "mouse", INSIDE);
    page.click((40, 30));
    assert_eq!((page.selected.get_untracked(), page.said()), (Some((1, 2)), ["0.070", "-0.020", "end"].map(str::to_owned).to_vec()));
    page.selected.set(None);
    page.pointer("pointerdown", "touch", INSIDE);
    assert_eq!(page.selected.get_untracked(), None, "the finger may be about to scroll");
    page.click(INSIDE);
    assert_eq!(page.selected.get_untracked(), Some((1, 2)));
    page.pointer("pointerdown", "touch", INSIDE);
    page.pointer("pointermove", "touch", (INSIDE.0, INSIDE.1 - 40));
    assert_eq!(page.said(), [] as [&str; 0]);
}

#[wasm_bindgen_test]
async fn the_wheel_is_the_pages_except_on_the_selected_cell_of_a_grid_with_focus() {
    let page = Page::open();
    frames().await;
    assert!(page.wheel(INSIDE, 100.0), "nothing is selected");
    page.selected.set(Some((1, 2)));
    assert!(page.wheel(INSIDE, 100.0), "the grid has no focus");
    page.host().focus().unwrap();
    assert!(page.wheel((40, 30), 100.0), "another cell");
    assert_eq!(page.said(), [] as [&str; 0]);
    assert!(!page.wheel(INSIDE, 100.0));
    assert!(!page.wheel(INSIDE, -100.0));
    page.host().blur().unwrap();
    assert_eq!(page.said(), ["-0.010", "0.010", "end"]);
}
