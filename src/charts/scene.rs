//! What one kind of chart is to the stage that it stands on, and what the painters and the event handlers of a stage share.

use super::canvas::{Layer, Size};
use super::cursor::Track;
use super::frame::Painter;
use super::geometry::Point;
use super::palette::{Ink, Palette};
use super::tip::{LegendItem, Tip};
use std::cell::{Cell, RefCell};

/// A chart's two canvases: axes below, data above.
pub struct Layers {
    pub base: Layer,
    pub series: Layer,
}

/// What a chart says about itself after painting.
pub struct Shown {
    pub track: Track,
    pub legend: Vec<LegendItem>,
    /// The data in a sentence, for the accessible name.
    pub summary: String,
    /// The cursor's line, top and bottom; none on a plane.
    pub line: Option<(f64, f64)>,
}

/// One kind of chart. Reads its model through signals; `paint` is tracked, the rest is not.
pub trait Scene: 'static {
    fn paint(&self, layers: &Layers, size: Size, palette: &'static Palette) -> Shown;

    /// The numbers at a cursor value; `pointer` when a pointer is there.
    fn tip(&self, at: f64, pointer: Option<Point>) -> Option<Tip>;

    /// Dots to put on the data at a cursor value.
    fn marks(&self, at: f64) -> Vec<(Point, Ink)>;
}

/// A position in the viewport, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Client {
    pub x: f64,
    pub y: f64,
}

/// Who moves the cursor here; the tooltip shows only for the chart that is being read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reader {
    Nobody,
    Pointer { at: Point, client: Client },
    Keys,
}

/// What the painters and the event handlers share.
pub(super) struct State {
    pub scene: Box<dyn Scene>,
    pub shown: RefCell<Option<Shown>>,
    pub reader: Cell<Reader>,
    pub overlay_painter: Cell<Option<Painter>>,
}

impl State {
    pub fn refresh_overlay(&self) {
        if let Some(painter) = self.overlay_painter.get() {
            painter.mark_dirty();
        }
    }
}
