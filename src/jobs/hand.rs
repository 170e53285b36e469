//! The page's hold on one worker: it is started, asked which version it is of, and heard. One that fails before it has said so is replaced once.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::codec::Packed;
use super::VERSION;

/// A worker that is being loaded gives a sign of life at least this often: when its script runs, and when it has compiled the module.
const PATIENCE_MILLISECONDS: u32 = 8000;

/// Why there is no worker (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The browser starts none.
    Refused,
    /// It did not say that it is there.
    Silent,
    /// It is built from other sources than the page.
    Outdated,
    /// It threw an error, or its script did not load.
    Stopped,
}

impl Failure {
    /// The beginning of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refused => "This browser starts no workers",
            Self::Silent => "A worker did not answer",
            Self::Outdated => "The workers belong to another version of Unroll than this page",
            Self::Stopped => "A worker stopped",
        }
    }
}

/// Processors that the browser tells of, at least 1.
pub fn processors() -> usize {
    web_sys::window().map_or(1, |window| window.navigator().hardware_concurrency() as usize).max(1)
}

/// A worker. It ends with its last holder.
pub struct Hand {
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    worker: Option<Attached>,
    /// What it gets once it has said its version; `None` from then on.
    waiting: Option<Vec<Packed>>,
    /// It is the second one.
    replaced: bool,
    patience: Option<Timeout>,
    on_message: Rc<dyn Fn(&JsValue)>,
    on_failure: Rc<dyn Fn(Failure)>,
}

struct Attached {
    worker: Worker,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Hand {
    /// Starts one. `on_failure` is called once, when nothing more will come from it.
    ///
    /// # Errors
    /// [`Failure::Refused`] where the browser starts no workers.
    pub fn start(on_message: impl Fn(&JsValue) + 'static, on_failure: impl Fn(Failure) + 'static) -> Result<Self, Failure> {
        let (on_message, on_failure) = (Rc::new(on_message), Rc::new(on_failure));
        let inner = Inner { worker: None, waiting: Some(Vec::new()), replaced: false, patience: None, on_message, on_failure };
        let hand = Self { inner: Rc::new(RefCell::new(inner)) };
        attach(&hand.inner)?;
        Ok(hand)
    }

    /// Sends a message, as soon as the worker has said that it is there.
    pub fn post(&self, message: Packed) {
        let inner = &mut *self.inner.borrow_mut();
        match (&mut inner.waiting, &inner.worker) {
            (Some(waiting), _) => waiting.push(message),
            (None, Some(attached)) => attached.post(&message),
            (None, None) => {}
        }
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        retire(&self.inner);
    }
}

impl Attached {
    fn post(&self, message: &Packed) {
        // Arrays of bytes and numbers can always be sent.
        self.worker.post_message_with_transfer(&message.value, &message.transfer).ok();
    }
}

fn attach(inner: &Rc<RefCell<Inner>>) -> Result<(), Failure> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(&address(), &options).map_err(|_| Failure::Refused)?;
    let (hearing, failing) = (Rc::downgrade(inner), Rc::downgrade(inner));
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| receive(&hearing, &event.data()));
    let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
        // Reported in the page, so it is no uncaught error as well.
        event.prevent_default();
        fail(&failing, Failure::Stopped);
    });
    worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(error.as_ref().unchecked_ref()));
    inner.borrow_mut().worker = Some(Attached { worker, _message: message, _error: error });
    await_sign(inner);
    Ok(())
}

/// Waits for the next sign of life.
fn await_sign(inner: &Rc<RefCell<Inner>>) {
    let waiting = Rc::downgrade(inner);
    let patience = Timeout::new(PATIENCE_MILLISECONDS, move || fail(&waiting, Failure::Silent));
    inner.borrow_mut().patience = Some(patience);
}

/// A worker says words while it is loaded, the last of which is its version; what it says afterwards is a job's.
fn receive(inner: &Weak<RefCell<Inner>>, data: &JsValue) {
    let Some(inner) = inner.upgrade() else { return };
    let Some(word) = data.as_string() else {
        let on_message = inner.borrow().on_message.clone();
        return on_message(data);
    };
    match word.strip_prefix(super::host::HELLO) {
        None => await_sign(&inner),
        Some(VERSION) => {
            let mut inner = inner.borrow_mut();
            inner.patience = None;
            let waiting = inner.waiting.take().unwrap_or_default();
            if let Some(attached) = &inner.worker {
                waiting.iter().for_each(|message| attached.post(message));
            }
        }
        Some(_) => fail(&Rc::downgrade(&inner), Failure::Outdated),
    }
}

fn fail(inner: &Weak<RefCell<Inner>>, failure: Failure) {
    let Some(inner) = inner.upgrade() else { return };
    retire(&inner);
    let replaceable = {
        let mut inner = inner.borrow_mut();
        inner.waiting.is_some() && !std::mem::replace(&mut inner.replaced, true)
    };
    if replaceable && attach(&inner).is_ok() {
        return;
    }
    let on_failure = inner.borrow().on_failure.clone();
    on_failure(failure);
}

/// Ends the worker. Its closures may be running, so they are freed in a task of their own.
fn retire(inner: &Rc<RefCell<Inner>>) {
    let (worker, patience) = {
        let mut inner = inner.borrow_mut();
        (inner.worker.take(), inner.patience.take())
    };
    if let Some(Attached { worker, .. }) = &worker {
        worker.set_onmessage(None);
        worker.set_onerror(None);
        worker.terminate();
    }
    spawn_local(async move { drop((worker, patience)) });
}

/// The address of the workers' script, whose name has the hash of this build; `public/boot.js` says it.
fn address() -> String {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.and_then(|element| element.get_attribute("data-worker")).unwrap_or_default()
}
