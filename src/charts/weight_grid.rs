//! A block of weights as cells that can be selected and changed.

use super::canvas::{Layer, Size, SizeOf};
use super::colour::{Rgb, Theme};
use super::colour_map::Lut;
use super::format::format_value;
use super::frame::Painter;
use super::layout::Rect;
use super::mark::Dash;
use super::palette::Palette;
use super::sheet::{Align, Sheet, Stand};
use super::watch::Watch;
use super::weight_grid_geometry::{height, label_stride, moved, GridLayout, Place};
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};

/// What one pixel of a drag, one notch of the wheel and one key press change.
pub const STEP: f64 = 0.01;
/// With Shift that much more, with Alt that much less.
const MODIFIED: f64 = 10.0;
/// A wheel that rests for so long has ended its gesture.
const WHEEL_REST: Duration = Duration::from_millis(400);

/// All a weight grid shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightGridModel {
    /// What the block is: "W_hh, forget gate f".
    pub name: String,
    pub rows: usize,
    pub columns: usize,
    /// Row-major.
    pub values: Arc<[f64]>,
    /// Whether each was edited; as many as there are values.
    pub edited: Arc<[bool]>,
}

impl WeightGridModel {
    /// The scale's ends are ± this: the largest |weight|, 1 where all are 0.
    pub fn limit(&self) -> f64 {
        let limit = self.values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        if limit > 0.0 {
            limit
        } else {
            1.0
        }
    }

    fn fill_pixels(&self, layout: &GridLayout, lut: &Lut, pixels: &mut [u8]) {
        let limit = self.limit();
        let cells = layout.rows.clone().flat_map(|row| layout.columns.clone().map(move |column| row * self.columns + column));
        for (pixel, at) in pixels.chunks_exact_mut(4).zip(cells) {
            let value = self.values.get(at).copied().unwrap_or(0.0);
            let Rgb(r, g, b) = lut[usize::from((127.5 * (1.0 + value / limit) + 0.5) as u8)];
            pixel.copy_from_slice(&[r, g, b, 255]);
        }
    }
}

/// What the reader does to the cells.
#[derive(Clone, Copy)]
pub struct WeightGridEvents {
    /// A cell is selected.
    pub select: Callback<Place>,
    /// The pointer is over a cell, or over none.
    pub point: Callback<Option<Place>>,
    /// The selected weight grows by so much.
    pub change: Callback<f64>,
    /// The gesture that changed it is over.
    pub end: Callback<()>,
    /// A number is about to be typed, beginning with this; empty for the one that is there.
    pub type_number: Callback<String>,
    /// The selected weight is put back.
    pub reset: Callback<()>,
}

/// A drag on the selected cell: where the pointer was last.
#[derive(Clone, Copy)]
struct Drag {
    pointer: i32,
    y: f64,
}

