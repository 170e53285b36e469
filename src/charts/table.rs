//! The accessible twin of a chart: its numbers as a table, rendered only when opened.

use super::bars::BarsModel;
use super::format::{self, format_fixed, format_value};
use super::heatmap::HeatmapModel;
use super::line_model::{LineModel, Series};
use super::plane::PlaneModel;
use leptos::prelude::*;
use std::sync::Arc;
use unroll_engine::order;

/// A table whose first column heads its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    order::ascending(&mut xs);
    xs.dedup();
    xs
}

impl TableModel {
    /// As a file: a line of heads, then a line a row.
    pub fn csv(&self) -> String {
        let line = |cells: &Vec<String>| cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",") + "\n";
        std::iter::once(&self.columns).chain(&self.rows).map(line).collect()
    }

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
            order::by(&mut points, |a, b| a.0.hypot(a.1).total_cmp(&b.0.hypot(b.1)).is_gt());
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

/// A cell of a file: plain digits for what a reader is shown with real superscripts, nothing for what is missing, quotes where commas are.
fn csv_cell(shown: &str) -> String {
    let plain: String = shown.chars().map(|c| if c == '−' { '-' } else { c }).collect();
    let (mantissa, power) = match plain.split_once("×10") {
        Some((mantissa, power)) => (mantissa.to_owned(), power),
        None => match plain.strip_prefix("-10").map(|power| ("-1", power)).or_else(|| plain.strip_prefix("10").map(|power| ("1", power))) {
            Some((one, power)) if !power.is_empty() => (one.to_owned(), power),
            _ => (String::new(), ""),
        },
    };
    let exponent: Option<String> = power
        .chars()
        .map(|c| {
            if c == '⁻' {
                Some('-')
            } else {
                format::SUPERSCRIPT_DIGITS.iter().position(|s| *s == c).map(|d| char::from(b'0' + d as u8))
            }
        })
        .collect();
    match exponent.filter(|exponent| !exponent.is_empty()) {
        Some(exponent) => format!("{mantissa}e{exponent}"),
        None if shown == MISSING => String::new(),
        None if shown == "exactly zero" => "0".to_owned(),
        None if plain.contains([',', '"', '\n']) => format!("\"{}\"", plain.replace('"', "\"\"")),
        None => plain,
    }
}

/// The table under its chart; its rows exist only while it is shown.
#[component]
pub fn DataTable(#[prop(into)] model: Signal<TableModel>, shown: RwSignal<bool>) -> impl IntoView {
    let table = move || {
        shown.get().then(|| {
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
                <div class="data-table">
                    <button type="button" class="data-table-close" aria-label=format!("Hide the table “{caption}”") title="Hide the table" on:click=move |_| shown.set(false)>
                        "×"
                    </button>
                    <div class="data-table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
                        <table>
                            <caption>{caption.clone()}</caption>
                            <thead><tr>{heads}</tr></thead>
                            <tbody>{body}</tbody>
                        </table>
                    </div>
                </div>
            }
        })
    };
    view! { {table} }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{format_log10, format_value};

    #[test]
    fn a_file_has_numbers_that_a_program_reads() {
        for log10 in [-495.2, -7.0, 0.3, 12.0] {
            let cell = csv_cell(&format_log10(log10));
            let (mantissa, exponent) = cell.split_once('e').unwrap_or((&cell, "0"));
            let read = mantissa.parse::<f64>().unwrap().log10() + exponent.parse::<f64>().unwrap();
            assert!((read - log10).abs() < 0.01, "{log10} is written {cell}");
        }
        for value in [-3.2e-7, 5.25, -1e-5, 1e9, 10.0, -100.0, 0.0] {
            assert_eq!(csv_cell(&format_value(value)).parse::<f64>().unwrap(), value);
        }
        let table = TableModel {
            caption: "a".to_owned(),
            columns: vec!["t".to_owned(), "RNN, “x”".to_owned()],
            rows: vec![vec!["1".to_owned(), "exactly zero".to_owned()], vec!["2".to_owned(), MISSING.to_owned()]],
        };
        assert_eq!(table.csv(), "t,\"RNN, “x”\"\n1,0\n2,\n");
    }
}
