//! What can be wrong with a training run, in sentences.

use core::fmt::Display;

use crate::signal::TextError;

/// Memory that the states of a run may take, in MiB: what a page can ask of a browser.
pub(super) const MOST_MEBIBYTES: u64 = 1024;

/// Why a training run was not accepted. Its text is a sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A setting outside its range.
    #[error("The {} is {value}; it has to be {accepted}.", spoken(field))]
    OutOfRange {
        /// The setting, such as `hidden_size`.
        field: &'static str,
        /// What it is.
        value: String,
        /// What would be accepted, such as `at least 1`.
        accepted: String,
    },
    /// Something brought from outside has other sizes than the run.
    #[error("The {what} does not have the sizes that this training run asks for.")]
    Sizes {
        /// `batch`, `model` or `snapshot`.
        what: &'static str,
    },
    /// The run would not fit.
    #[error(
        "This training run would keep {mebibytes} MiB of states; at most {} MiB are accepted. Take fewer steps, units or sequences.",
        MOST_MEBIBYTES
    )]
    TooLarge {
        /// What its states need, in MiB.
        mebibytes: u64,
    },
    /// The regulariser was asked for with a gated cell.
    #[error("The Omega regulariser is defined for the plain RNN only; set its coefficient to 0 or choose the RNN.")]
    RegulariserNeedsPlainCell,
    /// Text was asked for from a net that does not predict characters.
    #[error("Text can be sampled only from a net that is trained to predict characters.")]
    NoCharacters,
    /// The text cannot be learned from.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// The setting in words.
fn spoken(field: &str) -> String {
    match field {
        "steps" | "blanks" => format!("number of {field}"),
        "clip" => "limit of clipping".into(),
        "omega" => "coefficient of Omega".into(),
        _ => field.replace('_', " "),
    }
}

impl TrainError {
    /// `Ok` where `inside`; else that `field` is out of its range.
    pub(super) fn check(field: &'static str, inside: bool, value: impl Display, accepted: impl FnOnce() -> String) -> Result<(), Self> {
        if inside {
            return Ok(());
        }
        Err(TrainError::OutOfRange { field, value: value.to_string(), accepted: accepted() })
    }
}

/// Training cannot go on from here: a number is not finite. The weights are those before the step that failed, and a smaller learning
/// rate or a clipped gradient may get past it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Training diverged at iteration {iteration}: the {what} is not a finite number.")]
pub struct Diverged {
    /// The iteration that failed, from 0.
    pub iteration: u64,
    /// What is not finite.
    pub what: Divergence,
}

/// What is not finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divergence {
    /// The loss.
    Loss,
    /// The gradient, or its norm.
    Gradient,
    /// The weights, or what the optimiser remembers, after the update.
    Weights,
}

impl Display for Divergence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Divergence::Loss => "loss",
            Divergence::Gradient => "gradient",
            Divergence::Weights => "update of the weights",
        })
    }
}
