//! Flow: one forward and one backward pass, taken apart.

pub mod brought;
mod claims;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod claims_search;
pub mod compute;
mod context;
mod demand;
mod embed;
mod files;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod first;
pub mod fragment;
mod keys;
pub mod later;
pub mod link;
mod list;
mod mechanism;
pub mod nets;
mod page;
mod panels;
pub mod pin;
mod player;
pub mod presets;
mod rail;
mod recent;
pub mod recent_work;
pub mod rows;
pub mod scribe;
mod session;
pub mod settings;
mod size;
pub mod store;
pub mod sweep;
mod tour;
pub mod wire;
mod words;

use std::sync::Arc;

use leptos::prelude::*;

use crate::charts::Theme;
use crate::labs::flow::compute::Analyses;
use crate::shell::later::Later;
pub use page::page;
use store::Store;

use context::{Flow, RemoteState};
use later::Parts;

/// The lab's signals, its computations and its keys; all end with the reactive owner.
fn start(store: Store, theme: Signal<Theme>, later: Later<Parts>) -> Flow {
    let flow = Flow {
        store,
        settings: store.settings,
        analyses: RwSignal::new(Arc::new(Analyses::default())),
        pin: store.pin,
        ghost: RwSignal::new(Arc::new(Analyses::default())),
        hovered: RwSignal::new(None),
        pinned: store.pinned,
        wave: RwSignal::new(None),
        theme,
        remote: RwSignal::new(RemoteState::default()),
        act: StoredValue::new(None),
    };
    session::start(flow, store, later);
    keys::listen(flow, store);
    flow
}
