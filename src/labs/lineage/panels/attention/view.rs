//! The panels of the attention view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::{self, Brought, NAMES};
use crate::charts::{format_value, LineModel};
use crate::form::SettingByKey;
use crate::labs::lineage::compute::pair::Attended;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::labs::lineage::panels::passes::view::empty;
use crate::labs::lineage::rows::ROUTE;
use crate::labs::lineage::settings::LineageSettings;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;
const HALF: f64 = 260.0;
const UNTRAINED: &str = " The net is not trained: its weights are drawn from the seed.";

/// Reads what was found with the settings it is of, or gives the sentence that stands in its place.
fn read<T>(lab: Lab, read: impl FnOnce(&Attended, &LineageSettings) -> T) -> Result<T, String> {
    let (settings, found) = lab.attended.get().ok_or_else(|| lab.instead())?;
    match found.as_ref() {
        Ok(found) => Ok(read(found, &settings)),
        Err(sentence) => Err(sentence.clone()),
    }
}

/// A line chart of what was found, once there is something.
#[component]
fn Lines(of: Slot, lab: Lab, chart: Memo<Option<Arc<LineModel>>>, name: &'static str, height: f64, cursor: Cursor) -> impl IntoView {
    let there = Memo::new(move |_| chart.with(Option::is_some));
    let drawing = move || Drawing::lines(Signal::derive(move || chart.get().unwrap_or_else(empty)));
    view! { <Show when=move || there.get()><ChartFigure of drawing=drawing() cursor=cursor theme=lab.theme name=name height/></Show> }
}

/// The gradient by path.
#[component]
pub fn SplitPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| read(lab, |found, _| Arc::new(model::split(found, !found.alignment.is_empty()))).ok());
    let headline = Memo::new(move |_| read(lab, |found, _| Brought::of(found).sentence(found.loss)).unwrap_or_else(|sentence| sentence));
    let residual = move || {
        let sentence = |found: &Attended, _: &LineageSettings| {
            format!(
                "The two parts add up to the whole; the largest difference is {} of its largest entry.{UNTRAINED}",
                format_value(found.residual)
            )
        };
        read(lab, sentence).unwrap_or_default()
    };
    view! {
        <Panel
            of
            headline=headline
            about="What of every source step reaches the logits of one target step: through the encoder states that attention reads (contexts), and through the state that the encoder hands over (the bottleneck). Dashed: the same pair without attention."
        >
            <Lines of lab chart name="Reach by path" height=HEIGHT cursor=lab.cursor()/>
            <p class="note" role="note">{residual}</p>
        </Panel>
    }
}

/// The weights.
#[component]
pub fn AlignmentPanel(of: Slot, lab: Lab) -> impl IntoView {
    let map =
        Memo::new(move |_| read(lab, |found, settings| Arc::new(model::alignment(found, settings.steps))).ok().filter(|map| map.rows > 0));
    let there = Memo::new(move |_| map.with(Option::is_some));
    let headline = Memo::new(move |_| match read(lab, |found, _| found.alignment.is_empty()) {
        Err(sentence) => sentence,
        Ok(true) => "Without attention there is no alignment.".to_owned(),
        Ok(false) => "Which source step every target step reads.".to_owned(),
    });
    let nothing = move || Arc::new(model::alignment(&Attended::default(), 1));
    view! {
        <Panel of headline=headline about="Weights of the softmax: source steps across, target steps up. The weights of a target step add up to 1.">
            <Show when=move || there.get() fallback=|| view! { <p class="empty">"Choose an attention to see its weights."</p> }>
                <ChartFigure
                    of
                    drawing=Drawing::heatmap(Signal::derive(move || map.get().unwrap_or_else(nothing)))
                    cursor=lab.cursor()
                    theme=lab.theme
                    name="Alignment"
                    height=HALF
                />
            </Show>
        </Panel>
    }
}

/// The gradient matrix of one path.
#[component]
pub fn GradientsPanel(of: Slot, lab: Lab) -> impl IntoView {
    let route = Memo::new(move |_| lab.store.settings.with(|settings| model::place(settings.route)));
    let map = Memo::new(move |_| {
        let place = route.get();
        let map = read(lab, |found, _| {
            // One scale for all paths, so that switching compares them.
            let scale = matrix::scale(found.squares.iter().flat_map(|square| matrix::values(square, false)));
            found.squares.get(place).map(|square| Arc::new(matrix::map(square, false, scale, ["source step k", "target step t"])))
        });
        map.ok().flatten()
    });
    let there = Memo::new(move |_| map.with(Option::is_some));
    let headline = Memo::new(move |_| match (read(lab, |_, _| ()), there.get()) {
        (Err(sentence), _) => sentence,
        (_, false) => format!("Whole matrices are drawn up to 64 steps; this source has {}.", lab.store.settings.with(|s| s.steps)),
        _ => format!("The gradient {}.", if route.get() == 0 { "by all paths" } else { NAMES[route.get()] }),
    });
    let tools = view! { <div class="panel-setting"><SettingByKey key=ROUTE settings=lab.store.settings on_commit=move |()| lab.store.commit()/></div> };
    let nothing =
        || Arc::new(matrix::map(&Default::default(), false, matrix::scale(std::iter::empty()), ["source step k", "target step t"]));
    view! {
        <Panel
            of
            headline=headline
            about="log10 ‖∂logitsₜ/∂xₖ‖ beside the weights: what is read is not what learns. Blank is exactly zero."
            tools=tools.into_any()
        >
            <Show when=move || there.get()>
                <ChartFigure
                    of
                    drawing=Drawing::heatmap(Signal::derive(move || map.get().unwrap_or_else(nothing)))
                    cursor=lab.cursor()
                    theme=lab.theme
                    name="Gradient matrix"
                    height=HALF
                />
            </Show>
        </Panel>
    }
}

/// How open the weights are.
#[component]
pub fn OpennessPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| {
        let chart = read(lab, |found, settings| (!found.alignment.is_empty()).then(|| Arc::new(model::openness(found, settings.steps))));
        chart.ok().flatten()
    });
    let headline = Memo::new(move |_| {
        read(lab, |found, settings| model::openness_headline(found, settings.steps)).unwrap_or_else(|sentence| sentence)
    });
    view! {
        <Panel
            of
            headline=headline
            about="∂w/∂e = diag(w) − wwᵀ: how much the weights move when the scores do. It is at most ½, and goes to 0 as one weight takes all: attention saturates too. Even attention gives every step 1/T."
        >
            <Lines of lab chart name="Openness of the weights" height=HALF cursor=Cursor::none()/>
        </Panel>
    }
}
