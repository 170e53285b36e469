//! A line chart as a picture that stands by itself: the page's own drawing, with title and legend.

use plotters::drawing::IntoDrawingArea;
use plotters::prelude::SVGBackend;

use super::backend::FONT;
use super::draw::{Sheet, TEXT};
use super::layout::Layout;
use super::line::{legend, Dash, LineModel};
use super::line_draw::{draw_line_chart, LineView};
use super::palette::{Ink, Palette, Theme};
use super::tip::{LegendItem, Mark};

/// Width of a picture in CSS pixels, and the height of its chart.
pub const WIDTH: f64 = 760.0;
const CHART_HEIGHT: f64 = 360.0;
const MARGIN: f64 = 16.0;
const TITLE: f64 = 17.0;
/// Backend units in a CSS pixel, as on the canvas.
const UNIT: f64 = 8.0;

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// In CSS pixels.
    pub width: f64,
    pub height: f64,
    /// The document.
    pub svg: String,
}

/// The chart as it is shown, with a title; the legend names what the chart itself does not.
pub fn line_chart(title: &str, model: &LineModel, theme: Theme) -> Picture {
    let palette = Palette::of(theme);
    let (inner_width, unit) = (WIDTH - 2.0 * MARGIN, UNIT);
    let view = LineView { layout: Layout::time_chart(inner_width, CHART_HEIGHT), x: model.x.range(), y: model.y.range() };
    let mut chart = String::new();
    {
        let size = ((inner_width * unit) as u32, (CHART_HEIGHT * unit) as u32);
        let area = SVGBackend::with_string(&mut chart, size).into_drawing_area();
        let sheet = Sheet { area: &area, unit, palette };
        // A text backend has nothing that fails.
        draw_line_chart(&sheet, model, &view).ok();
        area.present().ok();
    }
    let rows = legend_rows(legend(model, view.layout.narrow), inner_width);
    let legend_top = MARGIN + TITLE + 14.0;
    let chart_top = legend_top + rows.len() as f64 * TEXT * 1.6;
    let height = chart_top + CHART_HEIGHT + MARGIN;
    let mut svg = format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-label=\"{t}\">",
            "<title>{t}</title><rect width=\"{w}\" height=\"{h}\" fill=\"{back}\"/>",
            "<text x=\"{m}\" y=\"{y}\" font-family=\"{font}\" font-size=\"{s}\" font-weight=\"600\" fill=\"{ink}\">{t}</text>"
        ),
        w = WIDTH,
        h = height,
        t = escaped(title),
        back = palette.paper.css(),
        m = MARGIN,
        y = MARGIN + TITLE * 0.8,
        font = escaped(FONT),
        s = TITLE,
        ink = palette.ink(Ink::Strong).css(),
    );
    for (row, items) in rows.iter().enumerate() {
        let middle = legend_top + (row as f64 + 0.5) * TEXT * 1.6;
        for (left, item) in items {
            let dash = match item.mark {
                Mark::Line(Dash::Dashed) => " stroke-dasharray=\"5 4\"",
                Mark::Line(Dash::Dotted) => " stroke-dasharray=\"1.5 3\"",
                _ => "",
            };
            svg.push_str(&format!(
                "<path d=\"M{x} {middle}h18\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/><text x=\"{tx}\" y=\"{ty}\" font-family=\"{font}\" font-size=\"{TEXT}\" fill=\"{ink}\">{name}</text>",
                x = MARGIN + left,
                colour = palette.ink(item.ink).css(),
                tx = MARGIN + left + 24.0,
                ty = middle + TEXT * 0.36,
                font = escaped(FONT),
                ink = palette.ink(Ink::Muted).css(),
                name = escaped(&item.name),
            ));
        }
    }
    // The chart without its own root element, from backend units back to pixels.
    let inside = chart.split_once('>').map_or("", |(_, rest)| rest).rsplit_once("</svg>").map_or("", |(inside, _)| inside);
    svg.push_str(&format!("<g transform=\"translate({MARGIN} {chart_top}) scale({})\">{inside}</g></svg>\n", 1.0 / unit));
    Picture { width: WIDTH, height, svg }
}

/// Legend items with their left edges, in rows that fit.
fn legend_rows(items: Vec<LegendItem>, width: f64) -> Vec<Vec<(f64, LegendItem)>> {
    let mut rows: Vec<Vec<(f64, LegendItem)>> = Vec::new();
    let mut left = f64::INFINITY;
    for item in items {
        // There is no font to ask: the mean advance of a sans serif, generously.
        let takes = 24.0 + 0.6 * TEXT * item.name.chars().count() as f64 + 18.0;
        if left + takes > width {
            rows.push(Vec::new());
            left = 0.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((left, item));
        }
        left += takes;
    }
    rows
}

/// Text for an SVG document.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::super::line::Series;
    use super::*;

    fn model() -> LineModel {
        let points: Vec<(f64, f64)> = (0..5).map(|t| (f64::from(t), -10.0 * f64::from(t))).collect();
        LineModel {
            x: Axis::step("t", 0, 4),
            y: Axis::log10("gradient norm", -50.0, 0.0),
            series: vec![
                Series::new("LSTM ‖∂s_T/∂s_k‖", Ink::Lstm, points.clone()).with_end_label("LSTM"),
                Series::new("LSTM f^k & <bound>", Ink::Lstm, points).with_dash(Dash::Dotted),
            ],
            rules: vec![],
            bands: vec![],
        }
    }

    #[test]
    fn a_picture_has_title_legend_axis_and_curves() {
        for theme in [Theme::Light, Theme::Dark] {
            let picture = line_chart("Gradient \"against\" time", &model(), theme);
            for text in ["Gradient &quot;against&quot; time", "LSTM f^k &amp; &lt;bound&gt;", "gradient norm", "<polyline"] {
                assert!(picture.svg.contains(text), "{text} is missing");
            }
            assert!(picture.svg.starts_with("<svg ") && picture.svg.ends_with("</svg>\n"));
            assert_eq!((picture.svg.matches("<svg").count(), picture.svg.matches("</svg>").count()), (1, 1));
        }
    }

    #[test]
    fn a_long_legend_takes_more_rows() {
        let item = |name: &str| LegendItem { ink: Ink::Rnn, mark: Mark::Line(Dash::Solid), name: name.to_owned() };
        let rows = legend_rows(vec![item("a short name"); 9], 300.0);
        assert!(rows.len() > 2 && rows.iter().flatten().count() == 9);
        assert!(rows.iter().flatten().all(|(left, _)| *left < 300.0));
        assert!(legend_rows(Vec::new(), 300.0).is_empty());
    }
}
