//! The tools under the gradient chart: the same nets under 32 seeds, as a band.

use std::sync::Arc;

use leptos::prelude::*;

use crate::form::Notice;
use crate::jobs::pool::{Pool, Work};
use crate::labs::flow::context::Flow;
use crate::labs::flow::store::Store;
use crate::labs::flow::sweep::seeds::{SeedPlan, Seeds, SEEDS};

/// The panel's signals.
#[derive(Clone, Copy)]
pub struct Bands {
    flow: Flow,
    seeds: RwSignal<Option<Arc<Seeds>>>,
    running: RwSignal<bool>,
    pool: StoredValue<Option<Pool<SeedPlan>>, LocalStorage>,
}

impl Bands {
    /// No seed yet.
    pub fn new(flow: Flow, store: Store) -> Self {
        let bands = Self { flow, seeds: RwSignal::new(None), running: RwSignal::new(false), pool: StoredValue::new_local(None) };
        let say = move |sentence| store.notify(Notice::info(sentence));
        bands.pool.set_value(Some(Pool::new(move |from, values: &[f64]| bands.take(from, values), say)));
        bands
    }

    fn plan(&self) -> SeedPlan {
        self.flow.settings.with(SeedPlan::new)
    }

    fn start(&self) {
        let plan = untrack(|| self.plan());
        self.seeds.set(Some(Arc::new(Seeds::new(plan.clone()))));
        self.running.set(true);
        self.pool.with_value(|pool| pool.iter().for_each(|pool| pool.start(plan.clone())));
    }

    fn cancel(&self) {
        self.pool.with_value(|pool| pool.iter().for_each(Pool::cancel));
        self.running.set(false);
    }

    fn hide(&self) {
        self.cancel();
        self.seeds.set(None);
    }

    fn take(&self, from: usize, values: &[f64]) {
        self.seeds.update(|seeds| {
            if let Some(seeds) = seeds {
                Arc::make_mut(seeds).take(from, values);
            }
        });
        if self.seeds.with_untracked(|seeds| seeds.as_ref().is_some_and(|seeds| seeds.is_complete())) {
            self.running.set(false);
        }
    }

    /// The bands, as long as they are of what the page shows.
    pub fn shown(&self) -> Option<Arc<Seeds>> {
        self.seeds.get().filter(|seeds| seeds.plan == self.plan())
    }
}

/// Run, cancel, hide.
#[component]
pub fn SeedTools(bands: Bands) -> impl IntoView {
    let running = bands.running;
    let drawn = move || bands.seeds.with(|seeds| seeds.is_some());
    let stale = move || drawn() && bands.shown().is_none();
    let known = move || bands.seeds.with(|seeds| seeds.as_ref().map_or((0, 1), |seeds| (seeds.known(), seeds.plan.pieces())));
    let words = move || match (running.get(), stale()) {
        (true, false) => format!("{} of {} nets", known().0, known().1),
        (true, true) => "The settings have changed since these seeds were started.".to_owned(),
        (false, true) => "The settings have changed since these seeds were run.".to_owned(),
        (false, false) if drawn() && known().0 < known().1 => format!("Cancelled after {} of {} nets.", known().0, known().1),
        (false, false) if drawn() => format!("Dashed: the median of {SEEDS} seeds; shaded: their 10% to 90%."),
        (false, false) => String::new(),
    };
    view! {
        <div class="seed-tools">
            <Show when=move || !running.get() fallback=move || view! {
                <button class="button" type="button" on:click=move |_| bands.cancel()>"Cancel"</button>
                <progress aria-label="Progress of the seeds" max=move || known().1.to_string() prop:value=move || known().0 as f64></progress>
            }>
                <button class="button" type="button" on:click=move |_| bands.start()>
                    {move || if drawn() { format!("Run {SEEDS} seeds again") } else { format!("Compare {SEEDS} seeds") }}
                </button>
                <Show when=drawn>
                    <button class="button" type="button" on:click=move |_| bands.hide()>"Hide the seeds"</button>
                </Show>
            </Show>
            <span class="map-state" role="status">{words}</span>
        </div>
    }
}
