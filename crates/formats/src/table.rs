//! Tables of text: which marks separate cells, decimals and thousands, which row is a header, and what the cells of each column are.

use unroll_engine::signal::records::{self, Delimiter, Record};

use crate::candidate::{counts, Candidate, Column, LeftOut, Missing};
use crate::cells::{is_missing, number, Decimal, Reading};
use crate::error::{clipped, counted, ErrorKind, FormatError};
use crate::sequence::{self, Sequence};
use crate::{detect, encoding};

/// How a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableChoice {
    /// What separates cells.
    pub delimiter: Delimiter,
    /// What separates the decimals of a number. A column that cannot be read so is read with the other mark.
    pub decimal: Decimal,
    /// Whether the first row has the names of the columns.
    pub has_header: bool,
}

/// A table that was read as text.
#[derive(Clone, Debug, PartialEq)]
pub struct TableFile {
    text: String,
    /// What its numbers and names say.
    pub guess: TableChoice,
    /// The delimiters that cut every row into the same number of cells, the guess first.
    pub delimiters: Vec<Delimiter>,
    /// Whether more than one of them gives numbers, so that it has to be asked.
    pub asks_delimiter: bool,
    /// Whether numbers read differently with either decimal mark, and nothing tells which one is meant.
    pub asks_decimal: bool,
    /// Whether the first row could be a header and could be numbers.
    pub asks_header: bool,
    /// What was assumed about the text, a sentence each.
    notes: Vec<String>,
}

/// A row of cells at a line of the file, counted from 1.
struct Row {
    line: usize,
    cells: Vec<String>,
}

/// Cells in rows of the same length.
struct Grid {
    rows: Vec<Row>,
    width: usize,
}

impl Grid {
    /// # Errors
    /// The rows are not equally long, or there is none.
    fn of(records: Vec<Record>) -> Result<Self, FormatError> {
        let mut rows: Vec<Row> = Vec::with_capacity(records.len());
        let mut next = 0;
        let width = records.first().map_or(0, |record| record.cells().count());
        for record in records {
            let cells: Vec<String> = record.cells().map(str::to_string).collect();
            if cells.len() != width {
                return Err(FormatError::damaged(format!(
                    "Row {} has {}, and the rows before it have {width}; every row has to have the same number of cells.",
                    record.line,
                    counted(cells.len(), "cell")
                )));
            }
            // A blank line between rows is a row without values.
            if next > 0 {
                rows.extend((next..record.line).map(|line| Row { line, cells: vec![String::new(); width] }));
            }
            next = record.line + record.lines();
            rows.push(Row { line: record.line, cells });
        }
        if rows.is_empty() || width == 0 {
            return Err(FormatError::damaged("The table is empty; it has to have at least one row with a number in it."));
        }
        Ok(Self { rows, width })
    }

    fn column(&self, index: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| row.cells.get(index).map_or("", String::as_str))
    }

    /// The share of cells that are numbers or missing, of the rows under a header.
    fn share_of_numbers(&self) -> f64 {
        let cells = self.rows.iter().skip(1).take(200).flat_map(|row| &row.cells).filter(|cell| !is_missing(cell));
        let (count, numbers) = cells.fold((0_usize, 0_usize), |(count, numbers), cell| (count + 1, numbers + usize::from(is_number(cell))));
        numbers as f64 / count.max(1) as f64
    }
}

fn is_number(cell: &str) -> bool {
    Decimal::ALL.iter().any(|decimal| matches!(number(cell, *decimal), Reading::Number { .. }))
}

/// What speaks for and against a header, of all columns.
fn header(grid: &Grid) -> (bool, bool) {
    let (mut speaks_for, mut against) = (false, false);
    for index in 0..grid.width {
        let mut cells = grid.column(index);
        let first = cells.next().unwrap_or_default();
        let (mut numbers, mut texts) = (0_usize, 0_usize);
        for cell in cells.filter(|cell| !is_missing(cell)) {
            if is_number(cell) {
                numbers += 1;
            } else {
                texts += 1;
            }
        }
        if numbers > texts {
            speaks_for |= !is_missing(first) && !is_number(first);
            against |= is_number(first);
        }
    }
    (speaks_for, against)
}

