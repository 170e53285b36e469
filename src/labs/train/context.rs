//! What the lab's views share: settings, runs, and what can be done with them.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use unroll_engine::Cell;

use super::settings::{ClipKind, TrainSettings};
use super::store::TrainStore;
use crate::browser::storage;
use crate::charts::Theme;
use crate::form::Notice;
use crate::jobs::hand::processors;
use crate::jobs::timing;
use crate::labs::cells::cell_name;
use crate::labs::train::runs::checkpoint::{self, Checkpoint};
use crate::labs::train::runs::crew::{Crew, Report};
use crate::labs::train::runs::examples::Example;
use crate::labs::train::runs::history::{Point, Run, Runs};
use crate::labs::train::runs::keep::Kept;
use crate::labs::train::runs::message::{News, Order};
use crate::shell::figure::Cursor;

/// Where the run is kept when the page is closed.
const KEPT: &str = "training";
/// Says that the page was left for a net of it, so that it is to be found as it was.
const COMES_BACK: &str = "training.back";
/// It is kept at most this often while it runs, and when the page goes away.
const KEEP_EVERY: Duration = Duration::from_secs(10);
/// What is said where nothing can be started.
const OVER: &str = "No net can go on from here: continue from a checkpoint, or press Restart to begin anew.";
/// The pace is measured over this long.
const PACE_EVERY: Duration = Duration::from_secs(1);

/// Handles to the lab's signals; cheap to copy.
#[derive(Clone, Copy)]
pub struct Lab {
    pub store: TrainStore,
    pub theme: Signal<Theme>,
    /// What the runs have told.
    pub runs: RwSignal<Runs>,
    /// Sequences with the answers of each net; apart from the runs, so that they wake no chart.
    pub examples: RwSignal<Vec<(Cell, Vec<Example>)>>,
    /// The settings that the runs were started with; `None` before the first start.
    pub started: RwSignal<Option<TrainSettings>>,
    pub playing: RwSignal<bool>,
    /// Runs that were asked to pause and may still be in a step.
    pub pausing: RwSignal<Vec<Cell>>,
    /// Iterations per second of each run of late; empty while nothing runs.
    pub pace: RwSignal<Vec<(Cell, f64)>>,
    /// The iteration under the pointer, on all charts that have one.
    pub hovered: RwSignal<Option<f64>>,
    /// The iteration of the checkpoint that was chosen; `None` is the last one.
    pub chosen: RwSignal<Option<u64>>,
    /// The run that an earlier visit left.
    pub left: RwSignal<Option<Kept>>,
    /// The iterations that were kept last.
    kept: StoredValue<Vec<u64>>,
    crew: StoredValue<Option<Crew>, LocalStorage>,
}

impl Lab {
    /// Ends with the reactive owner it is called in.
    pub fn new(store: TrainStore, theme: Signal<Theme>) -> Self {
        let lab = Self {
            store,
            theme,
            runs: RwSignal::new(Runs::default()),
            examples: RwSignal::new(Vec::new()),
            started: RwSignal::new(None),
            playing: RwSignal::new(false),
            pausing: RwSignal::new(Vec::new()),
            pace: RwSignal::new(Vec::new()),
            hovered: RwSignal::new(None),
            chosen: RwSignal::new(None),
            left: RwSignal::new(storage::read(KEPT).filter(|_| store.embed().is_none()).and_then(|text| Kept::from_text(&text))),
            kept: StoredValue::new(Vec::new()),
            crew: StoredValue::new_local(None),
        };
        let last_good = move |cell| lab.runs.with_untracked(|runs| runs.get(cell)?.last_good().cloned());
        let crew = Crew::new(move |report| lab.hear(report), last_good);
        lab.crew.set_value(Some(crew));
        lab.follow_live_settings();
        lab.keep_run_when_due();
        lab.follow_pace();
        if storage::read(COMES_BACK).is_some() {
            storage::remove(COMES_BACK);
            lab.restore();
        }
        lab
    }

    /// The run is taken up, at rest, when the page is opened again.
    pub fn keep_until_back(&self) {
        self.keep_run();
        // Where nothing is kept, nothing is found again, which the notice of the run itself has said.
        let _ = storage::write(COMES_BACK, "yes", "this training run");
    }

    /// Takes up the run that an earlier visit left, and trains on.
    pub fn take_up(&self) {
        if self.restore() {
            self.play();
        }
    }

