//! What the page asks of the lab's worker, and what it is told.

use serde::{Deserialize, Serialize};

use super::memory::Remembered;
use super::pair::Attended;
use super::passes::Passes;
use super::reach::{Found, Square};
use crate::form::wire;
use crate::jobs::{Budget, Job, Message, News, Stage};
use crate::labs::lineage::models::Place;
use crate::labs::lineage::settings::LineageSettings;

/// The job's name in messages.
pub const NAME: &str = "lineage";

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
    /// The memory view, or why it has nothing, as a sentence.
    Remembered(Box<Result<Remembered, String>>),
    /// Nothing more comes.
    Done,
    /// There is no worker to compute anything.
    Nowhere,
}

impl Message for Told {}

impl News for Told {
    fn stage(&self) -> Stage {
        match self {
            Self::Curves { complete: false, .. } => Stage::Busy,
            Self::Curves { .. } | Self::Matrix(..) => Stage::Free,
            Self::Passes(_) | Self::Attended(_) | Self::Remembered(_) | Self::Done | Self::Nowhere => Stage::Done,
        }
    }
}

/// The page's stand-in for the job, for its lane: the models are in the worker's module only, so that the page stays small. Where no worker is
/// to be had it says so.
#[derive(Default)]
pub struct Afar;

impl Job for Afar {
    type Order = Order;
    type News = Told;
    const NAME: &'static str = NAME;

    fn take(&mut self, _: Order, tell: &dyn Fn(Told)) {
        tell(Told::Nowhere);
    }

    fn run(&mut self, _: &Budget, _: &dyn Fn(Told)) -> Option<i32> {
        None
    }
}