const DELIMITERS: [Delimiter; 5] = [Delimiter::Tab, Delimiter::Semicolon, Delimiter::Comma, Delimiter::Whitespace, Delimiter::Line];

/// What a delimiter is called.
pub fn delimiter_words(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Comma => "a comma",
        Delimiter::Semicolon => "a semicolon",
        Delimiter::Tab => "a tab",
        Delimiter::Whitespace => "spaces",
        Delimiter::Line => "nothing: each line is one number",
    }
}

/// Reads every column of CSV text that has a number in every row, as [`TableFile`] guesses the table to be; [`crate::open()`] leaves the
/// choice. Of the traces that this page writes, the row of the initial state (t = 0), which has no input, is passed over.
///
/// # Errors
/// The text is no table, or no column of it holds numbers only.
pub fn read_csv(bytes: &[u8]) -> Result<Sequence, FormatError> {
    detect::check_file_size(bytes.len() as u64)?;
    let looks = detect::kind(bytes);
    if !matches!(looks, detect::FileKind::Text | detect::FileKind::Unknown) {
        if let Some(error) = detect::refusal(bytes, "a CSV or .npy file") {
            return Err(error);
        }
    }
    TableFile::open(bytes)?.complete_columns()
}

impl TableFile {
    /// Reads bytes as a table, in any encoding of text.
    ///
    /// # Errors
    /// They are no text, the rows are not equally long, or no column has numbers.
    pub fn open(bytes: &[u8]) -> Result<Self, FormatError> {
        let (text, note) = encoding::decode(bytes).ok_or_else(not_text)?;
        Self::of_text(&text, note)
    }

    /// Reads text as a table; `note` is what was assumed about its encoding.
    pub(crate) fn of_text(text: &str, note: Option<&str>) -> Result<Self, FormatError> {
        let mut notes: Vec<String> = note.map(str::to_string).into_iter().collect();
        let own = without_initial_state(text);
        if own.is_some() {
            notes.push("The row of the initial state (t = 0), which has no input, is left out.".to_string());
        }
        let text = own.unwrap_or_else(|| text.to_string());
        let (found, records) = records::read(&text)?;
        let first = Grid::of(records);
        let grids = DELIMITERS.into_iter().filter(|delimiter| *delimiter != found).filter_map(|delimiter| {
            let grid = Grid::of(records::read_with(&text, delimiter).ok()?).ok()?;
            // Only decimal commas make lines of several cells one number each; several names above them are several cells.
            let is_number_a_line = || {
                let has_comma = |cell: &&str| cell.contains(',');
                let several_names = grid.column(0).next().is_some_and(|first| has_comma(&first) && !is_number(first));
                let numbers = grid.column(0).filter(|cell| is_number(cell)).count();
                !several_names && 2 * grid.column(0).filter(has_comma).count() > numbers
            };
            if delimiter == Delimiter::Line && !is_number_a_line() {
                return None;
            }
            ((grid.width > 1) != (delimiter == Delimiter::Line)).then_some((delimiter, grid))
        });
        let mut ways: Vec<(Delimiter, f64, Grid)> = grids.map(|(delimiter, grid)| (delimiter, grid.share_of_numbers(), grid)).collect();
        let error = match first {
            Ok(grid) => {
                ways.insert(0, (found, grid.share_of_numbers(), grid));
                None
            }
            Err(error) => Some(error),
        };
        // A line of one cell is a way only where all of them are numbers.
        ways.retain(|(delimiter, share, _)| *delimiter == found || *share > 0.9);
        let one_number_a_line = ways.iter().any(|(delimiter, ..)| *delimiter == Delimiter::Line);
        let best = ways.iter().map(|(_, share, _)| *share).fold(0.0, f64::max);
        let as_lines = one_number_a_line && prefers_lines(&ways);
        let place = ways.iter().position(|(delimiter, share, _)| if as_lines { *delimiter == Delimiter::Line } else { *share >= best });
        let Some(place) = place else {
            return Err(
                error.unwrap_or_else(|| FormatError::damaged("The table is empty; it has to have at least one row with a number in it."))
            );
        };
        // Lines without a comma could also lack a cell.
        let is_uneven = as_lines
            && ways.get(place).is_some_and(|(.., grid)| grid.column(0).skip(1).any(|cell| !is_missing(cell) && !cell.contains(',')));
        let is_other = |(delimiter, share, _): &(Delimiter, f64, Grid)| *delimiter != Delimiter::Line && *share >= best;
        let asks_delimiter = is_uneven || (one_number_a_line && ways.iter().any(is_other));
        ways.swap(0, place);
        let delimiters = ways.iter().map(|(delimiter, ..)| *delimiter).collect();
        let Some((delimiter, _, grid)) = ways.into_iter().next() else { return Err(not_text()) };
        let (speaks_for, against) = header(&grid);
        let has_numbers = speaks_for || against;
        let has_header = if has_numbers {
            speaks_for && !against
        } else {
            !grid.rows.first().is_some_and(|row| row.cells.iter().any(|cell| is_number(cell)))
        };
        let (decimal, asks_decimal) = decimal(&grid, has_header);
        let guess = TableChoice { delimiter, decimal, has_header };
        let file = Self { text, guess, delimiters, asks_delimiter, asks_decimal, asks_header: speaks_for && against, notes };
        file.candidate(guess)?;
        Ok(file)
    }

