//! plotters on a 2D context, with sub-pixel curves and HiDPI.
//!
//! plotters' backend coordinates are integers. Here one unit is 1/8 of a CSS pixel, so a curve is placed to an eighth of a pixel, and the
//! context is scaled by the device pixel ratio, so everything is sharp.

use super::geometry;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::style::{Color, RGBAColor};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d;

/// Backend units in a CSS pixel.
pub const UNIT: f64 = 8.0;
/// The page's font (`--font` of `style/tokens.css`).
pub const FONT: &str = r#"system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif"#;
/// plotters' font sizes are line heights; its backends divide by this to get the size of the letters.
pub const LINE_HEIGHT: f64 = 1.24;

/// What drawing on a backend returns.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
type BackendResult<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// How a path is stroked, in backend units.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    pub colour: RGBAColor,
    pub width: f64,
    /// On and off lengths.
    pub dash: Option<(f64, f64)>,
}

/// What the charts need beyond plotters' primitives.
pub trait Pen: DrawingBackend {
    /// Strokes several open paths at once.
    fn stroke_runs(&mut self, runs: &[Vec<BackendCoord>], stroke: &Stroke) -> BackendResult<Self>;

    /// Fills several polygons at once.
    fn fill_shapes(&mut self, shapes: &[Vec<BackendCoord>], colour: &RGBAColor) -> BackendResult<Self>;

    /// The width of a text, in the unit of `size`.
    fn text_width(&self, text: &str, size: f64) -> f64;
}

/// A drawing call that the browser refused.
#[derive(Debug)]
pub struct CanvasError(String);

impl std::fmt::Display for CanvasError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "The browser refused to draw on a canvas: {}.", self.0)
    }
}

impl std::error::Error for CanvasError {}

fn refused(error: JsValue) -> DrawingErrorKind<CanvasError> {
    DrawingErrorKind::DrawingError(CanvasError(format!("{error:?}")))
}

/// Draws on a 2D context whose transform maps CSS pixels to device pixels.
pub struct CanvasBackend<'a> {
    context: &'a CanvasRenderingContext2d,
    /// CSS pixels.
    size: (f64, f64),
    dpr: f64,
}

impl<'a> CanvasBackend<'a> {
    /// `size` in CSS pixels; `context` must be scaled by `dpr` already.
    pub fn new(context: &'a CanvasRenderingContext2d, size: (f64, f64), dpr: f64) -> Self {
        Self { context, size, dpr }
    }

    fn set_stroke(&self, colour: BackendColor, width: f64) {
        self.context.set_stroke_style_str(&css(colour));
        self.context.set_line_width(width / UNIT);
    }

    fn trace(&self, path: impl IntoIterator<Item = BackendCoord>) {
        let mut first = true;
        for (x, y) in path {
            let (x, y) = (f64::from(x) / UNIT, f64::from(y) / UNIT);
            if first {
                self.context.move_to(x, y);
                first = false;
            } else {
                self.context.line_to(x, y);
            }
        }
    }

    /// A horizontal or vertical line on whole device pixels, so that a hairline is one crisp row.
    fn hairline(&self, from: BackendCoord, to: BackendCoord, colour: BackendColor, width: f64) {
        let thick = (width / UNIT * self.dpr).round().max(1.0);
        let snap = |v: i32| {
            let device = f64::from(v) / UNIT * self.dpr;
            (device - thick / 2.0).round() / self.dpr
        };
        let thick = thick / self.dpr;
        self.context.set_fill_style_str(&css(colour));
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        if from.1 == to.1 {
            let length = f64::from((from.0 - to.0).abs()) / UNIT;
            self.context.fill_rect(f64::from(x) / UNIT, snap(y), length, thick);
        } else {
            let length = f64::from((from.1 - to.1).abs()) / UNIT;
            self.context.fill_rect(snap(x), f64::from(y) / UNIT, thick, length);
        }
    }
}

fn css(colour: BackendColor) -> String {
    let (r, g, b) = colour.rgb;
    format!("rgba({r},{g},{b},{})", colour.alpha)
}

fn font(size: f64) -> String {
    format!("{size}px {FONT}")
}

thread_local! {
    /// Widths by font size and text; measuring is slow and the same few labels come again every frame.
    static WIDTHS: RefCell<HashMap<(u64, String), f64>> = RefCell::default();
}

/// More distinct labels than this means that old ones are no longer shown.
const WIDTHS_KEPT: usize = 2048;

