//! The sentences that change with the data. Pure: numbers in, words out.

pub use crate::labs::cells::cell_name;
use unroll_engine::verdict::Regime;
use unroll_engine::{Analysis, Cell};

/// One word for the regime.
pub fn regime_word(regime: Regime) -> &'static str {
    match regime {
        Regime::Vanishing => "vanishing",
        Regime::Stable => "stable",
        Regime::Exploding => "exploding",
    }
}

/// A shape for the regime, so that colour never carries it alone.
pub fn regime_mark(regime: Regime) -> &'static str {
    match regime {
        Regime::Vanishing => "▼",
        Regime::Stable => "■",
        Regime::Exploding => "▲",
    }
}

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
        v => format!("{v:.3}"),
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

fn plural(count: usize) -> &'static str {
    if count == 1 {
        "step"
    } else {
        "steps"
    }
}

/// log10 of ‖∂L/∂s_k‖ relative to its value where the loss is read last, per lag from there back to the first state; empty where no gradient
/// arrives.
fn relative_adjoint(analysis: &Analysis) -> Vec<f64> {
    let norms = &analysis.backward.log10_norm_dl_ds;
    let Some(last) = norms.iter().rposition(|v| v.is_finite()) else { return Vec::new() };
    norms[..=last].iter().rev().map(|v| v - norms[last]).collect()
}

/// The verdict in plain words: "The gradient halves every 2.3 steps; from lag 46 on it is below one millionth." The gradient is ‖∂L/∂s_k‖, of
/// which the half-life is a fit.
pub fn verdict_sentence(analysis: &Analysis) -> String {
    const MILLIONTH: f64 = -6.0;
    let by_lag = relative_adjoint(analysis);
    if analysis.seq_len == 0 {
        return "The state overflows at the first step, so there is no gradient to follow.".to_owned();
    }
    let (Some(lag), Some(reach)) = (by_lag.len().checked_sub(1), by_lag.last().copied()) else {
        return "No gradient reaches any state.".to_owned();
    };
    if let Some(zero) = by_lag.iter().position(|v| *v == f64::NEG_INFINITY) {
        return format!("The gradient is exactly zero from lag {zero} on: nothing earlier can be learnt.");
    }
    let at_end = format!("at lag {lag} {} of it is left", share(reach));
    let verdict = &analysis.verdict;
    let rate = match (verdict.half_life, verdict.doubling_time) {
        // A drift too slow to matter over the sequence is not worth a sentence of its own.
        (Some(half), _) if half < 20.0 * lag as f64 => format!("The gradient halves every {} {}", steps(half), plural_f(half)),
        (_, Some(double)) if double < 20.0 * lag as f64 => {
            format!("The gradient doubles every {} {}", steps(double), plural_f(double))
        }
        _ => "The gradient keeps its size".to_owned(),
    };
    if reach < MILLIONTH {
        let small = by_lag.iter().rposition(|v| *v >= MILLIONTH).map_or(0, |at| at + 1);
        return format!("{rate}; from lag {small} on it is below one millionth.");
    }
    // A decay can begin with growth; "halves" alone would contradict what is left at the end.
    let (peak_lag, peak) = by_lag.iter().copied().enumerate().fold((0, 0.0), |best, (lag, v)| if v > best.1 { (lag, v) } else { best });
    if verdict.half_life.is_some() && peak > 1.5f64.log10() && peak_lag < lag {
        return format!("{rate}, after a growth to {} at lag {peak_lag}; {at_end}.", share(peak));
    }
    if reach > 0.0 {
        format!("{rate}; over {lag} {} it has become {}.", plural(lag), share(reach))
    } else {
        format!("{rate}; {at_end}.")
    }
}

fn plural_f(count: f64) -> &'static str {
    if (count - 1.0).abs() < 0.05 {
        "step"
    } else {
        "steps"
    }
}

/// The headline of the gradient chart: ‖∂s_T/∂s_0‖ is the most that a change can keep.
pub fn gradient_headline(cell: Cell, analysis: &Analysis) -> String {
    let (name, lag) = (cell_name(cell), analysis.seq_len);
    if lag == 0 {
        return format!("The {name} overflows at its first step");
    }
    let reach = analysis.product.log10_sigma_max[0];
    match reach {
        r if r == f64::NEG_INFINITY => match analysis.product.exactly_zero_from_lag {
            Some(zero) => format!("A change of the {name}’s state is gone for good after {zero} {}", plural(zero)),
            None => format!("Nothing of a change at the {name}’s first state reaches the last"),
        },
        r if r >= 0.995f64.log10() && r <= 1.05f64.log10() => format!("A change at the {name}’s first state arrives at the last as it was"),
        r if r > 0.0 => format!("A change at the {name}’s first state can grow to {} at the last", share(r)),
        r => format!("At most {} of a change at the {name}’s first state reaches the last", share(r)),
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
    fn step_counts_have_two_significant_digits_when_small() {
        assert_eq!(steps(2.34), "2.3");
        assert_eq!(steps(46.2), "46");
        assert_eq!(steps(2.0e6), "2.0×10⁶");
    }
}
