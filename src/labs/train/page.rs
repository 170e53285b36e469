//! The page of the lab.

use leptos::ev;
use leptos::prelude::*;

use super::context::Lab;
use super::embed::EmbedLab;
use super::later::Parts;
use super::list::PANELS;
use super::presets::STORIES;
use super::store::TrainStore;
use crate::form::{NoticeList, Preset, Rail, StoryBar};
use crate::labs::train::panels::run::view::PlayButton;
use crate::shell::bar::StoreButtons;
use crate::shell::keys::is_the_labs;
use crate::shell::labs::TRAIN;
use crate::shell::later::{Fetch, Later};
use crate::shell::page::{chart_theme, LabPage};
use crate::shell::panel::Panels;

/// The page; `fetch` brings what comes later.
pub fn page(fetch: Fetch<Parts>) -> AnyView {
    let later = Later::new(fetch).panels(|parts| parts.panels);
    let store = TrainStore::new();
    let lab = Lab::new(store, chart_theme(store.theme));
    listen(lab);
    if let Some(embed) = store.embed() {
        return view! { <EmbedLab lab embed later/> }.into_any();
    }
    let current = Memo::new(move |_| store.settings.with(|now| STORIES.iter().find(|story| story.is(now)).map(|story| story.id)));
    let choose = move |story: &'static Preset<_>| lab.tell(story);
    let sheet = RwSignal::new(false);
    view! {
        <LabPage
            lab=&TRAIN
            bar=view! { <StoreButtons store/> }.into_any()
            rail=view! { <Rail store open=sheet/> }.into_any()
            sheet
            // On phones, where the bar scrolls away.
            reach=view! { <PlayButton lab class="button primary run-toggle"/> }.into_any()
        >
            <h2 class="visually-hidden">"Training"</h2>
            <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
            <Show when=move || lab.started.with(Option::is_some) || current.get().is_some()>
                <StoryBar presets=STORIES current on_choose=choose/>
            </Show>
            <Panels lab="train" entries=&PANELS shared=lab later/>
        </LabPage>
    }
    .into_any()
}

/// The keyboard of the lab, while it is mounted.
fn listen(lab: Lab) {
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
}
