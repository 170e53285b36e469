//! The page's side of training: one worker a cell, or the page's own thread where there are none. What an older start left behind is not
//! heard.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::task::spawn_local;
use unroll_engine::Cell;
use wasm_bindgen::JsValue;

use super::checkpoint::Checkpoint;
use super::history::place;
use super::message::{News, NewsKind, Order};
use super::served::Server;
use crate::form::vocabulary::CELLS;
use crate::labs::train::settings::TrainSettings;
use crate::worker::Hand;

/// Workers that are replaced for one start and cell.
const REPLACEMENTS: usize = 2;

/// What the page is told.
pub enum Report {
    /// Of the present start.
    News(Cell, NewsKind),
    /// A worker stopped; it was replaced, and its run waits at the last good checkpoint, or before its first step.
    Replaced(Cell, Option<u64>),
    /// The browser starts no workers: this cell trains in the page's own thread.
    Here(Cell),
    /// New workers stopped as well: this cell does not train.
    Lost(Cell),
}

type Listener = Rc<dyn Fn(Report)>;
/// The last good checkpoint of a cell, which the page keeps.
type LastGood = Rc<dyn Fn(Cell) -> Option<Checkpoint>>;

/// Who follows the orders.
enum Worker {
    Elsewhere(Hand),
    Here(Rc<Server>),
}

impl Worker {
    fn order(&self, order: Order) {
        match self {
            Self::Elsewhere(hand) => hand.post(&order.to_message()),
            Self::Here(server) => server.receive(order),
        }
    }

    fn stop(&self) {
        match self {
            Self::Elsewhere(hand) => hand.stop(),
            Self::Here(server) => server.receive(Order::Stop),
        }
    }
}

#[derive(Default)]
struct Lane {
    worker: Option<Worker>,
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
    retired: Vec<Worker>,
    listener: Listener,
    last_good: LastGood,
}

/// The workers; each is started with the first run of its cell.
#[derive(Clone)]
pub struct Crew {
    inner: Rc<RefCell<Inner>>,
}

impl Crew {
    /// No worker yet.
    pub fn new(listener: impl Fn(Report) + 'static, last_good: impl Fn(Cell) -> Option<Checkpoint> + 'static) -> Self {
        let (lanes, retired) = (Default::default(), Vec::new());
        Self { inner: Rc::new(RefCell::new(Inner { lanes, retired, listener: Rc::new(listener), last_good: Rc::new(last_good) })) }
    }

    /// Begins a run anew or from a checkpoint; it waits there.
    pub fn start(&self, cell: Cell, settings: &TrainSettings, from: Option<Checkpoint>) {
        self.inner.borrow_mut().lanes[place(cell)].replaced = 0;
        self.begin(cell, settings, from);
    }

    fn begin(&self, cell: Cell, settings: &TrainSettings, from: Option<Checkpoint>) {
        let lane = place(cell);
        if self.inner.borrow().lanes[lane].worker.is_none() {
            let (receiver, failing) = (self.clone(), self.clone());
            let hand = Hand::start(move |data| receiver.receive_message(cell, data), move || failing.replace(cell));
            let worker = hand.map_or_else(|_| self.here(cell), Worker::Elsewhere);
            self.inner.borrow_mut().lanes[lane].worker = Some(worker);
        }
        let mut inner = self.inner.borrow_mut();
        let lane = &mut inner.lanes[lane];
        lane.generation += 1;
        lane.start = Some(settings.clone());
        let order = Order::Start { generation: lane.generation, cell, settings: settings.clone(), from };
        if let Some(worker) = &lane.worker {
            worker.order(order);
        }
    }

    /// The page's own thread as a worker. What it tells is heard later, as a message would be: it may be in the middle of an order.
    fn here(&self, cell: Cell) -> Worker {
        let receiver = self.clone();
        self.report(Report::Here(cell));
        Worker::Here(Server::in_page(move |news| {
            let receiver = receiver.clone();
            spawn_local(async move { receiver.receive(cell, news) });
        }))
    }

    /// Gives an order to a cell's worker, if it has one.
    pub fn order(&self, cell: Cell, order: &Order) {
        if let Order::Live { settings } = order {
            // A worker that replaces this one starts with them.
            self.inner.borrow_mut().lanes[place(cell)].start = Some(settings.clone());
        }
        if let Some(worker) = &self.inner.borrow().lanes[place(cell)].worker {
            worker.order(order.clone());
        }
    }

    /// Ends all workers.
    pub fn end(&self) {
        for lane in &self.inner.borrow().lanes {
            if let Some(worker) = &lane.worker {
                worker.stop();
            }
        }
    }

    fn report(&self, report: Report) {
        let listener = self.inner.borrow().listener.clone();
        listener(report);
    }

    fn receive_message(&self, cell: Cell, data: &JsValue) {
        if let Some(news) = News::from_message(data) {
            self.receive(cell, news);
        }
    }

    fn receive(&self, cell: Cell, news: News) {
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
            let (settings, worker) = (lane.start.clone(), lane.worker.take());
            if let Some(worker) = worker {
                worker.stop();
                inner.retired.push(worker);
            }
            (again, settings)
        };
        match settings {
            Some(settings) if again => {
                let last_good = self.inner.borrow().last_good.clone();
                let from = last_good(cell);
                let iteration = from.as_ref().map(Checkpoint::iteration);
                self.begin(cell, &settings, from);
                self.report(Report::Replaced(cell, iteration));
            }
            _ => self.report(Report::Lost(cell)),
        }
    }
}
