//! The surface under everything that is drawn, charts and hand-painted pictures alike: the canvas of the page, or an SVG document. Both are
//! given the same strokes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d;

/// The page's font (`--font` of `style/tokens.css`).
pub const FONT: &str = r#"system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif"#;

const TAU: f64 = std::f64::consts::TAU;
/// Of the letter height: what the middle of a text stands above its baseline.
const MIDDLE: f64 = 0.36;

/// Letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Font {
    pub italic: bool,
    pub weight: u16,
    /// Letter height in CSS pixels.
    pub size: f64,
    pub family: &'static str,
}

impl Font {
    /// The small letters of axes and legends.
    pub const SMALL: Self = Self { italic: false, weight: 400, size: 11.0, family: "system-ui, sans-serif" };

    fn css(self) -> String {
        let style = if self.italic { "italic " } else { "" };
        format!("{style}{} {}px {}", self.weight, self.size, self.family)
    }
}

/// Which end of a text is at its position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// A surface with the strokes that the pictures need. Positions are CSS pixels, colours are CSS colours; texts stand on the middle of their
/// letters.
pub trait Paper {
    /// The colour of what is filled next, and of text.
    fn set_fill(&self, colour: &str);
    /// The colour and the width of what is stroked next.
    fn set_stroke(&self, colour: &str, width: f64);
    /// From 0, which shows nothing, to 1.
    fn set_alpha(&self, alpha: f64);
    /// Lengths of strokes and gaps; none is a solid line.
    fn set_dash(&self, dash: &[f64]);
    /// The letters of the texts that follow, and which end of them is at their position.
    fn set_text(&self, font: Font, anchor: Anchor);
    /// Drops the path.
    fn begin_path(&self);
    fn move_to(&self, x: f64, y: f64);
    fn line_to(&self, x: f64, y: f64);
    /// Adds a whole circle of a positive radius to the path.
    fn circle(&self, x: f64, y: f64, radius: f64);
    fn close_path(&self);
    /// Fills the path, which stays.
    fn fill(&self);
    /// Strokes the path, which stays.
    fn stroke(&self);
    fn fill_rect(&self, x: f64, y: f64, width: f64, height: f64);
    fn stroke_rect(&self, x: f64, y: f64, width: f64, height: f64);
    fn text(&self, text: &str, x: f64, y: f64);
    /// The width of a text in CSS pixels.
    fn text_width(&self, text: &str, font: Font) -> f64;
    /// Shows what follows inside of a rectangle only, until [`Paper::unclip`].
    fn clip(&self, x: f64, y: f64, width: f64, height: f64);
    fn unclip(&self);
}

thread_local! {
    /// Widths by font size and text; measuring is slow and the same few labels come again every frame.
    static WIDTHS: RefCell<HashMap<(u64, String), f64>> = RefCell::default();
}

/// More distinct labels than this means that old ones are no longer shown.
const WIDTHS_KEPT: usize = 2048;

// A canvas refuses only what is negative or infinite, and then paints nothing, which is all there is to do.
impl Paper for CanvasRenderingContext2d {
    fn set_fill(&self, colour: &str) {
        self.set_fill_style_str(colour);
    }

    fn set_stroke(&self, colour: &str, width: f64) {
        self.set_stroke_style_str(colour);
        self.set_line_width(width);
    }

    fn set_alpha(&self, alpha: f64) {
        self.set_global_alpha(alpha);
    }

    fn set_dash(&self, dash: &[f64]) {
        let dash: js_sys::Array = dash.iter().copied().map(JsValue::from).collect();
        let _ = self.set_line_dash(&dash);
    }

