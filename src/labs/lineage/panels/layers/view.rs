//! The panels of the transformer view.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::lineage::reach::MATRIX_LIMIT;

use super::model::{self, Depth};
use crate::form::SettingByKey;
use crate::labs::lineage::compute::layers::Layered;
use crate::labs::lineage::context::Lab;
use crate::labs::lineage::models::TRANSFORMER;
use crate::labs::lineage::panels::lines::{Lines, Map};
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::labs::lineage::rows::LAYER;
use crate::labs::lineage::settings::LineageSettings;
use crate::shell::figure::Cursor;
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 300.0;
const MAP_HEIGHT: f64 = 230.0;

/// The gradient by depth.
#[component]
pub fn DepthPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Layered, settings| Arc::new(model::depth(found, settings.normal))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Layered, _| Depth::of(found).sentence()).unwrap_or_else(|sentence| sentence));
    view! {
        <Panel
            of
            headline=headline
            about="log10 ‖∂L/∂h‖ of what each layer reads, from the output (left) down to the first layer (right): the same net with its norms after the sum, first, and without any, and the chosen net without residuals. The loss looks in a direction drawn from the seed. Dotted: what norms after the sum take by themselves where weights begin normal (Xiong et al. 2020); the sub-layers bring some of it back."
        >
            <Lines of lab chart name="Gradient by depth" height=HEIGHT cursor=Cursor::none()/>
        </Panel>
    }
}

/// The gradient by path.
#[component]
pub fn StreamsPanel(of: Slot, lab: Lab) -> impl IntoView {
    let chart = Memo::new(move |_| lab.read(|found: &Layered, _| Arc::new(model::streams(found))).ok());
    let headline = Memo::new(move |_| lab.read(|found: &Layered, _| model::streams_headline(found)).unwrap_or_else(|sentence| sentence));
    let note = move || lab.read(model::order_note).unwrap_or_default();
    view! {
        <Panel
            of
            headline=headline
            about="What of every input step reaches the output at the loss. Along the residual stream, attention’s outputs held fixed, an output sees its own step alone; everything else has passed through attention."
        >
            <Lines of lab chart name="Reach by path of the transformer" height=HEIGHT cursor=lab.loss_cursor()/>
            <p class="note" role="note">{note}</p>
        </Panel>
    }
}

/// The weights of attention, a picture a head.
#[component]
pub fn HeadsPanel(of: Slot, lab: Lab) -> impl IntoView {
    // The layer is the view's alone: it is the one of now, the numbers are those that there are.
    let layer = Memo::new(move |_| lab.store.settings.with(|settings| settings.layer));
    let heads = Memo::new(move |_| lab.read(|_: &Layered, settings| settings.heads).unwrap_or(0));
    let headline = Memo::new(move |_| {
        let layer = layer.get();
        let with =
            |found: &Layered, settings: &LineageSettings| model::heads_headline(found, &LineageSettings { layer, ..settings.clone() });
        lab.read(with).unwrap_or_else(|sentence| sentence)
    });
    let one = move |head: usize| {
        let map = Memo::new(move |_| {
            let layer = layer.get();
            let of = |found: &Layered, settings: &LineageSettings| {
                model::head(found, &LineageSettings { layer, ..settings.clone() }, head).map(Arc::new)
            };
            lab.read(of).ok().flatten()
        });
        let name = format!("Weights of head {}", head + 1);
        view! {
            <div>
                <h3>{format!("head {}", head + 1)}</h3>
                <Map of lab map name height=MAP_HEIGHT cursor=lab.loss_cursor()/>
            </div>
        }
    };
    let tools = view! { <div class="panel-setting"><SettingByKey key=LAYER settings=lab.store.settings on_commit=move |()| lab.store.commit()/></div> };
    view! {
        <Panel
            of
            headline=headline
            about="log10 of the softmax’s weights in one layer: the query t (up) reads the keys k (across). The mask leaves no future, and the weights of a query add up to 1."
            tools=tools.into_any()
        >
            <div class="small-multiples">
                <For each=move || 0..heads.get() key=|head| *head children=one/>
            </div>
        </Panel>
    }
}

/// The gradient matrix.
#[component]
pub fn PlacePanel(of: Slot, lab: Lab) -> impl IntoView {
    let square = Memo::new(move |_| lab.matrices.with(|all| all.get(&TRANSFORMER).cloned()));
    let map = Memo::new(move |_| {
        let square = square.get()?;
        Some(Arc::new(matrix::map(&square, false, matrix::scale(matrix::values(&square, false)), ["input step k", "output step t"])))
    });
    let headline = Memo::new(move |_| match (lab.store.settings.with(|settings| settings.steps), square.get()) {
        (steps, _) if steps > MATRIX_LIMIT => format!("Whole matrices are drawn up to {MATRIX_LIMIT} steps; this sequence has {steps}."),
        (_, Some(square)) => model::place_headline(&square),
        (_, None) => lab.instead(),
    });
    view! {
        <Panel of headline=headline about="log10 ‖∂yₜ/∂xₖ‖ of every output step t (up) and input step k (across), through all layers: what is read is not what learns. Blank is exactly zero.">
            <Map of lab map name="Matrix of reach of the transformer" height=HEIGHT cursor=lab.loss_cursor()/>
        </Panel>
    }
}
