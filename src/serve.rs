//! What a worker offers: one line a job. Above the labs, so that the jobs know nothing of each other.

use crate::jobs::host::Desk;
use crate::jobs::pool::Piecework;
use crate::labs::flow::compute::job::Analysing;
use crate::labs::flow::scribe::{self, Scribe};
use crate::labs::flow::sweep::report::ReportPlan;
use crate::labs::flow::sweep::seeds::SeedPlan;
use crate::labs::flow::sweep::Plan;
use crate::labs::lineage::compute::job::Reaching;
use crate::labs::train::runs::job::Training;

/// Serves for as long as the worker lives; does nothing where this is no worker.
pub fn serve() {
    let Some(desk) = Desk::open() else { return };
    scribe::install(Scribe::all());
    desk.offer::<Analysing>()
        .offer::<Piecework<Plan>>()
        .offer::<Piecework<SeedPlan>>()
        .offer::<Piecework<ReportPlan>>()
        .offer::<Training>()
        .offer::<Reaching>()
        .listen();
}
