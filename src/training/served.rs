//! The worker's side of a training run: steps in slices between which orders are heard, told of in batches.

use std::cell::RefCell;

use unroll_engine::spectrum;
use unroll_engine::train::{Diverged, Divergence, Snapshot, TrainError, Trainer};
use unroll_engine::Cell;
use wasm_bindgen::prelude::*;
use web_sys::DedicatedWorkerGlobalScope;

use super::examples::examples;
use super::history::{spectrum_block, Point, CHECKPOINT_EVERY, SPECTRUM_EVERY};
use super::message::{News, NewsKind, Order};
use super::settings::TrainSettings;
use crate::compute::timing::{self, Span};

/// An order that comes meanwhile waits this long at most.
const SLICE_MILLISECONDS: f64 = 25.0;
/// Steps are told of at most this often.
const NEWS_MILLISECONDS: f64 = 50.0;
/// Answers change at most this often: they are to be read.
const EXAMPLE_MILLISECONDS: f64 = 700.0;
/// Checkpoints kept, the first one apart.
const CHECKPOINTS: usize = 40;
/// A checkpoint is good while the loss is at most so many times the first: a run that is about to blow up has left that behind.
const GOOD_LOSS: f64 = 3.0;

struct Training {
    generation: u32,
    cell: Cell,
    trainer: Trainer,
    settings: TrainSettings,
    checkpoints: Vec<Snapshot>,
    first_loss: Option<f64>,
    /// Steps per second at most, while it runs.
    running: Option<usize>,
    /// Since it runs at this speed, and the steps since.
    since: Span,
    done: usize,
    /// What was not told yet, and since when.
    untold: Vec<f64>,
    told: Span,
    /// Since the last examples.
    shown: Span,
    stopped: bool,
}

