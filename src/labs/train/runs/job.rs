//! A training run as a job: steps in slices, told of in batches.

use unroll_engine::spectrum;
use unroll_engine::train::{Diverged, Divergence, TrainError, Trainer};
use unroll_engine::Cell;

use super::checkpoint::Checkpoint;
use super::examples::examples;
use super::history::{checkpoint_stride, spectrum_block, spectrum_stride, stride, Point};
use super::message::{News, Order};
use crate::jobs::timing::{self, Span};
use crate::jobs::{Budget, Job};
use crate::labs::train::settings::TrainSettings;

/// A worker that rests between slices takes short ones: the page waits for none of its frames long.
const RESTED_SLICE_MILLISECONDS: f64 = 8.0;
/// Steps are told of at most this often.
const NEWS_MILLISECONDS: f64 = 50.0;
/// Answers change at most this often: they are to be read.
const EXAMPLE_MILLISECONDS: f64 = 700.0;

struct Run {
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

/// The job: one run at a time.
#[derive(Default)]
pub struct Training(Option<Run>);

impl Job for Training {
    type Order = Order;
    type News = News;
    const NAME: &'static str = "training";

    fn take(&mut self, order: Order, tell: &Tell<'_>) {
        if let Order::Start { cell, settings, from } = order {
            self.0 = match Run::new(cell, settings, from.as_ref()) {
                Ok(run) => {
                    if from.is_none() {
                        tell(News::Kept(Checkpoint::of(&run.trainer.snapshot())));
                    }
                    Some(run)
                }
                Err(error) => {
                    tell(News::Stopped(error.to_string()));
                    None
                }
            };
            return;
        }
        let Some(run) = &mut self.0 else { return };
        match order {
            Order::Run { steps_per_second, rest } => {
                run.running = (!run.stopped).then_some((steps_per_second, rest));
                (run.since, run.done) = (timing::start(), 0);
            }
            Order::Pause => {
                run.running = None;
                run.tell_steps(tell);
                run.tell_examples(tell);
                // Whoever pauses may be about to leave.
                if run.trainer.iteration() > 0 && !run.stopped {
                    tell(News::Kept(Checkpoint::of(&run.trainer.snapshot())));
                }
                tell(News::Paused);
            }
            Order::Step => {
                run.step(tell);
                run.tell_steps(tell);
            }
            Order::Live { settings } => {
                run.settings = settings;
                run.take_over();
            }
            Order::Stop | Order::Start { .. } => self.0 = None,
        }
    }

    fn run(&mut self, budget: &Budget, tell: &Tell<'_>) -> Option<i32> {
        self.0.as_mut()?.slice(budget, tell)
    }
}

type Tell<'a> = dyn Fn(News) + 'a;

impl Run {
    fn new(cell: Cell, settings: TrainSettings, from: Option<&Checkpoint>) -> Result<Self, TrainError> {
        let mut trainer = Trainer::new(settings.config(cell)?)?;
        if let Some(from) = from {
            let snapshot = from.snapshot(trainer.config().layout()).ok_or(TrainError::Sizes { what: "checkpoint" })?;
            trainer.restore(&snapshot)?;
        }
        let (since, told, shown) = (timing::start(), timing::start(), timing::start());
        let (running, done, untold, untold_checkpoints, stopped) = (None, 0, Vec::new(), Vec::new(), false);
        let mut run = Self { cell, trainer, settings, running, since, done, untold, untold_checkpoints, told, shown, stopped };
        // A checkpoint has the learning rate, clipping and truncation of its time; those of now count.
        run.take_over();
        Ok(run)
    }

    /// Runs for a slice; the milliseconds to wait before the next one, `None` where there is none.
    fn slice(&mut self, budget: &Budget, tell: &Tell<'_>) -> Option<i32> {
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
            let elapsed = budget.elapsed();
            if elapsed >= budget.milliseconds || (rest > 0.0 && elapsed >= RESTED_SLICE_MILLISECONDS) {
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

    fn step(&mut self, tell: &Tell<'_>) {
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
                tell(News::Stopped(sentence(diverged, self.trainer.config().learning_rate)));
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
    fn tell_examples(&mut self, tell: &Tell<'_>) {
        if self.trainer.iteration() == 0 || (self.running.is_some() && self.shown.elapsed() < EXAMPLE_MILLISECONDS) {
            return;
        }
        self.shown = timing::start();
        let examples = examples(&mut self.trainer);
        tell(News::Examples(examples));
    }

    fn tell_steps(&mut self, tell: &Tell<'_>) {
        self.told = timing::start();
        if !self.untold.is_empty() {
            let numbers = std::mem::take(&mut self.untold);
            tell(News::Steps(numbers));
            // After their steps: the page goes by the loss whether a checkpoint is good.
            for checkpoint in std::mem::take(&mut self.untold_checkpoints) {
                tell(News::Kept(checkpoint));
            }
            self.tell_examples(tell);
        }
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
