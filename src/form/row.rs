//! One row a setting: what a form is made of. Rail, link codec, validation, help and reset are read from the rows.

use unroll_engine::signal::Table;

pub use crate::controls::{format_number, option, ChoiceOption, Range};

/// The block of the rail that a setting is in: its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group(pub &'static str);

/// One setting of the settings `S`.
pub struct Row<S: 'static> {
    /// The name on the page, which is also the control's accessible name.
    pub name: &'static str,
    /// The key in a link; `None` for what a link does not carry. Toggles share one key, whose value lists those that are on.
    pub key: Option<&'static str>,
    pub group: Group,
    /// Unit behind the value; empty for pure numbers.
    pub unit: &'static str,
    pub kind: Kind<S>,
    /// One sentence of help.
    pub help: &'static str,
    /// MathML of the formula the setting is in; empty where there is none.
    pub formula: &'static str,
    /// Why the setting has no effect at present, as a sentence; `None` when it has.
    pub idle: fn(&S) -> Option<String>,
}

impl<S> Row<S> {
    /// A setting without unit and formula that always has an effect.
    pub const fn new(group: Group, name: &'static str, key: &'static str, help: &'static str, kind: Kind<S>) -> Self {
        Self { name, key: Some(key), group, unit: "", kind, help, formula: "", idle: |_| None }
    }
}

/// What kind of value a setting has, and how it is read and written.
pub enum Kind<S: 'static> {
    Number(Number<S>),
    Choice(Choice<S>),
    Toggle(Toggle<S>),
    Text(Text<S>),
    /// Numbers the user brought.
    Numbers {
        get: fn(&S) -> Option<&Table>,
        set: fn(&mut S, Table),
    },
}

/// A number with a slider.
pub struct Number<S: 'static> {
    pub range: Range,
    pub get: fn(&S) -> f64,
    pub set: fn(&mut S, f64),
    /// What a reset goes back to, from the settings as they are and the default.
    pub untouched: fn(&S, f64) -> f64,
}

/// One of several options, known by its place among them.
pub struct Choice<S: 'static> {
    pub options: &'static [ChoiceOption],
    pub get: fn(&S) -> usize,
    pub set: fn(&mut S, usize),
    /// Why this option cannot be chosen now, as a sentence.
    pub unavailable: fn(&S, usize) -> Option<String>,
    /// Whether this option waits for numbers that the user has not brought: choosing it opens their field.
    pub awaits_numbers: fn(&S, usize) -> bool,
}

/// On or off.
pub struct Toggle<S: 'static> {
    /// Its word in the list that the shared key carries.
    pub word: &'static str,
    pub get: fn(&S) -> bool,
    pub set: fn(&mut S, bool),
    /// Why it cannot be switched now, as a sentence.
    pub locked: fn(&S) -> Option<String>,
}

/// Free text.
pub struct Text<S: 'static> {
    /// The text cannot be used, and why, as a sentence.
    pub check: fn(&str) -> Result<(), String>,
    pub get: fn(&S) -> &str,
    pub set: fn(&mut S, String),
}

impl<S> Kind<S> {
    /// A number with a slider.
    pub const fn number(range: Range, get: fn(&S) -> f64, set: fn(&mut S, f64)) -> Self {
        Self::Number(Number { range, get, set, untouched: |_, default| default })
    }

    /// One of several options, all of which can always be chosen.
    pub const fn choice(options: &'static [ChoiceOption], get: fn(&S) -> usize, set: fn(&mut S, usize)) -> Self {
        Self::Choice(Choice { options, get, set, unavailable: |_, _| None, awaits_numbers: |_, _| false })
    }

    /// One of the toggles that share a key.
    pub const fn toggle(word: &'static str, get: fn(&S) -> bool, set: fn(&mut S, bool), locked: fn(&S) -> Option<String>) -> Self {
        Self::Toggle(Toggle { word, get, set, locked })
    }
}

/// The place of a value among its options; 0 for one that is not listed.
pub fn place<T: PartialEq>(options: &[T], value: &T) -> usize {
    options.iter().position(|option| option == value).unwrap_or(0)
}

/// The reason, unless the condition holds: for [`Row::idle`] and its kin.
pub fn unless(condition: bool, reason: &str) -> Option<String> {
    (!condition).then(|| reason.to_owned())
}
