//! Canvases that a lab paints by hand, tied to the frame loop.

use leptos::html;
use leptos::prelude::*;

use super::canvas::{Layer, Size, SizeOf};
use super::frame::Painter;
use super::paper::Paper;
use super::watch::Watch;

/// Paints what `read` reads whenever that or the size of the host changes, in the frame that shows it. `width` follows the host's, in CSS
/// pixels, for whoever has to know what is under a pointer.
pub fn paint_by_hand<M: 'static>(
    host: NodeRef<html::Div>,
    canvas: NodeRef<html::Canvas>,
    width: RwSignal<f64>,
    read: impl Fn() -> M + Clone + 'static,
    paint: impl Fn(&dyn Paper, Size, M) + Clone + 'static,
) {
    Effect::new(move |_| {
        let (Some(host), Some(canvas)) = (host.get(), canvas.get()) else { return };
        let Some(layer) = Layer::new(canvas) else { return };
        let (read, paint) = (read.clone(), paint.clone());
        let watch = Watch::new();
        let resized = watch.clone();
        let size = SizeOf::watch(&host, move || resized.mark());
        let tracker = watch.clone();
        let painter = Painter::register(
            move || {
                let size = size.get();
                if size.is_empty() {
                    return;
                }
                layer.fit(size);
                if width.get_untracked() != size.width {
                    width.set(size.width);
                }
                let model = tracker.track(&read);
                paint(layer.begin(), size, model);
            },
            Some(host.into()),
        );
        watch.notify(painter);
        painter.mark_dirty();
    });
}
