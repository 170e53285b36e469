//! Headlines as claims: which model still hears what. A claim is numbers; its sentence says no more than they do. Pure.

use super::compute::reach::{Curve, Found};
use super::models::{the, Place};
use crate::labs::words::{counted, share, times};
use unroll_engine::order;

/// What a headline says of curves.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// No model has a curve.
    Nothing,
    /// The loss is at the first step.
    NoLag,
    /// No model hears the newest input, so that nothing can be relative to it.
    Deaf,
    /// What models hear at a lag, log10, relative to lag 0: the most first, the least last, and one between them if there is one.
    Heard {
        /// Steps back.
        lag: usize,
        /// Models in falling order.
        heard: Vec<(Place, f64)>,
    },
}

/// The curves that there are.
pub fn curves(found: &[Found]) -> impl Iterator<Item = (Place, &Curve)> {
    found.iter().filter_map(|(place, curve)| Some((*place, curve.as_ref().ok()?)))
}

/// The longest lag that every curve has.
pub fn longest_lag(found: &[Found]) -> Option<usize> {
    curves(found).map(|(_, curve)| curve.by_lag.len().saturating_sub(1)).min()
}

/// What is heard at a lag, of every model of which that is known, in falling order; as listed where equal.
pub fn heard_at(found: &[Found], lag: usize) -> Vec<(Place, f64)> {
    let mut all: Vec<(Place, f64)> =
        curves(found).filter_map(|(place, curve)| Some((place, curve.relative(lag)?))).filter(|(_, log10)| !log10.is_nan()).collect();
    order::by(&mut all, |a, b| a.1.total_cmp(&b.1).is_gt());
    all
}

impl Claim {
    /// The claim of curves.
    pub fn of(found: &[Found]) -> Self {
        let Some(lag) = longest_lag(found) else { return Self::Nothing };
        if lag == 0 {
            return Self::NoLag;
        }
        let all = heard_at(found, lag);
        let heard = match all.as_slice() {
            [] => return Self::Deaf,
            [first, .., last] if all.len() > 3 => vec![*first, all[all.len() / 2], *last],
            few => few.to_vec(),
        };
        Self::Heard { lag, heard }
    }

    /// Whether it is true of curves.
    pub fn holds(&self, found: &[Found]) -> bool {
        match self {
            Self::Nothing => curves(found).next().is_none(),
            Self::NoLag => longest_lag(found) == Some(0),
            Self::Deaf => curves(found).next().is_some() && longest_lag(found).is_some_and(|lag| heard_at(found, lag).is_empty()),
            Self::Heard { lag, heard } => {
                let value = |place: Place| curves(found).find(|(other, _)| *other == place).and_then(|(_, curve)| curve.relative(*lag));
                let (Some((_, most)), Some((_, least))) = (heard.first(), heard.last()) else { return false };
                let named = heard.iter().all(|(place, log10)| value(*place) == Some(*log10));
                let ends = curves(found).filter_map(|(_, curve)| curve.relative(*lag)).all(|v| v.is_nan() || (v <= *most && v >= *least));
                named && ends && *lag > 0 && heard.windows(2).all(|pair| pair[0].1 >= pair[1].1)
            }
        }
    }

    /// In words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Nothing => "None of the chosen models can be computed with these settings.".to_owned(),
            Self::NoLag => "The loss is at the first step, so there is no lag but 0.".to_owned(),
            Self::Deaf => "No model hears its newest input, so there is nothing to relate the rest to.".to_owned(),
            Self::Heard { lag, heard } => {
                let mut parts = heard.iter().map(|(place, log10)| (the(*place), *log10));
                let Some((first, most)) = parts.next() else { return String::new() };
                let of_newest = "what it hears of the newest input";
                let verb = if most < -2.0 { "hears only" } else { "still hears" };
                let mut sentence = match most {
                    f64::NEG_INFINITY => format!("{} back, {first} hears nothing", counted(*lag, "step")),
                    _ => format!("{} back, {first} {verb} {} {of_newest}", counted(*lag, "step"), amount(most)),
                };
                for (name, log10) in parts {
                    sentence.push_str(&format!("; {name} {}", amount(log10).trim_end_matches(" of")));
                }
                sentence.push('.');
                sentence
            }
        }
    }
}

