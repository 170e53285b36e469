//! From settings to analyses: what is recomputed when, and nothing twice.

pub mod job;
pub mod refine;
pub mod remote;

use std::sync::Arc;

use unroll_engine::{analyse_critical_after, transfer, Activation, Analysis, Cell, Experiment, ExperimentError, Input};

use refine::Refining;
pub use refine::{refine, Refine};
use remote::{Answer, Remote};

use crate::form::vocabulary::CELLS;
use crate::labs::flow::settings::Settings;

/// The shown cells' analyses, in page order.
#[derive(Clone, Debug, Default)]
pub struct Analyses {
    shown: Vec<(Cell, Arc<Analysis>)>,
}

impl Analyses {
    /// The shown cells and their analyses, in page order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Cell, &Arc<Analysis>)> {
        self.shown.iter().map(|(cell, analysis)| (*cell, analysis))
    }

    /// The analysis of a cell, if it is shown.
    pub fn get(&self, cell: Cell) -> Option<&Arc<Analysis>> {
        self.iter().find(|(c, _)| *c == cell).map(|(_, a)| a)
    }

    /// Whether nothing is left to refine.
    pub fn are_complete(&self) -> bool {
        self.iter().all(|(_, analysis)| analysis.complete)
    }

    /// The longest sequence among them: the shared time axis.
    pub fn seq_len(&self) -> usize {
        self.iter().map(|(_, a)| a.seq_len).max().unwrap_or(0)
    }

    /// Whether two sets hold the very same analyses.
    pub fn same(&self, other: &Self) -> bool {
        self.shown.len() == other.shown.len() && self.shown.iter().zip(&other.shown).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1))
    }
}

/// Above this many multiplications a critical part is more than a frame can wait for, and goes to a worker: an RNN at n = 64, T = 200 or an
/// LSTM at n = 48, T = 100.
const MOST_IN_A_FRAME: f64 = 40e6;

/// Above this many the page does not wait even for its first picture: about a second.
const MOST_AT_FIRST: f64 = 2e9;

/// Above this many the page does not compute at all where there are no workers: it would stop for many seconds.
const MOST_HERE: f64 = 8e9;

/// Above this many multiplications a refinement waits to be asked for: about a minute.
const MOST_REFINED: f64 = 10e9;

/// Whether the refinement of an analysis waits to be asked for. Each step takes a few products of m × m matrices.
pub fn refines_on_demand(analysis: &Analysis) -> bool {
    (analysis.state_size as f64).powi(3) * analysis.seq_len as f64 > MOST_REFINED
}

/// Keeps each cell's last analysis, so that a change which does not concern a cell costs it nothing, and refines it in slices. What is too
/// much for a frame a worker computes; until it answers, the last analysis stands.
#[derive(Default)]
pub struct Cache {
    kept: Vec<Kept>,
    remote: Option<Remote>,
    asked: Vec<Asked>,
    /// What the user did not want to wait for.
    cancelled: Vec<Experiment>,
    /// What refines here, once it is there.
    refine: Option<Refine>,
}

#[derive(Debug)]
struct Kept {
    experiment: Experiment,
    analysis: Arc<Analysis>,
    /// The request that a worker answered with it.
    generation: Option<u32>,
    /// What is still being added to it here.
    refining: Refining,
    /// The user wants no more of it.
    stopped: bool,
}

#[derive(Debug)]
struct Asked {
    generation: u32,
    experiment: Experiment,
}

impl Cache {
    /// A cache that has workers.
    pub fn with_workers(remote: Remote) -> Self {
        Self { remote: Some(remote), ..Self::default() }
    }

    /// From now on it refines.
    pub fn refine_with(&mut self, refine: Refine) {
        self.refine = Some(refine);
    }

    /// The analyses of all shown cells, each as complete as it is so far.
    ///
    /// # Errors
    /// The engine's sentence about the first setting that is out of range.
    pub fn analyses(&mut self, settings: &Settings) -> Result<Analyses, ExperimentError> {
        let cells: Vec<Cell> = CELLS.into_iter().filter(|cell| settings.shows(*cell)).collect();
        let mut shown = Vec::with_capacity(cells.len());
        for cell in &cells {
            if let Some(analysis) = self.analysis(relevant(settings.experiment(*cell)), settings)? {
                shown.push((*cell, analysis));
            }
        }
        if let (true, Some(cell)) = (shown.is_empty(), cells.first()) {
            let experiment = relevant(settings.experiment(*cell));
            if multiplications(&experiment) < MOST_AT_FIRST {
                // Nothing at all to show yet: this once the page waits.
                shown.push((*cell, self.analyse_here(experiment)?));
            }
        }
        Ok(Analyses { shown })
    }

