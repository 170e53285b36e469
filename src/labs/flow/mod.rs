//! Flow: one forward and one backward pass, taken apart.

mod advice;
mod brought;
mod claims;
mod context;
mod contribution_model;
mod embed;
mod export;
mod export_model;
mod gates_model;
mod ghost;
mod ghost_model;
mod gradient_model;
mod import;
mod import_dialog;
mod import_model;
mod import_sequence;
mod jacobian_model;
mod keys;
pub mod link;
mod list;
pub mod nets;
mod page;
mod panels;
mod phase;
mod phase_paint;
pub mod pin;
mod player;
pub mod presets;
mod rail;
mod recent;
pub mod recent_work;
mod report;
mod report_model;
mod river;
mod river_geometry;
mod river_paint;
pub mod rows;
mod seeds;
mod session;
pub mod settings;
mod size;
mod spectrum_model;
pub mod store;
mod tour;
mod verdict;
mod weights;
mod weights_model;
mod weights_tools;
pub mod wire;
mod words;

use std::sync::Arc;

use leptos::prelude::*;

use crate::charts::Theme;
use crate::compute::Analyses;
pub use page::page;
use store::Store;

use context::{Flow, RemoteState};

/// The lab's signals, its computations and its keys; all end with the reactive owner.
fn start(store: Store, theme: Signal<Theme>) -> Flow {
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
    session::start(flow, store);
    keys::listen(flow, store);
    flow
}
