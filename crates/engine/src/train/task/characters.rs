//! Next-character prediction over a text.

use super::fixed::entropy;
use crate::rng::Draws;
use crate::signal;
use crate::train::error::TrainError;

/// Which places of the text a batch reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharacterOrder {
    /// Every sequence of every batch starts at a place of its own, drawn uniformly.
    Random,
    /// Sequence b of the batch reads on where it stopped in the iteration before, from b/batch of the text on, and around its end. With a
    /// carried state the net then reads the text as one long sequence.
    Contiguous,
}

/// A text to predict, one-hot over its own alphabet.
#[derive(Clone, Debug, PartialEq)]
pub struct Characters {
    /// The text as places in the alphabet.
    codes: Vec<usize>,
    alphabet: Vec<char>,
    steps: usize,
    order: CharacterOrder,
}

impl Characters {
    /// Prediction of `text` in sequences of `steps` characters.
    ///
    /// # Errors
    /// The text is too long or has too many different characters (see [`crate::range`]), is not longer than a sequence, or
    /// sequences have no step.
    pub fn new(text: &str, steps: usize, order: CharacterOrder) -> Result<Characters, TrainError> {
        signal::check_text(text)?;
        TrainError::check("steps", steps >= 1, steps, || "at least 1".into())?;
        let alphabet = signal::text_alphabet(text);
        let codes: Vec<usize> = text.chars().filter_map(|character| alphabet.binary_search(&character).ok()).collect();
        let (length, least) = (codes.len(), steps + 1);
        TrainError::check("text", length >= least, format!("{length} characters long"), || format!("at least {least} characters long"))?;
        Ok(Characters { codes, alphabet, steps, order })
    }

    /// The different characters, by code point: the components of the input and the classes of the readout.
    pub fn alphabet(&self) -> &[char] {
        &self.alphabet
    }

    /// Characters in the text.
    pub fn text_length(&self) -> usize {
        self.codes.len()
    }

    /// T, characters read per sequence.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The order of reading.
    pub fn order(&self) -> CharacterOrder {
        self.order
    }

    /// The place of a character in the alphabet.
    pub fn code(&self, character: char) -> Option<usize> {
        self.alphabet.binary_search(&character).ok()
    }

    pub(super) fn fill(&self, iteration: u64, size: usize, draws: &mut Draws, x: &mut [f64], y: &mut [usize]) {
        let (length, d) = (self.codes.len(), self.alphabet.len());
        for lane in 0..size {
            let start = match self.order {
                CharacterOrder::Random => draws.index(length - self.steps),
                CharacterOrder::Contiguous => {
                    // In 128 bits, where nothing that is counted overflows.
                    let read = u128::from(iteration) * self.steps as u128 % length as u128;
                    (lane * length / size + read as usize) % length
                }
            };
            for t in 0..self.steps {
                let at = |offset: usize| self.codes[(start + offset) % length];
                x[(t * d + at(t)) * size + lane] = 1.0;
                y[t * size + lane] = at(t + 1);
            }
        }
    }

    /// Σ over characters of their share of the text times the entropy of what follows them.
    pub(super) fn baseline(&self) -> f64 {
        let characters = self.alphabet.len();
        let mut following = vec![0_u64; characters * characters];
        for pair in self.codes.windows(2) {
            following[pair[0] * characters + pair[1]] += 1;
        }
        let pairs = (self.codes.len() - 1) as f64;
        following.chunks_exact(characters).map(|counts| counts.iter().sum::<u64>() as f64 / pairs * entropy(counts)).sum()
    }
}
