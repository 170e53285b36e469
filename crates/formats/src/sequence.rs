//! Sequences of numbers, and which columns of them a model can read.

use crate::error::{counted, listed, shown, ErrorKind, FormatError};
use crate::limits;
use unroll_engine::experiment::range;
use unroll_engine::signal::Table;

/// A sequence from a file, all numbers finite and within the engine's range for tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Names of the columns, `[d]`.
    pub columns: Vec<String>,
    /// `[T][d]` row-major.
    pub values: Vec<f64>,
    /// T, at least 1.
    pub seq_len: usize,
    /// d, at least 1.
    pub width: usize,
    /// Names of columns of the file that are not in here, because a cell of theirs is not a number.
    pub skipped: Vec<String>,
}

impl Sequence {
    /// `values` is `[T][d]` row-major with d names in `columns`.
    ///
    /// # Errors
    /// There are no values, too many, values that do not fill rows, or one that is not finite or beyond the engine's range.
    pub fn new(columns: Vec<String>, values: Vec<f64>) -> Result<Self, FormatError> {
        let width = columns.len();
        if width == 0 || !values.len().is_multiple_of(width) {
            return Err(FormatError::mismatch(format!(
                "The sequence has {} numbers in {}; every step has to have a number per column.",
                values.len(),
                counted(width, "column")
            )));
        }
        let seq_len = values.len() / width;
        check_sizes(seq_len, width)?;
        if let Some(at) = values.iter().position(|value| !range::TABLE_VALUE.contains(value)) {
            let name = columns.get(at % width).map(String::as_str).unwrap_or_default();
            return Err(out_of_range(at / width, name, values.get(at).copied().unwrap_or(f64::NAN)));
        }
        Ok(Self { columns, values, seq_len, width, skipped: Vec::new() })
    }

    /// The columns, counted from 0, that a model with `input_size` inputs reads when nothing is chosen: all of them.
    ///
    /// # Errors
    /// There are more or fewer than the model reads; the sentence says which columns would fit.
    pub fn columns_for(&self, input_size: usize) -> Result<Vec<usize>, FormatError> {
        let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        columns_for(&names, &self.skipped, input_size)
    }

    /// Only the chosen columns, counted from 0, in the order given.
    ///
    /// # Errors
    /// None is chosen, or one that is not there.
    pub fn select(&self, columns: &[usize]) -> Result<Self, FormatError> {
        if let Some(column) = columns.iter().find(|column| **column >= self.width) {
            return Err(FormatError::mismatch(format!(
                "Column {} is chosen, and the sequence has {}; a column from 1 to {0} is accepted.",
                column.saturating_add(1),
                self.width
            )));
        }
        if columns.len() > limits::SEQUENCE_WIDTH {
            return Err(too_large(self.seq_len, columns.len()));
        }
        let names = columns.iter().filter_map(|column| self.columns.get(*column).cloned()).collect();
        let values = self.values.chunks_exact(self.width).flat_map(|row| columns.iter().filter_map(|column| row.get(*column))).copied();
        Ok(Self { skipped: self.skipped.clone(), ..Self::new(names, values.collect())? })
    }

    /// The sequence as an input of an experiment, not standardised.
    pub fn into_table(self) -> Table {
        Table { columns: self.columns, values: self.values, standardise: false }
    }
}

/// Which of the columns of these names a model with `input_size` inputs reads: all of them, or an error that says which would fit.
pub(crate) fn columns_for(names: &[&str], skipped: &[String], input_size: usize) -> Result<Vec<usize>, FormatError> {
    let skipped = match skipped.len() {
        0 => String::new(),
        _ => format!("; {} have cells that are not numbers", listed(skipped.iter().map(String::as_str))),
    };
    let has = format!("The sequence has {} of numbers ({}{skipped})", counted(names.len(), "column"), listed(names.iter().copied()));
    let reads = format!("the model reads {} per step", counted(input_size, "number"));
    match names.len() {
        width if width == input_size => Ok((0..width).collect()),
        width if width < input_size => {
            Err(FormatError::mismatch(format!("{has} and {reads}; a file with {} of numbers is accepted.", counted(input_size, "column"))))
        }
        width if input_size == 1 => Err(FormatError::mismatch(format!("{has} and {reads}; choose any one of its {width} columns."))),
        _ => Err(FormatError::mismatch(format!(
            "{has} and {reads}; choose {input_size} of them, such as {}.",
            listed(names.iter().take(input_size).copied())
        ))),
    }
}

/// The error of a value that is not finite or beyond the engine's range.
pub(crate) fn out_of_range(step: usize, name: &str, value: f64) -> FormatError {
    FormatError::new(
        ErrorKind::NotFinite,
        format!(
            "Step {}, {} is {value:?}; finite numbers from {:e} to {:e} are accepted.",
            step + 1,
            shown(name),
            range::TABLE_VALUE.start(),
            range::TABLE_VALUE.end()
        ),
    )
}

/// `column 1`, ….
pub(crate) fn numbered(width: usize) -> Vec<String> {
    (1..=width).map(|column| format!("column {column}")).collect()
}

pub(crate) fn check_sizes(steps: usize, width: usize) -> Result<(), FormatError> {
    if steps == 0 || width == 0 {
        return Err(FormatError::mismatch(format!("The sequence has {steps} steps of {width} numbers; at least 1 of each is accepted.")));
    }
    if steps > limits::SEQUENCE_STEPS || width > limits::SEQUENCE_WIDTH || steps.saturating_mul(width) > limits::SEQUENCE_NUMBERS {
        return Err(too_large(steps, width));
    }
    Ok(())
}

pub(crate) fn too_large(steps: usize, width: usize) -> FormatError {
    FormatError::too_large(format!(
        "The sequence has {steps} steps of {width} numbers; at most {} steps of {} numbers and {} numbers in all are accepted.",
        limits::SEQUENCE_STEPS,
        limits::SEQUENCE_WIDTH,
        limits::SEQUENCE_NUMBERS
    ))
}
