//! Where a job runs: in slices between which orders are heard, in a worker or in the page's own thread.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort};

use super::codec::{self, Packed};
use super::{Budget, Job, VERSION};

/// What stands before the version in a worker's first words.
pub const HELLO: &str = "unroll ";
/// An order that comes meanwhile waits this long at most.
const SLICE_MILLISECONDS: f64 = 25.0;
/// In the page's thread a frame waits for each job no longer than this.
const PAGE_SLICE_MILLISECONDS: f64 = 4.0;

/// A host, for whoever gives it orders: one that begins something has a generation.
pub type Receive<J> = Box<dyn Fn(Option<u32>, <J as Job>::Order)>;

/// Runs one job.
pub struct Host<J: Job> {
    job: RefCell<J>,
    /// Of the last order that began something.
    generation: Cell<u32>,
    /// A slice is due.
    due: Cell<bool>,
    slice_milliseconds: f64,
    /// A message to here calls for the next slice, after the orders that came before it. A timer would wait, and waits four milliseconds
    /// at least when it is set by another; in the page's thread that is the page's time.
    at_once: Option<MessagePort>,
    tell: Box<dyn Fn(u32, J::News)>,
}

impl<J: Job> Host<J> {
    /// One in the thread of the page, which paints between slices. What it tells is heard later, as a message would be: whoever gave the order
    /// may be in the middle of something.
    pub fn in_page(tell: Box<dyn Fn(u32, J::News)>) -> Receive<J> {
        let tell: Rc<dyn Fn(u32, J::News)> = tell.into();
        let later = move |generation, news| {
            let tell = tell.clone();
            spawn_local(async move { tell(generation, news) });
        };
        let host = Rc::new(Self::new(PAGE_SLICE_MILLISECONDS, None, later));
        Box::new(move |generation, order| host.receive(generation, order))
    }

    fn in_worker(tell: impl Fn(u32, J::News) + 'static) -> Rc<Self> {
        let Ok(channel) = MessageChannel::new() else { return Rc::new(Self::new(SLICE_MILLISECONDS, None, tell)) };
        let host = Rc::new(Self::new(SLICE_MILLISECONDS, Some(channel.port2()), tell));
        let serving = host.clone();
        // It lives as long as the worker.
        channel.port1().set_onmessage(Some(Closure::<dyn FnMut()>::new(move || serving.take_slice()).into_js_value().unchecked_ref()));
        host
    }

    fn new(slice_milliseconds: f64, at_once: Option<MessagePort>, tell: impl Fn(u32, J::News) + 'static) -> Self {
        let (job, generation, due) = (RefCell::default(), Cell::new(0), Cell::new(false));
        Self { job, generation, due, slice_milliseconds, at_once, tell: Box::new(tell) }
    }

    /// Follows an order; one that begins something has a generation.
    pub fn receive(self: &Rc<Self>, generation: Option<u32>, order: J::Order) {
        if let Some(generation) = generation {
            self.generation.set(generation);
        }
        self.job.borrow_mut().take(order, &|news| (self.tell)(self.generation.get(), news));
        self.go_on(0);
    }

    /// Takes a slice in a task of its own, so that orders are heard before.
    fn go_on(self: &Rc<Self>, milliseconds: i32) {
        if self.due.replace(true) {
            return;
        }
        if let (0, Some(port)) = (milliseconds, &self.at_once) {
            if port.post_message(&JsValue::NULL).is_ok() {
                return;
            }
        }
        // A host that nobody holds any more has stopped.
        let host = Rc::downgrade(self);
        Timeout::new(milliseconds.unsigned_abs(), move || host.upgrade().iter().for_each(Self::take_slice)).forget();
    }

    fn take_slice(self: &Rc<Self>) {
        self.due.set(false);
        let budget = Budget::of(self.slice_milliseconds);
        let wait = self.job.borrow_mut().run(&budget, &|news| (self.tell)(self.generation.get(), news));
        if let Some(wait) = wait {
            self.go_on(wait);
        }
    }
}

/// A job's way to its messages.
type Receiver = Box<dyn Fn(&JsValue)>;

/// The worker's side: the jobs that it offers.
pub struct Desk {
    scope: DedicatedWorkerGlobalScope,
    jobs: Vec<(&'static str, Receiver)>,
}

impl Desk {
    /// `None` where this is no worker.
    pub fn open() -> Option<Self> {
        Some(Self { scope: js_sys::global().dyn_into().ok()?, jobs: Vec::new() })
    }

    /// Offers a job.
    #[must_use]
    pub fn offer<J: Job>(mut self) -> Self {
        let scope = self.scope.clone();
        let host = Host::<J>::in_worker(move |generation, news| {
            let Packed { value, transfer } = codec::pack(J::NAME, Some(generation), news);
            // Arrays of bytes and numbers can always be sent.
            scope.post_message_with_transfer(&value, &transfer).ok();
        });
        let receive = move |message: &JsValue| {
            if let Some((generation, order)) = codec::unpack(J::NAME, message) {
                host.receive(generation, order);
            }
        };
        self.jobs.push((J::NAME, Box::new(receive)));
        self
    }

    /// Listens for as long as the worker lives, and says that it does.
    pub fn listen(self) {
        let Self { scope, jobs } = self;
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let message = event.data();
            let job = codec::job(&message);
            let receivers = jobs.iter().filter(|(name, _)| job.as_deref() == Some(name));
            receivers.for_each(|(_, receive)| receive(&message));
        });
        scope.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
        // Words can always be sent.
        scope.post_message(&format!("{HELLO}{VERSION}").into()).ok();
    }
}
