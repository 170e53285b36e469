//! The overview's numbers: how much of the input at lag k reaches the loss, of every model, and what theory says of it.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::encoder_decoder::Attention;
use unroll_engine::lineage::hippo::{gradient_norm, impulse_norm};
use unroll_engine::lineage::linear_family::Linear;
use unroll_engine::lineage::reach::MATRIX_LIMIT;
use unroll_engine::lineage::{Family, Matrix, Model, Named, Path, Reach, Run, Sizes};
use unroll_engine::{spectrum, Cell};

use super::build;
use crate::labs::lineage::models::{Place, MODELS};
use crate::labs::lineage::settings::LineageSettings;

/// Reach of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// n it was built with.
    pub hidden_size: usize,
    /// Numbers that are trained.
    pub parameters: u64,
    /// Numbers that it carries from step to step.
    pub state: usize,
    /// `[T]` by lag 0, 1, …: log10 of the largest singular value of `∂y_t/∂x_{t−lag}`; −∞ is exactly zero, NaN not determined. As long as
    /// there are lags.
    pub by_lag: Vec<f64>,
    /// What theory says, likewise; empty where nothing is said.
    pub theory: Vec<f64>,
}

impl Curve {
    /// What is subtracted from logarithms that are to be relative to lag 0; NaN where there is nothing to relate to.
    pub fn base(&self) -> f64 {
        self.by_lag.first().copied().filter(|base| base.is_finite()).unwrap_or(f64::NAN)
    }

    /// Reach at a lag relative to lag 0, log10; `None` beyond the lags there are.
    pub fn relative(&self, lag: usize) -> Option<f64> {
        self.by_lag.get(lag).map(|value| value - self.base())
    }
}

/// A model's curve, or why it has none, as a sentence.
pub type Found = (Place, Result<Curve, String>);

/// The step of the output that the loss is at: a model whose output has another length than its input counts from its own end.
fn loss_row(run: &dyn Run, settings: &LineageSettings) -> usize {
    run.rows() - 1 - settings.back.min(run.rows() - 1)
}

/// The curve of a model.
///
/// # Errors
/// A sentence, where the model cannot be built or run.
pub fn curve(place: Place, settings: &LineageSettings) -> Result<Curve, String> {
    let x = build::input(settings)?;
    let (model, sizes) = build::model(place, settings)?;
    let run = model.run(&x).map_err(|error| error.to_string())?;
    let row = Reach::row(run.as_ref(), loss_row(run.as_ref(), settings), Path::Total).map_err(|error| error.to_string())?;
    let by_lag: Vec<f64> = row.log10[..=row.lag_zero].iter().rev().copied().collect();
    let theory = theory(place, settings, model.as_ref(), run.as_ref(), sizes, &by_lag);
    let (parameters, family) = (model.cost(settings.steps).parameters, MODELS[place].family);
    Ok(Curve { hidden_size: sizes.hidden_size, parameters, state: build::state(family, sizes), by_lag, theory })
}

/// Whether there are few enough steps for whole matrices.
pub fn has_matrices(settings: &LineageSettings) -> bool {
    settings.steps <= MATRIX_LIMIT && settings.target_len <= MATRIX_LIMIT
}

/// The whole matrix of a model; `None` where there are too many steps or the model has no curve.
pub fn matrix(place: Place, settings: &LineageSettings) -> Option<Square> {
    if !has_matrices(settings) {
        return None;
    }
    let x = build::input(settings).ok()?;
    let (model, _) = build::model(place, settings).ok()?;
    let run = model.run(&x).ok()?;
    let matrix = Matrix::of(run.as_ref(), Path::Total).ok()?;
    Some(Square::of(&matrix))
}

/// A matrix of reach.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Square {
    /// Output steps.
    pub rows: usize,
    /// Input steps.
    pub columns: usize,
    /// `[rows][columns]` row-major, log10; −∞ is exactly zero, NaN not determined.
    pub values: Vec<f64>,
    /// `[rows]`: the value at lag 0; NaN where there is nothing to relate to.
    pub newest: Vec<f64>,
}

impl Square {
    /// Of a matrix.
    pub fn of(matrix: &Matrix) -> Self {
        let (rows, columns) = (matrix.rows.len(), matrix.rows.first().map_or(0, |row| row.log10.len()));
        let newest = matrix.rows.iter().map(|row| row.log10.get(row.lag_zero).copied().filter(|v| v.is_finite()).unwrap_or(f64::NAN));
        Self { rows, columns, values: matrix.absolute(), newest: newest.collect() }
    }

