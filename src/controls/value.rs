//! What the value of a control may be. Pure.

use std::ops::RangeInclusive;

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Accepted from the keyboard and from a link.
    pub min: f64,
    pub max: f64,
    /// Offered by the slider, where that is less.
    pub slider_min: f64,
    pub slider_max: f64,
    /// Step of the slider and of the arrow keys.
    pub step: f64,
    pub integer: bool,
    /// The slider moves in log10 of the value.
    pub log: bool,
}

/// An option of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Its word in a link.
    pub word: &'static str,
    pub label: &'static str,
    /// One sentence of help.
    pub help: &'static str,
}

/// An option of a choice: its word in a link, its label and its help.
pub const fn option(word: &'static str, label: &'static str, help: &'static str) -> ChoiceOption {
    ChoiceOption { word, label, help }
}

impl Range {
    /// A range whose slider offers all of it.
    pub const fn new(accepted: RangeInclusive<f64>, step: f64) -> Self {
        let (min, max) = (*accepted.start(), *accepted.end());
        Self { min, max, slider_min: min, slider_max: max, step, integer: false, log: false }
    }

    /// A range of whole numbers.
    pub const fn integer(accepted: RangeInclusive<usize>) -> Self {
        let (min, max) = (*accepted.start() as f64, *accepted.end() as f64);
        Self { integer: true, ..Self::new(min..=max, 1.0) }
    }

    /// A range whose slider moves in log10 of the value; `step` is one of that logarithm.
    pub const fn log(accepted: RangeInclusive<f64>, step: f64) -> Self {
        Self { log: true, ..Self::new(accepted, step) }
    }

    /// The part of it that the slider offers.
    pub const fn slider(self, slider_min: f64, slider_max: f64) -> Self {
        Self { slider_min, slider_max, ..self }
    }

    /// What is accepted, as the object of "takes …".
    pub fn accepted(&self) -> String {
        let kind = if self.integer { "whole numbers" } else { "numbers" };
        format!("{kind} from {} to {}", format_number(self.min), format_number(self.max))
    }

    /// Reads what was typed or linked. The decimal separator is a point; a typographic minus is read as a minus.
    pub fn parse(&self, text: &str) -> Option<f64> {
        let value: f64 = text.trim().replace('\u{2212}', "-").parse().ok()?;
        let in_range = value >= self.min && value <= self.max;
        (in_range && (!self.integer || value.fract() == 0.0)).then_some(value)
    }
}

/// The shortest text that reads back as the same number.
pub fn format_number(value: f64) -> String {
    // Adding 0 turns −0 into 0, which would otherwise be written as "-0".
    (value + 0.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_range_or_broken_is_not_parsed() {
        let range = Range::integer(1..=64);
        for text in ["0", "65", "1.5", "abc", "", "NaN", "inf", "1e9"] {
            assert_eq!(range.parse(text), None, "{text}");
        }
        assert_eq!(range.parse(" 12 "), Some(12.0));
        assert_eq!(Range::new(-20.0..=20.0, 0.1).parse("\u{2212}2.5"), Some(-2.5));
    }
}