    /// The columns that the table has when it is read so.
    ///
    /// # Errors
    /// The rows are not equally long, or no column has numbers.
    pub fn candidate(&self, choice: TableChoice) -> Result<Candidate, FormatError> {
        let mut grid = Grid::of(records::read_with(&self.text, choice.delimiter)?)?;
        let names: Vec<String> = if choice.has_header { grid.rows.remove(0).cells } else { vec![String::new(); grid.width] };
        // Blank lines between the names and the first row are no rows.
        let blank = grid.rows.iter().take_while(|row| row.cells.iter().all(String::is_empty)).count();
        grid.rows.drain(..blank);
        if grid.rows.is_empty() {
            return Err(FormatError::damaged(format!(
                "The table has only a header ({}); at least one row of numbers has to follow it.",
                clipped(&names.join(", "), 40)
            )));
        }
        sequence::check_sizes(grid.rows.len(), 1)?;
        let mut notes = self.notes.clone();
        let mut marks = (false, false);
        let (mut columns, mut left_out, mut sizes) = (Vec::new(), Vec::new(), 0_usize);
        for (index, name) in names.iter().enumerate() {
            let label = if name.is_empty() { format!("column {}", index + 1) } else { name.clone() };
            let place = place(index, name);
            let read = ColumnReading::of(&grid, index, choice.decimal);
            match read.unusable(&place) {
                Some(sentence) => left_out.push(LeftOut { name: label, sentence }),
                None if choice.has_header && is_row_number(index, name, &read, grid.width) => {
                    let sentence = format!("{} numbers the rows and is left out.", capital(&place));
                    left_out.push(LeftOut { name: label, sentence });
                }
                None => {
                    marks = (marks.0 || read.decimal_comma, marks.1 || read.thousands);
                    sizes += read.values.len();
                    let ColumnReading { values, gaps, first_gap, gap_is_number, .. } = read;
                    let counts_rows = gaps == 0 && counts(&values);
                    columns.push(Column { name: label, gaps, first_gap, gap_is_number, counts_rows, values });
                }
            }
            if sizes > crate::limits::SEQUENCE_NUMBERS {
                return Err(sequence::too_large(grid.rows.len(), grid.width));
            }
        }
        if columns.is_empty() {
            return Err(FormatError::damaged(format!(
                "The table has no column of numbers: {} Numbers such as 3, -1.5 or 2e3 are accepted.",
                left_out.first().map_or("", |first: &LeftOut| first.sentence.as_str())
            )));
        }
        sequence::check_sizes(grid.rows.len(), columns.len())?;
        if marks.0 {
            notes.push("Commas are read as decimal marks.".to_string());
        }
        if marks.1 {
            notes.push("Marks between thousands are read as such.".to_string());
        }
        let lines = grid.rows.iter().map(|row| row.line).collect();
        let asks = self.asks_delimiter || self.asks_decimal || self.asks_header;
        Ok(Candidate::new(columns, lines, left_out, notes, asks))
    }
}

