//! The worker's side: answers every job with what it found.

use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::job::Job;

/// Serves jobs for as long as the worker lives. Says `true` once it listens; `false` where this is no worker.
pub fn serve() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let answer = scope.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(job) = Job::from_message(&event.data()) {
            // Arrays of numbers can always be cloned.
            answer.post_message(&job.run().to_message()).ok();
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    listener.forget();
    true
}
