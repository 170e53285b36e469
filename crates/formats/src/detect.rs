//! What a file is, from its first bytes, and what to say about files that are not read.

use crate::error::{ErrorKind, FormatError};

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
    } else if matches!(sample, [0x80, 2..=5, ..]) && sample.get(2) != Some(&0) {
        FileKind::Pickle
    } else if sample.get(8) == Some(&b'{') && sample.get(5..8) == Some(&[0, 0, 0]) {
        FileKind::Safetensors
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        FileKind::Json
    } else if !sample.contains(&0) {
        FileKind::Text
    } else {
        FileKind::Unknown
    }
}

/// Why a file of this kind is not what `wanted` (such as `a safetensors file`) names; `None` where nothing better can be said than the
/// reader's own sentence.
pub(crate) fn refusal(bytes: &[u8], wanted: &str) -> Option<FormatError> {
    let sentence = match kind(bytes) {
        FileKind::Empty => format!("The file is empty; {wanted} is accepted."),
        FileKind::Zip => format!(
            "The file is a zip archive, such as a PyTorch checkpoint (.pt, .pth), a .keras or an .npz file; {wanted} is accepted, which \
             safetensors.torch.save_file(model.state_dict(), \"model.safetensors\") writes, or safetensors.numpy.save_file from arrays."
        ),
        FileKind::Pickle => format!(
            "The file is a Python pickle, such as an old PyTorch checkpoint, which could run code; {wanted} is accepted, which \
             safetensors.torch.save_file(model.state_dict(), \"model.safetensors\") writes."
        ),
        FileKind::Hdf5 => format!(
            "The file is HDF5, such as Keras writes; {wanted} is accepted, which safetensors.numpy.save_file({{w.path: \
             numpy.asarray(w) for w in model.weights}}, \"model.safetensors\") writes."
        ),
        FileKind::Gzip => format!("The file is compressed with gzip; {wanted} is accepted, so unpack it first."),
        FileKind::Safetensors => format!("The file is a safetensors file; {wanted} is accepted here."),
        FileKind::Npy => format!("The file is a NumPy array; {wanted} is accepted here."),
        FileKind::Json => format!("The file is a JSON document; {wanted} is accepted here."),
        FileKind::Text | FileKind::Unknown => return None,
    };
    let kind = if bytes.is_empty() { ErrorKind::Damaged } else { ErrorKind::OtherFormat };
    Some(FormatError::new(kind, sentence))
}
