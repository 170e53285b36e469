//! One job in one worker, as the page has it: the newest request waits, a worker that takes too long for it is ended, one that stops may be
//! replaced, and the page's own thread can take its place.

use std::cell::RefCell;
use std::rc::Rc;

use super::codec;
use super::hand::{Failure, Hand};
use super::host::Receive;
use super::timing::{self, Span};
use super::{Job, News, Stage};

/// A worker that hears nothing for longer is ended when something newer is asked of it, and another is started.
const PATIENCE_MILLISECONDS: f64 = 1500.0;
/// Workers that are replaced since the last [`Lane::renew`].
const REPLACEMENTS: usize = 2;

/// What a lane tells the page.
pub enum Event<N> {
    /// News of an order that began something, which need not be the newest.
    News {
        /// Of that order.
        generation: u32,
        /// What the job told.
        news: N,
    },
    /// The worker is gone, and what it was at.
    Stopped {
        /// Why.
        failure: Failure,
        /// Another may do better: this one has told something, and not too many stopped before it.
        again: bool,
    },
}

enum Worker<J: Job> {
    Elsewhere(Hand),
    Here(Receive<J>),
}

struct Inner<J: Job> {
    /// Started with the first order.
    worker: Option<Worker<J>>,
    /// How the page's own thread works, once it is to.
    here: Option<HostHere<J>>,
    generation: u32,
    /// The worker has the order of this generation and hears nothing else before it is further.
    busy_with: Option<u32>,
    /// When it was given an order that keeps it busy, or told last that it goes on; `None` when it has nothing to do.
    heard: Option<Span>,
    /// What it gets next.
    waiting: Option<J::Order>,
    /// It has told something since it was started.
    told: bool,
    replaced: usize,
    listener: Rc<dyn Fn(Event<J::News>)>,
}

/// Makes a host in the page's own thread, for a listener.
pub type HostHere<J> = fn(Box<dyn Fn(u32, <J as Job>::News)>) -> Receive<J>;

/// A lane; its worker ends with its last holder.
pub struct Lane<J: Job> {
    inner: Rc<RefCell<Inner<J>>>,
}

impl<J: Job> Lane<J> {
    /// No worker yet.
    pub fn new(listener: impl Fn(Event<J::News>) + 'static) -> Self {
        let inner = Inner {
            worker: None,
            here: None,
            generation: 0,
            busy_with: None,
            heard: None,
            waiting: None,
            told: false,
            replaced: 0,
            listener: Rc::new(listener),
        };
        Self { inner: Rc::new(RefCell::new(inner)) }
    }

    /// The generation of the newest order that began something, or is going to.
    pub fn generation(&self) -> u32 {
        self.inner.borrow().generation
    }

    /// Whether the page's own thread works.
    pub fn is_here(&self) -> bool {
        self.inner.borrow().here.is_some()
    }

    /// From the next order on the page's own thread works. It is told how, `Host::in_page`, so that a page which never does is built
    /// without the job.
    pub fn move_here(&self, host: HostHere<J>) {
        self.end();
        self.inner.borrow_mut().here = Some(host);
    }

    /// Forgets how many workers stopped, and tries with one again where the page's own thread works.
    pub fn renew(&self) {
        if self.is_here() {
            self.end();
        }
        let mut inner = self.inner.borrow_mut();
        (inner.here, inner.replaced) = (None, 0);
    }

    /// Begins something at once; its generation.
    ///
    /// # Errors
    /// Where no worker is to be had.
    pub fn begin(&self, order: J::Order) -> Result<u32, Failure> {
        self.start()?;
        let mut inner = self.inner.borrow_mut();
        inner.generation += 1;
        let generation = inner.generation;
        inner.send(Some(generation), order);
        Ok(generation)
    }

    /// Begins something as soon as the worker hears; its generation. Only the newest waits: what others passed over is never done.
    ///
    /// # Errors
    /// Where no worker is to be had.
    pub fn ask(&self, order: J::Order) -> Result<u32, Failure> {
        self.give_up();
        self.start()?;
        let mut inner = self.inner.borrow_mut();
        inner.generation += 1;
        inner.waiting = Some(order);
        inner.send_waiting();
        Ok(inner.generation)
    }

