//! What the dialog's forms are made of.

use leptos::prelude::*;

use super::importer::Importer;

/// The dialog's two buttons.
pub(super) fn buttons(importer: Importer, ready: Signal<bool>, import: impl Fn() + 'static) -> impl IntoView {
    view! {
        <div class="dialog-buttons">
            <button class="button" type="button" on:click=move |_| importer.pending.set(None)>"Cancel"</button>
            <button class="button primary" type="button" disabled=move || !ready.get() on:click=move |_| import()>"Import"</button>
        </div>
    }
}

/// One of several ways, as radio buttons with a legend.
pub(super) fn radios<T: Copy + PartialEq + Send + Sync + 'static>(
    legend: &'static str,
    group: &'static str,
    options: Vec<(T, String)>,
    chosen: impl Fn() -> T + Copy + Send + Sync + 'static,
    choose: impl Fn(T) + Copy + 'static,
) -> impl IntoView {
    let option = move |(value, words): (T, String)| {
        view! {
            <label class="dialog-option">
                <input type="radio" name=group prop:checked=move || chosen() == value on:change=move |_| choose(value)/>
                {words}
            </label>
        }
    };
    view! { <fieldset class="dialog-row"><legend>{legend}</legend>{options.into_iter().map(option).collect_view()}</fieldset> }
}
