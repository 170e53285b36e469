//! Paints the phase map: growth per step as colour, the contour at 1, theory's line, where the page stands and where the reader points.

use crate::charts::layout::NARROW_BELOW;
use crate::charts::paper::{Anchor, Font, Paper};
use crate::charts::{Axis, Ink, Palette};
use crate::labs::flow::rows::{setting, SettingId};
use crate::labs::flow::sweep::{axis_place, axis_value, Map, SIDE};

/// Decades of growth to either end of the colours: ×0.32 to ×3.2.
const SPAN: f64 = 0.5;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 40.0;
const LEFT: f64 = 54.0;
/// Room for the colour legend.
const RIGHT: f64 = 76.0;
const WIDEST: f64 = 640.0;

/// Where the map lies in its canvas, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Frame {
    /// In a canvas of this size.
    pub fn new(width: f64, height: f64) -> Self {
        let left = if width < NARROW_BELOW { 44.0 } else { LEFT };
        Self { left, top: TOP, width: (width - left - RIGHT).clamp(1.0, WIDEST), height: (height - TOP - BOTTOM).max(1.0) }
    }

    /// The grid point (row, column) under a position, if the map is there.
    pub fn point(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let (across, up) = ((x - self.left) / self.width, 1.0 - (y - self.top) / self.height);
        let inside = (0.0..1.0).contains(&across) && (0.0..1.0).contains(&up);
        inside.then_some(((up * SIDE as f64) as usize, (across * SIDE as f64) as usize))
    }

    fn x(&self, column: f64) -> f64 {
        self.left + (column + 0.5) / SIDE as f64 * self.width
    }

    fn y(&self, row: f64) -> f64 {
        self.top + self.height - (row + 0.5) / SIDE as f64 * self.height
    }
}

/// What is marked on the map, in places along the axes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    /// The page's own settings (across, up).
    pub here: Option<(f64, f64)>,
    /// The point that is read (row, column).
    pub read: Option<(usize, usize)>,
    /// Theory's critical line: a place across, or a place up.
    pub theory_across: Option<f64>,
    pub theory_up: Option<f64>,
}

/// Everything.
pub fn paint(paper: &dyn Paper, frame: &Frame, palette: &Palette, map: &Map, marks: &Marks) {
    let css = |ink: Ink| palette.ink(ink).css();
    let (cell_width, cell_height) = (frame.width / SIDE as f64, frame.height / SIDE as f64);
    let edge_x = |column: usize| (frame.left + column as f64 * cell_width).round();
    let edge_y = |row: usize| (frame.top + frame.height - row as f64 * cell_height).round();
    for row in 0..SIDE {
        for column in 0..SIDE {
            let growth = map.shown(row, column);
            if growth.is_nan() {
                continue;
            }
            paper.set_fill(&palette.magnitude(growth.log10(), SPAN).css());
            // Whole pixels, so that no seam shows between neighbours.
            let (x0, x1) = (edge_x(column), edge_x(column + 1));
            let (y0, y1) = (edge_y(row + 1), edge_y(row));
            paper.fill_rect(x0, y0, x1 - x0, y1 - y0);
        }
    }
    paper.set_stroke(&css(Ink::Hairline), 1.0);
    paper.stroke_rect(frame.left, frame.top, frame.width, frame.height);
    axes(paper, frame, map, &css(Ink::Muted));
    legend(paper, frame, palette, &css(Ink::Muted));

    paper.set_stroke(&palette.panel.css(), 1.75);
    paper.begin_path();
    for [x0, y0, x1, y1] in map.contour() {
        paper.move_to(frame.x(x0), frame.y(y0));
        paper.line_to(frame.x(x1), frame.y(y1));
    }
    paper.stroke();
    theory(paper, frame, palette, marks);
    if let Some((across, up)) = marks.here {
        let (x, y) = (frame.x(across.clamp(0.0, (SIDE - 1) as f64)), frame.y(up.clamp(0.0, (SIDE - 1) as f64)));
        for (ink, width) in [(palette.ink(Ink::Strong).css(), 4.5), (palette.panel.css(), 2.0)] {
            paper.set_stroke(&ink, width);
            paper.begin_path();
            paper.circle(x, y, 6.0);
            paper.stroke();
        }
    }
    if let Some((row, column)) = marks.read {
        paper.set_stroke(&css(Ink::Strong), 1.5);
        paper.stroke_rect(frame.x(column as f64) - cell_width / 2.0, frame.y(row as f64) - cell_height / 2.0, cell_width, cell_height);
    }
}

