//! The top bar: the name, the labs, and the buttons that every lab has.

use leptos::prelude::*;

use super::keys::is_the_labs;
use super::labs::{Lab, LABS};
use crate::browser::theme::Theme;
use crate::browser::{clipboard, history};
use crate::form::store::Live;
use crate::form::{Notice, Store};

/// The name, the labs, and on the right what the lab offers.
#[component]
pub fn TopBar(lab: &'static Lab, children: Children) -> impl IntoView {
    let link = |to: &&'static Lab| {
        // From the app's folder, so that it works under any path.
        let here = (to.route == lab.route).then_some("page");
        view! { <a href=format!("{}{}", history::root(), to.route) aria-current=here>{to.name}</a> }
    };
    view! {
        <header class="top-bar">
            <h1>"Unroll"</h1>
            <nav class="labs" aria-label="Labs">{LABS.iter().map(link).collect_view()}</nav>
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

/// What the bar of every lab has of its store: undo and redo, then `children`, the lab's own, then the link and the theme.
#[component]
pub fn StoreButtons<S: Live>(
    store: Store<S>,
    /// What goes behind a shared address' #; nothing where the query says everything.
    #[prop(optional)]
    fragment: Option<Callback<(), Result<String, String>>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let fragment = fragment.unwrap_or_else(|| Callback::new(|()| Ok(String::new())));
    view! {
        <UndoButtons
            can_undo=Signal::derive(move || store.can_undo())
            can_redo=Signal::derive(move || store.can_redo())
            on_undo=move |()| store.undo()
            on_redo=move |()| store.redo()
        />
        {children.map(|children| children())}
        <ShareButton
            before=move |()| store.commit()
            fragment
            notify=move |notice| store.notify(notice)
            changed=Signal::derive(move || store.settings.track())
        />
        <ThemeButton theme=store.theme on_choose=move |theme| store.choose_theme(theme)/>
    }
}

/// Light or dark.
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
