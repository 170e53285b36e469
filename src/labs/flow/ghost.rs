//! Pin and compare: a state put aside, its analyses, and the bar that names, swaps and removes it.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::ExperimentError;

use super::context::Flow;
use super::ghost_model;
use super::pin::{Pin, NAME_CHARACTERS};
use super::settings::Settings;
use super::store::Store;
use crate::charts::frame::{self, Painter};
use crate::compute::remote::{Remote, Report};
use crate::compute::{timing, Analyses, Cache};
use crate::form::Notice;

/// A spare frame's share, as for the live state.
const SPARE_MILLISECONDS: f64 = 10.0;

/// Keeps the live state to compare with, in the place of the one before.
pub fn pin(store: Store) {
    let settings = store.settings.get_untracked();
    store.put_pin(Some(Pin::new(settings)));
}

/// Brings the analyses of the pinned state up to date before a frame is painted. They change with the pin only, so the live state pays
/// nothing for them; what `live` has of it already is taken over.
pub fn compute_when_pinned(flow: Flow, store: Store, live: StoredValue<Cache, LocalStorage>) {
    let cache = StoredValue::new_local(Cache::default());
    let last = StoredValue::new_local(None);
    let settings = move || flow.pin.with_untracked(|pin| pin.as_ref().map(|pin| pin.settings.clone()));
    let show = move |analyses: Analyses| {
        if flow.ghost.with_untracked(|shown| !shown.same(&analyses)) {
            flow.ghost.set(Arc::new(analyses));
        }
    };
    // What a worker still has to compute is not shown as what was pinned before it.
    let current = move |cache: &mut Cache, settings: &Settings| {
        let analyses = cache.analyses(settings)?;
        Ok::<_, ExperimentError>(if cache.is_behind(settings) { Analyses::default() } else { analyses })
    };
    let compute = move || {
        let settings = settings();
        if last.with_value(|last| *last == settings) {
            return;
        }
        let analyses = match &settings {
            None => Ok(Analyses::default()),
            Some(settings) => {
                live.with_value(|live| cache.update_value(|cache| cache.adopt(settings, live)));
                cache.try_update_value(|cache| current(cache, settings)).unwrap_or_else(|| Ok(Analyses::default()))
            }
        };
        match analyses {
            Ok(analyses) => show(analyses),
            Err(error) => store.notify(Notice::warning(format!("The pinned state cannot be computed. {error}"))),
        }
        last.set_value(settings);
        frame::want_spare_frame();
    };
    let refine = move || {
        let Some(settings) = settings() else { return false };
        let span = timing::start();
        let refined = cache.try_update_value(|cache| {
            let more = cache.refine(&settings, || span.elapsed() < SPARE_MILLISECONDS);
            (more, current(cache, &settings).ok())
        });
        let Some((more, analyses)) = refined else { return false };
        if let Some(analyses) = analyses {
            show(analyses);
        }
        more
    };
    let again = Painter::register(|| {}, None);
    cache.set_value(Cache::with_workers(Remote::new(move |report| {
        match report {
            Report::Answer(answer) => {
                cache.update_value(|cache| {
                    cache.take(&answer);
                });
            }
            // The live state's workers say so when they fail.
            Report::Failed(_) => cache.update_value(Cache::lose_workers),
        }
        last.set_value(None);
        again.mark_dirty();
    })));
    Effect::new(move |before: Option<()>| {
        flow.pin.track();
        if before.is_some() {
            again.mark_dirty();
        }
    });
    compute();
    frame::before_paint(compute);
    frame::in_spare_frames(refine);
}

/// What is pinned, what differs and what that did; or the offer to pin.
#[component]
pub fn GhostBar(flow: Flow, store: Store) -> impl IntoView {
    let is_pinned = Memo::new(move |_| flow.pin.with(Option::is_some));
    let name = move || flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()).unwrap_or_default());
    let sentence = move || {
        flow.pin.with(|pin| {
            let Some(pin) = pin else { return String::new() };
            flow.settings.with(|live| {
                flow.ghost.with(|before| flow.analyses.with(|after| ghost_model::comparison(&pin.settings, live, before, after)))
            })
        })
    };
    let missing = move || {
        let focus = flow.focus();
        let of = |pin: &Pin| flow.ghost.with(|ghost| ghost_model::missing(focus, &pin.settings, ghost));
        flow.pin.with(|pin| pin.as_ref().map(of))
    };
    let rename = move |ev| {
        let text = event_target_value(&ev);
        let renamed = flow.pin.with_untracked(|pin| pin.as_ref().map(|pin| Pin { name: Pin::name_of(&text), ..pin.clone() }));
        store.put_pin(renamed);
    };
    view! {
        <section class="ghost-bar" data-panel="ghost" aria-label="Pinned state">
            <Show
                when=move || is_pinned.get()
                fallback=move || view! {
                    <button class="button" type="button" title="Keep this state on the charts to compare with (P)" on:click=move |_| pin(store)>
                        "Pin and compare"
                    </button>
                    <p class="note">"Keeps this state on the charts, paler, while you change settings."</p>
                }
            >
                <label class="ghost-name">
                    <span>"Name"</span>
                    <input type="text" maxlength=NAME_CHARACTERS prop:value=name on:change=rename/>
                </label>
                <p class="ghost-said" role="status">{sentence}" "<span class="note">{missing}</span></p>
                <div class="ghost-tools">
                    <button class="button" type="button" title="Go over to the pinned state, and pin this one" on:click=move |_| store.swap_pin()>"Swap"</button>
                    <button class="button" type="button" title="Pin the live state in its place (P)" on:click=move |_| pin(store)>"Pin anew"</button>
                    <button class="button" type="button" aria-label="Remove the pinned state" on:click=move |_| store.put_pin(None)>"Remove"</button>
                </div>
            </Show>
        </section>
    }
}
