//! The lab's numbers as a worker's job: first what a view shows at once, then what may come later, piece by piece.

use std::collections::VecDeque;

use super::message::{Numbers, Order, Told, NAME};
use super::reach::{self, Found};
use super::{layers, limits, memory, pair, passes, poles, scans, selects};
use crate::jobs::{Budget, Job};
use crate::labs::lineage::models::{Place, TRANSFORMER};
use crate::labs::lineage::settings::{LineageSettings, View};

/// The page shows what there is this often while curves take long.
const SHOWN_EVERY_MILLISECONDS: f64 = 250.0;

/// What is left to do.
enum Task {
    Curve(Place),
    Matrix(Place),
    View(fn(&LineageSettings) -> Result<Numbers, String>),
    LayersMatrix,
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
        let view = |of| VecDeque::from([Task::View(of)]);
        self.tasks = match settings.view {
            View::Reach => settings.shown().map(Task::Curve).chain(settings.shown().map(Task::Matrix)).collect(),
            View::Bidirectional => view(|settings| passes::of(settings).map(Numbers::Passes)),
            View::Attention => view(|settings| pair::of(settings).map(Numbers::Attended)),
            View::Transformer => {
                let mut tasks = view(|settings| layers::of(settings).map(Numbers::Layered));
                tasks.push_back(Task::LayersMatrix);
                tasks
            }
            View::Memory => view(|settings| memory::of(settings).map(Numbers::Remembered)),
            View::Spectrum => view(|settings| poles::of(settings).map(Numbers::Poles)),
            View::Selective => view(|settings| selects::of(settings).map(Numbers::Selects)),
            View::Scan => view(|settings| scans::of(settings).map(Numbers::Scans)),
            View::Limits => view(|settings| limits::of(settings).map(Numbers::Limits)),
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
                    reach::matrix(place, &self.settings).into_iter().for_each(|square| tell(Told::Matrix(place, square)))
                }
                Task::View(of) => tell(Told::View(Box::new(of(&self.settings)))),
                Task::LayersMatrix => {
                    layers::matrix(&self.settings).into_iter().for_each(|square| tell(Told::Matrix(TRANSFORMER, square)));
                }
            }
            if self.tasks.is_empty() {
                tell(Told::Done);
            }
            if budget.is_spent() {
                break;
            }
        }
        (!self.tasks.is_empty()).then_some(0)
    }
}
