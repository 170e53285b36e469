//! The one table that describes every setting. Controls, link codec, validation, help and reset are read from it.

mod rows;

use std::ops::RangeInclusive;

use unroll_engine::signal::Table;

use super::settings::Settings;
pub use rows::SETTINGS;

/// A setting, in the order in which [`SETTINGS`] lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettingId {
    ShowRnn,
    ShowLstm,
    ShowGru,
    Focus,
    HiddenSize,
    InputSize,
    SeqLen,
    Activation,
    Initialiser,
    Gain,
    Seed,
    ForgetBias,
    InputGateBias,
    UpdateBias,
    Input,
    InputScale,
    Period,
    Text,
    Numbers,
    Loss,
    LossStep,
    Cotangent,
    HorizonLevel,
    GradientView,
    ReferenceLines,
}

/// The block of the control rail that a setting is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    Cells,
    Size,
    Weights,
    Biases,
    Input,
    Loss,
    View,
}

impl Group {
    /// All groups, in the order of the rail.
    pub const ALL: [Self; 7] = [Self::Cells, Self::Size, Self::Weights, Self::Biases, Self::Input, Self::Loss, Self::View];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cells => "Cells",
            Self::Size => "Size",
            Self::Weights => "Weights",
            Self::Biases => "Gate biases",
            Self::Input => "Input signal",
            Self::Loss => "Loss",
            Self::View => "Gradient chart",
        }
    }

    /// Its settings, in order.
    pub fn settings(self) -> impl Iterator<Item = &'static Setting> {
        SETTINGS.iter().filter(move |setting| setting.group == self)
    }
}

/// One setting.
pub struct Setting {
    pub id: SettingId,
    /// The name on the page, which is also the control's accessible name.
    pub name: &'static str,
    /// The key in a link; `None` for what a link does not carry. Toggles share one key, whose value lists those that are on.
    pub key: Option<&'static str>,
    pub group: Group,
    /// Unit behind the value; empty for pure numbers.
    pub unit: &'static str,
    pub kind: Kind,
    /// One sentence of help.
    pub help: &'static str,
    /// MathML of the formula the setting is in; empty where there is none.
    pub formula: &'static str,
    /// Why the setting has no effect at present, as a sentence; `None` when it has.
    pub idle: fn(&Settings) -> Option<String>,
}

/// What kind of value a setting has, and how it is read and written.
pub enum Kind {
    Number(Number),
    Choice(Choice),
    Toggle(Toggle),
    Text(Text),
    /// Numbers the user brought.
    Numbers {
        get: fn(&Settings) -> Option<&Table>,
        set: fn(&mut Settings, Table),
    },
}

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

/// A number with a slider.
pub struct Number {
    pub range: Range,
    pub get: fn(&Settings) -> f64,
    pub set: fn(&mut Settings, f64),
}

/// One of several options, known by its place among them.
pub struct Choice {
    pub options: &'static [ChoiceOption],
    pub get: fn(&Settings) -> usize,
    pub set: fn(&mut Settings, usize),
    /// Why this option cannot be chosen now, as a sentence.
    pub unavailable: fn(&Settings, usize) -> Option<String>,
}

/// An option of a [`Choice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Its word in a link.
    pub word: &'static str,
    pub label: &'static str,
    /// One sentence of help.
    pub help: &'static str,
}

/// On or off.
pub struct Toggle {
    /// Its word in the list that the shared key carries.
    pub word: &'static str,
    pub get: fn(&Settings) -> bool,
    pub set: fn(&mut Settings, bool),
    /// Why it cannot be switched now, as a sentence.
    pub locked: fn(&Settings) -> Option<String>,
}

/// Free text.
pub struct Text {
    /// The text cannot be used, and why, as a sentence.
    pub check: fn(&str) -> Result<(), String>,
    pub get: fn(&Settings) -> &str,
    pub set: fn(&mut Settings, String),
}

impl Range {
    /// A range whose slider offers all of it.
    pub(crate) const fn new(accepted: RangeInclusive<f64>, step: f64) -> Self {
        let (min, max) = (*accepted.start(), *accepted.end());
        Self { min, max, slider_min: min, slider_max: max, step, integer: false, log: false }
    }

