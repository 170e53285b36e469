//! What the page asks of the lab's worker, and what it is told.

use serde::{Deserialize, Serialize};

use super::layers::Layered;
use super::limits::Limits;
use super::memory::Remembered;
use super::pair::Attended;
use super::passes::Passes;
use super::poles::Poles;
use super::reach::{Found, Square};
use super::scans::Scans;
use super::selects::Selects;
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
    /// The numbers of another view, or why it has none, as a sentence.
    View(Box<Result<Numbers, String>>),
    /// Nothing more comes.
    Done,
    /// There is no worker to compute anything.
    Nowhere,
}

/// The numbers of a view other than the overview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Numbers {
    Passes(Passes),
    Attended(Attended),
    Layered(Layered),
    Remembered(Remembered),
    Poles(Poles),
    Selects(Selects),
    Scans(Scans),
    Limits(Limits),
}

/// The numbers of one view.
pub trait OfView: Sized {
    /// Where these are its numbers.
    fn of(numbers: &Numbers) -> Option<&Self>;
}

macro_rules! of_view {
    ($($numbers:ident),*) => {
        $(impl OfView for $numbers {
            fn of(numbers: &Numbers) -> Option<&Self> {
                match numbers {
                    Numbers::$numbers(numbers) => Some(numbers),
                    _ => None,
                }
            }
        })*
    };
}

of_view!(Passes, Attended, Layered, Remembered, Poles, Selects, Scans, Limits);

impl Message for Told {}

impl News for Told {
    fn stage(&self) -> Stage {
        match self {
            Self::Curves { complete: false, .. } => Stage::Busy,
            Self::Curves { .. } | Self::Matrix(..) | Self::View(_) => Stage::Free,
            Self::Done | Self::Nowhere => Stage::Done,
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
