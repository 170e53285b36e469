//! Paints the river: per cell a row of states with forward arrows, and under it the gradient as a ribbon that flows back in time.

use std::sync::Arc;

use unroll_engine::signal::{visible, Display};
use unroll_engine::{Analysis, Cell, LossSite};

use super::geometry::{ribbon_width, TimeAxis, INPUT_HEIGHT, LANE_HEIGHT, LOSS_HEIGHT, RIBBON_DECADES};
use crate::charts::layout::NARROW_BELOW;
use crate::charts::paper::{Anchor, Font, Paper};
use crate::charts::{Ink, Palette};
use crate::labs::flow::words::cell_name;
use crate::labs::flow::words::superscript;

/// One cell's lane.
#[derive(Clone, PartialEq)]
pub struct Lane {
    /// Whose lane.
    pub cell: Cell,
    /// Its ink.
    pub ink: Ink,
    /// log10 ‖∂L/∂s_k‖ per state, relative to the largest loss-site value.
    pub log10_left: Arc<[f64]>,
    /// Root mean square of h per state k = 0…T, for the nodes' filling.
    pub activity: Arc<[f64]>,
    /// Whether it is the cell in focus.
    pub focus: bool,
    /// What `log10_left` is in the pinned state; empty without one.
    pub pinned: Arc<[f64]>,
}

/// Everything the river shows.
#[derive(Clone, PartialEq)]
pub struct RiverModel {
    /// The lanes, top down.
    pub lanes: Vec<Lane>,
    /// T of the shared axis.
    pub seq_len: usize,
    /// The input as the user knows it.
    pub input: Display,
    /// Steps at which the loss reads h.
    pub loss_steps: Vec<usize>,
    /// The name of the pinned state, whose ribbons are outlines.
    pub pinned: Option<String>,
}

/// The steps at which a loss of this kind reads h.
pub fn loss_steps(site: LossSite, seq_len: usize) -> Vec<usize> {
    match site {
        LossSite::LastStep => (seq_len > 0).then_some(seq_len).into_iter().collect(),
        LossSite::EveryStep => (1..=seq_len).collect(),
        LossSite::Step(t) => vec![t.min(seq_len)],
    }
}

/// The norm of each hidden state over √n.
pub fn activity(analysis: &Analysis) -> Arc<[f64]> {
    let n = analysis.problem.weights.hidden_size.max(1);
    analysis.trace.h.chunks_exact(n).map(|h| (h.iter().map(|v| v * v).sum::<f64>() / n as f64).sqrt()).collect()
}

/// The pen: where things are, in which colours, and how far the backward pass has come.
pub struct Pen<'a> {
    pub paper: &'a dyn Paper,
    pub axis: TimeAxis,
    pub palette: &'static Palette,
    /// States above this are drawn, those below are still to come.
    pub wave: Option<f64>,
}

const NODE_SPACING: f64 = 9.0;
/// Strokes and gaps of the pinned state's outline.
const OUTLINE: [f64; 2] = [4.0, 3.0];

