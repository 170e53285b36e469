//! The dialog for files that leave something to choose.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use unroll_engine::Activation;
use unroll_formats::{shown, GateOrder, ModelFile};

use super::fields::{buttons, radios};
use super::importer::{Importer, Pending};
use super::model::{self as model, Choice};
use super::sequence::{sequence_form, text_form};

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
            Pending::Model { name, file } => model_form(importer, name.clone(), file.clone()).into_any(),
            Pending::Sequence { name, source } => sequence_form(importer, name.clone(), source.clone()).into_any(),
            Pending::Text { name, text } => text_form(importer, name.clone(), text.clone()).into_any(),
        })
    };
    view! {
        <dialog class="import-dialog" node_ref=dialog aria-labelledby="import-title" on:close=move |_| pending.set(None)>
            {content}
        </dialog>
    }
}

fn model_form(importer: Importer, name: String, file: ModelFile) -> impl IntoView {
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
            let place = choice.with(|choice| choice.module);
            let (has_order, has_forget_bias) = (module.gate_order.is_some(), module.forget_bias.is_some());
            (place, module.layers, module.bidirectional, module.needs_activation(), has_order, has_forget_bias)
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
        let (_, _, bidirectional, ..) = of_module.get();
        let options = [(false, "forward"), (true, "reversed: reads from the last step to the first")];
        let options = options.map(|(reversed, words)| (reversed, words.to_owned())).to_vec();
        bidirectional.then(|| {
            radios(
                "Direction",
                "import-direction",
                options,
                move || choice.with(|choice| choice.reversed),
                move |reversed| choice.update(|choice| choice.reversed = reversed),
            )
        })
    };
    let activation_field = move || {
        let (_, _, _, needs_activation, ..) = of_module.get();
        let options = [(Activation::Tanh, "tanh, the default of nn.RNN"), (Activation::Relu, "relu")];
        let options = options.map(|(activation, words)| (activation, words.to_owned())).to_vec();
        needs_activation.then(|| {
            radios(
                "Nonlinearity (the file does not say)",
                "import-activation",
                options,
                move || choice.with(|choice| choice.activation),
                move |activation| choice.update(|choice| choice.activation = activation),
            )
        })
    };
    let order_field = move || {
        let (.., has_order, _) = of_module.get();
        has_order.then(|| {
            radios(
                "Order of the gates (the names do not say)",
                "import-gates",
                GateOrder::ALL.map(|order| (order, order.words().to_owned())).to_vec(),
                move || choice.with(|choice| choice.gate_order),
                move |order| choice.update(|choice| choice.gate_order = order),
            )
        })
    };
    let forget_field = move || {
        let (.., has_forget_bias) = of_module.get();
        has_forget_bias.then(|| {
            view! {
                <label class="dialog-field">
                    "Added to the forget gate’s bias at run time"
                    <input
                        class="dialog-number"
                        type="number"
                        step="any"
                        prop:value=move || choice.with_untracked(|choice| choice.forget_bias.to_string())
                        on:input=move |event| {
                            if let Some(bias) = event_target_value(&event).parse::<f64>().ok().filter(|bias| bias.is_finite()) {
                                choice.update(|choice| choice.forget_bias = bias);
                            }
                        }
                    />
                </label>
            }
        })
    };
    // What is assumed as it is chosen now: the sentences that stay with the net.
    let notes = {
        let file = file.clone();
        move || {
            let (order, bias) = choice.with(|choice| (choice.gate_order, choice.forget_bias));
            let sentences = file.modules[of_module.get().0].read_as(order, bias).assumptions();
            sentences.into_iter().map(|note| view! { <p class="dialog-note">{note}</p> }).collect_view()
        }
    };
    let refused: Vec<_> = file.refused.iter().map(|error| view! { <p class="dialog-note refused">{error.to_string()}</p> }).collect();
    let ignored = (!file.ignored.is_empty()).then(|| {
        let names: Vec<String> = file.ignored.iter().take(LISTED_NAMES).map(|name| shown(name)).collect();
        let more = if file.ignored.len() > LISTED_NAMES { ", …" } else { "" };
        let (count, are) = (file.ignored.len(), if file.ignored.len() == 1 { "tensor is" } else { "tensors are" });
        view! { <p class="dialog-note">{format!("{count} other {are} of no recurrent layer: {}{more}.", names.join(", "))}</p> }
    });
    let title = format!("Import from {}", shown(&name));
    let import = move || {
        let settings = importer.store.settings.get_untracked();
        let imported = model::with_model(&settings, &name, &file, choice.get_untracked());
        importer.pending.set(None);
        importer.settle(&name, imported);
    };
    view! {
        <h2 id="import-title">{title}</h2>
        {one.flatten().map(|words| view! { <p>{words}</p> })}
        {several.then(|| view! { <fieldset class="dialog-list"><legend>"Module"</legend>{modules}</fieldset> })}
        {layer_field}
        {direction_field}
        {activation_field}
        {order_field}
        {forget_field}
        {notes}
        {refused}
        {ignored}
        {buttons(importer, Signal::derive(|| true), import)}
    }
}
