//! The checkpoints panel: back to an earlier net, its weights and curves as files, and the way into Flow.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::signal::Table;
use unroll_engine::train::{Config, LossSteps, Model};
use unroll_engine::{Cell, Given, Layer, Stack};
use unroll_formats::safetensors;

use super::model::{curves_csv, headline};
use crate::browser::download;
use crate::browser::history;
use crate::charts::format_value;
use crate::form::link::encode_settings;
use crate::form::Notice;
use crate::labs::cells::cell_name;
use crate::labs::flow::brought;
use crate::labs::flow::fragment::numbers_fragment;
use crate::labs::flow::nets::Net;
use crate::labs::flow::recent_work;
use crate::labs::flow::scribe::{self, Scribe};
use crate::labs::flow::settings::{InputKind, LossKind, Settings};
use crate::labs::train::context::Lab;
use crate::labs::train::options::TASKS;
use crate::labs::train::runs::checkpoint::Checkpoint;
use crate::labs::train::settings::TrainSettings;
use crate::labs::words::counted;
use crate::shell::panel::{Panel, Slot};

/// The checkpoint that is chosen, of the cell in focus, with the cell; tracked.
fn chosen(lab: Lab) -> Option<(Cell, Checkpoint)> {
    let chosen = lab.chosen.get();
    lab.focused(|run| {
        let run = run?;
        let kept = chosen.and_then(|iteration| run.checkpoint(iteration)).or(run.checkpoints.last())?;
        Some((run.cell, kept.clone()))
    })
}

/// The net, with its readout.
fn model(settings: &TrainSettings, cell: Cell, kept: &Checkpoint) -> Result<Model, String> {
    let layout = settings.config(cell).map_err(|error| error.to_string())?.layout();
    kept.model(layout).ok_or_else(|| "The checkpoint is of a net of another size.".to_owned())
}

/// Keeps the net where Flow finds it; the query and the fragment that open it there, on the first sequence of the batch that it would have
/// learnt from next. Flow has a loss of its own, so the readout stays behind.
fn keep_for_flow(settings: &TrainSettings, cell: Cell, kept: &Checkpoint) -> Result<String, Notice> {
    let warning = |sentence: String| Notice::warning(sentence);
    let forward = model(settings, cell, kept).map_err(warning)?.cell;
    let stack = Stack::new(vec![Layer { forward, reverse: None }]).map_err(|error| warning(error.to_string()))?;
    let given = Given::new(Arc::new(stack), 0, false).map_err(|error| warning(error.to_string()))?;
    let config = settings.config(cell).map_err(|error| warning(error.to_string()))?;
    let (dimensions, after) = (config.dimensions(), counted(kept.iteration() as usize, "iteration"));
    let task = TASKS.get(settings.task as usize).map_or("its task", |option| option.label);
    let name = format!("{} after {after} on {task}", cell_name(cell));
    let mut flow = Settings { seq_len: dimensions.steps, input_scale: 1.0, ..Settings::default() };
    flow.loss = match dimensions.loss_steps {
        LossSteps::Every => LossKind::EveryStep,
        LossSteps::Last | LossSteps::Masked(_) => LossKind::LastStep,
    };
    let table = first_sequence(&config, kept.iteration());
    brought::remember_table(&table, vec![format!("The sequence is the first of the batch that comes after {after} of {task}.")]);
    (flow.input, flow.numbers) = (InputKind::Numbers, Some(table));
    scribe::install(Scribe::all());
    flow.bring(cell, Net { name, given: Some(Arc::new(given)), edits: None });
    flow.normalise();
    let query = encode_settings(&flow);
    recent_work::keep(&flow, query.clone(), js_sys::Date::now())?;
    let numbers = numbers_fragment(&flow).map_err(warning)?;
    Ok(format!("{query}#{numbers}"))
}

/// The first sequence of the batch that comes after this many iterations, a column an input.
fn first_sequence(config: &Config, iteration: u64) -> Table {
    let dimensions = config.dimensions();
    let (size, d) = (dimensions.batch_size, dimensions.input_size);
    let batch = config.task.batch(config.seed, iteration, config.batch_size);
    let columns = (1..=d).map(|column| format!("input {column}")).collect();
    Table { columns, values: batch.x.iter().step_by(size).copied().collect(), standardise: false }
}

