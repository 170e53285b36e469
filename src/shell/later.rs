//! What of a lab comes after its first screen: a part of the page's module in a file of its own, which `pages/` splits off.
//!
//! It is fetched at the first sign of use, when something in it is needed, or when the page has been open for a moment; from then on it is
//! as much of the page as the rest.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::{ev, task};

/// A page that nobody touches fetches the part after so many milliseconds: find-in-page, print and screen readers want all panels.
const UNTOUCHED_MILLISECONDS: u64 = 2000;

/// Brings the part; `None` where it is not to be had, which the browser's console explains. To be called again until it succeeds.
pub type Fetch<T> = fn() -> Pin<Box<dyn Future<Output = Option<T>>>>;

/// How far a page is with the part.
#[derive(Clone, Copy)]
pub enum Part<T> {
    /// Nobody asked for it.
    Away,
    /// On its way.
    Coming,
    /// There.
    Here(T),
    /// It could not be fetched.
    Failed,
}

/// The part, whatever the lab has in it. A handle that can be copied.
pub struct Later<T: 'static> {
    fetch: Fetch<T>,
    part: RwSignal<Part<T>>,
}

impl<T> Clone for Later<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Later<T> {}

impl<T: Copy + Send + Sync + 'static> Later<T> {
    /// To be fetched soon.
    pub fn new(fetch: Fetch<T>) -> Self {
        let later = Self { fetch, part: RwSignal::new(Part::Away) };
        set_timeout(move || later.call(), std::time::Duration::from_millis(UNTOUCHED_MILLISECONDS));
        let signs = [
            window_event_listener(ev::scroll, move |_| later.call()),
            window_event_listener(ev::pointerdown, move |_| later.call()),
            window_event_listener(ev::keydown, move |_| later.call()),
        ];
        on_cleanup(move || signs.into_iter().for_each(WindowListenerHandle::remove));
        later
    }

    /// Fetches it, unless it is here or on its way, or could not be fetched: then it is for the user to try again.
    pub fn call(self) {
        if matches!(self.part.try_get_untracked(), Some(Part::Away)) {
            self.with(|_| {}, || {});
        }
    }

    /// Does something with it once it is here, or something else where it cannot be fetched.
    pub fn with(self, act: impl FnOnce(T) + 'static, fail: impl FnOnce() + 'static) {
        if let Some(Part::Here(part)) = self.part.try_get_untracked() {
            return act(part);
        }
        if !matches!(self.part.try_get_untracked(), Some(Part::Coming)) {
            self.part.try_set(Part::Coming);
        }
        task::spawn_local(async move {
            let part = (self.fetch)().await;
            // Two may wait for it, and its panels are mounted once. The page may have gone meanwhile.
            if !matches!(self.part.try_get_untracked(), Some(Part::Here(_))) {
                self.part.try_set(part.map_or(Part::Failed, Part::Here));
            }
            match part {
                Some(part) => act(part),
                None => fail(),
            }
        });
    }

    /// How far the page is with it; tracked.
    pub fn part(self) -> Part<T> {
        self.part.get()
    }
}
