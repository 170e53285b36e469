//! Everything an analysis computed per step, as JSON and CSV.
//!
//! # Columns
//! Per state k = 0…T: `h_1`… and `c_1`… (units); `log10_left`, what is left of the loss's gradient on its way back from the last step that the
//! loss reads (−∞ at the states after it); `log10_norm_dl_dh` and `log10_norm_dl_dc`, total derivatives as PyTorch's `.grad` has them, of which
//! `dl_dc` includes the path through h_k; `log10_norm_dl_ds`, with h_k and c_k as independent coordinates, as products of step Jacobians have
//! it; `log10_product` (norm of ∂s_T/∂s_k), `log10_dht_dhk` and `log10_dct_dck` (its blocks), `log10_direct_cell_path`.
//!
//! Per step t = 1…T: `x_1`… (inputs), the gates by name and unit (`forget_1`, …; for the RNN `preactivation_1`, …), `sigma_max`,
//! `sigma_min`, `frobenius`, `spectral_radius` (of ∂s_t/∂s_{t−1}), and `log10_gradient_weight_ih_l0` and its like: the norm of the
//! gradient by that parameter used at step t only.
//!
//! Columns that the cell or the analysis has not are left out.
//!
//! # JSON
//! `{"format": "unroll-traces", "version": 1, "experiment": {…}, "loss": …, "overflow_at": null, "growth_per_step": …,
//! "lyapunov_exponents": […], "states": {"h_1": […], …}, "steps": {"x_1": […], …}}`. `experiment` is the document of [`crate::json`].
//! Lists in `states` have T + 1 numbers, lists in `steps` T. JSON knows finite numbers only: −∞ (the logarithm of an exact zero) is the
//! text `"-inf"`, and `"inf"` and `"nan"` stand for themselves.
//!
//! # CSV
//! A header and a row for each t = 0…T: `t`, the inputs, the states, and what else is per step. The row t = 0 is the initial state; what
//! is per step is empty in it. −∞ is `-inf`. Numbers are the shortest that give the same 64 bits back.

mod csv;
mod document;

pub use self::csv::TraceTable;
pub use crate::envelope::TRACES;

use crate::envelope;
use crate::error::{ErrorKind, FormatError};
use unroll_engine::{Analysis, Problem};

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its numbers; −∞ is the logarithm of an exact zero.
    pub values: Vec<f64>,
}

/// What is exported of an analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Traces {
    /// The problem that was analysed.
    pub experiment: Problem,
    /// L.
    pub loss: f64,
    /// The first step whose state was not finite; the traces end before it.
    pub overflow_at: Option<usize>,
    /// What is left of the loss's gradient at the first state, to the power 1/lag.
    pub growth_per_step: f64,
    /// Natural log per step, descending; none where the analysis was not complete.
    pub lyapunov_exponents: Vec<f64>,
    /// Columns with T + 1 numbers.
    pub states: Vec<Series>,
    /// Columns with T numbers.
    pub steps: Vec<Series>,
}

