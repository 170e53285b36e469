//! Text as an input: one-hot characters.

use crate::range;

/// Why a text cannot be an input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No characters.
    #[error("The text is empty; it has to have at least one character.")]
    Empty,
    /// Too many different characters.
    #[error(
        "The text has {found} different characters; at most {} are accepted, because each one is a component of the input.",
        range::TEXT_ALPHABET.end()
    )]
    TooManyDifferent {
        /// How many.
        found: usize,
    },
    /// Too long.
    #[error("The text has {found} characters; at most {} are accepted.", range::TEXT_LENGTH.end())]
    TooLong {
        /// How many.
        found: usize,
    },
}

/// Whether `text` can be an input.
pub(crate) fn check(text: &str) -> Result<(), TextError> {
    let length = text.chars().count();
    if length < *range::TEXT_LENGTH.start() {
        return Err(TextError::Empty);
    }
    if length > *range::TEXT_LENGTH.end() {
        return Err(TextError::TooLong { found: length });
    }
    let different = alphabet(text).len();
    if different > *range::TEXT_ALPHABET.end() {
        return Err(TextError::TooManyDifferent { found: different });
    }
    Ok(())
}

/// The different characters of `text`, by code point.
pub(crate) fn alphabet(text: &str) -> Vec<char> {
    // Kept sorted while growing: texts are long and alphabets short.
    let mut alphabet = Vec::new();
    for character in text.chars() {
        if let Err(place) = alphabet.binary_search(&character) {
            alphabet.insert(place, character);
        }
    }
    alphabet
}

/// `[T][d]` row-major: 1 at the character's place in the sorted alphabet.
pub(super) fn one_hot(characters: &[char], alphabet: &[char]) -> Vec<f64> {
    let mut x = vec![0.0; characters.len() * alphabet.len()];
    for (row, character) in x.chunks_exact_mut(alphabet.len().max(1)).zip(characters) {
        if let Ok(place) = alphabet.binary_search(character) {
            row[place] = 1.0;
        }
    }
    x
}

/// A character that can be seen: itself, or a sign for a line break (⏎), a tab (⇥), a space (␣) or another control character (�).
pub fn visible(character: char) -> char {
    match character {
        '\n' | '\r' => '⏎',
        '\t' => '⇥',
        ' ' | '\u{a0}' => '␣',
        other if other.is_control() => '�',
        other => other,
    }
}
