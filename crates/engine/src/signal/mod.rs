//! Input sequences: generated signals, the shipped series, text, tables of numbers.

pub mod records;
mod sunspots;
mod table;
mod table_error;
mod text;

pub use records::Delimiter;
pub use sunspots::{Series, SUNSPOTS};
pub use table::{ColumnChoice, ColumnPreview, Table, TablePreview};
pub use table_error::TableError;
pub use text::{visible, TextError};

pub(crate) use text::{alphabet as text_alphabet, check as check_text};

use core::f64::consts::TAU;

use crate::rng::{Draws, Purpose};

/// The input sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Independent standard normal values.
    Noise,
    /// 1 in every component.
    Constant,
    /// 1 at the first step, 0 afterwards.
    Impulse,
    /// `sin(2π(t−1)/period + 2πj/d)` for component j.
    Sine,
    /// The sign of [`Input::Sine`], 1 where that is 0 but for rounding.
    Square,
    /// Yearly mean sunspot numbers, standardised over the whole series; one component; the last T years (see
    /// [`SUNSPOTS`]).
    Sunspots,
    /// The first T characters of a text, one-hot over the whole text's own alphabet (sorted by code point, at most 256 characters);
    /// T is at most its length in characters.
    Text(String),
    /// The first T rows of numbers the user brought; T is at most the number of rows.
    Numbers(Table),
}

/// How much of an input is read, and what of it is set beside its kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// T, at most the length that the input has of itself.
    pub steps: usize,
    /// d of the generated signals.
    pub components: usize,
    /// Seed of the noise.
    pub seed: u32,
    /// Period of sine and square, in steps.
    pub period: f64,
    /// Factor on every number.
    pub scale: f64,
}

/// An input, ready for a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// `x`, `[T][d]` row-major: standardised where the input says so, and multiplied by the input scale.
    pub x: Vec<f64>,
    /// T.
    pub seq_len: usize,
    /// d.
    pub input_size: usize,
    /// What the steps were before: the real values, or the characters.
    pub display: Display,
}

/// What to write under each step: the input as the user knows it, before standardising and scaling.
#[derive(Clone, Debug, PartialEq)]
pub enum Display {
    /// Generated signals and tables.
    Values {
        /// Name of each component, `[d]`.
        names: Vec<String>,
        /// `[T][d]` row-major.
        values: Vec<f64>,
    },
    /// A yearly series; entry t−1 belongs to the year `first_year + t − 1`.
    Years {
        /// What is measured, such as `sunspot number`.
        name: &'static str,
        /// Year of the first step.
        first_year: i32,
        /// `[T]`.
        values: Vec<f64>,
    },
    /// A text.
    Characters {
        /// `[T]`; [`visible`] gives a character that can be drawn for each.
        characters: Vec<char>,
        /// `[d]`: the character each component stands for.
        alphabet: Vec<char>,
    },
}

impl Display {
    /// What step `t` (1-based) carries, as text: `1957: 190.2`, the character, or the first component's value.
    /// `None` where there is no such step.
    pub fn label(&self, t: usize) -> Option<String> {
        let index = t.checked_sub(1)?;
        match self {
            Display::Values { names, values } => values.get(index.checked_mul(names.len())?).map(readable),
            Display::Years { first_year, values, .. } => {
                let year = first_year.checked_add(i32::try_from(index).ok()?)?;
                values.get(index).map(|value| format!("{year}: {value}"))
            }
            Display::Characters { characters, .. } => characters.get(index).map(|&c| visible(c).to_string()),
        }
    }
}

/// Four significant digits, without trailing zeros.
fn readable(value: &f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = match size {
        _ if size >= 1000.0 => 0,
        _ if size >= 100.0 => 1,
        _ if size >= 10.0 => 2,
        _ if size >= 1.0 => 3,
        _ => 4,
    };
    let fixed = format!("{value:.decimals$}");
    if fixed.contains('.') {
        fixed.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        fixed
    }
}

/// The length the input has of itself, if any.
pub(crate) fn own_length(input: &Input) -> Option<usize> {
    match input {
        Input::Noise | Input::Constant | Input::Impulse | Input::Sine | Input::Square => None,
        Input::Sunspots => Some(SUNSPOTS.values.len()),
        Input::Text(text) => Some(text.chars().count()),
        Input::Numbers(table) => Some(table.rows()),
    }
}

