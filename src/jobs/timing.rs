//! User Timing measures, so that any harness can read what a change cost.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Performance;

/// The browser keeps every measure; they are dropped after this many.
const KEPT: u32 = 600;

/// A span that is being measured.
pub struct Span {
    performance: Option<Performance>,
    started: f64,
}

/// Starts measuring.
pub fn start() -> Span {
    // Not the window's: a worker has a clock as well.
    let performance = Reflect::get(&js_sys::global(), &"performance".into()).ok().and_then(|p| p.dyn_into::<Performance>().ok());
    let started = performance.as_ref().map_or(0.0, Performance::now);
    Span { performance, started }
}

impl Span {
    /// A span that ends now and took `milliseconds`, measured elsewhere.
    pub fn that_took(milliseconds: f64) -> Self {
        let mut span = start();
        span.started -= milliseconds;
        span
    }

    /// Milliseconds since the start; 0 in a browser without a clock.
    pub fn elapsed(&self) -> f64 {
        self.performance.as_ref().map_or(0.0, |performance| performance.now() - self.started)
    }

    /// Ends as the `count`th measure of this name, with a detail.
    pub fn end(&self, name: &str, count: u32, detail: &[(&str, JsValue)]) {
        let Some(performance) = &self.performance else { return };
        let detail = object(detail.iter().map(|(key, value)| (*key, value.clone())));
        let options = object([("start", self.started.into()), ("end", performance.now().into()), ("detail", detail.into())].into_iter());
        if count.is_multiple_of(KEPT) {
            performance.clear_measures_with_measure_name(name);
        }
        // web-sys counts measures with options among its unstable interfaces, so the method is looked up by name.
        let measure = Reflect::get(performance, &"measure".into()).ok().and_then(|m| m.dyn_into::<Function>().ok());
        if let Some(measure) = measure {
            // A browser without such measures loses the measure, nothing else.
            let _ = measure.call2(performance, &name.into(), &options);
        }
    }
}

fn object<'a>(entries: impl Iterator<Item = (&'a str, JsValue)>) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a property of a plain object does not fail.
        let _ = Reflect::set(&object, &key.into(), &value);
    }
    object
}
