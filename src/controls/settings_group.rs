//! A group of the settings table as controls.

use leptos::prelude::*;

use super::about::About;
use super::choice::ChoiceControl;
use super::number::NumberControl;
use super::numbers::NumbersControl;
use super::text::TextControl;
use super::toggle::ToggleControl;
use crate::state::settings::{InputKind, Settings, CELLS};
use crate::state::table::{Group, Kind, Setting, SettingId, SETTINGS};

/// The settings of a group, in a fieldset. Every change goes to `settings` at once; `on_commit` marks the end of a gesture.
#[component]
pub fn SettingsGroup(group: Group, settings: RwSignal<Settings>, #[prop(into)] on_commit: Callback<()>) -> impl IntoView {
    // Numbers can be chosen as the input before there are any: the field for them opens, and the input stays until they come.
    let awaits_numbers = RwSignal::new(false);
    let rows: Vec<_> = group.settings().map(|setting| setting_control(setting, settings, on_commit, awaits_numbers)).collect();
    view! {
        <fieldset class="settings-group" data-group=group.title()>
            <legend>{group.title()}</legend>
            {rows}
        </fieldset>
    }
}

/// The settings with one URL key, for where they stand by themselves.
#[component]
pub fn SettingByKey(key: &'static str, settings: RwSignal<Settings>, #[prop(into)] on_commit: Callback<()>) -> impl IntoView {
    let awaits_numbers = RwSignal::new(false);
    let rows = SETTINGS.iter().filter(|setting| setting.key == Some(key));
    rows.map(|setting| setting_control(setting, settings, on_commit, awaits_numbers)).collect_view()
}

fn setting_control(
    setting: &'static Setting,
    settings: RwSignal<Settings>,
    on_commit: Callback<()>,
    awaits_numbers: RwSignal<bool>,
) -> AnyView {
    let default = Settings::default();
    let idle = Memo::new(move |_| settings.with(setting.idle));
    let about = About { name: setting.name, help: setting.help, formula: setting.formula, idle: idle.into() };
    match &setting.kind {
        Kind::Number(number) => {
            let value = Memo::new(move |_| settings.with(number.get));
            // Only a net that comes or goes changes a default; a drag must not build all settings anew.
            let brought = Memo::new(move |_| settings.with(|settings| CELLS.map(|cell| settings.given(cell).is_some())));
            let default = Memo::new(move |_| {
                brought.get();
                (number.get)(&settings.with_untracked(Settings::untouched))
            });
            view! {
                <NumberControl
                    about
                    range=number.range
                    unit=setting.unit
                    default
                    value
                    on_input=move |new| settings.update(|settings| (number.set)(settings, new))
                    on_commit
                />
            }
            .into_any()
        }
        Kind::Choice(choice) => {
            let is_input = setting.id == SettingId::Input;
            let value = Memo::new(move |_| {
                let chosen = settings.with(choice.get);
                let numbers = choice.options.iter().position(|option| option.word == "numbers");
                match numbers {
                    Some(numbers) if is_input && awaits_numbers.get() => numbers,
                    _ => chosen,
                }
            });
            let choose = move |place: usize| {
                let mut chosen = settings.get_untracked();
                (choice.set)(&mut chosen, place);
                let missing = chosen.input == InputKind::Numbers && chosen.numbers.is_none();
                if is_input {
                    awaits_numbers.set(missing);
                }
                if !missing {
                    settings.set(chosen);
                    on_commit.run(());
                }
            };
            view! {
                <ChoiceControl
                    about
                    options=choice.options
                    default=(choice.get)(&default)
                    value
                    unavailable=move |place| settings.with(|settings| (choice.unavailable)(settings, place))
                    on_choose=choose
                />
            }
            .into_any()
        }
        Kind::Toggle(toggle) => {
            let value = Memo::new(move |_| settings.with(toggle.get));
            let locked = Memo::new(move |_| settings.with(toggle.locked));
            let change = move |on| {
                settings.update(|settings| {
                    (toggle.set)(settings, on);
                    settings.normalise();
                });
                on_commit.run(());
            };
            view! { <ToggleControl about value locked on_change=change /> }.into_any()
        }
        Kind::Text(text) => {
            let value = Memo::new(move |_| settings.with(|settings| (text.get)(settings).to_owned()));
            view! {
                <TextControl
                    about
                    default=(text.get)(&default).to_owned()
                    value
                    check=text.check
                    on_input=move |new| settings.update(|settings| (text.set)(settings, new))
                    on_commit
                />
            }
            .into_any()
        }
        Kind::Numbers { get, set } => {
            let loaded = Memo::new(move |_| settings.with(|settings| get(settings).map(describe_table)));
            let open = Memo::new(move |_| awaits_numbers.get() || idle.with(Option::is_none));
            let load = move |table| {
                awaits_numbers.set(false);
                settings.update(|settings| set(settings, table));
                on_commit.run(());
            };
            view! { <NumbersControl about loaded open on_open=move |()| awaits_numbers.set(true) on_load=load /> }.into_any()
        }
    }
}

fn describe_table(table: &unroll_engine::signal::Table) -> String {
    format!("{} rows of {}", table.rows(), table.columns.join(", "))
}
