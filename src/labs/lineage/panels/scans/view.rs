//! The panels of the scan view.

use std::sync::Arc;

use leptos::prelude::*;

use super::model;
use crate::labs::lineage::compute::scans::Scans;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::panels::lines::Lines;
use crate::shell::figure::{Cursor, Figure};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 280.0;

/// Blelloch's scan with its numbers.
#[component]
pub fn TreePanel(of: Slot, lab: Lab) -> impl IntoView {
    let level = Memo::new(move |_| lab.store.settings.with(|settings| settings.level));
    let headline = Memo::new(move |_| lab.read(|found: &Scans, _| model::headline(found)).unwrap_or_else(|sentence| sentence));
    let note = move || lab.read(|found: &Scans, _| model::note(found, level.get())).unwrap_or_default();
    let table = Signal::derive(move || lab.read(|found: &Scans, _| model::table(found)).unwrap_or_default());
    let last = Memo::new(move |_| lab.read(|found: &Scans, _| model::last_level(found)).unwrap_or(0));
    let go = move |by: isize| {
        move |_| {
            lab.store.settings.update(|settings| {
                settings.level = settings.level.min(last.get_untracked()).saturating_add_signed(by).min(last.get_untracked())
            });
            lab.store.commit();
        }
    };
    let rows = move || {
        let level = level.get();
        let of = |found: &Scans, _: &_| {
            let rows = model::levels(found).into_iter().enumerate().map(|(i, row)| {
                let cells = row.cells.into_iter().map(|cell| {
                    let (a, b) = cell.pair;
                    let class = if cell.changed { "changed" } else { "" };
                    view! { <td class=class><span>{model::short(a)}</span><span>{model::short(b)}</span></td> }
                });
                view! { <tr class:untaken={i > level}><th scope="row">{row.name}</th>{cells.collect_view()}</tr> }
            });
            rows.collect_view()
        };
        lab.read(of).ok()
    };
    let heads = move || {
        let count = lab.read(|found: &Scans, _| found.up.first().map_or(0, Vec::len)).unwrap_or(0);
        (0..count).map(|t| view! { <th scope="col">{t.to_string()}</th> }).collect_view()
    };
    let at_end = move || level.get() >= last.get();
    let tools = view! {
        <button class="button" type="button" disabled=move || level.get() == 0 on:click=go(-1)>"Level back"</button>
        <button class="button" type="button" disabled=at_end on:click=go(1)>"Next level"</button>
    };
    view! {
        <Panel
            of
            headline=headline
            about="Each place holds a pair: a above, b below, for h ← a h + b. On the way up a place takes in the one half a stride before it; then the identity (1, 0) takes the root’s place, and on the way down each place comes to hold all that came before it. Marked: what a level changed."
            tools=tools.into_any()
        >
            <Figure of name="The scan, level by level" table=table>
                <div class="scan" tabindex="0" role="region" aria-label="Levels of the scan">
                    <table>
                        <thead><tr><th scope="col">"level"</th>{heads}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Figure>
            <p class="note" role="status">{note}</p>
        </Panel>
    }
}

/// What scans take.
#[component]
pub fn EffortPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Scans, _| Arc::new(model::effort(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Scans, _| model::effort_headline(found)).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="Combinations in all (solid) and levels that must follow one another (dashed), counted while the scans run. With enough cores the levels are the time; with few the combinations are. Only a diagonal A is scanned: a combination of dense matrices takes n³."
        >
            <Lines of lab chart name="Work and levels" height=HEIGHT cursor=Cursor::none()/>
        </Panel>
    }
}
