//! The menu of presets: title and lesson of each, in the order of the story.

use leptos::prelude::*;

use super::{Form, Preset};
use crate::controls::Menu;

/// A menu of presets.
#[component]
pub fn PresetsMenu<S: Form>(
    presets: &'static [Preset<S>],
    /// The id of the preset that the page shows, if it shows one.
    #[prop(into)]
    current: Signal<Option<&'static str>>,
    #[prop(into)] on_choose: Callback<&'static Preset<S>>,
    /// What stands on the button.
    #[prop(default = "Presets")]
    label: &'static str,
) -> impl IntoView {
    let item = move |preset: &'static Preset<S>| {
        let title_id = format!("preset-{}", preset.id);
        let lesson_id = format!("{title_id}-lesson");
        view! {
            <button
                type="button"
                role="menuitemradio"
                class="preset"
                tabindex="-1"
                aria-checked=move || (current.get() == Some(preset.id)).to_string()
                aria-labelledby=title_id.clone()
                aria-describedby=lesson_id.clone()
                on:click=move |_| on_choose.run(preset)
            >
                <span class="preset-title" id=title_id.clone()>{preset.title}</span>
                <span class="preset-lesson" id=lesson_id.clone()>{preset.lesson}</span>
            </button>
        }
    };
    let face = move || view! { {label}<svg class="caret" viewBox="0 0 10 10" aria-hidden="true"><path d="M2 3.5 5 6.5 8 3.5" /></svg> };
    view! {
        <Menu label=label.to_owned() class="presets-button" classes=["presets", "presets-menu"] face>
            {presets.iter().map(item).collect_view()}
        </Menu>
    }
}
