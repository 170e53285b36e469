//! plotters on our own surface.
//!
//! plotters draws axes, meshes and ticks here, and nothing else: its coordinates are integers, and curves are placed more finely. One unit is
//! 1/8 of a CSS pixel.

use std::convert::Infallible;

use plotters::style::RGBAColor;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::geometry::Point;
use super::mark::Dash;
use super::sheet::{Align, Sheet, Stand};

/// Backend units in a CSS pixel.
pub const UNIT: f64 = 8.0;
/// plotters' font sizes are line heights; this makes them sizes of letters.
pub const LINE_HEIGHT: f64 = 1.24;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// A sheet as plotters sees it.
pub struct SheetBackend<'a>(pub &'a Sheet<'a>);

fn pixels((x, y): BackendCoord) -> Point {
    (f64::from(x) / UNIT, f64::from(y) / UNIT)
}

fn rgba(BackendColor { rgb: (r, g, b), alpha }: BackendColor) -> RGBAColor {
    RGBAColor(r, g, b, alpha)
}

impl DrawingBackend for SheetBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.0.size;
        ((width * UNIT).round() as u32, (height * UNIT).round() as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        let (left, top) = pixels(point);
        self.0.fill_rect(&super::layout::Rect { left, top, right: left + 1.0 / UNIT, bottom: top + 1.0 / UNIT }, rgba(colour));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        let (colour, width, ends) = (rgba(style.color()), f64::from(style.stroke_width()) / UNIT, [pixels(from), pixels(to)]);
        if from.0 == to.0 || from.1 == to.1 {
            self.0.straight(ends, width, colour);
        } else {
            self.0.stroke(&[ends.to_vec()], colour, width, Dash::Solid);
        }
        Ok(())
    }

    // plotters' own would make polygons of lines that are wider than a unit, and fill them line by line.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        if let [from, to] = path[..] {
            return self.draw_line(from, to, style);
        }
        let run = path.into_iter().map(pixels).collect();
        self.0.stroke(&[run], rgba(style.color()), f64::from(style.stroke_width()) / UNIT, Dash::Solid);
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let align = match style.anchor().h_pos {
            HPos::Left => Align::Left,
            HPos::Center => Align::Centre,
            HPos::Right => Align::Right,
        };
        let stand = match style.anchor().v_pos {
            VPos::Top => Stand::Below,
            VPos::Center => Stand::Middle,
            VPos::Bottom => Stand::Above,
        };
        let (r, g, b) = style.color().rgb;
        self.0.text(text, pixels(at), super::colour::Rgb(r, g, b), align, stand);
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, style: &T) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok(((self.0.text_width(text) * UNIT).ceil() as u32, style.size().ceil() as u32))
    }
}
