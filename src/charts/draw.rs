//! What all charts draw alike: axes on plotters' mesh, text, reference lines. Generic over the backend, so that the same code
//! paints a canvas and writes SVG. Positions are CSS pixels; [`Sheet`] turns them into backend units.

use super::axis::Axis;
use super::backend::{Drawn, Pen, Stroke, FONT, LINE_HEIGHT};
use super::geometry::Point;
use super::layout::{Layout, Rect};
use super::line::{Band, Dash, Rule};
use super::palette::{Ink, Palette, Rgb};
use super::scale::{Projection, Range};
use super::tick_coord::TickCoord;
use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Drawable, PointCollection};
use plotters::style::{Color, RGBAColor, ShapeStyle, TextStyle, TRANSPARENT};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendCoord, DrawingErrorKind};

/// Letter height of all text in a chart, in CSS pixels.
pub const TEXT: f64 = 11.0;

/// A place to draw on: a plotters area, and the backend units in one CSS pixel.
pub struct Sheet<'a, DB: Pen> {
    pub area: &'a DrawingArea<DB, Shift>,
    pub unit: f64,
    pub palette: &'a Palette,
}

/// Ready-made paths, stroked in one go.
struct Strokes<'a>(&'a [Vec<BackendCoord>], Stroke);
/// Ready-made polygons, filled in one go.
struct Fills<'a>(&'a [Vec<BackendCoord>], RGBAColor);

macro_rules! already_in_backend_coordinates {
    ($element:ident, $method:ident) => {
        impl<'b> PointCollection<'b, BackendCoord> for &'b $element<'_> {
            type Point = &'b BackendCoord;
            type IntoIter = &'b [BackendCoord];
            fn point_iter(self) -> Self::IntoIter {
                &[]
            }
        }

        impl<DB: Pen> Drawable<DB> for $element<'_> {
            fn draw<I: Iterator<Item = BackendCoord>>(
                &self,
                _: I,
                backend: &mut DB,
                _: (u32, u32),
            ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
                backend.$method(self.0, &self.1)
            }
        }
    };
}
already_in_backend_coordinates!(Strokes, stroke_runs);
already_in_backend_coordinates!(Fills, fill_shapes);

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

impl<DB: Pen> Sheet<'_, DB> {
    fn units(&self, px: f64) -> i32 {
        (px * self.unit).round() as i32
    }

    fn size(&self, px: f64) -> u32 {
        (px * self.unit).round().max(0.0) as u32
    }

    fn to_units(&self, runs: &[Vec<Point>]) -> Vec<Vec<BackendCoord>> {
        runs.iter().map(|run| run.iter().map(|&(x, y)| (self.units(x), self.units(y))).collect()).collect()
    }

    /// Strokes all runs as one path.
    pub fn stroke(&self, runs: &[Vec<Point>], colour: RGBAColor, width: f64, dash: Dash) -> Drawn<DB> {
        let dash = match dash {
            Dash::Solid => None,
            Dash::Dashed => Some((5.0 * self.unit, 4.0 * self.unit)),
            Dash::Dotted => Some((1.5 * self.unit, 3.0 * self.unit)),
        };
        let stroke = Stroke { colour, width: width * self.unit, dash };
        self.area.draw(&Strokes(&self.to_units(runs), stroke))
    }

    /// Fills all polygons as one path.
    pub fn fill(&self, shapes: &[Vec<Point>], colour: RGBAColor) -> Drawn<DB> {
        self.area.draw(&Fills(&self.to_units(shapes), colour))
    }

    pub fn fill_rect(&self, rect: &Rect, colour: RGBAColor) -> Drawn<DB> {
        self.area.draw(&plotters::element::Rectangle::new(
            [(self.units(rect.left), self.units(rect.top)), (self.units(rect.right), self.units(rect.bottom))],
            ShapeStyle { color: colour, filled: true, stroke_width: 0 },
        ))
    }

    /// A crisp horizontal or vertical line one CSS pixel wide.
    pub fn hairline(&self, from: Point, to: Point, colour: Rgb) -> Drawn<DB> {
        let ends = [from, to].map(|(x, y)| (self.units(x), self.units(y)));
        self.area.draw(&plotters::element::PathElement::new(ends, self.line(colour)))
    }

    fn line(&self, colour: Rgb) -> ShapeStyle {
        ShapeStyle { color: colour.alpha(1.0), filled: false, stroke_width: self.size(1.0).max(1) }
    }

    fn text_style(&self, colour: Rgb, align: Align, stand: Stand) -> TextStyle<'static> {
        let h = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let v = match stand {
            Stand::Below => VPos::Top,
            Stand::Middle => VPos::Center,
            Stand::Above => VPos::Bottom,
        };
        let mut style = TextStyle::from((FONT, TEXT * LINE_HEIGHT * self.unit)).pos(Pos::new(h, v));
        style.color = colour.alpha(1.0).to_backend_color();
        style
    }

    pub fn text(&self, text: &str, at: Point, colour: Rgb, align: Align, stand: Stand) -> Drawn<DB> {
        self.area.draw_text(text, &self.text_style(colour, align, stand), (self.units(at.0), self.units(at.1)))
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
        // plotters hands out its backend for the length of one element only, so the width comes by an element that draws nothing.
        let width = std::cell::Cell::new(0.0);
        let probe = Measure(text, TEXT * self.unit, &width);
        self.area.draw(&probe).ok();
        width.get() / self.unit
    }
}

