//! The control rail: every setting of the table. A bottom sheet on phones.

use leptos::prelude::*;
use unroll_engine::train::{CharacterOrder, Characters};

use crate::controls::{About, ChoiceControl, NumberControl, TextControl, ToggleControl};
use crate::training::settings::TrainSettings;
use crate::training::store::TrainStore;
use crate::training::table::{Group, Kind, Row, ROWS};

/// The rail. `open` matters on narrow screens only.
#[component]
pub fn Rail(store: TrainStore, open: RwSignal<bool>) -> impl IntoView {
    let group = |group: Group| {
        let rows: Vec<_> = ROWS.iter().filter(|row| row.group == group).map(|row| control(row, store)).collect();
        view! {
            <fieldset class="settings-group" data-group=group.title()>
                <legend>{group.title()}</legend>
                {rows}
            </fieldset>
        }
    };
    view! {
        <aside class="rail" id="rail" aria-label="Controls" class:open=move || open.get()>
            {Group::ALL.into_iter().map(group).collect_view()}
        </aside>
    }
}

fn control(row: &'static Row, store: TrainStore) -> AnyView {
    let settings = store.settings;
    let default = TrainSettings::default();
    let idle = Memo::new(move |_| settings.with(row.idle));
    let about = About { name: row.name, help: row.help, formula: "", idle: idle.into() };
    match row.kind {
        Kind::Number(range, get, set) => {
            let value = Memo::new(move |_| settings.with(get));
            let default = get(&default);
            let input = move |new| settings.update(|settings| set(settings, new));
            view! { <NumberControl about range unit=row.unit default value on_input=input on_commit=move |()| store.commit()/> }.into_any()
        }
        Kind::Choice(options, get, set) => {
            let value = Memo::new(move |_| settings.with(get));
            let choose = move |place| {
                settings.update(|settings| set(settings, place));
                store.commit();
            };
            view! { <ChoiceControl about options default=get(&default) value unavailable=|_| None on_choose=choose/> }.into_any()
        }
        Kind::Toggle(_, get, set) => {
            let value = Memo::new(move |_| settings.with(get));
            let alone = move |settings: &TrainSettings| get(settings) && settings.cells().count() == 1;
            let locked = Memo::new(move |_| settings.with(alone).then(|| "At least one cell has to train.".to_owned()));
            let change = move |on| {
                settings.update(|settings| set(settings, on));
                store.commit();
            };
            view! { <ToggleControl about value locked on_change=change/> }.into_any()
        }
        Kind::Text(get, set) => {
            let value = Memo::new(move |_| settings.with(|settings| get(settings).to_owned()));
            let input = move |new| settings.update(|settings| set(settings, new));
            let default = get(&default).to_owned();
            view! { <TextControl about default value check=check_text on_input=input on_commit=move |()| store.commit()/> }.into_any()
        }
    }
}

fn check_text(text: &str) -> Result<(), String> {
    Characters::new(text, 1, CharacterOrder::Random).map(|_| ()).map_err(|error| error.to_string())
}
