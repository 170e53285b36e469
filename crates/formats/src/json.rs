//! The page's own document of an experiment.
//!
//! ```json
//! {"format": "unroll-experiment", "version": 1,
//!  "cell": "lstm", "activation": "tanh", "input_size": 2, "hidden_size": 3, "seq_len": 40,
//!  "weights": {"weight_ih_l0": [[…]], "weight_hh_l0": [[…]], "bias_ih_l0": […], "bias_hh_l0": […]},
//!  "x": [[…]], "h0": […], "c0": […],
//!  "loss": {"site": "last_step", "cotangent": […]}}
//! ```
//!
//! Matrices are lists of rows, in PyTorch's packing. `cell` is `rnn`, `lstm` or `gru`; `activation` is `tanh`, `relu`, `sigmoid` or
//! `identity` and matters to `rnn` only; `c0` is `[]` unless the cell is an LSTM; `site` is `last_step`, `every_step`, or `step` with the
//! step, counted from 1, in `step`. Numbers are the shortest that give the same 64 bits back. Fields with other names are passed over. `assumptions`, where there are any, has
//! what was assumed when weights and sequence were read from files, a sentence each.

pub(crate) mod document;
mod numbers;

pub use crate::envelope::{EXPERIMENT, VERSION};
pub(crate) use document::check;

use crate::envelope::{format, parse, text, TRACES};
use crate::error::{shown, ErrorKind, FormatError};
use crate::traces::Traces;
use document::Document;
use unroll_engine::Problem;

/// Writes an experiment.
///
/// # Errors
/// Its sizes do not fit each other, or a number is not finite.
pub fn write(problem: &Problem) -> Result<String, FormatError> {
    write_with_assumptions(problem, &[])
}

/// Writes an experiment with what was assumed when its parts were read from files, a sentence each, in `assumptions`.
///
/// # Errors
/// As [`write()`].
pub fn write_with_assumptions(problem: &Problem, assumptions: &[String]) -> Result<String, FormatError> {
    text(&Document::of(problem)?.with_assumptions(assumptions))
}

/// Reads an experiment, also the one that traces were exported with.
///
/// # Errors
/// The document is not one of the page's, or its sizes do not fit each other.
pub fn read(bytes: &[u8]) -> Result<Problem, FormatError> {
    read_with_assumptions(bytes).map(|(problem, _)| problem)
}

/// [`read`], and what was assumed when its parts were read.
///
/// # Errors
/// As there.
pub fn read_with_assumptions(bytes: &[u8]) -> Result<(Problem, Vec<String>), FormatError> {
    match format(bytes)?.as_str() {
        EXPERIMENT => {
            let document = parse::<Document>(bytes)?;
            let assumptions = document.assumptions();
            Ok((document.problem()?, assumptions))
        }
        TRACES => {
            let (traces, assumptions) = Traces::from_json_with_assumptions(bytes)?;
            Ok((traces.experiment, assumptions))
        }
        other => Err(FormatError::new(
            ErrorKind::OtherFormat,
            format!("The document's format is \"{}\"; \"{EXPERIMENT}\" and \"{TRACES}\" are accepted.", shown(other)),
        )),
    }
}
