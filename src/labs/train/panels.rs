//! The chart panels: each turns the runs into one model and hands it to a chart.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::Cell;

use super::context::Lab;
use super::settings::{CutKind, TrainSettings};
use super::{back_model, curves_model, cut_model, net_model};
use crate::charts::LineModel;
use crate::labs::cells::cell_name;
use crate::shell::figure::{ChartFigure, Cursor, Drawing};
use crate::shell::panel::{Panel, Slot};

const HEIGHT: f64 = 230.0;

/// Instead of a chart, before there is anything to show.
#[component]
pub fn UntilBegun(lab: Lab, children: ChildrenFn) -> impl IntoView {
    let begun = Memo::new(move |_| lab.runs.with(|runs| runs.longest() > 0));
    view! {
        <Show
            when=move || begun.get()
            fallback=|| view! { <p class="empty">"Not trained yet: press Start, or Space."</p> }
        >
            {children()}
        </Show>
    }
}

/// A line chart; over the iterations it shares the cursor.
#[component]
fn Lines(of: Slot, lab: Lab, model: Memo<Arc<LineModel>>, name: &'static str, #[prop(optional)] by_lag: bool) -> impl IntoView {
    let cursor = if by_lag { Cursor::none() } else { lab.cursor() };
    view! { <ChartFigure of drawing=Drawing::Lines(model.into()) cursor theme=lab.theme name height=HEIGHT/> }
}

/// The loss that no memory reaches, and what it predicts; it depends on the task only, and a text takes time to count.
fn baseline(lab: Lab) -> Memo<(f64, &'static str)> {
    let task = Memo::new(move |_| {
        let TrainSettings { task, length, text, loss_at, noise, shortest_period, longest_period, .. } = lab.shown();
        TrainSettings { task, length, text, loss_at, noise, shortest_period, longest_period, ..TrainSettings::default() }
    });
    Memo::new(move |_| task.with(|settings| settings.config(Cell::Lstm).map_or((f64::NAN, ""), |config| config.baseline())))
}

/// Loss.
#[component]
pub fn LossPanel(of: Slot, lab: Lab) -> impl IntoView {
    let baseline = baseline(lab);
    let model = Memo::new(move |_| Arc::new(lab.runs.with(|runs| curves_model::loss_model(runs, baseline.get().0))));
    let headline = Signal::derive(move || lab.runs.with(|runs| curves_model::loss_headline(runs, baseline.get().0)));
    let described = Memo::new(move |_| lab.shown().task().map_or("", |task| task.description()));
    view! {
        <Panel
            of
            headline=headline
            about="The line is the mean over the last 25 batches, the band their smallest and largest; mean squared error, or cross entropy in nats. Dotted: the branch abandoned by a rewind."
        >
            <p class="about">{move || described.get()} " " {move || baseline.get().1}</p>
            <UntilBegun lab=lab><Lines of lab model=model name="Loss by iteration"/></UntilBegun>
        </Panel>
    }
}

/// Gradient norm and clipping.
#[component]
pub fn GradientPanel(of: Slot, lab: Lab) -> impl IntoView {
    let model = Memo::new(move |_| {
        let settings = lab.shown();
        Arc::new(lab.runs.with(|runs| curves_model::gradient_model(runs, &settings)))
    });
    let headline = Signal::derive(move || {
        let settings = lab.shown();
        lab.runs.with(|runs| curves_model::gradient_headline(runs, &settings))
    });
    view! {
        <Panel
            of
            headline=headline
            about="Norm of the gradient of all weights together, before clipping (solid, with its band over 25 batches) and after (dashed); the rule is the threshold."
        >
            <UntilBegun lab=lab><Lines of lab model=model name="Gradient norm by iteration"/></UntilBegun>
        </Panel>
    }
}

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
                    drawing=Drawing::Heatmap(model.into())
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

/// Spectrum of the recurrent weights.
#[component]
pub fn SpectrumPanel(of: Slot, lab: Lab) -> impl IntoView {
    let model = Memo::new(move |_| Arc::new(lab.runs.with(net_model::spectrum_model)));
    let headline = Signal::derive(move || lab.focused(net_model::spectrum_headline));
    view! {
        <Panel
            of
            headline=headline
            about="Spectral radius ρ (solid) and largest singular value σ_max (dashed) of W_hh, every 10 iterations, in a long run at growing distances; of LSTM and GRU, the block of the candidate. Above 1 the linear part grows."
        >
            <UntilBegun lab=lab><Lines of lab model=model name="Spectrum of the recurrent weights by iteration"/></UntilBegun>
        </Panel>
    }
}

/// Gates.
#[component]
pub fn GatesPanel(of: Slot, lab: Lab) -> impl IntoView {
    let model = Memo::new(move |_| Arc::new(lab.runs.with(net_model::gates_model)));
    let headline = Signal::derive(move || lab.runs.with(net_model::gates_headline));
    view! {
        <Panel
            of
            headline=headline
            about="Mean over units, steps and batch of the LSTM’s forget gate and the GRU’s update gate: at 1 the state is kept as it is. The RNN has no gate; dotted is the mean of |h|."
        >
            <UntilBegun lab=lab><Lines of lab model=model name="Mean gates by iteration"/></UntilBegun>
        </Panel>
    }
}

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
