//! What a file is, from its first bytes, and what to say about files that are not read.

use crate::error::{listed, megabytes, ErrorKind, FormatError};
use crate::{encoding, limits};

/// What the page accepts, as the subject of "is accepted".
pub(crate) const ANY: &str = "a .safetensors file of weights, a sequence (CSV, .npy, .npz), text, or a JSON document of this page";

/// Writes the recurrent modules of a PyTorch model, whatever else it shares or packs: tied weights, cuDNN's one storage.
pub const TORCH_RECIPE: &str = "s = model.state_dict(); save_file({k: v.detach().cpu().clone().contiguous() for k, v in s.items() if \
     k.startswith(tuple(n.split(\"parametrizations.\")[0].split(\"weight_hh\")[0] for n in s if \"weight_hh\" in n))}, \"model.safetensors\")";

/// Writes the weights of a Keras model.
pub const KERAS_RECIPE: &str =
    "safetensors.numpy.save_file({w.path: numpy.ascontiguousarray(w) for w in model.weights}, \"model.safetensors\")";

/// Whether a file of so many bytes is read at all.
///
/// # Errors
/// It is larger than [`limits::FILE_BYTES`], or empty.
pub fn check_file_size(bytes: u64) -> Result<(), FormatError> {
    if bytes == 0 {
        return Err(FormatError::new(
            ErrorKind::Damaged,
            "The file is empty; a safetensors, npy, npz, CSV, text or JSON file is accepted.",
        ));
    }
    if bytes > limits::FILE_BYTES {
        let sentence = format!(
            "The file has {}; at most {} are accepted, so save the recurrent layers alone.",
            megabytes(bytes),
            megabytes(limits::FILE_BYTES)
        );
        return Err(FormatError::new(ErrorKind::TooLarge, sentence));
    }
    Ok(())
}

/// What a file seems to be. Only the first bytes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Eight bytes of length and a JSON header.
    Safetensors,
    /// NumPy's array file.
    Npy,
    /// A zip archive: a PyTorch checkpoint, a Keras model or an npz.
    Zip,
    /// Python's pickle: an old PyTorch checkpoint.
    Pickle,
    /// HDF5: Keras weights.
    Hdf5,
    /// gzip.
    Gzip,
    /// ONNX: a graph with weights.
    Onnx,
    /// Something else that has a name.
    Named(&'static str),
    /// A JSON document.
    Json,
    /// Nothing at all.
    Empty,
    /// Text without zero bytes: CSV perhaps.
    Text,
    /// None of these.
    Unknown,
}

/// How far [`kind`] looks.
const SAMPLE: usize = 512;

/// What `bytes` seem to be.
pub fn kind(bytes: &[u8]) -> FileKind {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
    if bytes.is_empty() {
        FileKind::Empty
    } else if sample.starts_with(b"\x93NUMPY") {
        FileKind::Npy
    } else if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"PK\x05\x06") {
        FileKind::Zip
    } else if sample.starts_with(b"\x89HDF\r\n\x1a\n") {
        FileKind::Hdf5
    } else if sample.starts_with(b"\x1f\x8b") {
        FileKind::Gzip
    } else if let Some((_, _, name)) = NAMED.iter().find(|(at, magic, _)| sample.get(*at..).is_some_and(|rest| rest.starts_with(magic))) {
        FileKind::Named(name)
    } else if is_onnx(sample) {
        FileKind::Onnx
    } else if matches!(sample, [0x80, 2..=5, ..]) && sample.get(2) != Some(&0) {
        FileKind::Pickle
    } else if sample.get(8) == Some(&b'{') && sample.get(5..8) == Some(&[0, 0, 0]) {
        FileKind::Safetensors
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        FileKind::Json
    } else if !sample.contains(&0) || encoding::decode(bytes.get(..SAMPLE & !1).unwrap_or(bytes)).is_some() {
        FileKind::Text
    } else {
        FileKind::Unknown
    }
}

