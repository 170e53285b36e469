//! The help of a control: a sentence, a formula, and why it is disabled if it is.

use leptos::prelude::*;

use super::about::About;

/// A small "?" that opens the help over what is below it. Escape or leaving it closes it.
#[component]
pub fn Help(
    about: About,
    /// A line about what is accepted or chosen; may be empty.
    #[prop(into)]
    accepted: Signal<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let id = format!("{}-help", about.id());
    let panel_id = id.clone();
    let panel = move || {
        let formula = Some(about.formula).filter(|formula| !formula.is_empty());
        view! {
            <div class="control-help-panel" role="note" id=panel_id.clone()>
                {move || about.idle.get().map(|reason| view! { <p class="control-idle-reason">{reason}</p> })}
                <p>{about.help}</p>
                {formula.map(|formula| view! { <div class="control-formula" inner_html=formula></div> })}
                {move || Some(accepted.get()).filter(|text| !text.is_empty()).map(|text| view! { <p class="control-accepted">{text}</p> })}
            </div>
        }
    };
    view! {
        <button
            type="button"
            class="control-help"
            aria-label=format!("Help: {}", about.name)
            aria-expanded=move || open.get().to_string()
            aria-controls=id
            on:click=move |_| open.update(|open| *open = !*open)
            on:blur=move |_| open.set(false)
            on:keydown=move |event| {
                if open.get_untracked() && event.key() == "Escape" {
                    event.stop_propagation();
                    open.set(false);
                }
            }
        >
            "?"
        </button>
        {move || open.get().then(&panel)}
    }
}
