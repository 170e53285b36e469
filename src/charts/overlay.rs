//! The cursor line, the dots on the data and the tooltip: DOM moved by transforms, so that a moving cursor repaints no canvas.

use super::palette::Ink;
use super::scene::{Client, Reader, State};
use super::tip::Tip;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

pub(super) struct Overlay {
    host: HtmlElement,
    line: HtmlElement,
    tip_box: HtmlElement,
    tip: RwSignal<Option<Tip>>,
    said: RwSignal<String>,
    dots: RefCell<Vec<HtmlElement>>,
    open: Cell<bool>,
}

fn style(element: &HtmlElement, property: &str, value: &str) {
    // Refused only for malformed properties.
    element.style().set_property(property, value).ok();
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

impl Overlay {
    pub fn new(host: &HtmlElement, line: HtmlElement, tip_box: HtmlElement, tip: RwSignal<Option<Tip>>, said: RwSignal<String>) -> Self {
        Self { host: host.clone(), line, tip_box, tip, said, dots: RefCell::default(), open: Cell::new(false) }
    }

    /// Shows the cursor at `at`; dots, tooltip and spoken text belong to it.
    pub fn paint(&self, state: &State, at: Option<f64>) {
        let shown = state.shown.borrow();
        let Some(shown) = shown.as_ref() else {
            return;
        };
        let place = at.and_then(|at| shown.track.place(at).map(|px| (at, px)));
        match (place, shown.line) {
            (Some((_, px)), Some((top, bottom))) => {
                style(&self.line, "transform", &format!("translate({}px, {top}px)", px.0));
                style(&self.line, "height", &format!("{}px", bottom - top));
                self.line.set_hidden(false);
            }
            _ => self.line.set_hidden(true),
        }
        let marks = place.map_or_else(Vec::new, |(at, _)| state.scene.marks(at));
        self.place_dots(&marks);

        let reader = state.reader.get();
        let pointer = match reader {
            Reader::Pointer { at, .. } => Some(at),
            _ => None,
        };
        let tip = match (reader, place) {
            (Reader::Nobody, _) | (_, None) => None,
            (_, Some((at, _))) => state.scene.tip(at, pointer),
        };
        let spoken = match (&tip, reader) {
            (Some(tip), Reader::Keys) => tip.spoken(),
            _ => String::new(),
        };
        set_if_new(self.said, spoken);
        if let (Some(_), Some((_, px))) = (&tip, place) {
            let client = match reader {
                Reader::Pointer { client, .. } => client,
                _ => {
                    let rect = self.host.get_bounding_client_rect();
                    Client { x: rect.left() + px.0, y: rect.top() + px.1 + 24.0 }
                }
            };
            self.show_tip(client);
        } else {
            self.hide_tip();
        }
        set_if_new(self.tip, tip);
    }

    /// The style sheet keeps it inside the viewport: a transform's percentages are of the tooltip's own size, so nothing is measured.
    fn show_tip(&self, client: Client) {
        style(&self.tip_box, "--x", &format!("{}px", client.x));
        style(&self.tip_box, "--y", &format!("{}px", client.y));
        let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64()).unwrap_or(f64::INFINITY);
        let side = if client.x > 0.55 * width { "left" } else { "right" };
        self.tip_box.set_attribute("data-side", side).ok();
        if !self.open.replace(true) {
            // Without popovers in the browser the box is a fixed one; the class shows it.
            self.tip_box.show_popover().ok();
            self.tip_box.class_list().add_1("open").ok();
        }
    }

    fn hide_tip(&self) {
        if self.open.replace(false) {
            self.tip_box.hide_popover().ok();
            self.tip_box.class_list().remove_1("open").ok();
        }
    }

    fn place_dots(&self, marks: &[(super::geometry::Point, Ink)]) {
        let mut dots = self.dots.borrow_mut();
        let document: Option<Document> = self.host.owner_document();
        while dots.len() < marks.len() {
            let made = document.as_ref().and_then(|document| document.create_element("div").ok());
            let Some(dot) = made.and_then(|dot| dot.dyn_into::<HtmlElement>().ok()) else {
                return;
            };
            dot.set_class_name("chart-dot");
            self.host.append_child(&dot).ok();
            dots.push(dot);
        }
        for (index, dot) in dots.iter().enumerate() {
            if let Some(((x, y), ink)) = marks.get(index) {
                style(dot, "transform", &format!("translate({x}px, {y}px)"));
                style(dot, "color", ink.css_var());
            }
            dot.set_hidden(index >= marks.len());
        }
    }
}
