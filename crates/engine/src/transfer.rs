//! The expensive part of an analysis as plain numbers, so that another thread can compute it. The cheap part, the forward and the backward
//! pass, is done again where the numbers arrive: it is a twentieth of the work and most of the data.

use crate::analysis::{critical_with, Analysis, Costly, Problem};
use crate::product::{ProductNorms, ScaledProduct};
use crate::spectrum::{BlockSpectra, StepSpectra};

/// The expensive part of an analysis: read by [`from_values`], otherwise opaque.
pub fn to_values(analysis: &Analysis) -> Vec<f64> {
    let mut out = Vec::new();
    let (product, step, recurrent) = (&analysis.product, &analysis.step_jacobian, &analysis.recurrent_weight);
    let flag = |present: Option<usize>| present.map_or(-1.0, |value| value as f64);
    out.extend([
        f64::from(analysis.complete),
        flag(product.exactly_zero_from_lag),
        analysis.verdict.effective_rank.unwrap_or(f64::NAN),
        analysis.checkpoints.len() as f64,
        recurrent.eigenvalues.len() as f64,
    ]);
    let mut put = |values: &[f64]| {
        out.push(values.len() as f64);
        out.extend_from_slice(values);
    };
    put(&product.log10_sigma_max);
    put(&product.log10_norm_dht_dhk);
    for optional in [&product.log10_norm_dct_dck, &product.log10_direct_cell_path] {
        put(optional.as_deref().unwrap_or_default());
    }
    for values in [&step.sigma_max, &step.sigma_min, &step.frobenius, &step.spectral_radius, &analysis.lyapunov_exponents] {
        put(values);
    }
    put(&recurrent.spectral_radius);
    put(&recurrent.sigma_max);
    for block in &recurrent.eigenvalues {
        put(&block.iter().flat_map(|z| [z.0, z.1]).collect::<Vec<_>>());
    }
    for kept in &analysis.checkpoints {
        put(&[kept.k as f64, kept.exponent as f64]);
        put(&kept.mantissa);
    }
    out
}

/// The analysis of which `values` are the expensive part; `None` where they are not what [`to_values`] makes of this problem.
pub fn from_values(problem: Problem, values: &[f64]) -> Option<Analysis> {
    let mut reader = Reader(values);
    let [complete, zero_from, effective_rank, checkpoints, blocks] = *reader.take(5)? else { return None };
    let lstm = problem.weights.cell.states() == 2;
    let mut vector = || reader.vector();
    let product = ProductNorms {
        log10_sigma_max: vector()?,
        log10_norm_dht_dhk: vector()?,
        log10_norm_dct_dck: Some(vector()?).filter(|_| lstm),
        log10_direct_cell_path: Some(vector()?).filter(|_| lstm),
        exactly_zero_from_lag: (zero_from >= 0.0).then_some(zero_from as usize),
    };
    let step_jacobian = StepSpectra { sigma_max: vector()?, sigma_min: vector()?, frobenius: vector()?, spectral_radius: vector()? };
    let lyapunov_exponents = vector()?;
    let (spectral_radius, sigma_max) = (vector()?, vector()?);
    let mut eigenvalues = Vec::new();
    for _ in 0..blocks as usize {
        eigenvalues.push(vector()?.chunks_exact(2).map(|z| (z[0], z[1])).collect());
    }
    let mut kept = Vec::new();
    for _ in 0..checkpoints as usize {
        let [k, exponent] = *vector()?.as_slice() else { return None };
        kept.push(ScaledProduct { k: k as usize, exponent: exponent as i64, mantissa: vector()? });
    }
    let recurrent_weight = BlockSpectra { spectral_radius, sigma_max, eigenvalues };
    let steps = step_jacobian.sigma_max.len();
    let mut analysis =
        critical_with(problem, |_, _, _| Costly { product, checkpoints: kept, step_jacobian, lyapunov_exponents, recurrent_weight });
    if analysis.seq_len != steps {
        return None;
    }
    analysis.complete = complete == 1.0;
    analysis.verdict.effective_rank = (!effective_rank.is_nan()).then_some(effective_rank);
    Some(analysis)
}

struct Reader<'a>(&'a [f64]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [f64]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn vector(&mut self) -> Option<Vec<f64>> {
        let count = *self.take(1)?.first()?;
        Some(self.take(count as usize)?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{analyse, analyse_critical, Activation, Cell, Experiment, Initialiser};

    #[test]
    fn an_analysis_comes_out_as_it_went_in() {
        let dead =
            Experiment { cell: Cell::Rnn, activation: Activation::Relu, initialiser: Initialiser::Identity, ..Experiment::default() };
        let cells = [Cell::Rnn, Cell::Lstm, Cell::Gru].map(|cell| Experiment { cell, ..Experiment::default() });
        for experiment in cells.into_iter().chain([dead]) {
            let experiment = Experiment { hidden_size: 5, seq_len: 40, ..experiment };
            for analysis in [analyse(&experiment).unwrap(), analyse_critical(&experiment).unwrap()] {
                let again = from_values(experiment.problem().unwrap(), &to_values(&analysis)).unwrap();
                assert_eq!(again, analysis);
            }
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        let experiment = Experiment { hidden_size: 3, seq_len: 20, ..Experiment::default() };
        let values = to_values(&analyse(&experiment).unwrap());
        for length in [0, 4, 5, 40, values.len() - 1] {
            assert!(from_values(experiment.problem().unwrap(), &values[..length]).is_none());
        }
        let longer = Experiment { seq_len: 21, ..experiment };
        assert!(from_values(longer.problem().unwrap(), &values).is_none());
    }
}
