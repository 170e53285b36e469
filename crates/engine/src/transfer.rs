//! An analysis as plain numbers, so that another thread can compute it. The problem is not among them: it is built again where the numbers
//! arrive.

use crate::analysis::Analysis;
use crate::bptt::{self, Adjoint, Backward, ParameterGradient};
use crate::lyapunov::Settling;
use crate::problem::Problem;
use crate::product::ProductNorms;
use crate::reference::Reference;
use crate::running_product::ScaledProduct;
use crate::spectra::{BlockSpectra, StepSpectra};
use crate::unroll::Trace;
use crate::verdict::Curve;

/// An analysis but for its problem: read by [`from_values`], otherwise opaque.
pub fn to_values(analysis: &Analysis) -> Vec<f64> {
    let mut out = Vec::new();
    let (product, step, recurrent) = (&analysis.product, &analysis.step_jacobian, &analysis.recurrent_weight);
    let backward = &analysis.backward;
    let flag = |present: Option<usize>| present.map_or(-1.0, |value| value as f64);
    out.extend([
        f64::from(analysis.complete),
        flag(analysis.overflow_at),
        analysis.loss,
        flag(product.exactly_zero_from_lag),
        analysis.effective_rank.unwrap_or(f64::NAN),
        analysis.checkpoints.len() as f64,
        recurrent.eigenvalues.len() as f64,
    ]);
    let mut put = |values: &[f64]| {
        out.push(values.len() as f64);
        out.extend_from_slice(values);
    };
    analysis.trace.parts().into_iter().for_each(&mut put);
    for adjoint in [Some(&backward.dl_dh), backward.dl_dc.as_ref()].into_iter().flatten() {
        put(&adjoint.mantissa);
        put(&adjoint.exponent.iter().map(|exponent| *exponent as f64).collect::<Vec<_>>());
        put(&adjoint.log10_norm);
    }
    put(&backward.log10_norm_dl_ds);
    put(analysis.left.log10_by_lag());
    for gradient in &backward.gradients {
        put(&[gradient.exponent as f64, gradient.log10_norm]);
        put(&gradient.mantissa);
        put(&gradient.log10_norm_by_step);
        put(&gradient.truncation_error);
    }
    put(&product.log10_sigma_max);
    put(&product.log10_norm_dht_dhk);
    for optional in [&product.log10_norm_dct_dck, &product.log10_direct_cell_path] {
        put(optional.as_deref().unwrap_or_default());
    }
    for values in [&step.sigma_max, &step.sigma_min, &step.frobenius, &step.spectral_radius, &analysis.lyapunov_exponents] {
        put(values);
    }
    let settling = &analysis.lyapunov_settling;
    put(&[settling.warm_up as f64, settling.mean_log_determinant, settling.running.len() as f64]);
    for (t, exponents) in &settling.running {
        put(&[*t as f64]);
        put(exponents);
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

/// The analysis of this problem that `values` are of; `None` where they are not what [`to_values`] makes of it.
pub fn from_values(mut problem: Problem, values: &[f64]) -> Option<Analysis> {
    let mut reader = Reader(values);
    let [complete, overflow_at, loss, zero_from, effective_rank, checkpoints, blocks] = *reader.take(7)? else { return None };
    let present = |flag: f64| (flag >= 0.0).then_some(flag as usize);
    let w = &problem.weights;
    let (n, d, lstm) = (w.hidden_size, w.input_size, w.cell.states() == 2);
    let rows = w.cell.blocks() * n;
    let trace = Trace::from_parts(w, [reader.vector()?, reader.vector()?, reader.vector()?, reader.vector()?])?;
    let seq_len = trace.h.len() / n - 1;
    let dl_dh = reader.adjoint(seq_len, n)?;
    let dl_dc = if lstm { Some(reader.adjoint(seq_len, n)?) } else { None };
    let log10_norm_dl_ds = reader.vector_of(seq_len + 1)?;
    let left = Curve::new(reader.vector()?);
    let mut gradients = Vec::with_capacity(bptt::NAMES.len());
    for (name, width) in bptt::NAMES.into_iter().zip([d, n, 1, 1]) {
        let [exponent, log10_norm] = *reader.vector()?.as_slice() else { return None };
        gradients.push(ParameterGradient {
            name,
            exponent: exponent as i64,
            log10_norm,
            mantissa: reader.vector_of(rows * width)?,
            log10_norm_by_step: reader.vector_of(seq_len)?,
            truncation_error: reader.vector_of(seq_len)?,
        });
    }
    let mut vector = || reader.vector();
    let product = ProductNorms {
        log10_sigma_max: vector()?,
        log10_norm_dht_dhk: vector()?,
        log10_norm_dct_dck: Some(vector()?).filter(|_| lstm),
        log10_direct_cell_path: Some(vector()?).filter(|_| lstm),
        exactly_zero_from_lag: present(zero_from),
    };
    let step_jacobian = StepSpectra { sigma_max: vector()?, sigma_min: vector()?, frobenius: vector()?, spectral_radius: vector()? };
    let lyapunov_exponents = vector()?;
    let [warm_up, mean_log_determinant, points] = *vector()?.as_slice() else { return None };
    let mut running = Vec::new();
    for _ in 0..points as usize {
        let [t] = *vector()?.as_slice() else { return None };
        running.push((t as usize, vector()?));
    }
    let lyapunov_settling = Settling { warm_up: warm_up as usize, running, mean_log_determinant };
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
    // The steps that were left out overflow.
    let steps = problem.x.len() / d;
    if step_jacobian.sigma_max.len() != seq_len || present(overflow_at).map_or(steps, |step| step - 1) != seq_len {
        return None;
    }
    let recurrent_weight = BlockSpectra { spectral_radius, sigma_max, eigenvalues };
    let effective_rank = (!effective_rank.is_nan()).then_some(effective_rank);
    let reference = Reference::new(w, &recurrent_weight);
    let state_size = n * w.cell.states();
    problem.x.truncate(seq_len * d);
    Some(Analysis {
        loss,
        seq_len,
        state_size,
        problem,
        overflow_at: present(overflow_at),
        trace,
        backward: Backward { dl_dh, dl_dc, log10_norm_dl_ds, gradients },
        step_jacobian,
        product,
        lyapunov_exponents,
        lyapunov_settling,
        recurrent_weight,
        left,
        effective_rank,
        reference,
        complete: complete == 1.0,
        checkpoints: kept,
    })
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

    fn vector_of(&mut self, length: usize) -> Option<Vec<f64>> {
        self.vector().filter(|vector| vector.len() == length)
    }

    fn adjoint(&mut self, seq_len: usize, n: usize) -> Option<Adjoint> {
        Some(Adjoint {
            mantissa: self.vector_of((seq_len + 1) * n)?,
            exponent: self.vector_of(seq_len + 1)?.into_iter().map(|exponent| exponent as i64).collect(),
            log10_norm: self.vector_of(seq_len + 1)?,
        })
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
        let overflow = Experiment { gain: 10.0, ..dead.clone() };
        for experiment in cells.into_iter().chain([dead, Experiment { activation: Activation::Identity, ..overflow }]) {
            let experiment = Experiment { hidden_size: 5, seq_len: if experiment.gain > 1.0 { 300 } else { 40 }, ..experiment };
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
