//! The complex plane: eigenvalues against the unit circle.

use super::axis::Axis;
use super::canvas::Size;
use super::colour::Theme;
use super::cursor::Track;
use super::draw::Axes;
use super::format::format_value;
use super::geometry::Point;
use super::layout::Layout;
use super::mark::{Dash, Mark, Marker};
use super::palette::{Ink, Palette};
use super::scale::{Projection, Range, StickyRange};
use super::scene::{Layers, Scene, Shown};
use super::sheet::Sheet;
use super::stage::{stage, StageOptions};
use super::tip::{LegendItem, Tip, TipRow};
use leptos::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;

/// A named set of complex numbers (re, im).
#[derive(Clone, Debug, PartialEq)]
pub struct PointSet {
    pub name: String,
    pub ink: Ink,
    pub marker: Marker,
    pub points: Arc<[(f64, f64)]>,
}

/// All a plane shows.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneModel {
    pub sets: Vec<PointSet>,
    pub unit_circle: bool,
}

/// A complex plane with equal aspect.
#[component]
pub fn PlaneChart(
    #[prop(into)] model: Signal<Arc<PlaneModel>>,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] name: String,
    #[prop(default = 300.0)] height: f64,
) -> impl IntoView {
    // The cursor of a plane is the index of a point, which means nothing to other charts.
    let cursor = RwSignal::new(None::<f64>);
    let scene = PlaneScene { model, sticky: RefCell::default(), base: RefCell::new(None), places: RefCell::default() };
    stage(
        scene,
        StageOptions {
            name,
            height,
            theme,
            cursor: cursor.into(),
            on_cursor: Callback::new(move |at| cursor.set(at)),
            on_pin: Callback::new(|_| ()),
        },
    )
}

/// What the base layer was last drawn for.
#[derive(Clone, Copy, PartialEq)]
struct BaseKey {
    layout: Layout,
    theme: Theme,
    range: Range,
    unit_circle: bool,
}

struct PlaneScene {
    model: Signal<Arc<PlaneModel>>,
    sticky: RefCell<StickyRange>,
    base: RefCell<Option<BaseKey>>,
    places: RefCell<Vec<Point>>,
}

/// Half the size of a marker, in CSS pixels.
const RADIUS: f64 = 3.4;

impl PlaneModel {
    /// The largest coordinate to show: all points, and the unit circle with some air.
    fn limit(&self) -> f64 {
        let coordinates =
            self.sets.iter().flat_map(|set| set.points.iter()).flat_map(|&(re, im)| [re.abs(), im.abs()]).filter(|v| v.is_finite());
        let least = if self.unit_circle { 1.15 } else { 1e-6 };
        1.04 * coordinates.fold(least, f64::max)
    }

    fn point(&self, index: usize) -> Option<(&PointSet, (f64, f64))> {
        let all = self.sets.iter().flat_map(|set| set.points.iter().map(move |&p| (set, p)));
        all.into_iter().nth(index)
    }
}

/// The range shown around the given limit; what it does not hold snaps to the next half of a power.
fn nice_limit(limit: f64) -> f64 {
    if limit <= 1.2 {
        // The usual case: the unit circle fills the plot.
        return 1.2;
    }
    let step = 10f64.powf(limit.log10().floor()) / 2.0;
    (limit / step).ceil() * step
}

/// A marker at a place: filled shapes as polygons, crosses as strokes.
fn draw_set(sheet: &Sheet, set: &PointSet, places: &[Point]) {
    let around = |offsets: &[Point]| -> Vec<Vec<Point>> {
        places.iter().map(|&(x, y)| offsets.iter().map(|&(dx, dy)| (x + dx, y + dy)).collect()).collect()
    };
    let ink = sheet.palette.ink(set.ink);
    let r = RADIUS;
    let circle = |corners: std::ops::RangeInclusive<i32>| -> Vec<Point> {
        corners.map(|i| f64::from(i) / 16.0 * std::f64::consts::TAU).map(|a| (r * a.cos(), r * a.sin())).collect()
    };
    match set.marker {
        Marker::Circle => sheet.fill(&around(&circle(1..=16)), ink.alpha(0.85)),
        Marker::Ring => sheet.stroke(&around(&circle(0..=16)), ink.alpha(1.0), 1.4, Dash::Solid),
        Marker::Square => {
            let s = 0.88 * r;
            sheet.fill(&around(&[(-s, -s), (s, -s), (s, s), (-s, s)]), ink.alpha(0.85))
        }
        Marker::Diamond => {
            let d = 1.25 * r;
            sheet.fill(&around(&[(0.0, -d), (d, 0.0), (0.0, d), (-d, 0.0)]), ink.alpha(0.85))
        }
        Marker::Cross => {
            let mut strokes = around(&[(-r, -r), (r, r)]);
            strokes.extend(around(&[(-r, r), (r, -r)]));
            sheet.stroke(&strokes, ink.alpha(1.0), 1.4, Dash::Solid)
        }
    }
}

