//! What can be wrong with an experiment, in sentences.

use core::fmt::Display;
use core::ops::RangeInclusive;

use crate::signal::{TableError, TextError};

/// Why an experiment was not accepted. Its text is a sentence that says what is wrong, where, and what would be accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExperimentError {
    /// A number outside its range.
    #[error("The {} is {value}; it has to be {accepted}.", spoken(field))]
    OutOfRange {
        /// The field of [`crate::Experiment`], such as `hidden_size`; `loss_step` for [`crate::LossSite::Step`].
        field: &'static str,
        /// What it is.
        value: String,
        /// What would be accepted, such as `a whole number from 1 to 512`.
        accepted: String,
    },
    /// The text cannot be an input.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The table cannot be an input.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A given net does not fit the rest of the experiment.
    #[error("{0}")]
    Given(String),
}

impl ExperimentError {
    /// The field that is wrong: a name of a field of [`crate::Experiment`], or `loss_step`, `text` or `numbers`.
    pub fn field(&self) -> &'static str {
        match self {
            ExperimentError::OutOfRange { field, .. } => field,
            ExperimentError::Text(_) => "text",
            ExperimentError::Table(_) => "numbers",
            ExperimentError::Given(_) => "given",
        }
    }

    pub(super) fn check_whole(field: &'static str, value: usize, range: RangeInclusive<usize>, note: &str) -> Result<(), Self> {
        let accepted = || format!("a whole number from {} to {}{note}", range.start(), range.end());
        Self::check(field, range.contains(&value), value, accepted)
    }

    /// NaN is in no range, so that this is the check for finite numbers too.
    pub(super) fn check_real(field: &'static str, value: f64, range: RangeInclusive<f64>) -> Result<(), Self> {
        let accepted = || format!("a number from {} to {}", range.start(), range.end());
        Self::check(field, range.contains(&value), readable(value), accepted)
    }

    fn check(field: &'static str, inside: bool, value: impl Display, accepted: impl Fn() -> String) -> Result<(), Self> {
        if inside {
            return Ok(());
        }
        Err(ExperimentError::OutOfRange { field, value: value.to_string(), accepted: accepted() })
    }
}

/// The field in words.
fn spoken(field: &str) -> String {
    match field {
        "seq_len" => "sequence length".to_string(),
        _ => field.replace('_', " "),
    }
}

/// A number as one would write it: exponents only where plain digits would be long.
fn readable(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && value.is_finite() && !(1e-4..1e15).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}
