//! The nets that were brought, in the rail.

use leptos::prelude::*;
use unroll_engine::Cell;
use wasm_bindgen::JsCast;

use super::model;
use crate::form::Notice;
use crate::labs::flow::store::Store;
use crate::labs::flow::words::cell_name;

/// The rail's group for nets that were brought: which one each cell has, which layer is shown, and the way back.
#[component]
pub fn ModelGroup(store: Store) -> impl IntoView {
    let brought = Memo::new(move |_| store.settings.with(|s| s.shown_cells().filter(|cell| s.given(*cell).is_some()).collect::<Vec<_>>()));
    view! {
        <Show when=move || brought.with(|cells| !cells.is_empty())>
            <fieldset class="settings-group models">
                <legend>"Model"</legend>
                <For each=move || brought.get() key=|cell| cell_name(*cell) let:cell>
                    <ModelRow store=store cell=cell/>
                </For>
            </fieldset>
        </Show>
    }
}

#[component]
fn ModelRow(store: Store, cell: Cell) -> impl IntoView {
    let net = Memo::new(move |_| store.settings.with(|s| s.nets.of(cell).clone()));
    let sizes = move || {
        net.with(|net| {
            net.given.as_ref().map(|given| {
                let weights = given.weights();
                format!("{} units; reads {} per step", weights.hidden_size, weights.input_size)
            })
        })
    };
    let places = Memo::new(move |_| net.with(|net| net.given.as_ref().map(|given| model::places(given)).unwrap_or_default()));
    let chosen = move || net.with(|net| net.given.as_ref().map(|given| (given.layer(), given.reversed())));
    let choose = move |event: web_sys::Event| {
        let place = event_target_value(&event).parse::<usize>().ok().and_then(|place| places.get_untracked().get(place).copied());
        let Some((layer, reversed)) = place else { return };
        match store.settings.with_untracked(|s| model::at_layer(s, cell, layer, reversed)) {
            Ok(settings) => store.apply(settings),
            Err(error) => store.notify(Notice::warning(error)),
        }
    };
    let options = move || {
        let both = places.with(|places| places.iter().any(|place| place.1));
        let layers = places.with(|places| places.iter().map(|place| place.0 + 1).max().unwrap_or(1));
        places
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, place)| {
                let words = model::place(layers, both, place.0, place.1);
                view! { <option value=index.to_string() prop:selected=move || chosen() == Some(place)>{words}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="model-row">
            <p class="model-name"><b>{cell_name(cell)}</b> " " {move || net.with(|net| net.name.clone())}</p>
            <p class="group-note">{sizes}</p>
            {move || net.with(|net| net.given.as_ref().map(|given| given.stack().notes().join(" "))).filter(|notes| !notes.is_empty()).map(|notes| view! {
                <p class="group-note assumed">{notes}</p>
            })}
            <div class="model-actions">
                <Show when=move || places.with(|places| places.len() > 1)>
                    <select class="control-select" aria-label=format!("Layer of the {}", cell_name(cell)) on:change=choose>
                        {options}
                    </select>
                </Show>
                <button class="button" type="button" on:click=move |_| show_report()>"Report"</button>
                <button
                    class="button"
                    type="button"
                    aria-label=format!("Remove the {}’s model", cell_name(cell))
                    title="Back to a net that is drawn from the seed"
                    on:click=move |_| store.apply(store.settings.with_untracked(|s| model::without_model(s, cell)))
                >
                    "Remove"
                </button>
            </div>
        </div>
    }
}

/// Scrolls to the report, which is at the end of the page, and moves the focus there.
fn show_report() {
    let panel = document().query_selector("[data-panel=report]").ok().flatten();
    if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<web_sys::HtmlElement>().ok()) {
        panel.set_tab_index(-1);
        // Fails for nothing that a section can be.
        let _ = panel.focus();
        panel.scroll_into_view();
    }
}
