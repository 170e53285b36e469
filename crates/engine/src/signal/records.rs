//! From text to rows of cells: which delimiter, which line, which cells.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::table_error::TableError;
use crate::range;

/// What separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// Runs of spaces and tabs.
    Whitespace,
    /// Nothing: a line is one cell.
    Line,
}

/// One row of cells, trimmed.
#[derive(Clone, Debug)]
pub struct Record {
    /// The line it starts on, from 1.
    pub line: usize,
    /// Its cells.
    pub(super) cells: StringRecord,
}

impl Record {
    /// Its cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }

    /// How many lines it takes: a cell in quotation marks may hold line ends.
    pub fn lines(&self) -> usize {
        1 + self.cells.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum::<usize>()
    }
}

/// How many lines the delimiter is judged by.
const SAMPLE: usize = 20;

/// The rows of `text`. Blank lines, and rows in which every cell is empty, are passed over.
///
/// # Errors
/// The text is too large, has too many rows, or breaks the rules of quotation.
pub fn read(text: &str) -> Result<(Delimiter, Vec<Record>), TableError> {
    let text = one_line_end(text)?;
    let delimiter = detect(&text);
    Ok((delimiter, cut(&text, delimiter)?))
}

/// [`read`] with a delimiter that is known.
///
/// # Errors
/// As there.
pub fn read_with(text: &str, delimiter: Delimiter) -> Result<Vec<Record>, TableError> {
    cut(&one_line_end(text)?, delimiter)
}

/// One kind of line end, so that bytes before a record tell its line.
fn one_line_end(text: &str) -> Result<String, TableError> {
    if text.len() > *range::TABLE_BYTES.end() {
        return Err(TableError::TooLarge { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn cut(text: &str, delimiter: Delimiter) -> Result<Vec<Record>, TableError> {
    match delimiter {
        Delimiter::Comma => delimited(text, b','),
        Delimiter::Semicolon => delimited(text, b';'),
        Delimiter::Tab => delimited(text, b'\t'),
        Delimiter::Whitespace => lines(text, |line| line.split_whitespace().collect()),
        Delimiter::Line => lines(text, |line| core::iter::once(line.trim()).collect()),
    }
}

/// One header more than the most rows of numbers, and one to see that there are too many.
const MOST_RECORDS: usize = *range::TABLE_ROWS.end() + 2;

fn delimited(text: &str, delimiter: u8) -> Result<Vec<Record>, TableError> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let mut records: Vec<Record> = Vec::new();
    // The reader's own line numbers count from the end of the row before, and so are wrong after blank lines.
    let (mut line, mut counted) = (1, 0);
    for record in reader.records() {
        let cells = record
            .map_err(|error| TableError::Unreadable { row: records.last().map_or(0, |last| last.line), reason: error.to_string() })?;
        let mut start = cells.position().map_or(counted, |at| at.byte() as usize);
        while text.as_bytes().get(start) == Some(&b'\n') {
            start += 1;
        }
        line += newlines(text, counted, start);
        counted = start;
        push(&mut records, line, cells)?;
    }
    Ok(records)
}

fn newlines(text: &str, from: usize, to: usize) -> usize {
    let bytes = text.as_bytes().get(from..to).unwrap_or(&[]);
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

fn lines(text: &str, cells: impl Fn(&str) -> StringRecord) -> Result<Vec<Record>, TableError> {
    let mut records = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        push(&mut records, index + 1, cells(line))?;
    }
    Ok(records)
}

fn push(records: &mut Vec<Record>, line: usize, cells: StringRecord) -> Result<(), TableError> {
    if cells.iter().all(str::is_empty) {
        return Ok(());
    }
    records.push(Record { line, cells });
    if records.len() >= MOST_RECORDS {
        return Err(TableError::TooManyRows);
    }
    Ok(())
}

/// The first of tab, semicolon, comma and whitespace that cuts the first lines into the same number (two or more) of cells. Where
/// none does, the rows are ragged: then the first one that is on the first line, so that the message counts the cells one sees.
fn detect(text: &str) -> Delimiter {
    let lines: Vec<&str> = text.split('\n').filter(|line| !line.trim().is_empty()).take(SAMPLE).collect();
    let Some((first, rest)) = lines.split_first() else {
        return Delimiter::Comma;
    };
    let candidates = [(Delimiter::Tab, '\t'), (Delimiter::Semicolon, ';'), (Delimiter::Comma, ',')];
    for (delimiter, sign) in candidates {
        let count = outside_quotes(first, sign);
        if count > 0 && rest.iter().all(|line| outside_quotes(line, sign) == count) {
            return delimiter;
        }
    }
    let words = |line: &str| line.split_whitespace().count();
    let has_sign = |line: &str, sign| outside_quotes(line, sign) > 0;
    let signs = candidates.iter().find(|(_, sign)| has_sign(first, *sign));
    if signs.is_none_or(|(delimiter, _)| *delimiter == Delimiter::Tab)
        && words(first) > 1
        && rest.iter().all(|line| words(line) == words(first))
    {
        return Delimiter::Whitespace;
    }
    if let Some((delimiter, _)) = signs {
        return *delimiter;
    }
    // A header of several words above single numbers is one column.
    match rest.first() {
        Some(second) if words(second) > 1 => Delimiter::Whitespace,
        _ => Delimiter::Comma,
    }
}

fn outside_quotes(line: &str, sign: char) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for character in line.chars() {
        if character == '"' {
            quoted = !quoted;
        } else if character == sign && !quoted {
            count += 1;
        }
    }
    count
}