    fn analysis(&mut self, experiment: Experiment, settings: &Settings) -> Result<Option<Arc<Analysis>>, ExperimentError> {
        let cell = experiment.cell;
        let place = self.kept.iter().position(|kept| kept.experiment.cell == cell);
        let under_way = self.newest(cell).map(|asked| asked.experiment == experiment);
        if let Some(place) = place.filter(|place| self.kept[*place].experiment == experiment) {
            if under_way == Some(false) {
                // Changed and changed back before the worker answered.
                self.stop(cell);
            }
            let kept = &mut self.kept[place];
            if under_way != Some(true) && !kept.stopped && !kept.analysis.complete {
                kept.refining.begin();
            }
            return Ok(Some(kept.analysis.clone()));
        }
        let last = place.map(|place| self.kept[place].analysis.clone());
        if multiplications(&experiment) > MOST_IN_A_FRAME {
            if under_way == Some(true) || self.cancelled.contains(&experiment) {
                return Ok(last);
            }
            experiment.validate()?;
            self.cancelled.retain(|cancelled| cancelled.cell != cell);
            if let Some(generation) = self.remote.as_ref().and_then(|remote| remote.ask(cell, settings)) {
                self.asked.push(Asked { generation, experiment });
                return Ok(last);
            }
            if multiplications(&experiment) > MOST_HERE {
                return Ok(last);
            }
        }
        self.analyse_here(experiment).map(Some)
    }

    /// Takes over what another cache has of these settings and this one has not, or not as complete.
    pub fn adopt(&mut self, settings: &Settings, from: &Self) {
        for cell in settings.shown_cells() {
            let experiment = relevant(settings.experiment(cell));
            let own = self.kept.iter().find(|kept| kept.experiment == experiment).map(|kept| kept.analysis.complete);
            let other = from.kept.iter().find(|kept| kept.experiment == experiment);
            if let Some(kept) = other.filter(|kept| own.is_none_or(|complete| !complete && kept.analysis.complete)) {
                self.kept.retain(|own| own.experiment.cell != cell);
                self.kept.push(Kept {
                    experiment,
                    analysis: kept.analysis.clone(),
                    generation: None,
                    refining: Refining::Off,
                    stopped: false,
                });
            }
        }
    }

    fn newest(&self, cell: Cell) -> Option<&Asked> {
        self.asked.iter().rev().find(|asked| asked.experiment.cell == cell)
    }

    fn analyse_here(&mut self, experiment: Experiment) -> Result<Arc<Analysis>, ExperimentError> {
        let previous = self.kept.iter().find(|kept| kept.experiment.cell == experiment.cell).map(|kept| &*kept.analysis);
        let analysis = analyse_critical_after(&experiment, previous, &mut |_| {})?;
        if self.newest(experiment.cell).is_some() {
            self.stop(experiment.cell);
        }
        Ok(self.keep(experiment, analysis, None, Refining::Due))
    }

    fn keep(&mut self, experiment: Experiment, analysis: Analysis, generation: Option<u32>, refining: Refining) -> Arc<Analysis> {
        let analysis = Arc::new(analysis);
        self.kept.retain(|kept| kept.experiment.cell != experiment.cell);
        self.kept.push(Kept { experiment, analysis: analysis.clone(), generation, refining, stopped: false });
        analysis
    }

    /// Takes what a worker found, unless nobody waits for it any more; whether there is something new to show.
    pub fn take(&mut self, answer: &Answer) -> bool {
        let of_cell = |asked: &Asked| asked.experiment.cell == answer.cell;
        let Some(asked) = self.asked.iter().find(|asked| of_cell(asked) && asked.generation == answer.generation) else { return false };
        let Some(values) = &answer.progress.values else { return false };
        let experiment = asked.experiment.clone();
        let Some(analysis) = experiment.problem().ok().and_then(|problem| transfer::from_values(problem, values)) else { return false };
        let rests = answer.progress.refined == 0.0 && refines_on_demand(&analysis);
        let done = analysis.complete || rests;
        self.keep(experiment, analysis, Some(answer.generation), Refining::Off);
        if let Some(kept) = self.kept.last_mut() {
            kept.stopped = rests;
        }
        // Older requests are passed over, and a complete one, or one that rests, has nothing more to say.
        self.asked
            .retain(|asked| !of_cell(asked) || asked.generation > answer.generation || (asked.generation == answer.generation && !done));
        true
    }

    /// Whether the answer is to the newest request of its cell.
    pub fn is_newest(&self, answer: &Answer) -> bool {
        self.newest(answer.cell).is_some_and(|asked| asked.generation == answer.generation)
    }

    /// Whether a worker has something of a shown cell under way.
    pub fn waits(&self, settings: &Settings) -> bool {
        self.asked.iter().any(|asked| settings.shows(asked.experiment.cell))
    }

