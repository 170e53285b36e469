//! Text whose characters are the steps of a sequence.

use crate::error::{counted, FormatError};
use crate::limits;

/// Text that was read, in any encoding.
#[derive(Clone, Debug, PartialEq)]
pub struct TextFile {
    /// The characters, with one kind of line end.
    pub text: String,
    /// What was assumed about the encoding, a sentence each.
    pub assumptions: Vec<String>,
    /// Why it is no table of numbers.
    pub not_a_table: FormatError,
}

impl TextFile {
    pub(crate) fn new(text: &str, note: Option<&str>, not_a_table: FormatError) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
        Self { text, assumptions: note.map(str::to_string).into_iter().collect(), not_a_table }
    }

    /// Characters in all.
    pub fn length(&self) -> usize {
        self.text.chars().count()
    }

    /// The characters from place `start`, counted from 0, at most `length` of them, and what was left out and assumed, a sentence each.
    ///
    /// # Errors
    /// There are none, or more different ones than a step can tell apart.
    pub fn window(&self, start: usize, length: usize) -> Result<(String, Vec<String>), FormatError> {
        let window: String = self.text.chars().skip(start).take(length).collect();
        let (used, all) = (window.chars().count(), self.length());
        if used == 0 {
            return Err(FormatError::mismatch(format!(
                "The text has {all} characters, and none from character {}; a window with at least 1 is accepted.",
                start.saturating_add(1)
            )));
        }
        let different = different(&window);
        if different > limits::ALPHABET {
            return Err(FormatError::too_large(format!(
                "These {used} characters have {different} different ones; at most {} are accepted, because each one is a component of the input.",
                limits::ALPHABET
            )));
        }
        let mut sentences = self.assumptions.clone();
        if used < all {
            sentences.push(format!("Characters {} to {} of {all} are used; the others are left out.", start + 1, start + used));
        }
        Ok((window, sentences))
    }

    /// "114,400 characters, 65 different ones".
    pub fn words(&self) -> String {
        format!("{}, {} different", counted(self.length(), "character"), different(&self.text))
    }
}

/// How many different characters a text has.
fn different(text: &str) -> usize {
    text.chars().collect::<std::collections::BTreeSet<char>>().len()
}
