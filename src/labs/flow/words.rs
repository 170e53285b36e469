//! The sentences that change with the data. Pure: numbers in, words out.

pub use crate::labs::cells::cell_name;
pub use crate::labs::words::counted;
use unroll_engine::{Analysis, Cell};

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

/// A growth per step: `0.687`, `1.3×10⁻⁵`, `∞`.
pub fn growth(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        v if !v.is_finite() => "∞".to_owned(),
        v if v < 0.001 => power_of_ten(v.log10()),
        v if v < 9.9995 => format!("{v:.3}"),
        v if v < 99.995 => format!("{v:.2}"),
        v if v < 999.95 => format!("{v:.1}"),
        v => power_of_ten(v.log10()),
    }
}

/// A number of steps as people say it: `2.3`, `46`, `1.2 thousand`.
pub fn steps(value: f64) -> String {
    match value {
        v if v < 9.95 => format!("{v:.1}"),
        v if v < 9_950.0 => format!("{v:.0}"),
        v => power_of_ten(v.log10()),
    }
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

/// The headline of the gradient chart while it shows what is left.
pub fn left_headline(cell: Cell, analysis: &Analysis) -> String {
    let (name, lag) = (cell_name(cell), analysis.left.longest_lag());
    if analysis.seq_len == 0 {
        return format!("The {name} overflows at its first step");
    }
    match analysis.left.log10_left() {
        r if r == f64::NEG_INFINITY => match analysis.left.dead_from() {
            Some(0) | None => format!("No gradient reaches the {name}"),
            Some(from) => format!("Nothing of the {name}’s gradient is left from {} back on", counted(from, "step")),
        },
        r if r.abs() < 0.005 * core::f64::consts::LOG10_E => {
            format!("The {name}’s gradient arrives after {} as it was", counted(lag, "step"))
        }
        r if r > 0.0 => format!("The {name}’s gradient at the first state is {} what it was at the loss", times(r)),
        r => format!("The {name}’s gradient is at {} after {}", share(r), counted(lag, "step")),
    }
}

/// The headline of the gradient chart while it shows the worst case: ‖∂s_T/∂s_0‖ is the most that a change can keep.
pub fn worst_headline(cell: Cell, analysis: &Analysis) -> String {
    let (name, lag) = (cell_name(cell), analysis.seq_len);
    if lag == 0 {
        return format!("The {name} overflows at its first step");
    }
    match analysis.product.log10_sigma_max[0] {
        r if r == f64::NEG_INFINITY => match analysis.product.exactly_zero_from_lag {
            Some(zero) => format!("A change of the {name}’s state is gone for good after {}", counted(zero, "step")),
            None => format!("Change the {name}’s first state, and the last does not move"),
        },
        r if r.abs() < 0.005 * core::f64::consts::LOG10_E => format!("Change the {name}’s first state by 1, and the last moves by up to 1"),
        r => format!("Change the {name}’s first state by 1, and the last moves by at most {}", moved(r)),
    }
}

/// The size of a change, from its log10: `0.00028`, `21`, `3.2×10⁻⁹`.
fn moved(log10: f64) -> String {
    match 10f64.powf(log10) {
        v if (0.1..1.0).contains(&v) => format!("{v:.2}"),
        v if (0.01..0.1).contains(&v) => format!("{v:.3}"),
        v if (0.001..0.01).contains(&v) => format!("{v:.4}"),
        v if (1.0..9.95).contains(&v) => format!("{v:.1}"),
        v if (9.95..9_999.5).contains(&v) => format!("{v:.0}"),
        _ => power_of_ten(log10),
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

    #[test]
    fn step_counts_have_two_significant_digits_when_small() {
        assert_eq!(steps(2.34), "2.3");
        assert_eq!(steps(46.2), "46");
        assert_eq!(steps(2.0e6), "2.0×10⁶");
    }
}