    /// Whether what is shown is of other settings, until a worker answers.
    pub fn is_behind(&self, settings: &Settings) -> bool {
        let kept = |experiment: &Experiment| self.kept.iter().any(|kept| kept.experiment == *experiment);
        CELLS.into_iter().filter(|cell| settings.shows(*cell)).any(|cell| self.newest(cell).is_some_and(|asked| !kept(&asked.experiment)))
    }

    /// Whether the refinement of something shown rests.
    pub fn rests(&self, settings: &Settings) -> bool {
        self.kept.iter().any(|kept| kept.stopped && !kept.analysis.complete && settings.shows(kept.experiment.cell))
    }

    /// The user does not want to wait for the critical parts that workers are at; the last analyses stand.
    pub fn cancel(&mut self, settings: &Settings) {
        for cell in settings.shown_cells() {
            let kept = |experiment: &Experiment| self.kept.iter().any(|kept| kept.experiment == *experiment);
            let Some(experiment) = self.newest(cell).map(|asked| asked.experiment.clone()).filter(|asked| !kept(asked)) else { continue };
            self.cancelled.retain(|cancelled| cancelled.cell != cell);
            self.cancelled.push(experiment);
            self.stop(cell);
        }
    }

    /// Whether something shown was cancelled.
    pub fn is_cancelled(&self, settings: &Settings) -> bool {
        settings.shown_cells().any(|cell| self.cancelled.contains(&relevant(settings.experiment(cell))))
    }

    /// Whether something shown is too large to be computed without workers.
    pub fn is_beyond_the_page(&self, settings: &Settings) -> bool {
        let here = self.remote.as_ref().is_none_or(|remote| !remote.works());
        here && settings.shown_cells().any(|cell| {
            let experiment = relevant(settings.experiment(cell));
            multiplications(&experiment) > MOST_HERE && !self.kept.iter().any(|kept| kept.experiment == experiment)
        })
    }

    /// Takes up what was cancelled.
    pub fn take_up(&mut self) {
        self.cancelled.clear();
    }

    /// Nobody waits any more for what a worker does for a cell.
    fn stop(&mut self, cell: Cell) {
        self.asked.retain(|asked| asked.experiment.cell != cell);
        if let Some(remote) = &self.remote {
            remote.stop(cell);
        }
    }

    /// Stops the refinement of everything shown.
    pub fn stop_refining(&mut self, settings: &Settings) {
        for cell in settings.shown_cells() {
            let refining = |experiment: &Experiment| self.newest(cell).is_none_or(|asked| asked.experiment == *experiment);
            let Some(place) = self.kept.iter().position(|kept| kept.experiment.cell == cell && refining(&kept.experiment)) else {
                continue;
            };
            self.kept[place].stopped = true;
            self.kept[place].refining = Refining::Off;
            self.stop(cell);
        }
    }

    /// Forgets what the stopped worker of a cell had under way: it is asked again.
    pub fn forget(&mut self, cell: Cell) {
        self.asked.retain(|asked| asked.experiment.cell != cell);
    }

    /// Goes on without workers: what they had under way is computed here.
    pub fn lose_workers(&mut self) {
        self.remote = None;
        self.asked.clear();
        self.resume();
    }

    /// Refines what was stopped: here, or at the worker that has it where a step is too much for the page.
    pub fn resume(&mut self) {
        for kept in self.kept.iter_mut().filter(|kept| !kept.analysis.complete) {
            let cell = kept.experiment.cell;
            match (refines_on_demand(&kept.analysis), &self.remote, kept.generation) {
                (true, Some(remote), Some(generation)) if remote.works() => {
                    remote.refine(cell);
                    self.asked.push(Asked { generation, experiment: kept.experiment.clone() });
                }
                // Its step would stop the page.
                (true, ..) => continue,
                _ => {
                    kept.refining.begin();
                }
            }
            kept.stopped = false;
        }
    }

    /// Refines the shown cells, the one in focus first, as long as `time_left` says; whether anything is left to do here.
    pub fn refine(&mut self, settings: &Settings, mut time_left: impl FnMut() -> bool) -> bool {
        let order = std::iter::once(settings.focus).chain(CELLS.into_iter().filter(|cell| *cell != settings.focus));
        for cell in order.filter(|cell| settings.shows(*cell)) {
            self.refine_cell(cell, &mut time_left);
        }
        self.has_work(settings)
    }

    /// Whether a shown cell is to be refined here.
    pub fn has_work(&self, settings: &Settings) -> bool {
        self.refine.is_some() && self.kept.iter().any(|kept| kept.refining.is_wanted() && settings.shows(kept.experiment.cell))
    }

