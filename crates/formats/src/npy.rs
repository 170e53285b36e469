//! NumPy's array files: format versions 1.0, 2.0 and 3.0, any integer or float type, either byte order, either memory order.
//!
//! Source of the format: NumPy Enhancement Proposal 1 and `numpy.lib.format`.

use half::f16;

use crate::error::{clipped, shown, ErrorKind, FormatError};
use crate::sequence::{self, Sequence};
use crate::{detect, limits};

const WANTED: &str = "an .npy file";
const MAGIC: &[u8] = b"\x93NUMPY";

/// An array of a file, in C order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its name in an .npz file; empty in an .npy file.
    pub name: String,
    /// Its sizes.
    pub shape: Vec<usize>,
    pub(crate) values: Vec<f64>,
}

impl Array {
    /// T and d of a shape: `[T]`, `[T, d]`, and of one sequence as a batch of its own, `[1, T, d]` and `[T, 1, d]`.
    pub(crate) fn sizes_of(shape: &[usize]) -> Result<(usize, usize), FormatError> {
        match *shape {
            [steps] => Ok((steps, 1)),
            [steps, width] | [1, steps, width] | [steps, 1, width] => Ok((steps, width)),
            _ => Err(FormatError::mismatch(format!(
                "The array has the shape {}; [T] and [T, d] are accepted, and [1, T, d] or [T, 1, d], so choose one sequence of a batch.",
                shape_text(shape)
            ))),
        }
    }

    pub(crate) fn sizes(&self) -> Result<(usize, usize), FormatError> {
        Self::sizes_of(&self.shape)
    }

    /// "x, [40, 2]".
    pub fn words(&self) -> String {
        match self.name.as_str() {
            "" => shape_text(&self.shape),
            name => format!("{}, {}", shown(name), shape_text(&self.shape)),
        }
    }

    /// Whether steps and columns could be meant the other way round: more columns than steps, and more than one of either.
    pub fn asks_transposition(&self) -> bool {
        self.sizes().is_ok_and(|(steps, width)| steps > 1 && width > steps)
    }
}

/// Reads a sequence: `[T]` has one number per step, `[T, d]`, `[1, T, d]` and `[T, 1, d]` have d. Columns are called `column 1`, ….
///
/// # Errors
/// The file is no sound .npy file, or holds another kind of array.
pub fn read(bytes: &[u8]) -> Result<Sequence, FormatError> {
    let array = array("", bytes)?;
    let width = array.sizes()?.1;
    Sequence::new(sequence::numbered(width), array.values)
}

/// Reads an array that a sequence can be, under the name it has in its file.
///
/// # Errors
/// As [`read`].
pub(crate) fn array(name: &str, bytes: &[u8]) -> Result<Array, FormatError> {
    let (header, data) = header(bytes)?;
    let (steps, width) = Array::sizes_of(&header.shape)?;
    let count = steps.checked_mul(width).filter(|count| *count <= limits::SEQUENCE_NUMBERS);
    let count = count.ok_or_else(|| sequence::too_large(steps, width))?;
    sequence::check_sizes(steps, width)?;
    let values = header.values(data, count)?;
    Ok(Array { name: name.to_string(), shape: header.shape, values })
}

/// Reads a tensor of any shape: its sizes and numbers, in C order.
///
/// # Errors
/// As [`read`], or there are more numbers than a model may have.
pub(crate) fn tensor(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>), FormatError> {
    let (header, data) = header(bytes)?;
    let count = header.shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    let count = count.filter(|count| *count <= limits::MODEL_NUMBERS).ok_or_else(|| {
        FormatError::too_large(format!(
            "The array has the shape {}; at most {} numbers are accepted.",
            shape_text(&header.shape),
            limits::MODEL_NUMBERS
        ))
    })?;
    let values = header.values(data, count)?;
    Ok((header.shape, values))
}

fn header(bytes: &[u8]) -> Result<(Header, &[u8]), FormatError> {
    detect::check_file_size(bytes.len() as u64)?;
    if !bytes.starts_with(MAGIC) {
        return Err(detect::refusal(bytes, WANTED).unwrap_or_else(|| {
            FormatError::new(
                ErrorKind::OtherFormat,
                "The file is not an .npy file, which begins with \\x93NUMPY; numpy.save(\"x.npy\", x) writes one.",
            )
        }));
    }
    let (header, data) = split(bytes)?;
    Ok((Header::read(header)?, data))
}

