//! A group of a form's rows as controls.

use leptos::prelude::*;
use unroll_engine::signal::Table;

use super::row::{Group, Kind, Row};
use super::Form;
use crate::controls::{About, ChoiceControl, NumberControl, NumbersControl, TextControl, ToggleControl};

/// The settings of a group, in a fieldset. Every change goes to `settings` at once; `on_commit` marks the end of a gesture.
#[component]
pub fn SettingsGroup<S: Form>(group: Group, settings: RwSignal<S>, #[prop(into)] on_commit: Callback<()>) -> impl IntoView {
    // Numbers can be chosen as the input before there are any: the field for them opens, and the input stays until they come.
    let awaits_numbers = RwSignal::new(false);
    let rows = S::rows().iter().filter(|row| row.group == group);
    let rows: Vec<_> = rows.map(|row| control(row, settings, on_commit, awaits_numbers)).collect();
    view! {
        <fieldset class="settings-group" data-group=group.0>
            <legend>{group.0}</legend>
            {rows}
        </fieldset>
    }
}

/// The settings with one URL key, for where they stand by themselves.
#[component]
pub fn SettingByKey<S: Form>(key: &'static str, settings: RwSignal<S>, #[prop(into)] on_commit: Callback<()>) -> impl IntoView {
    let awaits_numbers = RwSignal::new(false);
    let rows = S::rows().iter().filter(|row| row.key == Some(key));
    rows.map(|row| control(row, settings, on_commit, awaits_numbers)).collect_view()
}

fn control<S: Form>(row: &'static Row<S>, settings: RwSignal<S>, on_commit: Callback<()>, awaits_numbers: RwSignal<bool>) -> AnyView {
    let default = S::default();
    let idle = Memo::new(move |_| settings.with(row.idle));
    let about = About { name: row.name, help: row.help, formula: row.formula, idle: idle.into() };
    match &row.kind {
        Kind::Number(number) => {
            let value = Memo::new(move |_| settings.with(number.get));
            let default = (number.get)(&default);
            let default = Memo::new(move |_| settings.with(|settings| (number.untouched)(settings, default)));
            view! {
                <NumberControl
                    about
                    range=number.range
                    unit=row.unit
                    default
                    value
                    on_input=move |new| settings.update(|settings| (number.set)(settings, new))
                    on_commit
                />
            }
            .into_any()
        }
        Kind::Choice(choice) => {
            let missing = |settings: &S, place: usize| (choice.awaits_numbers)(settings, place);
            let value = Memo::new(move |_| {
                let awaited = || settings.with(|settings| (0..choice.options.len()).find(|place| missing(settings, *place)));
                awaits_numbers.get().then(awaited).flatten().unwrap_or_else(|| settings.with(choice.get))
            });
            let choose = move |place: usize| {
                let missing = settings.with_untracked(|settings| missing(settings, place));
                awaits_numbers.set(missing);
                if !missing {
                    settings.update(|settings| (choice.set)(settings, place));
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
            let numbers = Numbers {
                about,
                loaded: loaded.into(),
                open: open.into(),
                on_open: Callback::new(move |()| awaits_numbers.set(true)),
                on_load: Callback::new(load),
            };
            (move || {
                DRAW_NUMBERS.with(ArcRwSignal::get).map_or_else(
                    || view! { <div class="control"><div class="control-label"><span>{about.name}</span></div></div> }.into_any(),
                    |draw| untrack(|| draw(numbers)),
                )
            })
            .into_any()
        }
    }
}

/// What the field for numbers is told.
#[derive(Clone, Copy)]
struct Numbers {
    about: About,
    loaded: Signal<Option<String>>,
    open: Signal<bool>,
    on_open: Callback<()>,
    on_load: Callback<Table>,
}

type DrawNumbers = fn(Numbers) -> AnyView;

thread_local! {
    static DRAW_NUMBERS: ArcRwSignal<Option<DrawNumbers>> = ArcRwSignal::new(None);
}

/// From now on a setting that is numbers has its field. Few visitors bring any, and reading tables is much code: a page names this only in
/// what comes after its first screen.
pub fn bring_numbers() {
    let draw: DrawNumbers =
        |Numbers { about, loaded, open, on_open, on_load }| view! { <NumbersControl about loaded open on_open on_load/> }.into_any();
    DRAW_NUMBERS.with(|slot| slot.set(Some(draw)));
}

fn describe_table(table: &Table) -> String {
    format!("{} rows of {}", table.rows(), table.columns.join(", "))
}
