//! The page's frame: top bar and the lab under it.

use leptos::prelude::*;

use crate::browser::storage;
use crate::browser::theme::Theme;
use crate::browser::{clipboard, history};
use crate::charts;
use crate::form::Notice;
use crate::form::{Preset, PresetsMenu};
use crate::labs::flow::import::{ImportButton, Importer};
use crate::labs::flow::presets::PRESETS;
use crate::labs::flow::store::Store;
use crate::labs::flow::{EmbedLab, FlowLab};
use crate::labs::keys::is_the_labs;
use crate::labs::train::store::TrainStore;
use crate::labs::train::TrainLab;

/// Set once the tour has been shown, so that it opens by itself only on the first visit.
const TOUR_SEEN: &str = "tour-seen";

/// The path of the Train lab.
const TRAIN: &str = "train";

/// The whole page: the lab that the path names.
#[component]
pub fn App() -> impl IntoView {
    match history::route().as_str() {
        TRAIN => view! { <TrainPage/> }.into_any(),
        _ => view! { <FlowPage/> }.into_any(),
    }
}

/// The themes of the charts, for one of the page.
fn chart_theme(theme: RwSignal<Theme>) -> Signal<charts::Theme> {
    Signal::derive(move || match theme.get() {
        Theme::Light => charts::Theme::Light,
        Theme::Dark => charts::Theme::Dark,
    })
}

#[component]
fn FlowPage() -> impl IntoView {
    let store = Store::new();
    if store.is_embedded() {
        return view! { <EmbedLab store=store theme=chart_theme(store.theme)/> }.into_any();
    }
    let importer = Importer::new(store);
    let tour = RwSignal::new(storage::read(TOUR_SEEN).is_none());
    Effect::new(move |was_open: Option<bool>| {
        let open = tour.get();
        if was_open == Some(true) && !open {
            store.keep(TOUR_SEEN, "yes", "that you have seen the tour");
        }
        open
    });
    let current = Signal::derive(move || store.settings.with(|s| PRESETS.iter().find(|p| p.is(s)).map(|p| p.id)));
    let choose = move |preset: &'static Preset<_>| {
        let settings = store.settings.with_untracked(|current| preset.over(current));
        store.apply(settings);
    };
    view! {
        <a class="skip-link" href="#stage">"Skip to the charts"</a>
        <button class="skip-link" type="button" on:click=move |_| importer.pick()>"Import a model"</button>
        <TopBar route="">
            <UndoButtons
                can_undo=Signal::derive(move || store.can_undo())
                can_redo=Signal::derive(move || store.can_redo())
                on_undo=move |()| store.undo()
                on_redo=move |()| store.redo()
            />
            <PresetsMenu presets=PRESETS current=current on_choose=choose/>
            <ImportButton importer=importer/>
            <ShareButton
                before=move |()| store.commit()
                fragment=move |()| store.fragment()
                notify=move |notice| store.notify(notice)
                changed=Signal::derive(move || store.settings.track())
            />
            <ThemeButton theme=store.theme on_choose=move |theme| store.choose_theme(theme)/>
            <button class="button icon-button" type="button" aria-label="Help" title="Open the tour" on:click=move |_| tour.set(true)>"?"</button>
        </TopBar>
        <FlowLab store=store theme=chart_theme(store.theme) tour=tour importer=importer/>
        <footer class="page-foot">
            <span>"Every number is computed in your browser, in float64, and checked against PyTorch."</span>
            <span>"Keys: ← → Home End move the cursor, Space plays the backward pass, Esc unpins, P keeps the state to compare with, L copies a link, Ctrl+Z undoes."</span>
        </footer>
    }
    .into_any()
}

#[component]
fn TrainPage() -> impl IntoView {
    let store = TrainStore::new();
    document().set_title("Train · Unroll: watch the gradient while the net learns");
    view! {
        <a class="skip-link" href="#stage">"Skip to the charts"</a>
        <TopBar route=TRAIN>
            <UndoButtons
                can_undo=Signal::derive(move || store.can_undo())
                can_redo=Signal::derive(move || store.can_redo())
                on_undo=move |()| store.undo()
                on_redo=move |()| store.redo()
            />
            <ShareButton
                before=move |()| store.commit()
                fragment=|()| Ok(String::new())
                notify=move |notice| store.notify(notice)
                changed=Signal::derive(move || store.settings.track())
            />
            <ThemeButton theme=store.theme on_choose=move |theme| store.choose_theme(theme)/>
        </TopBar>
        <TrainLab store=store theme=chart_theme(store.theme)/>
        <footer class="page-foot">
            <span>"Every number is computed in your browser and checked against PyTorch."</span>
            <span>"Keys: Space starts and pauses, S takes a step, ← → Home End choose a checkpoint, L copies a link, Ctrl+Z undoes."</span>
        </footer>
    }
}

