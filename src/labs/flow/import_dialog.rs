//! The dialog for files that leave something to choose.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use unroll_engine::Activation;
use unroll_formats::{shown, Layout, ModelFile, Sequence};

use super::import::{Importer, Pending};
use super::import_model::{self as model, Choice};

/// Columns that are offered one by one; what a file has beyond them is chosen by its range.
const LISTED_COLUMNS: usize = 64;
/// Names of other tensors that are listed.
const LISTED_NAMES: usize = 6;

/// The dialog; open while the importer has a pending file. Esc and Cancel leave everything as it is.
#[component]
pub fn ImportDialog(importer: Importer) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let pending = importer.pending;
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (pending.with(Option::is_some), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let content = move || {
        pending.get().map(|pending| match &*pending {
            Pending::Model { name, file, layout } => model_form(importer, name.clone(), file.clone(), *layout).into_any(),
            Pending::Sequence { name, sequence } => sequence_form(importer, name.clone(), sequence.clone()).into_any(),
        })
    };
    view! {
        <dialog class="import-dialog" node_ref=dialog aria-labelledby="import-title" on:close=move |_| pending.set(None)>
            {content}
        </dialog>
    }
}

fn buttons(importer: Importer, ready: Signal<bool>, import: impl Fn() + 'static) -> impl IntoView {
    view! {
        <div class="dialog-buttons">
            <button class="button" type="button" on:click=move |_| importer.pending.set(None)>"Cancel"</button>
            <button class="button primary" type="button" disabled=move || !ready.get() on:click=move |_| import()>"Import"</button>
        </div>
    }
}

fn model_form(importer: Importer, name: String, file: ModelFile, layout: Layout) -> impl IntoView {
    let file = Arc::new(file);
    let choice = RwSignal::new(Choice::of(&file, 0));
    let modules: Vec<_> = file
        .modules
        .iter()
        .enumerate()
        .map(|(index, module)| {
            let file = file.clone();
            let (title, about) = (model::module_name(module), model::describe(module));
            view! {
                <label class="dialog-option">
                    <input
                        type="radio"
                        name="import-module"
                        prop:checked=move || choice.with(|choice| choice.module == index)
                        on:change=move |_| choice.update(|choice| *choice = Choice { activation: choice.activation, ..Choice::of(&file, index) })
                    />
                    <span><b>{title}</b> " " {about}</span>
                </label>
            }
        })
        .collect();
    let several = modules.len() > 1;
    let one = (!several).then(|| file.modules.first().map(|module| format!("{}: {}", model::module_name(module), model::describe(module))));
    let of_module = {
        let file = file.clone();
        // What is chosen of the module, without the choices below it: a change of layer must not build its own field anew.
        Memo::new(move |_| {
            let module = &file.modules[choice.with(|choice| choice.module)];
            (choice.with(|choice| choice.module), module.layers, module.bidirectional, module.needs_activation())
        })
    };
    let layer_field = move || {
        let (_, layers, ..) = of_module.get();
        (layers > 1).then(|| {
            let options: Vec<_> = (0..layers)
                .map(|layer| {
                    let note = match layer {
                        0 => " (reads the input)",
                        l if l + 1 == layers => " (its states are the output)",
                        _ => "",
                    };
                    view! {
                        <option value=layer.to_string() prop:selected=move || choice.with(|choice| choice.layer == layer)>
                            {format!("{} of {layers}{note}", layer + 1)}
                        </option>
                    }
                })
                .collect();
            view! {
                <label class="dialog-field">
                    "Layer"
                    <select
                        class="control-select"
                        on:change=move |event| choice.update(|choice| choice.layer = event_target_value(&event).parse().unwrap_or(choice.layer))
                    >
                        {options}
                    </select>
                </label>
            }
        })
    };
    let direction_field = move || {
        let (_, _, bidirectional, _) = of_module.get();
        bidirectional.then(|| {
            view! {
                <fieldset class="dialog-row">
                    <legend>"Direction"</legend>
                    {[(false, "forward"), (true, "reversed: reads from the last step to the first")]
                        .into_iter()
                        .map(|(reversed, words)| view! {
                            <label class="dialog-option">
                                <input type="radio" name="import-direction" prop:checked=move || choice.with(|choice| choice.reversed == reversed) on:change=move |_| choice.update(|choice| choice.reversed = reversed)/>
                                {words}
                            </label>
                        })
                        .collect_view()}
                </fieldset>
            }
        })
    };
    let activation_field = move || {
        let (.., needs_activation) = of_module.get();
        needs_activation.then(|| {
            view! {
                <fieldset class="dialog-row">
                    <legend>"Nonlinearity (the file does not say)"</legend>
                    {[(Activation::Tanh, "tanh, the default of nn.RNN"), (Activation::Relu, "relu")]
                        .into_iter()
                        .map(|(activation, words)| view! {
                            <label class="dialog-option">
                                <input type="radio" name="import-activation" prop:checked=move || choice.with(|choice| choice.activation == activation) on:change=move |_| choice.update(|choice| choice.activation = activation)/>
                                {words}
                            </label>
                        })
                        .collect_view()}
                </fieldset>
            }
        })
    };
    let notes = {
        let file = file.clone();
        move || {
            let notes = file.modules[of_module.get().0].notes.clone();
            notes.into_iter().map(|note| view! { <p class="dialog-note">{note}</p> }).collect_view()
        }
    };
    let refused: Vec<_> = file.refused.iter().map(|error| view! { <p class="dialog-note refused">{error.to_string()}</p> }).collect();
    let ignored = (!file.ignored.is_empty()).then(|| {
        let names: Vec<String> = file.ignored.iter().take(LISTED_NAMES).map(|name| shown(name)).collect();
        let more = if file.ignored.len() > LISTED_NAMES { ", …" } else { "" };
        let (count, are) = (file.ignored.len(), if file.ignored.len() == 1 { "tensor is" } else { "tensors are" });
        view! { <p class="dialog-note">{format!("{count} other {are} of no recurrent layer: {}{more}.", names.join(", "))}</p> }
    });
    let about = match layout {
        Layout::Pytorch => "Weights in PyTorch’s layout.",
        Layout::Keras => "Weights in Keras’ layout, by their names: gates i, f, c, o for an LSTM; z, r, h with reset_after for a GRU.",
    };
    let title = format!("Import from {}", shown(&name));
    let import = move || {
        let settings = importer.store.settings.get_untracked();
        let imported = model::with_model(&settings, &name, &file, layout, choice.get_untracked());
        importer.pending.set(None);
        importer.settle(&name, imported);
    };
    view! {
        <h2 id="import-title">{title}</h2>
        <p class="dialog-note">{about}</p>
        {one.flatten().map(|words| view! { <p>{words}</p> })}
        {several.then(|| view! { <fieldset class="dialog-list"><legend>"Module"</legend>{modules}</fieldset> })}
        {layer_field}
        {direction_field}
        {activation_field}
        {notes}
        {refused}
        {ignored}
        {buttons(importer, Signal::derive(|| true), import)}
    }
}