/// "[40, 2]".
pub(crate) fn shape_text(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().take(6).map(usize::to_string).collect();
    format!("[{}{}]", sizes.join(", "), if shape.len() > 6 { ", …" } else { "" })
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

/// What the numbers of an array are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Float,
    Signed,
    Unsigned,
}

struct Header {
    kind: Kind,
    /// Bytes of a number: 1, 2, 4 or 8.
    size: usize,
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
        let numbers = || {
            let (order, rest) = descr.split_at_checked(1)?;
            let (kind, size) = rest.split_at_checked(1)?;
            let size: usize = size.parse().ok().filter(|size| matches!(size, 1 | 2 | 4 | 8))?;
            let kind = match kind {
                "f" if size > 1 => Kind::Float,
                "i" => Kind::Signed,
                "u" => Kind::Unsigned,
                "b" if size == 1 => Kind::Unsigned,
                _ => return None,
            };
            let has_order = matches!((order, size), ("<" | ">", _) | ("|", 1));
            has_order.then_some((kind, size, order == ">"))
        };
        let Some((kind, size, big_endian)) = numbers() else {
            return Err(FormatError::unsupported(format!(
                "The array holds {} numbers; integers and floats of up to 8 bytes are accepted, which x.astype(\"float64\") gives.",
                shown(descr)
            )));
        };
        Ok(Self { kind, size, big_endian, fortran_order, shape })
    }

    /// The numbers in C order.
    fn values(&self, data: &[u8], count: usize) -> Result<Vec<f64>, FormatError> {
        if count.checked_mul(self.size) != Some(data.len()) {
            return Err(FormatError::damaged(format!(
                "The array has {} bytes of numbers; {} are accepted for the shape {}, so save or download it again.",
                data.len(),
                count.saturating_mul(self.size),
                shape_text(&self.shape)
            )));
        }
        let stored: Result<Vec<f64>, FormatError> =
            data.chunks_exact(self.size).enumerate().map(|(index, bytes)| self.number(index, bytes)).collect();
        let stored = stored?;
        let long: Vec<usize> = self.shape.iter().copied().filter(|size| *size != 1).collect();
        if !self.fortran_order || long.len() < 2 || count == 0 {
            return Ok(stored);
        }
        // Where each axis' next number is: the first axis is the closest.
        let steps: Vec<usize> = long.iter().scan(1, |step, size| Some(core::mem::replace(step, *step * size))).collect();
        let place = |index: usize| {
            let axes = long.iter().zip(&steps).rev();
            axes.fold((index, 0), |(rest, place), (size, step)| (rest / size, place + (rest % size) * step)).1
        };
        Ok((0..count).map(|index| stored.get(place(index)).copied().unwrap_or(f64::NAN)).collect())
    }

    fn number(&self, index: usize, bytes: &[u8]) -> Result<f64, FormatError> {
        let mut little = [0_u8; 8];
        let slots = little.iter_mut().zip(bytes.iter());
        slots.for_each(|(slot, byte)| *slot = *byte);
        if self.big_endian {
            little.iter_mut().take(self.size).zip(bytes.iter().rev()).for_each(|(slot, byte)| *slot = *byte);
        }
        let [a, b, c, d, ..] = little;
        let bits = u64::from_le_bytes(little);
        let value = match (self.kind, self.size) {
            (Kind::Float, 8) => return Ok(f64::from_bits(bits)),
            (Kind::Float, 4) => return Ok(f64::from(f32::from_le_bytes([a, b, c, d]))),
            (Kind::Float, _) => return Ok(f16::from_le_bytes([a, b]).to_f64()),
            (Kind::Unsigned, _) => i128::from(bits),
            (Kind::Signed, size) => {
                // The sign's bit goes to the top and comes back with its copies.
                let unused = 64 - 8 * size as u32;
                i128::from((bits << unused) as i64 >> unused)
            }
        };
        let number = value as f64;
        if number as i128 == value {
            return Ok(number);
        }
        Err(FormatError::unsupported(format!(
            "Number {} of the array is {value}, which a 64-bit float does not hold exactly; whole numbers up to 2^53 are accepted.",
            index + 1
        )))
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
