//! Contribution by step and cumulative share.

use std::sync::Arc;

use leptos::prelude::*;

use super::model as contribution_model;
use crate::labs::flow::context::Flow;
use crate::labs::flow::panels::chart::{compared, focused_headline, TimeChart};
use crate::shell::panel::{Panel, Slot};

/// Contribution by step and cumulative share.
#[component]
pub fn ContributionPanel(of: Slot, flow: Flow) -> impl IntoView {
    let by_step = Memo::new(move |_| Arc::new(flow.analyses.with(|a| contribution_model::by_step_model(a))));
    let by_step = compared(flow, by_step, |ghost| Some(contribution_model::by_step_model(ghost)));
    let share = Memo::new(move |_| Arc::new(flow.analyses.with(|a| contribution_model::share_model(a))));
    let share = compared(flow, share, |ghost| Some(contribution_model::share_model(ghost)));
    view! {
        <Panel
            of
            headline=focused_headline(flow, contribution_model::headline)
            about="The weights are used at every step; above, the norm of the part of ∂L/∂W_hh that each use contributes, below, the share of steps t…T in their sum (read from right to left). What truncated backpropagation keeps with a window of T−t+1 steps."
        >
            <TimeChart of flow model=by_step name="Contribution by step" height=190.0/>
            <TimeChart of flow model=share name="Cumulative share by step" height=170.0/>
        </Panel>
    }
}
