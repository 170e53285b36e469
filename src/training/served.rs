//! The working side of a training run: steps in slices between which orders are heard, told of in batches. It is in a worker, or in the
//! page's own thread where there are no workers.

use std::cell::{Cell as Flag, RefCell};
use std::rc::Rc;

use unroll_engine::spectrum;
use unroll_engine::train::{Diverged, Divergence, TrainError, Trainer};
use unroll_engine::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

use super::checkpoint::Checkpoint;
use super::examples::examples;
use super::history::{checkpoint_stride, spectrum_block, spectrum_stride, stride, Point};
use super::message::{News, NewsKind, Order};
use crate::compute::timing::{self, Span};
use crate::labs::train::settings::TrainSettings;

/// An order that comes meanwhile waits this long at most.
const SLICE_MILLISECONDS: f64 = 25.0;
/// A worker that rests between slices takes short ones: the page waits for none of its frames long.
const RESTED_SLICE_MILLISECONDS: f64 = 8.0;
/// In the page's thread a frame is waited for no longer than this by each cell.
const PAGE_SLICE_MILLISECONDS: f64 = 4.0;
/// Steps are told of at most this often.
const NEWS_MILLISECONDS: f64 = 50.0;
/// Answers change at most this often: they are to be read.
const EXAMPLE_MILLISECONDS: f64 = 700.0;

#[wasm_bindgen]
extern "C" {
    /// The window's or the worker's.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(task: &JsValue, milliseconds: i32) -> JsValue;
}

struct Training {
    generation: u32,
    cell: Cell,
    trainer: Trainer,
    settings: TrainSettings,
    /// Steps per second at most, and rest as a multiple of the work, while it runs.
    running: Option<(usize, f64)>,
    /// Since it runs at this speed, and the steps since.
    since: Span,
    done: usize,
    /// What was not told yet, and since when.
    untold: Vec<f64>,
    untold_checkpoints: Vec<Checkpoint>,
    told: Span,
    /// Since the last examples.
    shown: Span,
    stopped: bool,
}

/// Follows orders, one run at a time.
pub struct Server {
    training: RefCell<Option<Training>>,
    /// A slice is due.
    due: Flag<bool>,
    slice_milliseconds: f64,
    /// A message to here calls for the next slice, after the orders that came before it. A timer would wait, and waits four milliseconds
    /// at least when it is set by another; in the page's thread that is the page's time.
    at_once: Option<MessagePort>,
    tell: Box<dyn Fn(News)>,
}

impl Server {
    /// One that has a thread of its own.
    pub fn in_worker(tell: impl Fn(News) + 'static) -> Rc<Self> {
        let channel = MessageChannel::new().ok();
        let server = Self::new(SLICE_MILLISECONDS, channel.as_ref().map(MessageChannel::port2), tell);
        if let Some(channel) = channel {
            let serving = server.clone();
            // It lives as long as the worker.
            channel.port1().set_onmessage(Some(Closure::<dyn FnMut()>::new(move || serving.take_slice()).into_js_value().unchecked_ref()));
        }
        server
    }

    /// One in the thread of the page, which paints between slices.
    pub fn in_page(tell: impl Fn(News) + 'static) -> Rc<Self> {
        Self::new(PAGE_SLICE_MILLISECONDS, None, tell)
    }

    fn new(slice_milliseconds: f64, at_once: Option<MessagePort>, tell: impl Fn(News) + 'static) -> Rc<Self> {
        Rc::new(Self { training: RefCell::new(None), due: Flag::new(false), slice_milliseconds, at_once, tell: Box::new(tell) })
    }

    /// Follows an order.
    pub fn receive(self: &Rc<Self>, order: Order) {
        if let Order::Start { generation, cell, settings, from } = order {
            let news = |kind| (self.tell)(News { generation, cell, kind });
            self.training.replace(match Training::new(generation, cell, settings, from.as_ref()) {
                Ok(training) => {
                    if from.is_none() {
                        news(NewsKind::Kept(Checkpoint::of(&training.trainer.snapshot())));
                    }
                    Some(training)
                }
                Err(error) => {
                    news(NewsKind::Stopped(error.to_string()));
                    None
                }
            });
            return;
        }
        let Some(mut training) = self.training.take() else { return };
        let mut kept = true;
        match order {
            Order::Run { steps_per_second, rest } => {
                training.running = (!training.stopped).then_some((steps_per_second, rest));
                (training.since, training.done) = (timing::start(), 0);
            }
            Order::Pause => {
                training.running = None;
                training.tell_steps(&self.tell);
                training.tell_examples(&self.tell);
                // Whoever pauses may be about to leave.
                if training.trainer.iteration() > 0 && !training.stopped {
                    training.tell(&self.tell, NewsKind::Kept(Checkpoint::of(&training.trainer.snapshot())));
                }
                training.tell(&self.tell, NewsKind::Paused);
            }
            Order::Step => {
                training.step(&self.tell);
                training.tell_steps(&self.tell);
            }
            Order::Live { settings } => {
                training.settings = settings;
                training.take_over();
            }
            Order::Stop | Order::Start { .. } => kept = false,
        }
        let runs = training.running.is_some();
        if kept {
            self.training.replace(Some(training));
        }
        if kept && runs {
            self.go_on(0);
        }
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
        let server = self.clone();
        set_timeout(&Closure::once_into_js(move || server.take_slice()), milliseconds);
    }