/// The number of components the input has of itself, if any.
pub(crate) fn own_components(input: &Input) -> Option<usize> {
    match input {
        Input::Noise | Input::Constant | Input::Impulse | Input::Sine | Input::Square => None,
        Input::Sunspots => Some(1),
        Input::Text(text) => Some(text::alphabet(text).len()),
        Input::Numbers(table) => Some(table.columns.len()),
    }
}

/// The sequence of a valid input.
pub(crate) fn sequence(input: &Input, reading: &Reading) -> Sequence {
    let steps = reading.steps;
    let (mut x, input_size, display) = match input {
        Input::Noise | Input::Constant | Input::Impulse | Input::Sine | Input::Square => {
            let d = reading.components;
            let values = generated(input, reading);
            let names = (1..=d).map(|j| format!("component {j}")).collect();
            (values.clone(), d, Display::Values { names, values })
        }
        Input::Sunspots => {
            let (first_year, values) = SUNSPOTS.last(steps);
            let mut all = SUNSPOTS.values.clone();
            standardise(&mut all, 1);
            let display = Display::Years { name: SUNSPOTS.name, first_year, values };
            (all.split_off(all.len() - steps), 1, display)
        }
        Input::Text(text) => {
            let alphabet = text::alphabet(text);
            let characters: Vec<char> = text.chars().take(steps).collect();
            let x = text::one_hot(&characters, &alphabet);
            let d = alphabet.len();
            let display = Display::Characters { characters, alphabet };
            (x, d, display)
        }
        Input::Numbers(table) => {
            let d = table.columns.len();
            let mut x = table.values.clone();
            if table.standardise {
                standardise(&mut x, d);
            }
            x.truncate(steps * d);
            let display = Display::Values { names: table.columns.clone(), values: table.values[..steps * d].to_vec() };
            (x, d, display)
        }
    };
    for value in &mut x {
        *value *= reading.scale;
    }
    Sequence { x, seq_len: steps, input_size, display }
}

/// The generated signals, `[T][d]` row-major, before the input scale.
fn generated(input: &Input, &Reading { steps, components: d, seed, period, .. }: &Reading) -> Vec<f64> {
    if *input == Input::Noise {
        let mut draws = Draws::new(seed, Purpose::Noise);
        return (0..steps * d).map(|_| draws.normal()).collect();
    }
    let mut values = Vec::with_capacity(steps * d);
    for step in 0..steps {
        for component in 0..d {
            let turns = step as f64 / period + component as f64 / d as f64;
            // Whole turns are taken off before the sine sees them, so that t = 1 and t = 1 + period agree.
            let phase = turns - turns.floor();
            values.push(match input {
                Input::Constant => 1.0,
                Input::Impulse if step == 0 => 1.0,
                Input::Sine => libm::sin(TAU * phase),
                Input::Square => square(phase),
                _ => 0.0,
            });
        }
    }
    values
}

/// The sign of sin(2π·phase), phase in [0, 1), with 1 where the sine is 0. A phase that rounding has pushed just past a zero counts as on it.
fn square(phase: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    if phase > 0.5 + ROUNDING && phase < 1.0 - ROUNDING {
        -1.0
    } else {
        1.0
    }
}

/// Shifts and scales each of `columns` columns (row-major) to mean 0 and standard deviation 1 (of the population: divided by the
/// number of rows). A column that does not vary becomes 0.
fn standardise(values: &mut [f64], columns: usize) {
    let rows = (values.len() / columns.max(1)) as f64;
    for column in 0..columns {
        let origin = values.get(column).copied().unwrap_or_default();
        let cells = || values.iter().skip(column).step_by(columns);
        // Measured from the column's first value, a column that does not vary has deviation 0 exactly, whatever the value.
        let mean = cells().map(|v| v - origin).sum::<f64>() / rows;
        let squares = cells().map(|v| (v - origin - mean) * (v - origin - mean));
        let deviation = (squares.sum::<f64>() / rows).sqrt();
        for value in values.iter_mut().skip(column).step_by(columns) {
            *value = if deviation > 0.0 { (*value - origin - mean) / deviation } else { 0.0 };
        }
    }
}
