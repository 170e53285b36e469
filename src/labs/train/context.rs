//! What the lab's views share: settings, runs, and what can be done with them.

use leptos::prelude::*;
use unroll_engine::Cell;

use crate::charts::Theme;
use crate::labs::cells::cell_name;
use crate::state::notice::Notice;
use crate::training::crew::{Crew, Report};
use crate::training::history::{Run, Runs};
use crate::training::message::{NewsKind, Order};
use crate::training::settings::{ClipKind, TrainSettings};
use crate::training::store::TrainStore;

/// Handles to the lab's signals; cheap to copy.
#[derive(Clone, Copy)]
pub struct Lab {
    pub store: TrainStore,
    pub theme: Signal<Theme>,
    /// What the runs have told.
    pub runs: RwSignal<Runs>,
    /// The settings that the runs were started with; `None` before the first start.
    pub started: RwSignal<Option<TrainSettings>>,
    pub playing: RwSignal<bool>,
    /// The iteration under the pointer, on all charts that have one.
    pub hovered: RwSignal<Option<f64>>,
    crew: StoredValue<Option<Crew>, LocalStorage>,
}

impl Lab {
    /// Ends with the reactive owner it is called in.
    pub fn new(store: TrainStore, theme: Signal<Theme>) -> Self {
        let lab = Self {
            store,
            theme,
            runs: RwSignal::new(Runs::default()),
            started: RwSignal::new(None),
            playing: RwSignal::new(false),
            hovered: RwSignal::new(None),
            crew: StoredValue::new_local(None),
        };
        let crew = Crew::new(move |report| lab.hear(report));
        let kept = StoredValue::new_local(crew.clone());
        lab.crew.set_value(Some(crew));
        on_cleanup(move || kept.with_value(Crew::end));
        lab.follow_live_settings();
        lab
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
        self.playing.set(true);
        self.order_all(&self.run_order());
    }

    pub fn pause(&self) {
        self.playing.set(false);
        self.order_all(&Order::Pause);
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
        self.store.apply(settings.clone());
        // The order of orders matters: the checkpoint is taken up with the new clipping.
        self.order_all(&Order::Live { settings });
        self.order(cell, &Order::Restore);
        self.play();
    }

    fn begin(&self) {
        let mut settings = self.store.settings.get_untracked();
        settings.normalise();
        self.runs.set(Runs::of(settings.cells()));
        self.started.set(Some(settings.clone()));
        self.with_crew(|crew| settings.cells().for_each(|cell| crew.start(cell, &settings)));
    }

    fn run_order(&self) -> Order {
        Order::Run { steps_per_second: self.store.settings.with_untracked(|settings| settings.speed) }
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
        let cells: Vec<Cell> = self.runs.with_untracked(|runs| runs.0.iter().map(|run| run.cell).collect());
        cells.into_iter().for_each(|cell| self.order(cell, order));
    }

    /// Learning rate, clipping, truncation and speed reach the workers as they change.
    fn follow_live_settings(&self) {
        let lab = *self;
        let settings = self.store.settings;
        let live = Memo::new(move |_| settings.with(|s| (s.learning_rate, s.clipping(), s.truncation())));
        Effect::new(move |before: Option<()>| {
            live.track();
            if before.is_some() {
                lab.order_all(&Order::Live { settings: settings.get_untracked() });
            }
        });
        let speed = Memo::new(move |_| settings.with(|s| s.speed));
        Effect::new(move |before: Option<()>| {
            speed.track();
            if before.is_some() && lab.playing.get_untracked() {
                lab.order_all(&lab.run_order());
            }
        });
    }

    fn hear(&self, report: Report) {
        match report {
            Report::News(cell, kind) => self.take(cell, kind),
            Report::Replaced(cell) => {
                self.runs.update(|runs| {
                    if let Some(run) = runs.get_mut(cell) {
                        *run = Run::new(cell);
                    }
                });
                if self.playing.get_untracked() {
                    self.order(cell, &self.run_order());
                }
                let name = cell_name(cell);
                self.store
                    .notify(Notice::info(format!("The worker of the {name} stopped; the run was started again from its first step.")));
            }
            Report::Lost(cell) => {
                let sentence = "The browser gave no worker to train in, or it stopped at once; Restart tries again.".to_owned();
                self.take(cell, NewsKind::Stopped(sentence));
            }
        }
    }

    fn take(&self, cell: Cell, kind: NewsKind) {
        self.runs.update(|runs| {
            let Some(run) = runs.get_mut(cell) else { return };
            match kind {
                NewsKind::Steps(numbers) => {
                    let mut rest = numbers.as_slice();
                    while let Some(point) = crate::training::history::Point::read(&mut rest) {
                        run.take(point);
                    }
                }
                NewsKind::Examples(examples) => run.examples = examples,
                NewsKind::Stopped(sentence) => run.stopped = Some(sentence),
                NewsKind::Restored(iteration) => run.go_back(iteration),
            }
        });
        if self.runs.with_untracked(|runs| runs.0.iter().all(|run| run.stopped.is_some())) {
            self.playing.set(false);
        }
    }
}
