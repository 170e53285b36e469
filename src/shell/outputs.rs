//! What charts give besides themselves: the table of their numbers, and their pictures and numbers as files. No first screen needs the code that
//! makes them, so a page names it, by [`bring_outputs`], in what comes after.

use leptos::prelude::*;

use super::save::{self, FileKind};
use crate::charts::export::{self, Picture};
use crate::charts::paper::Paper;
use crate::charts::{DataTable, LineModel, TableModel, Theme};

/// What the menu of a panel offers of a chart.
#[derive(Clone)]
pub struct Output {
    /// The chart's name.
    pub name: String,
    /// Its numbers.
    pub table: Option<Signal<TableModel>>,
    /// Whether they are shown under it.
    pub table_shown: RwSignal<bool>,
    /// Draws it.
    pub picture: Option<Callback<(), Option<Picture>>>,
}

/// Makes a picture of a title, a theme, a width and height, and what paints.
pub type Painted = fn(&str, Theme, (f64, f64), &dyn Fn(&dyn Paper)) -> Picture;

/// What makes them.
#[derive(Clone, Copy)]
pub struct Makers {
    /// Shows a table.
    pub table: fn(Signal<TableModel>, RwSignal<bool>) -> AnyView,
    /// The table of curves.
    pub lines_table: fn(&str, &LineModel) -> TableModel,
    /// Their picture.
    pub lines_picture: fn(&str, &LineModel, Theme) -> Picture,
    /// The picture of what is painted by hand, of so many CSS pixels.
    pub painted: Painted,
    /// The row of a chart in the menu; the signal hears what came of a saving.
    pub row: fn(Output, RwSignal<&'static str>) -> AnyView,
}

thread_local! {
    static MAKERS: ArcRwSignal<Option<Makers>> = ArcRwSignal::new(None);
}

/// From now on charts have tables and files.
pub fn bring_outputs() {
    let makers = Makers {
        table: |model, shown| view! { <DataTable model shown/> }.into_any(),
        lines_table: |name, model| TableModel::from_lines(name, model),
        lines_picture: export::line_chart,
        painted: |title, theme, size, paint| export::painted(title, theme, size, paint),
        row,
    };
    MAKERS.with(|slot| slot.set(Some(makers)));
}

/// What makes them, once it is there; tracked.
pub fn makers() -> Option<Makers> {
    MAKERS.with(ArcRwSignal::get)
}

/// A chart's files and its table, in the menu.
fn row(output: Output, said: RwSignal<&'static str>) -> AnyView {
    let save = move |output: &Output, kind: FileKind| match kind {
        FileKind::Csv => output.table.iter().for_each(|table| save::table(&output.name, &table.get_untracked(), said)),
        _ => output.picture.iter().for_each(|picture| save::picture(&output.name, kind, untrack(|| picture.run(())), said)),
    };
    let kinds =
        [(FileKind::Svg, output.picture.is_some()), (FileKind::Png, output.picture.is_some()), (FileKind::Csv, output.table.is_some())];
    let files = kinds.into_iter().filter(|(_, there)| *there).map(|(kind, _)| {
        let label = format!("Save “{}” as {}", output.name, kind.word());
        let output = output.clone();
        view! { <button type="button" role="menuitem" tabindex="-1" aria-label=label on:click=move |_| save(&output, kind)>{kind.word()}</button> }
    });
    let files = files.collect_view();
    let shown = output.table_shown;
    let table = output.table.map(|_| {
        view! {
            <button
                type="button"
                role="menuitemcheckbox"
                tabindex="-1"
                aria-checked=move || shown.get().to_string()
                aria-label=format!("Table of “{}”", output.name)
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                "Table"
            </button>
        }
    });
    view! {
        <div class="menu-row" role="group" aria-label=output.name.clone()>
            <span aria-hidden="true">{output.name.clone()}</span>
            {files}
            {table}
        </div>
    }
    .into_any()
}
