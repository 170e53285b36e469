//! Arithmetic of sliders and arrow keys.

use super::value::Range;

/// Digits that a value of a logarithmic slider is rounded to.
const SIGNIFICANT: usize = 2;

/// Where the slider stands for a value.
pub fn position(range: &Range, value: f64) -> f64 {
    let value = value.clamp(range.slider_min, range.slider_max);
    if range.log {
        value.log10()
    } else {
        value
    }
}

/// The value that the slider stands for.
pub fn value_at(range: &Range, position: f64) -> f64 {
    let value = if range.log { round_significant(10f64.powf(position)) } else { position };
    value.clamp(range.slider_min, range.slider_max)
}

/// The value a number of steps away, on the grid of steps, within what is accepted.
pub fn stepped(range: &Range, value: f64, steps: f64) -> f64 {
    let moved = if range.log {
        round_significant(value * 10f64.powf(steps * range.step))
    } else {
        // Through text, because 3 · 0.1 is not 0.3.
        let grid = ((value + steps * range.step) / range.step).round() * range.step;
        let text = format!("{grid:.*}", decimals(range.step));
        text.parse().unwrap_or(grid)
    };
    moved.clamp(range.min, range.max)
}

fn round_significant(value: f64) -> f64 {
    let text = format!("{value:.*e}", SIGNIFICANT - 1);
    text.parse().unwrap_or(value)
}

/// Decimals that a step has when written out.
fn decimals(step: f64) -> usize {
    step.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// Whether what has been typed so far cannot become acceptable by typing on. The beginning of a number is not worth a complaint.
pub fn is_hopeless(range: &Range, text: &str) -> bool {
    let text = text.trim().replace('\u{2212}', "-");
    match text.parse::<f64>() {
        Ok(value) => value.is_nan() || value > range.max || (value < 0.0 && value < range.min) || (range.integer && value.fract() != 0.0),
        Err(_) => {
            let begins = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
            !text.chars().all(begins)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAIN: Range = Range { min: 0.0, max: 10.0, slider_min: 0.0, slider_max: 3.0, step: 0.01, integer: false, log: false };
    const LEVEL: Range = Range { min: 1e-4, max: 0.5, slider_min: 1e-4, slider_max: 0.5, step: 0.05, integer: false, log: true };

    #[test]
    fn steps_stay_on_the_grid_and_in_range() {
        assert_eq!(stepped(&GAIN, 0.29, 1.0), 0.3);
        assert_eq!(stepped(&GAIN, 0.1 + 0.2, 10.0), 0.4);
        assert_eq!(stepped(&GAIN, 1.234, 1.0), 1.24);
        assert_eq!(stepped(&GAIN, 9.99, 10.0), 10.0);
        assert_eq!(stepped(&GAIN, 0.0, -1.0), 0.0);
    }

    #[test]
    fn a_logarithmic_slider_gives_its_ends_and_round_values() {
        assert_eq!(value_at(&LEVEL, position(&LEVEL, 1e-4)), 1e-4);
        assert_eq!(value_at(&LEVEL, position(&LEVEL, 0.5)), 0.5);
        assert_eq!(value_at(&LEVEL, -2.0), 0.01);
        assert_eq!(value_at(&LEVEL, -1.5), 0.032);
        assert_eq!(stepped(&LEVEL, 0.01, 1.0), 0.011);
    }

    #[test]
    fn a_typed_value_beyond_the_slider_parks_it_at_its_end() {
        assert_eq!(position(&GAIN, 10.0), 3.0);
    }

    #[test]
    fn the_beginning_of_a_number_is_not_hopeless() {
        for text in ["", "-", "0.", "1e", "0", "5"] {
            assert!(!is_hopeless(&GAIN, text), "{text}");
        }
        for text in ["abc", "11", "-1", "1,5", "NaN"] {
            assert!(is_hopeless(&GAIN, text), "{text}");
        }
    }
}