    fn set_text(&self, font: Font, anchor: Anchor) {
        self.set_font(&font.css());
        self.set_text_baseline("middle");
        self.set_text_align(match anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
    }

    fn begin_path(&self) {
        Self::begin_path(self);
    }

    fn move_to(&self, x: f64, y: f64) {
        Self::move_to(self, x, y);
    }

    fn line_to(&self, x: f64, y: f64) {
        Self::line_to(self, x, y);
    }

    fn circle(&self, x: f64, y: f64, radius: f64) {
        Self::move_to(self, x + radius, y);
        let _ = self.arc(x, y, radius, 0.0, TAU);
    }

    fn close_path(&self) {
        Self::close_path(self);
    }

    fn fill(&self) {
        Self::fill(self);
    }

    fn stroke(&self) {
        Self::stroke(self);
    }

    fn fill_rect(&self, x: f64, y: f64, width: f64, height: f64) {
        Self::fill_rect(self, x, y, width, height);
    }

    fn stroke_rect(&self, x: f64, y: f64, width: f64, height: f64) {
        Self::stroke_rect(self, x, y, width, height);
    }

    fn text(&self, text: &str, x: f64, y: f64) {
        let _ = self.fill_text(text, x, y);
    }

    fn text_width(&self, text: &str, font: Font) -> f64 {
        let key = (font.size.to_bits(), text.to_owned());
        if let Some(width) = WIDTHS.with_borrow(|widths| widths.get(&key).copied()) {
            return width;
        }
        self.set_font(&font.css());
        let width = self.measure_text(text).map_or(0.0, |metrics| metrics.width());
        WIDTHS.with_borrow_mut(|widths| {
            if widths.len() >= WIDTHS_KEPT {
                widths.clear();
            }
            widths.insert(key, width);
        });
        width
    }

    fn clip(&self, x: f64, y: f64, width: f64, height: f64) {
        self.save();
        Self::begin_path(self);
        self.rect(x, y, width, height);
        Self::clip(self);
    }

    fn unclip(&self) {
        self.restore();
    }
}

/// The elements of an SVG document.
pub struct SvgPaper(RefCell<State>);

struct State {
    elements: String,
    fill: String,
    stroke: String,
    width: f64,
    alpha: f64,
    dash: String,
    font: Font,
    anchor: Anchor,
    path: String,
    clips: usize,
}

impl SvgPaper {
    /// An empty one.
    #[expect(clippy::new_without_default, reason = "an empty document is made on purpose")]
    pub fn new() -> Self {
        Self(RefCell::new(State {
            elements: String::new(),
            fill: "#000".to_owned(),
            stroke: "#000".to_owned(),
            width: 1.0,
            alpha: 1.0,
            dash: String::new(),
            font: Font::SMALL,
            anchor: Anchor::Start,
            path: String::new(),
            clips: 0,
        }))
    }

    /// What was painted, as elements.
    pub fn into_elements(self) -> String {
        self.0.into_inner().elements
    }

    /// Adds an element. Writing to a string does not fail.
    fn element(&self, write: impl FnOnce(&State, &mut String) -> std::fmt::Result) {
        let mut state = self.0.borrow_mut();
        let mut elements = std::mem::take(&mut state.elements);
        let _ = write(&state, &mut elements);
        state.elements = elements;
    }

    fn extend(&self, piece: std::fmt::Arguments) {
        let _ = self.0.borrow_mut().path.write_fmt(piece);
    }
}

/// A number with the digits that are seen.
fn short(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// Text for an SVG document.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl State {
    fn opacity(&self) -> String {
        if self.alpha < 1.0 {
            format!(" opacity=\"{}\"", short(self.alpha))
        } else {
            String::new()
        }
    }

    fn stroked(&self) -> String {
        format!("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}{}", self.stroke, self.width, self.dash, self.opacity())
    }
}

impl Paper for SvgPaper {
    fn set_fill(&self, colour: &str) {
        colour.clone_into(&mut self.0.borrow_mut().fill);
    }

    fn set_stroke(&self, colour: &str, width: f64) {
        let mut state = self.0.borrow_mut();
        colour.clone_into(&mut state.stroke);
        state.width = width;
    }

    fn set_alpha(&self, alpha: f64) {
        self.0.borrow_mut().alpha = alpha;
    }

    fn set_dash(&self, dash: &[f64]) {
        let lengths = dash.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        self.0.borrow_mut().dash = if dash.is_empty() { lengths } else { format!(" stroke-dasharray=\"{lengths}\"") };
    }

    fn set_text(&self, font: Font, anchor: Anchor) {
        let mut state = self.0.borrow_mut();
        (state.font, state.anchor) = (font, anchor);
    }

    fn begin_path(&self) {
        self.0.borrow_mut().path.clear();
    }

