//! A number: slider, field, unit and reset in one row.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::about::About;
use super::draft::{self, Draft};
use super::help::Help;
use super::reset::Reset;
use super::stepping::{is_hopeless, position, stepped, value_at};
use super::value::{format_number, Range};

/// Steps of the page keys, and of an arrow key with Shift.
const LARGE_STEP: f64 = 10.0;

/// Slider and field show the same number. A value that is typed is used as soon as it is acceptable; one that is not leaves the number
/// as it was before the typing began, and a message says what is accepted.
#[component]
pub fn NumberControl(
    about: About,
    range: Range,
    /// Behind the value; may be empty.
    unit: &'static str,
    #[prop(into)] default: Signal<f64>,
    #[prop(into)] value: Signal<f64>,
    /// Every change, also during a drag.
    #[prop(into)]
    on_input: Callback<f64>,
    /// The gesture is over.
    #[prop(into)]
    on_commit: Callback<()>,
) -> impl IntoView {
    let draft = RwSignal::new(None::<Draft<f64>>);
    // An arrow key that is held down is one gesture, although the browser reports a change for every repeat.
    let key_held = StoredValue::new(false);

    let set = move |new: f64| {
        draft.set(None);
        on_input.run(new);
    };
    let release_key = move || {
        if key_held.get_value() {
            key_held.set_value(false);
            on_commit.run(());
        }
    };
    let reset = Callback::new(move |()| {
        set(default.get_untracked());
        on_commit.run(());
    });

    let slide = move |event: web_sys::Event| {
        if let Ok(place) = event_target_value(&event).parse() {
            set(value_at(&range, place));
        }
    };
    let type_text = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        let before = draft::current(draft, value);
        let start = before.map_or_else(|| value.get_untracked(), |draft| draft.start);
        let parsed = range.parse(&text);
        let sent = parsed.unwrap_or(start);
        let message = (parsed.is_none() && is_hopeless(&range, &text)).then(|| complaint(about.name, &range, &text, start));
        draft.set(Some(Draft { text, start, sent, message }));
        if sent != value.get_untracked() {
            on_input.run(sent);
        }
    };
    let finish_typing = move || {
        let Some(mut typed) = untrack(|| draft::current(draft, value)) else {
            return;
        };
        if range.parse(&typed.text).is_some() {
            draft.set(None);
            on_commit.run(());
        } else if typed.message.is_none() {
            typed.message = Some(complaint(about.name, &range, &typed.text, typed.start));
            draft.set(Some(typed));
        }
    };
    let field_key = move |event: web_sys::KeyboardEvent| {
        let steps = match (event.key().as_str(), event.shift_key()) {
            ("ArrowUp", false) => 1.0,
            ("ArrowDown", false) => -1.0,
            ("ArrowUp", true) | ("PageUp", _) => LARGE_STEP,
            ("ArrowDown", true) | ("PageDown", _) => -LARGE_STEP,
            ("Enter", _) => return finish_typing(),
            ("Escape", _) => {
                if let Some(typed) = untrack(|| draft::current(draft, value)) {
                    event.stop_propagation();
                    set(typed.start);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        key_held.set_value(true);
        set(stepped(&range, value.get_untracked(), steps));
    };
    let slider_key = move |event: web_sys::KeyboardEvent| {
        let moves = event.key().starts_with("Arrow") || matches!(event.key().as_str(), "PageUp" | "PageDown" | "Home" | "End");
        if moves {
            key_held.set_value(true);
        }
    };

    let id = about.id();
    let message_id = format!("{id}-message");
    let idle = Signal::derive(move || about.is_idle());
    let shown = move || draft::current(draft, value).map_or_else(|| format_number(value.get()), |draft| draft.text);
    let message = Memo::new(move |_| draft::current(draft, value).and_then(|draft| draft.message));
    let fraction = move |value: f64| {
        let low = position(&range, range.slider_min);
        let high = position(&range, range.slider_max);
        format!("{}", (position(&range, value) - low) / (high - low))
    };
    let step = if range.log { "any".to_owned() } else { format_number(range.step) };

    view! {
        <div class="control control-number" class:idle=idle title=move || about.idle.get()>
            <div class="control-label">
                <label for=id.clone()>{about.name}</label>
                <Help about accepted=format!("Accepted: {}.", range.accepted()) />
            </div>
            <input
                type="range"
                class="control-slider"
                aria-label=about.name
                aria-valuetext=move || format!("{} {unit}", format_number(value.get())).trim_end().to_owned()
                min=format_number(position(&range, range.slider_min))
                max=format_number(position(&range, range.slider_max))
                step=step
                disabled=idle
                style:--fraction=move || fraction(value.get())
                style:--default=move || fraction(default.get())
                prop:value=move || format_number(position(&range, value.get()))
                on:input=slide
                on:change=move |_| {
                    if !key_held.get_value() {
                        on_commit.run(());
                    }
                }
                on:keydown=slider_key
                on:keyup=move |_| release_key()
                on:blur=move |_| release_key()
                on:dblclick=move |_| reset.run(())
            />
            <span class="control-field">
                <input
                    type="text"
                    role="spinbutton"
                    inputmode=if range.min < 0.0 { "text" } else if range.integer { "numeric" } else { "decimal" }
                    autocomplete="off"
                    spellcheck="false"
                    id=id
                    disabled=idle
                    aria-valuenow=move || format_number(value.get())
                    aria-valuemin=format_number(range.min)
                    aria-valuemax=format_number(range.max)
                    aria-invalid=move || message.with(Option::is_some).then_some("true")
                    aria-describedby=move || message.with(Option::is_some).then(|| message_id.clone())
                    data-editing=move || draft::current(draft, value).is_some()
                    prop:value=shown
                    on:input=type_text
                    on:keydown=field_key
                    on:keyup=move |_| release_key()
                    on:change=move |_| finish_typing()
                    on:blur=move |_| {
                        release_key();
                        finish_typing();
                    }
                    on:focus=|event| {
                        if let Some(field) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) {
                            field.select();
                        }
                    }
                />
                <span class="control-unit" aria-hidden="true">{unit}</span>
            </span>
            <Reset
                name=about.name
                default=Signal::derive(move || format_number(default.get()))
                changed=Signal::derive(move || value.get() != default.get())
                disabled=idle
                on_reset=reset
            />
            {
                let id = format!("{}-message", about.id());
                move || message.get().map(|message| view! { <p class="control-message" role="alert" id=id.clone()>{message}</p> })
            }
        </div>
    }
}

fn complaint(name: &str, range: &Range, text: &str, kept: f64) -> String {
    let kept = format_number(kept);
    let what = if text.trim().is_empty() {
        "Nothing was typed".to_owned()
    } else {
        let quoted: String = text.trim().chars().take(24).collect();
        format!("“{quoted}” is not used")
    };
    format!("{name} takes {}. {what}; it stays {kept}.", range.accepted())
}
