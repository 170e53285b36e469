//! What of a lab comes after its first screen: a part of the page's module in a file of its own, which `pages/` splits off.
//!
//! It is fetched at the first sign of use, when something in it is needed, or when the page has been open for a moment; from then on it is
//! as much of the page as the rest.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::{ev, task};

use super::panel::{PanelMenu, Slot, View};

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

    /// The part, once it is here; tracked.
    pub fn here(self) -> Option<T> {
        match self.part.get() {
            Part::Here(part) => Some(part),
            _ => None,
        }
    }

    /// How far the page is with it; tracked.
    pub fn part(self) -> Part<T> {
        self.part.get()
    }

    /// What of it are panels.
    pub fn panels<C: 'static>(self, of: fn(T) -> Views<C>) -> LaterPanels<C> {
        let views = Signal::derive(move || match self.part.get() {
            Part::Away => Part::Away,
            Part::Coming => Part::Coming,
            Part::Here(part) => Part::Here(of(part)),
            Part::Failed => Part::Failed,
        });
        LaterPanels { views, call: Callback::new(move |()| self.call()), again: Callback::new(move |()| self.with(|_| {}, || {})) }
    }
}

/// A panel's view by the panel's id; `None` for a panel that is not in the part.
pub type Views<C> = fn(&str) -> Option<View<C>>;

/// The panels that come later.
pub struct LaterPanels<C: 'static> {
    views: Signal<Part<Views<C>>>,
    call: Callback<()>,
    again: Callback<()>,
}

impl<C> Clone for LaterPanels<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for LaterPanels<C> {}

/// A panel that comes later: a place of about its height until then.
#[component]
pub fn LaterPanel<C: Copy + Send + Sync + 'static>(
    of: Slot,
    /// About how high it is, in CSS pixels.
    height: u32,
    shared: C,
    from: LaterPanels<C>,
) -> impl IntoView {
    let LaterPanels { views, call, again } = from;
    if of.embedded {
        // It is what was asked for.
        call.run(());
    }
    let inside = move || {
        let note = match views.get() {
            // What the panel reads is its own affair.
            Part::Here(views) => return untrack(|| views(of.id).map(|view| view(of, shared))).into_any(),
            Part::Away | Part::Coming => view! { <p class="empty">"Loading…"</p> }.into_any(),
            Part::Failed => view! {
                <p class="empty" role="alert">
                    "This panel could not be loaded: the network or the server did not answer. "
                    <button class="button" type="button" on:click=move |_| again.run(())>"Try again"</button>
                </p>
            }
            .into_any(),
        };
        let (heading, label) = (of.heading(), of.heading());
        view! {
            <section class="panel" class:wide=of.wide class:folded=move || of.folded.get() data-panel=of.id data-later="" aria-labelledby=label>
                <header>
                    <h2 id=heading tabindex="-1">{of.title}</h2>
                    <PanelMenu of=of/>
                </header>
                <div class="panel-body" style:min-height=format!("{height}px")>{note}</div>
            </section>
        }
        .into_any()
    };
    inside
}
