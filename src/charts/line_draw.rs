//! Draws a [`LineModel`]: the axes on one layer, the curves on another, or both on one (SVG).

use super::axis::AxisKind;
use super::draw::Axes;
use super::geometry::{clip_polyline, staircase, Point};
use super::layout::{spread, Layout};
use super::line_model::{LineModel, Series};
use super::mark::Dash;
use super::palette::Ink;
use super::scale::{Projection, Range};
use super::sheet::{Align, Sheet, Stand, TEXT};
use unroll_engine::order;

/// The least distance between the baselines of two labels at line ends.
const LABEL_GAP: f64 = TEXT + 2.5;

/// Where a line chart's values go, for one size and the ranges shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineView {
    pub layout: Layout,
    pub x: Range,
    pub y: Range,
}

impl LineView {
    pub fn x_projection(&self) -> Projection {
        Projection::new(self.x, self.layout.plot.left, self.layout.plot.right)
    }

    pub fn y_projection(&self) -> Projection {
        Projection::new(self.y, self.layout.plot.bottom, self.layout.plot.top)
    }
}

/// Everything, in one go: for vector export.
pub fn draw_line_chart(sheet: &Sheet, model: &LineModel, view: &LineView) {
    draw_base(sheet, model, view);
    draw_series(sheet, model, view);
}

/// What changes only with size, theme, scale and references.
pub fn draw_base(sheet: &Sheet, model: &LineModel, view: &LineView) {
    let axes = Axes { layout: &view.layout, x: (&model.x, view.x), y: (&model.y, view.y) };
    axes.draw(sheet, true);
    axes.draw_references(sheet, &model.rules, &model.bands);
}

/// The curves and the labels at their ends.
pub fn draw_series(sheet: &Sheet, model: &LineModel, view: &LineView) {
    let log = model.y.kind == AxisKind::Log10;
    for series in &model.series {
        draw_area(sheet, series, view);
    }
    // What is compared with first, then theory: the measurement lies on top of both.
    let mut order: Vec<&Series> = model.series.iter().collect();
    let height = |series: &Series| if series.ink.is_pale() { 0 } else { 1 + u8::from(series.dash == Dash::Solid) };
    order::by(&mut order, |a, b| height(a) < height(b));
    for series in order {
        draw_curve(sheet, series, view, log);
    }
    if view.layout.narrow {
        return;
    }
    draw_end_labels(sheet, &model.series, view);
}

fn projected<'a>(series: &'a Series, view: &LineView) -> impl Iterator<Item = Point> + 'a {
    let (x, y) = (view.x_projection(), view.y_projection());
    series.points.iter().map(move |&(px, py)| (x.to_px(px), y.to_px(py)))
}

fn draw_area(sheet: &Sheet, series: &Series, view: &LineView) {
    let Some(area) = &series.area else {
        return;
    };
    let (x, y, plot) = (view.x_projection(), view.y_projection(), view.layout.plot);
    let inside = |value: f64| y.to_px(value).clamp(plot.top, plot.bottom);
    let mut shapes: Vec<Vec<Point>> = Vec::new();
    let mut upper: Vec<Point> = Vec::new();
    let mut lower: Vec<Point> = Vec::new();
    let mut close = |upper: &mut Vec<Point>, lower: &mut Vec<Point>| {
        if upper.len() > 1 {
            let mut shape = std::mem::take(upper);
            shape.extend(lower.drain(..).rev());
            shapes.push(shape);
        }
        upper.clear();
        lower.clear();
    };
    for (&(at, _), &(low, high)) in series.points.iter().zip(area.iter()) {
        let px = x.to_px(at);
        if low.is_nan() || high.is_nan() || !(plot.left..=plot.right).contains(&px) {
            close(&mut upper, &mut lower);
        } else {
            upper.push((px, inside(high)));
            lower.push((px, inside(low)));
        }
    }
    close(&mut upper, &mut lower);
    sheet.fill(&shapes, sheet.palette.ink(series.ink).alpha(0.14));
}

fn draw_curve(sheet: &Sheet, series: &Series, view: &LineView, log: bool) {
    let points = projected(series, view);
    let runs = if series.step {
        clip_polyline(staircase(&points.collect::<Vec<_>>()), &view.layout.plot)
    } else {
        clip_polyline(points, &view.layout.plot)
    };
    let colour = sheet.palette.ink(series.ink).alpha(1.0);
    sheet.stroke(&runs, colour, series.width, series.dash);
    if log {
        let drops = drops_to_zero(series, view);
        if !drops.is_empty() {
            sheet.stroke(&drops, colour, 1.0, Dash::Dotted);
        }
    }
}

