//! The cliff panel: the loss of one recurrent unit, and what gradient descent does at its wall with and without clipping.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use unroll_engine::train::cliff::{descend, Place};
use web_sys::KeyboardEvent;

use super::paint::{paint, Frame, B, W};
use crate::charts::export;
use crate::charts::painted::paint_by_hand;
use crate::charts::paper::Paper;
use crate::charts::{format_value, Palette, TableModel};
use crate::controls::Range;
use crate::controls::{About, NumberControl};
use crate::labs::train::context::Lab;
use crate::shell::figure::Figure;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;
/// Steps of a descent.
const STEPS: usize = 200;
/// Every so many are in the table.
const TABLE_STRIDE: usize = 10;
/// A start from which the unclipped descent meets the wall.
const START: (f64, f64) = (5.5, -2.0);
const LEARNING_RATE: f64 = 0.5;
const THRESHOLD: f64 = 0.2;
/// What an arrow key moves the start by.
const KEY_STEP: f64 = 0.05;

/// The panel's signals.
#[derive(Clone, Copy)]
struct Cliff {
    start: RwSignal<(f64, f64)>,
    learning_rate: RwSignal<f64>,
    threshold: RwSignal<f64>,
}

impl Cliff {
    fn path(self, clipped: bool) -> Memo<Arc<Vec<Place>>> {
        Memo::new(move |_| {
            let (w, b) = self.start.get();
            let threshold = clipped.then(|| self.threshold.get());
            Arc::new(descend(w, b, self.learning_rate.get(), threshold, STEPS))
        })
    }

    /// The arrow keys move the start.
    fn key(self, event: &KeyboardEvent) {
        let (dw, db) = match event.key().as_str() {
            "ArrowLeft" => (-KEY_STEP, 0.0),
            "ArrowRight" => (KEY_STEP, 0.0),
            "ArrowUp" => (0.0, KEY_STEP),
            "ArrowDown" => (0.0, -KEY_STEP),
            _ => return,
        };
        event.prevent_default();
        // Hundredths: a start that was reached by keys is written as it is.
        let hundredths = |value: f64| (100.0 * value).round() / 100.0;
        self.start.update(|(w, b)| {
            *w = hundredths(*w + dw).clamp(W.0, W.1);
            *b = hundredths(*b + db).clamp(B.0, B.1);
        });
    }
}

/// Where a descent ends and the steepest place it met.
fn ending(path: &[Place]) -> String {
    let Some(end) = path.last() else { return "There is no number at the start.".to_owned() };
    let steepest = path.iter().map(|place| place.gradient_norm).fold(0.0, f64::max);
    let (w, b) = (format_value((100.0 * end.w).round() / 100.0), format_value((100.0 * end.b).round() / 100.0));
    let away = if end.w < W.0 || end.w > W.1 || end.b < B.0 || end.b > B.1 { ", off this map" } else { "" };
    format!("steepest gradient {}, ends at w = {w}, b = {b}{away}, loss {}", rounded(steepest), rounded(end.loss))
}

/// Three significant digits.
fn rounded(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format_value(value);
    }
    let unit = 10_f64.powi(2 - value.abs().log10().floor() as i32);
    format_value((value * unit).round() / unit)
}

fn headline(free: &[Place], clipped: &[Place], threshold: f64) -> String {
    let (Some(free_end), Some(clipped_end)) = (free.last(), clipped.last()) else { return "There is no number at the start.".to_owned() };
    let steepest = free.iter().map(|place| place.gradient_norm).fold(0.0, f64::max);
    if steepest <= threshold {
        return "This descent meets no gradient above the threshold: clipping changes nothing.".to_owned();
    }
    let better = clipped_end.loss < 0.5 * free_end.loss;
    let met = format!("Unclipped, the descent meets a gradient of {}", rounded(steepest));
    if better {
        format!("{met} and ends at a loss of {}; clipped, it ends at {}.", rounded(free_end.loss), rounded(clipped_end.loss))
    } else {
        format!("{met} and gets away with it: loss {}, clipped {}.", rounded(free_end.loss), rounded(clipped_end.loss))
    }
}

fn table(free: &[Place], clipped: &[Place]) -> TableModel {
    let columns = ["step", "w", "b", "loss", "gradient norm", "w, clipped", "b, clipped", "loss, clipped", "gradient norm, clipped"];
    let cells = |path: &[Place], step: usize| match path.get(step) {
        Some(place) => [place.w, place.b, place.loss, place.gradient_norm].map(|value| format!("{value:.5}")),
        None => [const { String::new() }; 4],
    };
    TableModel {
        caption: format!("Both descents, every {TABLE_STRIDE}th step"),
        columns: columns.map(str::to_owned).to_vec(),
        rows: (0..=STEPS)
            .step_by(TABLE_STRIDE)
            .map(|step| std::iter::once(step.to_string()).chain(cells(free, step)).chain(cells(clipped, step)).collect())
            .collect(),
    }
}

