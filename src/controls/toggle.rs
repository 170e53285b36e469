//! On or off.

use leptos::prelude::*;

use super::about::About;
use super::help::Help;

/// A checkbox. Where it cannot be switched now, `locked` says why.
#[component]
pub fn ToggleControl(
    about: About,
    #[prop(into)] value: Signal<bool>,
    #[prop(into)] locked: Signal<Option<String>>,
    #[prop(into)] on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <div class="control control-toggle" data-name=about.name title=move || locked.get().or_else(|| about.idle.get())>
            <label>
                <input
                    type="checkbox"
                    id=about.id()
                    disabled=move || about.is_idle() || locked.with(Option::is_some)
                    prop:checked=move || value.get()
                    on:change=move |event| on_change.run(event_target_checked(&event))
                />
                <span>{about.name}</span>
            </label>
            <Help about accepted="" />
        </div>
    }
}
