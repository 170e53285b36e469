//! What the page's JSON documents share: a format and a version at their head.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{clipped, megabytes, ErrorKind, FormatError};
use crate::{detect, limits};

/// The `format` of an experiment's document.
pub const EXPERIMENT: &str = "unroll-experiment";
/// The `format` of a document of traces.
pub const TRACES: &str = "unroll-traces";
/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Kind {
    format: Option<String>,
    version: Option<u32>,
}

/// The document's format, its version being one that is read.
pub(crate) fn format(bytes: &[u8]) -> Result<String, FormatError> {
    if bytes.len() > limits::JSON_BYTES {
        return Err(FormatError::too_large(format!(
            "The document has {}; at most {} are accepted.",
            megabytes(bytes.len() as u64),
            megabytes(limits::JSON_BYTES as u64)
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
            format!("The JSON document has no \"format\"; \"{EXPERIMENT}\" and \"{TRACES}\" are accepted."),
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
