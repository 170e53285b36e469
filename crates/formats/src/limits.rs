//! Every size limit of the readers, in one place.

use crate::error::{ErrorKind, FormatError};

/// Bytes of any file. The page asks [`check_file_size`] before it reads one.
pub const FILE_BYTES: u64 = 256 << 20;
/// Bytes of a safetensors header.
pub const HEADER_BYTES: u64 = 4 << 20;
/// Bytes of an npy header.
pub const NPY_HEADER_BYTES: usize = 64 << 10;
/// Bytes of a JSON document.
pub const JSON_BYTES: usize = 64 << 20;
/// Numbers in one array of a JSON document.
pub const JSON_NUMBERS: usize = 8 << 20;
/// n of an imported layer.
pub const HIDDEN_SIZE: usize = 512;
/// d of an imported layer.
pub const INPUT_SIZE: usize = 4096;
/// Layers of an imported module.
pub const LAYERS: usize = 64;
/// Numbers of all recurrent weights in a file together.
pub const MODEL_NUMBERS: usize = 32 << 20;
/// T of an imported sequence.
pub const SEQUENCE_STEPS: usize = 100_000;
/// d of an imported sequence.
pub const SEQUENCE_WIDTH: usize = 512;
/// Numbers of an imported sequence.
pub const SEQUENCE_NUMBERS: usize = 4 << 20;
/// Different characters of a text.
pub const ALPHABET: usize = *unroll_engine::experiment::range::TEXT_ALPHABET.end();
/// Columns of a CSV file of traces.
pub const TRACE_COLUMNS: usize = 16 << 10;
/// Characters of a name from a file that a sentence shows.
pub const SHOWN_CHARACTERS: usize = 60;
/// Sentences about what was assumed that go along with a net or a sequence.
pub const ASSUMPTIONS: usize = 32;
/// Characters of such a sentence.
pub const ASSUMPTION_CHARACTERS: usize = 500;
/// Names that a sentence lists.
pub const SHOWN_NAMES: usize = 5;

/// Whether a file of so many bytes is read at all.
///
/// # Errors
/// It is larger than [`FILE_BYTES`], or empty.
pub fn check_file_size(bytes: u64) -> Result<(), FormatError> {
    if bytes == 0 {
        return Err(FormatError::new(
            ErrorKind::Damaged,
            "The file is empty; a safetensors, npy, npz, CSV, text or JSON file is accepted.",
        ));
    }
    if bytes > FILE_BYTES {
        let sentence = format!(
            "The file has {}; at most {} are accepted, so save the recurrent layers alone.",
            megabytes(bytes),
            megabytes(FILE_BYTES)
        );
        return Err(FormatError::new(ErrorKind::TooLarge, sentence));
    }
    Ok(())
}

/// Bytes in MB, rounded up, so that what is too much never reads as the limit.
pub(crate) fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
