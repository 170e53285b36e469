//! NumPy's array files: format versions 1.0, 2.0 and 3.0, float32 and float64, either byte order, either memory order, `[T]` or `[T, d]`.
//!
//! Source of the format: NumPy Enhancement Proposal 1 and `numpy.lib.format`.

use crate::error::{clipped, shown, ErrorKind, FormatError};
use crate::sequence::{self, Sequence};
use crate::{detect, limits};

const WANTED: &str = "an .npy file";
const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads a sequence: `[T]` has one number per step, `[T, d]` has d. Columns are called `column 1`, ….
///
/// # Errors
/// The file is no sound .npy file, or holds another kind of array.
pub fn read(bytes: &[u8]) -> Result<Sequence, FormatError> {
    limits::check_file_size(bytes.len() as u64)?;
    if !bytes.starts_with(MAGIC) {
        return Err(detect::refusal(bytes, WANTED).unwrap_or_else(|| {
            FormatError::new(
                ErrorKind::OtherFormat,
                "The file is not an .npy file, which begins with \\x93NUMPY; numpy.save(\"x.npy\", x) writes one.",
            )
        }));
    }
    let (header, data) = split(bytes)?;
    let header = Header::read(header)?;
    let (steps, width) = header.sizes()?;
    let count = steps.checked_mul(width).filter(|count| *count <= limits::SEQUENCE_NUMBERS);
    let count = count.ok_or_else(|| sequence::too_large(steps, width))?;
    sequence::check_sizes(steps, width)?;
    let size = if header.double { 8 } else { 4 };
    if data.len() != count * size {
        return Err(FormatError::damaged(format!(
            "The array has {} bytes of numbers; {} are accepted for the shape {}, so save or download it again.",
            data.len(),
            count * size,
            header.shape_text()
        )));
    }
    let stored: Vec<f64> = match (header.double, header.big_endian) {
        (true, false) => data.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect(),
        (true, true) => data.as_chunks().0.iter().map(|b| f64::from_be_bytes(*b)).collect(),
        (false, false) => data.as_chunks().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect(),
        (false, true) => data.as_chunks().0.iter().map(|b| f64::from(f32::from_be_bytes(*b))).collect(),
    };
    let values = if header.fortran_order && width > 1 {
        let column = |step: usize| stored.iter().skip(step).step_by(steps).take(width);
        (0..steps).flat_map(column).copied().collect()
    } else {
        stored
    };
    Sequence::new(sequence::numbered(width), values)
}

/// Writes a sequence as version 1.0, little endian float64, C order, `[T, d]`.
pub fn write(sequence: &Sequence) -> Vec<u8> {
    let dictionary = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {}), }}", sequence.seq_len, sequence.width);
    // The numbers begin at a multiple of 64.
    let before = MAGIC.len() + 4 + dictionary.len() + 1;
    let padding = before.next_multiple_of(64) - before;
    let length = (dictionary.len() + padding + 1) as u16;
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend(length.to_le_bytes());
    bytes.extend(dictionary.bytes());
    bytes.extend(core::iter::repeat_n(b' ', padding));
    bytes.push(b'\n');
    bytes.extend(sequence.values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// Header text and the numbers.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), FormatError> {
    let cut_off = || FormatError::damaged("The .npy file ends within its header; save or download it again.");
    let rest = bytes.get(MAGIC.len()..).unwrap_or_default();
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_off)?;
    let (length, rest) = match version {
        [1, 0] => {
            let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_off)?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        [2 | 3, 0] => {
            let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(cut_off)?;
            (usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX), rest)
        }
        [major, minor] => {
            return Err(FormatError::unsupported(format!(
                "The .npy file is of version {major}.{minor}; versions 1.0, 2.0 and 3.0 are accepted."
            )));
        }
    };
    if length > limits::NPY_HEADER_BYTES {
        return Err(FormatError::too_large(format!(
            "The .npy file claims a header of {length} bytes; at most {} are accepted.",
            limits::NPY_HEADER_BYTES
        )));
    }
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut_off)?;
    let header =
        core::str::from_utf8(header).map_err(|_| FormatError::damaged("The header of the .npy file is not text; save it again."))?;
    Ok((header, data))
}

