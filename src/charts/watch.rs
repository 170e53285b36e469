//! Signals that ask for a frame instead of running an effect.
//!
//! An effect on a chart's model would evaluate the memo behind it as soon as it runs, once for every input event. A [`Watch`] only marks
//! its painter dirty when anything it read may have changed; the value is read (and computed) in the frame that paints it.

use super::frame::Painter;
use leptos::reactive::graph::{AnySource, AnySubscriber, ReactiveNode, Source, Subscriber, WithObserver};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// A reactive subscriber whose reaction is [`Painter::mark_dirty`].
#[derive(Debug, Default)]
pub struct Watch {
    painter: OnceLock<Painter>,
    sources: Mutex<Vec<AnySource>>,
}

impl Watch {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Names the painter to mark; needed because the painter's closure holds the watch.
    pub fn notify(&self, painter: Painter) {
        // A watch has one painter for life, so a second call changes nothing.
        self.painter.set(painter).ok();
    }

    /// Runs `read`, and marks the painter once anything read in it changes.
    pub fn track<T>(self: &Arc<Self>, read: impl FnOnce() -> T) -> T {
        let weak: Weak<Self> = Arc::downgrade(self);
        let subscriber = AnySubscriber(Arc::as_ptr(self) as usize, weak);
        self.clear_sources(&subscriber);
        subscriber.with_observer(read)
    }

    /// Asks for a repaint for a reason that is not a signal.
    pub fn mark(&self) {
        if let Some(painter) = self.painter.get() {
            painter.mark_dirty();
        }
    }
}

impl ReactiveNode for Watch {
    fn mark_dirty(&self) {
        self.mark();
    }

    fn mark_check(&self) {
        self.mark();
    }

    fn mark_subscribers_check(&self) {}

    fn update_if_necessary(&self) -> bool {
        false
    }
}

impl Subscriber for Watch {
    fn add_source(&self, source: AnySource) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }

    fn clear_sources(&self, subscriber: &AnySubscriber) {
        // Taken out first: removing a subscriber may drop a source, which may call back in here.
        let sources = std::mem::take(&mut *self.sources.lock().unwrap_or_else(PoisonError::into_inner));
        for source in sources {
            source.remove_subscriber(subscriber);
        }
    }
}
