//! Light or dark: as the system has it, until the user chooses.

use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;

use super::storage;

const KEY: &str = "theme";

/// The theme on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// Its word in storage and in the `data-theme` attribute.
    pub fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.word() == word)
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }
}

/// The theme's signal, kept on `<html data-theme>`. It follows the system as long as nothing was chosen.
pub fn start() -> RwSignal<Theme> {
    let system = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    let of_system = |query: &web_sys::MediaQueryList| {
        if query.matches() {
            Theme::Dark
        } else {
            Theme::Light
        }
    };
    let chosen = || storage::read(KEY).and_then(|word| Theme::from_word(&word));
    let first = chosen().or_else(|| system.as_ref().map(of_system)).unwrap_or(Theme::Light);
    let theme = RwSignal::new(first);

    if let Some(query) = system {
        let watched = query.clone();
        let listener = Closure::<dyn Fn()>::new(move || {
            if chosen().is_none() {
                theme.set(of_system(&watched));
            }
        });
        let function = listener.as_ref().unchecked_ref();
        if query.add_event_listener_with_callback("change", function).is_ok() {
            let kept = StoredValue::new_local((query, listener));
            on_cleanup(move || {
                kept.with_value(|(query, listener)| {
                    let function = listener.as_ref().unchecked_ref();
                    // It was added above, so there is nothing that could fail.
                    let _ = query.remove_event_listener_with_callback("change", function);
                });
            });
        }
    }

    Effect::new(move || {
        if let Some(root) = document().document_element() {
            // Setting a valid attribute name does not fail.
            let _ = root.set_attribute("data-theme", theme.get().word());
        }
    });
    theme
}

/// Keeps the user's choice.
///
/// # Errors
/// A sentence when the browser does not keep it.
pub fn choose(theme: RwSignal<Theme>, choice: Theme) -> Result<(), String> {
    theme.set(choice);
    storage::write(KEY, choice.word(), "the choice of theme")
}
