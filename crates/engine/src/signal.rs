//! Input sequences: generated signals, the shipped series, text, tables of numbers.
/// A table of numbers a user brought (row-major, at least one row and one column, all finite).
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names of the columns that were chosen (from the header, or `column 1`, …).
    pub columns: Vec<String>,
    /// Values, `[rows][columns]` row-major.
    pub values: Vec<f64>,
    /// Whether each column is shifted and scaled to mean 0 and standard deviation 1 before it is used.
    pub standardise: bool,
}
