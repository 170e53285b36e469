//! What a chart is drawn on: strokes, shapes and text of a theme on a surface. Positions are CSS pixels.

use plotters::style::RGBAColor;

use super::colour::Rgb;
use super::geometry::Point;
use super::layout::Rect;
use super::mark::Dash;
use super::palette::Palette;
use super::paper::{Anchor, Font, Paper, FONT};

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
