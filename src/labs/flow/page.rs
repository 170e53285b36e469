//! The page of the lab.

use leptos::prelude::*;

use super::embed::EmbedLab;
use super::later::Parts;
use super::list::PANELS;
use super::mechanism::HelpStrip;
use super::presets::PRESETS;
use super::rail::Rail;
use super::size::SizeBanner;
use super::store::{awaits_scribe, Store};
use super::tour::Tour;
use super::words::left_sentence;
use crate::browser::storage;
use crate::form::{NoticeList, Preset, PresetsMenu, StoryBar};
use crate::labs::flow::files::import::{ImportButton, ImportHost};
use crate::labs::flow::files::importer::Importer;
use crate::shell::bar::StoreButtons;
use crate::shell::labs::FLOW;
use crate::shell::later::{Fetch, Later};
use crate::shell::page::{chart_theme, LabPage};
use crate::shell::panel::Panels;

/// Set once the tour has been shown, so that it opens by itself only on the first visit.
const TOUR_SEEN: &str = "tour-seen";

/// The page, or what of it another page shows; `fetch` brings what comes later.
pub fn page(fetch: Fetch<Parts>) -> AnyView {
    let later = Later::new(fetch);
    if !awaits_scribe() {
        return opened(later);
    }
    // Where it cannot be had, the notices say what of the address could not be read.
    let settled = RwSignal::new(false);
    later.with(move |_| settled.set(true), move || settled.set(true));
    (move || settled.get().then(|| untrack(|| opened(later)))).into_any()
}

/// The page, from an address that can be read.
fn opened(later: Later<Parts>) -> AnyView {
    let store = Store::new();
    let theme = chart_theme(store.theme);
    if store.is_embedded() {
        return view! { <EmbedLab store theme later/> }.into_any();
    }
    let importer = Importer::new(store);
    let tour = RwSignal::new(storage::read(TOUR_SEEN).is_none());
    Effect::new(move |was_open: Option<bool>| {
        let open = tour.get();
        if was_open == Some(true) && !open {
            store.keep(TOUR_SEEN, "yes", "that you have seen the tour");
        }
        open
    });
    let help = RwSignal::new(false);
    let current = Signal::derive(move || store.settings.with(|s| PRESETS.iter().find(|p| p.is(s)).map(|p| p.id)));
    let choose = move |preset: &'static Preset<_>| {
        let settings = store.settings.with_untracked(|current| preset.over(current));
        store.apply(settings);
    };
    let flow = super::start(store, theme, later);
    let sheet = RwSignal::new(false);
    let bar = view! {
        <StoreButtons store fragment=Callback::new(move |()| store.fragment())>
            <PresetsMenu presets=PRESETS current=current on_choose=choose/>
            <ImportButton importer=importer/>
        </StoreButtons>
        <button class="button icon-button" type="button" aria-label="Help" title="Why gradients vanish, and the tour" aria-expanded=move || help.get().to_string() on:click=move |_| help.update(|open| *open = !*open)>"?"</button>
    };
    let skip = view! { <button class="skip-link" type="button" on:click=move |_| importer.pick()>"Import a model"</button> };
    // A large net from a link is still being analysed, or was cancelled.
    let empty = move || flow.analyses.with(|analyses| analyses.iter().next().is_none());
    view! {
        <LabPage
            lab=&FLOW
            skip=skip.into_any()
            bar=bar.into_any()
            head=view! { <HelpStrip open=help tour/> <Tour open=tour controls=sheet/> }.into_any()
            rail=view! { <Rail flow store importer later open=sheet/> }.into_any()
            sheet
            empty=Signal::derive(empty)
        >
            <ImportHost importer later/>
            <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
            <SizeBanner flow/>
            <StoryBar presets=PRESETS current on_choose=choose now=Signal::derive(move || flow.analyses.with(|analyses| left_sentence(analyses)))/>
            <Panels lab="flow" entries=&PANELS shared=flow later=later.panels(|parts| parts.panels)/>
        </LabPage>
    }
    .into_any()
}
