//! Numbers as a reader meets them: significant digits, real superscripts, a true minus sign.

pub(super) const SUPERSCRIPT_DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// `-50` as `⁻⁵⁰`.
pub fn superscript(value: i64) -> String {
    let mut out = String::new();
    if value < 0 {
        out.push('⁻');
    }
    for digit in value.unsigned_abs().to_string().bytes() {
        out.push(SUPERSCRIPT_DIGITS[usize::from(digit - b'0')]);
    }
    out
}

/// `10^exponent` the way an axis writes it: `1`, `10`, `10²`, `10⁻⁵⁰`.
pub fn power_of_ten(exponent: i64) -> String {
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        _ => format!("10{}", superscript(exponent)),
    }
}

/// Four significant digits; `3.2×10⁻⁴` outside 0.001 … 100 000.
pub fn format_value(value: f64) -> String {
    if value.is_nan() {
        return "not a number".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    let sign = if value < 0.0 { "−" } else { "" };
    if !(1e-3..1e5).contains(&size) {
        return format!("{sign}{}", format_log10_magnitude(size.log10()));
    }
    let decimals = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{sign}{}", trim_zeros(format!("{size:.decimals$}")))
}

/// A magnitude known by its log10, so that `10^-495` is a number and not 0: `3.2×10⁻⁴⁹⁵`, `exactly zero`, `0.31`.
pub fn format_log10(log10: f64) -> String {
    if log10.is_nan() {
        "not a number".to_owned()
    } else if log10 == f64::NEG_INFINITY {
        "exactly zero".to_owned()
    } else if log10 == f64::INFINITY {
        "∞".to_owned()
    } else if (-3.0..5.0).contains(&log10) {
        format_value(10f64.powf(log10))
    } else {
        format_log10_magnitude(log10)
    }
}

/// A value with a fixed number of decimals and a true minus sign; −0 is 0.
pub fn format_fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if value < 0.0 && !is_zero {
        format!("−{text}")
    } else {
        text
    }
}

/// `mantissa × 10^exponent` with up to two decimals, carrying 9.999 over to the next power.
fn format_log10_magnitude(log10: f64) -> String {
    let mut exponent = log10.floor();
    let mut mantissa = 10f64.powf(log10 - exponent);
    if mantissa >= 9.995 {
        mantissa = 1.0;
        exponent += 1.0;
    }
    let digits = trim_zeros(format!("{mantissa:.2}"));
    if digits == "1" {
        format!("10{}", superscript(exponent as i64))
    } else {
        format!("{digits}×10{}", superscript(exponent as i64))
    }
}

pub(super) fn trim_zeros(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_four_significant_digits() {
        assert_eq!(format_value(0.0), "0");
        assert_eq!(format_value(1.0), "1");
        assert_eq!(format_value(-0.123456), "−0.1235");
        assert_eq!(format_value(1234.567), "1235");
        assert_eq!(format_value(99999.0), "99999");
        assert_eq!(format_value(0.00032), "3.2×10⁻⁴");
        assert_eq!(format_value(1e7), "10⁷");
        assert_eq!(format_value(f64::NAN), "not a number");
        assert_eq!(format_value(f64::NEG_INFINITY), "−∞");
    }

    #[test]
    fn magnitudes_below_the_range_of_float64_are_written_out() {
        assert_eq!(format_log10(-494.494_85), "3.2×10⁻⁴⁹⁵");
        assert_eq!(format_log10(361.0), "10³⁶¹");
        assert_eq!(format_log10(f64::NEG_INFINITY), "exactly zero");
        assert_eq!(format_log10(0.0), "1");
        assert_eq!(format_log10(-6.0 - 1e-12), "10⁻⁶");
    }

    #[test]
    fn minus_zero_is_written_as_zero() {
        assert_eq!(format_fixed(-0.001, 1), "0.0");
        assert_eq!(format_fixed(-0.25, 2), "−0.25");
    }

    #[test]
    fn superscripts_are_real_characters() {
        assert_eq!(superscript(-1_234_567_890), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
        assert_eq!(power_of_ten(-50), "10⁻⁵⁰");
        assert_eq!(power_of_ten(0), "1");
    }
}
