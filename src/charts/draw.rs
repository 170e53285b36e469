//! What all charts draw alike: axes on plotters' mesh, and reference lines. Positions are CSS pixels.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::style::{Color, FontFamily, ShapeStyle, TextStyle, TRANSPARENT};
use plotters_backend::text_anchor::{HPos, Pos, VPos};

use super::axis::Axis;
use super::backend::{SheetBackend, LINE_HEIGHT, UNIT};
use super::colour::Rgb;
use super::layout::{Layout, Rect};
use super::mark::{Band, Rule};
use super::palette::Ink;
use super::paper::FONT;
use super::scale::{Projection, Range};
use super::sheet::{Align, Sheet, Stand, TEXT};
use super::tick_coord::TickCoord;

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
