//! Work that is not the page's: jobs that run in workers, or in slices of the page's own thread where workers are not to be had.
//!
//! A [`Job`] is a type that follows orders and works within a [`Budget`]; it knows neither threads nor messages. [`host`] runs one, in a worker
//! or in the page. [`hand`] is the page's hold on one worker: started, asked for its version, replaced. A [`lane::Lane`] sends one job's
//! orders and hears its news; a [`pool::Pool`] shares one piece of work between several lanes. [`codec`] is how orders and news travel.
//! Nothing in here knows a lab: `src/serve.rs` lists the jobs that a worker offers.
pub mod codec;
pub mod hand;
pub mod host;
pub mod lane;
pub mod pool;
pub mod timing;

use serde::de::DeserializeOwned;
use serde::Serialize;

use timing::Span;

/// The sources that this program is built from, as a hash. A page and its workers can be told apart by it after a deployment.
pub const VERSION: &str = env!("UNROLL_VERSION");

/// What is sent between the page and a job.
pub trait Message: Serialize + DeserializeOwned + 'static {
    /// The one large list of numbers in it, if there is one: it travels beside the rest, as a typed array that changes hands uncopied.
    fn numbers(&mut self) -> Option<&mut Vec<f64>> {
        None
    }
}

/// How far a job is with what was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It hears nothing else before it is further.
    Busy,
    /// There is more to come, and it can be asked for something newer meanwhile.
    Free,
    /// Nothing more will come.
    Done,
}

/// What a job tells.
pub trait News: Message {
    /// How far the job is when it tells this.
    fn stage(&self) -> Stage {
        Stage::Done
    }
}

/// A kind of work.
pub trait Job: Default + 'static {
    /// What it is asked.
    type Order: Message;
    /// What it tells.
    type News: News;
    /// Its name in messages; no two jobs share one.
    const NAME: &'static str;

    /// Follows an order.
    fn take(&mut self, order: Self::Order, tell: &dyn Fn(Self::News));

    /// Works until the budget is spent. The milliseconds until it wants to go on (0: as soon as orders were heard); `None` when there is nothing to do.
    fn run(&mut self, budget: &Budget, tell: &dyn Fn(Self::News)) -> Option<i32>;
}

/// The time that a job may take before others have their turn.
pub struct Budget {
    span: Span,
    /// All of it.
    pub milliseconds: f64,
}

impl Budget {
    /// From now on.
    pub fn of(milliseconds: f64) -> Self {
        Self { span: timing::start(), milliseconds }
    }

    /// Milliseconds that are spent.
    pub fn elapsed(&self) -> f64 {
        self.span.elapsed()
    }

    /// Whether all of it is.
    pub fn is_spent(&self) -> bool {
        self.elapsed() >= self.milliseconds
    }
}
