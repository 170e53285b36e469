//! From settings to analyses: what is recomputed when, and nothing twice.

pub mod timing;

use std::sync::Arc;

use unroll_engine::{analyse_critical, Activation, Analysis, Cell, Experiment, ExperimentError, Input, Refinement};

use crate::state::settings::{Settings, CELLS};

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

/// Keeps each cell's last analysis, so that a change which does not concern a cell costs it nothing, and refines it in slices.
#[derive(Debug, Default)]
pub struct Cache {
    kept: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    experiment: Experiment,
    analysis: Arc<Analysis>,
    /// What is still being added to it.
    refinement: Option<Refinement>,
}

impl Cache {
    /// The analyses of all shown cells, each as complete as it is so far.
    ///
    /// # Errors
    /// The engine's sentence about the first setting that is out of range.
    pub fn analyses(&mut self, settings: &Settings) -> Result<Analyses, ExperimentError> {
        let mut shown = Vec::with_capacity(CELLS.len());
        for cell in CELLS.into_iter().filter(|cell| settings.shows(*cell)) {
            shown.push((cell, self.analysis(relevant(settings.experiment(cell)))?));
        }
        Ok(Analyses { shown })
    }

    fn analysis(&mut self, experiment: Experiment) -> Result<Arc<Analysis>, ExperimentError> {
        if let Some(kept) = self.kept.iter().find(|kept| kept.experiment == experiment) {
            return Ok(kept.analysis.clone());
        }
        let analysis = analyse_critical(&experiment)?;
        let refinement = Some(Refinement::new(&analysis));
        let analysis = Arc::new(analysis);
        self.kept.retain(|kept| kept.experiment.cell != experiment.cell);
        self.kept.push(Kept { experiment, analysis: analysis.clone(), refinement });
        Ok(analysis)
    }

    /// Refines the shown cells, the one in focus first, as long as `time_left` says.
    pub fn refine(&mut self, settings: &Settings, mut time_left: impl FnMut() -> bool) {
        let order = std::iter::once(settings.focus).chain(CELLS.into_iter().filter(|cell| *cell != settings.focus));
        for cell in order.filter(|cell| settings.shows(*cell)) {
            self.refine_cell(cell, &mut time_left);
        }
    }

    /// Refines one cell as long as `time_left` says.
    pub fn refine_cell(&mut self, cell: Cell, mut time_left: impl FnMut() -> bool) {
        let Some(kept) = self.kept.iter_mut().find(|kept| kept.experiment.cell == cell) else { return };
        while let Some(refinement) = &mut kept.refinement {
            if !time_left() {
                return;
            }
            if refinement.advance(&kept.analysis, 1) {
                if let Some(refinement) = kept.refinement.take() {
                    kept.analysis = Arc::new(refinement.complete(Analysis::clone(&kept.analysis)));
                }
            }
        }
    }
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
    if !matches!(experiment.input, Input::Sine | Input::Square) {
        experiment.period = 16.0;
    }
    experiment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forget_bias_change_recomputes_the_lstm_only() {
        let mut cache = Cache::default();
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
        let mut cache = Cache::default();
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
    fn hidden_cells_are_left_out() {
        let settings = Settings { show_rnn: false, seq_len: 4, hidden_size: 2, ..Settings::default() };
        let analyses = Cache::default().analyses(&settings).unwrap();
        assert!(analyses.get(Cell::Rnn).is_none());
        assert_eq!(analyses.iter().map(|(c, _)| c).collect::<Vec<_>>(), [Cell::Lstm, Cell::Gru]);
        assert_eq!(analyses.seq_len(), 4);
    }
}