/// On a log axis a value of exactly zero has no place; where a curve falls to it (or comes back), a dotted line to the floor says so.
fn drops_to_zero(series: &Series, view: &LineView) -> Vec<Vec<Point>> {
    let (x, y) = (view.x_projection(), view.y_projection());
    let floor = view.layout.plot.bottom;
    let drop = |from: (f64, f64), to: (f64, f64)| {
        (from.1.is_finite() && to.1 == f64::NEG_INFINITY).then(|| vec![(x.to_px(from.0), y.to_px(from.1)), (x.to_px(to.0), floor)])
    };
    series
        .points
        .windows(2)
        .filter_map(|pair| drop(pair[0], pair[1]).or_else(|| drop(pair[1], pair[0])))
        .flat_map(|run| clip_polyline(run, &view.layout.plot))
        .collect()
}

/// Names of lines stand where the lines are apart: in the right margin, or, where all meet at the right and fan out to the left, over
/// their left ends.
fn draw_end_labels(sheet: &Sheet, series: &[Series], view: &LineView) {
    let plot = view.layout.plot;
    let mut labels: Vec<(&str, Ink, Point)> = Vec::new();
    let mut starts: Vec<(&str, Ink, Point)> = Vec::new();
    for one in series {
        let end = projected(one, view).filter(|p| p.0.is_finite() && p.1.is_finite()).last();
        if let (Some(text), Some(end)) = (&one.end_label, end) {
            let at = (end.0.clamp(plot.left, plot.right), end.1.clamp(plot.top, plot.bottom));
            labels.push((text, one.ink, at));
            let start = projected(one, view).find(|p| p.0 >= plot.left - 0.5 && p.1.is_finite()).unwrap_or(end);
            starts.push((text, one.ink, (start.0, start.1.clamp(plot.top, plot.bottom))));
        }
    }
    if extent(&labels) < LABEL_GAP && extent(&starts) > 2.0 * LABEL_GAP {
        return draw_start_labels(sheet, &starts, view);
    }
    let wishes: Vec<f64> = labels.iter().map(|(_, _, end)| end.1).collect();
    let placed = spread(&wishes, LABEL_GAP, plot.top + 4.0, plot.bottom - 4.0);
    let left = plot.right + 10.0;
    for ((text, ink, end), at) in labels.into_iter().zip(placed) {
        let colour = sheet.palette.ink(ink);
        if (at - end.1).abs() > 2.0 || end.0 < plot.right - 12.0 {
            let leader = vec![(end.0.max(plot.right - 1.0), end.1), (left - 2.0, at)];
            sheet.stroke(&[leader], colour.alpha(0.45), 1.0, Dash::Solid);
        }
        let text = sheet.fitted(text, view.layout.width - left - 1.0);
        sheet.text(&text, (left, at), colour, Align::Left, Stand::Middle);
    }
}

/// How far apart labels are, from the highest to the lowest.
fn extent(labels: &[(&str, Ink, Point)]) -> f64 {
    let ys = labels.iter().map(|(_, _, at)| at.1);
    ys.clone().fold(f64::NEG_INFINITY, f64::max) - ys.fold(f64::INFINITY, f64::min)
}

