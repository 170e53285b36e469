//! Tensors as a file holds them, still encoded.

use std::borrow::Cow;

use half::{bf16, f16};

use crate::error::{counted, listed, shown, ErrorKind, FormatError};

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
    /// The bytes, or why there are none: a tensor that is computed from others may fail on theirs.
    pub data: Result<Cow<'a, [u8]>, FormatError>,
    /// How it was computed, where it is none of the file's own.
    pub note: Option<String>,
}

impl<'a> Tensor<'a> {
    /// A tensor of the file.
    pub fn new(name: String, encoding: Encoding, shape: Vec<usize>, data: &'a [u8]) -> Self {
        Self { name, encoding, shape, data: Ok(Cow::Borrowed(data)), note: None }
    }

    /// A tensor of these numbers, or of the reason why there are none.
    pub fn of_values(name: String, shape: Vec<usize>, values: Result<Vec<f64>, FormatError>) -> Self {
        let data = values.map(|values| Cow::Owned(values.iter().flat_map(|value| value.to_le_bytes()).collect()));
        Self { name, encoding: Encoding::F64, shape, data, note: None }
    }

    /// How many numbers the shape promises; the largest number where that overflows.
    pub fn count(&self) -> usize {
        self.shape.iter().fold(1_usize, |product, size| product.saturating_mul(*size))
    }

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
    ///
    /// # Errors
    /// They are of another type, do not fill the shape, or are not all finite.
    pub fn values(&self) -> Result<Vec<f64>, FormatError> {
        let values = self.numbers()?;
        match Gaps::of(&values) {
            None => Ok(values),
            Some(gaps) => Err(not_finite(&gaps.sentence(self), &[])),
        }
    }

    /// The numbers, finite or not.
    fn numbers(&self) -> Result<Vec<f64>, FormatError> {
        let data = self.data.as_ref().map_err(Clone::clone)?;
        let values: Vec<f64> = match self.encoding {
            Encoding::F64 => decode(data, f64::from_le_bytes),
            Encoding::F32 => decode(data, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Encoding::F16 => decode(data, |bytes| f16::from_le_bytes(bytes).to_f64()),
            Encoding::Bf16 => decode(data, |bytes| bf16::from_le_bytes(bytes).to_f64()),
            Encoding::Other(name) => {
                return Err(FormatError::unsupported(format!(
                    "The tensor \"{}\" holds {name} numbers; F64, F32, F16 and BF16 are accepted.",
                    shown(&self.name)
                )));
            }
        };
        if self.count() != values.len() || self.encoding.size().is_some_and(|size| data.len() != values.len() * size) {
            return Err(FormatError::damaged(format!(
                "The tensor \"{}\" has {} bytes, which do not fill its shape {}; save the file again.",
                shown(&self.name),
                data.len(),
                self.shape_text()
            )));
        }
        Ok(values)
    }

    /// Where the number at `index` is, as one would write it in Python.
    fn place(&self, index: usize) -> String {
        match self.shape.as_slice() {
            [_, columns] if *columns > 0 => format!("[{}, {}]", index / columns, index % columns),
            _ => format!("[{index}]"),
        }
    }
}

/// Numbers of a tensor that are not finite.
struct Gaps {
    count: usize,
    first: usize,
    value: f64,
}

impl Gaps {
    /// `None` where all are finite.
    fn of(values: &[f64]) -> Option<Self> {
        let first = values.iter().position(|value| !value.is_finite())?;
        let count = values.iter().filter(|value| !value.is_finite()).count();
        Some(Self { count, first, value: values.get(first).copied().unwrap_or(f64::NAN) })
    }

    /// "The tensor "a" has NaN at [0, 1] and 3 numbers that are not finite in all".
    fn sentence(&self, tensor: &Tensor<'_>) -> String {
        let (name, place) = (shown(&tensor.name), tensor.place(self.first));
        match self.count {
            1 => format!("The tensor \"{name}\" has {} at {place}", self.value),
            count => format!("The tensor \"{name}\" has {} at {place} and {count} numbers that are not finite in all", self.value),
        }
    }
}

/// The refusal of weights that are not finite, with the names of other tensors that have some.
fn not_finite(first: &str, others: &[&str]) -> FormatError {
    let others = match others.len() {
        0 => String::new(),
        count => format!(
            "; so {} {} ({})",
            if count == 1 { "has" } else { "have" },
            counted(count, "other tensor"),
            listed(others.iter().copied())
        ),
    };
    FormatError::new(
        ErrorKind::NotFinite,
        format!("{first}{others}; only finite numbers are accepted, so save a checkpoint from before the training diverged."),
    )
}

/// The refusal of a module whose numbers are not all finite: the first tensor by place and count, the others by name. `None` where they
/// are finite or cannot be read at all.
pub(crate) fn first_not_finite(tensors: &[&Tensor<'_>]) -> Option<FormatError> {
    let mut found = tensors.iter().filter_map(|tensor| Some((*tensor, Gaps::of(&tensor.numbers().ok()?)?)));
    let (tensor, gaps) = found.next()?;
    let others: Vec<&str> = found.map(|(tensor, _)| tensor.name.as_str()).collect();
    Some(not_finite(&gaps.sentence(tensor), &others))
}

fn decode<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    data.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect()
}
