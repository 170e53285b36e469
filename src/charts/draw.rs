//! What all charts draw alike: axes on plotters' mesh, curves, text, reference lines. Positions are CSS pixels.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::style::{Color, FontFamily, RGBAColor, ShapeStyle, TextStyle, TRANSPARENT};
use plotters_backend::text_anchor::{HPos, Pos, VPos};

use super::axis::Axis;
use super::backend::{SheetBackend, LINE_HEIGHT, UNIT};
use super::geometry::Point;
use super::layout::{Layout, Rect};
use super::line::{Band, Dash, Rule};
use super::palette::{Ink, Palette, Rgb};
use super::paper::{Anchor, Font, Paper, FONT};
use super::scale::{Projection, Range};
use super::tick_coord::TickCoord;

/// Letter height of all text in a chart, in CSS pixels.
pub const TEXT: f64 = 11.0;
/// The letters of charts.
const LETTERS: Font = Font { size: TEXT, family: FONT, ..Font::SMALL };

/// What a chart is drawn on.
pub struct Sheet<'a> {
    pub paper: &'a dyn Paper,
    /// CSS pixels.
    pub size: (f64, f64),
    /// Device pixels in a CSS pixel.
    pub dpr: f64,
    pub palette: &'a Palette,
}

/// Where a text is anchored.
#[derive(Clone, Copy)]
pub enum Align {
    Left,
    Centre,
    Right,
}

/// Where a text stands relative to its y.
#[derive(Clone, Copy)]
pub enum Stand {
    Below,
    Middle,
    Above,
}

impl Sheet<'_> {
    fn trace(&self, points: &[Point]) {
        for (place, &(x, y)) in points.iter().enumerate() {
            if place == 0 {
                self.paper.move_to(x, y);
            } else {
                self.paper.line_to(x, y);
            }
        }
    }

    /// Sets the colour of what `paint` fills or strokes.
    fn in_colour(&self, colour: RGBAColor, set: impl FnOnce(&str), paint: impl FnOnce()) {
        let RGBAColor(r, g, b, alpha) = colour;
        set(&Rgb(r, g, b).css());
        if alpha < 1.0 {
            self.paper.set_alpha(alpha);
        }
        paint();
        if alpha < 1.0 {
            self.paper.set_alpha(1.0);
        }
    }

    /// Strokes all runs as one path; a run of one point is a dot.
    pub fn stroke(&self, runs: &[Vec<Point>], colour: RGBAColor, width: f64, dash: Dash) {
        let lengths: &[f64] = match dash {
            Dash::Solid => &[],
            Dash::Dashed => &[5.0, 4.0],
            Dash::Dotted => &[1.5, 3.0],
        };
        self.paper.set_dash(lengths);
        self.paper.begin_path();
        runs.iter().for_each(|run| self.trace(run));
        self.in_colour(colour, |css| self.paper.set_stroke(css, width), || self.paper.stroke());
        if dash != Dash::Solid {
            self.paper.set_dash(&[]);
        }
        let dots: Vec<Point> = runs.iter().filter(|run| run.len() == 1).flatten().copied().collect();
        if !dots.is_empty() {
            self.paper.begin_path();
            dots.into_iter().for_each(|(x, y)| self.paper.circle(x, y, width / 2.0));
            self.in_colour(colour, |css| self.paper.set_fill(css), || self.paper.fill());
        }
    }

    /// Fills all polygons as one path.
    pub fn fill(&self, shapes: &[Vec<Point>], colour: RGBAColor) {
        self.paper.begin_path();
        for shape in shapes {
            self.trace(shape);
            self.paper.close_path();
        }
        self.in_colour(colour, |css| self.paper.set_fill(css), || self.paper.fill());
    }

    pub fn fill_rect(&self, rect: &Rect, colour: RGBAColor) {
        let paint = || self.paper.fill_rect(rect.left, rect.top, rect.width(), rect.bottom - rect.top);
        self.in_colour(colour, |css| self.paper.set_fill(css), paint);
    }

    /// A horizontal or vertical line on whole device pixels, so that it is crisp.
    pub fn straight(&self, [from, to]: [Point; 2], width: f64, colour: RGBAColor) {
        let device = (width * self.dpr).round().max(1.0);
        let snap = |v: f64| (v * self.dpr - device / 2.0).round() / self.dpr;
        let (left, top, thick) = (from.0.min(to.0), from.1.min(to.1), device / self.dpr);
        let rect = if from.1 == to.1 {
            Rect { left, right: from.0.max(to.0), top: snap(top), bottom: snap(top) + thick }
        } else {
            Rect { left: snap(left), right: snap(left) + thick, top, bottom: from.1.max(to.1) }
        };
        self.fill_rect(&rect, colour);
    }

    /// A crisp horizontal or vertical line one CSS pixel wide.
    pub fn hairline(&self, from: Point, to: Point, colour: Rgb) {
        self.straight([from, to], 1.0, colour.alpha(1.0));
    }

    pub fn text(&self, text: &str, at: Point, colour: Rgb, align: Align, stand: Stand) {
        let anchor = match align {
            Align::Left => Anchor::Start,
            Align::Centre => Anchor::Middle,
            Align::Right => Anchor::End,
        };
        // From the top of the letters, or from their base line, to their middle.
        let down = match stand {
            Stand::Below => 0.5,
            Stand::Middle => 0.0,
            Stand::Above => -0.36,
        };
        self.paper.set_fill(&colour.css());
        self.paper.set_text(LETTERS, anchor);
        self.paper.text(text, at.0, at.1 + down * TEXT);
    }

    /// The text, shortened with an ellipsis until it fits `width` CSS pixels.
    pub fn fitted(&self, text: &str, width: f64) -> String {
        let fits = |text: &str| self.text_width(text) <= width;
        if fits(text) {
            return text.to_owned();
        }
        let mut letters: Vec<char> = text.chars().collect();
        while letters.pop().is_some() {
            let shorter: String = letters.iter().chain(&['…']).collect();
            if fits(&shorter) {
                return shorter;
            }
        }
        String::new()
    }

    /// CSS pixels.
    pub fn text_width(&self, text: &str) -> f64 {
        self.paper.text_width(text, LETTERS)
    }
}

