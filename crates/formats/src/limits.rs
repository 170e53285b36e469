//! Every size limit of the readers, in one place.

/// Bytes of any file. The page asks [`crate::detect::check_file_size`] before it reads one.
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