impl DrawingBackend for CanvasBackend<'_> {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        ((self.size.0 * UNIT).round() as u32, (self.size.1 * UNIT).round() as u32)
    }

    fn ensure_prepared(&mut self) -> BackendResult<Self> {
        Ok(())
    }

    fn present(&mut self) -> BackendResult<Self> {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> BackendResult<Self> {
        self.context.set_fill_style_str(&css(color));
        self.context.fill_rect(f64::from(point.0) / UNIT, f64::from(point.1) / UNIT, 1.0 / UNIT, 1.0 / UNIT);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> BackendResult<Self> {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> BackendResult<Self> {
        let [x, y, right, bottom] = [upper_left.0, upper_left.1, bottom_right.0, bottom_right.1].map(|v| f64::from(v) / UNIT);
        if fill {
            self.context.set_fill_style_str(&css(style.color()));
            self.context.fill_rect(x, y, right - x, bottom - y);
        } else {
            self.set_stroke(style.color(), f64::from(style.stroke_width()));
            self.context.stroke_rect(x, y, right - x, bottom - y);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> BackendResult<Self> {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        let path: Vec<BackendCoord> = path.into_iter().collect();
        let width = f64::from(style.stroke_width());
        if let [from, to] = path[..] {
            if from.0 == to.0 || from.1 == to.1 {
                self.hairline(from, to, style.color(), width);
                return Ok(());
            }
        }
        self.set_stroke(style.color(), width);
        self.context.begin_path();
        self.trace(path);
        self.context.stroke();
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> BackendResult<Self> {
        self.context.begin_path();
        self.context
            .arc(f64::from(center.0) / UNIT, f64::from(center.1) / UNIT, f64::from(radius) / UNIT, 0.0, std::f64::consts::TAU)
            .map_err(refused)?;
        if fill {
            self.context.set_fill_style_str(&css(style.color()));
            self.context.fill();
        } else {
            self.set_stroke(style.color(), f64::from(style.stroke_width()));
            self.context.stroke();
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> BackendResult<Self> {
        self.context.set_fill_style_str(&css(style.color()));
        self.context.begin_path();
        self.trace(vert);
        self.context.close_path();
        self.context.fill();
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, pos: BackendCoord) -> BackendResult<Self> {
        let anchor = style.anchor();
        self.context.set_font(&font(style.size() / LINE_HEIGHT / UNIT));
        self.context.set_fill_style_str(&css(style.color()));
        self.context.set_text_align(match anchor.h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        self.context.set_text_baseline(match anchor.v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "alphabetic",
        });
        self.context.fill_text(text, f64::from(pos.0) / UNIT, f64::from(pos.1) / UNIT).map_err(refused)
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, style: &T) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        let width = self.text_width(text, style.size() / LINE_HEIGHT);
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}

impl Pen for CanvasBackend<'_> {
    fn stroke_runs(&mut self, runs: &[Vec<BackendCoord>], stroke: &Stroke) -> BackendResult<Self> {
        self.set_stroke(stroke.colour.to_backend_color(), stroke.width);
        self.context.set_line_join("round");
        self.context.set_line_cap("round");
        let dash = js_sys::Array::new();
        if let Some((on, off)) = stroke.dash {
            // A round cap lengthens every dash by the line's width.
            self.context.set_line_cap("butt");
            dash.push(&(on / UNIT).into());
            dash.push(&(off / UNIT).into());
        }
        self.context.set_line_dash(&dash).map_err(refused)?;
        self.context.begin_path();
        for run in runs {
            self.trace(run.iter().copied());
            if let [(x, y)] = run[..] {
                // A round cap on no length is a dot.
                self.context.line_to(f64::from(x) / UNIT, f64::from(y) / UNIT);
            }
        }
        self.context.stroke();
        if stroke.dash.is_some() {
            self.context.set_line_dash(&js_sys::Array::new()).map_err(refused)?;
        }
        Ok(())
    }

    fn fill_shapes(&mut self, shapes: &[Vec<BackendCoord>], colour: &RGBAColor) -> BackendResult<Self> {
        self.context.set_fill_style_str(&css(colour.to_backend_color()));
        self.context.begin_path();
        for shape in shapes {
            self.trace(shape.iter().copied());
            self.context.close_path();
        }
        self.context.fill();
        Ok(())
    }

    fn text_width(&self, text: &str, size: f64) -> f64 {
        let key = (size.to_bits(), text.to_owned());
        if let Some(width) = WIDTHS.with_borrow(|widths| widths.get(&key).copied()) {
            return width;
        }
        self.context.set_font(&font(size / UNIT));
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width() * UNIT);
        WIDTHS.with_borrow_mut(|widths| {
            if widths.len() >= WIDTHS_KEPT {
                widths.clear();
            }
            widths.insert(key, width);
        });
        width
    }
}

impl Pen for plotters::backend::SVGBackend<'_> {
    fn stroke_runs(&mut self, runs: &[Vec<BackendCoord>], stroke: &Stroke) -> BackendResult<Self> {
        let style = plotters::style::ShapeStyle { color: stroke.colour, filled: false, stroke_width: stroke.width.round() as u32 };
        for run in runs {
            let Some((on, off)) = stroke.dash else {
                if let [centre] = run[..] {
                    self.draw_circle(centre, style.stroke_width.div_ceil(2), &style, true)?;
                }
                self.draw_path(run.iter().copied(), &style)?;
                continue;
            };
            let points: Vec<(f64, f64)> = run.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
            for piece in geometry::dash(&points, on, off) {
                let piece = piece.into_iter().map(|(x, y)| (x.round() as i32, y.round() as i32));
                self.draw_path(piece, &style)?;
            }
        }
        Ok(())
    }

    fn fill_shapes(&mut self, shapes: &[Vec<BackendCoord>], colour: &RGBAColor) -> BackendResult<Self> {
        for shape in shapes {
            self.fill_polygon(shape.iter().copied(), &colour.filled())?;
        }
        Ok(())
    }

    fn text_width(&self, text: &str, size: f64) -> f64 {
        // There is no font to ask: the mean advance of a sans serif.
        0.55 * size * text.chars().count() as f64
    }
}
