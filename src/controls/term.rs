//! A word that explains itself.

use leptos::prelude::*;

/// A button in running text that shows what its word means, behind it. Escape or another press closes it.
#[component]
pub fn Term(word: &'static str, meaning: &'static str) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button
            type="button"
            class="term"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
            on:keydown=move |event| {
                if open.get_untracked() && event.key() == "Escape" {
                    event.stop_propagation();
                    open.set(false);
                }
            }
        >
            {word}
        </button>
        <Show when=move || open.get()>
            <span class="term-meaning" role="note">{meaning}</span>
        </Show>
    }
}
