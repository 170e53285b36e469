//! Charts as pictures that stand by themselves: the page's own drawing, with title and legend.

use base64::prelude::{Engine as _, BASE64_STANDARD};

use super::bars::{self, BarsModel};
use super::colour::Theme;
use super::heatmap::HeatmapModel;
use super::layout::Layout;
use super::line;
use super::line_draw::{draw_line_chart, LineView};
use super::line_model::LineModel;
use super::mark::{Dash, Mark, Marker};
use super::palette::{Ink, Palette};
use super::paper::{escaped, Paper, SvgPaper, FONT};
use super::plane::{self, PlaneModel};
use super::png;
use super::sheet::{Sheet, TEXT};
use super::tip::LegendItem;

/// Width of a picture in CSS pixels, and the height of its chart.
pub const WIDTH: f64 = 760.0;
pub const CHART_HEIGHT: f64 = 360.0;
/// A plane is nearly square.
const PLANE_WIDTH: f64 = 480.0;
const PLANE_HEIGHT: f64 = 460.0;
/// Of one row of a heatmap, which together have no less than the least height.
const ROW_HEIGHT: f64 = 9.0;
const HEATMAP_LEAST: f64 = 200.0;
const MARGIN: f64 = 16.0;
const TITLE: f64 = 17.0;
const TITLE_ROW: f64 = 21.0;

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
    let frame = Frame { title, theme, width: WIDTH, chart_height: CHART_HEIGHT };
    let layout = Layout::time_chart(frame.inner_width(), CHART_HEIGHT);
    let view = LineView { layout, x: model.x.range(), y: model.y.range() };
    frame.picture(line::legend(model, layout.narrow), "", |sheet| draw_line_chart(sheet, model, &view))
}

/// The heatmap with its colour scale; its cells are an image of one pixel a value.
pub fn heatmap(title: &str, model: &HeatmapModel, theme: Theme) -> Picture {
    let chart_height = HEATMAP_LEAST.max(ROW_HEIGHT * model.rows as f64);
    let frame = Frame { title, theme, width: WIDTH, chart_height };
    let layout = Layout::time_chart(frame.inner_width(), chart_height);
    let rect = model.image_rect(&layout);
    let image = png::encode(model.cols, model.rows, &model.pixels(Palette::of(theme))).map(|png| {
        format!(
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            rect.left,
            rect.top,
            rect.width(),
            rect.height(),
            BASE64_STANDARD.encode(png)
        )
    });
    frame.picture(Vec::new(), &image.unwrap_or_default(), |sheet| model.draw_base(sheet, &layout))
}

/// The complex plane with the name of every set.
pub fn plane(title: &str, model: &PlaneModel, theme: Theme) -> Picture {
    let frame = Frame { title, theme, width: PLANE_WIDTH, chart_height: PLANE_HEIGHT };
    let layout = Layout::square(frame.inner_width(), PLANE_HEIGHT);
    frame.picture(plane::legend(model), "", |sheet| plane::draw_plane(sheet, model, layout))
}

/// The bars.
pub fn bars(title: &str, model: &BarsModel, theme: Theme) -> Picture {
    let frame = Frame { title, theme, width: WIDTH, chart_height: CHART_HEIGHT };
    let layout = Layout::time_chart(frame.inner_width(), CHART_HEIGHT);
    frame.picture(bars::legend(model), "", |sheet| bars::draw_bars(sheet, model, &layout))
}

/// What `paint` paints on a sheet of this width and height in CSS pixels.
pub fn painted(title: &str, theme: Theme, (width, height): (f64, f64), paint: impl FnOnce(&dyn Paper)) -> Picture {
    let paper = SvgPaper::new();
    paint(&paper);
    let frame = Frame { title, theme, width: width + 2.0 * MARGIN, chart_height: height };
    frame.around(Vec::new(), &paper.into_elements())
}

/// What stands around a chart.
struct Frame<'a> {
    title: &'a str,
    theme: Theme,
    width: f64,
    chart_height: f64,
}

