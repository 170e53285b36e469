//! What can be wrong with a table, in sentences.

use crate::range;

/// Why a table cannot be an input. Rows are lines of the text, counted from 1 as an editor does; columns count from 1 too.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Nothing but blank lines.
    #[error("The table is empty; it has to have at least one row with a number in it.")]
    Empty,
    /// A header and nothing else.
    #[error("The table has only a header ({}); at least one row of numbers has to follow it.", short(header))]
    OnlyHeader {
        /// The names in it, separated by commas.
        header: String,
    },
    /// Too many bytes.
    #[error(
        "The table is {} MB of text; at most {} MB are accepted.",
        tenths_of_mb(*bytes), range::TABLE_BYTES.end() / 1_000_000
    )]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Too many rows.
    #[error("The table has more than {} rows; at most that many are accepted.", range::TABLE_ROWS.end())]
    TooManyRows,
    /// No column, or too many.
    #[error("{chosen} columns are chosen; from {} to {} are accepted.", range::TABLE_COLUMNS.start(), range::TABLE_COLUMNS.end())]
    ColumnCount {
        /// How many.
        chosen: usize,
    },
    /// A chosen column that is not there, by number.
    #[error("Column {column} is chosen, and the table has {available}; a column from 1 to {available} is accepted.")]
    NoSuchColumn {
        /// The number, from 1.
        column: usize,
        /// How many there are.
        available: usize,
    },
    /// A chosen column that is not there, by name.
    #[error("The table has no column named \"{}\"; its columns are {}.", short(name), short(available))]
    NoSuchName {
        /// The name.
        name: String,
        /// The names there are, separated by commas.
        available: String,
    },
    /// A row with more or fewer cells than the first row.
    #[error("Row {row} has {found} {}, and the rows before it have {expected}; every row has to have the same number of cells.", cells(*found))]
    Ragged {
        /// The line.
        row: usize,
        /// Its cells.
        found: usize,
        /// The cells of the first row.
        expected: usize,
    },
    /// A cell without anything in it.
    #[error("Row {row}, {} is empty; every row has to have a number there.", place(*column, name))]
    EmptyCell {
        /// The line.
        row: usize,
        /// The column, from 1.
        column: usize,
        /// The column's name.
        name: String,
    },
    /// A cell that is not a number.
    #[error(
        "Row {row}, {} is \"{}\", which is not a number; numbers such as 3, -1.5 or 2e3 are accepted, with a decimal point.",
        place(*column, name), short(found)
    )]
    NotANumber {
        /// The line.
        row: usize,
        /// The column, from 1.
        column: usize,
        /// The column's name.
        name: String,
        /// The text in the cell.
        found: String,
    },
    /// A number that cannot be used: NaN, infinite, or beyond [`range::TABLE_VALUE`].
    #[error(
        "Row {row}, {} is {}; finite numbers from {:e} to {:e} are accepted.",
        place(*column, name), short(found), range::TABLE_VALUE.start(), range::TABLE_VALUE.end()
    )]
    OutOfRange {
        /// The line; in a table that was not read from text, the row of numbers.
        row: usize,
        /// The column, from 1.
        column: usize,
        /// The column's name.
        name: String,
        /// The text in the cell.
        found: String,
    },
    /// Values that do not fill whole rows.
    #[error("The table has {values} numbers, which do not fill rows of {columns}; every row has to have a number per column.")]
    Shape {
        /// Numbers.
        values: usize,
        /// Columns.
        columns: usize,
    },
    /// The CSV reader gave up.
    #[error(
        "The table cannot be read after row {row}: {reason}. Rows of numbers separated by commas, semicolons, tabs or spaces are accepted."
    )]
    Unreadable {
        /// The last line that was read, 0 if none.
        row: usize,
        /// What the reader says.
        reason: String,
    },
}

/// The column's number, with its name where it has one of its own.
fn place(column: usize, name: &str) -> String {
    let number = format!("column {column}");
    if name == number {
        number
    } else {
        format!("{number} ({})", short(name))
    }
}

/// At most 40 characters, on one line: a cell can be a whole file when a quotation mark is not closed.
fn short(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = |c: char| if c.is_control() { ' ' } else { c };
    let mut shown: String = text.chars().take(LONGEST).map(line).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// "1 cell", "2 cells".
fn cells(count: usize) -> &'static str {
    if count == 1 {
        "cell"
    } else {
        "cells"
    }
}

/// Megabytes, rounded up to a tenth, so that what is too much never reads as the limit.
fn tenths_of_mb(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}
