//! Charts with what goes with them: the table of their numbers, and their pictures in the panel's menu.

use std::sync::Arc;

use leptos::prelude::*;

use super::outputs::{makers, Output};
use super::panel::Slot;
use crate::charts::export::{self, Picture};
use crate::charts::{BarChart, BarsModel, Heatmap, HeatmapModel, LineChart, LineModel, PlaneChart, PlaneModel, TableModel, Theme};

/// The cursor that the charts of a lab share.
#[derive(Clone, Copy)]
pub struct Cursor {
    /// Where it stands, in units of the x axis.
    pub at: Signal<Option<f64>>,
    /// Called with the x under the pointer or key, and `None` when it leaves.
    pub hover: Callback<Option<f64>>,
    /// Called on click, tap or Enter.
    pub pin: Callback<f64>,
}

impl Cursor {
    /// For a chart over something else than what the cursor is on.
    pub fn none() -> Self {
        Self { at: Signal::derive(|| None), hover: Callback::new(|_| {}), pin: Callback::new(|_| {}) }
    }
}

/// How a chart is mounted.
struct Mount {
    cursor: Cursor,
    theme: Signal<Theme>,
    name: String,
    height: f64,
}

/// Makes a picture with a title.
type MakePicture = dyn Fn(&str, Theme) -> Option<Picture> + Send + Sync;

/// What is drawn as a figure. A page has the kinds of charts that its panels name, and no others.
pub struct Drawing {
    chart: Box<dyn FnOnce(Mount) -> AnyView>,
    /// Its numbers; tracked.
    table: Box<dyn Fn(&str) -> TableModel + Send + Sync>,
    /// Its picture; `None` while there is nothing to see.
    picture: Box<MakePicture>,
}

impl Drawing {
    /// Curves.
    pub fn lines(model: Signal<Arc<LineModel>>) -> Self {
        Self {
            chart: Box::new(move |Mount { cursor: Cursor { at, hover, pin }, theme, name, height }| {
                view! { <LineChart model cursor=at on_cursor=hover on_pin=pin theme name height/> }.into_any()
            }),
            table: Box::new(move |name| makers().map(|makers| model.with(|m| (makers.lines_table)(name, m))).unwrap_or_default()),
            picture: Box::new(move |title, theme| makers().map(|makers| model.with(|m| (makers.lines_picture)(title, m, theme)))),
        }
    }

    /// A matrix of colours.
    pub fn heatmap(model: Signal<Arc<HeatmapModel>>) -> Self {
        Self {
            chart: Box::new(move |Mount { cursor: Cursor { at, hover, pin }, theme, name, height }| {
                view! { <Heatmap model cursor=at on_cursor=hover on_pin=pin theme name height/> }.into_any()
            }),
            table: Box::new(move |name| model.with(|m| TableModel::from_heatmap(name, m))),
            picture: Box::new(move |title, theme| model.with(|m| (m.cols > 0).then(|| export::heatmap(title, m, theme)))),
        }
    }

    /// Points in the complex plane.
    pub fn plane(model: Signal<Arc<PlaneModel>>) -> Self {
        Self {
            chart: Box::new(move |Mount { theme, name, height, .. }| view! { <PlaneChart model theme name height/> }.into_any()),
            table: Box::new(move |name| model.with(|m| TableModel::from_plane(name, m))),
            picture: Box::new(move |title, theme| model.with(|m| (!m.sets.is_empty()).then(|| export::plane(title, m, theme)))),
        }
    }

    /// Bars.
    pub fn bars(model: Signal<Arc<BarsModel>>) -> Self {
        Self {
            chart: Box::new(move |Mount { cursor: Cursor { at, hover, pin }, theme, name, height }| {
                view! { <BarChart model cursor=at on_cursor=hover on_pin=pin theme name height/> }.into_any()
            }),
            table: Box::new(move |name| model.with(|m| TableModel::from_bars(name, m))),
            picture: Box::new(move |title, theme| Some(model.with(|m| export::bars(title, m, theme)))),
        }
    }
}

/// A chart of the kit as a figure of its panel.
#[component]
pub fn ChartFigure(
    of: Slot,
    drawing: Drawing,
    cursor: Cursor,
    theme: Signal<Theme>,
    /// The chart's name, in the menu and for a screen reader.
    #[prop(into)]
    name: String,
    /// The title of its picture, where that says more than the name.
    #[prop(optional, into)]
    title: Option<Signal<Option<String>>>,
    /// CSS pixels.
    height: f64,
) -> impl IntoView {
    let (of_table, of_picture) = (name.clone(), name.clone());
    let Drawing { chart, table, picture } = drawing;
    let table = Signal::derive(move || table(&of_table));
    let picture = Callback::new(move |()| {
        let title = title.map_or_else(|| Some(of_picture.clone()), |title| title.get())?;
        picture(&title, theme.get())
    });
    let chart = chart(Mount { cursor, theme, name: name.clone(), height });
    view! { <Figure of name table picture>{chart}</Figure> }
}

/// Anything drawn, with its table under it and its pictures in the menu of its panel.
#[component]
pub fn Figure(
    of: Slot,
    #[prop(into)] name: String,
    #[prop(optional, into)] table: Option<Signal<TableModel>>,
    #[prop(optional, into)] picture: Option<Callback<(), Option<Picture>>>,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    of.offer(Output { name: name.clone(), table, table_shown: shown, picture });
    view! {
        <div class=format!("figure {class}") data-figure=name>
            {children()}
            {table.map(|model| move || makers().map(|makers| untrack(|| (makers.table)(model, shown))))}
        </div>
    }
}
