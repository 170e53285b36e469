//! Train: the cells race on the same batches, and every chart follows the gradient while the nets learn.

mod back_model;
mod bar;
mod cliff;
mod cliff_paint;
mod context;
mod curves_model;
mod cut_model;
mod examples;
mod kept;
mod kept_model;
mod net_model;
mod options;
mod panels;
pub mod presets;
pub mod rows;
pub mod settings;
pub mod store;
mod strip;

use leptos::ev;
use leptos::prelude::*;

use crate::charts::Theme;
use crate::form::{NoticeList, Rail};
use crate::labs::keys::is_the_labs;
use bar::{PlayButton, RunBar};
use cliff::CliffPanel;
use context::Lab;
use examples::ExamplesPanel;
use kept::KeptPanel;
use panels::{CutPanel, GatesPanel, GradientPanel, LagPanel, LossPanel, SpectrumPanel, WaterfallPanel};
use store::TrainStore;
use strip::Strip;

/// The lab.
#[component]
pub fn TrainLab(store: TrainStore, theme: Signal<Theme>) -> impl IntoView {
    let lab = Lab::new(store, theme);
    let keys = window_event_listener(ev::keydown, move |event| {
        if !is_the_labs(&event) {
            return;
        }
        match event.key().as_str() {
            " " => lab.toggle(),
            "s" | "S" => lab.step(),
            "ArrowLeft" => lab.scrub(|place, _| place.saturating_sub(1)),
            "ArrowRight" => lab.scrub(|place, last| last.min(place + 1)),
            "Home" => lab.scrub(|_, _| 0),
            "End" => lab.scrub(|_, last| last),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || keys.remove());
    let sheet = RwSignal::new(false);
    view! {
        <div class="lab">
            <Rail store=store open=sheet/>
            <main class="stage" id="stage" class:sheet-open=move || sheet.get()>
                <h2 class="visually-hidden">"Training"</h2>
                <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
                <RunBar lab=lab/>
                <Strip lab=lab/>
                <div class="panels pairs">
                    <LossPanel lab=lab/>
                    <GradientPanel lab=lab/>
                    <WaterfallPanel lab=lab/>
                    <LagPanel lab=lab/>
                    <SpectrumPanel lab=lab/>
                    <GatesPanel lab=lab/>
                    <CutPanel lab=lab/>
                    <KeptPanel lab=lab/>
                    <ExamplesPanel lab=lab/>
                    <CliffPanel lab=lab/>
                </div>
            </main>
            // On phones, where the bar scrolls away.
            <PlayButton lab=lab class="button primary run-toggle"/>
            <button
                class="rail-toggle"
                type="button"
                aria-expanded=move || sheet.get().to_string()
                aria-controls="rail"
                on:click=move |_| sheet.update(|open| *open = !*open)
            >
                {move || if sheet.get() { "Close controls" } else { "Controls" }}
            </button>
        </div>
    }
}