    /// Gives an order that begins nothing to the worker, if there is one.
    pub fn order(&self, order: J::Order) {
        self.inner.borrow_mut().send(None, order);
    }

    /// The worker was ordered to go on with what rests.
    pub fn goes_on(&self) {
        self.inner.borrow_mut().heard = Some(timing::start());
    }

    /// Forgets what waits, and what keeps the worker busy for long.
    pub fn forget(&self) {
        // What rests can be taken up again; what keeps the worker busy cannot.
        let busy = self.inner.borrow().busy_with.is_some();
        if busy {
            self.give_up();
        }
        self.inner.borrow_mut().waiting = None;
    }

    /// Ends the worker.
    pub fn end(&self) {
        let mut inner = self.inner.borrow_mut();
        (inner.busy_with, inner.heard, inner.waiting) = (None, None, None);
        let worker = inner.worker.take();
        drop(inner);
        drop(worker);
    }

    /// Ends a worker that has been at something for long: it hears nothing until it is done.
    fn give_up(&self) {
        let long = self.inner.borrow().heard.as_ref().is_some_and(|heard| heard.elapsed() >= PATIENCE_MILLISECONDS);
        if long {
            self.end();
        }
    }

    fn start(&self) -> Result<(), Failure> {
        if self.inner.borrow().worker.is_some() {
            return Ok(());
        }
        let (hearing, failing) = (Rc::downgrade(&self.inner), Rc::downgrade(&self.inner));
        let hear = move |generation, news| {
            if let Some(inner) = hearing.upgrade() {
                receive(&inner, generation, news);
            }
        };
        let here = self.inner.borrow().here;
        let worker = if let Some(host) = here {
            Worker::Here(host(Box::new(hear)))
        } else {
            let message = move |data: &_| {
                if let Some((Some(generation), news)) = codec::unpack(J::NAME, data) {
                    hear(generation, news);
                }
            };
            let stop = move |failure| failing.upgrade().iter().for_each(|inner| stopped(inner, failure));
            Worker::Elsewhere(Hand::start(message, stop)?)
        };
        let mut inner = self.inner.borrow_mut();
        (inner.worker, inner.told) = (Some(worker), false);
        Ok(())
    }
}

impl<J: Job> Inner<J> {
    fn send(&mut self, generation: Option<u32>, order: J::Order) {
        match &self.worker {
            Some(Worker::Elsewhere(hand)) => hand.post(codec::pack(J::NAME, generation, order)),
            Some(Worker::Here(receive)) => receive(generation, order),
            None => {}
        }
    }

    fn send_waiting(&mut self) {
        if self.busy_with.is_some() {
            return;
        }
        if let Some(order) = self.waiting.take() {
            self.send(Some(self.generation), order);
            self.busy_with = Some(self.generation);
            self.heard = Some(timing::start());
        }
    }
}

fn receive<J: Job>(inner: &RefCell<Inner<J>>, generation: u32, news: J::News) {
    let listener = {
        let mut inner = inner.borrow_mut();
        inner.told = true;
        let stage = news.stage();
        if stage != Stage::Busy {
            inner.heard = (stage == Stage::Free).then(timing::start);
            if inner.busy_with == Some(generation) {
                inner.busy_with = None;
                inner.send_waiting();
            }
        }
        inner.listener.clone()
    };
    listener(Event::News { generation, news });
}

fn stopped<J: Job>(inner: &RefCell<Inner<J>>, failure: Failure) {
    let (listener, again) = {
        let mut inner = inner.borrow_mut();
        let again = std::mem::take(&mut inner.told) && inner.replaced < REPLACEMENTS;
        inner.replaced += 1;
        (inner.worker, inner.busy_with, inner.heard, inner.waiting) = (None, None, None, None);
        (inner.listener.clone(), again)
    };
    listener(Event::Stopped { failure, again });
}