/// A grid of weights. Nothing on it keeps a finger from scrolling the page.
#[component]
pub fn WeightGrid(
    /// Read inside the frame loop only, except for its shape.
    #[prop(into)]
    model: Signal<Arc<WeightGridModel>>,
    #[prop(into)] selected: Signal<Option<Place>>,
    #[prop(into)] pointed: Signal<Option<Place>>,
    events: WeightGridEvents,
    #[prop(into)] theme: Signal<Theme>,
    /// The id of the text that says what the keys do.
    described_by: &'static str,
) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    let (cells, marks) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new());
    let layout = StoredValue::new_local(Rc::new(RefCell::new(None::<GridLayout>)));
    Effect::new(move |_| {
        let (Some(host), Some(cells), Some(marks)) = (host.get(), cells.get().and_then(Layer::new), marks.get().and_then(Layer::new))
        else {
            return;
        };
        let host: HtmlElement = host.into();
        let watch = Watch::new();
        let resized = watch.clone();
        let size = SizeOf::watch(&host, move || resized.mark());
        let (tracked, layout) = (watch.clone(), layout.get_value());
        let painter = Painter::register(
            move || {
                let size = size.get();
                if size.is_empty() {
                    return;
                }
                tracked.track(|| {
                    let (model, palette) = (model.get(), Palette::of(theme.get()));
                    let (selected, pointed) = (selected.get(), pointed.get());
                    let began = layout.borrow().as_ref().map_or((0, 0), |l| (l.rows.start, l.columns.start));
                    let shown = GridLayout::new((model.rows, model.columns), size.width, selected, began);
                    paint(&model, &shown, (&cells, &marks), size, palette, selected, pointed);
                    layout.replace(Some(shown));
                });
            },
            Some(host.into()),
        );
        watch.notify(painter);
        painter.mark_dirty();
    });

    let at = move |x: i32, y: i32| {
        layout.with_value(|layout| layout.borrow().as_ref().and_then(|layout| layout.at((f64::from(x), f64::from(y)))))
    };
    let drag = StoredValue::new(None::<Drag>);
    let changing = StoredValue::new(false);
    let wheel_timer = StoredValue::new(None::<TimeoutHandle>);
    let change = move |by: f64| {
        changing.set_value(true);
        events.change.run(by);
    };
    let end = move || {
        drag.set_value(None);
        wheel_timer.try_update_value(|timer| timer.take().inspect(TimeoutHandle::clear));
        if changing.get_value() {
            changing.set_value(false);
            events.end.run(());
        }
    };
    on_cleanup(move || {
        wheel_timer.try_update_value(|timer| timer.take().inspect(TimeoutHandle::clear));
    });
    let select = move |place: Place| {
        if selected.get_untracked() != Some(place) {
            end();
            events.select.run(place);
        }
    };
    // A finger scrolls the page, and its tap comes as a click. A mouse selects when it is pressed; its click may be the end of a drag, over
    // another cell.
    let by_finger = StoredValue::new(true);
    let press = move |event: PointerEvent| {
        by_finger.set_value(event.pointer_type() == "touch");
        if by_finger.get_value() || event.button() != 0 {
            return;
        }
        let Some(place) = at(event.offset_x(), event.offset_y()) else { return };
        if selected.get_untracked() == Some(place) {
            drag.set_value(Some(Drag { pointer: event.pointer_id(), y: f64::from(event.client_y()) }));
            if let Some(host) = host.get_untracked() {
                // Refused only for a pointer that is gone.
                host.set_pointer_capture(event.pointer_id()).ok();
            }
        } else {
            select(place);
        }
    };
    let follow = move |event: PointerEvent| {
        let Some(held) = drag.get_value().filter(|drag| drag.pointer == event.pointer_id()) else {
            if event.pointer_type() != "touch" {
                events.point.run(at(event.offset_x(), event.offset_y()));
            }
            return;
        };
        let y = f64::from(event.client_y());
        if y != held.y {
            drag.set_value(Some(Drag { y, ..held }));
            change((held.y - y) * STEP * factor(event.shift_key(), event.alt_key()));
        }
    };
    let click = move |event: web_sys::MouseEvent| {
        if let Some(place) = at(event.offset_x(), event.offset_y()).filter(|_| by_finger.get_value()) {
            select(place);
        }
    };
    let wheel = move |event: WheelEvent| {
        let focused = host.get_untracked().is_some_and(|host| host.matches(":focus").unwrap_or(false));
        let over = at(event.offset_x(), event.offset_y());
        // Anywhere else the wheel is the page's. Browsers turn it sideways while Shift is held.
        let delta = if event.delta_y() == 0.0 { event.delta_x() } else { event.delta_y() };
        if !focused || over.is_none() || over != selected.get_untracked() || event.ctrl_key() || delta == 0.0 {
            return;
        }
        event.prevent_default();
        change(-delta.signum() * STEP * factor(event.shift_key(), event.alt_key()));
        wheel_timer.update_value(|timer| {
            timer.take().inspect(TimeoutHandle::clear);
            *timer = set_timeout_with_handle(end, WHEEL_REST).ok();
        });
    };
    let key = move |event: KeyboardEvent| {
        let (name, shape) = (event.key(), model.with_untracked(|m| (m.rows, m.columns)));
        if event.meta_key() || (event.ctrl_key() && !matches!(name.as_str(), "Home" | "End")) {
            return;
        }
        if let Some(place) = moved(&name, event.ctrl_key(), shape, selected.get_untracked()).filter(|_| !event.alt_key()) {
            event.prevent_default();
            return select(place);
        }
        if selected.get_untracked().is_none() {
            return;
        }
        let by = STEP * factor(event.shift_key(), event.alt_key());
        match name.as_str() {
            // The key of + without its Shift, and the key of − with it.
            "+" | "=" => change(by),
            "-" | "_" | "−" => change(-by),
            "Enter" => {
                end();
                events.type_number.run(String::new());
            }
            "Delete" | "Backspace" => {
                end();
                events.reset.run(());
            }
            digit if digit.len() == 1 && !event.alt_key() && digit.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                end();
                events.type_number.run(name.clone());
            }
            _ => return,
        }
        event.prevent_default();
    };
    let label = move || model.with(|m| format!("Weights of {}, {} rows by {} columns", m.name, m.rows, m.columns));
    let host_height = move || format!("{}px", height(model.with(|m| m.rows)));
    view! {
        <div
            class="chart-host weight-grid"
            node_ref=host
            tabindex="0"
            role="application"
            aria-roledescription="weight grid"
            aria-label=label
            aria-describedby=described_by
            style:height=host_height
            on:pointerdown=press
            on:pointermove=follow
            on:pointerup=move |_| end()
            on:pointercancel=move |_| end()
            on:pointerleave=move |_| events.point.run(None)
            on:click=click
            on:wheel=wheel
            on:keydown=key
            on:keyup=move |_| end()
            on:blur=move |_| end()
        >
            <canvas class="chart-layer" node_ref=cells aria-hidden="true"></canvas>
            <canvas class="chart-layer" node_ref=marks aria-hidden="true"></canvas>
        </div>
    }
}

