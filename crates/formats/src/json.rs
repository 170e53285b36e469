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

mod document;
mod numbers;

pub use document::EXPERIMENT;
pub(crate) use document::{check, Document};
pub(crate) use numbers::{check_finite, Matrix, Numbers};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{clipped, shown, ErrorKind, FormatError};
use crate::{detect, limits, traces};
use unroll_engine::Problem;

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Kind {
    format: Option<String>,
    version: Option<u32>,
}

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
        traces::TRACES => {
            let (traces, assumptions) = traces::Traces::from_json_with_assumptions(bytes)?;
            Ok((traces.experiment, assumptions))
        }
        other => Err(FormatError::new(
            ErrorKind::OtherFormat,
            format!("The document's format is \"{}\"; \"{EXPERIMENT}\" and \"{}\" are accepted.", shown(other), traces::TRACES),
        )),
    }
}

/// The document's format, its version being one that is read.
pub(crate) fn format(bytes: &[u8]) -> Result<String, FormatError> {
    if bytes.len() > limits::JSON_BYTES {
        return Err(FormatError::too_large(format!(
            "The document has {}; at most {} are accepted.",
            limits::megabytes(bytes.len() as u64),
            limits::megabytes(limits::JSON_BYTES as u64)
        )));
    }
    let looks = detect::kind(bytes);
    if !matches!(looks, detect::FileKind::Json | detect::FileKind::Text | detect::FileKind::Unknown) {
        if let Some(error) = detect::refusal(bytes, "a JSON document of this page") {
            return Err(error);
        }
    }
    let kind: Kind = parse(bytes)?;
    let Some(format) = kind.format else {
        return Err(FormatError::new(
            ErrorKind::OtherFormat,
            format!("The JSON document has no \"format\"; \"{EXPERIMENT}\" and \"{}\" are accepted.", traces::TRACES),
        ));
    };
    match kind.version {
        Some(VERSION) => Ok(format),
        Some(version) => {
            Err(FormatError::unsupported(format!("The document is of version {version}; version {VERSION} is accepted by this page.")))
        }
        None => Err(FormatError::damaged(format!("The document has no \"version\"; version {VERSION} is accepted."))),
    }
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FormatError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        FormatError::damaged(format!(
            "The document cannot be read: {}; a JSON document that this page wrote is accepted.",
            clipped(&error.to_string(), 160)
        ))
    })
}

pub(crate) fn text<T: Serialize>(document: &T) -> Result<String, FormatError> {
    serde_json::to_string(document).map_err(|error| FormatError::mismatch(format!("The document cannot be written: {error}.")))
}