impl Pen<'_> {
    fn css(&self, ink: Ink) -> String {
        self.palette.ink(ink).css()
    }

    fn fill(&self, colour: &str) {
        self.paper.set_fill(colour);
    }

    fn stroke(&self, colour: &str, width: f64) {
        self.paper.set_stroke(colour, width);
    }

    fn line(&self, x0: f64, y0: f64, x1: f64, y1: f64) {
        self.paper.begin_path();
        self.paper.move_to(x0, y0);
        self.paper.line_to(x1, y1);
        self.paper.stroke();
    }

    fn text(&self, text: &str, x: f64, y: f64, anchor: Anchor, font: Font, colour: &str) {
        self.paper.set_text(font, anchor);
        self.fill(colour);
        self.paper.text(text, x, y);
    }

    /// Where the labels left of the axis end: nearer to it on a narrow screen.
    fn label_x(&self) -> f64 {
        self.axis.left - if self.is_narrow() { 5.0 } else { 12.0 }
    }

    fn is_narrow(&self) -> bool {
        self.axis.right < NARROW_BELOW
    }

    /// The whole picture.
    pub fn paint(&self, model: &RiverModel) {
        self.loss(model);
        for (i, lane) in model.lanes.iter().enumerate() {
            self.lane(lane, LOSS_HEIGHT + LANE_HEIGHT * i as f64);
        }
        let input_top = LOSS_HEIGHT + LANE_HEIGHT * model.lanes.len() as f64;
        self.input(model, input_top);
        self.legend(input_top + INPUT_HEIGHT, model.pinned.as_deref());
    }

    /// The ribbon over its whole scale, and what a filled node means.
    fn legend(&self, top: f64, pinned: Option<&str>) {
        const LENGTH: f64 = 224.0;
        const PIECES: usize = 112;
        const NODE: f64 = 4.5;
        let muted = self.css(Ink::Muted);
        let (left, y) = (self.axis.left, top + 15.0);
        let x = |log10: f64| left + LENGTH * (log10 + RIBBON_DECADES) / (2.0 * RIBBON_DECADES);
        let decades = |i: usize| RIBBON_DECADES * (2.0 * i as f64 / PIECES as f64 - 1.0);
        for (from, to) in (0..PIECES).map(|i| (decades(i), decades(i + 1))) {
            let height = ribbon_width((from + to) / 2.0);
            self.fill(&self.palette.magnitude((from + to) / 2.0, RIBBON_DECADES).css());
            self.paper.fill_rect(x(from), y - height / 2.0, x(to) - x(from) + 0.3, height);
        }
        for (log10, anchor) in [
            (-RIBBON_DECADES, Anchor::Start),
            (-RIBBON_DECADES / 2.0, Anchor::Middle),
            (0.0, Anchor::Middle),
            (RIBBON_DECADES / 2.0, Anchor::Middle),
            (RIBBON_DECADES, Anchor::End),
        ] {
            let label = if log10 == 0.0 { "1".to_owned() } else { format!("10{}", superscript(log10 as i64)) };
            self.text(&label, x(log10), y + 21.0, anchor, Font::SMALL, &muted);
        }
        self.text("what is left", left + LENGTH + 10.0, y, Anchor::Start, Font::SMALL, &muted);
        let node_x = left + LENGTH + 104.0;
        if node_x + 200.0 > self.axis.right {
            return;
        }
        let ink = self.css(Ink::Strong);
        self.stroke(&ink, 1.0);
        for (i, (fill, label)) in [(0.0, "state at rest"), (1.0, "|h| near 1")].into_iter().enumerate() {
            let x = node_x + 96.0 * i as f64;
            self.paper.begin_path();
            self.paper.circle(x, y, NODE);
            self.paper.set_alpha(fill);
            self.fill(&ink);
            self.paper.fill();
            self.paper.set_alpha(1.0);
            self.paper.stroke();
            self.text(label, x + NODE + 5.0, y, Anchor::Start, Font::SMALL, &muted);
        }
        if let Some(pinned) = pinned {
            let x = node_x + 200.0;
            self.paper.set_dash(&OUTLINE);
            self.line(x, y, x + 22.0, y);
            self.paper.set_dash(&[]);
            self.text(pinned, x + 28.0, y, Anchor::Start, Font::SMALL, &muted);
        }
    }

    /// The pinned state's ribbon as an outline over the live one.
    fn outline(&self, values: &[f64], y: f64, colour: &str) {
        let last = values.len().min(self.axis.seq_len + 1);
        self.stroke(colour, 1.25);
        self.paper.set_dash(&OUTLINE);
        for side in [-0.5, 0.5] {
            self.paper.begin_path();
            for (k, value) in values[..last].iter().enumerate() {
                let (x, y) = (self.axis.x(k as f64), y + side * ribbon_width(*value));
                if k == 0 {
                    self.paper.move_to(x, y);
                } else {
                    self.paper.line_to(x, y);
                }
            }
            self.paper.stroke();
        }
        self.paper.set_dash(&[]);
    }

    fn loss(&self, model: &RiverModel) {
        let ink = self.css(Ink::Strong);
        let y = LOSS_HEIGHT / 2.0 - 2.0;
        self.text("loss", self.label_x(), y, Anchor::End, Font::SMALL, &self.css(Ink::Muted));
        let every = model.loss_steps.len() > 1;
        let stride = (12.0 / self.axis.spacing()).ceil().max(1.0) as usize;
        for step in model.loss_steps.iter().rev().step_by(stride) {
            let x = self.axis.x(*step as f64);
            self.stroke(&ink, 1.0);
            self.line(x, y + 7.0, x, LOSS_HEIGHT + 3.0);
            self.arrow_head(x, LOSS_HEIGHT + 4.0, 0.0, 1.0, 3.5, &ink);
            if every {
                self.fill(&ink);
                self.paper.begin_path();
                self.paper.circle(x, y + 3.0, 2.0);
                self.paper.fill();
            } else {
                self.text("L", x, y, Anchor::Middle, FONT_LOSS, &ink);
            }
        }
    }

    fn lane(&self, lane: &Lane, top: f64) {
        let colour = self.css(lane.ink);
        let (node_y, ribbon_y) = (top + 10.0, top + 32.0);
        self.text(cell_name(lane.cell), self.label_x(), node_y, Anchor::End, if lane.focus { FONT_BOLD } else { FONT }, &colour);
        self.forward(lane, node_y, &colour);
        self.ribbon(lane, ribbon_y);
        if !lane.pinned.is_empty() {
            self.outline(&lane.pinned, ribbon_y, &colour);
        }
    }

    fn forward(&self, lane: &Lane, y: f64, colour: &str) {
        let spacing = self.axis.spacing();
        let last = lane.activity.len().saturating_sub(1);
        self.stroke(colour, 1.0);
        self.line(self.axis.x(0.0), y, self.axis.x(last as f64), y);
        if spacing < NODE_SPACING {
            let stride = (36.0 / spacing).ceil() as usize;
            for k in (stride..=last).step_by(stride) {
                self.arrow_head(self.axis.x(k as f64), y, 1.0, 0.0, 3.5, colour);
            }
            return;
        }
        let radius = (spacing * 0.28).clamp(2.6, 6.0);
        for (k, activity) in lane.activity.iter().enumerate() {
            let x = self.axis.x(k as f64);
            if k > 0 {
                self.arrow_head(x - radius - 1.0, y, 1.0, 0.0, (spacing * 0.16).min(3.5), colour);
            }
            self.paper.begin_path();
            self.paper.circle(x, y, radius);
            self.fill(&self.palette.panel.css());
            self.paper.fill();
            // How much of the node is filled tells how active the state is.
            self.paper.set_alpha(activity.clamp(0.0, 1.0));
            self.fill(colour);
            self.paper.fill();
            self.paper.set_alpha(1.0);
            self.paper.stroke();
        }
    }

    fn ribbon(&self, lane: &Lane, y: f64) {
        let values = &lane.log10_left;
        let reached = |k: usize| self.wave.is_none_or(|wave| k as f64 >= wave);
        for k in 1..values.len() {
            if !reached(k) {
                continue;
            }
            let (from, to) = (values[k], values[k - 1]);
            let (w1, w0) = (ribbon_width(from) / 2.0, ribbon_width(to) / 2.0);
            if w1 == 0.0 && w0 == 0.0 {
                continue;
            }
            let (x0, x1) = (self.axis.x(k as f64 - 1.0), self.axis.x(k as f64));
            self.fill(&self.palette.magnitude(if to.is_finite() { to } else { from }, RIBBON_DECADES).css());
            self.paper.begin_path();
            self.paper.move_to(x1 + 0.3, y - w1);
            self.paper.line_to(x0, y - w0);
            self.paper.line_to(x0, y + w0);
            self.paper.line_to(x1 + 0.3, y + w1);
            self.paper.close_path();
            self.paper.fill();
        }
        self.chevrons(values, y, reached);
        self.exact_zero(values, y);
    }

    /// Direction marks in the ribbon: it flows to the left.
    fn chevrons(&self, values: &[f64], y: f64, reached: impl Fn(usize) -> bool) {
        let stride = (44.0 / self.axis.spacing()).ceil().max(1.0) as usize;
        self.stroke(&self.palette.panel.css(), 1.25);
        for k in (1..values.len()).rev().step_by(stride) {
            let half = (ribbon_width(values[k]).min(ribbon_width(values[k - 1])) / 2.0 - 1.5).min(5.0);
            if half < 2.0 || !reached(k) {
                continue;
            }
            let x = (self.axis.x(k as f64) + self.axis.x(k as f64 - 1.0)) / 2.0;
            self.paper.begin_path();
            self.paper.move_to(x + half * 0.6, y - half);
            self.paper.line_to(x - half * 0.4, y);
            self.paper.line_to(x + half * 0.6, y + half);
            self.paper.stroke();
        }
    }

    /// Says where nothing at all arrives, where there is room to say it.
    fn exact_zero(&self, values: &[f64], y: f64) {
        let zeros = values.iter().take_while(|v| **v == f64::NEG_INFINITY).count();
        if zeros > 0 && self.axis.x(zeros as f64) - self.axis.left > 90.0 && self.wave.is_none() {
            let x = (self.axis.left + self.axis.x(zeros as f64 - 1.0)) / 2.0;
            self.text("exactly zero", x, y, Anchor::Middle, Font::SMALL, &self.css(Ink::Muted));
        }
    }

    fn input(&self, model: &RiverModel, top: f64) {
        let muted = self.css(Ink::Muted);
        let text = self.css(Ink::Strong);
        let spacing = self.axis.spacing();
        let label_stride = |width: f64| (width / spacing).ceil().max(1.0) as usize;
        match &model.input {
            Display::Characters { characters, .. } if spacing >= 6.5 => {
                self.text("input", self.label_x(), top + 18.0, Anchor::End, Font::SMALL, &muted);
                for (i, character) in characters.iter().take(model.seq_len).enumerate() {
                    let shown = visible(*character).to_string();
                    self.text(&shown, self.axis.x((i + 1) as f64), top + 18.0, Anchor::Middle, FONT_MONO, &text);
                }
            }
            Display::Characters { .. } => {
                self.text("hover to read the characters", self.axis.left, top + 18.0, Anchor::Start, Font::SMALL, &muted);
            }
            Display::Years { values, .. } => self.values(values, top),
            Display::Values { names, values } => {
                let first: Vec<f64> = values.iter().step_by(names.len().max(1)).copied().collect();
                self.values(&first[..first.len().min(model.seq_len)], top);
            }
        }
        let axis_y = top + INPUT_HEIGHT - 9.0;
        let stride = nice_stride(label_stride(46.0));
        for k in (0..=model.seq_len).step_by(stride) {
            let label = match &model.input {
                _ if k == 0 => "t = 0".to_owned(),
                Display::Years { first_year, .. } => (first_year + k as i32 - 1).to_string(),
                _ => k.to_string(),
            };
            self.text(&label, self.axis.x(k as f64), axis_y, Anchor::Middle, Font::SMALL, &muted);
        }
    }

    /// Stems from the axis of zero, so that sign and size are read at once.
    fn values(&self, shown: &[f64], top: f64) {
        let muted = self.css(Ink::Muted);
        let (low, high) = shown.iter().fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(*v), h.max(*v)));
        let (y_top, y_bottom) = (top + 4.0, top + INPUT_HEIGHT - 20.0);
        let span = if high > low { high - low } else { 1.0 };
        let y = |v: f64| y_bottom - (v - low) / span * (y_bottom - y_top);
        self.text("input", self.label_x(), (y_top + y_bottom) / 2.0, Anchor::End, Font::SMALL, &muted);
        let number = |v: f64| if v.abs() >= 100.0 { format!("{v:.0}") } else { format!("{v:.1}") };
        // A narrow screen has no room at the right; its reading line tells the values.
        if !self.is_narrow() {
            self.text(&number(high), self.axis.right + 8.0, y_top + 3.0, Anchor::Start, Font::SMALL, &muted);
            self.text(&number(low), self.axis.right + 8.0, y_bottom - 2.0, Anchor::Start, Font::SMALL, &muted);
        }
        self.stroke(&self.css(Ink::Hairline), 1.0);
        self.line(self.axis.left, y(0.0), self.axis.right, y(0.0));
        self.fill(&muted);
        let width = (self.axis.spacing() * 0.56).clamp(1.0, 9.0);
        for (i, value) in shown.iter().enumerate() {
            let (a, b) = (y(*value), y(0.0));
            self.paper.fill_rect(self.axis.x((i + 1) as f64) - width / 2.0, a.min(b), width, (a - b).abs().max(0.75));
        }
    }

    fn arrow_head(&self, x: f64, y: f64, dx: f64, dy: f64, size: f64, colour: &str) {
        self.fill(colour);
        self.paper.begin_path();
        self.paper.move_to(x, y);
        self.paper.line_to(x - size * (1.6 * dx - 0.7 * dy), y - size * (1.6 * dy + 0.7 * dx));
        self.paper.line_to(x - size * (1.6 * dx + 0.7 * dy), y - size * (1.6 * dy - 0.7 * dx));
        self.paper.close_path();
        self.paper.fill();
    }
}

fn nice_stride(at_least: usize) -> usize {
    [1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 256].into_iter().find(|s| *s >= at_least).unwrap_or(512)
}

const FONT: Font = Font { weight: 500, size: 13.0, ..Font::SMALL };
const FONT_BOLD: Font = Font { weight: 700, ..FONT };
const FONT_LOSS: Font = Font { italic: true, weight: 600, size: 15.0, family: "Georgia, serif" };
const FONT_MONO: Font = Font { italic: false, weight: 400, size: 12.0, family: "ui-monospace, Menlo, Consolas, monospace" };