thread_local! {
    static TRAINING: RefCell<Option<Training>> = const { RefCell::new(None) };
    /// A slice is due.
    static DUE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Follows an order.
pub fn receive(scope: &DedicatedWorkerGlobalScope, order: Order) {
    if let Order::Start { generation, cell, settings } = order {
        let news = |kind| tell(scope, News { generation, cell, kind });
        TRAINING.set(match Training::new(generation, cell, settings) {
            Ok(training) => Some(training),
            Err(error) => {
                news(NewsKind::Stopped(error.to_string()));
                None
            }
        });
        return;
    }
    let Some(mut training) = TRAINING.take() else { return };
    let mut kept = true;
    match order {
        Order::Run { steps_per_second } => {
            training.running = (!training.stopped).then_some(steps_per_second);
            (training.since, training.done) = (timing::start(), 0);
        }
        Order::Pause => {
            training.running = None;
            training.tell_steps(scope);
            training.tell_examples(scope);
        }
        Order::Step => {
            training.step(scope);
            training.tell_steps(scope);
        }
        Order::Live { settings } => {
            training.settings = settings;
            training.take_over();
        }
        Order::Restore => training.restore(scope),
        Order::Stop | Order::Start { .. } => kept = false,
    }
    let runs = training.running.is_some();
    if kept {
        TRAINING.set(Some(training));
    }
    if kept && runs {
        go_on(scope, 0);
    }
}

fn tell(scope: &DedicatedWorkerGlobalScope, news: News) {
    // Arrays of numbers and strings can always be cloned.
    scope.post_message(&news.to_message()).ok();
}

/// Takes a slice in a task of its own, so that orders are heard before.
fn go_on(scope: &DedicatedWorkerGlobalScope, milliseconds: i32) {
    if DUE.replace(true) {
        return;
    }
    let again = scope.clone();
    let slice = Closure::once_into_js(move || {
        DUE.set(false);
        let Some(mut training) = TRAINING.take() else { return };
        let wait = training.slice(&again);
        TRAINING.set(Some(training));
        if let Some(wait) = wait {
            go_on(&again, wait);
        }
    });
    // Fails for a function that is none.
    scope.set_timeout_with_callback_and_timeout_and_arguments_0(slice.unchecked_ref(), milliseconds).ok();
}

impl Training {
    fn new(generation: u32, cell: Cell, settings: TrainSettings) -> Result<Self, TrainError> {
        let trainer = Trainer::new(settings.config(cell)?)?;
        let (since, told, shown) = (timing::start(), timing::start(), timing::start());
        let checkpoints = vec![trainer.snapshot()];
        let (first_loss, running, done, untold, stopped) = (None, None, 0, Vec::new(), false);
        Ok(Self { generation, cell, trainer, settings, checkpoints, first_loss, running, since, done, untold, told, shown, stopped })
    }

    /// Runs for a slice; the milliseconds to wait before the next one, `None` where there is none.
    fn slice(&mut self, scope: &DedicatedWorkerGlobalScope) -> Option<i32> {
        let span = timing::start();
        let mut wait = 0;
        while let Some(speed) = self.running {
            if speed > 0 {
                let due = 1000.0 * self.done as f64 / speed as f64 - self.since.elapsed();
                if due > 0.0 {
                    wait = due.min(100.0).ceil() as i32;
                    break;
                }
            }
            if span.elapsed() >= SLICE_MILLISECONDS {
                break;
            }
            self.step(scope);
            self.done += 1;
        }
        if self.told.elapsed() >= NEWS_MILLISECONDS || wait > 0 || self.running.is_none() {
            self.tell_steps(scope);
        }
        self.running.map(|_| wait)
    }

    fn step(&mut self, scope: &DedicatedWorkerGlobalScope) {
        if self.stopped {
            return;
        }
        let iteration = self.trainer.iteration();
        let spectrum = iteration.is_multiple_of(SPECTRUM_EVERY).then(|| self.spectrum());
        let checkpoint = (iteration > 0 && iteration.is_multiple_of(CHECKPOINT_EVERY)).then(|| self.trainer.snapshot());
        match self.trainer.step() {
            Ok(record) => {
                let first = *self.first_loss.get_or_insert(record.loss);
                Point::of(record, spectrum).write(&mut self.untold);
                if let Some(snapshot) = checkpoint.filter(|_| record.loss <= GOOD_LOSS * first) {
                    if self.checkpoints.len() > CHECKPOINTS {
                        self.checkpoints.remove(1);
                    }
                    self.checkpoints.push(snapshot);
                }
            }
            Err(diverged) => {
                (self.running, self.stopped) = (None, true);
                self.tell_steps(scope);
                self.tell(scope, NewsKind::Stopped(sentence(diverged, self.trainer.config().learning_rate)));
            }
        }
    }

    fn spectrum(&self) -> (f64, f64) {
        let model = self.trainer.model();
        let n = model.cell.hidden_size;
        let (block, _) = spectrum_block(self.cell);
        let Some(matrix) = model.cell.weight_hh.get(block * n * n..(block + 1) * n * n) else { return (f64::NAN, f64::NAN) };
        let sigma = spectrum::singular_values(matrix, n, n).first().copied().unwrap_or(f64::NAN);
        (spectrum::spectral_radius(matrix, n), sigma)
    }

    /// What may be set between steps; the page offers nothing that is refused here.
    fn take_over(&mut self) {
        self.trainer.set_learning_rate(self.settings.learning_rate).ok();
        self.trainer.set_clip(self.settings.clipping()).ok();
        self.trainer.set_truncation(self.settings.truncation()).ok();
    }

    fn restore(&mut self, scope: &DedicatedWorkerGlobalScope) {
        self.tell_steps(scope);
        let Some(snapshot) = self.checkpoints.last() else { return };
        if self.trainer.restore(snapshot).is_ok() {
            self.take_over();
            self.stopped = false;
            self.tell(scope, NewsKind::Restored(self.trainer.iteration()));
        }
    }

    /// What the net answers now; not more often than can be read, unless the run rests.
    fn tell_examples(&mut self, scope: &DedicatedWorkerGlobalScope) {
        if self.trainer.iteration() == 0 || (self.running.is_some() && self.shown.elapsed() < EXAMPLE_MILLISECONDS) {
            return;
        }
        self.shown = timing::start();
        let examples = examples(&mut self.trainer);
        self.tell(scope, NewsKind::Examples(examples));
    }

    fn tell_steps(&mut self, scope: &DedicatedWorkerGlobalScope) {
        self.told = timing::start();
        if !self.untold.is_empty() {
            let numbers = std::mem::take(&mut self.untold);
            self.tell(scope, NewsKind::Steps(numbers));
            self.tell_examples(scope);
        }
    }

    fn tell(&self, scope: &DedicatedWorkerGlobalScope, kind: NewsKind) {
        tell(scope, News { generation: self.generation, cell: self.cell, kind });
    }
}

/// What happened, and what helps.
fn sentence(diverged: Diverged, learning_rate: f64) -> String {
    let what = match diverged.what {
        Divergence::Loss => "the loss is not a finite number any more",
        Divergence::Gradient => "the gradient is not a finite number any more",
        Divergence::Weights => "the update would have made a weight infinite",
    };
    format!(
        "It diverged at iteration {}: {what}. The steps were too long at learning rate {learning_rate}; clip the gradient or take a \
         smaller rate.",
        diverged.iteration
    )
}