struct Measure<'a>(&'a str, f64, &'a std::cell::Cell<f64>);

impl<'b> PointCollection<'b, BackendCoord> for &'b Measure<'_> {
    type Point = &'b BackendCoord;
    type IntoIter = &'b [BackendCoord];
    fn point_iter(self) -> Self::IntoIter {
        &[]
    }
}

impl<DB: Pen> Drawable<DB> for Measure<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(&self, _: I, backend: &mut DB, _: (u32, u32)) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        self.2.set(backend.text_width(self.0, self.1));
        Ok(())
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

    /// Grid, axis lines, numbers and titles, by plotters' mesh.
    pub fn draw<DB: Pen>(&self, sheet: &Sheet<DB>, grid: bool) -> Drawn<DB> {
        let Layout { plot, width, height, narrow } = *self.layout;
        let palette = sheet.palette;
        let coord = |(axis, range): (&Axis, Range), most: usize| TickCoord { range, ticks: axis.ticks(range, most.max(2)) };
        let mut chart = ChartBuilder::on(sheet.area)
            .margin_top(sheet.size(plot.top))
            .margin_right(sheet.size(width - plot.right))
            .set_label_area_size(LabelAreaPosition::Left, sheet.size(plot.left))
            .set_label_area_size(LabelAreaPosition::Bottom, sheet.size(height - plot.bottom))
            .build_cartesian_2d(coord(self.x, self.layout.x_ticks()), coord(self.y, self.layout.y_ticks()))?;
        let numbers = sheet.text_style(palette.ink_3, Align::Left, Stand::Middle);
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(sheet.line(palette.hairline))
            .axis_style(sheet.line(palette.hairline_strong))
            .label_style(numbers)
            .set_all_tick_mark_size(sheet.size(3.0));
        if !grid {
            mesh.disable_y_mesh();
        }
        mesh.draw()?;
        sheet.text(&sheet.fitted(&self.y.0.title(), plot.right - 2.0), (2.0, 4.0), palette.ink_2, Align::Left, Stand::Below)?;
        if narrow {
            let at = (plot.right, height - 2.0);
            sheet.text(&self.x.0.title(), at, palette.ink_2, Align::Right, Stand::Above)
        } else {
            let title = sheet.fitted(&self.x.0.title(), width - plot.right - 10.0);
            let at = (plot.right + 8.0, plot.bottom + 6.0);
            sheet.text(&title, at, palette.ink_2, Align::Left, Stand::Below)
        }
    }

    /// Bands and reference lines behind the data. A label that would touch the one before it is left out; the line is not.
    pub fn draw_references<DB: Pen>(&self, sheet: &Sheet<DB>, rules: &[Rule], bands: &[Band]) -> Drawn<DB> {
        let plot = self.layout.plot;
        let y = self.y_projection();
        let mut taken: Vec<f64> = Vec::new();
        let mut label = |text: &str, at: f64, ink: Ink| -> Drawn<DB> {
            if text.is_empty() || at < plot.top + TEXT || taken.iter().any(|t| (t - at).abs() < TEXT + 2.0) {
                return Ok(());
            }
            taken.push(at);
            let text = sheet.fitted(text, plot.width() - 8.0);
            let colour = sheet.palette.ink(ink);
            sheet.text(&text, (plot.right - 4.0, at), colour, Align::Right, Stand::Above)
        };
        for band in bands {
            let (from, to) = (band.from.max(self.y.1.min), band.to.min(self.y.1.max));
            if from < to {
                let rect = Rect { top: y.to_px(to), bottom: y.to_px(from), ..plot };
                let colour = sheet.palette.ink(band.ink).alpha(0.08);
                sheet.fill_rect(&rect, colour)?;
                label(&band.label, rect.bottom - 4.0, readable(band.ink))?;
            }
        }
        for rule in rules.iter().filter(|rule| self.y.1.contains(rule.value)) {
            let at = y.to_px(rule.value);
            let run = vec![(plot.left, at), (plot.right, at)];
            let colour = sheet.palette.ink(rule.ink).alpha(1.0);
            sheet.stroke(&[run], colour, 1.0, rule.dash)?;
            label(&rule.label, at - 4.0, readable(rule.ink))?;
        }
        Ok(())
    }
}

/// A hairline's colour is too faint for text.
fn readable(ink: Ink) -> Ink {
    match ink {
        Ink::Hairline => Ink::Theory,
        other => other,
    }
}
