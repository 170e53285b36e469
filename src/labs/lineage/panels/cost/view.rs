//! What each model costs: a table, and one measure against the length.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::lineage::cost::MEASURES;

use super::model;
use crate::charts::format_value;
use crate::form::SettingByKey;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::options::MEASURES as OPTIONS;
use crate::labs::lineage::rows::MEASURE;
use crate::shell::figure::{ChartFigure, Cursor, Drawing, Figure};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 280.0;

/// The panel.
#[component]
pub fn CostPanel(of: Slot, lab: Lab) -> impl IntoView {
    let settings = lab.store.settings;
    let rows = Memo::new(move |_| settings.with(model::compared));
    let at = Memo::new(move |_| settings.with(model::setting));
    let measure = Memo::new(move |_| settings.with(model::measure));
    let chart = Memo::new(move |_| Arc::new(rows.with(|rows| model::chart(rows, measure.get(), &at.get()))));
    let headline = Memo::new(move |_| rows.with(|rows| model::headline(rows, measure.get(), &at.get())));
    let table = Signal::derive(move || rows.with(|rows| model::table(rows, &at.get())));
    let tools = view! { <div class="panel-setting"><SettingByKey key=MEASURE settings on_commit=move |()| lab.store.commit()/></div> };
    let heads = OPTIONS.iter().map(|option| view! { <th scope="col">{option.label}</th> }).collect_view();
    let body = move || {
        let at = at.get();
        rows.with(|rows| {
            rows.iter()
                .map(|row| {
                    let cells = MEASURES.iter().map(|measure| {
                        let term = row.kind.term(*measure, &at);
                        let formula = term.map_or("cannot generate", |term| term.formula);
                        let number = term.map_or_else(|| "–".to_owned(), |term| format_value(term.value));
                        view! { <td><b>{number}</b>" "<span class="formula">{formula}</span></td> }
                    });
                    view! { <tr><th scope="row">{row.kind.name()}</th>{cells.collect_view()}</tr> }
                })
                .collect_view()
        })
    };
    view! {
        <Panel
            of
            headline=headline
            about="Formulas in T steps, width n, N = 16 numbers of state a channel and b = 8 bytes a number, and what they come to now. Work counts matrix products and what grows with T². Dotted: from there on self-attention costs more."
            tools=tools.into_any()
        >
            <ChartFigure of drawing=Drawing::lines(chart.into()) cursor=Cursor::none() theme=lab.theme name="Cost against length" height=HEIGHT/>
            <Figure of name="Costs" table=table>
                <div class="costs" tabindex="0" role="region" aria-label="Costs by model">
                    <table>
                        <thead><tr><th scope="col">"Model"</th>{heads}</tr></thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            </Figure>
        </Panel>
    }
}