/// First bytes of formats that are not read, where they are, and what the file is.
const NAMED: [(usize, &[u8], &str); 12] = [
    (0, b"GGUF", "a GGUF file"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"MATLAB 5.0", "a MATLAB file"),
    (0, b"\xd0\xcf\x11\xe0", "an old Excel workbook or another Office file"),
    (0, b"%PDF", "a PDF"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"RIFF", "a sound or video file"),
    (257, b"ustar", "a tar archive"),
];

/// A protobuf of ONNX begins with its version (field 1) and the name of the program that wrote it (field 2), or the graph (field 7).
fn is_onnx(sample: &[u8]) -> bool {
    match sample {
        [0x08, 1..=20, 0x12, length, rest @ ..] => {
            let name = rest.get(..usize::from(*length));
            name.is_some_and(|name| !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '))
        }
        [0x08, 1..=20, 0x3a, ..] => true,
        _ => false,
    }
}

/// Why a zip archive with members of these names is not read; `None` where it may be one of arrays.
pub(crate) fn archive_refusal(names: &[&str]) -> Option<FormatError> {
    let has = |part: &str| names.iter().any(|name| *name == part || name.ends_with(&format!("/{part}")));
    let sentence = if has("data.pkl") || has("constants.pkl") {
        format!("The file is a PyTorch checkpoint: a zip archive of pickles, which could run code. In PyTorch, {TORCH_RECIPE} writes what is accepted.")
    } else if has("model.weights.h5") {
        format!("The file is a Keras model: a zip archive with HDF5 weights. In Keras, {KERAS_RECIPE} writes what is accepted.")
    } else if has("xl/workbook.xml") {
        "The file is an Excel workbook; a table saved as CSV is accepted.".to_string()
    } else if has("content.xml") {
        "The file is an OpenDocument file; a table saved as CSV is accepted.".to_string()
    } else if !names.iter().any(|name| name.ends_with(".npy")) {
        let members = if names.is_empty() { "nothing".to_string() } else { listed(names.iter().copied()) };
        format!("The file is a zip archive of {members}; {ANY} is accepted, so unpack it first.")
    } else {
        return None;
    };
    Some(FormatError::new(ErrorKind::OtherFormat, sentence))
}

/// Why a file of this kind is not what `wanted` (such as `a safetensors file`) names; `None` where nothing better can be said than the
/// reader's own sentence.
pub(crate) fn refusal(bytes: &[u8], wanted: &str) -> Option<FormatError> {
    let sentence = match kind(bytes) {
        FileKind::Empty => format!("The file is empty; {wanted} is accepted."),
        FileKind::Zip => {
            "The file is a zip archive that cannot be used here, such as a PyTorch checkpoint (.pt, .pth, .ckpt), a .keras or a cut-off .npz file; "
                .to_string()
                + wanted
                + " is accepted, which safetensors' save_file writes."
        }
        FileKind::Pickle => {
            format!("The file is a Python pickle, such as an old PyTorch checkpoint, which could run code. In PyTorch, {TORCH_RECIPE} writes what is accepted.")
        }
        FileKind::Hdf5 => format!("The file is HDF5, such as Keras' .h5. In Keras, {KERAS_RECIPE} writes what is accepted."),
        FileKind::Onnx => {
            format!("The file is ONNX. From the PyTorch model that it was exported from, {TORCH_RECIPE} writes what is accepted.")
        }
        FileKind::Named(name) => format!("The file is {name}; {wanted} is accepted."),
        FileKind::Gzip => format!("The file is compressed with gzip; {wanted} is accepted, so unpack it first."),
        FileKind::Safetensors => format!("The file is a safetensors file; {wanted} is accepted here."),
        FileKind::Npy => format!("The file is a NumPy array; {wanted} is accepted here."),
        FileKind::Json => format!("The file is a JSON document; {wanted} is accepted here."),
        FileKind::Text | FileKind::Unknown => return None,
    };
    let kind = if bytes.is_empty() { ErrorKind::Damaged } else { ErrorKind::OtherFormat };
    Some(FormatError::new(kind, sentence))
}
