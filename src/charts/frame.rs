//! The one `requestAnimationFrame` loop of the app.
//!
//! Whoever draws registers a [`Painter`] and marks it dirty. A frame is requested only while a painter is dirty or somebody
//! [`request`]s it; in it the
//! [`before_paint`] hooks run first (that is where heavy memos are read, once), then every dirty painter in view. Painters out of view
//! wait for a spare frame, one in which nothing in view is dirty, and take one each; after them comes other work that can wait: they cost a drag nothing, and a page that is
//! scrolled or printed shows no stale chart.

use leptos::prelude::on_cleanup;
use leptos::reactive::owner::Owner;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, Window};

/// The User Timing measure around the painting of one frame.
pub const PAINT_MEASURE: &str = "unroll:paint";
const PAINT_MARK: &str = "unroll:paint:start";
/// The browser keeps every measure; they are dropped after this many frames.
const MEASURES_KEPT: u32 = 600;
/// Charts this close to the view are painted ahead.
const AHEAD: &str = "64px";

struct Entry {
    paint: Rc<dyn Fn()>,
    element: Option<Element>,
    visible: bool,
    dirty: bool,
}

#[derive(Default)]
struct FrameLoop {
    painters: BTreeMap<u64, Entry>,
    hooks: BTreeMap<u64, Rc<dyn Fn()>>,
    /// What to do in a spare frame once every painter is clean; `true` asks for another one.
    spare: BTreeMap<u64, Rc<dyn Fn() -> bool>>,
    spare_wanted: bool,
    /// A frame is wanted whether or not something is dirty.
    wanted: bool,
    next_id: u64,
    request: Option<i32>,
    tick: Option<Closure<dyn FnMut()>>,
    observer: Option<Observer>,
    frames: u32,
}

struct Observer {
    inner: IntersectionObserver,
    _seen: Closure<dyn FnMut(js_sys::Array)>,
}

thread_local! {
    // Borrowed for bookkeeping only, never while a paint closure or a hook runs, so those may call back in here.
    static LOOP: RefCell<FrameLoop> = RefCell::default();
}

/// A registered paint closure. Copy and Send, so that it can be held by signals' subscribers and cleanup closures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Painter {
    id: u64,
}

impl Painter {
    /// Registers a paint closure; it waits for a spare frame while `element` is out of view. Painters run in the order of their
    /// registration. Removed with the reactive owner that registers it.
    pub fn register(paint: impl Fn() + 'static, element: Option<Element>) -> Self {
        let id = LOOP.with_borrow_mut(|frames| {
            let id = frames.fresh_id();
            if let Some(element) = &element {
                frames.observe(element);
            }
            let entry = Entry { paint: Rc::new(paint), visible: element.is_none(), element, dirty: false };
            frames.painters.insert(id, entry);
            id
        });
        let painter = Self { id };
        if Owner::current().is_some() {
            on_cleanup(move || painter.remove());
        }
        painter
    }

    /// Asks for a repaint in the next frame, or in a spare one while the painter is out of view.
    pub fn mark_dirty(self) {
        LOOP.with_borrow_mut(|frames| {
            if let Some(entry) = frames.painters.get_mut(&self.id) {
                entry.dirty = true;
                frames.request_if_needed();
            }
        });
    }

    /// Takes the painter out of the loop; cancels the frame when nothing else waits for it.
    pub fn remove(self) {
        let removed = LOOP.with_borrow_mut(|frames| {
            let removed = frames.painters.remove(&self.id);
            let element = removed.as_ref().and_then(|entry| entry.element.as_ref());
            if let (Some(element), Some(observer)) = (element, &frames.observer) {
                let shared = frames.painters.values().any(|other| other.element.as_ref() == Some(element));
                if !shared {
                    observer.inner.unobserve(element);
                }
            }
            frames.cancel_if_idle();
            removed
        });
        // Dropped outside the borrow: what the closure owns may call back in here.
        drop(removed);
    }
}

/// Runs `hook` at the start of every frame that paints, before any painter. Removed with the reactive owner that registers it.
pub fn before_paint(hook: impl Fn() + 'static) {
    let id = LOOP.with_borrow_mut(|frames| {
        let id = frames.fresh_id();
        frames.hooks.insert(id, Rc::new(hook));
        id
    });
    if Owner::current().is_some() {
        on_cleanup(move || {
            let removed = LOOP.with_borrow_mut(|frames| frames.hooks.remove(&id));
            drop(removed);
        });
    }
}

/// Runs `hook` in frames that have nothing to paint, from the next [`want_spare_frame`] on and as long as it answers `true`. Removed with
/// the reactive owner that registers it.
pub fn in_spare_frames(hook: impl Fn() -> bool + 'static) {
    let id = LOOP.with_borrow_mut(|frames| {
        let id = frames.fresh_id();
        frames.spare.insert(id, Rc::new(hook));
        id
    });
    if Owner::current().is_some() {
        on_cleanup(move || {
            let removed = LOOP.with_borrow_mut(|frames| frames.spare.remove(&id));
            drop(removed);
        });
    }
}

