//! How every sentence of every lab is written: what the searches for bad ones look for.

/// Words that a lone 1 does not stand before.
const PLURALS: [&str; 9] = ["steps", "units", "directions", "layers", "weights", "numbers", "gates", "lags", "percents"];

/// How a text is badly written, if it is.
pub fn fault(text: &str) -> Option<String> {
    let raw =
        ["NaN", "inf", "null", "Some("].iter().find(|raw| text.split(|c: char| !c.is_alphanumeric() && c != '(').any(|word| word == **raw));
    if let Some(raw) = raw {
        return Some(format!("writes {raw}"));
    }
    let words: Vec<&str> = text.split([' ', '\n', ',', ';', ':', '.', '|', '(', ')']).filter(|word| !word.is_empty()).collect();
    if let Some(pair) = words.windows(2).find(|pair| pair[0] == "1" && PLURALS.contains(&pair[1])) {
        return Some(format!("writes “{} {}”", pair[0], pair[1]));
    }
    // A seed and a whole number are as long as they are; a measured number has four digits at most.
    let number = |word: &&str| word.trim_matches('.').contains('.') && word.chars().filter(char::is_ascii_digit).count() > 0;
    text.split(|c: char| !c.is_ascii_digit() && c != '.').filter(number).find_map(|number| {
        let digits = number.trim_matches('.').replace('.', "");
        let significant = digits.trim_start_matches('0').len();
        (significant > 4).then(|| format!("writes {number} with {significant} digits"))
    })
}

#[test]
fn what_is_badly_written_is_noticed() {
    for text in ["all 1 steps", "about 1.23456 of it", "preactivation inf", "NaN×10", "an LSTM of 1 units."] {
        assert!(fault(text).is_some(), "{text}");
    }
    for text in ["11 steps", "1 step", "information", "seed 4294967295", "0.0001234", "2.1×10⁻⁵", "It is 1. Steps follow"] {
        assert_eq!(fault(text), None, "{text}");
    }
}
