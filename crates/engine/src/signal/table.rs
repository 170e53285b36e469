//! Tables of numbers: pasted or dropped CSV.

use csv::StringRecord;

use super::records::{self, Delimiter, Record};
use super::table_error::TableError;
use crate::range;

/// A table of numbers a user brought (row-major, at least one row and one column, all finite).
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names of the columns that were chosen (from the header, or `column 1`, …).
    pub columns: Vec<String>,
    /// Values, `[rows][columns]` row-major.
    pub values: Vec<f64>,
    /// Whether each column is shifted and scaled to mean 0 and standard deviation 1, over all its rows, before it is used.
    pub standardise: bool,
}

/// Which columns to take, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChoice {
    /// The first one.
    First,
    /// By number, counted from 0.
    Indices(Vec<usize>),
    /// By name, as [`TablePreview::columns`] has them; of columns with the same name, the first.
    Names(Vec<String>),
}

/// What a table holds, before columns are chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct TablePreview {
    /// The columns, in order.
    pub columns: Vec<ColumnPreview>,
    /// Rows of numbers, without the header.
    pub rows: usize,
    /// Whether the first row was taken for a header.
    pub has_header: bool,
    /// What was taken for the delimiter.
    pub delimiter: Delimiter,
}

/// One column of a [`TablePreview`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnPreview {
    /// From the header, or `column 1`, ….
    pub name: String,
    /// The text in its first row.
    pub first_cell: String,
    /// Whether every row has a number in it that [`Table::parse`] accepts.
    pub is_numeric: bool,
}

impl TablePreview {
    /// Reads the columns of `text`; see [`Table::parse`] for what is understood.
    ///
    /// # Errors
    /// The table is empty, has only a header, is ragged or too large. Cells that are not numbers are no error here.
    pub fn read(text: &str) -> Result<Self, TableError> {
        let grid = Grid::read(text)?;
        let columns = grid.names.iter().enumerate().map(|(index, name)| {
            let cells = || grid.rows.iter().map(|row| cell(&row.cells, index));
            ColumnPreview {
                name: name.clone(),
                first_cell: cells().next().unwrap_or_default().to_string(),
                is_numeric: cells().all(|cell| matches!(read_cell(cell), Reading::Number(_))),
            }
        });
        Ok(TablePreview { columns: columns.collect(), rows: grid.rows.len(), has_header: grid.has_header, delimiter: grid.delimiter })
    }
}

impl Table {
    /// Reads the chosen columns of CSV text; [`Table::standardise`] is on.
    ///
    /// The delimiter (comma, semicolon, tab or whitespace) is found from the first lines. A first row in which a cell is not a number
    /// is a header. Numbers have a decimal point; cells may be quoted. A byte-order mark, any line ends, blank lines and rows of empty
    /// cells are passed over. Columns that are not chosen may hold anything.
    ///
    /// # Errors
    /// One sentence for the first thing that is wrong, with the row as the line in `text` counted from 1.
    pub fn parse(text: &str, columns: &ColumnChoice) -> Result<Self, TableError> {
        let grid = Grid::read(text)?;
        let chosen = grid.choose(columns)?;
        let mut values = Vec::with_capacity(grid.rows.len() * chosen.len());
        for row in &grid.rows {
            for &index in &chosen {
                values.push(grid.number(row, index)?);
            }
        }
        Ok(Table { columns: chosen.iter().map(|&i| grid.names[i].clone()).collect(), values, standardise: true })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns.len().max(1)
    }

    /// Whether the table can be an input: shape, sizes and numbers, also of one that was not read from text.
    pub(crate) fn check(&self) -> Result<(), TableError> {
        let columns = self.columns.len();
        check_count(columns)?;
        if self.values.is_empty() {
            return Err(TableError::Empty);
        }
        if !self.values.len().is_multiple_of(columns) {
            return Err(TableError::Shape { values: self.values.len(), columns });
        }
        if self.rows() > *range::TABLE_ROWS.end() {
            return Err(TableError::TooManyRows);
        }
        let outside = |value: &f64| !range::TABLE_VALUE.contains(value);
        match self.values.iter().position(outside) {
            None => Ok(()),
            Some(at) => Err(TableError::OutOfRange {
                row: at / columns + 1,
                column: at % columns + 1,
                name: self.columns[at % columns].clone(),
                found: self.values[at].to_string(),
            }),
        }
    }
}