impl Traces {
    /// What `analysis` has.
    pub fn of(analysis: &Analysis) -> Self {
        let problem = &analysis.problem;
        let w = &problem.weights;
        let (n, d) = (w.hidden_size, w.input_size);
        let mut states = units("h", &analysis.trace.h, n);
        if !analysis.trace.c.is_empty() {
            states.extend(units("c", &analysis.trace.c, n));
        }
        let backward = &analysis.backward;
        let product = &analysis.product;
        let left = analysis.log10_left_by_state();
        let logs = [
            ("log10_left", Some(&left)),
            ("log10_norm_dl_dh", Some(&backward.dl_dh.log10_norm)),
            ("log10_norm_dl_dc", backward.dl_dc.as_ref().map(|adjoint| &adjoint.log10_norm)),
            ("log10_norm_dl_ds", Some(&backward.log10_norm_dl_ds)),
            ("log10_product", Some(&product.log10_sigma_max)),
            ("log10_dht_dhk", Some(&product.log10_norm_dht_dhk)),
            ("log10_dct_dck", product.log10_norm_dct_dck.as_ref()),
            ("log10_direct_cell_path", product.log10_direct_cell_path.as_ref()),
        ];
        states.extend(logs.into_iter().filter_map(|(name, values)| Some(series(name, values?))));
        let mut steps = units("x", &problem.x, d);
        for gate in &analysis.trace.gates {
            steps.extend(units(gate.name, &gate.values, n));
        }
        let spectra = &analysis.step_jacobian;
        steps.push(series("sigma_max", &spectra.sigma_max));
        if analysis.complete {
            steps.push(series("sigma_min", &spectra.sigma_min));
        }
        steps.push(series("frobenius", &spectra.frobenius));
        if analysis.complete {
            steps.push(series("spectral_radius", &spectra.spectral_radius));
        }
        for gradient in &backward.gradients {
            steps.push(series(&format!("log10_gradient_{}", gradient.name), &gradient.log10_norm_by_step));
        }
        Self {
            experiment: problem.clone(),
            loss: analysis.loss,
            overflow_at: analysis.overflow_at,
            growth_per_step: analysis.left.growth_per_step(),
            lyapunov_exponents: analysis.lyapunov_exponents.clone(),
            states,
            steps,
        }
    }

    /// The document described in [`crate::traces`].
    ///
    /// # Errors
    /// The experiment's sizes do not fit each other, or a number of it is not finite.
    pub fn to_json(&self) -> Result<String, FormatError> {
        envelope::text(&document::Document::of(self, &[])?)
    }

    /// Reads that document.
    ///
    /// # Errors
    /// It is no document of traces, or its lists do not have the lengths that its experiment says.
    pub fn from_json(bytes: &[u8]) -> Result<Self, FormatError> {
        Self::from_json_with_assumptions(bytes).map(|(traces, _)| traces)
    }

    /// [`Traces::from_json`], and what was assumed when the experiment's parts were read from files, a sentence each.
    ///
    /// # Errors
    /// As there.
    pub fn from_json_with_assumptions(bytes: &[u8]) -> Result<(Self, Vec<String>), FormatError> {
        let format = envelope::format(bytes)?;
        if format != TRACES {
            let sentence = format!("The document's format is \"{}\"; \"{TRACES}\" is accepted here.", crate::shown(&format));
            return Err(FormatError::new(ErrorKind::OtherFormat, sentence));
        }
        let document = envelope::parse::<document::Document>(bytes)?;
        let assumptions = document.assumptions();
        Ok((document.traces()?, assumptions))
    }

    /// The table described in [`crate::traces`].
    pub fn to_csv(&self) -> String {
        csv::write(self)
    }

    /// T.
    pub fn seq_len(&self) -> usize {
        self.experiment.x.len() / self.experiment.weights.input_size.max(1)
    }
}

/// [`json()`] with what was assumed when the experiment's parts were read from files, a sentence each.
///
/// # Errors
/// As there.
pub fn json_with_assumptions(analysis: &Analysis, assumptions: &[String]) -> Result<String, FormatError> {
    envelope::text(&document::Document::of(&Traces::of(analysis), assumptions)?)
}

/// [`Traces::to_json`] of an analysis.
///
/// # Errors
/// As there; the problem of an analysis is sound, unless it was put together by hand.
pub fn json(analysis: &Analysis) -> Result<String, FormatError> {
    Traces::of(analysis).to_json()
}

/// [`Traces::to_csv`] of an analysis.
pub fn csv(analysis: &Analysis) -> String {
    Traces::of(analysis).to_csv()
}

fn series(name: &str, values: &[f64]) -> Series {
    Series { name: name.to_string(), values: values.to_vec() }
}

/// `[rows][width]` as a column per unit, counted from 1.
fn units(name: &str, values: &[f64], width: usize) -> Vec<Series> {
    let column = |unit| values.iter().skip(unit).step_by(width.max(1)).copied().collect();
    (0..width).map(|unit| Series { name: format!("{name}_{}", unit + 1), values: column(unit) }).collect()
}
