//! The page's side of training: one lane a cell. What an older start tells is not heard.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use unroll_engine::Cell;

use super::checkpoint::Checkpoint;
use super::history::place;
use super::job::Training;
use super::message::{News, Order};
use crate::form::vocabulary::CELLS;
use crate::jobs::hand::Failure;
use crate::jobs::host::Host;
use crate::jobs::lane::{Event, Lane};
use crate::labs::train::settings::TrainSettings;

/// What the page is told.
pub enum Report {
    /// Of the present start.
    News(Cell, News),
    /// A worker stopped; its run waits at the last good checkpoint, or before its first step, with another worker or in the page's own thread.
    Replaced(Cell, Option<u64>),
    /// A cell trains in the page's own thread from now on, and why.
    Here(Failure),
}

struct Berth {
    lane: Lane<Training>,
    /// What it was started with, and took over since.
    settings: RefCell<Option<TrainSettings>>,
}

struct Inner {
    berths: Vec<Berth>,
    listener: Box<dyn Fn(Report)>,
    /// The last good checkpoint of a cell, which the page keeps.
    last_good: Box<dyn Fn(Cell) -> Option<Checkpoint>>,
}

/// The workers; each is started with the first run of its cell, and ends with the crew.
#[derive(Clone)]
pub struct Crew {
    inner: Rc<Inner>,
}

impl Crew {
    /// No worker yet.
    pub fn new(listener: impl Fn(Report) + 'static, last_good: impl Fn(Cell) -> Option<Checkpoint> + 'static) -> Self {
        let inner = Rc::new_cyclic(|crew: &Weak<Inner>| {
            let berth = |cell| {
                let crew = crew.clone();
                let lane = Lane::new(move |event| crew.upgrade().map_or((), |crew| crew.hear(cell, event)));
                Berth { lane, settings: None.into() }
            };
            Inner { berths: CELLS.into_iter().map(berth).collect(), listener: Box::new(listener), last_good: Box::new(last_good) }
        });
        Self { inner }
    }

    /// Begins a run anew or from a checkpoint; it waits there.
    pub fn start(&self, cell: Cell, settings: &TrainSettings, from: Option<Checkpoint>) {
        self.inner.begin(cell, settings, from);
    }

    /// Tries with workers again where the page's own thread took over.
    pub fn renew(&self) {
        self.inner.berths.iter().for_each(|berth| berth.lane.renew());
    }

    /// Gives an order to a cell's worker, if it has one.
    pub fn order(&self, cell: Cell, order: &Order) {
        let Some(berth) = self.inner.berth(cell) else { return };
        if let Order::Live { settings } = order {
            // A worker that replaces this one starts with them.
            berth.settings.replace(Some(settings.clone()));
        }
        berth.lane.order(order.clone());
    }
}

impl Inner {
    fn berth(&self, cell: Cell) -> Option<&Berth> {
        self.berths.get(place(cell))
    }

    fn begin(&self, cell: Cell, settings: &TrainSettings, from: Option<Checkpoint>) {
        let Some(berth) = self.berth(cell) else { return };
        berth.settings.replace(Some(settings.clone()));
        let order = Order::Start { cell, settings: settings.clone(), from };
        if let Err(failure) = berth.lane.begin(order.clone()) {
            berth.lane.move_here(Host::<Training>::in_page);
            // The page's own thread is always to be had.
            berth.lane.begin(order).ok();
            (self.listener)(Report::Here(failure));
        }
    }

    fn hear(&self, cell: Cell, event: Event<News>) {
        let Some(berth) = self.berth(cell) else { return };
        let (failure, again) = match event {
            Event::News { generation, news } if generation == berth.lane.generation() => {
                return (self.listener)(Report::News(cell, news));
            }
            Event::News { .. } => return,
            Event::Stopped { failure, again } => (failure, again),
        };
        let Some(settings) = berth.settings.borrow().clone() else { return };
        if !again {
            berth.lane.move_here(Host::<Training>::in_page);
            (self.listener)(Report::Here(failure));
        }
        let from = (self.last_good)(cell);
        let iteration = from.as_ref().map(Checkpoint::iteration);
        self.begin(cell, &settings, from);
        (self.listener)(Report::Replaced(cell, iteration));
    }
}