/// Shift and Alt.
fn factor(shift: bool, alt: bool) -> f64 {
    match (shift, alt) {
        (true, false) => MODIFIED,
        (false, true) => 1.0 / MODIFIED,
        _ => 1.0,
    }
}

fn paint(
    model: &WeightGridModel,
    layout: &GridLayout,
    (cells, marks): (&Layer, &Layer),
    size: Size,
    palette: &'static Palette,
    selected: Option<Place>,
    pointed: Option<Place>,
) {
    let plot = layout.plot();
    for (property, value) in [("left", plot.left), ("top", plot.top), ("width", plot.width()), ("height", plot.height())] {
        cells.style(property, &format!("{value}px"));
    }
    cells.style("image-rendering", "pixelated");
    cells.put_image(layout.columns.len() as u32, layout.rows.len() as u32, |pixels| {
        model.fill_pixels(layout, palette.diverging(), pixels);
    });
    marks.fit(size);
    marks.draw(palette, |sheet| {
        let ink = palette.ink_2;
        let stride = label_stride(layout.cell_height, 13.0);
        for row in layout.rows.clone().filter(|row| row % stride == 0) {
            if let Some(rect) = layout.rect((row, layout.columns.start)) {
                sheet.text(&row.to_string(), (plot.left - 5.0, (rect.top + rect.bottom) / 2.0), ink, Align::Right, Stand::Middle);
            }
        }
        let stride = label_stride(layout.cell_width, 24.0);
        for column in layout.columns.clone().filter(|column| column % stride == 0) {
            if let Some(rect) = layout.rect((layout.rows.start, column)) {
                sheet.text(&column.to_string(), ((rect.left + rect.right) / 2.0, plot.top - 4.0), ink, Align::Centre, Stand::Above);
            }
        }
        // A mark of two triangles, so that it stands out from every colour of the map.
        let corner = |place: Place, side: f64| {
            let rect = layout.rect(place)?;
            Some(vec![(rect.right - side, rect.top), (rect.right, rect.top), (rect.right, rect.top + side)])
        };
        let edited: Vec<Place> = (layout.rows.clone())
            .flat_map(|row| layout.columns.clone().map(move |column| (row, column)))
            .filter(|(row, column)| model.edited.get(row * model.columns + column) == Some(&true))
            .collect();
        let side = (0.45 * layout.cell_height.min(layout.cell_width)).clamp(3.0, 8.0);
        for (side, colour) in [(side + 1.5, palette.panel), (side, palette.ink)] {
            let shapes: Vec<_> = edited.iter().filter_map(|place| corner(*place, side)).collect();
            if !shapes.is_empty() {
                sheet.fill(&shapes, colour.alpha(1.0));
            }
        }
        let frame = |place: Option<Place>, out: f64, colour: Rgb, width: f64| {
            let Some(Rect { left, top, right, bottom }) = place.and_then(|place| layout.rect(place)) else { return };
            let (l, t, r, b) = (left - out, top - out, right + out, bottom + out);
            sheet.stroke(&[vec![(l, t), (r, t), (r, b), (l, b), (l, t), (r, t)]], colour.alpha(1.0), width, Dash::Solid);
        };
        frame(pointed, 0.0, palette.ink_2, 1.0);
        frame(selected, 2.0, palette.panel, 1.5);
        frame(selected, 0.5, palette.ink, 2.0);
        draw_scale(sheet, &plot, model.limit());
    });
}

