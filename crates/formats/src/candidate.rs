//! A sequence that a file may become: its columns with their gaps, what is left out of them, and what can be done about missing values.

use crate::error::{counted, listed, shown, FormatError};
use crate::sequence::{self, Sequence};
use unroll_engine::experiment::range;

/// What to do about values that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Rows in which a chosen column has none are left out.
    LeaveRowsOut,
    /// The last value before the gap is repeated.
    RepeatLast,
    /// The gap is filled by the straight line between its neighbours.
    Interpolate,
}

impl Missing {
    /// All ways, in the order of the page.
    pub const ALL: [Self; 3] = [Self::LeaveRowsOut, Self::RepeatLast, Self::Interpolate];

    /// What it does, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LeaveRowsOut => "leave these rows out",
            Self::RepeatLast => "repeat the last value",
            Self::Interpolate => "interpolate between the neighbours",
        }
    }
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the file, or `column 1`, ….
    pub name: String,
    /// How many rows have no number in it.
    pub gaps: usize,
    /// The first of them, such as `row 3 is empty`; empty without a gap.
    pub first_gap: String,
    /// Whether it counts the rows: 0, 1, 2, … or 1, 2, 3, ….
    pub counts_rows: bool,
    /// Whether the first gap is a number that no step can be, such as NaN.
    pub(crate) gap_is_number: bool,
    /// `[rows]`, NaN where there is no number.
    pub(crate) values: Vec<f64>,
}

impl Column {
    /// A column without gaps.
    pub(crate) fn complete(name: String, values: Vec<f64>) -> Self {
        let counts_rows = counts(&values);
        Self { name, gaps: 0, first_gap: String::new(), gap_is_number: false, counts_rows, values }
    }
}

/// Whether numbers count by one from 0 or 1, at least to the third.
pub(crate) fn counts(values: &[f64]) -> bool {
    let first = values.first().copied().unwrap_or(f64::NAN);
    values.len() >= 3 && (first == 0.0 || first == 1.0) && values.windows(2).all(|pair| matches!(pair, [a, b] if b - a == 1.0))
}

/// Whether all numbers are finite and within the engine's range; of gaps nothing is known here.
pub(crate) fn check_values(columns: &[Column]) -> Result<(), FormatError> {
    let steps = columns.first().map_or(0, |column| column.values.len());
    for step in 0..steps {
        for column in columns {
            let value = column.values.get(step).copied().unwrap_or(f64::NAN);
            if !range::TABLE_VALUE.contains(&value) {
                return Err(sequence::out_of_range(step, &column.name, value));
            }
        }
    }
    Ok(())
}

/// Something in the file that is not offered.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Its name in the file.
    pub name: String,
    /// What it is and why it is left out, as a sentence.
    pub sentence: String,
}

/// A sequence with what is left to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The columns that can be chosen, at least one.
    pub columns: Vec<Column>,
    /// What of the file is not among them.
    pub left_out: Vec<LeftOut>,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// Whether something else than columns and gaps is open.
    pub asks: bool,
    /// The line in the file of every row.
    lines: Vec<usize>,
}

impl Candidate {
    pub(crate) fn new(columns: Vec<Column>, lines: Vec<usize>, left_out: Vec<LeftOut>, assumptions: Vec<String>, asks: bool) -> Self {
        Self { columns, left_out, assumptions, asks, lines }
    }

    /// Rows of the file.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Whether any column has a gap.
    pub fn has_gaps(&self) -> bool {
        self.columns.iter().any(|column| column.gaps > 0)
    }

    /// Whether it has to be asked before it is used as it is, all columns without anything assumed about gaps.
    pub fn needs_choice(&self) -> bool {
        self.asks || self.has_gaps() || !self.left_out.is_empty()
    }

