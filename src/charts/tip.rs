//! Tooltips and legends: the DOM around a canvas.

use super::mark::{Dash, Mark, Marker};
use super::palette::Ink;
use leptos::prelude::*;

/// One number of a tooltip.
#[derive(Clone, Debug, PartialEq)]
pub struct TipRow {
    pub mark: Option<(Ink, Mark)>,
    pub name: String,
    pub value: String,
}

/// The numbers at a cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tip {
    pub title: String,
    pub rows: Vec<TipRow>,
}

impl Tip {
    /// As one sentence, for a screen reader.
    pub fn spoken(&self) -> String {
        let mut text = self.title.clone();
        for row in &self.rows {
            text.push_str(&format!("; {} {}", row.name, row.value));
        }
        text
    }
}

/// One entry of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendItem {
    pub ink: Ink,
    pub mark: Mark,
    pub name: String,
}

fn sample(ink: Ink, mark: Mark) -> impl IntoView {
    let (path, filled, dash) = match mark {
        Mark::Line(Dash::Solid) => ("M0 5H18", false, "none"),
        Mark::Line(Dash::Dashed) => ("M0 5H18", false, "5 3"),
        Mark::Line(Dash::Dotted) => ("M0 5H18", false, "1.5 2.5"),
        Mark::Point(Marker::Circle) => ("M5.5 5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z", true, "none"),
        Mark::Point(Marker::Square) => ("M6 2h6v6h-6z", true, "none"),
        Mark::Point(Marker::Diamond) => ("M9 .5L13.5 5L9 9.5L4.5 5z", true, "none"),
        Mark::Point(Marker::Cross) => ("M6 2L12 8M12 2L6 8", false, "none"),
        Mark::Point(Marker::Ring) => ("M5.5 5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z", false, "none"),
        Mark::Bar => ("M6 0h6v10h-6z", true, "none"),
    };
    let colour = ink.css_var();
    view! {
        <svg class="chart-sample" width="18" height="10" viewBox="0 0 18 10" aria-hidden="true">
            <path
                d=path
                style:fill=if filled { colour } else { "none" }
                style:stroke=if filled { "none" } else { colour }
                stroke-width="2"
                stroke-dasharray=dash
            />
        </svg>
    }
}

/// The names of what has no label in the chart itself.
pub fn legend_view(items: RwSignal<Vec<LegendItem>>) -> impl IntoView {
    move || {
        items.with(|items| {
            (!items.is_empty()).then(|| {
                let items = items
                    .iter()
                    .map(|item| {
                        let name = item.name.clone();
                        view! { <li>{sample(item.ink, item.mark)}{name}</li> }
                    })
                    .collect_view();
                view! { <ul class="chart-legend">{items}</ul> }
            })
        })
    }
}

/// What a tooltip contains.
pub fn tip_view(tip: RwSignal<Option<Tip>>) -> impl IntoView {
    move || {
        tip.with(|tip| {
            tip.as_ref().map(|tip| {
                let rows = tip
                    .rows
                    .iter()
                    .map(|row| {
                        let mark = row.mark.map(|(ink, mark)| sample(ink, mark));
                        let (name, value) = (row.name.clone(), row.value.clone());
                        view! { <tr><td>{mark}</td><td>{name}</td><td>{value}</td></tr> }
                    })
                    .collect_view();
                let title = tip.title.clone();
                view! {
                    <p class="chart-tip-title">{title}</p>
                    <table><tbody>{rows}</tbody></table>
                }
            })
        })
    }
}