impl Frame<'_> {
    fn inner_width(&self) -> f64 {
        self.width - 2.0 * MARGIN
    }

    /// Title, legend, the chart that `draw` draws, and `over` it what is no drawing, in CSS pixels of the chart.
    fn picture(&self, legend: Vec<LegendItem>, over: &str, draw: impl FnOnce(&Sheet)) -> Picture {
        let paper = SvgPaper::new();
        draw(&Sheet { paper: &paper, size: (self.inner_width(), self.chart_height), dpr: 1.0, palette: Palette::of(self.theme) });
        self.around(legend, &format!("{}{over}", paper.into_elements()))
    }

    /// Title and legend over the elements of a chart, in CSS pixels.
    fn around(&self, legend: Vec<LegendItem>, chart: &str) -> Picture {
        let palette = Palette::of(self.theme);
        let rows = legend_rows(legend, self.inner_width());
        let title = title_rows(self.title, self.inner_width());
        let legend_top = MARGIN + title.len() as f64 * TITLE_ROW + 10.0;
        let chart_top = legend_top + rows.len() as f64 * TEXT * 1.6;
        let height = chart_top + self.chart_height + MARGIN;
        let mut svg = format!(
            concat!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-label=\"{t}\">",
                "<title>{t}</title><rect width=\"{w}\" height=\"{h}\" fill=\"{back}\"/>",
            ),
            w = self.width,
            h = height,
            t = escaped(self.title),
            back = palette.paper.css(),
        );
        for (row, words) in title.iter().enumerate() {
            svg.push_str(&format!(
                "<text x=\"{MARGIN}\" y=\"{y}\" font-family=\"{font}\" font-size=\"{TITLE}\" font-weight=\"600\" fill=\"{ink}\">{words}</text>",
                y = MARGIN + TITLE * 0.8 + row as f64 * TITLE_ROW,
                font = escaped(FONT),
                ink = palette.ink(Ink::Strong).css(),
                words = escaped(words),
            ));
        }
        for (row, items) in rows.iter().enumerate() {
            let middle = legend_top + (row as f64 + 0.5) * TEXT * 1.6;
            for (left, item) in items {
                svg.push_str(&format!(
                    "{sample}<text x=\"{tx}\" y=\"{ty}\" font-family=\"{font}\" font-size=\"{TEXT}\" fill=\"{ink}\">{name}</text>",
                    sample = sample(item.mark, &palette.ink(item.ink).css(), (MARGIN + left, middle)),
                    tx = MARGIN + left + 24.0,
                    ty = middle + TEXT * 0.36,
                    font = escaped(FONT),
                    ink = palette.ink(Ink::Muted).css(),
                    name = escaped(&item.name),
                ));
            }
        }
        svg.push_str(&format!("<g transform=\"translate({MARGIN} {chart_top})\" stroke-linejoin=\"round\">{chart}</g></svg>\n"));
        Picture { width: self.width, height, svg }
    }
}

