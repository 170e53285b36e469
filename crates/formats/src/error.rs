//! What can be wrong with a file, in one sentence.

use core::fmt;

use crate::limits;
use unroll_engine::signal::TableError;

/// What sort of mistake a [`FormatError`] tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// More bytes, rows, units or numbers than [`limits`] allow.
    TooLarge,
    /// A file of another format than the one that was asked for.
    OtherFormat,
    /// A file that breaks the rules of its own format.
    Damaged,
    /// A sound file with something in it that is not supported.
    Unsupported,
    /// A number that is NaN or infinite.
    NotFinite,
    /// Parts that do not fit each other, or the model.
    Mismatch,
}

/// Why a file was not accepted, or something could not be written. Its text is one sentence on one line: what is wrong, where, and what
/// would be accepted. Names from the file are in it as plain text with control characters escaped; a page has to show it as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    kind: ErrorKind,
    sentence: String,
}

impl FormatError {
    pub(crate) fn new(kind: ErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: one_line(&sentence.into()) }
    }

    pub(crate) fn damaged(sentence: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, sentence)
    }

    pub(crate) fn unsupported(sentence: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, sentence)
    }

    pub(crate) fn mismatch(sentence: impl Into<String>) -> Self {
        Self::new(ErrorKind::Mismatch, sentence)
    }

    pub(crate) fn too_large(sentence: impl Into<String>) -> Self {
        Self::new(ErrorKind::TooLarge, sentence)
    }

    /// What sort of mistake it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl core::error::Error for FormatError {}

impl From<TableError> for FormatError {
    fn from(error: TableError) -> Self {
        let kind = match error {
            TableError::TooLarge { .. } | TableError::TooManyRows => ErrorKind::TooLarge,
            TableError::OutOfRange { .. } => ErrorKind::NotFinite,
            TableError::ColumnCount { .. } | TableError::NoSuchColumn { .. } | TableError::NoSuchName { .. } => ErrorKind::Mismatch,
            _ => ErrorKind::Damaged,
        };
        Self::new(kind, error.to_string())
    }
}

/// A name from a file as a sentence shows it: control characters escaped, direction characters
/// replaced, at most [`limits::SHOWN_CHARACTERS`] long.
pub fn shown(name: &str) -> String {
    clipped(name, limits::SHOWN_CHARACTERS)
}

/// The same with another length, which counts escapes as they are shown.
pub(crate) fn clipped(text: &str, longest: usize) -> String {
    let (mut line, mut length) = (String::new(), 0);
    for character in text.chars() {
        let mut piece = [0; 4];
        let shown = one_line(character.encode_utf8(&mut piece));
        length += shown.chars().count();
        if length > longest {
            line.push('…');
            break;
        }
        line.push_str(&shown);
    }
    line
}

/// "a, b, c and 4 more".
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(limits::SHOWN_NAMES);
    let mut text = names.take(limits::SHOWN_NAMES).map(shown).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// "1 column", "3 columns".
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Bytes in MB, rounded up, so that what is too much never reads as the limit.
pub(crate) fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            _ if character.is_control() => line.extend(character.escape_unicode()),
            _ if reorders(character) => line.push(char::REPLACEMENT_CHARACTER),
            _ => line.push(character),
        }
    }
    line
}

/// Line separators and characters that change the direction or the look of what follows them.
fn reorders(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_one_line_and_short() {
        assert_eq!(shown("a\nb\u{202e}c"), "a\\u{a}b\u{fffd}c");
        let long = shown(&"x".repeat(500));
        assert_eq!(long.chars().count(), limits::SHOWN_CHARACTERS + 1);
        assert!(long.ends_with('…'));
        assert_eq!(shown(&"\0".repeat(500)), format!("{}…", "\\u{0}".repeat(limits::SHOWN_CHARACTERS / 5)));
        assert_eq!(FormatError::damaged("one\r\ntwo").to_string(), "one\\u{d}\\u{a}two");
    }

    #[test]
    fn lists_end() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(listed(names.iter().copied()), "a, b, c, d, e and 2 more");
        assert_eq!(listed(names[..2].iter().copied()), "a, b");
    }
}