/// The colour scale, lying under the cells.
fn draw_scale(sheet: &Sheet, plot: &Rect, limit: f64) {
    const SLICES: usize = 64;
    // Whole pixels: seams would show between others.
    const SLICE: f64 = 2.0;
    let (top, ink) = (plot.bottom + 10.0, sheet.palette.ink_2);
    let low = format_value(-limit);
    let left = (plot.left + sheet.text_width(&low) + 5.0).round();
    let lut = sheet.palette.diverging();
    for slice in 0..SLICES {
        let x = left + SLICE * slice as f64;
        sheet.fill_rect(&Rect { left: x, right: x + SLICE, top, bottom: top + 9.0 }, lut[slice * 255 / (SLICES - 1)].alpha(1.0));
    }
    let right = left + SLICE * SLICES as f64;
    sheet.text(&low, (left - 5.0, top + 4.5), ink, Align::Right, Stand::Middle);
    sheet.text(&format_value(limit), (right + 5.0, top + 4.5), ink, Align::Left, Stand::Middle);
}

#[cfg(test)]
mod tests {
    use super::super::colour_map;
    use super::*;

    #[test]
    fn pixels_are_the_shown_weights_around_zero() {
        let model =
            WeightGridModel { rows: 1, columns: 3, values: [-2.0, 0.0, 2.0].into(), edited: [false; 3].into(), ..Default::default() };
        let lut = colour_map::diverging(Theme::Light);
        let mut pixels = vec![0; 12];
        model.fill_pixels(&GridLayout::new((1, 3), 300.0, None, (0, 0)), lut, &mut pixels);
        let colours: Vec<Rgb> = pixels.chunks(4).map(|p| Rgb(p[0], p[1], p[2])).collect();
        assert_eq!(colours, [lut[0], lut[128], lut[255]]);
        assert_eq!(WeightGridModel::default().limit(), 1.0);
    }

    #[test]
    fn shift_is_coarse_and_alt_is_fine() {
        assert_eq!([factor(false, false), factor(true, false), factor(false, true), factor(true, true)], [1.0, 10.0, 0.1, 1.0]);
    }
}
