//! What truncation throws away.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as cut_model;
use crate::labs::train::context::Lab;
use crate::labs::train::panels::chart::{Lines, UntilBegun};
use crate::shell::panel::{Panel, Slot};

/// What truncation throws away.
#[component]
pub fn CutPanel(of: Slot, lab: Lab) -> impl IntoView {
    let model = Memo::new(move |_| Arc::new(lab.runs.with(cut_model::model)));
    let headline = Signal::derive(move || lab.focused(cut_model::headline));
    let cut = Memo::new(move |_| lab.runs.with(cut_model::has_angles));
    view! {
        <Panel
            of
            headline=headline
            about="Angle between the full gradient of the cell’s weights and the truncated one that is used, mean of the last 25 batches. The full one is computed beside it, only to compare."
        >
            <UntilBegun lab=lab>
                <Show
                    when=move || cut.get()
                    fallback=|| view! { <p class="empty">"The gradient goes back through all steps. Choose a truncation and a window shorter than the sequence: both take effect while it trains."</p> }
                >
                    <Lines of lab model=model name="Angle of the truncated gradient by iteration"/>
                </Show>
            </UntilBegun>
        </Panel>
    }
}
