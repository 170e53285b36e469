//! Words that every lab writes the same way: sizes, factors and counts. Pure.

/// A gradient's size relative to where it started, from its log10: `31%`, `×24`, `1.3×10⁻¹²`, `exactly zero`.
pub fn share(log10: f64) -> String {
    if log10 == f64::NEG_INFINITY {
        return "exactly zero".to_owned();
    }
    if (-3.0..0.995f64.log10()).contains(&log10) {
        let percent = 100.0 * 10f64.powf(log10);
        return match percent {
            p if p >= 9.95 => format!("{p:.0}%"),
            p if p >= 0.995 => format!("{p:.1}%"),
            p => format!("{p:.2}%"),
        };
    }
    if (0.995f64.log10()..3.0).contains(&log10) {
        let factor = 10f64.powf(log10);
        return if factor < 9.95 { format!("×{factor:.2}") } else { format!("×{factor:.0}") };
    }
    power_of_ten(log10)
}

/// `3.2×10⁻⁴⁹⁵` from its log10.
pub fn power_of_ten(log10: f64) -> String {
    if log10 == f64::NEG_INFINITY {
        return "exactly zero".to_owned();
    }
    let mut exponent = log10.floor();
    let mut mantissa = 10f64.powf(log10 - exponent);
    if mantissa >= 9.95 {
        mantissa = 1.0;
        exponent += 1.0;
    }
    format!("{mantissa:.1}×10{}", superscript(exponent as i64))
}

/// An exponent in superscript digits.
pub fn superscript(number: i64) -> String {
    number
        .to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            _ => '⁹',
        })
        .collect()
}

/// A number of things: `1 step`, `12 steps`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A factor above 1 in words, from its log10: `1.3 times`, `740 times`, `74,000 times`, `3.2×10⁷ times`.
pub fn times(log10: f64) -> String {
    let factor = 10f64.powf(log10);
    match factor {
        f if f < 9.95 => format!("{f:.1} times"),
        f if f < 999.5 => format!("{f:.0} times"),
        f if f < 999_500.0 => {
            // Two digits are enough, and three where the thousands have as many.
            let thousands = f / 1000.0;
            let round = if thousands < 9.95 { (thousands * 10.0).round() * 100.0 } else { thousands.round() * 1000.0 };
            format!("{},{:03} times", (round / 1000.0).trunc(), round % 1000.0)
        }
        _ => format!("{} times", power_of_ten(log10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_read_as_people_say_them() {
        for (log10, expected) in [
            (f64::NEG_INFINITY, "exactly zero"),
            (0.31f64.log10(), "31%"),
            (0.031f64.log10(), "3.1%"),
            (0.0031f64.log10(), "0.31%"),
            (0.0, "×1.00"),
            (24.0f64.log10(), "×24"),
            (-495.0 + 3.2f64.log10(), "3.2×10⁻⁴⁹⁵"),
            (361.0, "1.0×10³⁶¹"),
            (-12.0 + 9.99f64.log10(), "1.0×10⁻¹¹"),
        ] {
            assert_eq!(share(log10), expected, "{log10}");
        }
    }

    #[test]
    fn factors_read_as_people_say_them() {
        for (factor, expected) in [
            (1.31, "1.3 times"),
            (9.96, "10 times"),
            (740.4, "740 times"),
            (999.7, "1,000 times"),
            (1_234.0, "1,200 times"),
            (74_321.0, "74,000 times"),
            (999_400.0, "999,000 times"),
            (3.2e7, "3.2×10⁷ times"),
        ] {
            assert_eq!(times(f64::log10(factor)), expected);
        }
        assert_eq!((counted(1, "unit"), counted(0, "step"), counted(2, "step")), ("1 unit".into(), "0 steps".into(), "2 steps".into()));
    }
}