/// The panel.
#[component]
pub fn CliffPanel(of: Slot, lab: Lab) -> impl IntoView {
    let cliff = Cliff { start: RwSignal::new(START), learning_rate: RwSignal::new(LEARNING_RATE), threshold: RwSignal::new(THRESHOLD) };
    let (free, clipped) = (cliff.path(false), cliff.path(true));
    let headline = Signal::derive(move || headline(&free.get(), &clipped.get(), cliff.threshold.get()));
    let table_model = Signal::derive(move || table(&free.get(), &clipped.get()));
    let number = move |name, help, range: Range, default: f64, signal: RwSignal<f64>| {
        let about = About { name, help, formula: "", idle: Signal::derive(|| None) };
        view! { <NumberControl about range unit="" default value=signal on_input=move |new| signal.set(new) on_commit=|()| {}/> }
    };
    let log = |min: f64, max: f64| Range { log: true, ..Range::new(min..=max, 0.01) };
    let reset = move |_| {
        cliff.start.set(START);
        cliff.learning_rate.set(LEARNING_RATE);
        cliff.threshold.set(THRESHOLD);
    };
    view! {
        <Panel
            of
            headline=headline
            about="The loss (σ(x₅₀) − 0.7)² of one unit, x_t = w σ(x_{t−1}) + b from x₀ = 0.5 (Pascanu, Mikolov & Bengio 2013, fig. 6). It is small in the narrow valley and largest beyond the wall. The ring is where 200 steps of gradient descent start, the disc where they end."
        >
            <div class="cliff-tools">
                {number("Descent rate", "Learning rate of the descents on this map.", log(0.01, 10.0), LEARNING_RATE, cliff.learning_rate)}
                {number("Descent threshold", "The longest gradient that the clipped descent uses as it is.", log(0.001, 10.0), THRESHOLD, cliff.threshold)}
                <button class="button" type="button" on:click=reset>"Back to the wall"</button>
            </div>
            <Figure of name="Both descents" table=table_model>
                <div class="cliff-maps">
                    <CliffMap of lab cliff path=free label="Without clipping"/>
                    <CliffMap of lab cliff path=clipped label="Gradient clipped by norm"/>
                </div>
                <p class="about">"Click, or focus a map and use the arrow keys, to start elsewhere."</p>
            </Figure>
        </Panel>
    }
}

#[component]
fn CliffMap(of: Slot, lab: Lab, cliff: Cliff, path: Memo<Arc<Vec<Place>>>, label: &'static str) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let width = RwSignal::new(0.0);
    paint_by_hand(
        host,
        canvas,
        width,
        move || (path.get(), lab.theme.get()),
        |paper, size, (path, theme)| paint(paper, &Frame::new(size.width, size.height), Palette::of(theme), &path),
    );
    let jump = move |event: &web_sys::MouseEvent| {
        let frame = Frame::new(width.get_untracked(), HEIGHT);
        if let Some(start) = frame.value(f64::from(event.offset_x()), f64::from(event.offset_y())) {
            cliff.start.set(start);
        }
    };
    let ends = move || ending(&path.get());
    let picture = Callback::new(move |()| {
        let (path, theme, size) = (path.get(), lab.theme.get(), (export::WIDTH, export::CHART_HEIGHT));
        let paint = |paper: &dyn Paper| paint(paper, &Frame::new(size.0, size.1), Palette::of(theme), &path);
        Some(export::painted(&format!("{label}: {}", ends()), theme, size, paint))
    });
    view! {
        <figure class="map">
            <figcaption>{label}</figcaption>
            <Figure of name=format!("Loss cliff, {}", label.to_ascii_lowercase()) picture>
                <div
                    class="canvas-holder"
                    node_ref=host
                    tabindex="0"
                    role="group"
                    aria-roledescription="map"
                    aria-label=move || format!("{label}: {}", ends())
                    style=format!("height: {HEIGHT}px")
                    on:click=move |event| jump(&event)
                    on:keydown=move |event| cliff.key(&event)
                >
                    <canvas node_ref=canvas aria-hidden="true"></canvas>
                </div>
            </Figure>
            <p class="read-out" aria-live="polite">{ends}</p>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_picture_is_the_story() {
        let (w, b) = START;
        let free = descend(w, b, LEARNING_RATE, None, STEPS);
        let clipped = descend(w, b, LEARNING_RATE, Some(THRESHOLD), STEPS);
        let says = headline(&free, &clipped, THRESHOLD);
        assert!(says.starts_with("Unclipped, the descent meets a gradient of 745 and ends at a loss of 0.09"), "{says}");
        assert!(ending(&free).contains("off this map") && !ending(&clipped).contains("off"));
        assert_eq!(table(&free, &clipped).rows.len(), 21);
        assert!(headline(&clipped, &clipped, 1e9).contains("changes nothing"));
    }
}