/// What stands for a series before its name.
fn sample(mark: Mark, colour: &str, (x, y): (f64, f64)) -> String {
    let stroked = |d: String, dash: &str| format!("<path d=\"{d}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>");
    let filled = |d: String| format!("<path d=\"{d}\" fill=\"{colour}\"/>");
    let ring = || format!("M{} {y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", x + 5.5);
    match mark {
        Mark::Line(Dash::Solid) => stroked(format!("M{x} {y}h18"), ""),
        Mark::Line(Dash::Dashed) => stroked(format!("M{x} {y}h18"), " stroke-dasharray=\"5 4\""),
        Mark::Line(Dash::Dotted) => stroked(format!("M{x} {y}h18"), " stroke-dasharray=\"1.5 3\""),
        Mark::Point(Marker::Circle) => filled(ring()),
        Mark::Point(Marker::Ring) => stroked(ring(), ""),
        Mark::Point(Marker::Square) => filled(format!("M{} {}h6v6h-6z", x + 6.0, y - 3.0)),
        Mark::Point(Marker::Diamond) => filled(format!("M{} {}l4.5 4.5l-4.5 4.5l-4.5 -4.5z", x + 9.0, y - 4.5)),
        Mark::Point(Marker::Cross) => stroked(format!("M{} {}l6 6m0 -6l-6 6", x + 6.0, y - 3.0), ""),
        Mark::Bar => filled(format!("M{} {}h6v10h-6z", x + 6.0, y - 5.0)),
    }
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

/// The title in rows that fit.
fn title_rows(title: &str, width: f64) -> Vec<String> {
    // The mean advance of bold letters, generously.
    let most = (width / (0.58 * TITLE)) as usize;
    let mut rows: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match rows.last_mut() {
            Some(row) if row.chars().count() + 1 + word.chars().count() <= most => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::super::bars::BarGroup;
    use super::super::heatmap::ColourScale;
    use super::super::line_model::Series;
    use super::super::plane::PointSet;
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
            for text in ["Gradient &quot;against&quot; time", "LSTM f^k &amp; &lt;bound&gt;", "gradient norm", "stroke-width=\"1.75\""] {
                assert!(picture.svg.contains(text), "{text} is missing");
            }
            assert!(picture.svg.starts_with("<svg ") && picture.svg.ends_with("</svg>\n"));
            assert_eq!((picture.svg.matches("<svg").count(), picture.svg.matches("</svg>").count()), (1, 1));
        }
    }

    fn one_document(picture: &Picture) {
        assert!(picture.svg.starts_with("<svg ") && picture.svg.ends_with("</svg>\n"));
        assert_eq!((picture.svg.matches("<svg").count(), picture.svg.matches("</svg>").count()), (1, 1));
    }

    /// Closed shapes of straight lines that are filled.
    fn polygons(picture: &Picture) -> usize {
        let chart = picture.svg.split("stroke-linejoin").nth(1).unwrap();
        let filled = chart.split("<path d=\"").skip(1).filter(|path| !path.contains("fill=\"none\""));
        filled.map(|path| path.split('"').next().unwrap().matches('z').count()).sum()
    }

    #[test]
    fn a_heatmap_has_its_cells_its_axes_and_its_colour_scale() {
        let model = HeatmapModel {
            x: Axis::step("t", 0, 3),
            rows: 2,
            cols: 3,
            x0: 1,
            stride: 1,
            values: vec![0.0, 0.25, 0.5, 0.75, f64::NAN, 1.0].into(),
            scale: ColourScale::Sequential { min: 0.0, max: 1.0 },
            row_name: "unit".to_owned(),
            value_name: "forget gate".to_owned(),
        };
        for theme in [Theme::Light, Theme::Dark] {
            let picture = heatmap("forget gate f", &model, theme);
            one_document(&picture);
            for text in ["<title>forget gate f</title>", "data:image/png;base64,iVBOR", ">unit</text>", ">t</text>"] {
                assert!(picture.svg.contains(text), "{text} is missing in {}", picture.svg);
            }
            assert!(picture.svg.matches("<rect").count() >= 64);
        }
        let none = heatmap("empty", &HeatmapModel { cols: 0, values: Vec::new().into(), ..model }, Theme::Light);
        one_document(&none);
        assert!(!none.svg.contains("<image"));
    }

    #[test]
    fn a_plane_names_its_sets_and_draws_the_unit_circle() {
        let set =
            |name: &str, marker| PointSet { name: name.to_owned(), ink: Ink::Gru, marker, points: vec![(0.1, 0.2), (0.1, -0.2)].into() };
        let markers = [Marker::Circle, Marker::Square, Marker::Diamond, Marker::Cross, Marker::Ring];
        let model = PlaneModel { sets: markers.map(|marker| set(&format!("{marker:?}"), marker)).to_vec(), unit_circle: true };
        let picture = plane("Eigenvalues", &model, Theme::Light);
        one_document(&picture);
        for text in ["Circle", "Square", "Diamond", "Cross", "Ring", ">Re</text>", ">Im</text>"] {
            assert!(picture.svg.contains(text), "{text} is missing");
        }
        assert_eq!(polygons(&picture), 6);
    }

    #[test]
    fn bars_are_named_when_there_are_several_groups() {
        let group = |name: &str| BarGroup { name: name.to_owned(), ink: Ink::Rnn, points: vec![(1.0, -2.0), (2.0, -3.0)].into() };
        let mut model =
            BarsModel { x: Axis::step("i", 1, 2), y: Axis::log10("σ_i", -4.0, 0.0), groups: vec![group("live")], rules: vec![] };
        assert!(!bars("σ", &model, Theme::Dark).svg.contains("live"));
        model.groups.push(group("pinned: live"));
        let picture = bars("σ", &model, Theme::Dark);
        one_document(&picture);
        assert!(picture.svg.contains("pinned: live") && polygons(&picture) == 4);
    }

    #[test]
    fn a_painted_picture_has_its_strokes_and_a_long_title_in_rows() {
        let title = "What is left of the gradient at the first state: RNN 8.6×10⁻¹³, LSTM 6.2×10⁻⁶, GRU 2.6×10⁻¹⁴";
        let picture = painted(title, Theme::Dark, (WIDTH, 100.0), |paper| paper.fill_rect(1.0, 2.0, 3.0, 4.0));
        one_document(&picture);
        assert!(picture.svg.contains(&format!("<title>{title}</title>")) && picture.svg.contains(r#"<rect x="1" y="2""#));
        assert_eq!(title_rows(title, WIDTH).len(), 2);
        assert_eq!(picture.svg.matches("font-weight=\"600\"").count(), 2);
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