/// The name, the labs, and on the right what the lab offers.
#[component]
fn TopBar(route: &'static str, children: Children) -> impl IntoView {
    let link = |to: &'static str, label: &'static str| {
        // From the app's folder, so that it works under any path.
        view! { <a href=format!("{}{to}", history::root()) aria-current=(to == route).then_some("page")>{label}</a> }
    };
    view! {
        <header class="top-bar">
            <h1>"Unroll"</h1>
            <nav class="labs" aria-label="Labs">{link("", "Flow")} {link(TRAIN, "Train")}</nav>
            <p class="tagline">"See gradients vanish or explode"</p>
            <span class="spacer"></span>
            {children()}
        </header>
    }
}

/// Steps over the settings, back and forward.
#[component]
fn UndoButtons(
    #[prop(into)] can_undo: Signal<bool>,
    #[prop(into)] can_redo: Signal<bool>,
    #[prop(into)] on_undo: Callback<()>,
    #[prop(into)] on_redo: Callback<()>,
) -> impl IntoView {
    view! {
        <button class="button icon-button" type="button" aria-label="Undo" title="Undo (Ctrl+Z)" disabled=move || !can_undo.get() on:click=move |_| on_undo.run(())>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M6 3 2.5 6.5 6 10M3 6.5h6.5a3.75 3.75 0 0 1 0 7.5H7" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>
        </button>
        <button class="button icon-button" type="button" aria-label="Redo" title="Redo (Shift+Ctrl+Z)" disabled=move || !can_redo.get() on:click=move |_| on_redo.run(())>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M10 3l3.5 3.5L10 10m3-3.5H6.5a3.75 3.75 0 0 0 0 7.5H9" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>
        </button>
    }
}

#[component]
fn ThemeButton(theme: RwSignal<Theme>, #[prop(into)] on_choose: Callback<Theme>) -> impl IntoView {
    view! {
        <button
            class="button icon-button"
            type="button"
            aria-label="Theme"
            title=move || if theme.get() == Theme::Dark { "Dark; switch to light" } else { "Light; switch to dark" }
            on:click=move |_| on_choose.run(theme.get_untracked().other())
        >
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/>
                <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/>
            </svg>
        </button>
    }
}

/// Copies the address with what it only names behind its #; the key L does the same.
#[component]
fn ShareButton(
    /// Brings the address up to date.
    #[prop(into)]
    before: Callback<()>,
    /// What goes behind the address' #, or why that is too much.
    #[prop(into)]
    fragment: Callback<(), Result<String, String>>,
    #[prop(into)] notify: Callback<Notice>,
    /// Tracks everything that the address holds.
    changed: Signal<()>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let share = move || {
        before.run(());
        let refused = move || {
            notify.run(Notice::info("The browser did not let the page copy the link; the address bar holds the same one."));
        };
        let Ok(mut address) = window().location().href() else { return refused() };
        match fragment.run(()) {
            Ok(fragment) if fragment.is_empty() => {}
            Ok(fragment) => address = format!("{}#{fragment}", address.split('#').next().unwrap_or_default()),
            Err(sentence) => notify.run(Notice::info(format!(
                "{sentence} The copied link opens them in this browser only; to pass them on, send the file that “Experiment as JSON” saves."
            ))),
        }
        leptos::task::spawn_local(async move {
            if clipboard::copy(&address).await {
                copied.set(true);
            } else {
                refused();
            }
        });
    };
    let key = window_event_listener(leptos::ev::keydown, move |event| {
        if is_the_labs(&event) && event.key().eq_ignore_ascii_case("l") {
            share();
        }
    });
    on_cleanup(move || key.remove());
    // The word goes back as soon as there is something new to share.
    Effect::new(move |_| {
        changed.get();
        copied.set(false);
    });
    view! {
        <button class="button share" type="button" title="Copy a link to exactly this state (L)" on:click=move |_| share()>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path
                    d=move || if copied.get() { "M3 8.5 6.5 12 13 4.5" } else { "M6.5 9.5 9.5 6.5M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7" }
                    fill="none"
                    stroke="currentColor"
                    stroke-width="1.5"
                />
            </svg>
            <span aria-live="polite">{move || if copied.get() { "Link copied" } else { "Share" }}</span>
        </button>
    }
}