    pub(crate) const fn integer(accepted: RangeInclusive<usize>) -> Self {
        let (min, max) = (*accepted.start() as f64, *accepted.end() as f64);
        Self { integer: true, ..Self::new(min..=max, 1.0) }
    }

    pub(crate) const fn slider(self, slider_min: f64, slider_max: f64) -> Self {
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

/// The description of one setting.
pub fn setting(id: SettingId) -> &'static Setting {
    &SETTINGS[id as usize]
}

impl Setting {
    /// Puts the default back.
    pub fn reset(&self, settings: &mut Settings) {
        let default = Settings::default();
        match &self.kind {
            Kind::Number(number) => (number.set)(settings, (number.get)(&default)),
            Kind::Choice(choice) => (choice.set)(settings, (choice.get)(&default)),
            Kind::Toggle(toggle) => (toggle.set)(settings, (toggle.get)(&default)),
            Kind::Text(text) => (text.set)(settings, (text.get)(&default).to_owned()),
            // The default is to have none, and then they are not the input either.
            Kind::Numbers { .. } => {
                settings.numbers = None;
                settings.normalise();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_in_the_order_of_the_ids() {
        for (place, setting) in SETTINGS.iter().enumerate() {
            assert_eq!(setting.id as usize, place, "{}", setting.name);
        }
        assert_eq!(SETTINGS.len(), SettingId::ReferenceLines as usize + 1);
    }

    #[test]
    fn names_are_unique_and_only_toggles_share_a_key() {
        let names: HashSet<_> = SETTINGS.iter().map(|setting| setting.name).collect();
        assert_eq!(names.len(), SETTINGS.len());
        let keys: Vec<_> = SETTINGS
            .iter()
            .filter(|setting| !matches!(setting.kind, Kind::Toggle(_)))
            .filter_map(|setting| setting.key)
            .chain([crate::state::url::PINNED_KEY])
            .collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    }

    #[test]
    fn every_formula_is_mathml() {
        for setting in SETTINGS.iter().filter(|setting| !setting.formula.is_empty()) {
            assert!(setting.formula.starts_with("<math"), "{}: {}", setting.name, setting.formula);
        }
        assert!(SETTINGS.iter().filter(|setting| !setting.formula.is_empty()).count() > 20);
    }

    #[test]
    fn every_default_is_accepted_and_offered_by_its_slider() {
        let default = Settings::default();
        for setting in SETTINGS {
            if let Kind::Number(number) = &setting.kind {
                let value = (number.get)(&default);
                let range = number.range;
                assert_eq!(range.parse(&format_number(value)), Some(value), "{}", setting.name);
                assert!(range.slider_min <= value && value <= range.slider_max, "{}", setting.name);
                assert!(range.min <= range.slider_min && range.slider_max <= range.max, "{}", setting.name);
            }
        }
    }

    #[test]
    fn what_is_set_is_what_is_read() {
        for setting in SETTINGS {
            let mut settings = Settings::default();
            match &setting.kind {
                Kind::Number(number) => {
                    for value in [number.range.min, number.range.max] {
                        (number.set)(&mut settings, value);
                        assert_eq!((number.get)(&settings), value, "{}", setting.name);
                    }
                }
                Kind::Choice(choice) => {
                    for place in 0..choice.options.len() {
                        (choice.set)(&mut settings, place);
                        assert_eq!((choice.get)(&settings), place, "{}", setting.name);
                    }
                }
                Kind::Toggle(toggle) => {
                    (toggle.set)(&mut settings, false);
                    assert!(!(toggle.get)(&settings), "{}", setting.name);
                }
                Kind::Text(text) => {
                    (text.set)(&mut settings, "ab".into());
                    assert_eq!((text.get)(&settings), "ab");
                }
                Kind::Numbers { get, set } => {
                    let table = Table { columns: vec!["a".into()], values: vec![1.0, 2.0], standardise: true };
                    set(&mut settings, table.clone());
                    assert_eq!(get(&settings), Some(&table));
                }
            }
            setting.reset(&mut settings);
            assert_eq!(settings, Settings::default(), "{}", setting.name);
        }
    }

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
