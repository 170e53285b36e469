//! The page's side of analyses that are too much for a frame: one lane a cell, the newest request wins.

use std::cell::Cell as Flag;
use std::rc::Rc;

use unroll_engine::Cell;

use super::job::{Analysing, Progress, Request};
use crate::form::vocabulary::CELLS;
use crate::jobs::lane::{Event, Lane};
use crate::labs::flow::settings::Settings;

/// How far the request of one generation for one cell is.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The cell.
    pub cell: Cell,
    /// The request's; it need not be the newest.
    pub generation: u32,
    /// What its worker told.
    pub progress: Progress,
}

/// What the page is told.
pub enum Report {
    /// News of a request.
    Answer(Answer),
    /// The worker of a cell stopped; its next request goes to another.
    Stopped(Cell),
    /// Workers are not to be had, or failed again: nothing more will come. Why, as the beginning of a sentence.
    Failed(&'static str),
}

/// Workers for analyses; each is started with the first request for its cell.
#[derive(Clone)]
pub struct Remote {
    lanes: Rc<Vec<Lane<Analysing>>>,
    failed: Rc<Flag<bool>>,
}

impl Remote {
    /// No worker yet.
    pub fn new(listener: impl Fn(Report) + 'static) -> Self {
        let (listener, failed) = (Rc::new(listener), Rc::new(Flag::new(false)));
        let lane = |cell| {
            let (listener, failed) = (listener.clone(), failed.clone());
            Lane::new(move |event| match event {
                Event::News { generation, news } => listener(Report::Answer(Answer { cell, generation, progress: news })),
                Event::Stopped { again: true, .. } => listener(Report::Stopped(cell)),
                Event::Stopped { failure, .. } => {
                    if !failed.replace(true) {
                        listener(Report::Failed(failure.words()));
                    }
                }
            })
        };
        Self { lanes: Rc::new(CELLS.into_iter().map(lane).collect()), failed }
    }

    /// Whether requests can be made.
    pub fn works(&self) -> bool {
        !self.failed.get()
    }

    /// Asks for an analysis; the request's generation, `None` where no worker could be had.
    pub fn ask(&self, cell: Cell, settings: &Settings) -> Option<u32> {
        let request = Request::Analyse { cell, settings: Box::new(settings.clone()) };
        let generation = self.lane(cell).filter(|_| self.works())?.ask(request).ok();
        self.failed.set(generation.is_none());
        generation
    }

    /// Forgets what is under way for a cell.
    pub fn stop(&self, cell: Cell) {
        if let Some(lane) = self.lane(cell) {
            lane.forget();
            lane.order(Request::Stop);
        }
    }

    /// Refines what rests at the worker of a cell.
    pub fn refine(&self, cell: Cell) {
        if let Some(lane) = self.lane(cell) {
            lane.order(Request::Refine);
            lane.goes_on();
        }
    }

    fn lane(&self, cell: Cell) -> Option<&Lane<Analysing>> {
        self.lanes.get(CELLS.iter().position(|c| *c == cell)?)
    }
}
