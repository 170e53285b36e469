//! Workers: the page's own module in another thread. The page's side starts them, theirs serves what is asked.

pub mod message;

use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::compute::served;
use crate::sweep::job::{Found, Job};
use crate::sweep::pool::Work;
use crate::sweep::report::ReportPlan;
use crate::sweep::seeds::SeedPlan;
use crate::training::message::Order;
use crate::training::served::Server;

/// A worker that was started.
pub struct Hand {
    worker: Worker,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Hand {
    /// Starts one. `on_error` is called when it stops, which also happens when its script does not load.
    ///
    /// # Errors
    /// What the browser throws where it starts no workers.
    pub fn start(on_message: impl Fn(&JsValue) + 'static, on_error: impl Fn() + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&address(), &options)?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| on_message(&event.data()));
        let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            // Reported in the page, so it is no uncaught error as well.
            event.prevent_default();
            on_error();
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Ok(Self { worker, _message: message, _error: error })
    }

    /// Sends a message. Arrays of numbers and strings can always be cloned.
    pub fn post(&self, message: &JsValue) {
        self.worker.post_message(message).ok();
    }

    /// Stops it. What is left must be kept where a closure of its own may be running.
    pub fn stop(&self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Processors that the browser tells of, at least 1.
pub fn processors() -> usize {
    web_sys::window().map_or(1, |window| window.navigator().hardware_concurrency() as usize).max(1)
}

/// The address of the workers' script, whose name has the hash of this build; `public/boot.js` says it.
fn address() -> String {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.and_then(|element| element.get_attribute("data-worker")).unwrap_or_default()
}

/// The worker's side: serves for as long as the worker lives. Says `true` once it listens; `false` where this is no worker.
pub fn serve() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let (answer, told) = (scope.clone(), scope.clone());
    // Arrays of numbers and strings can always be cloned.
    let training = Server::in_worker(move |news| drop(told.post_message(&news.to_message())));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event.data();
        if let Some(order) = Order::from_message(&message) {
            training.receive(order);
        } else if let Some(job) = Job::from_message(&message) {
            // Arrays of numbers can always be cloned.
            answer.post_message(&job.run().to_message()).ok();
        } else if let Some((plan, generation, from, until)) = SeedPlan::from_message(&message) {
            let found = Found { generation, from, values: plan.run(from, until) };
            answer.post_message(&found.to_message()).ok();
        } else if let Some((plan, generation, from, until)) = ReportPlan::from_message(&message) {
            let found = Found { generation, from, values: plan.run(from, until) };
            answer.post_message(&found.to_message()).ok();
        } else {
            served::receive(&answer, &message);
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    listener.forget();
    true
}
