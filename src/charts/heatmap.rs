//! Heatmaps of units × time, painted as image data at data resolution.

use super::axis::{Axis, AxisKind};
use super::canvas::Size;
use super::colour::{Rgb, Theme};
use super::colour_map::Lut;
use super::cursor::Track;
use super::draw::Axes;
use super::format::format_value;
use super::geometry::Point;
use super::layout::{Layout, Rect};
use super::palette::{Ink, Palette};
use super::scale::Projection;
use super::scene::{Layers, Scene, Shown};
use super::sheet::{Align, Sheet, Stand};
use super::stage::{stage, StageOptions};
use super::tip::{Tip, TipRow};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// How a value becomes a colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColourScale {
    /// For magnitudes and gates.
    Sequential { min: f64, max: f64 },
    /// For signed values: −limit … limit, centred on 0.
    Diverging { limit: f64 },
}

/// All a heatmap shows.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatmapModel {
    /// The shared time axis (the same as the line charts' around it); it must hold all columns.
    pub x: Axis,
    /// Number of rows (units).
    pub rows: usize,
    /// Number of columns (steps).
    pub cols: usize,
    /// The time of the first column.
    pub x0: usize,
    /// From one column to the next, at least 1.
    pub stride: usize,
    /// Time-major, `[cols][rows]`, as the engine gives it. What is not finite is left blank.
    pub values: Arc<[f64]>,
    pub scale: ColourScale,
    /// What a row is: "unit".
    pub row_name: String,
    /// What a value is: "forget gate".
    pub value_name: String,
}

impl HeatmapModel {
    /// Smallest, mean and largest finite value of a column; `None` when it has none.
    pub fn column_stats(&self, col: usize) -> Option<(f64, f64, f64)> {
        let column = self.values.get(col * self.rows..(col + 1) * self.rows)?;
        let (mut min, mut max, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0);
        for &value in column.iter().filter(|v| v.is_finite()) {
            min = value.min(min);
            max = value.max(max);
            sum += value;
            count += 1;
        }
        (count > 0).then(|| (min, sum / f64::from(count), max))
    }
}

/// A heatmap.
#[component]
pub fn Heatmap(
    /// Read inside the frame loop only.
    #[prop(into)]
    model: Signal<Arc<HeatmapModel>>,
    #[prop(into)] cursor: Signal<Option<f64>>,
    #[prop(into)] on_cursor: Callback<Option<f64>>,
    #[prop(into)] on_pin: Callback<f64>,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] name: String,
    #[prop(default = 120.0)] height: f64,
) -> impl IntoView {
    let scene = HeatmapScene { model, base: RefCell::new(None), layout: Cell::new(None) };
    stage(scene, StageOptions { name, height, theme, cursor, on_cursor, on_pin })
}

/// What the base layer was last drawn for.
#[derive(PartialEq)]
struct BaseKey {
    layout: Layout,
    theme: Theme,
    x: Axis,
    rows: usize,
    row_name: String,
    scale: ColourScale,
}

struct HeatmapScene {
    model: Signal<Arc<HeatmapModel>>,
    base: RefCell<Option<BaseKey>>,
    layout: Cell<Option<Layout>>,
}

impl HeatmapModel {
    fn x_projection(&self, layout: &Layout) -> Projection {
        Projection::new(self.x.range(), layout.plot.left, layout.plot.right)
    }

    /// Unit 0 at the bottom.
    fn row_axis(&self) -> Axis {
        Axis::step(self.row_name.clone(), 0, self.rows.max(1) - 1)
    }

    fn value(&self, col: usize, row: usize) -> Option<f64> {
        (row < self.rows).then(|| self.values.get(col * self.rows + row).copied()).flatten()
    }

    /// The column of a time.
    fn column(&self, time: f64) -> Option<usize> {
        let col = ((time - self.x0 as f64) / self.stride as f64).round();
        (0.0..self.cols as f64).contains(&col).then_some(col as usize)
    }

    /// The image: one RGBA pixel a value.
    pub(super) fn pixels(&self, palette: &Palette) -> Vec<u8> {
        let mut pixels = vec![0; 4 * self.cols * self.rows];
        self.fill_pixels(self.lut(palette), &mut pixels);
        pixels
    }

    /// Where the image goes.
    pub(super) fn image_rect(&self, layout: &Layout) -> Rect {
        let x = self.x_projection(layout);
        let edge = |col: f64| x.to_px(self.x0 as f64 + (col - 0.5) * self.stride as f64);
        Rect { left: edge(0.0), right: edge(self.cols as f64), ..layout.plot }
    }