fn theory(paper: &dyn Paper, frame: &Frame, palette: &Palette, marks: &Marks) {
    let last = (SIDE - 1) as f64;
    let line = |x0: f64, y0: f64, x1: f64, y1: f64| {
        paper.begin_path();
        paper.move_to(x0, y0);
        paper.line_to(x1, y1);
        paper.stroke();
    };
    paper.set_stroke(&palette.panel.css(), 1.5);
    paper.set_dash(&[2.0, 4.0]);
    if let Some(across) = marks.theory_across.filter(|place| (0.0..=last).contains(place)) {
        line(frame.x(across), frame.top, frame.x(across), frame.top + frame.height);
    }
    if let Some(up) = marks.theory_up.filter(|place| (0.0..=last).contains(place)) {
        line(frame.left, frame.y(up), frame.left + frame.width, frame.y(up));
    }
    paper.set_dash(&[]);
}

fn axes(paper: &dyn Paper, frame: &Frame, map: &Map, colour: &str) {
    paper.set_fill(colour);
    let (across, up) = (map.plan.across, map.plan.up);
    let ticks = |id: SettingId, most: usize| {
        let axis = Axis::linear(setting(id).name, axis_value(id, 0), axis_value(id, SIDE - 1));
        axis.ticks(axis.range(), most)
    };
    paper.set_text(Font::SMALL, Anchor::End);
    for tick in ticks(up, 8) {
        paper.text(&tick.label, frame.left - 6.0, frame.y(axis_place(up, tick.value)));
    }
    paper.set_text(Font::SMALL, Anchor::Middle);
    for tick in ticks(across, if frame.width < 300.0 { 4 } else { 8 }) {
        paper.text(&tick.label, frame.x(axis_place(across, tick.value)), frame.top + frame.height + 12.0);
    }
    paper.text(setting(across).name, frame.left + frame.width / 2.0, frame.top + frame.height + 29.0);
    paper.set_text(Font::SMALL, Anchor::Start);
    paper.text(setting(up).name, 2.0, 9.0);
}

fn legend(paper: &dyn Paper, frame: &Frame, palette: &Palette, colour: &str) {
    const WIDTH: f64 = 12.0;
    const PIECES: usize = 64;
    let left = frame.left + frame.width + 16.0;
    let height = frame.height.min(180.0);
    let y = |log10: f64| frame.top + height * (0.5 - log10 / (2.0 * SPAN));
    for piece in 0..PIECES {
        let log10 = SPAN * (2.0 * (piece as f64 + 0.5) / PIECES as f64 - 1.0);
        paper.set_fill(&palette.magnitude(log10, SPAN).css());
        let (top, bottom) = (y(log10 + SPAN / PIECES as f64).round(), y(log10 - SPAN / PIECES as f64).round());
        paper.fill_rect(left, top, WIDTH, bottom - top);
    }
    paper.set_fill(colour);
    paper.set_text(Font::SMALL, Anchor::Start);
    for growth in [0.4_f64, 0.6, 1.0, 1.6, 2.5] {
        paper.text(&format!("×{growth}"), left + WIDTH + 5.0, y(growth.log10()));
    }
    paper.text("growth per step", (left + WIDTH + 45.0 - 84.0).max(frame.left), 9.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_under_a_position_is_the_one_painted_there() {
        let frame = Frame::new(800.0, 380.0);
        for (row, column) in [(0, 0), (63, 63), (10, 40)] {
            assert_eq!(frame.point(frame.x(column as f64), frame.y(row as f64)), Some((row, column)));
        }
        assert_eq!(frame.point(0.0, 0.0), None);
        assert_eq!(frame.point(frame.left + frame.width + 1.0, frame.top + 5.0), None);
    }
}