fn check_count(chosen: usize) -> Result<(), TableError> {
    if range::TABLE_COLUMNS.contains(&chosen) {
        Ok(())
    } else {
        Err(TableError::ColumnCount { chosen })
    }
}

/// Rows of cells with names of columns, all rows equally long.
struct Grid {
    delimiter: Delimiter,
    has_header: bool,
    names: Vec<String>,
    rows: Vec<Record>,
}

impl Grid {
    fn read(text: &str) -> Result<Self, TableError> {
        let (delimiter, mut rows) = records::read(text)?;
        let Some(first) = rows.first() else {
            return Err(TableError::Empty);
        };
        let width = first.cells.len();
        if let Some(row) = rows.iter().find(|row| row.cells.len() != width) {
            return Err(TableError::Ragged { row: row.line, found: row.cells.len(), expected: width });
        }
        let has_header = first.cells.iter().any(is_heading);
        let header = if has_header { rows.remove(0).cells } else { StringRecord::new() };
        if rows.is_empty() {
            return Err(TableError::OnlyHeader { header: header.iter().collect::<Vec<_>>().join(", ") });
        }
        if rows.len() > *range::TABLE_ROWS.end() {
            return Err(TableError::TooManyRows);
        }
        let names = (0..width).map(|index| match cell(&header, index) {
            "" => format!("column {}", index + 1),
            name => name.to_string(),
        });
        Ok(Grid { delimiter, has_header, names: names.collect(), rows })
    }

    /// The chosen columns, counted from 0.
    fn choose(&self, choice: &ColumnChoice) -> Result<Vec<usize>, TableError> {
        let available = self.names.len();
        let chosen = match choice {
            ColumnChoice::First => vec![0],
            ColumnChoice::Indices(indices) => {
                if let Some(index) = indices.iter().find(|&&index| index >= available) {
                    return Err(TableError::NoSuchColumn { column: index.saturating_add(1), available });
                }
                indices.clone()
            }
            ColumnChoice::Names(names) => names.iter().map(|name| self.named(name)).collect::<Result<_, _>>()?,
        };
        check_count(chosen.len())?;
        Ok(chosen)
    }

    fn named(&self, name: &str) -> Result<usize, TableError> {
        let place = self.names.iter().position(|own| own == name.trim());
        place.ok_or_else(|| TableError::NoSuchName { name: name.to_string(), available: self.names.join(", ") })
    }

    fn number(&self, row: &Record, index: usize) -> Result<f64, TableError> {
        let found = cell(&row.cells, index);
        let (row, column) = (row.line, index + 1);
        let name = || self.names[index].clone();
        match read_cell(found) {
            Reading::Number(value) => Ok(value),
            Reading::Empty => Err(TableError::EmptyCell { row, column, name: name() }),
            Reading::OutOfRange => Err(TableError::OutOfRange { row, column, name: name(), found: found.to_string() }),
            Reading::Text => Err(TableError::NotANumber { row, column, name: name(), found: found.to_string() }),
        }
    }
}

fn cell(cells: &StringRecord, index: usize) -> &str {
    cells.get(index).unwrap_or_default()
}

enum Reading {
    Number(f64),
    Empty,
    OutOfRange,
    Text,
}

fn read_cell(text: &str) -> Reading {
    if text.is_empty() {
        return Reading::Empty;
    }
    match text.parse::<f64>() {
        Ok(value) if range::TABLE_VALUE.contains(&value) => Reading::Number(value),
        Ok(_) => Reading::OutOfRange,
        Err(_) => Reading::Text,
    }
}

/// Whether a cell of the first row makes it a header. A number with a decimal comma and a word for a missing value do not: the row would
/// be lost without a word, where as a row of numbers it gets the message that says what to write.
fn is_heading(text: &str) -> bool {
    let is_missing = ["na", "n/a", "null", "none", "-", "?", "."].iter().any(|word| text.eq_ignore_ascii_case(word));
    !is_missing && matches!(read_cell(text), Reading::Text) && matches!(read_cell(&text.replacen(',', ".", 1)), Reading::Text)
}
