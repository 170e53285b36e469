//! The story bar: the preset that the page shows, its place in the story and its lesson, and the way to its neighbours and back.

use leptos::prelude::*;

use super::{Form, Preset};

/// Where the page stands in the story. Pure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// No preset has been shown yet.
    Before,
    /// The page shows this one.
    At(usize),
    /// The page showed this one, and its settings were changed since.
    Changed(usize),
}

impl Place {
    /// The place after the settings changed: `current` is the preset that they are.
    fn next(self, current: Option<usize>) -> Self {
        match (current, self) {
            (Some(place), _) => Self::At(place),
            (None, Self::At(place) | Self::Changed(place)) => Self::Changed(place),
            (None, Self::Before) => Self::Before,
        }
    }

    /// The station before and the one after.
    fn neighbours(self, count: usize) -> (Option<usize>, Option<usize>) {
        match self {
            Self::Before => (None, Some(0)),
            Self::At(place) | Self::Changed(place) => (place.checked_sub(1), Some(place + 1).filter(|next| *next < count)),
        }
    }
}

/// Two lines that stay where they are: what they say changes with the preset, and with the figures if `now` has some.
#[component]
pub fn StoryBar<S: Form>(
    presets: &'static [Preset<S>],
    /// The id of the preset that the page shows, if it shows one.
    #[prop(into)]
    current: Signal<Option<&'static str>>,
    #[prop(into)] on_choose: Callback<&'static Preset<S>>,
    /// What the lesson comes to in figures; may be empty.
    #[prop(optional, into)]
    now: Signal<String>,
) -> impl IntoView {
    let place = Memo::new(move |before: Option<&Place>| {
        let shown = current.get().and_then(|id| presets.iter().position(|preset| preset.id == id));
        before.copied().unwrap_or(Place::Before).next(shown)
    });
    let told = move || match place.get() {
        Place::Before => None,
        Place::At(place) | Place::Changed(place) => presets.get(place),
    };
    let is_changed = move || matches!(place.get(), Place::Changed(_));
    let count = move || match place.get() {
        Place::Before => format!("– / {}", presets.len()),
        Place::At(place) | Place::Changed(place) => format!("{} / {}", place + 1, presets.len()),
    };
    let neighbour = move |forward: bool| {
        let (before, after) = place.get().neighbours(presets.len());
        if forward { after } else { before }.and_then(|place| presets.get(place))
    };
    let step = move |forward: bool| {
        let (name, face) = if forward { ("Next station", "›") } else { ("Previous station", "‹") };
        // Not disabled at the ends: a button that is loses the focus by being pressed.
        let go = move |_| {
            if let Some(preset) = untrack(|| neighbour(forward)) {
                on_choose.run(preset);
            }
        };
        let title = move || neighbour(forward).map(|preset| preset.title);
        view! {
            <button class="button icon-button" type="button" aria-label=name title=title aria-disabled=move || neighbour(forward).is_none().to_string() on:click=go>
                {face}
            </button>
        }
    };
    view! {
        <section class="lesson-bar" aria-label="Story">
            <div class="story-steps">{step(false)} <span class="count">{count}</span> {step(true)}</div>
            <div class="story-text">
                <p aria-live="polite">
                    <b>{move || told().map_or("A story in order", |preset| preset.title)}</b>
                    " "
                    <span class="story-lesson">{move || told().map_or("Each station is a state of the page with a lesson; › starts.", |preset| preset.lesson)}</span>
                </p>
                <p class="story-now">
                    <Show when=is_changed fallback=move || now>
                        "Changed since: "
                        <button class="link-button" type="button" on:click=move |_| { if let Some(preset) = untrack(told) { on_choose.run(preset) } }>
                            "back to the preset"
                        </button>
                    </Show>
                </p>
            </div>
        </section>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_told_until_another_is_shown() {
        let mut place = Place::Before;
        for (shown, expected) in
            [(None, Place::Before), (Some(2), Place::At(2)), (None, Place::Changed(2)), (None, Place::Changed(2)), (Some(0), Place::At(0))]
        {
            place = place.next(shown);
            assert_eq!(place, expected);
        }
    }

    #[test]
    fn the_story_has_two_ends() {
        assert_eq!(Place::Before.neighbours(3), (None, Some(0)));
        assert_eq!(Place::At(0).neighbours(3), (None, Some(1)));
        assert_eq!(Place::Changed(1).neighbours(3), (Some(0), Some(2)));
        assert_eq!(Place::At(2).neighbours(3), (Some(1), None));
    }
}
