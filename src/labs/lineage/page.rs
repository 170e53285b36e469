//! The page of the lab.

use leptos::prelude::*;

use super::bar::ViewBar;
use super::context::Lab;
use super::embed::EmbedLab;
use super::list::panels_of;
use super::presets::PRESETS;
use super::rows::groups_of;
use super::store::LineageStore;
use crate::form::{NoticeList, Preset, Rail, StoryBar};
use crate::shell::bar::StoreButtons;
use crate::shell::labs::LINEAGE;
use crate::shell::outputs::bring_outputs;
use crate::shell::page::{chart_theme, LabPage};
use crate::shell::panel::Panels;

/// The page, or what of it another page shows.
pub fn page() -> AnyView {
    bring_outputs();
    let store = LineageStore::new();
    let lab = Lab::new(store, chart_theme(store.theme));
    if let Some(embed) = store.shown_inside() {
        return view! { <EmbedLab lab embed/> }.into_any();
    }
    let sheet = RwSignal::new(false);
    let view = Memo::new(move |_| store.settings.with(|settings| settings.view));
    let current = Signal::derive(move || store.settings.with(|now| PRESETS.iter().find(|preset| preset.is(now)).map(|preset| preset.id)));
    let on_choose = Callback::new(move |preset: &'static Preset<_>| store.apply(store.settings.with_untracked(|now| preset.over(now))));
    let groups = Memo::new(move |_| groups_of(view.get()));
    view! {
        <LabPage
            lab=&LINEAGE
            bar=view! { <StoreButtons store/> }.into_any()
            rail=view! { <Rail store open=sheet only=groups/> }.into_any()
            sheet
        >
            <h2 class="visually-hidden">"Lineage"</h2>
            <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
            <ViewBar lab current on_choose/>
            <StoryBar presets=PRESETS current on_choose/>
            {move || view! { <Panels lab="lineage" entries=panels_of(view.get()) shared=lab/> }}
        </LabPage>
    }
    .into_any()
}
