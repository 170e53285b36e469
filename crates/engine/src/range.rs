//! What each setting accepts. The page's controls and [`crate::Experiment::validate`] read the same constants.

use core::ops::RangeInclusive;

/// n, units, of a net that is drawn or was brought.
pub const HIDDEN_SIZE: RangeInclusive<usize> = 1..=512;
/// d, components of the generated inputs.
pub const INPUT_SIZE: RangeInclusive<usize> = 1..=16;
/// Columns of a table.
pub const TABLE_COLUMNS: RangeInclusive<usize> = 1..=512;
/// T, steps.
pub const SEQ_LEN: RangeInclusive<usize> = 1..=2048;
/// d of a net that was brought.
pub const GIVEN_INPUT_SIZE: RangeInclusive<usize> = 1..=4096;
/// Numbers that a sequence may have in all, T·d.
pub const SEQUENCE_NUMBERS: RangeInclusive<usize> = 1..=4_194_304;
/// Factor on `W_hh`.
pub const GAIN: RangeInclusive<f64> = 0.0..=10.0;
/// Forget, input-gate and update bias.
pub const GATE_BIAS: RangeInclusive<f64> = -20.0..=20.0;
/// Standard deviation of a random initial state.
pub const INITIAL_SCALE: RangeInclusive<f64> = 0.0..=10.0;
/// Factor on the input.
pub const INPUT_SCALE: RangeInclusive<f64> = 0.0..=100.0;
/// Period of sine and square, in steps.
pub const PERIOD: RangeInclusive<f64> = 2.0..=512.0;
/// Characters of a text.
pub const TEXT_LENGTH: RangeInclusive<usize> = 1..=100_000;
/// Different characters of a text, which are the components of its one-hot code.
pub const TEXT_ALPHABET: RangeInclusive<usize> = 1..=256;
/// Rows of a table under its header.
pub const TABLE_ROWS: RangeInclusive<usize> = 1..=100_000;
/// Size of a table's text, in bytes.
pub const TABLE_BYTES: RangeInclusive<usize> = 1..=5_000_000;
/// Numbers of a table. Wide enough for any measurement, and narrow enough that means, deviations and scaled values are finite.
pub const TABLE_VALUE: RangeInclusive<f64> = -1e100..=1e100;
