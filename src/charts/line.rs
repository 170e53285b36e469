//! Line charts: what one shows, and the component.

use super::axis::Axis;
use super::canvas::Size;
use super::cursor::Track;
use super::geometry::Point;
use super::layout::Layout;
use super::line_draw::{draw_base, draw_series, LineView};
use super::palette::{Ink, Palette, Theme};
use super::scale::StickyRange;
use super::stage::{stage, Layers, Scene, Shown, StageOptions};
use super::tip::{LegendItem, Mark, Tip, TipRow};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// How a line is stroked; measurement is solid, theory dashed or dotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

/// One curve. Points are (x, y) in axis units, ascending in x; a y that is not finite leaves a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    /// Written at the line's end (short: about 14 characters fit). Without one the series is named in the legend.
    pub end_label: Option<String>,
    pub ink: Ink,
    pub dash: Dash,
    /// CSS pixels.
    pub width: f64,
    pub points: Arc<[(f64, f64)]>,
    /// A band (low, high) around the curve, one pair a point.
    pub area: Option<Arc<[(f64, f64)]>>,
    /// Drawn as steps rather than straight segments.
    pub step: bool,
}

impl Series {
    pub fn new(name: impl Into<String>, ink: Ink, points: impl Into<Arc<[(f64, f64)]>>) -> Self {
        Self { name: name.into(), end_label: None, ink, dash: Dash::Solid, width: 1.75, points: points.into(), area: None, step: false }
    }

    /// The point nearest to `x`; `None` farther than the points are apart there (half a step on a step axis).
    pub fn at(&self, x: f64) -> Option<(f64, f64)> {
        nearest(&self.points, x)
    }

    #[must_use]
    pub fn with_end_label(mut self, label: impl Into<String>) -> Self {
        self.end_label = Some(label.into());
        self
    }

    #[must_use]
    pub fn with_dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    #[must_use]
    pub fn with_width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    #[must_use]
    pub fn with_area(mut self, area: impl Into<Arc<[(f64, f64)]>>) -> Self {
        self.area = Some(area.into());
        self
    }
}

/// The point nearest to `x`, ascending in x, no farther than half the distance to its neighbours.
pub(super) fn nearest(points: &[(f64, f64)], x: f64) -> Option<(f64, f64)> {
    let after = points.partition_point(|p| p.0 < x);
    let candidates = [after.checked_sub(1), Some(after)];
    let (index, distance) =
        candidates.into_iter().flatten().filter_map(|i| points.get(i).map(|p| (i, (p.0 - x).abs()))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let gap = |a: usize, b: usize| Some(points.get(b)?.0 - points.get(a)?.0);
    let spacing = gap(index, index + 1).or_else(|| gap(index.checked_sub(1)?, index)).unwrap_or(1.0);
    (distance <= 0.5 * spacing).then(|| points[index])
}

/// A horizontal reference line: the critical line at 1, the smallest float16.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub value: f64,
    pub label: String,
    pub ink: Ink,
    pub dash: Dash,
}

/// A horizontal band between two y values (infinite ends allowed).
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub from: f64,
    pub to: f64,
    pub label: String,
    pub ink: Ink,
}

/// All a line chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct LineModel {
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    pub rules: Vec<Rule>,
    pub bands: Vec<Band>,
}

/// A line chart.
#[component]
pub fn LineChart(
    /// Read inside the frame loop only, so a memo behind it is evaluated at most once a frame.
    #[prop(into)]
    model: Signal<Arc<LineModel>>,
    /// The shared cursor, in x axis units.
    #[prop(into)]
    cursor: Signal<Option<f64>>,
    /// Called with the x under the pointer or key, and `None` when it leaves.
    #[prop(into)]
    on_cursor: Callback<Option<f64>>,
    /// Called on click, tap or Enter.
    #[prop(into)]
    on_pin: Callback<f64>,
    #[prop(into)] theme: Signal<Theme>,
    /// The chart's accessible name.
    #[prop(into)]
    name: String,
    /// CSS pixels.
    #[prop(default = 200.0)]
    height: f64,
) -> impl IntoView {
    let scene = LineScene { model, sticky: RefCell::default(), base: RefCell::new(None), view: Cell::new(None) };
    stage(scene, StageOptions { name, height, theme, cursor, on_cursor, on_pin })
}

/// What the base layer was last drawn for.
#[derive(PartialEq)]
struct BaseKey {
    view: LineView,
    theme: Theme,
    x: Axis,
    y: Axis,
    rules: Vec<Rule>,
    bands: Vec<Band>,
}

impl BaseKey {
    /// Compares without building a key, because that happens every frame.
    fn fits(&self, view: &LineView, theme: Theme, model: &LineModel) -> bool {
        let same_axis = |a: &Axis, b: &Axis| a.label == b.label && a.unit == b.unit && a.kind == b.kind;
        self.view == *view
            && self.theme == theme
            && same_axis(&self.x, &model.x)
            && same_axis(&self.y, &model.y)
            && self.rules == model.rules
            && self.bands == model.bands
    }
}