/// The panel.
#[component]
pub fn KeptPanel(of: Slot, lab: Lab) -> impl IntoView {
    let kept = Memo::new(move |_| chosen(lab));
    let iterations = Memo::new(move |_| {
        lab.focused(|run| run.map_or_else(Vec::new, |run| run.checkpoints.iter().map(Checkpoint::iteration).collect::<Vec<_>>()))
    });
    let iteration = Memo::new(move |_| kept.with(|kept| kept.as_ref().map_or(0, |(_, kept)| kept.iteration())));
    let place = move || iterations.with(|all| all.iter().position(|at| *at == iteration.get()).unwrap_or(0));
    let most = move || iterations.with(|all| all.len().saturating_sub(1));
    let choose = move |event| {
        let place: usize = event_target_value(&event).parse().unwrap_or(0);
        lab.chosen.set(iterations.with_untracked(|all| all.get(place).copied()));
    };
    let headline = Signal::derive(move || lab.focused(|run| headline(run, iteration.get())));
    let with = move |act: &dyn Fn(&TrainSettings, Cell, &Checkpoint) -> Result<(), Notice>| {
        let Some((cell, kept)) = kept.get_untracked() else { return };
        let settings = untrack(|| lab.shown());
        if let Err(notice) = act(&settings, cell, &kept) {
            lab.store.notify(notice);
        }
    };
    let refused = || Notice::warning("The browser did not take the file.".to_owned());
    let save_weights = move |_| {
        with(&|settings, cell, kept| {
            let net = model(settings, cell, kept).map_err(Notice::warning)?;
            let bytes = safetensors::write_with_readout(&net.cell, (&net.readout_weight, &net.readout_bias))
                .map_err(|error| Notice::warning(error.to_string()))?;
            let name = format!("unroll-{}-iteration-{}.safetensors", cell_name(cell).to_ascii_lowercase(), kept.iteration());
            download::save(&name, "application/octet-stream", &bytes).then_some(()).ok_or_else(refused)
        });
    };
    let save_curves = move |_| {
        let csv = lab.runs.with_untracked(curves_csv);
        if !download::save("unroll-training-curves.csv", "text/csv", csv.as_bytes()) {
            lab.store.notify(refused());
        }
    };
    let inspect = move |_| {
        with(&|settings, cell, kept| {
            let query = keep_for_flow(settings, cell, kept)?;
            lab.keep_until_back();
            // A reload of the page, as the labs' own links are.
            window()
                .location()
                .set_href(&format!("{}?{query}", history::root()))
                .map_err(|_| Notice::warning("The browser did not open Flow.".to_owned()))
        });
    };
    let value_text = move || {
        let loss = lab.focused(|run| run.and_then(|run| run.curves.at(iteration.get() as usize)).map(|entry| entry.loss.mean));
        match loss {
            Some(loss) => format!("iteration {}, loss {}", iteration.get(), format_value(loss)),
            None => format!("iteration {}", iteration.get()),
        }
    };
    view! {
        <Panel
            of
            headline=headline
            about="The nets are kept every 50 iterations, in a long run at growing distances, and at a pause. Slide back to one: the charts mark its iteration, and every net can train on from there."
        >
            <Show
                when=move || kept.with(Option::is_some)
                fallback=|| view! { <p class="empty">"Not trained yet: press Start, or Space."</p> }
            >
                <div class="checkpoint">
                    <label for="checkpoint">"Checkpoint"</label>
                    <input
                        id="checkpoint"
                        class="control-slider"
                        style=move || format!("--fraction: {}; --default: 0", place() as f64 / most().max(1) as f64)
                        type="range"
                        min="0"
                        step="1"
                        max=move || most().to_string()
                        prop:value=move || {
                            // Where the range grew first, the value has room.
                            most();
                            place().to_string()
                        }
                        aria-valuetext=value_text
                        on:input=choose
                    />
                    <output for="checkpoint">{value_text}</output>
                </div>
                <div class="checkpoint-actions">
                    <button class="button" type="button" on:click=move |_| lab.rewind(iteration.get_untracked())>
                        {move || format!("Train on from iteration {}", iteration.get())}
                    </button>
                    <button class="button" type="button" title="float64, under PyTorch’s names: the recurrent layer and the readout out.weight, out.bias" on:click=save_weights>"Weights as safetensors"</button>
                    <button class="button" type="button" title="A row an iteration and cell" on:click=save_curves>"Curves as CSV"</button>
                    <button class="button" type="button" title="This net in the Flow lab, on a sequence of its task; going back finds the run" on:click=inspect>"Inspect in Flow"</button>
                </div>
            </Show>
        </Panel>
    }
}