struct Header {
    double: bool,
    big_endian: bool,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    /// Reads the dictionary: the three keys, each once, in any order, and nothing else.
    fn read(text: &str) -> Result<Self, FormatError> {
        let broken = || {
            FormatError::damaged(format!(
                "The header of the .npy file is \"{}\"; a dictionary with descr, fortran_order and shape is accepted.",
                clipped(text.trim(), 100)
            ))
        };
        let mut reader = Reader { rest: text };
        let (mut descr, mut order, mut shape) = (None, None, None);
        reader.sign('{').ok_or_else(broken)?;
        while reader.sign('}').is_none() {
            let key = reader.quoted().ok_or_else(broken)?;
            reader.sign(':').ok_or_else(broken)?;
            let repeated = match key {
                "descr" => descr.replace(reader.descr().ok_or_else(broken)?).is_some(),
                "fortran_order" => order.replace(reader.truth().ok_or_else(broken)?).is_some(),
                "shape" => shape.replace(reader.tuple().ok_or_else(broken)?).is_some(),
                _ => return Err(broken()),
            };
            if repeated {
                return Err(broken());
            }
            if reader.sign(',').is_none() {
                reader.sign('}').ok_or_else(broken)?;
                break;
            }
        }
        if !reader.rest.trim().is_empty() {
            return Err(broken());
        }
        let (Some(descr), Some(fortran_order), Some(shape)) = (descr, order, shape) else { return Err(broken()) };
        let (double, big_endian) = match descr {
            "<f8" => (true, false),
            ">f8" => (true, true),
            "<f4" => (false, false),
            ">f4" => (false, true),
            _ => {
                return Err(FormatError::unsupported(format!(
                    "The array holds {} numbers; float32 (f4) and float64 (f8) are accepted, which x.astype(\"float64\") gives.",
                    shown(descr)
                )));
            }
        };
        Ok(Self { double, big_endian, fortran_order, shape })
    }

    /// T and d.
    fn sizes(&self) -> Result<(usize, usize), FormatError> {
        match self.shape.as_slice() {
            [steps] => Ok((*steps, 1)),
            [steps, width] => Ok((*steps, *width)),
            _ => Err(FormatError::mismatch(format!(
                "The array has the shape {}; [T] and [T, d] are accepted, so choose one sequence of a batch.",
                self.shape_text()
            ))),
        }
    }

    fn shape_text(&self) -> String {
        let sizes: Vec<String> = self.shape.iter().take(6).map(usize::to_string).collect();
        format!("[{}{}]", sizes.join(", "), if self.shape.len() > 6 { ", …" } else { "" })
    }
}

/// Takes tokens of a Python literal off a text.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn sign(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(sign)?;
        Some(())
    }

    /// A string without escapes.
    fn quoted(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (text, rest) = rest.get(1..)?.split_once(quote)?;
        if text.contains('\\') {
            return None;
        }
        self.rest = rest;
        Some(text)
    }

    /// A string; of a structured type `[('a', '<f8'), …]` the whole list, up to its last bracket.
    fn descr(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        if !rest.starts_with('[') {
            return self.quoted();
        }
        let (list, rest) = rest.split_at_checked(rest.rfind(']')? + 1)?;
        self.rest = rest;
        Some(list)
    }

    fn truth(&mut self) -> Option<bool> {
        let rest = self.rest.trim_start();
        let (value, rest) = match rest.strip_prefix("True") {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix("False")?),
        };
        self.rest = rest;
        Some(value)
    }

    /// A tuple of whole numbers; `(3)` without a comma is none.
    fn tuple(&mut self) -> Option<Vec<usize>> {
        let mut sizes = Vec::new();
        let mut commas = 0;
        self.sign('(')?;
        while self.sign(')').is_none() {
            let rest = self.rest.trim_start();
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = rest.split_at_checked(digits)?;
            sizes.push(number.parse().ok()?);
            // Python 2 marks long numbers.
            self.rest = rest.strip_prefix('L').unwrap_or(rest);
            if self.sign(',').is_none() {
                self.sign(')')?;
                break;
            }
            commas += 1;
        }
        (sizes.len() != 1 || commas == 1).then_some(sizes)
    }
}
