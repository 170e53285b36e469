//! An analysis as a worker's job: the critical part at once, the rest in slices between which newer requests are heard.

use serde::{Deserialize, Serialize};
use unroll_engine::{analyse_critical_after, transfer, Analysis, Cell, Refinement};

use crate::form::wire;
use crate::jobs::timing;
use crate::jobs::{Budget, Job, Message, News, Stage};
use crate::labs::flow::settings::Settings;
use crate::labs::flow::wire as flow_wire;

/// How often a long critical part says how far it is.
const PROGRESS_MILLISECONDS: f64 = 100.0;

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// To analyse a cell under these settings; what was under way is dropped.
    Analyse {
        /// The cell.
        #[serde(with = "wire::placed")]
        cell: Cell,
        /// The settings.
        #[serde(with = "flow_wire")]
        settings: Box<Settings>,
    },
    /// To let what is under way rest.
    Stop,
    /// To refine what rests.
    Refine,
}

impl Message for Request {}

/// How far a worker has come with an analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Time spent so far.
    pub milliseconds: f64,
    /// The share of the critical part that is done.
    pub critical: f64,
    /// The share of steps that are refined.
    pub refined: f64,
    /// The critical part when it is done, the complete analysis at the end, nothing in between: [`unroll_engine::transfer`].
    pub values: Option<Vec<f64>>,
}

impl Message for Progress {
    fn numbers(&mut self) -> Option<&mut Vec<f64>> {
        self.values.as_mut()
    }
}

impl News for Progress {
    fn stage(&self) -> Stage {
        match (self.critical < 1.0, self.refined < 1.0) {
            (true, _) => Stage::Busy,
            (_, true) => Stage::Free,
            _ => Stage::Done,
        }
    }
}

struct UnderWay {
    analysis: Analysis,
    refinement: Refinement,
    milliseconds: f64,
}

/// The job.
#[derive(Default)]
pub struct Analysing {
    under_way: Option<UnderWay>,
    /// The refinement of what is under way was stopped, or has not been asked for.
    rests: bool,
}

impl Job for Analysing {
    type Order = Request;
    type News = Progress;
    const NAME: &'static str = "analysis";

    fn take(&mut self, order: Request, tell: &dyn Fn(Progress)) {
        let (cell, settings) = match order {
            Request::Stop => return self.rests = true,
            Request::Refine => return self.rests = false,
            Request::Analyse { cell, settings } => (cell, settings),
        };
        let previous = self.under_way.take().map(|work| work.analysis);
        let span = timing::start();
        let mut said = 0.0;
        let mut progress = |critical| {
            let milliseconds = span.elapsed();
            if milliseconds > said + PROGRESS_MILLISECONDS {
                said = milliseconds;
                tell(Progress { milliseconds, critical, refined: 0.0, values: None });
            }
        };
        // The page asks only for what the engine accepts; it would refuse the rest with the same sentence itself.
        let Ok(mut analysis) = analyse_critical_after(&settings.experiment(cell), previous.as_ref(), &mut progress) else { return };
        // What would take very long waits to be asked for; the weights' own spectrum does not.
        self.rests = crate::labs::flow::compute::refines_on_demand(&analysis);
        if self.rests {
            analysis.find_recurrent_eigenvalues();
        }
        let values = Some(transfer::to_values(&analysis));
        let milliseconds = span.elapsed();
        tell(Progress { milliseconds, critical: 1.0, refined: 0.0, values });
        let refinement = Refinement::new(&analysis);
        self.under_way = Some(UnderWay { analysis, refinement, milliseconds });
    }

    fn run(&mut self, budget: &Budget, tell: &dyn Fn(Progress)) -> Option<i32> {
        let mut work = self.under_way.take_if(|_| !self.rests)?;
        let before = budget.elapsed();
        let mut done = false;
        while !done && !budget.is_spent() {
            done = work.refinement.advance(&work.analysis, 1);
        }
        work.milliseconds += budget.elapsed() - before;
        let milliseconds = work.milliseconds;
        if done {
            let values = Some(transfer::to_values(&work.refinement.complete(work.analysis)));
            tell(Progress { milliseconds, critical: 1.0, refined: 1.0, values });
            return None;
        }
        let refined = work.refinement.share(&work.analysis);
        tell(Progress { milliseconds, critical: 1.0, refined, values: None });
        self.under_way = Some(work);
        Some(0)
    }
}