    /// The columns to begin with, counted from 0: as many as the model reads (else 1), those without gaps that do not count the rows first.
    pub fn first_columns(&self, wanted: Option<usize>) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.columns.len()).collect();
        if wanted.is_none_or(|wanted| wanted < self.columns.len()) {
            places.sort_by_key(|place| self.columns.get(*place).map(|column| (column.gaps > 0, column.counts_rows)));
        }
        places.truncate(wanted.unwrap_or(1));
        places.sort_unstable();
        places
    }

    /// The sequence of the chosen columns, counted from 0, and what was assumed and left out for it, a sentence each.
    ///
    /// # Errors
    /// No column is chosen or one that is not there, or nothing is left of them.
    pub fn sequence(&self, columns: &[usize], missing: Missing) -> Result<(Sequence, Vec<String>), FormatError> {
        let chosen: Vec<&Column> = columns.iter().filter_map(|column| self.columns.get(*column)).collect();
        if chosen.len() != columns.len() || chosen.is_empty() {
            return Err(FormatError::mismatch(format!(
                "{} chosen of {}; at least 1 of them is accepted.",
                counted(columns.len(), "column"),
                self.columns.len()
            )));
        }
        let mut sentences = self.assumptions.clone();
        sentences.extend(self.left_out.iter().map(|left_out| left_out.sentence.clone()));
        let gaps: usize = chosen.iter().map(|column| column.gaps).sum();
        let mut series: Vec<Vec<f64>> = chosen.iter().map(|column| column.values.clone()).collect();
        if gaps > 0 {
            series.iter_mut().for_each(|values| fill(values, missing));
        }
        let is_whole = |row: &usize| series.iter().all(|values| values.get(*row).is_some_and(|value| !value.is_nan()));
        let kept: Vec<usize> = (0..self.rows()).filter(is_whole).collect();
        let out = self.rows() - kept.len();
        if gaps > 0 && missing != Missing::LeaveRowsOut {
            let filled = kept.iter().filter(|row| chosen.iter().any(|column| column.values.get(**row).is_some_and(|value| value.is_nan())));
            let how = if missing == Missing::RepeatLast { "by the last value before" } else { "by interpolation" };
            let count = filled.count();
            if count > 0 {
                sentences.push(format!("Missing values of {} are filled {how}.", counted(count, "row")));
            }
        }
        if out > 0 {
            let verb = if out == 1 { "is" } else { "are" };
            let lines: Vec<String> =
                (0..self.rows()).filter(|row| !is_whole(row)).filter_map(|row| self.lines.get(row)).map(usize::to_string).collect();
            let noun = if out == 1 { "row" } else { "rows" };
            sentences.push(format!(
                "{} without a value {verb} left out ({noun} {} of the file).",
                counted(out, "row"),
                listed(lines.iter().map(String::as_str))
            ));
        }
        let values = kept.iter().flat_map(|row| series.iter().filter_map(|values| values.get(*row).copied())).collect();
        let names = chosen.iter().map(|column| column.name.clone()).collect();
        let mut sequence = Sequence::new(names, values)?;
        sequence.skipped = self.columns.iter().filter(|column| column.gaps > 0).map(|column| column.name.clone()).collect();
        Ok((sequence, sentences))
    }

    /// The columns that a model with `input_size` inputs reads when nothing is chosen: all of them.
    ///
    /// # Errors
    /// There are more or fewer than the model reads; the sentence says which columns would fit.
    pub fn columns_for(&self, input_size: usize) -> Result<Vec<usize>, FormatError> {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        sequence::columns_for(&names, &[], input_size)
    }

    /// The gaps of the columns, a sentence each.
    pub fn gap_sentences(&self) -> Vec<String> {
        let gappy = self.columns.iter().filter(|column| column.gaps > 0);
        let sentence = |column: &Column| {
            let (have, first) = if column.gaps == 1 { ("has", "") } else { ("have", " first") };
            format!("{}: {} {have} no number;{first} {}.", shown(&column.name), counted(column.gaps, "row"), column.first_gap)
        };
        gappy.map(sentence).collect()
    }
}

/// Fills gaps (NaN); what has nothing to be filled from stays.
fn fill(values: &mut [f64], missing: Missing) {
    if missing == Missing::LeaveRowsOut {
        return;
    }
    let mut last: Option<(usize, f64)> = None;
    for row in 0..values.len() {
        let value = values.get(row).copied().unwrap_or(f64::NAN);
        if value.is_nan() {
            if let (Missing::RepeatLast, Some((_, before)), Some(slot)) = (missing, last, values.get_mut(row)) {
                *slot = before;
            }
            continue;
        }
        if let (Missing::Interpolate, Some((from, before))) = (missing, last) {
            let steps = (row - from) as f64;
            for (step, slot) in values.iter_mut().take(row).skip(from + 1).enumerate() {
                *slot = before + (value - before) * ((step + 1) as f64 / steps);
            }
        }
        last = Some((row, value));
    }
}
