//! One of several options: a row of segments where their labels fit side by side, a list for more.

use leptos::prelude::*;

use super::about::About;
use super::help::Help;
use super::reset::Reset;
use super::value::ChoiceOption;

/// The letters and the gaps of a row of segments that fits beside its name in the rail.
const ROOM: usize = 24;
const GAP: usize = 2;

/// The value is the option's place. A change is a finished gesture.
#[component]
pub fn ChoiceControl(
    about: About,
    options: &'static [ChoiceOption],
    default: usize,
    #[prop(into)] value: Signal<usize>,
    /// Why an option cannot be chosen now.
    #[prop(into)]
    unavailable: Callback<usize, Option<String>>,
    #[prop(into)] on_choose: Callback<usize>,
) -> impl IntoView {
    let idle = Signal::derive(move || about.is_idle());
    let segmented = options.iter().map(|option| option.label.chars().count() + GAP).sum::<usize>() <= ROOM;
    let label_id = format!("{}-label", about.id());
    let label = if segmented {
        view! { <span id=label_id.clone()>{about.name}</span> }.into_any()
    } else {
        view! { <label for=about.id()>{about.name}</label> }.into_any()
    };
    let body = if segmented {
        segments(about, options, value, unavailable, on_choose, label_id).into_any()
    } else {
        list(about, options, value, unavailable, on_choose).into_any()
    };
    let chosen_help =
        Signal::derive(move || options.get(value.get()).map_or_else(String::new, |option| format!("{}: {}", option.label, option.help)));
    view! {
        <div class="control control-choice" class:idle=idle title=move || about.idle.get()>
            <div class="control-label">
                {label}
                <Help about accepted=chosen_help />
            </div>
            {body}
            <Reset
                name=about.name
                default=options.get(default).map_or("", |option| option.label).to_owned()
                changed=Signal::derive(move || value.get() != default)
                disabled=idle
                on_reset=Callback::new(move |()| on_choose.run(default))
            />
        </div>
    }
}

fn segments(
    about: About,
    options: &'static [ChoiceOption],
    value: Signal<usize>,
    unavailable: Callback<usize, Option<String>>,
    on_choose: Callback<usize>,
    label_id: String,
) -> impl IntoView {
    let group = about.id();
    let segments: Vec<_> = options
        .iter()
        .enumerate()
        .map(|(place, option)| {
            let reason = Memo::new(move |_| unavailable.run(place));
            view! {
                <label class="segment" title=move || reason.get().unwrap_or_else(|| option.help.to_owned())>
                    <input
                        type="radio"
                        name=group.clone()
                        value=option.word
                        disabled=move || about.is_idle() || reason.with(Option::is_some)
                        prop:checked=move || value.get() == place
                        on:change=move |_| on_choose.run(place)
                    />
                    <span>{option.label}</span>
                </label>
            }
        })
        .collect();
    view! { <div class="segments" role="radiogroup" aria-labelledby=label_id id=about.id()>{segments}</div> }
}

fn list(
    about: About,
    options: &'static [ChoiceOption],
    value: Signal<usize>,
    unavailable: Callback<usize, Option<String>>,
    on_choose: Callback<usize>,
) -> impl IntoView {
    let entries: Vec<_> = options
        .iter()
        .enumerate()
        .map(|(place, option)| {
            view! {
                <option
                    value=option.word
                    disabled=move || unavailable.run(place).is_some()
                    prop:selected=move || value.get() == place
                >
                    {option.label}
                </option>
            }
        })
        .collect();
    let choose = move |event| {
        let word = event_target_value(&event);
        if let Some(place) = options.iter().position(|option| option.word == word) {
            on_choose.run(place);
        }
    };
    view! {
        <select class="control-select" id=about.id() disabled=move || about.is_idle() on:change=choose>
            {entries}
        </select>
    }
}
