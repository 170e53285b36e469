//! Tensors as a file holds them, still encoded.

use half::{bf16, f16};

use crate::error::{shown, ErrorKind, FormatError};

/// How numbers are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    F64,
    F32,
    F16,
    Bf16,
    /// Anything else, by its name.
    Other(&'static str),
}

impl Encoding {
    /// Bytes of one number, for the ones that are read.
    fn size(self) -> Option<usize> {
        match self {
            Self::F64 => Some(8),
            Self::F32 => Some(4),
            Self::F16 | Self::Bf16 => Some(2),
            Self::Other(_) => None,
        }
    }
}

/// One named tensor of a file, little endian, row-major.
#[derive(Clone, Debug)]
pub(crate) struct Tensor<'a> {
    pub name: String,
    pub encoding: Encoding,
    pub shape: Vec<usize>,
    pub data: &'a [u8],
}

impl Tensor<'_> {
    /// "[12, 3]".
    pub fn shape_text(&self) -> String {
        let sizes: Vec<String> = self.shape.iter().take(6).map(usize::to_string).collect();
        format!("[{}{}]", sizes.join(", "), if self.shape.len() > 6 { ", …" } else { "" })
    }

    /// Rows and columns.
    pub fn matrix(&self) -> Result<(usize, usize), FormatError> {
        match self.shape.as_slice() {
            [rows, columns] => Ok((*rows, *columns)),
            _ => Err(FormatError::mismatch(format!(
                "The tensor \"{}\" has the shape {}; a matrix (two sizes) is accepted.",
                shown(&self.name),
                self.shape_text()
            ))),
        }
    }

    /// The numbers, all finite.
    pub fn values(&self) -> Result<Vec<f64>, FormatError> {
        let values: Vec<f64> = match self.encoding {
            Encoding::F64 => decode(self.data, f64::from_le_bytes),
            Encoding::F32 => decode(self.data, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Encoding::F16 => decode(self.data, |bytes| f16::from_le_bytes(bytes).to_f64()),
            Encoding::Bf16 => decode(self.data, |bytes| bf16::from_le_bytes(bytes).to_f64()),
            Encoding::Other(name) => {
                return Err(FormatError::unsupported(format!(
                    "The tensor \"{}\" holds {name} numbers; F64, F32, F16 and BF16 are accepted.",
                    shown(&self.name)
                )));
            }
        };
        let count = self.shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        if count != Some(values.len()) || self.encoding.size().is_some_and(|size| self.data.len() != values.len() * size) {
            return Err(FormatError::damaged(format!(
                "The tensor \"{}\" has {} bytes, which do not fill its shape {}; save the file again.",
                shown(&self.name),
                self.data.len(),
                self.shape_text()
            )));
        }
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(at) => Err(FormatError::new(
                ErrorKind::NotFinite,
                format!(
                    "The tensor \"{}\" has {} at {}; only finite numbers are accepted.",
                    shown(&self.name),
                    values.get(at).copied().unwrap_or(f64::NAN),
                    self.place(at)
                ),
            )),
        }
    }

    /// Where the number at `index` is, as one would write it in Python.
    fn place(&self, index: usize) -> String {
        match self.shape.as_slice() {
            [_, columns] if *columns > 0 => format!("[{}, {}]", index / columns, index % columns),
            _ => format!("[{index}]"),
        }
    }
}

fn decode<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    data.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect()
}
