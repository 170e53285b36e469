//! Line charts.

use super::axis::Axis;
use super::canvas::Size;
use super::colour::Theme;
use super::cursor::Track;
use super::geometry::Point;
use super::layout::Layout;
use super::line_draw::{draw_base, draw_series, LineView};
use super::line_model::{LineModel, Series};
use super::mark::{Band, Dash, Mark, Rule};
use super::palette::{Ink, Palette};
use super::scale::StickyRange;
use super::scene::{Layers, Scene, Shown};
use super::stage::{stage, StageOptions};
use super::tip::{LegendItem, Tip, TipRow};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

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