    /// Takes up the run that an earlier visit left, at rest; whether there is one.
    fn restore(&self) -> bool {
        let Some(Kept { settings, runs }) = self.left.get_untracked() else { return false };
        self.left.set(None);
        self.order_all(&Order::Stop);
        self.store.apply(settings.clone());
        self.started.set(Some(settings.clone()));
        self.chosen.set(None);
        let starts: Vec<_> = runs.0.iter().map(|run| (run.cell, run.checkpoints.first().cloned())).collect();
        self.runs.set(runs);
        self.examples.set(Vec::new());
        self.with_crew(Crew::renew);
        self.with_crew(|crew| starts.into_iter().for_each(|(cell, from)| crew.start(cell, &settings, from)));
        true
    }

    /// Forgets it.
    pub fn discard(&self) {
        self.left.set(None);
        storage::remove(KEPT);
    }

    fn follow_pace(&self) {
        let lab = *self;
        let lengths = move || lab.runs.with_untracked(|runs| runs.0.iter().map(|run| (run.cell, run.len())).collect::<Vec<_>>());
        let before = StoredValue::new_local((timing::start(), lengths()));
        let look = move || {
            let (now, lengths) = (timing::start(), lengths());
            let playing = lab.playing.get_untracked();
            let pace = before.with_value(|(since, before)| {
                let of = |&(cell, length): &(Cell, usize)| {
                    let (_, earlier) = before.iter().find(|(other, _)| *other == cell)?;
                    // What went back to a checkpoint has no pace before it has gone on.
                    let steps = length.checked_sub(*earlier).filter(|steps| *steps > 0)?;
                    Some((cell, 1000.0 * steps as f64 / since.elapsed()))
                };
                lengths.iter().filter(|_| playing).filter_map(of).collect::<Vec<_>>()
            });
            before.set_value((now, lengths));
            if lab.pace.with_untracked(|shown| *shown != pace) {
                lab.pace.set(pace);
            }
        };
        // Where there is no clock, no pace is shown.
        if let Ok(timer) = set_interval_with_handle(look, PACE_EVERY) {
            on_cleanup(move || timer.clear());
        }
    }

    fn keep_run_when_due(&self) {
        let lab = *self;
        // Where there is no clock, the run is kept when the page goes away.
        let timer = set_interval_with_handle(move || lab.keep_run(), KEEP_EVERY).ok();
        let leaves = window_event_listener(ev::pagehide, move |_| lab.keep_run());
        on_cleanup(move || {
            leaves.remove();
            if let Some(timer) = timer {
                timer.clear();
            }
        });
    }

    fn keep_run(&self) {
        // A page inside another is looked at, not worked in.
        if self.store.embed().is_some() {
            return;
        }
        let last = |run: &Run| run.last_good().map_or(0, Checkpoint::iteration);
        let iterations: Vec<u64> = self.runs.with_untracked(|runs| runs.0.iter().map(last).collect());
        if self.kept.with_value(|kept| *kept == iterations) {
            return;
        }
        let settings = untrack(|| self.shown());
        let Some(kept) = self.runs.with_untracked(|runs| Kept::of(&settings, runs)) else { return };
        self.kept.set_value(iterations);
        let written = match kept.to_text() {
            Some(text) => storage::write(KEPT, &text, "this training run").map_err(Notice::info),
            None => {
                storage::remove(KEPT);
                Err(Notice::info(
                    "This run is too large to be kept by the browser: it will be forgotten when the page is closed.".to_owned(),
                ))
            }
        };
        if let Err(notice) = written {
            self.store.notify(notice);
        }
    }

    /// The settings of what is shown: those of the start, with what is taken over at once as it is now.
    pub fn shown(&self) -> TrainSettings {
        let now = self.store.settings.get();
        match self.started.get() {
            None => now,
            Some(started) => TrainSettings {
                focus: if started.races(now.focus) { now.focus } else { started.focus },
                learning_rate: now.learning_rate,
                clip: now.clip,
                clip_limit: now.clip_limit,
                cut: now.cut,
                window: now.window,
                every: now.every,
                speed: now.speed,
                ..started
            },
        }
    }

    /// The iteration that the charts mark: the one under the pointer, else that of the checkpoint that was chosen.
    pub fn marked(&self) -> Option<f64> {
        self.hovered.get().or_else(|| self.chosen.get().map(|iteration| iteration as f64))
    }