fn draw_start_labels(sheet: &Sheet, starts: &[(&str, Ink, Point)], view: &LineView) {
    let plot = view.layout.plot;
    let wishes: Vec<f64> = starts.iter().map(|(_, _, at)| at.1 - LABEL_GAP * 0.75).collect();
    let placed = spread(&wishes, LABEL_GAP, plot.top + LABEL_GAP / 2.0, plot.bottom - LABEL_GAP / 2.0);
    for ((text, ink, at), y) in starts.iter().zip(placed) {
        let x = at.0.max(plot.left) + 6.0;
        // Lines that pass behind a name must not strike it through.
        let (right, half) = (x + sheet.text_width(text) + 2.0, LABEL_GAP / 2.0);
        let ground = vec![(x - 2.0, y - half), (right, y - half), (right, y + half), (x - 2.0, y + half)];
        sheet.fill(&[ground], sheet.palette.panel.alpha(0.82));
        sheet.text(text, (x, y), sheet.palette.ink(*ink), Align::Left, Stand::Middle);
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::super::colour::Theme;
    use super::super::mark::Rule;
    use super::super::palette::Palette;
    use super::*;
    use crate::charts::paper::SvgPaper;

    fn svg(model: &LineModel) -> String {
        let paper = SvgPaper::new();
        let view = LineView { layout: Layout::time_chart(600.0, 200.0), x: model.x.range(), y: model.y.range() };
        draw_line_chart(&Sheet { paper: &paper, size: (600.0, 200.0), dpr: 1.0, palette: Palette::of(Theme::Light) }, model, &view);
        paper.into_elements()
    }

    fn model(points: Vec<(f64, f64)>) -> LineModel {
        LineModel {
            x: Axis::step("t", 0, 4),
            y: Axis::log10("norm", -500.0, 0.0),
            series: vec![Series::new("LSTM", Ink::Lstm, points).with_end_label("LSTM")],
            rules: vec![Rule { value: -250.0, label: "float32 ends".to_owned(), ink: Ink::Theory, dash: Dash::Dashed }],
            bands: vec![],
        }
    }

    #[test]
    fn the_same_drawing_writes_svg_with_labels_and_one_path_a_series() {
        let out = svg(&model((0..5).map(|t| (t as f64, -100.0 * t as f64)).collect()));
        for text in ["10⁻⁵⁰⁰", "norm", "LSTM", "float32 ends"] {
            assert!(out.contains(text), "{text} is missing");
        }
        let blue = format!("stroke=\"{}\"", Palette::of(Theme::Light).lstm.css());
        // The leader from the curve's end to its label is a path of two points.
        let corners = |path: &str| path.split('"').next().map_or(0, |d| d.matches(['M', 'L']).count());
        let curves = out.split("<path d=\"").skip(1).filter(|path| path.contains(&blue) && corners(path) > 2).count();
        assert_eq!(curves, 1);
    }

    #[test]
    fn labels_stand_where_the_curves_are_apart() {
        let labelled = |name: &str, points: Vec<(f64, f64)>| Series::new(name, Ink::Lstm, points).with_end_label(name.to_owned());
        // Places of "low" in the SVG: its x.
        let x_of = |series: Vec<Series>| {
            let out = svg(&LineModel { series, ..model(Vec::new()) });
            let before = out.split(">low<").next().unwrap().rsplit("<text").next().unwrap().to_owned();
            before.split("x=\"").nth(1).unwrap().split('"').next().unwrap().parse::<f64>().unwrap()
        };
        let meet = vec![labelled("low", vec![(0.0, -400.0), (4.0, 0.0)]), labelled("high", vec![(0.0, -10.0), (4.0, 0.0)])];
        let part = vec![labelled("low", vec![(0.0, 0.0), (4.0, -400.0)]), labelled("high", vec![(0.0, 0.0), (4.0, -10.0)])];
        let plot = Layout::time_chart(600.0, 200.0).plot;
        assert!(x_of(meet) < plot.left + plot.width() / 4.0);
        assert!(x_of(part) > plot.right);
    }

    #[test]
    fn the_mesh_is_a_line_a_tick_each_one_pixel_wide() {
        let out = svg(&model(Vec::new()));
        let lines: Vec<&str> = out.split("<rect ").skip(1).collect();
        assert!((8..=40).contains(&lines.len()), "{} lines", lines.len());
        assert!(lines.iter().all(|line| line.contains(" width=\"1\"") || line.contains(" height=\"1\"")), "{lines:?}");
    }

    #[test]
    fn a_curve_that_reaches_exactly_zero_drops_to_the_floor() {
        let zero = f64::NEG_INFINITY;
        let gone = model(vec![(0.0, zero), (1.0, zero), (2.0, -3.0), (3.0, 0.0)]);
        let view = LineView { layout: Layout::time_chart(600.0, 200.0), x: gone.x.range(), y: gone.y.range() };
        let drops = drops_to_zero(&gone.series[0], &view);
        assert_eq!(drops.len(), 1);
        assert_eq!(drops[0][1].1, view.layout.plot.bottom);
    }

    #[test]
    fn nothing_finite_draws_axes_only() {
        let out = svg(&model(vec![(0.0, f64::NAN), (1.0, f64::NEG_INFINITY)]));
        assert!(out.contains("10⁻¹⁰⁰"));
    }
}