    /// Refines one cell as long as `time_left` says.
    pub fn refine_cell(&mut self, cell: Cell, mut time_left: impl FnMut() -> bool) {
        let Some(refine) = self.refine else { return };
        let Some(kept) = self.kept.iter_mut().find(|kept| kept.experiment.cell == cell) else { return };
        while kept.refining.is_wanted() && time_left() {
            if let Some(complete) = refine(&mut kept.refining, &kept.analysis) {
                kept.analysis = Arc::new(complete);
            }
        }
    }
}

/// Roughly what the products of an analysis take: T steps of an m × m by m × n product.
fn multiplications(experiment: &Experiment) -> f64 {
    let n = experiment.effective_hidden_size() as f64;
    let states = experiment.cell.states() as f64;
    experiment.effective_seq_len() as f64 * states * states * n * n * n
}

/// The experiment with every setting that its cell and input do not read put to one fixed value, so that equal results mean equal
/// experiments: dragging the forget bias then leaves the RNN and the GRU alone.
fn relevant(mut experiment: Experiment) -> Experiment {
    if experiment.cell != Cell::Rnn {
        experiment.activation = Activation::Tanh;
    }
    if experiment.cell != Cell::Lstm {
        experiment.forget_bias = 0.0;
        experiment.input_gate_bias = 0.0;
    }
    if experiment.cell != Cell::Gru {
        experiment.update_bias = 0.0;
    }
    if experiment.given.is_some() {
        let default = Experiment::default();
        (experiment.hidden_size, experiment.input_size) = (default.hidden_size, default.input_size);
        experiment.initialiser = default.initialiser;
    }
    if !matches!(experiment.input, Input::Sine | Input::Square) {
        experiment.period = 16.0;
    }
    experiment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> Cache {
        Cache { refine: Some(refine), ..Cache::default() }
    }

    #[test]
    fn a_forget_bias_change_recomputes_the_lstm_only() {
        let mut cache = cache();
        let before = Settings { seq_len: 6, hidden_size: 3, ..Settings::default() };
        let after = Settings { forget_bias: 3.0, ..before.clone() };
        let (a, b) = (cache.analyses(&before).unwrap(), cache.analyses(&after).unwrap());
        for (cell, same) in [(Cell::Rnn, true), (Cell::Gru, true), (Cell::Lstm, false)] {
            assert_eq!(Arc::ptr_eq(a.get(cell).unwrap(), b.get(cell).unwrap()), same, "{cell:?}");
        }
        assert!(!a.same(&b));
        assert!(b.same(&cache.analyses(&after).unwrap()));
    }

    #[test]
    fn refinement_starts_with_the_focus_keeps_to_its_time_and_ends_complete() {
        let mut cache = cache();
        let settings = Settings { seq_len: 6, hidden_size: 3, focus: Cell::Gru, ..Settings::default() };
        let complete = |analyses: &Analyses| analyses.iter().map(|(_, a)| a.complete).collect::<Vec<_>>();
        assert_eq!(complete(&cache.analyses(&settings).unwrap()), [false; 3]);
        let mut slices = 7;
        cache.refine(&settings, || {
            slices -= 1;
            slices > 0
        });
        assert_eq!(complete(&cache.analyses(&settings).unwrap()), [false, false, true]);
        cache.refine(&settings, || true);
        let refined = cache.analyses(&settings).unwrap();
        assert_eq!(complete(&refined), [true; 3]);
        assert!(refined.same(&cache.analyses(&settings).unwrap()));
    }

    #[test]
    fn what_is_adopted_is_shared_and_refined_apart() {
        let settings = Settings { seq_len: 6, hidden_size: 3, ..Settings::default() };
        let (mut live, mut other) = (cache(), cache());
        let shown = live.analyses(&settings).unwrap();
        other.adopt(&settings, &live);
        assert!(other.analyses(&settings).unwrap().same(&shown));
        other.refine(&settings, || true);
        assert!(other.analyses(&settings).unwrap().are_complete() && !live.analyses(&settings).unwrap().are_complete());
        // What it has refined itself is not given back for less.
        other.adopt(&settings, &live);
        assert!(other.analyses(&settings).unwrap().are_complete());
        let changed = Settings { forget_bias: 3.0, ..settings };
        other.adopt(&changed, &live);
        assert!(other.analyses(&changed).unwrap().get(Cell::Gru).unwrap().complete);
        assert!(!Arc::ptr_eq(other.analyses(&changed).unwrap().get(Cell::Lstm).unwrap(), shown.get(Cell::Lstm).unwrap()));
    }

    #[test]
    fn hidden_cells_are_left_out() {
        let settings = Settings { show_rnn: false, seq_len: 4, hidden_size: 2, ..Settings::default() };
        let analyses = cache().analyses(&settings).unwrap();
        assert!(analyses.get(Cell::Rnn).is_none());
        assert_eq!(analyses.iter().map(|(c, _)| c).collect::<Vec<_>>(), [Cell::Lstm, Cell::Gru]);
        assert_eq!(analyses.seq_len(), 4);
    }
}