    /// The cursor of the charts over the iterations.
    pub fn cursor(self) -> Cursor {
        let hover = move |at: Option<f64>| {
            if self.hovered.get_untracked() != at {
                self.hovered.set(at);
            }
        };
        Cursor { at: Signal::derive(move || self.marked()), hover: Callback::new(hover), ..Cursor::none() }
    }

    /// Reads the run of the cell in focus.
    pub fn focused<T>(&self, read: impl FnOnce(Option<&Run>) -> T) -> T {
        let focus = self.shown().focus;
        self.runs.with(|runs| read(runs.get(focus)))
    }

    /// Starts or goes on.
    pub fn play(&self) {
        if self.started.with_untracked(Option::is_none) {
            self.begin();
        }
        if self.is_over() {
            return self.say_over();
        }
        self.playing.set(true);
        self.pausing.set(Vec::new());
        self.order_all(&self.run_order());
    }

    pub fn pause(&self) {
        self.playing.set(false);
        self.pausing.set(self.cells());
        self.order_all(&Order::Pause);
    }

    /// Chooses another checkpoint of the cell in focus: `to` tells its place from that of the present one and that of the last.
    pub fn scrub(&self, to: impl FnOnce(usize, usize) -> usize) {
        let chosen = self.chosen.get_untracked();
        let found = untrack(|| {
            self.focused(|run| {
                let kept = &run?.checkpoints;
                let last = kept.len().checked_sub(1)?;
                let place = chosen.and_then(|chosen| kept.iter().position(|kept| kept.iteration() == chosen)).unwrap_or(last);
                Some(kept.get(to(place, last))?.iteration())
            })
        });
        if found.is_some() {
            self.chosen.set(found);
        }
    }

    pub fn toggle(&self) {
        if self.playing.get_untracked() {
            self.pause();
        } else {
            self.play();
        }
    }

    /// One step of every model.
    pub fn step(&self) {
        if self.started.with_untracked(Option::is_none) {
            self.begin();
        }
        if self.is_over() {
            return self.say_over();
        }
        if self.playing.get_untracked() {
            self.pause();
        }
        self.order_all(&Order::Step);
    }

    /// Begins anew with the settings of now; goes on playing if it was.
    pub fn restart(&self) {
        self.order_all(&Order::Stop);
        self.begin();
        if self.playing.get_untracked() {
            self.order_all(&self.run_order());
        }
    }

    /// Goes back to the last good checkpoint and on from there with the gradient clipped at norm 1.
    pub fn go_on_clipped(&self, cell: Cell) {
        let mut settings = self.store.settings.get_untracked();
        (settings.clip, settings.clip_limit) = (ClipKind::Norm, 1.0);
        self.store.apply(settings);
        let last_good = self.runs.with_untracked(|runs| runs.get(cell)?.last_good().cloned());
        self.go_back(cell, last_good);
        self.play();
    }

    /// Every net that has a checkpoint of this iteration goes back to it; whether they run stays as it is.
    pub fn rewind(&self, iteration: u64) {
        let of = |run: &Run| Some((run.cell, run.checkpoint(iteration)?.clone()));
        let kept: Vec<_> = self.runs.with_untracked(|runs| runs.0.iter().filter_map(of).collect());
        kept.into_iter().for_each(|(cell, checkpoint)| self.go_back(cell, Some(checkpoint)));
        self.chosen.set(None);
        if self.playing.get_untracked() {
            self.order_all(&self.run_order());
        }
    }

    fn go_back(&self, cell: Cell, checkpoint: Option<Checkpoint>) {
        let iteration = checkpoint.as_ref().map_or(0, Checkpoint::iteration);
        self.runs.update(|runs| {
            if let Some(run) = runs.get_mut(cell) {
                run.go_back(iteration);
            }
        });
        self.rests(cell);
        self.store.dismiss(&Notice::info(OVER.to_owned()));
        let settings = untrack(|| self.shown());
        self.with_crew(|crew| crew.start(cell, &settings, checkpoint));
    }

    fn begin(&self) {
        let mut settings = self.store.settings.get_untracked();
        settings.normalise();
        self.runs.set(Runs::of(settings.cells()));
        self.examples.set(Vec::new());
        self.chosen.set(None);
        self.pausing.set(Vec::new());
        self.store.dismiss(&Notice::info(OVER.to_owned()));
        self.left.set(None);
        self.kept.set_value(Vec::new());
        self.started.set(Some(settings.clone()));
        self.with_crew(Crew::renew);
        self.with_crew(|crew| settings.cells().for_each(|cell| crew.start(cell, &settings, None)));
    }