/// Of lines that are one number with a decimal comma as well as two cells: as one number, unless the first cells count the rows. A name
/// without a comma above them leaves one number only.
fn prefers_lines(ways: &[(Delimiter, f64, Grid)]) -> bool {
    let commas = ways.iter().find(|(delimiter, ..)| *delimiter == Delimiter::Comma);
    match commas {
        None => true,
        Some((_, share, _)) if *share < 1.0 => true,
        Some((_, _, grid)) => {
            let first: Vec<f64> = grid.column(0).map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
            grid.width == 2 && !counts(&first)
        }
    }
}

fn not_text() -> FormatError {
    FormatError::new(
        ErrorKind::OtherFormat,
        "The file is not text in UTF-8, UTF-16 or Windows-1252; CSV text in one of these or an .npy file is accepted.",
    )
}

/// "column 2 (price)".
fn place(index: usize, name: &str) -> String {
    match name {
        "" => format!("column {}", index + 1),
        name => format!("column {} ({})", index + 1, clipped(name, 40)),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Whether a column is what a table of another program begins with: the number of the row.
fn is_row_number(index: usize, name: &str, column: &ColumnReading, width: usize) -> bool {
    let name = name.to_lowercase();
    let is_named_so =
        name.is_empty() || ["index", "row", "#", "no", "no.", "nr", "nr.", "id"].contains(&name.as_str()) || name.starts_with("unnamed");
    index == 0 && width > 1 && is_named_so && column.gaps == 0 && counts(&column.values)
}

/// A column as it is read with one decimal mark.
struct ColumnReading {
    values: Vec<f64>,
    numbers: usize,
    /// Cells that are text; with the missing ones they are gaps.
    texts: usize,
    gaps: usize,
    first_gap: String,
    /// Whether the first gap is a number that no step can be, such as NaN.
    gap_is_number: bool,
    first_text: String,
    decimal_comma: bool,
    thousands: bool,
}

impl ColumnReading {
    /// With this decimal mark, or the other one where that reads more.
    fn of(grid: &Grid, index: usize, decimal: Decimal) -> Self {
        let own = Self::with(grid, index, decimal);
        if own.texts == 0 {
            return own;
        }
        let other = Self::with(grid, index, decimal.other());
        if other.numbers > own.numbers {
            other
        } else {
            own
        }
    }

    fn with(grid: &Grid, index: usize, decimal: Decimal) -> Self {
        let mut column = Self {
            values: Vec::with_capacity(grid.rows.len()),
            numbers: 0,
            texts: 0,
            gaps: 0,
            first_gap: String::new(),
            gap_is_number: false,
            first_text: String::new(),
            decimal_comma: false,
            thousands: false,
        };
        for row in &grid.rows {
            let cell = row.cells.get(index).map_or("", String::as_str);
            match number(cell, decimal) {
                Reading::Number { value, has_decimal_comma, has_thousands } => {
                    column.decimal_comma |= has_decimal_comma;
                    column.thousands |= has_thousands;
                    column.numbers += 1;
                    column.values.push(value);
                    continue;
                }
                Reading::Missing => {}
                Reading::Text => {
                    column.texts += 1;
                    if column.first_text.is_empty() {
                        column.first_text = format!("\"{}\" in row {}", clipped(cell, 40), row.line);
                    }
                }
            }
            if column.gaps == 0 {
                let is = if cell.is_empty() { "empty".to_string() } else { format!("\"{}\"", clipped(cell, 40)) };
                column.first_gap = format!("row {}, {} is {is}", row.line, place(index, ""));
                column.gap_is_number = cell.parse::<f64>().is_ok();
            }
            column.gaps += 1;
            column.values.push(f64::NAN);
        }
        column
    }

    /// Why the column at `place` is not offered; `None` where it is one of numbers, with gaps perhaps.
    fn unusable(&self, place: &str) -> Option<String> {
        let place = capital(place);
        if self.numbers == 0 && self.texts == 0 {
            Some(format!("{place} is empty and is left out."))
        } else if self.numbers == 0 || self.texts > self.numbers {
            Some(format!("{place} has text, such as {}, and is left out.", self.first_text))
        } else {
            None
        }
    }
}

/// The decimal mark that the columns tell, and whether they leave it open.
fn decimal(grid: &Grid, has_header: bool) -> (Decimal, bool) {
    let (mut points, mut commas, mut open) = (0, 0, Vec::new());
    for index in 0..grid.width {
        let (mut as_point, mut as_comma, mut differ, mut has_comma) = (0_usize, 0_usize, false, false);
        for cell in grid.column(index).skip(usize::from(has_header)) {
            let value = |decimal| match number(cell, decimal) {
                Reading::Number { value, .. } => Some(value),
                Reading::Missing | Reading::Text => None,
            };
            let (point, comma) = (value(Decimal::Point), value(Decimal::Comma));
            as_point += usize::from(point.is_some());
            as_comma += usize::from(comma.is_some());
            differ |= point.is_some() && comma.is_some() && point != comma;
            has_comma |= cell.contains(',');
        }
        match as_point.cmp(&as_comma) {
            core::cmp::Ordering::Greater => points += 1,
            core::cmp::Ordering::Less => commas += 1,
            core::cmp::Ordering::Equal if differ => open.push(has_comma),
            core::cmp::Ordering::Equal => {}
        }
    }
    let decimal = if commas > points { Decimal::Comma } else { Decimal::Point };
    // "1.234" is an English number unless something in the file has decimal commas; "1,234" may be either unless something has points.
    let is_open = |has_comma: &bool| if *has_comma { points == 0 && commas == 0 || points > 0 && commas > 0 } else { commas > 0 };
    (decimal, open.iter().any(is_open))
}

/// The page's own traces without their second line; `None` for any other text.
fn without_initial_state(text: &str) -> Option<String> {
    let (header, rest) = text.split_once('\n')?;
    let (initial, rest) = rest.split_once('\n')?;
    let own = header.starts_with("t,x_1,") && initial.starts_with("0,,");
    own.then(|| format!("{header}\n{rest}"))
}

impl TableFile {
    /// The sequence of all complete columns as the table is guessed to be.
    ///
    /// # Errors
    /// No column is complete.
    pub(crate) fn complete_columns(&self) -> Result<Sequence, FormatError> {
        let candidate = self.candidate(self.guess)?;
        let complete: Vec<usize> =
            candidate.columns.iter().enumerate().filter(|(_, column)| column.gaps == 0).map(|(index, _)| index).collect();
        if complete.is_empty() {
            let first = candidate.columns.first();
            let kind = if first.is_some_and(|column| column.gap_is_number) { ErrorKind::NotFinite } else { ErrorKind::Damaged };
            let place = capital(first.map_or("", |column| column.first_gap.as_str()));
            return Err(FormatError::new(kind, format!("{place}; every row has to have a finite number there.")));
        }
        let (mut sequence, _) = candidate.sequence(&complete, Missing::LeaveRowsOut)?;
        sequence.skipped.extend(candidate.left_out.iter().map(|left_out| left_out.name.clone()));
        Ok(sequence)
    }
}
