//! Paints the cliff: the loss of one unit over (w, b) as colour, and a descent on it.

use std::sync::LazyLock;

use unroll_engine::train::cliff::{loss, Place};

use crate::charts::paper::{Anchor, Font, Paper};
use crate::charts::{Axis, Ink, Palette};

/// The window: the fold of the unit's fixed points crosses it, and the minima of the loss lie along a valley beside it.
pub const W: (f64, f64) = (2.0, 8.0);
pub const B: (f64, f64) = (-4.0, 0.0);
/// Cells of the surface to a side.
pub const SIDE: usize = 96;

const TOP: f64 = 8.0;
const BOTTOM: f64 = 40.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 10.0;

/// The middle of a cell.
pub fn centre(row: usize, column: usize) -> (f64, f64) {
    let place = |(low, high): (f64, f64), index: usize| low + (high - low) * (index as f64 + 0.5) / SIDE as f64;
    (place(W, column), place(B, row))
}

/// Losses, row by row from the smallest b.
static SURFACE: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let places = (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| centre(row, column)));
    places.map(|(w, b)| loss(w, b)).collect()
});

/// Where the map lies in its canvas, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Frame {
    /// In a canvas of this size.
    pub fn new(width: f64, height: f64) -> Self {
        Self { left: LEFT, top: TOP, width: (width - LEFT - RIGHT).max(1.0), height: (height - TOP - BOTTOM).max(1.0) }
    }

    /// (w, b) under a position, if the map is there.
    pub fn value(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (across, up) = ((x - self.left) / self.width, 1.0 - (y - self.top) / self.height);
        let inside = (0.0..=1.0).contains(&across) && (0.0..=1.0).contains(&up);
        inside.then_some((W.0 + across * (W.1 - W.0), B.0 + up * (B.1 - B.0)))
    }

    /// A position; outside the frame where the value is outside the window, but never so far that a canvas cannot draw the line there.
    fn position(&self, w: f64, b: f64) -> (f64, f64) {
        let far = 4000.0;
        let x = self.left + (w - W.0) / (W.1 - W.0) * self.width;
        let y = self.top + (1.0 - (b - B.0) / (B.1 - B.0)) * self.height;
        (x.clamp(-far, far), y.clamp(-far, far))
    }
}

/// The surface, the descent and where it starts and ends.
pub fn paint(paper: &dyn Paper, frame: &Frame, palette: &Palette, path: &[Place]) {
    let css = |ink: Ink| palette.ink(ink).css();
    let largest = SURFACE.iter().copied().fold(0.0, f64::max);
    let edge_x = |column: usize| (frame.left + column as f64 / SIDE as f64 * frame.width).round();
    let edge_y = |row: usize| (frame.top + (1.0 - row as f64 / SIDE as f64) * frame.height).round();
    for (index, loss) in SURFACE.iter().enumerate() {
        let (row, column) = (index / SIDE, index % SIDE);
        // The square root shows the valley as well as the plateau.
        paper.set_fill(&palette.sequential()[((loss / largest).sqrt() * 255.0).round() as usize].css());
        let (x0, x1, y0, y1) = (edge_x(column), edge_x(column + 1), edge_y(row + 1), edge_y(row));
        paper.fill_rect(x0, y0, x1 - x0, y1 - y0);
    }
    axes(paper, frame, &css(Ink::Muted));
    paper.clip(frame.left, frame.top, frame.width, frame.height);
    for (ink, width) in [(palette.panel.css(), 3.5), (css(Ink::Strong), 1.5)] {
        paper.set_stroke(&ink, width);
        paper.begin_path();
        for (index, place) in path.iter().enumerate() {
            let (x, y) = frame.position(place.w, place.b);
            if index == 0 {
                paper.move_to(x, y);
            } else {
                paper.line_to(x, y);
            }
        }
        paper.stroke();
    }
    // A ring where it starts, a disc where it ends.
    for (place, filled) in path.first().map(|p| (p, false)).into_iter().chain(path.last().map(|p| (p, true))) {
        let (x, y) = frame.position(place.w, place.b);
        paper.begin_path();
        paper.circle(x, y, 5.0);
        paper.set_fill(&if filled { css(Ink::Strong) } else { palette.panel.css() });
        paper.fill();
        paper.set_stroke(&if filled { palette.panel.css() } else { css(Ink::Strong) }, 2.0);
        paper.stroke();
    }
    paper.unclip();
    paper.set_stroke(&css(Ink::Hairline), 1.0);
    paper.stroke_rect(frame.left, frame.top, frame.width, frame.height);
}

fn axes(paper: &dyn Paper, frame: &Frame, colour: &str) {
    paper.set_fill(colour);
    let ticks = |name: &str, (low, high): (f64, f64)| {
        let axis = Axis::linear(name, low, high);
        axis.ticks(axis.range(), 6)
    };
    paper.set_text(Font::SMALL, Anchor::Middle);
    for tick in ticks("w", W) {
        let (x, _) = frame.position(tick.value, B.0);
        paper.text(&tick.label, x, frame.top + frame.height + 12.0);
    }
    paper.text("recurrent weight w", frame.left + frame.width / 2.0, frame.top + frame.height + 29.0);
    paper.set_text(Font::SMALL, Anchor::End);
    for tick in ticks("b", B) {
        let (_, y) = frame.position(W.0, tick.value);
        paper.text(&tick.label, frame.left - 6.0, y);
    }
    paper.set_text(Font::SMALL, Anchor::Start);
    paper.text("bias b", 2.0, frame.top + frame.height + 29.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_and_its_value_belong_together() {
        let frame = Frame::new(400.0, 300.0);
        let (x, y) = frame.position(5.5, -2.0);
        let (w, b) = frame.value(x, y).unwrap();
        assert!((w - 5.5).abs() < 1e-9 && (b + 2.0).abs() < 1e-9);
        assert_eq!(frame.value(0.0, 0.0), None);
        assert_eq!(frame.position(1e300, f64::MIN), (4000.0, 4000.0));
    }

    #[test]
    fn the_window_holds_the_wall_and_the_valley() {
        let (least, most) = SURFACE.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), v| (least.min(*v), most.max(*v)));
        assert!(least < 1e-4 && most > 0.4);
        // Neighbouring cells on both sides of the wall.
        let steepest = SURFACE
            .chunks(SIDE)
            .zip(SURFACE[SIDE..].chunks(SIDE))
            .flat_map(|(below, above)| below.iter().zip(above).map(|(a, b)| (a - b).abs()));
        assert!(steepest.fold(0.0, f64::max) > 0.3);
    }
}
