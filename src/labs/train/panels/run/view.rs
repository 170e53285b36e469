//! Starting, pausing, stepping and beginning anew; the stories.

use leptos::prelude::*;

use crate::form::link;
use crate::form::Preset;
use crate::labs::train::context::Lab;
use crate::labs::train::presets::STORIES;
use crate::labs::train::rows::ROWS;
use crate::labs::train::runs::keep::Kept;
use crate::labs::train::settings::TrainSettings;
use crate::shell::panel::Slot;

/// The bar over the panels.
#[component]
pub fn RunBar(of: Slot, lab: Lab) -> impl IntoView {
    let begun = move || lab.started.with(Option::is_some);
    let pending = Memo::new(move |_| {
        lab.started.with(|started| started.as_ref().map_or_else(Vec::new, |started| lab.store.settings.with(|now| changed(started, now))))
    });
    view! {
        <Left lab=lab/>
        <section class="run-bar wide" data-panel=of.id data-begun=move || begun().to_string() aria-label=of.title>
            <p class="task">"The nets learn one task from the same batches. Press Start, or choose a story: the charts fill as they learn."</p>
            <PlayButton lab=lab class="button primary"/>
            <button class="button" type="button" title="One step of every net (S)" on:click=move |_| lab.step()>"Step"</button>
            <button
                class="button"
                class:wanted=move || pending.with(|names| !names.is_empty())
                type="button"
                title="Begin anew: the same seed gives the same losses"
                disabled=move || !begun()
                on:click=move |_| lab.restart()
            >
                "Restart"
            </button>
            <p class="run-state" role="status">
                {move || pending.with(|names| match names.as_slice() {
                    [] => String::new(),
                    names => format!("Takes effect on restart: {}.", names.join(", ")),
                })}
            </p>
            <div class="stories" role="group" aria-label="Stories">
                {STORIES.iter().map(|story| view! { <StoryButton lab=lab story=story/> }).collect_view()}
            </div>
        </section>
    }
}

/// Starts and pauses.
#[component]
pub fn PlayButton(lab: Lab, class: &'static str) -> impl IntoView {
    view! {
        <button class=class type="button" title="Space" on:click=move |_| lab.toggle()>
            {move || if lab.playing.get() { "Pause" } else { "Start" }}
        </button>
    }
}

/// The run of an earlier visit, while nothing else was begun.
#[component]
fn Left(lab: Lab) -> impl IntoView {
    let iteration = Memo::new(move |_| lab.left.with(|left| left.as_ref().map(Kept::iteration)));
    view! {
        <Show when=move || iteration.get().is_some()>
            <section class="run-bar wide" data-panel="left" aria-label="Earlier run">
                <p class="run-state">"This browser kept the run of your last visit, with its settings."</p>
                <button class="button" type="button" on:click=move |_| lab.take_up()>
                    {move || format!("Continue at iteration {}", iteration.get().unwrap_or(0))}
                </button>
                <button class="button" type="button" on:click=move |_| lab.discard()>"Discard"</button>
            </section>
        </Show>
    }
}

#[component]
fn StoryButton(lab: Lab, story: &'static Preset<TrainSettings>) -> impl IntoView {
    let is_shown = move || lab.store.settings.with(|now| story.is(now));
    let tell = move |_| lab.tell(story);
    view! {
        <div class="story-card">
            <button class="button" type="button" title=story.lesson aria-pressed=move || is_shown().to_string() on:click=tell>{story.title}</button>
            <p class="story-lesson">{story.lesson}</p>
        </div>
    }
}

/// The names of the settings that differ and need a restart.
fn changed(started: &TrainSettings, now: &TrainSettings) -> Vec<&'static str> {
    let (started, now) = (started.until_restart(), now.until_restart());
    let mut names: Vec<_> = ROWS.iter().filter(|row| link::value(row, &started) != link::value(row, &now)).map(|row| row.name).collect();
    // The cells are one list under one key; naming one of them says it.
    if started.cells().ne(now.cells()) {
        names.retain(|name| !["RNN", "LSTM", "GRU"].contains(name));
        names.push("Cells");
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::settings::CutKind;

    #[test]
    fn what_needs_a_restart_is_named() {
        let started = TrainSettings::default();
        let now = TrainSettings { hidden_size: 8, gru: false, learning_rate: 0.5, ..started.clone() };
        assert_eq!(changed(&started, &now), ["Hidden size", "Cells"]);
        assert!(changed(&started, &TrainSettings { window: 3, cut: CutKind::Window, ..started.clone() }).is_empty());
    }
}