    /// A value, relative to its row's lag 0 or as it is.
    pub fn value(&self, row: usize, column: usize, relative: bool) -> f64 {
        let value = self.values.get(row * self.columns + column).copied().unwrap_or(f64::NAN);
        if relative {
            value - self.newest.get(row).copied().unwrap_or(f64::NAN)
        } else {
            value
        }
    }
}

/// The numbers of a value on the way.
fn named<'a>(inner: &'a [Named<'a>], name: &str) -> Option<&'a [f64]> {
    inner.iter().find(|value| value.name == name).map(|value| value.values)
}

/// log10 of what gates keep, the best unit's, by lag from the last of `[T][n]` numbers back.
fn product_of_gates(keep: &[f64], n: usize, lags: usize) -> Vec<f64> {
    let steps = keep.len() / n.max(1);
    let mut units = vec![0.0; n];
    let mut best = vec![0.0];
    for lag in 1..lags {
        let Some(t) = steps.checked_sub(lag) else { break };
        for (unit, gate) in units.iter_mut().zip(&keep[t * n..(t + 1) * n]) {
            *unit += gate.log10();
        }
        best.push(units.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    }
    best
}

/// What theory says of a model, log10 by lag, at the height of the measured curve at lag 0 but for bounds, which are as they are.
fn theory(place: Place, settings: &LineageSettings, model: &dyn Model, run: &dyn Run, sizes: Sizes, by_lag: &[f64]) -> Vec<f64> {
    let (lags, base) = (by_lag.len(), by_lag.first().copied().unwrap_or(f64::NAN));
    let n = sizes.hidden_size;
    let from_base = |shape: &dyn Fn(usize) -> f64| (0..lags).map(|lag| base + shape(lag)).collect();
    let parameters = model.parameters();
    let norm = |name: &str, columns: usize| {
        let values = parameters.iter().find(|p| p.name == name)?.values;
        spectrum::singular_values(values, values.len() / columns, columns).first().copied()
    };
    match MODELS[place].family {
        // Pascanu et al. 2013: every step Jacobian is diag(φ') W_hh with φ' ≤ 1.
        Family::Recurrent(Cell::Rnn) => match (norm("weight_hh_l0", n), norm("weight_ih_l0", settings.input_size)) {
            (Some(recurrent), Some(first)) => (0..lags).map(|lag| first.log10() + lag as f64 * recurrent.log10()).collect(),
            _ => Vec::new(),
        },
        // f^k with the gate at its bias alone.
        Family::Recurrent(_) => from_base(&|lag| lag as f64 * sigmoid(settings.keep).log10()),
        Family::Linear(Linear::MinGru | Linear::MinLstm) => {
            let inner = run.inner();
            let keep: Option<Vec<f64>> =
                named(&inner, "f").map(<[f64]>::to_vec).or_else(|| Some(named(&inner, "z")?.iter().map(|z| 1.0 - z).collect()));
            let upto = (loss_row(run, settings) + 1) * n;
            keep.map_or_else(Vec::new, |keep| product_of_gates(&keep[..upto], n, lags).iter().map(|log10| base + log10).collect())
        }
        // √(2n+1) P_n(2u − 1)/t at u = the middle of a step.
        Family::Linear(Linear::Legs) => {
            let t = lags as f64;
            (0..lags).map(|lag| (gradient_norm(n, (t - lag as f64 - 0.5) / t) / t).log10()).collect()
        }
        // ‖e^{sA}B‖ with the largest Δ of any channel.
        Family::Linear(Linear::Dense(_)) => {
            let steps = parameters.iter().find(|p| p.name == "log_dt").map_or(&[][..], |p| p.values);
            let step = steps.iter().copied().fold(f64::NEG_INFINITY, f64::max).exp();
            from_base(&|lag| (impulse_norm(n, step * lag as f64) / n as f64).log10())
        }
        // Re A = −½: the envelope e^{−Δ·lag/2}, with the least Δ of any channel.
        Family::Linear(Linear::Diagonal(..)) => {
            let steps = parameters.iter().find(|p| p.name == "log_dt").map_or(&[][..], |p| p.values);
            let step = steps.iter().copied().fold(f64::INFINITY, f64::min).exp();
            from_base(&|lag| -0.5 * step * lag as f64 * std::f64::consts::LOG10_E)
        }
        // Even weights read every source step alike.
        Family::EncoderDecoder { attention, .. } if attention != Attention::None => from_base(&|_| 0.0),
        // Even weights give every step 1/T of what the residual stream gives the last one.
        Family::Transformer => from_base(&|lag| if lag == 0 { 0.0 } else { -(lags as f64).log10() }),
        _ => Vec::new(),
    }
}

/// σ.
pub fn sigmoid(v: f64) -> f64 {
    1.0 / (1.0 + (-v).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::models::place_of;
    use crate::labs::lineage::settings::{Match, View};

    fn of(word: &str, settings: &LineageSettings) -> Curve {
        curve(place_of(word), settings).unwrap()
    }

    #[test]
    fn every_model_has_a_curve_at_the_default_sizes() {
        for (place, model) in MODELS.iter().enumerate() {
            let curve = curve(place, &LineageSettings::default()).unwrap();
            assert_eq!((curve.by_lag.len(), curve.relative(0)), (64, Some(0.0)), "{}", model.word);
            assert!(curve.by_lag.iter().all(|value| value.is_finite()), "{}", model.word);
        }
    }

    #[test]
    fn a_plain_net_stays_below_pascanus_bound_at_every_lag() {
        for seed in 0..12 {
            let curve = of("rnn", &LineageSettings { seed, gain: 1.0 + 0.2 * f64::from(seed), ..LineageSettings::default() });
            assert!(curve.by_lag.iter().zip(&curve.theory).all(|(measured, bound)| *measured <= bound + 1e-9));
        }
    }

    #[test]
    fn a_minimal_cell_keeps_what_its_best_unit_keeps_and_no_more_through_the_state() {
        // With its gate at the bias alone nothing passes through the gate's own input, and what is left is the product of gates exactly.
        for (word, keep) in [("mingru", 2.0), ("minlstm", 5.0)] {
            let settings = LineageSettings { gain: 1e-6, keep, ..LineageSettings::default() };
            let curve = of(word, &settings);
            let expected = sigmoid(keep).log10();
            for lag in 1..60 {
                assert!((curve.theory[lag] - curve.base() - expected * lag as f64).abs() < 1e-4, "{word} {lag}");
            }
        }
    }

    #[test]
    fn the_memory_that_varies_in_time_lies_on_its_closed_form() {
        let settings = LineageSettings { steps: 256, ..LineageSettings::default() };
        let curve = of("legs", &settings);
        assert!(curve.by_lag.iter().zip(&curve.theory).all(|(measured, formula)| (measured - formula).abs() < 0.03));
    }

    #[test]
    fn equal_parameters_and_equal_states_are_kept_to() {
        for (matched, budget) in [(Match::Parameters, 1216), (Match::State, 32)] {
            let settings = LineageSettings { matched, ..LineageSettings::default() };
            for word in ["rnn", "lstm", "gru", "bigru", "mingru", "s4d", "mamba"] {
                let found = of(word, &settings);
                let size = if matched == Match::Parameters { found.parameters as usize } else { found.state };
                let smallest = found.hidden_size == 1;
                assert!(smallest || size <= budget, "{word} {matched:?}: {size}");
            }
        }
    }

    #[test]
    fn a_model_that_reads_one_number_says_so() {
        let settings = LineageSettings { input_size: 3, ..LineageSettings::default() };
        assert_eq!(curve(place_of("legs"), &settings), Err("The input size is 3. It must be 1.".to_owned()));
    }

    #[test]
    fn a_matrix_has_the_row_of_the_loss_and_an_encoder_decoders_is_as_high_as_its_target() {
        let settings = LineageSettings { steps: 20, back: 3, view: View::Reach, ..LineageSettings::default() };
        let (curve, square) = (of("lstm", &settings), matrix(place_of("lstm"), &settings).unwrap());
        let row = &square.values[16 * 20..17 * 20];
        for (lag, value) in curve.by_lag.iter().enumerate() {
            assert!((row[16 - lag] - value).abs() < 1e-9);
        }
        assert!(row[17..].iter().all(|value| *value == f64::NEG_INFINITY));
        let pair = matrix(place_of("attention"), &settings).unwrap();
        assert_eq!((pair.rows, pair.columns), (settings.target_len, 20));
        assert_eq!(matrix(place_of("lstm"), &LineageSettings { steps: 65, ..settings }), None);
    }
}
