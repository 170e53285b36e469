//! Bars: singular values by index, contributions by step.

use super::axis::{Axis, AxisKind};
use super::canvas::Size;
use super::colour::Theme;
use super::cursor::Track;
use super::draw::Axes;
use super::geometry::{nearest, Point};
use super::layout::Layout;
use super::mark::{Mark, Rule};
use super::palette::{Ink, Palette};
use super::scale::{Range, StickyRange};
use super::scene::{Layers, Scene, Shown};
use super::sheet::Sheet;
use super::stage::{stage, StageOptions};
use super::tip::{LegendItem, Tip, TipRow};
use leptos::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;

/// One set of bars; several sets stand side by side within a step.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGroup {
    pub name: String,
    pub ink: Ink,
    /// (x, y) in axis units; a y that is not finite has no bar.
    pub points: Arc<[(f64, f64)]>,
}

/// All a bar chart shows. Bars stand on 0 of a linear y axis and on the lower end of a log axis.
#[derive(Clone, Debug, PartialEq)]
pub struct BarsModel {
    pub x: Axis,
    pub y: Axis,
    pub groups: Vec<BarGroup>,
    pub rules: Vec<Rule>,
}

/// A bar chart.
#[component]
pub fn BarChart(
    #[prop(into)] model: Signal<Arc<BarsModel>>,
    #[prop(into)] cursor: Signal<Option<f64>>,
    #[prop(into)] on_cursor: Callback<Option<f64>>,
    #[prop(into)] on_pin: Callback<f64>,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] name: String,
    #[prop(default = 160.0)] height: f64,
) -> impl IntoView {
    let scene = BarsScene { model, sticky: RefCell::default(), base: RefCell::new(None) };
    stage(scene, StageOptions { name, height, theme, cursor, on_cursor, on_pin })
}

/// What the base layer was last drawn for.
#[derive(PartialEq)]
struct BaseKey {
    layout: Layout,
    theme: Theme,
    x: Axis,
    y: Axis,
    y_range: Range,
    rules: Vec<Rule>,
}

struct BarsScene {
    model: Signal<Arc<BarsModel>>,
    sticky: RefCell<StickyRange>,
    base: RefCell<Option<BaseKey>>,
}

/// The share of a step that its bars fill.
const FILLED: f64 = 0.8;

/// The rectangles of one group, as polygons inside the plot.
fn rectangles(model: &BarsModel, axes: &Axes, group: usize) -> Vec<Vec<Point>> {
    let (x, y) = (axes.x_projection(), axes.y_projection());
    let plot = axes.layout.plot;
    let foot = match model.y.kind {
        AxisKind::Log10 => axes.y.1.min,
        _ => 0f64.clamp(axes.y.1.min, axes.y.1.max),
    };
    let slot = x.to_px(1.0) - x.to_px(0.0);
    // Bars thinner than a pixel would fade out of a long sequence.
    let width = (FILLED * slot / model.groups.len() as f64).max(1.0);
    let offset = (group as f64 - 0.5 * model.groups.len() as f64) * width;
    let inside = |px: f64| px.clamp(plot.top, plot.bottom);
    model.groups[group]
        .points
        .iter()
        .filter(|(at, value)| value.is_finite() && axes.x.1.contains(*at))
        .map(|&(at, value)| {
            let left = x.to_px(at) + offset;
            let (top, bottom) = (inside(y.to_px(value)), inside(y.to_px(foot)));
            let right = left + width;
            vec![(left, top), (right, top), (right, bottom), (left, bottom)]
        })
        .collect()
}

fn draw_base(sheet: &Sheet, model: &BarsModel, axes: &Axes) {
    axes.draw(sheet, true);
    axes.draw_references(sheet, &model.rules, &[]);
}

fn draw_groups(sheet: &Sheet, model: &BarsModel, axes: &Axes) {
    for (index, group) in model.groups.iter().enumerate() {
        sheet.fill(&rectangles(model, axes, index), sheet.palette.ink(group.ink).alpha(0.9));
    }
}

/// Everything, in one go: for vector export.
pub(super) fn draw_bars(sheet: &Sheet, model: &BarsModel, layout: &Layout) {
    let axes = Axes { layout, x: (&model.x, model.x.range()), y: (&model.y, model.y.range()) };
    draw_base(sheet, model, &axes);
    draw_groups(sheet, model, &axes);
}

