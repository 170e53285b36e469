//! The worker's side of an analysis: the critical part at once, the rest in slices between which newer requests are heard.

use std::cell::{Cell, RefCell};

use unroll_engine::{analyse_critical_after, transfer, Analysis, Refinement};
use wasm_bindgen::prelude::*;
use web_sys::DedicatedWorkerGlobalScope;

use super::request::{Answer, Request};
use super::timing;

/// A request that comes meanwhile waits this long at most.
const SLICE_MILLISECONDS: f64 = 25.0;
/// How often a long critical part says how far it is.
const PROGRESS_MILLISECONDS: f64 = 100.0;

struct UnderWay {
    generation: u32,
    cell: unroll_engine::Cell,
    analysis: Analysis,
    refinement: Refinement,
    milliseconds: f64,
}

thread_local! {
    static UNDER_WAY: RefCell<Option<UnderWay>> = const { RefCell::new(None) };
    /// The refinement of what is under way was stopped, or has not been asked for.
    static RESTS: Cell<bool> = const { Cell::new(false) };
}

/// Takes a message that may be a request.
pub fn receive(scope: &DedicatedWorkerGlobalScope, message: &JsValue) {
    let Some(request) = Request::from_message(message) else { return };
    let (generation, cell, settings) = match request {
        Request::Stop => return RESTS.set(true),
        Request::Refine => {
            if RESTS.replace(false) {
                go_on(scope);
            }
            return;
        }
        Request::Analyse { generation, cell, settings } => (generation, cell, settings),
    };
    let previous = UNDER_WAY.take().map(|work| work.analysis);
    let span = timing::start();
    // The page asks only for what the engine accepts; it would refuse the rest with the same sentence itself.
    let mut said = 0.0;
    let mut progress = |critical| {
        let milliseconds = span.elapsed();
        if milliseconds > said + PROGRESS_MILLISECONDS {
            said = milliseconds;
            answer(scope, Answer { generation, cell, milliseconds, critical, refined: 0.0, values: None });
        }
    };
    let Ok(analysis) = analyse_critical_after(&settings.experiment(cell), previous.as_ref(), &mut progress) else { return };
    let values = Some(transfer::to_values(&analysis));
    let milliseconds = span.elapsed();
    answer(scope, Answer { generation, cell, milliseconds, critical: 1.0, refined: 0.0, values });
    let refinement = Refinement::new(&analysis);
    // What would take very long waits to be asked for.
    let rests = super::refines_on_demand(&analysis);
    RESTS.set(rests);
    UNDER_WAY.set(Some(UnderWay { generation, cell, analysis, refinement, milliseconds }));
    if !rests {
        go_on(scope);
    }
}

fn answer(scope: &DedicatedWorkerGlobalScope, answer: Answer) {
    // Arrays of numbers can always be cloned.
    scope.post_message(&answer.to_message()).ok();
}

/// Refines in a task of its own, so that messages are heard before.
fn go_on(scope: &DedicatedWorkerGlobalScope) {
    let again = scope.clone();
    let slice = Closure::once_into_js(move || refine(&again));
    // Fails for a function that is none.
    scope.set_timeout_with_callback(slice.unchecked_ref()).ok();
}

fn refine(scope: &DedicatedWorkerGlobalScope) {
    if RESTS.get() {
        return;
    }
    let Some(mut work) = UNDER_WAY.take() else { return };
    let span = timing::start();
    let mut done = false;
    while !done && span.elapsed() < SLICE_MILLISECONDS {
        done = work.refinement.advance(&work.analysis, 1);
    }
    work.milliseconds += span.elapsed();
    let UnderWay { generation, cell, milliseconds, .. } = work;
    if done {
        let values = Some(transfer::to_values(&work.refinement.complete(work.analysis)));
        answer(scope, Answer { generation, cell, milliseconds, critical: 1.0, refined: 1.0, values });
        return;
    }
    let refined = work.refinement.share(&work.analysis);
    answer(scope, Answer { generation, cell, milliseconds, critical: 1.0, refined, values: None });
    UNDER_WAY.set(Some(work));
    go_on(scope);
}
