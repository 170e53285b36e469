//! A strip under the bar that says something and can be put away: help, a tour. It covers nothing and blocks nothing.

use leptos::prelude::*;

/// The strip while `open`, which Escape inside it ends; its children are its text and its buttons.
#[component]
pub fn Strip(open: RwSignal<bool>, label: &'static str, children: ChildrenFn) -> impl IntoView {
    view! {
        <Show when=move || open.get()>
            <section
                class="tour-strip"
                role="dialog"
                aria-label=label
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        open.set(false);
                    }
                }
            >
                {children()}
            </section>
        </Show>
    }
}
