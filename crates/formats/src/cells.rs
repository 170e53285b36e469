//! One cell of a table: a number in one of the ways people write them, nothing, or text.

use unroll_engine::experiment::range;

/// What separates the decimals of a number; the other mark may stand between its thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decimal {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

impl Decimal {
    /// Both marks.
    pub const ALL: [Self; 2] = [Self::Point, Self::Comma];

    /// The mark in words, with an example.
    pub fn words(self) -> &'static str {
        match self {
            Self::Point => "a point, as in 1,234.5",
            Self::Comma => "a comma, as in 1.234,5",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    Number {
        value: f64,
        has_decimal_comma: bool,
        has_thousands: bool,
    },
    /// Empty, or one of the words for nothing.
    Missing,
    Text,
}

/// Whether a cell has one of the words for a value that is missing, or nothing in it.
pub(crate) fn is_missing(cell: &str) -> bool {
    const WORDS: [&str; 20] = [
        "", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "-nan", "null", "nil", "none", "missing", "-", "--", "?", ".", "..", "#value!",
        "#div/0!", "nat",
    ];
    let cell = cell.trim();
    cell.len() <= 8 && WORDS.contains(&cell.to_lowercase().as_str())
}

/// Reads a cell.
pub(crate) fn number(cell: &str, decimal: Decimal) -> Reading {
    let cell = cell.trim();
    if is_missing(cell) {
        return Reading::Missing;
    }
    let cell = cell.replace('\u{2212}', "-");
    let sign = usize::from(cell.starts_with(['-', '+']));
    let (sign, rest) = cell.split_at(sign);
    let (mantissa, exponent) = rest.find(['e', 'E']).map_or((rest, ""), |at| rest.split_at(at));
    let (mark, between) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let (whole, fraction) = mantissa.split_once(mark).map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    let Some((whole, has_thousands)) = without_thousands(whole, between) else { return Reading::Text };
    let fraction_digits = fraction.unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_digits = exponent.trim_start_matches(['e', 'E']).trim_start_matches(['-', '+']);
    // "5." is a number to programs, "5," to nobody.
    let is_number = !(decimal == Decimal::Comma && fraction == Some(""))
        && digits(&whole)
        && digits(fraction_digits)
        && (!whole.is_empty() || !fraction_digits.is_empty())
        && (exponent.is_empty() || (digits(exponent_digits) && !exponent_digits.is_empty()));
    if !is_number {
        return Reading::Text;
    }
    let text = if fraction.is_some() { format!("{sign}{whole}.{fraction_digits}{exponent}") } else { format!("{sign}{whole}{exponent}") };
    match text.parse::<f64>() {
        Ok(value) if range::TABLE_VALUE.contains(&value) => {
            Reading::Number { value, has_decimal_comma: decimal == Decimal::Comma && fraction.is_some(), has_thousands }
        }
        _ => Reading::Text,
    }
}

/// The digits of a whole number without marks between its thousands, and whether there were any; `None` where groups are not of three.
fn without_thousands(whole: &str, between: char) -> Option<(String, bool)> {
    let marks = [between, '\'', '’', '\u{a0}', '\u{202f}', ' '];
    let Some(mark) = whole.chars().find(|c| marks.contains(c)) else { return Some((whole.to_string(), false)) };
    let mut groups = whole.split(mark);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let is_group = |group: &&str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    // 0,123 is no thousand.
    let sound = (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(is_group);
    sound.then(|| (format!("{first}{}", rest.concat()), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let value = |cell: &str, decimal| match number(cell, decimal) {
            Reading::Number { value, .. } => Some(value),
            Reading::Missing | Reading::Text => None,
        };
        for (cell, point, comma) in [
            ("3", Some(3.0), Some(3.0)),
            ("-1.5", Some(-1.5), None),
            ("2e3", Some(2000.0), Some(2000.0)),
            ("101,25", None, Some(101.25)),
            ("1,234", Some(1234.0), Some(1.234)),
            ("0,123", None, Some(0.123)),
            ("1.234,5", None, Some(1234.5)),
            ("1,234.50", Some(1234.5), None),
            ("12,000,000", Some(12e6), None),
            ("1 234.5", Some(1234.5), None),
            ("1'234", Some(1234.0), Some(1234.0)),
            (".5", Some(0.5), None),
            ("5.", Some(5.0), None),
            ("5,", None, None),
            ("\u{2212}2", Some(-2.0), Some(-2.0)),
            ("inf", None, None),
            ("NaN", None, None),
            ("1e999", None, None),
            ("2024-01-02", None, None),
            ("12:30", None, None),
            ("5 2", None, None),
            ("-", None, None),
            ("e5", None, None),
            ("1e", None, None),
            (",", None, None),
        ] {
            assert_eq!((value(cell, Decimal::Point), value(cell, Decimal::Comma)), (point, comma), "{cell}");
        }
        assert!(["", "NA", "nan", "?", "#N/A"].iter().all(|cell| is_missing(cell)));
        assert!(!is_missing("x"));
    }
}