/// A share with its preposition, or a factor: `31% of`, `2.3×10⁻⁹ of`, `1.4 times`; `nothing` where it is exactly zero.
fn amount(log10: f64) -> String {
    match log10 {
        f64::NEG_INFINITY => "nothing".to_owned(),
        as_much if (0.995_f64.log10()..1.005_f64.log10()).contains(&as_much) => "100% of".to_owned(),
        less if less < 0.0 => format!("{} of", share(less)),
        more => times(more),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::super::compute::reach;
    use super::super::models::COUNT;
    use super::super::options::INPUT_KINDS;
    use super::super::settings::LineageSettings;
    use super::*;
    use crate::labs::written::fault;

    fn found(settings: &LineageSettings) -> Vec<Found> {
        settings.shown().map(|place| (place, reach::curve(place, settings))).collect()
    }

    /// Settings at random, small.
    fn any() -> impl Strategy<Value = LineageSettings> {
        let sizes = (2..24_usize, 1..3_usize, 1..7_usize, 0..24_usize);
        (proptest::collection::vec(proptest::bool::ANY, COUNT), sizes, 0..4_usize, (0.0..3.0f64, -6.0..8.0f64, 0..1000_u32)).prop_map(
            |(models, (steps, input_size, hidden_size, back), fed, (gain, keep, seed))| {
                let mut settings = LineageSettings {
                    models: std::array::from_fn(|i| models[i]),
                    steps,
                    input_size,
                    hidden_size,
                    back,
                    fed: INPUT_KINDS[fed],
                    gain,
                    keep,
                    seed,
                    target_len: 4,
                    ..LineageSettings::default()
                };
                settings.normalise();
                settings
            },
        )
    }

    /// The first number of a text that a reader would see: `31%`, `2.3×10⁻⁹`, `1.4 times`, `nothing`; as log10.
    fn read(text: &str) -> f64 {
        if text.contains("nothing") {
            return f64::NEG_INFINITY;
        }
        let number: String = text.chars().filter(|c| !matches!(c, ',')).skip_while(|c| !c.is_ascii_digit()).collect();
        let digits: String = number.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let mantissa: f64 = digits.parse().unwrap();
        if let Some((_, power)) = number.split_once("×10") {
            let signed: String = power
                .chars()
                .map_while(|c| {
                    if c == '⁻' {
                        Some('-')
                    } else {
                        "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c).map(|d| (b'0' + d as u8) as char)
                    }
                })
                .collect();
            return mantissa.log10() + signed.parse::<f64>().unwrap();
        }
        if number.contains('%') {
            return (mantissa / 100.0).log10();
        }
        mantissa.log10()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_headline_is_true_of_its_curves_and_its_words_are_its_numbers(settings in any()) {
            let found = found(&settings);
            let claim = Claim::of(&found);
            prop_assert!(claim.holds(&found), "{claim:?}");
            let sentence = claim.sentence();
            prop_assert!(sentence.ends_with('.') && !sentence.contains("of;"), "{sentence}");
            prop_assert_eq!(fault(&sentence), None, "{}", sentence);
            if let Claim::Heard { lag, heard } = &claim {
                prop_assert!(sentence.starts_with(&format!("{lag} step")), "{sentence}");
                let after = sentence.split_once(" back, ").map_or("", |(_, rest)| rest);
                for ((place, log10), words) in heard.iter().zip(after.split("; ")) {
                    let name = the(*place);
                    prop_assert!(words.starts_with(&name), "{words}");
                    let said = read(&words[name.len()..]);
                    // Two digits.
                    prop_assert!(said == *log10 || (said - log10).abs() < 0.03, "{words}: {log10}");
                }
            }
        }
    }

    #[test]
    fn a_claim_that_is_not_so_does_not_hold() {
        let settings = LineageSettings { steps: 12, hidden_size: 4, ..LineageSettings::default() };
        let found = found(&settings);
        let Claim::Heard { lag, heard } = Claim::of(&found) else { panic!("there are curves") };
        let mut turned = heard.clone();
        turned.reverse();
        assert!(!Claim::Heard { lag, heard: turned }.holds(&found));
        assert!(!Claim::Heard { lag: lag - 1, heard: heard.clone() }.holds(&found));
        assert!(!Claim::Heard { lag, heard: heard[..1].to_vec() }.holds(&found));
        assert!(!Claim::Nothing.holds(&found) && !Claim::NoLag.holds(&found) && !Claim::Deaf.holds(&found));
    }

    #[test]
    fn sentences_read_as_people_speak() {
        let heard = vec![(5, 0.1), (1, -0.51), (0, -20.0)];
        assert_eq!(
            Claim::Heard { lag: 63, heard }.sentence(),
            "63 steps back, the encoder–decoder with attention still hears 1.3 times what it hears of the newest input; the LSTM 31%; the RNN \
             1.0×10⁻²⁰."
        );
        assert_eq!(
            Claim::Heard { lag: 1, heard: vec![(0, -2.5)] }.sentence(),
            "1 step back, the RNN hears only 0.32% of what it hears of the newest input."
        );
        let gone = Claim::Heard { lag: 3, heard: vec![(0, f64::NEG_INFINITY)] };
        assert_eq!(gone.sentence(), "3 steps back, the RNN hears nothing.");
    }
}
