//! The page's side of training: one worker a cell. What an older start left behind is not heard.

use std::cell::RefCell;
use std::rc::Rc;

use unroll_engine::Cell;
use wasm_bindgen::JsValue;

use super::history::place;
use super::message::{News, NewsKind, Order};
use super::settings::TrainSettings;
use crate::state::settings::CELLS;
use crate::worker::Hand;

/// Workers that are replaced for one start and cell.
const REPLACEMENTS: usize = 2;

/// What the page is told.
pub enum Report {
    /// Of the present start.
    News(Cell, NewsKind),
    /// A worker stopped; it was replaced, and its run begins anew, paused.
    Replaced(Cell),
    /// Workers are not to be had, or new ones stopped as well: this cell does not train.
    Lost(Cell),
}

type Listener = Rc<dyn Fn(Report)>;

#[derive(Default)]
struct Lane {
    hand: Option<Hand>,
    generation: u32,
    /// It has told something since it was started.
    heard: bool,
    /// How often it was replaced since the page started the run.
    replaced: usize,
    start: Option<TrainSettings>,
}

struct Inner {
    lanes: [Lane; CELLS.len()],
    /// Stopped workers: the closure of the one that failed may be running, so it must not be freed.
    retired: Vec<Hand>,
    listener: Listener,
}

/// The workers; each is started with the first run of its cell.
#[derive(Clone)]
pub struct Crew {
    inner: Rc<RefCell<Inner>>,
}

impl Crew {
    /// No worker yet.
    pub fn new(listener: impl Fn(Report) + 'static) -> Self {
        Self { inner: Rc::new(RefCell::new(Inner { lanes: Default::default(), retired: Vec::new(), listener: Rc::new(listener) })) }
    }

    /// Begins a run anew, paused before its first step.
    pub fn start(&self, cell: Cell, settings: &TrainSettings) {
        self.inner.borrow_mut().lanes[place(cell)].replaced = 0;
        self.begin(cell, settings);
    }

    fn begin(&self, cell: Cell, settings: &TrainSettings) {
        let lane = place(cell);
        if self.inner.borrow().lanes[lane].hand.is_none() {
            let (receiver, failing) = (self.clone(), self.clone());
            let hand = Hand::start(move |data| receiver.receive(cell, data), move || failing.replace(cell));
            let Ok(hand) = hand else { return self.report(Report::Lost(cell)) };
            self.inner.borrow_mut().lanes[lane].hand = Some(hand);
        }
        let mut inner = self.inner.borrow_mut();
        let lane = &mut inner.lanes[lane];
        lane.generation += 1;
        lane.start = Some(settings.clone());
        let order = Order::Start { generation: lane.generation, cell, settings: settings.clone() };
        if let Some(hand) = &lane.hand {
            hand.post(&order.to_message());
        }
    }

    /// Gives an order to a cell's worker, if it has one.
    pub fn order(&self, cell: Cell, order: &Order) {
        if let Some(hand) = &self.inner.borrow().lanes[place(cell)].hand {
            hand.post(&order.to_message());
        }
    }

    /// Ends all workers.
    pub fn end(&self) {
        for lane in &self.inner.borrow().lanes {
            if let Some(hand) = &lane.hand {
                hand.stop();
            }
        }
    }

    fn report(&self, report: Report) {
        let listener = self.inner.borrow().listener.clone();
        listener(report);
    }

    fn receive(&self, cell: Cell, data: &JsValue) {
        let Some(news) = News::from_message(data) else { return };
        {
            let mut inner = self.inner.borrow_mut();
            let lane = &mut inner.lanes[place(cell)];
            if news.generation != lane.generation {
                return;
            }
            lane.heard = true;
        }
        self.report(Report::News(cell, news.kind));
    }

    /// A new worker for one that stopped, unless that one never said a word, or too many did before it: the next would do no better.
    fn replace(&self, cell: Cell) {
        let (again, settings) = {
            let mut inner = self.inner.borrow_mut();
            let lane = &mut inner.lanes[place(cell)];
            let again = std::mem::take(&mut lane.heard) && lane.replaced < REPLACEMENTS;
            lane.replaced += 1;
            let (settings, hand) = (lane.start.clone(), lane.hand.take());
            if let Some(hand) = hand {
                hand.stop();
                inner.retired.push(hand);
            }
            (again, settings)
        };
        match settings {
            Some(settings) if again => {
                self.begin(cell, &settings);
                self.report(Report::Replaced(cell));
            }
            _ => self.report(Report::Lost(cell)),
        }
    }
}
