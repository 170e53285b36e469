//! The river: the picture of the unrolled net with the gradient flowing back through it.

use std::rc::Rc;

use leptos::prelude::*;
use unroll_engine::signal::Display;

use super::context::Flow;
use super::gradient_model::cell_ink;
use super::panel::Panel;
use super::player;
use super::river_geometry::{height, TimeAxis};
use super::river_paint::{activity, clear, loss_steps, Lane, Pen, RiverModel};
use super::words::{cell_name, power_of_ten, share};
use crate::charts::layout::{margins, Margins};
use crate::charts::{DataTable, Layer, Palette, TableModel};

fn model(flow: Flow) -> RiverModel {
    let focus = flow.focus();
    flow.analyses.with(|analyses| {
        let lanes = analyses
            .iter()
            .map(|(cell, analysis)| Lane {
                cell,
                ink: cell_ink(cell),
                log10_adjoint: analysis.backward.log10_norm_dl_ds.as_slice().into(),
                activity: activity(analysis),
                focus: cell == focus,
            })
            .collect();
        let seq_len = analyses.seq_len();
        let settings = flow.settings.get();
        let input = settings.experiment(focus).sequence().map_or(Display::Values { values: Vec::new(), labels: None }, |s| s.display);
        let site = analyses.get(focus).map(|a| a.problem.loss_site);
        RiverModel { lanes, seq_len, input, loss_steps: site.map(|s| loss_steps(s, seq_len)).unwrap_or_default() }
    })
}

/// The panel.
#[component]
pub fn River(flow: Flow) -> impl IntoView {
    let model = Memo::new(move |_| Rc::new(model(flow)));
    view! { <div></div> }
}
