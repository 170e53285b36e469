//! The button that puts a default back.

use leptos::prelude::*;

/// Quiet while there is nothing to reset. It is not disabled then: it would lose the focus by being pressed.
#[component]
pub fn Reset(
    name: &'static str,
    /// What it goes back to, for the tooltip.
    #[prop(into)]
    default: Signal<String>,
    changed: Signal<bool>,
    disabled: Signal<bool>,
    on_reset: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="control-reset"
            class:changed=move || changed.get()
            aria-label=format!("Reset {name}")
            title=move || format!("Back to {}", default.get())
            disabled=move || disabled.get()
            on:click=move |_| on_reset.run(())
        >
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M3.5 6.5A5 5 0 1 1 3 9.2M3.2 2.8v3.9h3.9" />
            </svg>
        </button>
    }
}
