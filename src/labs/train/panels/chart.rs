//! What the panels with charts share.

use std::sync::Arc;

use leptos::prelude::*;

use crate::charts::LineModel;
use crate::labs::train::context::Lab;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::Slot;

/// Of a chart, CSS pixels.
pub const HEIGHT: f64 = 230.0;

/// Instead of a chart, before there is anything to show.
#[component]
pub fn UntilBegun(lab: Lab, children: ChildrenFn) -> impl IntoView {
    let begun = Memo::new(move |_| lab.runs.with(|runs| runs.longest() > 0));
    view! {
        <Show
            when=move || begun.get()
            fallback=|| view! { <p class="empty sketch"><span class="visually-hidden">"Not trained yet: press Start, or Space."</span></p> }
        >
            {children()}
        </Show>
    }
}

/// A line chart; over the iterations it shares the cursor.
#[component]
pub fn Lines(of: Slot, lab: Lab, model: Memo<Arc<LineModel>>, name: &'static str, #[prop(optional)] by_lag: bool) -> impl IntoView {
    let cursor = if by_lag { Cursor::none() } else { lab.cursor() };
    view! { <ChartFigure of drawing=Drawing::lines(model.into()) cursor theme=lab.theme name height=HEIGHT/> }
}