    /// Writes the image: one RGBA pixel a value, the last row on top; what is not finite is transparent.
    fn fill_pixels(&self, lut: &Lut, pixels: &mut [u8]) {
        let (zero, scale) = match self.scale {
            ColourScale::Sequential { min, max } => (min, 255.0 / (max - min)),
            ColourScale::Diverging { limit } => (-limit, 255.0 / (2.0 * limit)),
        };
        let width = 4 * self.cols;
        for (col, column) in self.values.chunks_exact(self.rows).take(self.cols).enumerate() {
            for (row, &value) in column.iter().enumerate() {
                let at = (self.rows - 1 - row) * width + 4 * col;
                let rgba = if value.is_finite() {
                    // A float-to-int cast saturates, and takes NaN (an empty scale) to 0.
                    let Rgb(r, g, b) = lut[usize::from(((value - zero) * scale + 0.5) as u8)];
                    [r, g, b, 255]
                } else {
                    [0; 4]
                };
                pixels[at..at + 4].copy_from_slice(&rgba);
            }
        }
    }

    pub(super) fn draw_base(&self, sheet: &Sheet, layout: &Layout) {
        let rows = self.row_axis();
        let axes = Axes { layout, x: (&self.x, self.x.range()), y: (&rows, rows.range()) };
        axes.draw(sheet, false);
        self.draw_colour_bar(sheet, layout);
    }

    fn lut(&self, palette: &Palette) -> &'static Lut {
        match self.scale {
            ColourScale::Sequential { .. } => palette.sequential(),
            ColourScale::Diverging { .. } => palette.diverging(),
        }
    }

    /// The colour bar: upright in the right margin, or lying above a narrow plot.
    fn draw_colour_bar(&self, sheet: &Sheet, layout: &Layout) {
        let (low, high) = match self.scale {
            ColourScale::Sequential { min, max } => (min, max),
            ColourScale::Diverging { limit } => (-limit, limit),
        };
        let (low, high) = (format_value(low), format_value(high));
        let (lut, plot, ink) = (self.lut(sheet.palette), layout.plot, sheet.palette.ink_2);
        let slices = 64;
        let colour = |slice: usize| lut[slice * 255 / (slices - 1)].alpha(1.0);
        let share = |slice: usize| slice as f64 / slices as f64;
        if layout.narrow {
            let right = plot.right - sheet.text_width(&high) - 5.0;
            let left = right - 64.0;
            for slice in 0..slices {
                let rect = Rect { left: left + 64.0 * share(slice), right: left + 64.0 * share(slice + 1), top: 6.0, bottom: 14.0 };
                sheet.fill_rect(&rect, colour(slice));
            }
            sheet.text(&low, (left - 5.0, 10.0), ink, Align::Right, Stand::Middle);
            return sheet.text(&high, (right + 5.0, 10.0), ink, Align::Left, Stand::Middle);
        }
        let left = plot.right + 10.0;
        for slice in 0..slices {
            let rect = Rect {
                left,
                right: left + 9.0,
                top: plot.bottom - plot.height() * share(slice + 1),
                bottom: plot.bottom - plot.height() * share(slice),
            };
            sheet.fill_rect(&rect, colour(slice));
        }
        let x = left + 14.0;
        sheet.text(&high, (x, plot.top + 4.0), ink, Align::Left, Stand::Middle);
        sheet.text(&low, (x, plot.bottom - 4.0), ink, Align::Left, Stand::Middle);
    }
}

impl Scene for HeatmapScene {
    fn paint(&self, layers: &Layers, size: Size, palette: &'static Palette) -> Shown {
        let model = self.model.get();
        let layout = Layout::time_chart(size.width, size.height);
        self.layout.set(Some(layout));
        let key = BaseKey {
            layout,
            theme: palette.theme,
            x: model.x.clone(),
            rows: model.rows,
            row_name: model.row_name.clone(),
            scale: model.scale,
        };
        let cleared = layers.base.fit(size);
        if cleared || self.base.borrow().as_ref() != Some(&key) {
            layers.base.draw(palette, |sheet| model.draw_base(sheet, &layout));
            self.base.replace(Some(key));
        }
        let x = model.x_projection(&layout);
        let image = model.image_rect(&layout);
        let width = image.width();
        for (property, value) in [("left", image.left), ("top", image.top), ("width", width), ("height", image.height())] {
            layers.series.style(property, &format!("{value}px"));
        }
        // More columns than device pixels: averaging them loses less than dropping some.
        let crowded = model.cols as f64 > width * size.dpr || model.rows as f64 > image.height() * size.dpr;
        let rendering = if crowded { "auto" } else { "pixelated" };
        layers.series.style("image-rendering", rendering);
        layers.series.put_image(model.cols as u32, model.rows as u32, |pixels| {
            model.fill_pixels(model.lut(palette), pixels);
        });
        Shown {
            track: Track::Axis { projection: x, kind: AxisKind::Step, plot: layout.plot },
            legend: Vec::new(),
            summary: summary(&model),
            line: Some((layout.plot.top, layout.plot.bottom)),
        }
    }