    fn move_to(&self, x: f64, y: f64) {
        self.extend(format_args!("M{} {}", short(x), short(y)));
    }

    fn line_to(&self, x: f64, y: f64) {
        self.extend(format_args!("L{} {}", short(x), short(y)));
    }

    fn circle(&self, x: f64, y: f64, radius: f64) {
        let (left, r) = (short(x - radius), short(radius));
        self.extend(format_args!("M{left} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z", short(y), d = short(2.0 * r)));
    }

    fn close_path(&self) {
        self.extend(format_args!("z"));
    }

    fn fill(&self) {
        self.element(|state, out| write!(out, "<path d=\"{}\" fill=\"{}\"{}/>", state.path, state.fill, state.opacity()));
    }

    fn stroke(&self) {
        self.element(|state, out| write!(out, "<path d=\"{}\" {}/>", state.path, state.stroked()));
    }

    fn fill_rect(&self, x: f64, y: f64, width: f64, height: f64) {
        self.element(|state, out| {
            let [x, y, width, height] = [x, y, width, height].map(short);
            let (fill, opacity) = (&state.fill, state.opacity());
            write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"{opacity}/>")
        });
    }

    fn stroke_rect(&self, x: f64, y: f64, width: f64, height: f64) {
        self.element(|state, out| {
            let [x, y, width, height] = [x, y, width, height].map(short);
            write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {}/>", state.stroked())
        });
    }

    fn text(&self, text: &str, x: f64, y: f64) {
        self.element(|state, out| {
            let Font { italic, weight, size, family } = state.font;
            let anchor = match state.anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let (x, y) = (short(x), short(y + MIDDLE * size));
            let style = if italic { " font-style=\"italic\"" } else { "" };
            write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-family=\"{}\" font-size=\"{size}\" font-weight=\"{weight}\"{style} fill=\"{}\"{}>{}</text>",
                escaped(family),
                state.fill,
                state.opacity(),
                escaped(text)
            )
        });
    }

    fn text_width(&self, text: &str, font: Font) -> f64 {
        // There is no font to ask: the mean advance of a sans serif.
        0.55 * font.size * text.chars().count() as f64
    }

    fn clip(&self, x: f64, y: f64, width: f64, height: f64) {
        self.0.borrow_mut().clips += 1;
        self.element(|state, out| {
            let [x, y, width, height] = [x, y, width, height].map(short);
            write!(
                out,
                "<clipPath id=\"clip{n}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/></clipPath><g clip-path=\"url(#clip{n})\">",
                n = state.clips
            )
        });
    }

    fn unclip(&self) {
        self.element(|_, out| write!(out, "</g>"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_become_elements_with_their_colours() {
        let paper = SvgPaper::new();
        paper.set_stroke("#123456", 1.5);
        paper.set_dash(&[2.0, 4.0]);
        paper.begin_path();
        paper.move_to(0.0, 1.0);
        paper.line_to(2.005, 3.0);
        paper.stroke();
        paper.set_dash(&[]);
        paper.begin_path();
        paper.circle(5.0, 5.0, 2.0);
        paper.set_fill("red");
        paper.set_alpha(0.5);
        paper.fill();
        paper.stroke();
        paper.set_alpha(1.0);
        paper.clip(0.0, 0.0, 9.0, 9.0);
        paper.fill_rect(1.0, 2.0, 3.0, 4.0);
        paper.unclip();
        paper.set_text(Font { italic: true, ..Font::SMALL }, Anchor::End);
        paper.text("a < b & c", 10.0, 20.0);
        let drawn = paper.into_elements();
        for element in [
            r##"<path d="M0 1L2.01 3" fill="none" stroke="#123456" stroke-width="1.5" stroke-dasharray="2 4"/>"##,
            r##"<path d="M3 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z" fill="red" opacity="0.5"/>"##,
            r##"fill="none" stroke="#123456" stroke-width="1.5" opacity="0.5"/>"##,
            r##"<g clip-path="url(#clip1)"><rect x="1" y="2" width="3" height="4" fill="red"/></g>"##,
            r##"text-anchor="end""##,
            r##"font-style="italic" fill="red">a &lt; b &amp; c</text>"##,
        ] {
            assert!(drawn.contains(element), "{element} is missing in {drawn}");
        }
    }
}
