//! Lists of numbers in JSON, bounded while they are read.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::{ErrorKind, FormatError};
use crate::limits::JSON_NUMBERS;

/// Finite numbers: `[1.5, -2.0]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Numbers(pub Vec<f64>);

/// Rows of finite numbers, all equally long: `[[1.5], [-2.0]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Matrix {
    pub values: Vec<f64>,
    pub rows: usize,
    /// 0 where there is no row.
    pub width: usize,
}

impl Matrix {
    pub fn new(values: &[f64], width: usize) -> Self {
        Self { values: values.to_vec(), rows: values.len() / width.max(1), width }
    }
}

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for Matrix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.rows))?;
        for row in self.values.chunks_exact(self.width.max(1)) {
            rows.serialize_element(row)?;
        }
        rows.end()
    }
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = Vec::new();
        Row(&mut values).deserialize(deserializer)?;
        Ok(Self(values))
    }
}

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Rows)
    }
}

/// Appends one list.
struct Row<'a>(&'a mut Vec<f64>);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<f64>()? {
            if self.0.len() >= JSON_NUMBERS {
                return Err(A::Error::custom(format!("a list has more than {JSON_NUMBERS} numbers")));
            }
            self.0.push(value);
        }
        Ok(())
    }
}

struct Rows;

impl<'de> Visitor<'de> for Rows {
    type Value = Matrix;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Matrix, A::Error> {
        let mut matrix = Matrix::default();
        while let Some(()) = list.next_element_seed(Row(&mut matrix.values))? {
            let width = matrix.values.len() - matrix.rows * matrix.width;
            if matrix.rows == 0 {
                matrix.width = width;
            }
            if width != matrix.width || width == 0 {
                let row = matrix.rows + 1;
                return Err(A::Error::custom(format!("row {row} has {width} numbers where {} are expected", matrix.width.max(1))));
            }
            matrix.rows += 1;
        }
        Ok(matrix)
    }
}

/// Whether all numbers of `field` are finite.
pub(crate) fn check_finite(field: &str, values: &[f64]) -> Result<(), FormatError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(FormatError::new(
            ErrorKind::NotFinite,
            format!("{field}[{at}] is {:?}; only finite numbers are accepted.", values.get(at).copied().unwrap_or(f64::NAN)),
        )),
    }
}
