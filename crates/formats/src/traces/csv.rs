//! Traces as a table.

use core::fmt::Write;

use ::csv::{ReaderBuilder, StringRecord};

use super::Traces;
use crate::error::{counted, shown, FormatError};
use crate::{detect, limits};

pub(super) fn write(traces: &Traces) -> String {
    let (inputs, others): (Vec<_>, Vec<_>) = traces.steps.iter().partition(|series| series.name.starts_with("x_"));
    let mut text = String::from("t");
    for series in inputs.iter().copied().chain(&traces.states).chain(others.iter().copied()) {
        text.push(',');
        text.push_str(&series.name);
    }
    text.push('\n');
    for t in 0..=traces.seq_len() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{t}");
        let mut cell = |value: Option<&f64>| {
            text.push(',');
            if let Some(value) = value {
                let _ = write!(text, "{value:?}");
            }
        };
        let step = |values: &[f64]| t.checked_sub(1).and_then(|index| values.get(index).copied());
        inputs.iter().for_each(|series| cell(step(&series.values).as_ref()));
        traces.states.iter().for_each(|series| cell(series.values.get(t)));
        others.iter().for_each(|series| cell(step(&series.values).as_ref()));
        text.push('\n');
    }
    text
}

/// The table of [`Traces::to_csv`], read again.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceTable {
    /// Names, `t` first.
    pub columns: Vec<String>,
    /// `[T+1][columns]` row-major; `None` is an empty cell.
    pub cells: Vec<Option<f64>>,
}

impl TraceTable {
    /// Reads a table of traces: a header that begins with `t` and rows of numbers, `-inf`, `inf`, `NaN` or nothing.
    ///
    /// # Errors
    /// The text is no such table, or too large.
    pub fn read(bytes: &[u8]) -> Result<Self, FormatError> {
        detect::check_file_size(bytes.len() as u64)?;
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let broken = |error: ::csv::Error| {
            FormatError::damaged(format!(
                "The table of traces cannot be read: {}; CSV that this page wrote is accepted.",
                shown(&error.to_string())
            ))
        };
        let mut record = StringRecord::new();
        reader.read_record(&mut record).map_err(broken)?;
        let columns: Vec<String> = record.iter().map(str::to_string).collect();
        if columns.first().map(String::as_str) != Some("t") {
            return Err(FormatError::damaged(
                "The table of traces begins with another column than t; CSV that this page wrote is accepted.",
            ));
        }
        if columns.len() > limits::TRACE_COLUMNS {
            return Err(FormatError::too_large(format!(
                "The table of traces has {} columns; at most {} are accepted.",
                columns.len(),
                limits::TRACE_COLUMNS
            )));
        }
        let mut cells = Vec::new();
        let mut row = 1_usize;
        while reader.read_record(&mut record).map_err(broken)? {
            row += 1;
            if record.len() != columns.len() {
                return Err(FormatError::damaged(format!(
                    "Row {row} of the table of traces has {}; {} are accepted, as the header has.",
                    counted(record.len(), "cell"),
                    columns.len()
                )));
            }
            if cells.len() + record.len() > limits::JSON_NUMBERS {
                return Err(FormatError::too_large(format!(
                    "The table of traces has more than {} cells; at most that many are accepted.",
                    limits::JSON_NUMBERS
                )));
            }
            for (text, name) in record.iter().zip(&columns) {
                cells.push(match text {
                    "" => None,
                    number => Some(number.parse().map_err(|_| {
                        FormatError::damaged(format!(
                            "Row {row}, {} of the table of traces is \"{}\"; a number or an empty cell is accepted.",
                            shown(name),
                            shown(number)
                        ))
                    })?),
                });
            }
        }
        Ok(Self { columns, cells })
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<Vec<Option<f64>>> {
        let at = self.columns.iter().position(|column| column == name)?;
        Some(self.cells.iter().skip(at).step_by(self.columns.len().max(1)).copied().collect())
    }
}
