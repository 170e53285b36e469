//! The page's frame: top bar and the lab under it.

use leptos::prelude::*;

use crate::charts::Theme;
use crate::controls::PresetMenu;
use crate::labs::flow::FlowLab;
use crate::state::presets::PRESETS;
use crate::state::storage;
use crate::state::store::Store;

/// Set once the tour has been shown, so that it opens by itself only on the first visit.
const TOUR_SEEN: &str = "unroll.tour-seen";

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::new();
    let tour = RwSignal::new(storage::read(TOUR_SEEN).is_none());
    Effect::new(move |was_open: Option<bool>| {
        let open = tour.get();
        if was_open == Some(true) && !open {
            storage::write(TOUR_SEEN, "yes");
        }
        open
    });
    view! {
        <a class="skip-link" href="#stage">"Skip to the charts"</a>
        <TopBar store=store tour=tour/>
        <FlowLab store=store tour=tour/>
        <footer class="page-foot">
            <span>"All numbers are computed in your browser in float64 and checked against PyTorch."</span>
            <span>"Keys: ← → step, Home End, Space plays the backward pass, Esc unpins, Ctrl+Z undoes."</span>
        </footer>
    }
}

#[component]
fn TopBar(store: Store, tour: RwSignal<bool>) -> impl IntoView {
    let copied = RwSignal::new(false);
    let share = move |_| {
        store.commit();
        if let Ok(address) = window().location().href() {
            let promise = window().navigator().clipboard().write_text(&address);
            leptos::task::spawn_local(async move {
                let done = wasm_bindgen_futures::JsFuture::from(promise).await.is_ok();
                copied.set(done);
                if !done {
                    store.notify("The browser did not let the page copy; the address bar holds the same link.");
                }
            });
        }
    };
    // The word goes back as soon as there is something new to share.
    Effect::new(move |_| {
        store.settings.track();
        copied.set(false);
    });
    view! {
        <header class="top-bar">
            <h1>"Unroll" <span class="tagline">"see gradients vanish or explode"</span></h1>
            <span class="spacer"></span>
            <PresetMenu presets=&PRESETS current=store.settings on_choose=Callback::new(move |id| store.apply_preset(id))/>
            <button class="button" type="button" title="Copy a link to exactly this state" on:click=share>
                <span aria-live="polite">{move || if copied.get() { "Link copied" } else { "Share" }}</span>
            </button>
            <button
                class="button"
                type="button"
                aria-label="Theme"
                title=move || if store.theme.get() == Theme::Dark { "Dark; switch to light" } else { "Light; switch to dark" }
                on:click=move |_| store.toggle_theme()
            >
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                    <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/>
                    <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/>
                </svg>
            </button>
            <button class="button" type="button" aria-label="Help" title="Open the tour" on:click=move |_| tour.set(true)>"?"</button>
        </header>
    }
}
