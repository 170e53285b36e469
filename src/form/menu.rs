//! The menu of presets: title and lesson of each, in the order of the story.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Form, Preset};

/// A menu button. Arrow keys, Home and End move in the menu, a letter jumps to the next title that starts with it, Escape closes it.
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
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let menu = NodeRef::<html::Div>::new();

    let focus_item = move |place: usize| {
        // The menu may be gone by the frame that this waits for.
        let items = menu.try_get_untracked().flatten().and_then(|menu| menu.query_selector_all("[role=menuitemradio]").ok());
        let item = items.and_then(|items| items.item(place as u32));
        if let Some(item) = item.and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A focus that the browser refuses leaves the page usable.
            let _ = item.focus();
        }
    };
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let current_place = move || current.get_untracked().and_then(|id| presets.iter().position(|preset| preset.id == id));
    let open_at = move |place: usize| {
        open.set(true);
        // The items exist after the view has followed the signal.
        request_animation_frame(move || focus_item(place));
    };
    let button_key = move |event: web_sys::KeyboardEvent| {
        let place = match event.key().as_str() {
            "ArrowDown" => current_place().unwrap_or(0),
            "ArrowUp" => current_place().unwrap_or(presets.len() - 1),
            _ => return,
        };
        event.prevent_default();
        open_at(place);
    };
    let item_key = move |event: web_sys::KeyboardEvent, place: usize| {
        let last = presets.len() - 1;
        let key = event.key();
        let next = match key.as_str() {
            "ArrowDown" => (place + 1) % presets.len(),
            "ArrowUp" => place.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            "Escape" => {
                event.stop_propagation();
                return close();
            }
            "Tab" => return open.set(false),
            _ => match title_after(presets, place, &key) {
                Some(found) => found,
                None => return,
            },
        };
        event.prevent_default();
        // The page's own shortcuts are not meant while the menu is used.
        event.stop_propagation();
        focus_item(next);
    };
    let leave = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let within = menu.get_untracked().is_some_and(|menu| menu.contains(to.as_ref()));
        let on_button = button.get_untracked().is_some_and(|button| button.contains(to.as_ref()));
        if !within && !on_button {
            open.set(false);
        }
    };

    let items = move || {
        presets
            .iter()
            .enumerate()
            .map(|(place, preset)| {
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
                        on:keydown=move |event| item_key(event, place)
                        on:click=move |_| {
                            close();
                            on_choose.run(preset);
                        }
                    >
                        <span class="preset-title" id=title_id.clone()>{preset.title}</span>
                        <span class="preset-lesson" id=lesson_id.clone()>{preset.lesson}</span>
                    </button>
                }
            })
            .collect::<Vec<_>>()
    };

    view! {
        <div class="presets" on:focusout=leave>
            <button
                type="button"
                class="presets-button"
                node_ref=button
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                on:keydown=button_key
                on:click=move |_| if open.get_untracked() { close() } else { open_at(current_place().unwrap_or(0)) }
            >
                {label}
                <svg class="caret" viewBox="0 0 10 10" aria-hidden="true"><path d="M2 3.5 5 6.5 8 3.5" /></svg>
            </button>
            <Show when=move || open.get()>
                <div class="presets-menu" role="menu" aria-label=label node_ref=menu>{items()}</div>
            </Show>
        </div>
    }
}

/// The next preset after a place whose title starts with the typed letter.
fn title_after<S>(presets: &[Preset<S>], place: usize, key: &str) -> Option<usize> {
    let mut characters = key.chars();
    let letter = characters.next().filter(|_| characters.next().is_none())?;
    (1..=presets.len())
        .map(|offset| (place + offset) % presets.len())
        .find(|&at| presets[at].title.chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&letter)))
}
