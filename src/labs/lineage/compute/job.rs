//! The lab's numbers as a worker's job: the curves of all models together, then what may come later, piece by piece.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::pair::Attended;
use super::passes::Passes;
use super::reach::{self, Found, Square};
use super::{pair, passes};
use crate::form::wire;
use crate::jobs::{Budget, Job, Message, News, Stage};
use crate::labs::lineage::models::Place;
use crate::labs::lineage::settings::{LineageSettings, View};

/// The page shows what there is this often while curves take long.
const SHOWN_EVERY_MILLISECONDS: f64 = 250.0;

/// What the page asks: the numbers of a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The settings, which name the view.
    #[serde(with = "wire::link")]
    pub settings: LineageSettings,
}

impl Message for Order {}

/// What it is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Told {
    /// Curves of the overview: all of them, or those there are so far.
    Curves {
        /// In the order of the models.
        found: Vec<Found>,
        /// Whether there are more to come.
        complete: bool,
    },
    /// The matrix of a model.
    Matrix(Place, Square),
    /// The bidirectional view, or why it has nothing, as a sentence.
    Passes(Box<Result<Passes, String>>),
    /// The attention view, or why it has nothing, as a sentence.
    Attended(Box<Result<Attended, String>>),
    /// Nothing more comes.
    Done,
}

impl Message for Told {}

impl News for Told {
    fn stage(&self) -> Stage {
        match self {
            Self::Curves { complete: false, .. } => Stage::Busy,
            Self::Curves { .. } | Self::Matrix(..) => Stage::Free,
            Self::Passes(_) | Self::Attended(_) | Self::Done => Stage::Done,
        }
    }
}

/// What is left to do.
enum Task {
    Curve(Place),
    Matrix(Place),
    Passes,
    Attended,
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
    const NAME: &'static str = "lineage";

    fn take(&mut self, Order { settings }: Order, _tell: &dyn Fn(Told)) {
        self.tasks = match settings.view {
            View::Reach => settings.shown().map(Task::Curve).chain(settings.shown().map(Task::Matrix)).collect(),
            View::Bidirectional => VecDeque::from([Task::Passes]),
            View::Attention => VecDeque::from([Task::Attended]),
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
            }
            if budget.is_spent() {
                break;
            }
        }
        (!self.tasks.is_empty()).then_some(0)
    }
}
