//! The page's side of analyses that are too much for a frame: one worker a cell, the newest request wins.

use std::cell::RefCell;
use std::rc::Rc;

use unroll_engine::Cell;
use wasm_bindgen::JsValue;

use super::request::{Answer, Request};
use super::timing::{self, Span};
use crate::form::vocabulary::CELLS;
use crate::labs::flow::settings::Settings;
use crate::worker::Hand;

/// A worker that takes longer for a critical part, or says nothing of a refinement for longer, is ended when something newer is asked of it,
/// and another is started.
const PATIENCE_MILLISECONDS: f64 = 1500.0;

/// What the page is told.
pub enum Report {
    /// News of a request, which need not be the newest.
    Answer(Answer),
    /// Workers are not to be had, or one of them failed: nothing more will come.
    Failed(&'static str),
}

type Listener = Rc<dyn Fn(Report)>;

#[derive(Default)]
struct Lane {
    hand: Option<Hand>,
    generation: u32,
    /// The worker has the request of this generation and has not answered with its critical part.
    busy_with: Option<u32>,
    /// When it was given a critical part, or last said how a refinement goes; `None` when it has nothing to do.
    heard: Option<Span>,
    /// What it gets next.
    waiting: Option<Request>,
}

struct Inner {
    lanes: [Lane; CELLS.len()],
    /// Stopped workers: the closure of the one that failed may be running, so it must not be freed.
    retired: Vec<Hand>,
    failed: bool,
    listener: Listener,
}

/// Workers for analyses; each is started with the first request for its cell.
#[derive(Clone)]
pub struct Remote {
    inner: Rc<RefCell<Inner>>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("failed", &self.inner.borrow().failed).finish_non_exhaustive()
    }
}

impl Remote {
    /// No worker yet.
    pub fn new(listener: impl Fn(Report) + 'static) -> Self {
        let inner = Inner { lanes: Default::default(), retired: Vec::new(), failed: false, listener: Rc::new(listener) };
        Self { inner: Rc::new(RefCell::new(inner)) }
    }

    /// Whether requests can be made.
    pub fn works(&self) -> bool {
        !self.inner.borrow().failed
    }

    /// Asks for an analysis. While the worker is at the critical part of an older one, only the newest request waits: what a drag passed
    /// over is never computed. The request's generation; `None` where no worker could be had.
    pub fn ask(&self, cell: Cell, settings: &Settings) -> Option<u32> {
        let lane = place(cell);
        self.give_up_on(lane);
        if self.inner.borrow().lanes[lane].hand.is_none() {
            let (receiver, failing) = (self.clone(), self.clone());
            match Hand::start(move |data| receiver.receive(lane, data), move || failing.fail("A worker stopped")) {
                Ok(hand) => self.inner.borrow_mut().lanes[lane].hand = Some(hand),
                Err(_) => {
                    self.inner.borrow_mut().failed = true;
                    return None;
                }
            }
        }
        let mut inner = self.inner.borrow_mut();
        let lane = &mut inner.lanes[lane];
        lane.generation += 1;
        lane.waiting = Some(Request::Analyse { generation: lane.generation, cell, settings: Box::new(settings.clone()) });
        lane.send();
        Some(lane.generation)
    }

    /// Ends a worker that has been at something for long: it hears nothing until it is done.
    fn give_up_on(&self, lane: usize) {
        let mut inner = self.inner.borrow_mut();
        let lane = &mut inner.lanes[lane];
        if lane.heard.as_ref().is_none_or(|heard| heard.elapsed() < PATIENCE_MILLISECONDS) {
            return;
        }
        lane.busy_with = None;
        lane.heard = None;
        if let Some(hand) = lane.hand.take() {
            hand.stop();
            inner.retired.push(hand);
        }
    }

    /// Forgets what is under way for a cell.
    pub fn stop(&self, cell: Cell) {
        // What rests after a stop can be taken up again; a critical part cannot.
        if self.inner.borrow().lanes[place(cell)].busy_with.is_some() {
            self.give_up_on(place(cell));
        }
        let lane = &mut self.inner.borrow_mut().lanes[place(cell)];
        lane.waiting = None;
        if let Some(hand) = &lane.hand {
            hand.post(&Request::Stop.to_message());
        }
    }

    /// Refines what rests at the worker of a cell.
    pub fn refine(&self, cell: Cell) {
        let lane = &mut self.inner.borrow_mut().lanes[place(cell)];
        if let Some(hand) = &lane.hand {
            hand.post(&Request::Refine.to_message());
            lane.heard = Some(timing::start());
        }
    }

    fn receive(&self, lane: usize, data: &JsValue) {
        let Some(answer) = Answer::from_message(data) else { return };
        let listener = {
            let mut inner = self.inner.borrow_mut();
            let lane = &mut inner.lanes[lane];
            if answer.critical == 1.0 {
                lane.heard = (answer.refined < 1.0).then(timing::start);
            }
            if lane.busy_with == Some(answer.generation) && answer.critical == 1.0 {
                lane.busy_with = None;
                lane.send();
            }
            inner.listener.clone()
        };
        listener(Report::Answer(answer));
    }

    fn fail(&self, what: &'static str) {
        let listener = {
            let mut inner = self.inner.borrow_mut();
            if inner.failed {
                return;
            }
            inner.failed = true;
            let hands: Vec<Hand> = inner.lanes.iter_mut().filter_map(|lane| lane.hand.take()).collect();
            hands.iter().for_each(Hand::stop);
            inner.retired.extend(hands);
            inner.listener.clone()
        };
        listener(Report::Failed(what));
    }
}

impl Lane {
    fn send(&mut self) {
        if self.busy_with.is_some() {
            return;
        }
        if let (Some(hand), Some(request)) = (&self.hand, self.waiting.take()) {
            hand.post(&request.to_message());
            self.busy_with = Some(self.generation);
            self.heard = Some(timing::start());
        }
    }
}

fn place(cell: Cell) -> usize {
    CELLS.iter().position(|c| *c == cell).unwrap_or(0)
}
