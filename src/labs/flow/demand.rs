//! What the first screen shows on demand only. It comes with the later part of the page, which puts it here.

use leptos::prelude::*;

use super::context::Flow;
use super::panels::river::paint::RiverModel;
use crate::charts::TableModel;

/// All of it.
#[derive(Clone, Copy)]
pub struct OnDemand {
    /// Why gradients vanish, in four points.
    pub mechanism: fn() -> AnyView,
    /// The table of the strip.
    pub verdict_table: fn(Flow) -> TableModel,
    /// The table of the river.
    pub river_table: fn(&RiverModel) -> TableModel,
}

thread_local! {
    static SLOT: ArcRwSignal<Option<OnDemand>> = ArcRwSignal::new(None);
}

/// From now on it is there.
pub fn bring(it: OnDemand) {
    SLOT.with(|slot| slot.set(Some(it)));
}

/// It, once it is there; tracked.
pub fn on_demand() -> Option<OnDemand> {
    SLOT.with(ArcRwSignal::get)
}
