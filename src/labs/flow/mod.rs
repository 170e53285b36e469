//! Flow: one forward and one backward pass, taken apart.

mod brought;
mod context;
mod contribution_model;
mod embed;
pub mod embedding;
mod export;
mod export_model;
mod gates_model;
mod ghost;
mod ghost_model;
mod gradient_model;
pub mod import;
mod import_dialog;
mod import_model;
mod import_sequence;
mod jacobian_model;
mod keys;
pub mod link;
pub mod nets;
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
use crate::form::NoticeList;
pub use embed::EmbedLab;
use store::Store;

use context::{Flow, RemoteState};
use ghost::GhostBar;
use import::{ImportHost, Importer};
use panels::{ContributionPanel, GatesPanel, GradientPanel, JacobianPanel, SpectrumPanel};
use phase::PhasePanel;
use rail::Rail;
use report::ReportPanel;
use river::River;
use size::SizeBanner;
use tour::Tour;
use verdict::VerdictStrip;
use weights::WeightsPanel;

/// The lab.
#[component]
pub fn FlowLab(store: Store, theme: Signal<Theme>, tour: RwSignal<bool>, importer: Importer) -> impl IntoView {
    let flow = start(store, theme);
    let sheet = RwSignal::new(false);
    // A large net from a link is still being analysed, or was cancelled: charts of nothing would be read as zero.
    let nothing = move || flow.analyses.with(|analyses| analyses.iter().next().is_none());
    let toggle_sheet = move |_| sheet.update(|open| *open = !*open);
    view! {
        <Tour open=tour controls=sheet/>
        <div class="lab">
            <Rail flow=flow store=store importer=importer open=sheet/>
            <main class="stage" id="stage" class:sheet-open=move || sheet.get() class:without-analysis=nothing>
                <ImportHost importer=importer/>
                <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
                <SizeBanner flow=flow/>
                <VerdictStrip flow=flow/>
                <GhostBar flow=flow store=store/>
                <River flow=flow/>
                <div class="panels">
                    <GradientPanel flow=flow store=store/>
                    <JacobianPanel flow=flow/>
                    <GatesPanel flow=flow/>
                    <WeightsPanel flow=flow store=store/>
                    <SpectrumPanel flow=flow/>
                    <ContributionPanel flow=flow/>
                    <PhasePanel flow=flow store=store/>
                    <ReportPanel flow=flow store=store/>
                </div>
            </main>
            <button class="rail-toggle" type="button" aria-expanded=move || sheet.get().to_string() aria-controls="rail" on:click=toggle_sheet>
                {move || if sheet.get() { "Close controls" } else { "Controls" }}
            </button>
        </div>
    }
}

/// The lab's signals, its computations and its keys; all end with the reactive owner.
fn start(store: Store, theme: Signal<Theme>) -> Flow {
    let flow = Flow {
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
