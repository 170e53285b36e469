//! The net while it learns: its recurrent weights and its gates.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as net_model;
use crate::labs::train::context::Lab;
use crate::labs::train::panels::chart::{Lines, UntilBegun};
use crate::shell::panel::{Panel, Slot};

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