fn draw_base(sheet: &Sheet, key: &BaseKey) {
    let re = Axis::linear("Re", key.range.min, key.range.max);
    let im = Axis::linear("Im", key.range.min, key.range.max);
    let axes = Axes { layout: &key.layout, x: (&re, key.range), y: (&im, key.range) };
    axes.draw(sheet, false);
    let (x, y, plot) = (axes.x_projection(), axes.y_projection(), key.layout.plot);
    let hairline = sheet.palette.hairline;
    sheet.hairline((plot.left, y.to_px(0.0)), (plot.right, y.to_px(0.0)), hairline);
    sheet.hairline((x.to_px(0.0), plot.top), (x.to_px(0.0), plot.bottom), hairline);
    if key.unit_circle {
        let circle: Vec<Point> =
            (0..=128).map(|i| f64::from(i) / 128.0 * std::f64::consts::TAU).map(|a| (x.to_px(a.cos()), y.to_px(a.sin()))).collect();
        let ink = sheet.palette.ink_3.alpha(1.0);
        sheet.stroke(&[circle], ink, 1.0, Dash::Solid);
    }
}

/// The points of every set, in CSS pixels.
fn places(model: &PlaneModel, layout: &Layout, range: Range) -> Vec<Vec<Point>> {
    let x = Projection::new(range, layout.plot.left, layout.plot.right);
    let y = Projection::new(range, layout.plot.bottom, layout.plot.top);
    let place = |set: &PointSet| -> Vec<Point> { set.points.iter().map(|&(re, im)| (x.to_px(re), y.to_px(im))).collect() };
    model.sets.iter().map(place).collect()
}

fn draw_sets(sheet: &Sheet, model: &PlaneModel, places: &[Vec<Point>]) {
    for (set, places) in model.sets.iter().zip(places) {
        draw_set(sheet, set, places);
    }
}

/// Everything, in one go: for vector export.
pub(super) fn draw_plane(sheet: &Sheet, model: &PlaneModel, layout: Layout) {
    let limit = nice_limit(model.limit());
    let range = Range::new(-limit, limit);
    draw_base(sheet, &BaseKey { layout, theme: sheet.palette.theme, range, unit_circle: model.unit_circle });
    draw_sets(sheet, model, &places(model, &layout, range));
}

/// The name of every set.
pub(super) fn legend(model: &PlaneModel) -> Vec<LegendItem> {
    model.sets.iter().map(|set| LegendItem { ink: set.ink, mark: Mark::Point(set.marker), name: set.name.clone() }).collect()
}

impl Scene for PlaneScene {
    fn paint(&self, layers: &Layers, size: Size, palette: &'static Palette) -> Shown {
        let model = self.model.get();
        let limit = nice_limit(model.limit());
        let range = self.sticky.borrow_mut().update(Range::new(-limit, limit));
        let layout = Layout::square(size.width, size.height);
        let key = BaseKey { layout, theme: palette.theme, range, unit_circle: model.unit_circle };
        let cleared = layers.base.fit(size);
        if cleared || *self.base.borrow() != Some(key) {
            layers.base.draw(palette, |sheet| draw_base(sheet, &key));
            self.base.replace(Some(key));
        }
        layers.series.fit(size);
        let sets = places(&model, &layout, range);
        layers.series.draw(palette, |sheet| draw_sets(sheet, &model, &sets));
        let places: Vec<Point> = sets.into_iter().flatten().collect();
        self.places.replace(places.clone());
        Shown { track: Track::Points(places), legend: legend(&model), summary: summary(&model), line: None }
    }

    fn tip(&self, at: f64, _pointer: Option<Point>) -> Option<Tip> {
        let model = self.model.get_untracked();
        let (set, (re, im)) = model.point(at as usize)?;
        let row = |name: &str, value: f64| TipRow { mark: None, name: name.to_owned(), value: format_value(value) };
        Some(Tip { title: set.name.clone(), rows: vec![row("Re", re), row("Im", im), row("modulus", re.hypot(im))] })
    }

    fn marks(&self, at: f64) -> Vec<(Point, Ink)> {
        let model = self.model.get_untracked();
        let place = self.places.borrow().get(at as usize).copied();
        let ink = model.point(at as usize).map(|(set, _)| set.ink);
        place.zip(ink).into_iter().collect()
    }
}

/// Largest modulus of every set, and how many points lie outside the unit circle.
fn summary(model: &PlaneModel) -> String {
    let mut parts = vec!["Complex plane".to_owned()];
    for set in &model.sets {
        let moduli = || set.points.iter().map(|&(re, im)| re.hypot(im));
        let outside = moduli().filter(|m| *m > 1.0).count();
        parts.push(format!(
            "{}: {} points, largest modulus {}, {outside} outside the unit circle",
            set.name,
            set.points.len(),
            format_value(moduli().fold(0.0, f64::max)),
        ));
    }
    format!("{}.", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(points: Vec<(f64, f64)>) -> PlaneModel {
        PlaneModel {
            sets: vec![PointSet { name: "J".to_owned(), ink: Ink::Lstm, marker: Marker::Circle, points: points.into() }],
            unit_circle: true,
        }
    }

    #[test]
    fn the_plot_holds_every_point_and_the_unit_circle() {
        assert_eq!(nice_limit(plane(vec![(0.1, 0.2)]).limit()), 1.2);
        let limit = nice_limit(plane(vec![(0.1, -7.3)]).limit());
        assert!((7.3..=8.0).contains(&limit), "{limit}");
        assert!(nice_limit(plane(vec![(f64::NAN, f64::INFINITY)]).limit()).is_finite());
    }

    #[test]
    fn the_summary_counts_what_lies_outside_the_unit_circle() {
        let text = summary(&plane(vec![(0.3, 0.4), (-3.0, 4.0)]));
        assert_eq!(text, "Complex plane; J: 2 points, largest modulus 5, 1 outside the unit circle.");
    }
}
