//! The lab inside another page: some of its panels, some of its controls, and the way to all of it.

use leptos::prelude::*;

use super::embedding::Panel;
use super::ghost::GhostBar;
use super::panels::{ContributionPanel, GatesPanel, GradientPanel, JacobianPanel, SpectrumPanel};
use super::phase::PhasePanel;
use super::river::River;
use super::store::Store;
use super::verdict::VerdictStrip;
use crate::charts::Theme;
use crate::form::{NoticeList, SettingByKey};

/// What the embed names, in its order.
#[component]
pub fn EmbedLab(store: Store, theme: Signal<Theme>) -> impl IntoView {
    let flow = super::start(store, theme);
    let embed = store.embed.get_value().unwrap_or_default();
    let panel = |panel: &Panel| match panel {
        Panel::Verdict => view! { <VerdictStrip flow=flow/> }.into_any(),
        Panel::Compare => view! { <GhostBar flow=flow store=store/> }.into_any(),
        Panel::River => view! { <River flow=flow/> }.into_any(),
        Panel::Gradient => view! { <GradientPanel flow=flow store=store/> }.into_any(),
        Panel::Jacobian => view! { <JacobianPanel flow=flow/> }.into_any(),
        Panel::Gates => view! { <GatesPanel flow=flow/> }.into_any(),
        Panel::Spectrum => view! { <SpectrumPanel flow=flow/> }.into_any(),
        Panel::Contribution => view! { <ContributionPanel flow=flow/> }.into_any(),
        Panel::Phase => view! { <PhasePanel flow=flow store=store/> }.into_any(),
    };
    let panels = embed.panels().iter().map(panel).collect_view();
    let controls = embed
        .controls
        .iter()
        .map(|key| view! { <div class="embed-control" data-key=*key><SettingByKey key=key settings=store.settings on_commit=move |()| store.commit()/></div> })
        .collect_view();
    view! {
        <main class="stage embed" id="stage">
            <h1 class="visually-hidden">"Unroll: see gradients vanish or explode"</h1>
            <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
            <div class="embed-bar">
                <div class="embed-controls">{controls}</div>
                <a href=move || store.whole_page() target="_blank" rel="noopener">"Open in Unroll"</a>
            </div>
            {panels}
        </main>
    }
}