    fn tip(&self, at: f64, pointer: Option<Point>) -> Option<Tip> {
        let model = self.model.get_untracked();
        let col = model.column(at)?;
        let row = pointer.zip(self.layout.get()).and_then(|((_, py), layout)| {
            let axis = model.row_axis().range();
            let y = Projection::new(axis, layout.plot.bottom, layout.plot.top).to_value(py);
            let row = y.round();
            (row >= 0.0 && row < model.rows as f64).then_some(row as usize)
        });
        let plain = |name: String, value: f64| TipRow { mark: None, name, value: format_value(value) };
        let mut rows = Vec::new();
        if let Some((row, value)) = row.and_then(|row| Some((row, model.value(col, row)?))) {
            rows.push(plain(format!("{}, {} {row}", model.value_name, model.row_name), value));
        }
        if let Some((min, mean, max)) = model.column_stats(col) {
            rows.push(plain("mean".to_owned(), mean));
            rows.push(plain("smallest".to_owned(), min));
            rows.push(plain("largest".to_owned(), max));
        }
        Some(Tip { title: format!("{} {}", model.x.label, model.x.format(at)), rows })
    }

    fn marks(&self, _at: f64) -> Vec<(Point, Ink)> {
        Vec::new()
    }
}

/// Mean and extent over everything.
fn summary(model: &HeatmapModel) -> String {
    let shape = format!("{}, {} {}s by {} steps", model.value_name, model.rows, model.row_name, model.cols);
    let finite = || model.values.iter().copied().filter(|v| v.is_finite());
    let count = finite().count();
    if count == 0 {
        return format!("{shape}; no values.");
    }
    let (min, max) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (v.min(lo), v.max(hi)));
    format!("{shape}; mean {}, from {} to {}.", format_value(finite().sum::<f64>() / count as f64), format_value(min), format_value(max))
}

#[cfg(test)]
mod tests {
    use super::super::colour_map;
    use super::*;

    fn model(values: Vec<f64>, scale: ColourScale) -> HeatmapModel {
        HeatmapModel {
            x: Axis::step("t", 0, 2),
            rows: 2,
            cols: values.len() / 2,
            x0: 1,
            stride: 1,
            values: values.into(),
            scale,
            row_name: "unit".to_owned(),
            value_name: "forget gate".to_owned(),
        }
    }

    #[test]
    fn pixels_are_time_across_and_unit_zero_at_the_bottom() {
        let map = model(vec![0.0, 1.0, f64::NAN, 0.5], ColourScale::Sequential { min: 0.0, max: 1.0 });
        let lut = colour_map::sequential(Theme::Light);
        let mut pixels = vec![7; 16];
        map.fill_pixels(lut, &mut pixels);
        let pixel = |row: usize, col: usize| {
            let at = 8 * row + 4 * col;
            (Rgb(pixels[at], pixels[at + 1], pixels[at + 2]), pixels[at + 3])
        };
        assert_eq!(pixel(1, 0), (lut[0], 255));
        assert_eq!(pixel(0, 0), (lut[255], 255));
        assert_eq!(pixel(1, 1).1, 0);
        assert_eq!(pixel(0, 1), (lut[128], 255));
    }

    #[test]
    fn values_beyond_the_scale_take_its_end_colours() {
        let map = model(vec![-9.0, 9.0], ColourScale::Diverging { limit: 1.0 });
        let lut = colour_map::diverging(Theme::Dark);
        let mut pixels = vec![0; 8];
        map.fill_pixels(lut, &mut pixels);
        assert_eq!(Rgb(pixels[0], pixels[1], pixels[2]), lut[255]);
        assert_eq!(Rgb(pixels[4], pixels[5], pixels[6]), lut[0]);
    }

    #[test]
    fn statistics_of_a_step_skip_what_is_not_finite() {
        let map = model(vec![0.25, 0.75, f64::NAN, f64::NAN], ColourScale::Sequential { min: 0.0, max: 1.0 });
        assert_eq!(map.column_stats(0), Some((0.25, 0.5, 0.75)));
        assert_eq!(map.column_stats(1), None);
        assert_eq!(map.column_stats(2), None);
        assert_eq!((map.column(1.0), map.column(0.0)), (Some(0), None));
    }
}
