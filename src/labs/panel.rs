//! The frame that every panel shares: title, headline, one line on what is shown, tools, content.

use leptos::prelude::*;

/// A titled section of the lab.
#[component]
pub fn Panel(
    /// The name journeys and styles address it by.
    id: &'static str,
    /// The heading: what the panel is.
    title: &'static str,
    /// A sentence that changes with the data: what it says now.
    #[prop(into)]
    headline: Signal<String>,
    /// One line on what the reader is looking at.
    about: &'static str,
    /// Whether the panel takes the whole row.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let heading = format!("panel-{id}");
    let labelled_by = heading.clone();
    view! {
        <section class="panel" class:wide=wide data-panel=id aria-labelledby=labelled_by>
            <header>
                <h2 id=heading>{title}</h2>
                <p class="headline">{move || headline.get()}</p>
                <p class="about">{about}</p>
            </header>
            {children()}
        </section>
    }
}