struct LineScene {
    model: Signal<Arc<LineModel>>,
    sticky: RefCell<StickyRange>,
    base: RefCell<Option<BaseKey>>,
    view: Cell<Option<LineView>>,
}

impl Scene for LineScene {
    fn paint(&self, layers: &Layers, size: Size, palette: &'static Palette) -> Shown {
        let model = self.model.get();
        let y = if model.y.sticky { self.sticky.borrow_mut().update(model.y.range()) } else { model.y.range() };
        let layout = Layout::time_chart(size.width, size.height);
        let view = LineView { layout, x: model.x.range(), y };
        self.view.set(Some(view));
        let cleared = layers.base.fit(size);
        let stale = !self.base.borrow().as_ref().is_some_and(|base| base.fits(&view, palette.theme, &model));
        if cleared || stale {
            layers.base.draw(palette, |sheet| draw_base(sheet, &model, &view));
            self.base.replace(Some(BaseKey {
                view,
                theme: palette.theme,
                x: model.x.clone(),
                y: model.y.clone(),
                rules: model.rules.clone(),
                bands: model.bands.clone(),
            }));
        }
        layers.series.fit(size);
        layers.series.draw(palette, |sheet| draw_series(sheet, &model, &view));
        Shown {
            track: Track::Axis { projection: view.x_projection(), kind: model.x.kind, plot: layout.plot },
            legend: legend(&model, layout.narrow),
            summary: summary(&model),
            line: Some((layout.plot.top, layout.plot.bottom)),
        }
    }

    fn tip(&self, at: f64, _pointer: Option<Point>) -> Option<Tip> {
        let model = self.model.get_untracked();
        let rows = model.series.iter().map(|series| TipRow {
            mark: Some((series.ink, Mark::Line(series.dash))),
            name: series.name.clone(),
            value: series.at(at).map_or_else(|| "–".to_owned(), |(_, y)| model.y.format(y)),
        });
        Some(Tip { title: format!("{} {}", model.x.label, model.x.format(at)), rows: rows.collect() })
    }

    fn marks(&self, at: f64) -> Vec<(Point, Ink)> {
        let (Some(view), model) = (self.view.get(), self.model.get_untracked()) else {
            return Vec::new();
        };
        let (x, y) = (view.x_projection(), view.y_projection());
        let mark = |series: &Series| {
            let (px, py) = series.at(at)?;
            (series.dash == Dash::Solid && view.y.contains(py)).then(|| ((x.to_px(px), y.to_px(py)), series.ink))
        };
        model.series.iter().filter_map(mark).collect()
    }
}

/// Names for what the chart itself does not label: everything when there is no room at the ends.
pub(super) fn legend(model: &LineModel, narrow: bool) -> Vec<LegendItem> {
    let unlabelled = model.series.iter().filter(|series| narrow || series.end_label.is_none());
    // One line needs no legend: the chart's heading names it.
    if model.series.len() < 2 {
        return Vec::new();
    }
    unlabelled.map(|series| LegendItem { ink: series.ink, mark: Mark::Line(series.dash), name: series.name.clone() }).collect()
}

/// First, last and extent of every measured curve.
fn summary(model: &LineModel) -> String {
    let mut text = format!("{} against {}", model.y.title(), model.x.title());
    for series in model.series.iter().filter(|s| s.dash == Dash::Solid) {
        if let (Some(first), Some(last)) = (series.points.first(), series.points.last()) {
            text.push_str(&format!(
                "; {}: {} at {}, {} at {}",
                series.name,
                model.y.format(first.1),
                model.x.format(first.0),
                model.y.format(last.1),
                model.x.format(last.0),
            ));
        }
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_a_cursor_is_the_nearest_point_s_and_none_beyond_the_data() {
        let series = Series::new("a", Ink::Rnn, vec![(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]);
        assert_eq!(series.at(2.0), Some((2.0, 20.0)));
        assert_eq!(series.at(2.4), Some((2.0, 20.0)));
        assert_eq!(series.at(0.4), None);
        assert_eq!(series.at(3.6), None);
    }

    #[test]
    fn the_summary_names_first_and_last_value() {
        let model = LineModel {
            x: Axis::step("step", 0, 2),
            y: Axis::log10("norm", -600.0, 0.0),
            series: vec![Series::new("RNN", Ink::Rnn, vec![(0.0, -495.0), (1.0, -3.0), (2.0, 0.0)])],
            rules: vec![],
            bands: vec![],
        };
        assert_eq!(summary(&model), "norm against step; RNN: 10⁻⁴⁹⁵ at 0, 1 at 2.");
    }
}
