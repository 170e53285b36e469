//! What a worker offers: one line a job. Above the labs, so that the jobs know nothing of each other.

use crate::compute::job::Analysing;
use crate::jobs::host::Desk;
use crate::jobs::pool::Piecework;
use crate::sweep::report::ReportPlan;
use crate::sweep::seeds::SeedPlan;
use crate::sweep::Plan;
use crate::training::job::Training;

/// Serves for as long as the worker lives; does nothing where this is no worker.
pub fn serve() {
    let Some(desk) = Desk::open() else { return };
    desk.offer::<Analysing>()
        .offer::<Piecework<Plan>>()
        .offer::<Piecework<SeedPlan>>()
        .offer::<Piecework<ReportPlan>>()
        .offer::<Training>()
        .listen();
}