/// The axes of one chart as they are shown (a sticky axis may show more than it asks for).
#[derive(Clone, Copy)]
pub struct Axes<'a> {
    pub layout: &'a Layout,
    pub x: (&'a Axis, Range),
    pub y: (&'a Axis, Range),
}

impl Axes<'_> {
    pub fn x_projection(&self) -> Projection {
        Projection::new(self.x.1, self.layout.plot.left, self.layout.plot.right)
    }

    pub fn y_projection(&self) -> Projection {
        Projection::new(self.y.1, self.layout.plot.bottom, self.layout.plot.top)
    }

    /// Grid, axis lines and numbers, by plotters' mesh, and titles.
    pub fn draw(&self, sheet: &Sheet, grid: bool) {
        let Layout { plot, width, height, narrow } = *self.layout;
        let palette = sheet.palette;
        // Our surface fails at nothing, and plotters only where a chart has no room for its axes: then it has none.
        self.draw_mesh(sheet, grid).ok();
        sheet.text(&sheet.fitted(&self.y.0.title(), plot.right - 2.0), (2.0, 4.0), palette.ink_2, Align::Left, Stand::Below);
        if narrow {
            sheet.text(&self.x.0.title(), (plot.right, height - 2.0), palette.ink_2, Align::Right, Stand::Above);
        } else {
            let title = sheet.fitted(&self.x.0.title(), width - plot.right - 10.0);
            sheet.text(&title, (plot.right + 8.0, plot.bottom + 6.0), palette.ink_2, Align::Left, Stand::Below);
        }
    }

    fn draw_mesh(&self, sheet: &Sheet, grid: bool) -> Result<(), DrawingAreaErrorKind<std::convert::Infallible>> {
        let Layout { plot, width, height, .. } = *self.layout;
        let palette = sheet.palette;
        let units = |px: f64| (px * UNIT).round().max(0.0) as u32;
        let line = |colour: Rgb| ShapeStyle { color: colour.alpha(1.0), filled: false, stroke_width: units(1.0) };
        let coord = |(axis, range): (&Axis, Range), most: usize| TickCoord { range, ticks: axis.ticks(range, most.max(2)) };
        let area = SheetBackend(sheet).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin_top(units(plot.top))
            .margin_right(units(width - plot.right))
            .set_label_area_size(LabelAreaPosition::Left, units(plot.left))
            .set_label_area_size(LabelAreaPosition::Bottom, units(height - plot.bottom))
            .build_cartesian_2d(coord(self.x, self.layout.x_ticks()), coord(self.y, self.layout.y_ticks()))?;
        let mut numbers = TextStyle::from((FontFamily::Name(FONT), TEXT * LINE_HEIGHT * UNIT)).pos(Pos::new(HPos::Left, VPos::Center));
        numbers.color = palette.ink_3.alpha(1.0).to_backend_color();
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(line(palette.hairline))
            .axis_style(line(palette.hairline_strong))
            .label_style(numbers)
            .set_all_tick_mark_size(units(3.0));
        if !grid {
            mesh.disable_y_mesh();
        }
        mesh.draw()
    }

    /// Bands and reference lines behind the data. A label that would touch the one before it is left out; the line is not.
    pub fn draw_references(&self, sheet: &Sheet, rules: &[Rule], bands: &[Band]) {
        let plot = self.layout.plot;
        let y = self.y_projection();
        let mut taken: Vec<f64> = Vec::new();
        let mut label = |text: &str, at: f64, ink: Ink| {
            if text.is_empty() || at < plot.top + TEXT || taken.iter().any(|t| (t - at).abs() < TEXT + 2.0) {
                return;
            }
            taken.push(at);
            let text = sheet.fitted(text, plot.width() - 8.0);
            let colour = sheet.palette.ink(ink);
            sheet.text(&text, (plot.right - 4.0, at), colour, Align::Right, Stand::Above);
        };
        for band in bands {
            let (from, to) = (band.from.max(self.y.1.min), band.to.min(self.y.1.max));
            if from < to {
                let rect = Rect { top: y.to_px(to), bottom: y.to_px(from), ..plot };
                let colour = sheet.palette.ink(band.ink).alpha(0.08);
                sheet.fill_rect(&rect, colour);
                label(&band.label, rect.bottom - 4.0, readable(band.ink));
            }
        }
        for rule in rules.iter().filter(|rule| self.y.1.contains(rule.value)) {
            let at = y.to_px(rule.value);
            let run = vec![(plot.left, at), (plot.right, at)];
            let colour = sheet.palette.ink(rule.ink).alpha(1.0);
            sheet.stroke(&[run], colour, 1.0, rule.dash);
            label(&rule.label, at - 4.0, readable(rule.ink));
        }
    }
}

/// A hairline's colour is too faint for text.
fn readable(ink: Ink) -> Ink {
    match ink {
        Ink::Hairline => Ink::Theory,
        other => other,
    }
}
