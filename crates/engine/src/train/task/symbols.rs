//! Tasks over one-hot symbols: copy memory and temporal order.

use crate::rng::Draws;

/// Symbols to copy.
pub(super) const COPIED: usize = 10;
/// Different symbols that are copied.
pub(in crate::train) const COPY_SYMBOLS: usize = 8;
const BLANK: usize = COPY_SYMBOLS;
const DELIMITER: usize = COPY_SYMBOLS + 1;
/// Components of the input of copy memory. The delimiter is never a target.
pub(super) const COPY_ALPHABET: usize = COPY_SYMBOLS + 2;
/// Components of the input of temporal order: A, B, and four distractors.
pub(super) const ORDER_ALPHABET: usize = 6;

pub(super) fn copy_memory(blanks: usize, size: usize, draws: &mut Draws, x: &mut [f64], y: &mut [usize]) {
    let steps = blanks + 2 * COPIED;
    y.fill(BLANK);
    for lane in 0..size {
        for t in 0..steps {
            let symbol = if t < COPIED {
                let symbol = draws.index(COPY_SYMBOLS);
                y[(steps - COPIED + t) * size + lane] = symbol;
                symbol
            } else if t == COPIED + blanks - 1 {
                DELIMITER
            } else {
                BLANK
            };
            x[(t * COPY_ALPHABET + symbol) * size + lane] = 1.0;
        }
    }
}

pub(super) fn temporal_order(steps: usize, size: usize, draws: &mut Draws, x: &mut [f64], y: &mut [usize]) {
    let tenth = |tenths: usize| tenths * steps / 10;
    for lane in 0..size {
        let first = tenth(1) + draws.index(tenth(2) - tenth(1));
        let second = tenth(4) + draws.index(tenth(5) - tenth(4));
        let letters = [draws.index(2), draws.index(2)];
        y[lane] = 2 * letters[0] + letters[1];
        for t in 0..steps {
            let distractor = 2 + draws.index(ORDER_ALPHABET - 2);
            let symbol = match t {
                _ if t == first => letters[0],
                _ if t == second => letters[1],
                _ => distractor,
            };
            x[(t * ORDER_ALPHABET + symbol) * size + lane] = 1.0;
        }
    }
}
