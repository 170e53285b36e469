//! The accessible twin of a chart: its numbers as a table, rendered only when opened.

use super::bars::BarsModel;
use super::format::{format_fixed, format_value};
use super::heatmap::HeatmapModel;
use super::line::{LineModel, Series};
use super::plane::PlaneModel;
use leptos::prelude::*;
use std::sync::Arc;

/// A table whose first column heads its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableModel {
    pub caption: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// What stands where a series has no point.
const MISSING: &str = "–";

/// The y of a series at exactly this x; points ascend in x.
fn value_at(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let index = points.partition_point(|&(px, _)| px < x);
    points.get(index).filter(|p| p.0 == x).map(|p| p.1)
}

/// All x that occur, ascending, once each.
fn all_x<'a>(sets: impl Iterator<Item = &'a Arc<[(f64, f64)]>>) -> Vec<f64> {
    let mut xs: Vec<f64> = sets.flat_map(|points| points.iter().map(|p| p.0)).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    xs
}

impl TableModel {
    /// One row an x, one column a series.
    pub fn from_lines(caption: impl Into<String>, model: &LineModel) -> Self {
        let column = |series: &Series| series.name.clone();
        let cell = |points: &[(f64, f64)], x| value_at(points, x).map_or_else(|| MISSING.to_owned(), |y| model.y.format(y));
        Self {
            caption: caption.into(),
            columns: std::iter::once(model.x.title()).chain(model.series.iter().map(column)).collect(),
            rows: all_x(model.series.iter().map(|s| &s.points))
                .into_iter()
                .map(|x| std::iter::once(model.x.format(x)).chain(model.series.iter().map(|s| cell(&s.points, x))).collect())
                .collect(),
        }
    }

    /// One row a step: smallest, mean and largest over the rows of the heatmap (a table of every cell would not be read).
    pub fn from_heatmap(caption: impl Into<String>, model: &HeatmapModel) -> Self {
        let rows = (0..model.cols).map(|col| {
            let mut row = vec![format_fixed((model.x0 + col * model.stride) as f64, 0)];
            match model.column_stats(col) {
                Some((min, mean, max)) => row.extend([min, mean, max].map(format_value)),
                None => row.extend([MISSING; 3].map(str::to_owned)),
            }
            row
        });
        Self {
            caption: caption.into(),
            columns: vec![model.x.title(), format!("{}, smallest", model.value_name), "mean".to_owned(), "largest".to_owned()],
            rows: rows.collect(),
        }
    }

    /// One row a point, largest modulus first within its set.
    pub fn from_plane(caption: impl Into<String>, model: &PlaneModel) -> Self {
        let mut rows = Vec::new();
        for set in &model.sets {
            let mut points: Vec<(f64, f64)> = set.points.to_vec();
            points.sort_by(|a, b| b.0.hypot(b.1).total_cmp(&a.0.hypot(a.1)));
            rows.extend(
                points.into_iter().map(|(re, im)| vec![set.name.clone(), format_value(re), format_value(im), format_value(re.hypot(im))]),
            );
        }
        Self { caption: caption.into(), columns: ["Set", "Re", "Im", "Modulus"].map(str::to_owned).to_vec(), rows }
    }

    /// One row an x, one column a group.
    pub fn from_bars(caption: impl Into<String>, model: &BarsModel) -> Self {
        let cell = |points: &[(f64, f64)], x| value_at(points, x).map_or_else(|| MISSING.to_owned(), |y| model.y.format(y));
        Self {
            caption: caption.into(),
            columns: std::iter::once(model.x.title()).chain(model.groups.iter().map(|g| g.name.clone())).collect(),
            rows: all_x(model.groups.iter().map(|g| &g.points))
                .into_iter()
                .map(|x| std::iter::once(model.x.format(x)).chain(model.groups.iter().map(|g| cell(&g.points, x))).collect())
                .collect(),
        }
    }
}

/// The table behind a disclosure; its rows exist only while it is open.
#[component]
pub fn DataTable(#[prop(into)] model: Signal<TableModel>) -> impl IntoView {
    let open = RwSignal::new(false);
    let toggle = move |ev: leptos::ev::Event| {
        let details: web_sys::Element = event_target(&ev);
        open.set(details.has_attribute("open"));
    };
    let table = move || {
        open.get().then(|| {
            let TableModel { caption, columns, rows } = model.get();
            let heads = columns.into_iter().map(|column| view! { <th scope="col">{column}</th> }).collect_view();
            let body = rows
                .into_iter()
                .map(|row| {
                    let mut cells = row.into_iter();
                    let head = cells.next();
                    let cells = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
                    view! { <tr><th scope="row">{head}</th>{cells}</tr> }
                })
                .collect_view();
            view! {
                <div class="data-table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
                    <table>
                        <caption>{caption.clone()}</caption>
                        <thead><tr>{heads}</tr></thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            }
        })
    };
    view! {
        <details class="data-table" on:toggle=toggle>
            <summary>"Table"</summary>
            {table}
        </details>
    }
}
