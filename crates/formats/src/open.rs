//! The one place that says what a file is. Its bytes are looked at once and parsed once.

use crate::arrays::ArrayFile;
use crate::detect::{self, FileKind};
use crate::error::{ErrorKind, FormatError};
use crate::layouts;
use crate::model::ModelFile;
use crate::prose::TextFile;
use crate::table::TableFile;
use crate::tensor::Tensor;
use crate::zip::Archive;
use crate::{encoding, json, npy, safetensors};
use unroll_engine::Problem;

/// What a file turned out to be, with what it leaves to choose.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// Recurrent weights.
    Model(ModelFile),
    /// An experiment of this page, and what was assumed when its parts were read, a sentence each.
    Experiment(Box<Problem>, Vec<String>),
    /// Arrays of numbers.
    Arrays(ArrayFile),
    /// A table of text.
    Table(TableFile),
    /// Text that is no table.
    Text(TextFile),
}

/// Reads a file as what its bytes say it is.
///
/// # Errors
/// It is of a format that is not read, or breaks its own rules; the sentence says what would be accepted. Nothing in a file is ever run.
pub fn open(bytes: &[u8]) -> Result<Opened, FormatError> {
    detect::check_file_size(bytes.len() as u64)?;
    match detect::kind(bytes) {
        FileKind::Safetensors => model(safetensors::tensors(bytes)?),
        FileKind::Npy => ArrayFile::of_npy(bytes).map(Opened::Arrays),
        FileKind::Zip => archive(bytes),
        FileKind::Json => {
            let (problem, assumptions) = json::read_with_assumptions(bytes)?;
            Ok(Opened::Experiment(Box::new(problem), assumptions))
        }
        FileKind::Text => match encoding::decode(bytes) {
            Some((text, note)) => Ok(table_or_text(&text, note)?),
            None => Err(detect::refusal(bytes, detect::ANY).unwrap_or_else(unknown)),
        },
        // A header of safetensors may be damaged: its reader says how.
        FileKind::Unknown if bytes.get(8) == Some(&b'{') => model(safetensors::tensors(bytes)?),
        FileKind::Unknown => Err(unknown()),
        _ => Err(detect::refusal(bytes, detect::ANY).unwrap_or_else(unknown)),
    }
}

fn unknown() -> FormatError {
    FormatError::new(ErrorKind::OtherFormat, format!("The file is of no format that is known here; {} is accepted.", detect::ANY))
}

fn model(tensors: Vec<Tensor<'_>>) -> Result<Opened, FormatError> {
    layouts::read(tensors, &layouts::ALL).map(Opened::Model)
}

fn table_or_text(text: &str, note: Option<&str>) -> Result<Opened, FormatError> {
    match TableFile::of_text(text, note) {
        Ok(table) => Ok(Opened::Table(table)),
        Err(error) if error.kind() == ErrorKind::TooLarge && !text.contains(char::is_alphabetic) => Err(error),
        Err(error) => Ok(Opened::Text(TextFile::new(text, note, error))),
    }
}

fn archive(bytes: &[u8]) -> Result<Opened, FormatError> {
    let archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        // A zip that cannot be listed is still a zip.
        Err(error) => return Err(detect::refusal(bytes, detect::ANY).unwrap_or(error)),
    };
    let names: Vec<&str> = archive.entries().iter().map(|entry| entry.name.as_str()).collect();
    if let Some(error) = detect::archive_refusal(&names) {
        return Err(error);
    }
    // The names of Keras 3's paths have | for /, which no file name has.
    let is_recurrent = |name: &&str| ["|vars|", "/vars/", "weight_hh", "recurrent_kernel"].iter().any(|part| name.contains(part));
    if names.iter().any(is_recurrent) {
        let mut tensors = Vec::new();
        for entry in archive.entries() {
            let Some(name) = entry.name.strip_suffix(".npy") else { continue };
            let (shape, values) = npy::tensor(&archive.read(entry)?)?;
            tensors.push(Tensor::of_values(name.replace('|', "/"), shape, Ok(values)));
        }
        return model(tensors);
    }
    ArrayFile::of_npz(&archive).map(Opened::Arrays)
}
