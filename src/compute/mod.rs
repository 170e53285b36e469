//! From settings to analyses: what is recomputed when, and nothing twice.

pub mod timing;

use std::sync::Arc;

use unroll_engine::{analyse, Activation, Analysis, Cell, Experiment, ExperimentError, Input};

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

    /// The longest sequence among them: the shared time axis.
    pub fn seq_len(&self) -> usize {
        self.iter().map(|(_, a)| a.seq_len).max().unwrap_or(0)
    }

    /// Whether two sets hold the very same analyses.
    pub fn same(&self, other: &Self) -> bool {
        self.shown.len() == other.shown.len() && self.shown.iter().zip(&other.shown).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1))
    }
}

/// Keeps each cell's last analysis, so that a change which does not concern a cell costs it nothing.
#[derive(Debug, Default)]
pub struct Cache {
    last: Vec<(Experiment, Arc<Analysis>)>,
}

impl Cache {
    /// The analyses of all shown cells.
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
        if let Some((_, analysis)) = self.last.iter().find(|(known, _)| *known == experiment) {
            return Ok(analysis.clone());
        }
        let analysis = Arc::new(analyse(&experiment)?);
        self.last.retain(|(known, _)| known.cell != experiment.cell);
        self.last.push((experiment, analysis.clone()));
        Ok(analysis)
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
    fn hidden_cells_are_left_out() {
        let settings = Settings { show_rnn: false, seq_len: 4, hidden_size: 2, ..Settings::default() };
        let analyses = Cache::default().analyses(&settings).unwrap();
        assert!(analyses.get(Cell::Rnn).is_none());
        assert_eq!(analyses.iter().map(|(c, _)| c).collect::<Vec<_>>(), [Cell::Lstm, Cell::Gru]);
        assert_eq!(analyses.seq_len(), 4);
    }
}
