//! The bar over the panels: views, stories, questions, and what the one that is shown says.

use leptos::prelude::*;

use crate::form::{Preset, PresetsMenu};
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::presets::{QUESTIONS, STORIES};
use crate::labs::lineage::settings::{LineageSettings, View, VIEWS};
use crate::labs::lineage::store::LineageStore;

/// The bar.
#[component]
pub fn StoryBar(lab: Lab) -> impl IntoView {
    let store = lab.store;
    let choose = move |preset: &'static Preset<LineageSettings>| {
        store.apply(store.settings.with_untracked(|current| preset.over(current)));
    };
    let shown = move |all: &'static [Preset<LineageSettings>]| store.settings.with(|now| all.iter().find(|preset| preset.is(now)));
    let current = Memo::new(move |_| shown(QUESTIONS).map(|preset| preset.id));
    let lesson = move || match (shown(STORIES), shown(QUESTIONS)) {
        (Some(story), _) => story.lesson.to_owned(),
        (_, Some(question)) => format!("{} {}", question.title, question.lesson),
        _ => String::new(),
    };
    let view_link = move |view: View, name: &'static str| {
        let to = move || {
            let now = store.settings.get();
            // At the last step there is no future for the backward pass to read.
            let back = if view == View::Bidirectional && now.view != view && now.back == 0 { now.steps / 2 } else { now.back };
            LineageSettings { view, back, ..now }
        };
        let here = move || (store.settings.with(|now| now.view) == view).then_some("page");
        let go = move |event: web_sys::MouseEvent| {
            // With a modifier the browser opens the address elsewhere.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                store.apply(untrack(to));
            }
        };
        view! { <a href=move || LineageStore::address_of(&to()) aria-current=here on:click=go>{name}</a> }
    };
    view! {
        <section class="story-bar" aria-label="Views and stories" data-busy=move || lab.busy.get().to_string()>
            <nav class="views" aria-label="Views">{VIEWS.map(|(view, _, name)| view_link(view, name)).collect_view()}</nav>
            <PresetsMenu presets=QUESTIONS current=current on_choose=choose label="You asked"/>
            <div class="stories" role="group" aria-label="Stories">
                {STORIES
                    .iter()
                    .map(|story| {
                        let is_shown = move || store.settings.with(|now| story.is(now));
                        view! {
                            <button class="button" type="button" title=story.lesson aria-pressed=move || is_shown().to_string() on:click=move |_| choose(story)>
                                {story.title}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            <p class="lesson" role="status">{lesson}</p>
        </section>
    }
}
