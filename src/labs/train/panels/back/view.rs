//! The gradient’s way back: by time and iteration, and by lag.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as back_model;
use crate::labs::cells::cell_name;
use crate::labs::train::context::Lab;
use crate::labs::train::panels::chart::{Lines, UntilBegun, HEIGHT};
use crate::labs::train::settings::CutKind;
use crate::shell::figure::{ChartFigure, Drawing};
use crate::shell::panel::{Panel, Slot};

/// The waterfall.
#[component]
pub fn WaterfallPanel(of: Slot, lab: Lab) -> impl IntoView {
    let model = Memo::new(move |_| {
        let settings = lab.shown();
        Arc::new(lab.focused(|run| back_model::waterfall(run, settings.length + 1)))
    });
    let headline = Signal::derive(move || lab.focused(back_model::waterfall_headline));
    let title =
        Signal::derive(move || lab.focused(|run| run.map(|run| format!("{}: gradient by time and iteration", cell_name(run.cell)))));
    view! {
        <Panel
            of
            headline=headline
            about="log10 of ‖∂L/∂h_t‖ (root mean square over the batch) of the cell in focus: its iterations across, time t up. The loss is at the top; blank is exactly zero."
        >
            <UntilBegun lab=lab>
                <ChartFigure
                    of
                    drawing=Drawing::heatmap(model.into())
                    cursor=lab.cursor()
                    theme=lab.theme
                    name="Gradient by time and iteration"
                    title=title
                    height=HEIGHT
                />
            </UntilBegun>
        </Panel>
    }
}

/// Shares by lag.
#[component]
pub fn LagPanel(of: Slot, lab: Lab) -> impl IntoView {
    let window = move || Some(lab.shown()).filter(|s| s.cut == CutKind::Window).map(|s| s.window);
    // The task knows its steps better than the slider: copy memory adds what is read and written.
    let steps = Memo::new(move |_| {
        let shown = lab.shown();
        shown.task().map_or(shown.length, |task| task.dimensions(1).steps)
    });
    let model = Memo::new(move |_| Arc::new(lab.runs.with(|runs| back_model::lag_model(runs, steps.get(), window()))));
    let headline = Signal::derive(move || lab.focused(|run| back_model::lag_headline(run, window())));
    view! {
        <Panel
            of
            headline=headline
            about="The weights are used at every step; the share that the use T − t steps before the end has in the gradient of W_hh, at the last step measured. Dashed: the edge of the truncation window."
        >
            <UntilBegun lab=lab><Lines of lab model=model name="Share of the weight gradient by lag" by_lag=true/></UntilBegun>
        </Panel>
    }
}