    fn run_order(&self) -> Order {
        let steps_per_second = self.store.settings.with_untracked(|settings| settings.speed);
        let nets = self.runs.with_untracked(|runs| runs.0.iter().filter(|run| run.stopped.is_none()).count());
        // Half a processor is the page's; what more nets there are share the others.
        let rest = (nets as f64 / (processors() as f64 - 0.5) - 1.0).max(0.0);
        Order::Run { steps_per_second, rest }
    }

    fn with_crew(&self, act: impl FnOnce(&Crew)) {
        // Taken out of its cell first: what the crew reports may come back here.
        if let Some(crew) = self.crew.try_get_value().flatten() {
            act(&crew);
        }
    }

    fn order(&self, cell: Cell, order: &Order) {
        self.with_crew(|crew| crew.order(cell, order));
    }

    fn order_all(&self, order: &Order) {
        self.cells().into_iter().for_each(|cell| self.order(cell, order));
    }

    /// The cells that race.
    fn cells(&self) -> Vec<Cell> {
        self.runs.with_untracked(|runs| runs.0.iter().map(|run| run.cell).collect())
    }

    /// No net can go on.
    fn is_over(&self) -> bool {
        self.runs.with_untracked(|runs| runs.0.iter().all(|run| run.stopped.is_some()))
    }

    fn say_over(&self) {
        self.store.notify(Notice::info(OVER.to_owned()));
    }

    /// This cell is not waited for any more.
    fn rests(&self, cell: Cell) {
        self.pausing.update(|cells| cells.retain(|other| *other != cell));
    }

    /// Learning rate, clipping, truncation and speed reach the workers as they change.
    fn follow_live_settings(&self) {
        let lab = *self;
        let settings = self.store.settings;
        let live = Memo::new(move |_| settings.with(|s| (s.learning_rate, s.clipping(), s.truncation())));
        Effect::new(move |before: Option<()>| {
            live.get();
            if before.is_some() {
                lab.order_all(&Order::Live { settings: untrack(|| lab.shown()) });
            }
        });
        let speed = Memo::new(move |_| settings.with(|s| s.speed));
        Effect::new(move |before: Option<()>| {
            speed.get();
            if before.is_some() && lab.playing.get_untracked() {
                lab.order_all(&lab.run_order());
            }
        });
    }

    fn hear(&self, report: Report) {
        match report {
            Report::News(cell, news) => self.take(cell, news),
            Report::Replaced(cell, checkpoint) => {
                self.rests(cell);
                self.runs.update(|runs| {
                    if let Some(run) = runs.get_mut(cell) {
                        run.go_back(checkpoint.unwrap_or(0));
                        // The same steps come again.
                        run.abandoned.clear();
                    }
                });
                if self.playing.get_untracked() {
                    self.order(cell, &self.run_order());
                }
                let name = cell_name(cell);
                let from = match checkpoint {
                    None | Some(0) => "was started again from its first step".to_owned(),
                    Some(iteration) => format!("goes on from its checkpoint at iteration {iteration}"),
                };
                self.store.notify(Notice::info(format!("The worker of the {name} stopped; the run {from}.")));
            }
            Report::Here(failure) => self.store.notify(Notice::info(format!(
                "{}; training runs in the page’s own thread, which makes it and the page slower. Restart tries a worker again.",
                failure.words()
            ))),
        }
    }

    fn take(&self, cell: Cell, news: News) {
        let run = |change: &dyn Fn(&mut Run)| self.runs.update(|runs| runs.get_mut(cell).map_or((), change));
        match news {
            News::Steps(numbers) => run(&|run| {
                let mut rest = numbers.as_slice();
                while let Some(point) = Point::read(&mut rest) {
                    run.take(point);
                }
            }),
            News::Examples(examples) => self.examples.update(|told| {
                told.retain(|(other, _)| *other != cell);
                told.push((cell, examples));
            }),
            News::Stopped(sentence) => run(&|run| run.stopped = Some(sentence.clone())),
            News::Kept(kept) => run(&|run| checkpoint::keep(&mut run.checkpoints, kept.clone())),
            News::Paused => self.rests(cell),
        }
        if self.is_over() {
            self.playing.set(false);
        }
    }
}
