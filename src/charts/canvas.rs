//! The only place that gets a 2D context: canvas layers whose backing store follows CSS size × device pixel ratio.

use super::palette::Palette;
use super::sheet::Sheet;
use leptos::prelude::{on_cleanup, StoredValue, WithValue};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen::Clamped;
use web_sys::{
    Blob, CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlImageElement, ImageData, ResizeObserver, ResizeObserverEntry,
};

/// A size in CSS pixels and the device pixels in one of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
    pub dpr: f64,
}

impl Size {
    fn of(element: &Element) -> Self {
        Self { width: f64::from(element.client_width()), height: f64::from(element.client_height()), dpr: device_pixel_ratio() }
    }

    /// Nothing can be seen of it (a closed disclosure, a hidden panel).
    pub fn is_empty(&self) -> bool {
        self.width < 1.0 || self.height < 1.0
    }
}

fn device_pixel_ratio() -> f64 {
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
    if ratio.is_finite() && ratio > 0.0 {
        ratio
    } else {
        1.0
    }
}

/// The size of an element, kept by a ResizeObserver so that reading it never forces a layout.
#[derive(Clone)]
pub struct SizeOf {
    size: Rc<Cell<Size>>,
}

impl SizeOf {
    /// Watches until the reactive owner is cleaned up; `on_change` runs after every change.
    pub fn watch(element: &Element, on_change: impl Fn() + Clone + 'static) -> Self {
        let size = Rc::new(Cell::new(Size::of(element)));
        let this = Self { size: size.clone() };
        let changed = on_change.clone();
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            for entry in entries.iter() {
                let rect = entry.unchecked_into::<ResizeObserverEntry>().content_rect();
                size.set(Size { width: rect.width().floor(), height: rect.height().floor(), dpr: device_pixel_ratio() });
            }
            changed();
        });
        if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(element);
            let held = StoredValue::new_local((observer, callback));
            on_cleanup(move || {
                held.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
        // Zooming can change the ratio and leave the CSS size as it was.
        let zoomed = StoredValue::new_local((this.clone(), on_change));
        let listener = leptos::prelude::window_event_listener(leptos::ev::resize, move |_| {
            zoomed.try_with_value(|(this, on_change)| {
                let (before, dpr) = (this.size.get(), device_pixel_ratio());
                if before.dpr != dpr {
                    this.size.set(Size { dpr, ..before });
                    on_change();
                }
            });
        });
        on_cleanup(move || listener.remove());
        this
    }

    pub fn get(&self) -> Size {
        self.size.get()
    }
}

/// Draws an SVG document on a canvas of its own, `scale` device pixels to a CSS pixel, and hands the PNG to `done`; `None` where the browser
/// cannot.
pub fn rasterise(svg: &str, (width, height): (f64, f64), scale: f64, done: impl FnOnce(Option<Blob>) + 'static) {
    let Ok(image) = HtmlImageElement::new() else { return done(None) };
    let source = format!("data:image/svg+xml;charset=utf-8,{}", String::from(js_sys::encode_uri_component(svg)));
    let (drawn, done) = (image.clone(), Rc::new(Cell::new(Some(done))));
    let failed = done.clone();
    let loaded = Closure::once_into_js(move || {
        let canvas = web_sys::window().and_then(|window| window.document()).and_then(|document| document.create_element("canvas").ok());
        let canvas = canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
        let Some(done) = done.take() else { return };
        let Some(canvas) = canvas else { return done(None) };
        canvas.set_width((width * scale).round() as u32);
        canvas.set_height((height * scale).round() as u32);
        let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
        let Some(context) = context else { return done(None) };
        context.scale(scale, scale).ok();
        if context.draw_image_with_html_image_element_and_dw_and_dh(&drawn, 0.0, 0.0, width, height).is_err() {
            return done(None);
        }
        let taken = Closure::once_into_js(move |blob: JsValue| done(blob.dyn_into().ok()));
        // A canvas that was drawn from a document of this page may be read.
        canvas.to_blob(taken.unchecked_ref()).ok();
    });
    let error = Closure::once_into_js(move || {
        if let Some(done) = failed.take() {
            done(None);
        }
    });
    image.set_onload(Some(loaded.unchecked_ref()));
    image.set_onerror(Some(error.unchecked_ref()));
    image.set_src(&source);
}

/// One canvas.
pub struct Layer {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    size: Cell<Option<Size>>,
    pixels: RefCell<Vec<u8>>,
}

impl Layer {
    /// `None` when the browser gives no 2D context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { canvas, context, size: Cell::new(None), pixels: RefCell::default() })
    }

    /// Makes the backing store fit. Assigning a canvas's size clears it, so that happens only on a change; says whether it did.
    pub fn fit(&self, size: Size) -> bool {
        if self.size.replace(Some(size)) == Some(size) {
            return false;
        }
        let width = (size.width * size.dpr).round();
        let height = (size.height * size.dpr).round();
        self.canvas.set_width(width as u32);
        self.canvas.set_height(height as u32);
        self.style("width", &format!("{}px", width / size.dpr));
        self.style("height", &format!("{}px", height / size.dpr));
        true
    }

    /// Empties it and draws a chart on it.
    pub fn draw(&self, palette: &Palette, paint: impl FnOnce(&Sheet)) {
        let paper = self.begin();
        let Size { width, height, dpr } = self.size.get().unwrap_or(Size { width: 0.0, height: 0.0, dpr: 1.0 });
        paint(&Sheet { paper, size: (width, height), dpr, palette });
    }

    /// Empties it for drawing in CSS pixels.
    pub fn begin(&self) -> &CanvasRenderingContext2d {
        let size = self.size.get().unwrap_or(Size { width: 0.0, height: 0.0, dpr: 1.0 });
        // Fails for singular matrices only; the ratio is positive.
        self.context.set_transform(size.dpr, 0.0, 0.0, size.dpr, 0.0, 0.0).ok();
        self.context.clear_rect(0.0, 0.0, size.width, size.height);
        self.context.set_line_join("round");
        &self.context
    }

    /// Shows an RGBA image of `width` × `height`, one backing pixel a cell; CSS scales it. `fill` writes the bytes.
    pub fn put_image(&self, width: u32, height: u32, fill: impl FnOnce(&mut [u8])) {
        if width == 0 || height == 0 {
            return;
        }
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        let mut pixels = self.pixels.borrow_mut();
        pixels.resize(4 * width as usize * height as usize, 0);
        fill(&mut pixels);
        let image = ImageData::new_with_u8_clamped_array(Clamped(&pixels), width);
        if let Ok(image) = image {
            // Fails only for a detached buffer, and this one was just made.
            self.context.put_image_data(&image, 0.0, 0.0).ok();
        }
    }

    /// Sets a CSS property of the canvas.
    pub fn style(&self, property: &str, value: &str) {
        // Refused only for malformed properties.
        self.canvas.style().set_property(property, value).ok();
    }
}