/// The names of the groups, where there are several.
pub(super) fn legend(model: &BarsModel) -> Vec<LegendItem> {
    let several = model.groups.len() > 1;
    let item = |group: &BarGroup| LegendItem { ink: group.ink, mark: Mark::Bar, name: group.name.clone() };
    model.groups.iter().filter(|_| several).map(item).collect()
}

impl Scene for BarsScene {
    fn paint(&self, layers: &Layers, size: Size, palette: &'static Palette) -> Shown {
        let model = self.model.get();
        let y_range = if model.y.sticky { self.sticky.borrow_mut().update(model.y.range()) } else { model.y.range() };
        let layout = Layout::time_chart(size.width, size.height);
        let axes = Axes { layout: &layout, x: (&model.x, model.x.range()), y: (&model.y, y_range) };
        // The range shown is part of the key; the one asked for must not be, or a sticky axis would be redrawn all the same.
        let y = Axis { min: 0.0, max: 0.0, ..model.y.clone() };
        let key = BaseKey { layout, theme: palette.theme, x: model.x.clone(), y, y_range, rules: model.rules.clone() };
        let cleared = layers.base.fit(size);
        if cleared || self.base.borrow().as_ref() != Some(&key) {
            layers.base.draw(palette, |sheet| draw_base(sheet, &model, &axes));
            self.base.replace(Some(key));
        }
        layers.series.fit(size);
        layers.series.draw(palette, |sheet| draw_groups(sheet, &model, &axes));
        Shown {
            track: Track::Axis { projection: axes.x_projection(), kind: model.x.kind, plot: layout.plot },
            legend: legend(&model),
            summary: summary(&model),
            line: Some((layout.plot.top, layout.plot.bottom)),
        }
    }

    fn tip(&self, at: f64, _pointer: Option<Point>) -> Option<Tip> {
        let model = self.model.get_untracked();
        let rows = model.groups.iter().map(|group| TipRow {
            mark: Some((group.ink, Mark::Bar)),
            name: group.name.clone(),
            value: nearest(&group.points, at).map_or_else(|| "–".to_owned(), |(_, y)| model.y.format(y)),
        });
        Some(Tip { title: format!("{} {}", model.x.label, model.x.format(at)), rows: rows.collect() })
    }

    fn marks(&self, _at: f64) -> Vec<(Point, Ink)> {
        Vec::new()
    }
}

/// The largest bar of every group.
fn summary(model: &BarsModel) -> String {
    let mut text = format!("{} by {}", model.y.title(), model.x.title());
    for group in &model.groups {
        let finite = group.points.iter().filter(|p| p.1.is_finite());
        if let Some((at, value)) = finite.max_by(|a, b| a.1.total_cmp(&b.1)) {
            text.push_str(&format!(
                "; {}: {} bars, the largest {} at {}",
                group.name,
                group.points.len(),
                model.y.format(*value),
                model.x.format(*at)
            ));
        }
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(y: Axis, groups: usize) -> BarsModel {
        let group =
            BarGroup { name: "LSTM".to_owned(), ink: Ink::Lstm, points: vec![(0.0, -2.0), (1.0, f64::NEG_INFINITY), (2.0, 1.0)].into() };
        BarsModel { x: Axis::step("index", 0, 2), y, groups: vec![group; groups], rules: vec![] }
    }

    fn bars(model: &BarsModel, group: usize) -> Vec<Vec<Point>> {
        let layout = Layout::time_chart(600.0, 160.0);
        let axes = Axes { layout: &layout, x: (&model.x, model.x.range()), y: (&model.y, model.y.range()) };
        rectangles(model, &axes, group)
    }

    #[test]
    fn bars_stand_on_zero_or_on_the_floor_of_a_log_axis_and_exact_zeros_have_none() {
        let linear = bars(&model(Axis::linear("share", -2.0, 2.0), 1), 0);
        assert_eq!(linear.len(), 2);
        assert_eq!(linear[0][3].1, linear[1][3].1);
        let log = bars(&model(Axis::log10("σ", -4.0, 1.0), 1), 0);
        let plot = Layout::time_chart(600.0, 160.0).plot;
        assert!(log.iter().all(|bar| bar[3].1 == plot.bottom));
    }

    #[test]
    fn groups_stand_side_by_side_within_their_step() {
        let model = model(Axis::log10("σ", -4.0, 1.0), 3);
        let (a, b) = (bars(&model, 0), bars(&model, 1));
        assert!((a[0][1].0 - b[0][0].0).abs() < 1e-9);
    }
}
