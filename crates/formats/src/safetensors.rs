//! safetensors: weights in PyTorch's layout, read and written.

use ::safetensors::tensor::{Dtype, Metadata, TensorView};

use crate::error::{clipped, ErrorKind, FormatError};
use crate::model::{Layout, ModelFile};
use crate::tensor::{Encoding, Tensor};
use crate::{detect, layouts, limits};
use unroll_engine::{Cell, Weights};

const WANTED: &str = "a safetensors file";
/// Bytes of the header's length.
const LENGTH: usize = 8;

/// Reads every `nn.RNN`, `nn.LSTM`, `nn.GRU` and `nn.RNNCell`, `nn.LSTMCell`, `nn.GRUCell` of a state dict, under any prefix.
/// [`crate::open()`] reads the other layouts as well.
///
/// # Errors
/// The file is no sound safetensors file, or no recurrent module in it can be used; then the sentence says what is in it.
pub fn read(bytes: &[u8]) -> Result<ModelFile, FormatError> {
    layouts::read(tensors(bytes)?, &[Layout::Pytorch])
}

/// The tensors of a file, in the order of their bytes. Nothing is decoded yet.
pub(crate) fn tensors(bytes: &[u8]) -> Result<Vec<Tensor<'_>>, FormatError> {
    detect::check_file_size(bytes.len() as u64)?;
    let looks = detect::kind(bytes);
    if !matches!(looks, detect::FileKind::Safetensors | detect::FileKind::Unknown | detect::FileKind::Text) {
        if let Some(error) = detect::refusal(bytes, WANTED) {
            return Err(error);
        }
    }
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH>() else {
        return Err(FormatError::damaged(format!(
            "The file has {} bytes; {WANTED} is accepted, which begins with 8 bytes and a JSON header.",
            bytes.len()
        )));
    };
    if rest.first().is_some_and(|first| *first != b'{') {
        return Err(FormatError::new(
            ErrorKind::OtherFormat,
            "The file is not a safetensors file, whose header begins with { after 8 bytes; a file that safetensors.torch.save_file wrote is accepted.",
        ));
    }
    let length = u64::from_le_bytes(*length);
    if length > limits::HEADER_BYTES {
        return Err(FormatError::too_large(format!(
            "The file claims a header of {length} bytes; at most {} are accepted.",
            limits::HEADER_BYTES
        )));
    }
    let (header, data) = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length)).ok_or_else(|| {
        FormatError::damaged(format!(
            "The file claims a header of {length} bytes and has {} after its length; it is cut off, so save or download it again.",
            rest.len()
        ))
    })?;
    // Not `SafeTensors::deserialize`, which adds the lengths it was told without a check.
    let metadata: Metadata = serde_json::from_slice(header).map_err(|error| {
        FormatError::damaged(format!(
            "The header of the file is broken: {}; tensors with dtype, shape and adjoining data_offsets are accepted.",
            clipped(&error.to_string(), 160)
        ))
    })?;
    if metadata.data_len() != data.len() {
        return Err(FormatError::damaged(format!(
            "The header promises {} bytes of numbers and the file has {}; save or download it again.",
            metadata.data_len(),
            data.len()
        )));
    }
    metadata.offset_keys().into_iter().map(|name| tensor(&metadata, name, data)).collect()
}

fn tensor<'a>(metadata: &Metadata, name: String, data: &'a [u8]) -> Result<Tensor<'a>, FormatError> {
    let found = metadata.info(&name).and_then(|info| Some((info, data.get(info.data_offsets.0..info.data_offsets.1)?)));
    match found {
        Some((info, data)) => Ok(Tensor::new(name, encoding(info.dtype), info.shape.clone(), data)),
        None => Err(FormatError::damaged("The header of the file points beyond its end; save or download it again.")),
    }
}

fn encoding(dtype: Dtype) -> Encoding {
    match dtype {
        Dtype::F64 => Encoding::F64,
        Dtype::F32 => Encoding::F32,
        Dtype::F16 => Encoding::F16,
        Dtype::BF16 => Encoding::Bf16,
        Dtype::BOOL => Encoding::Other("BOOL"),
        Dtype::U8 => Encoding::Other("U8"),
        Dtype::I8 => Encoding::Other("I8"),
        Dtype::I16 => Encoding::Other("I16"),
        Dtype::U16 => Encoding::Other("U16"),
        Dtype::I32 => Encoding::Other("I32"),
        Dtype::U32 => Encoding::Other("U32"),
        Dtype::I64 => Encoding::Other("I64"),
        Dtype::U64 => Encoding::Other("U64"),
        Dtype::C64 => Encoding::Other("C64"),
        Dtype::F8_E4M3 | Dtype::F8_E5M2 | Dtype::F8_E8M0 | Dtype::F8_E4M3FNUZ | Dtype::F8_E5M2FNUZ => Encoding::Other("F8"),
        _ => Encoding::Other("other"),
    }
}

