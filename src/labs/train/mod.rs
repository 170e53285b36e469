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
mod list;
mod net_model;
mod panels;
mod rail;
mod strip;

use leptos::ev;
use leptos::prelude::*;

use crate::charts::Theme;
use crate::controls::NoticeList;
use crate::labs::keys::is_the_labs;
use crate::shell::panel::Panels;
use crate::training::store::TrainStore;
use bar::PlayButton;
use context::Lab;
use list::PANELS;
use rail::Rail;

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
                <Panels lab="train" entries=&PANELS shared=lab/>
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