/// Asks for a frame: its [`before_paint`] hooks run, and whatever they change is painted in it.
pub fn request() {
    LOOP.with_borrow_mut(|frames| {
        frames.wanted = true;
        frames.request_if_needed();
    });
}

/// Asks for a spare frame.
pub fn want_spare_frame() {
    LOOP.with_borrow_mut(|frames| {
        frames.spare_wanted = true;
        frames.request_if_needed();
    });
}

impl FrameLoop {
    fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn has_work(&self) -> bool {
        self.wanted || self.spare_wanted || self.painters.values().any(|entry| entry.dirty)
    }

    /// The first dirty painter after one, among those in view or those out of it.
    fn take_dirty(&mut self, after: u64, visible: bool) -> Option<(u64, Rc<dyn Fn()>)> {
        let (&id, entry) = self.painters.range_mut(after + 1..).find(|(_, entry)| entry.dirty && entry.visible == visible)?;
        entry.dirty = false;
        Some((id, entry.paint.clone()))
    }

    fn request_if_needed(&mut self) {
        if self.request.is_some() || !self.has_work() {
            return;
        }
        let tick = self.tick.get_or_insert_with(|| Closure::new(tick));
        self.request = web_sys::window().and_then(|window| window.request_animation_frame(tick.as_ref().unchecked_ref()).ok());
    }

    fn cancel_if_idle(&mut self) {
        if self.has_work() {
            return;
        }
        if let (Some(id), Some(window)) = (self.request.take(), web_sys::window()) {
            // Fails only for a window that is gone, and its frames with it.
            window.cancel_animation_frame(id).ok();
        }
    }

    fn observe(&mut self, element: &Element) {
        if self.observer.is_none() {
            self.observer = Observer::new();
        }
        if let Some(observer) = &self.observer {
            observer.inner.observe(element);
        }
    }

    fn set_visible(&mut self, element: &Element, visible: bool) {
        for entry in self.painters.values_mut() {
            if entry.element.as_ref() == Some(element) {
                entry.visible = visible;
            }
        }
    }
}

impl Observer {
    fn new() -> Option<Self> {
        let seen = Closure::<dyn FnMut(js_sys::Array)>::new(|entries: js_sys::Array| {
            LOOP.with_borrow_mut(|frames| {
                for entry in entries.iter() {
                    let entry: IntersectionObserverEntry = entry.unchecked_into();
                    frames.set_visible(&entry.target(), entry.is_intersecting());
                }
                frames.request_if_needed();
                frames.cancel_if_idle();
            });
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(AHEAD);
        let inner = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok()?;
        Some(Self { inner, _seen: seen })
    }
}

/// One frame: hooks, then painters in order, or one painter out of view. A painter marked by an earlier one in the same frame still
/// runs in it.
fn tick() {
    let (wanted, hooks): (bool, Vec<Rc<dyn Fn()>>) = LOOP.with_borrow_mut(|frames| {
        frames.request = None;
        (std::mem::take(&mut frames.wanted), frames.hooks.values().cloned().collect())
    });
    for hook in hooks {
        hook();
    }
    let window = web_sys::window();
    let started = window.as_ref().map(start_measure);
    let mut last = 0;
    while let Some((id, paint)) = LOOP.with_borrow_mut(|frames| frames.take_dirty(last, true)) {
        paint();
        last = id;
    }
    if last == 0 && !wanted {
        match LOOP.with_borrow_mut(|frames| frames.take_dirty(0, false)) {
            Some((_, paint)) => paint(),
            None => run_spare(),
        }
    }
    if let (Some(window), Some(())) = (&window, started) {
        end_measure(window);
    }
    // What a painter marked behind itself waits for the next frame.
    LOOP.with_borrow_mut(FrameLoop::request_if_needed);
}

/// Work that can wait: it runs in frames in which nothing has to be painted.
fn run_spare() {
    let hooks: Vec<Rc<dyn Fn() -> bool>> = LOOP.with_borrow_mut(|frames| {
        frames.spare_wanted = false;
        frames.spare.values().cloned().collect()
    });
    let more = hooks.into_iter().fold(false, |more, hook| hook() | more);
    LOOP.with_borrow_mut(|frames| frames.spare_wanted |= more);
}

fn start_measure(window: &Window) {
    if let Some(performance) = window.performance() {
        performance.mark(PAINT_MARK).ok();
    }
}

fn end_measure(window: &Window) {
    if let Some(performance) = window.performance() {
        let full = LOOP.with_borrow_mut(|frames| {
            frames.frames = (frames.frames + 1) % MEASURES_KEPT;
            frames.frames == 0
        });
        if full {
            performance.clear_measures_with_measure_name(PAINT_MEASURE);
        }
        performance.measure_with_start_mark(PAINT_MEASURE, PAINT_MARK).ok();
        performance.clear_marks_with_mark_name(PAINT_MARK);
    }
}
