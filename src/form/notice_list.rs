//! Notices: sentences about what was not used as it came.

use leptos::prelude::*;

use super::notice::{Notice, Tone};

/// A list of notices, each of which can be put away.
#[component]
pub fn NoticeList(#[prop(into)] notices: Signal<Vec<Notice>>, #[prop(into)] on_dismiss: Callback<Notice>) -> impl IntoView {
    view! {
        <div class="notices" role="status">
            <For each=move || notices.get() key=|notice| notice.text.clone() let:notice>
                {
                    let shown = notice.clone();
                    view! {
                        <div class="notice" class:warning=notice.tone == Tone::Warning>
                            <p>{notice.text.clone()}</p>
                            <button
                                type="button"
                                class="notice-dismiss"
                                aria-label="Dismiss this notice"
                                on:click=move |_| on_dismiss.run(shown.clone())
                            >
                                "×"
                            </button>
                        </div>
                    }
                }
            </For>
        </div>
    }
}