    fn take_slice(self: &Rc<Self>) {
        self.due.set(false);
        let Some(mut training) = self.training.take() else { return };
        let wait = training.slice(self.slice_milliseconds, &self.tell);
        self.training.replace(Some(training));
        if let Some(wait) = wait {
            self.go_on(wait);
        }
    }
}

type Tell = dyn Fn(News);

impl Training {
    fn new(generation: u32, cell: Cell, settings: TrainSettings, from: Option<&Checkpoint>) -> Result<Self, TrainError> {
        let mut trainer = Trainer::new(settings.config(cell)?)?;
        if let Some(from) = from {
            let snapshot = from.snapshot(trainer.config().layout()).ok_or(TrainError::Sizes { what: "checkpoint" })?;
            trainer.restore(&snapshot)?;
        }
        let (since, told, shown) = (timing::start(), timing::start(), timing::start());
        let (running, done, untold, untold_checkpoints, stopped) = (None, 0, Vec::new(), Vec::new(), false);
        let mut training =
            Self { generation, cell, trainer, settings, running, since, done, untold, untold_checkpoints, told, shown, stopped };
        // A checkpoint has the learning rate, clipping and truncation of its time; those of now count.
        training.take_over();
        Ok(training)
    }

    /// Runs for a slice; the milliseconds to wait before the next one, `None` where there is none.
    fn slice(&mut self, milliseconds: f64, tell: &Tell) -> Option<i32> {
        let span = timing::start();
        let mut wait = 0;
        let mut ahead = false;
        while let Some((speed, rest)) = self.running {
            if speed > 0 {
                let due = 1000.0 * self.done as f64 / speed as f64 - self.since.elapsed();
                if due > 0.0 {
                    (wait, ahead) = (due.min(100.0).ceil() as i32, true);
                    break;
                }
            }
            let elapsed = span.elapsed();
            if elapsed >= milliseconds || (rest > 0.0 && elapsed >= RESTED_SLICE_MILLISECONDS) {
                wait = (rest * elapsed).min(1000.0) as i32;
                break;
            }
            self.step(tell);
            self.done += 1;
        }
        if self.told.elapsed() >= NEWS_MILLISECONDS || ahead || self.running.is_none() {
            self.tell_steps(tell);
        }
        self.running.map(|_| wait)
    }

    fn step(&mut self, tell: &Tell) {
        if self.stopped {
            return;
        }
        let iteration = self.trainer.iteration();
        let spectrum = iteration.is_multiple_of(spectrum_stride(iteration)).then(|| self.spectrum());
        let checkpoint =
            (iteration > 0 && iteration.is_multiple_of(checkpoint_stride(iteration))).then(|| Checkpoint::of(&self.trainer.snapshot()));
        // The way back through time is followed where the waterfall has a column for it.
        let profile = iteration.is_multiple_of(stride(iteration));
        match if profile { self.trainer.step() } else { self.trainer.step_without_profile() } {
            Ok(record) => {
                Point::of(record, spectrum).write(&mut self.untold);
                if let Some(checkpoint) = checkpoint {
                    self.untold_checkpoints.push(checkpoint);
                }
            }
            Err(diverged) => {
                (self.running, self.stopped) = (None, true);
                self.tell_steps(tell);
                self.tell(tell, NewsKind::Stopped(sentence(diverged, self.trainer.config().learning_rate)));
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

    /// What the net answers now; not more often than can be read, unless the run rests.
    fn tell_examples(&mut self, tell: &Tell) {
        if self.trainer.iteration() == 0 || (self.running.is_some() && self.shown.elapsed() < EXAMPLE_MILLISECONDS) {
            return;
        }
        self.shown = timing::start();
        let examples = examples(&mut self.trainer);
        self.tell(tell, NewsKind::Examples(examples));
    }

    fn tell_steps(&mut self, tell: &Tell) {
        self.told = timing::start();
        if !self.untold.is_empty() {
            let numbers = std::mem::take(&mut self.untold);
            self.tell(tell, NewsKind::Steps(numbers));
            // After their steps: the page goes by the loss whether a checkpoint is good.
            for checkpoint in std::mem::take(&mut self.untold_checkpoints) {
                self.tell(tell, NewsKind::Kept(checkpoint));
            }
            self.tell_examples(tell);
        }
    }

    fn tell(&self, tell: &Tell, kind: NewsKind) {
        tell(News { generation: self.generation, cell: self.cell, kind });
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
