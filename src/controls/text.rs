//! A text of one's own.

use leptos::prelude::*;

use super::about::About;
use super::draft::{self, Draft};
use super::help::Help;
use super::reset::Reset;

/// A text is used as it is typed, as long as it can be; one that cannot leaves the text as it was before, and a message says why.
#[component]
pub fn TextControl(
    about: About,
    default: String,
    #[prop(into)] value: Signal<String>,
    /// Why a text cannot be used, as a sentence.
    check: fn(&str) -> Result<(), String>,
    #[prop(into)] on_input: Callback<String>,
    #[prop(into)] on_commit: Callback<()>,
) -> impl IntoView {
    let draft = RwSignal::new(None::<Draft<String>>);
    let type_text = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        let before = untrack(|| draft::current(draft, value));
        let start = before.map_or_else(|| value.get_untracked(), |draft| draft.start);
        let (sent, message) = match check(&text) {
            Ok(()) => (text.clone(), None),
            Err(reason) => (start.clone(), Some(format!("{reason} The text before stays in use."))),
        };
        draft.set(Some(Draft { text, start, sent: sent.clone(), message }));
        if value.with_untracked(|value| *value != sent) {
            on_input.run(sent);
        }
    };
    let finish = move |_| {
        let typed = untrack(|| draft::current(draft, value));
        if typed.is_some_and(|typed| typed.message.is_none()) {
            draft.set(None);
            on_commit.run(());
        }
    };
    let shown = Memo::new(move |_| draft::current(draft, value).map_or_else(|| value.get(), |draft| draft.text));
    let message = Memo::new(move |_| draft::current(draft, value).and_then(|draft| draft.message));
    let count = move || {
        shown.with(|text| {
            let characters = text.chars().count();
            let different = text.chars().collect::<std::collections::HashSet<_>>().len();
            format!("{characters} characters, {different} different")
        })
    };
    let idle = Signal::derive(move || about.is_idle());
    let fallback = default.clone();
    let changed = Signal::derive(move || value.with(|value| *value != fallback));
    let restored = default.clone();
    let reset = Callback::new(move |()| {
        draft.set(None);
        on_input.run(restored.clone());
        on_commit.run(());
    });
    let id = about.id();
    let count_id = format!("{id}-count");
    let message_id = format!("{id}-message");
    let described_by = {
        let (count_id, message_id) = (count_id.clone(), message_id.clone());
        move || {
            if message.with(Option::is_some) {
                message_id.clone()
            } else {
                count_id.clone()
            }
        }
    };
    view! {
        <div class="control control-text" class:idle=idle title=move || about.idle.get()>
            <div class="control-label">
                <label for=id.clone()>{about.name}</label>
                <Help about accepted="" />
            </div>
            <span class="control-count" id=count_id>{count}</span>
            <Reset name=about.name default="the sentence it began with".to_owned() changed disabled=idle on_reset=reset />
            <textarea
                id=id
                rows="2"
                spellcheck="false"
                disabled=idle
                aria-invalid=move || message.with(Option::is_some).then_some("true")
                aria-describedby=described_by
                prop:value=move || shown.get()
                on:input=type_text
                on:change=finish
            ></textarea>
            {move || {
                let id = message_id.clone();
                message.get().map(|message| view! { <p class="control-message" role="alert" id=id>{message}</p> })
            }}
        </div>
    }
}
