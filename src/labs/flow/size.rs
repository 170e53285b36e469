//! The banner over an analysis that takes long: what is computed, how far it is, and how to do without it.

use leptos::prelude::*;

use super::compute::Analyses;
use super::context::{Act, Flow};
use super::settings::Settings;

/// "512 units over 2048 steps", of the cell in focus.
fn size(settings: &Settings) -> String {
    let (units, steps) = (settings.experiment(settings.focus).effective_hidden_size(), settings.effective_seq_len());
    format!("{units} {} over {steps} {}", if units == 1 { "unit" } else { "units" }, if steps == 1 { "step" } else { "steps" })
}

/// The banner. It shows while a worker takes longer than a moment, after it was cancelled, and where nothing can be computed.
#[component]
pub fn SizeBanner(flow: Flow) -> impl IntoView {
    let empty = move || flow.analyses.with(|analyses: &std::sync::Arc<Analyses>| analyses.iter().next().is_none());
    let running = Memo::new(move |_| flow.remote.with(|remote| remote.behind && (remote.critical.is_some() || empty())));
    let cancelled = Memo::new(move |_| flow.remote.with(|remote| remote.cancelled));
    let beyond = Memo::new(move |_| flow.remote.with(|remote| remote.beyond));
    let act = move |choose: fn(Act) -> Callback<()>| {
        if let Some(act) = flow.act.get_value() {
            choose(act).run(());
        }
    };
    let stands = move || if empty() { "There is no analysis to show yet." } else { "The charts show the analysis before." };
    let words = move || {
        let size = flow.settings.with(size);
        if running.get() {
            format!("Analysing {size} in the background: at this size charts do not follow a drag. {}", stands())
        } else if cancelled.get() {
            format!("The analysis of {size} was cancelled. {}", stands())
        } else {
            format!(
                "An analysis of {size} needs a worker, which this browser did not start; fewer steps or units are analysed here. {}",
                stands()
            )
        }
    };
    let share = move || flow.remote.with(|remote| remote.critical.unwrap_or(0.0));
    view! {
        <div role="status">
            <Show when=move || running.get() || cancelled.get() || beyond.get()>
                <div class="size-banner">
                    <p>{words}</p>
                    <Show when=move || running.get()>
                        <progress aria-label="Progress of the analysis" max="1" prop:value=share></progress>
                        <button class="button" type="button" on:click=move |_| act(|act| act.cancel)>"Cancel"</button>
                    </Show>
                    <Show when=move || cancelled.get() && !running.get()>
                        <button class="button" type="button" on:click=move |_| act(|act| act.take_up)>"Compute"</button>
                    </Show>
                </div>
            </Show>
        </div>
    }
}
