//! The lab's numbers as a worker's job: the curves of all models together, then what may come later, piece by piece.

use std::collections::VecDeque;

use super::message::{Order, Told, NAME};
use super::reach::{self, Found};
use super::{memory, pair, passes};
use crate::jobs::{Budget, Job};
use crate::labs::lineage::models::Place;
use crate::labs::lineage::settings::{LineageSettings, View};

/// The page shows what there is this often while curves take long.
const SHOWN_EVERY_MILLISECONDS: f64 = 250.0;

/// What is left to do.
enum Task {
    Curve(Place),
    Matrix(Place),
    Passes,
    Attended,
    Remembered,
}

/// The job.
#[derive(Default)]
pub struct Reaching {
    settings: LineageSettings,
    tasks: VecDeque<Task>,
    found: Vec<Found>,
    /// Milliseconds spent on curves since the page was told of any.
    untold: f64,
}

impl Job for Reaching {
    type Order = Order;
    type News = Told;
    const NAME: &'static str = NAME;

    fn take(&mut self, Order { settings }: Order, _tell: &dyn Fn(Told)) {
        self.tasks = match settings.view {
            View::Reach => settings.shown().map(Task::Curve).chain(settings.shown().map(Task::Matrix)).collect(),
            View::Bidirectional => VecDeque::from([Task::Passes]),
            View::Attention => VecDeque::from([Task::Attended]),
            View::Memory => VecDeque::from([Task::Remembered]),
        };
        (self.settings, self.found, self.untold) = (settings, Vec::new(), 0.0);
    }

    fn run(&mut self, budget: &Budget, tell: &dyn Fn(Told)) -> Option<i32> {
        while let Some(task) = self.tasks.pop_front() {
            let before = budget.elapsed();
            match task {
                Task::Curve(place) => {
                    self.found.push((place, reach::curve(place, &self.settings)));
                    self.untold += budget.elapsed() - before;
                    let complete = !matches!(self.tasks.front(), Some(Task::Curve(_)));
                    if complete || self.untold >= SHOWN_EVERY_MILLISECONDS {
                        self.untold = 0.0;
                        tell(Told::Curves { found: self.found.clone(), complete });
                    }
                }
                Task::Matrix(place) => {
                    if let Some(square) = reach::matrix(place, &self.settings) {
                        tell(Told::Matrix(place, square));
                    }
                    if self.tasks.is_empty() {
                        tell(Told::Done);
                    }
                }
                Task::Passes => tell(Told::Passes(Box::new(passes::of(&self.settings)))),
                Task::Attended => tell(Told::Attended(Box::new(pair::of(&self.settings)))),
                Task::Remembered => tell(Told::Remembered(Box::new(memory::of(&self.settings)))),
            }
            if budget.is_spent() {
                break;
            }
        }
        (!self.tasks.is_empty()).then_some(0)
    }
}