fn sequence_form(importer: Importer, name: String, sequence: Sequence) -> impl IntoView {
    let wanted = importer.store.settings.with_untracked(model::wanted_width);
    let chosen = RwSignal::new(model::first_columns(&sequence, wanted));
    let standardise = RwSignal::new(false);
    let steps = format!("{} steps of {} columns.", sequence.seq_len, sequence.width);
    let sentence = match wanted {
        Some(wanted) => match sequence.columns_for(wanted) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        },
        None => "Choose what the nets read at every step.".to_owned(),
    };
    let boxes: Vec<_> = sequence
        .columns
        .iter()
        .take(LISTED_COLUMNS)
        .enumerate()
        .map(|(index, column)| {
            view! {
                <label class="dialog-option">
                    <input
                        type="checkbox"
                        prop:checked=move || chosen.with(|chosen| chosen.contains(&index))
                        on:change=move |event| {
                            let wanted = event_target_checked(&event);
                            chosen.update(|chosen| {
                                chosen.retain(|other| *other != index);
                                if wanted {
                                    chosen.push(index);
                                    chosen.sort_unstable();
                                }
                            });
                        }
                    />
                    {shown(column)}
                </label>
            }
        })
        .collect();
    let beyond = (sequence.width > LISTED_COLUMNS)
        .then(|| view! { <p class="dialog-note">{format!("The first {LISTED_COLUMNS} of {} columns are listed.", sequence.width)}</p> });
    let count = move || chosen.with(Vec::len);
    let ready = Signal::derive(move || wanted.map_or(count() > 0, |wanted| count() == wanted));
    let state = move || match wanted {
        Some(wanted) => format!("{} of {wanted} chosen.", count()),
        None => format!("{} chosen.", count()),
    };
    let title = format!("Import from {}", shown(&name));
    let import = move || {
        let settings = importer.store.settings.get_untracked();
        let imported =
            chosen.with_untracked(|chosen| model::with_sequence(&settings, &name, &sequence, chosen, standardise.get_untracked()));
        importer.pending.set(None);
        importer.settle(&name, imported);
    };
    view! {
        <h2 id="import-title">{title}</h2>
        <p>{steps} " " {sentence}</p>
        <fieldset class="dialog-list columns"><legend>"Columns"</legend>{boxes}</fieldset>
        {beyond}
        <p class="dialog-note" role="status">{state}</p>
        <label class="dialog-option">
            <input type="checkbox" prop:checked=move || standardise.get() on:change=move |event| standardise.set(event_target_checked(&event))/>
            "Standardise: shift and scale each column to mean 0 and standard deviation 1"
        </label>
        {buttons(importer, ready, import)}
    }
}