/// One layer as F64 under PyTorch's names, such as `nn.LSTM(d, n).double().load_state_dict(load_file(path))` takes.
///
/// # Errors
/// The sizes of `weights` do not fit each other.
pub fn write(weights: &Weights) -> Result<Vec<u8>, FormatError> {
    check(weights)?;
    let rows = weights.cell.blocks() * weights.hidden_size;
    let parts = [
        ("weight_ih_l0", vec![rows, weights.input_size], &weights.weight_ih),
        ("weight_hh_l0", vec![rows, weights.hidden_size], &weights.weight_hh),
        ("bias_ih_l0", vec![rows], &weights.bias_ih),
        ("bias_hh_l0", vec![rows], &weights.bias_hh),
    ];
    encode(&parts.map(|(name, shape, values)| (name.to_owned(), shape, values.as_slice())))
}

/// A trained net with its readout, as `state_dict` names them in a module whose recurrent layer is called `rnn`, `lstm` or `gru` and whose
/// `nn.Linear` is called `out`; `readout` is `out.weight`, `[k][n]` row-major, and `out.bias`, `[k]`.
///
/// # Errors
/// A sentence where a length is not what the sizes say.
pub fn write_with_readout(weights: &Weights, readout: (&[f64], &[f64])) -> Result<Vec<u8>, FormatError> {
    check(weights)?;
    let (rows, (matrix, bias)) = (weights.cell.blocks() * weights.hidden_size, readout);
    if matrix.len() != bias.len() * weights.hidden_size {
        let (has, wants) = (matrix.len(), bias.len() * weights.hidden_size);
        return Err(FormatError::mismatch(format!("The readout has {has} weights, and its sizes say {wants}.")));
    }
    let layer = match weights.cell {
        Cell::Rnn => "rnn",
        Cell::Lstm => "lstm",
        Cell::Gru => "gru",
    };
    encode(&[
        (format!("{layer}.weight_ih_l0"), vec![rows, weights.input_size], weights.weight_ih.as_slice()),
        (format!("{layer}.weight_hh_l0"), vec![rows, weights.hidden_size], weights.weight_hh.as_slice()),
        (format!("{layer}.bias_ih_l0"), vec![rows], weights.bias_ih.as_slice()),
        (format!("{layer}.bias_hh_l0"), vec![rows], weights.bias_hh.as_slice()),
        ("out.weight".to_owned(), vec![bias.len(), weights.hidden_size], matrix),
        ("out.bias".to_owned(), vec![bias.len()], bias),
    ])
}

/// float64 tensors under their names.
fn encode(parts: &[(String, Vec<usize>, &[f64])]) -> Result<Vec<u8>, FormatError> {
    let encoded: Vec<Vec<u8>> = parts.iter().map(|(_, _, values)| values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let failed = |error: ::safetensors::SafeTensorError| FormatError::mismatch(format!("The weights cannot be written: {error}."));
    let mut views = Vec::with_capacity(parts.len());
    for ((name, shape, _), data) in parts.iter().zip(&encoded) {
        views.push((name.as_str(), TensorView::new(Dtype::F64, shape.clone(), data).map_err(failed)?));
    }
    ::safetensors::serialize(views, None).map_err(failed)
}

/// Whether the lengths of `weights` are what its sizes say.
pub(crate) fn check(weights: &Weights) -> Result<(), FormatError> {
    let (n, d) = (weights.hidden_size, weights.input_size);
    let rows = weights.cell.blocks().saturating_mul(n);
    let parts = [
        ("weight_ih", weights.weight_ih.len(), rows.saturating_mul(d)),
        ("weight_hh", weights.weight_hh.len(), rows.saturating_mul(n)),
        ("bias_ih", weights.bias_ih.len(), rows),
        ("bias_hh", weights.bias_hh.len(), rows),
    ];
    if n == 0 || d == 0 {
        return Err(FormatError::mismatch(format!("The weights are for {n} units that read {d} numbers; at least 1 of each is accepted.")));
    }
    match parts.iter().find(|(_, found, expected)| found != expected) {
        None => Ok(()),
        Some((name, found, expected)) => Err(FormatError::mismatch(format!(
            "{name} has {found} numbers; {expected} are accepted for {n} units that read {d} numbers per step."
        ))),
    }
}
