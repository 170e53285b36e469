//! Ranges, ticks and projections. Pure: no browser, no leptos.
//!
//! plotters asserts on NaN and does not end on an infinite range, so every range goes through [`Range::new`] first.

use super::format::{format_fixed, format_value, power_of_ten, superscript, trim_zeros};

/// Values beyond this are clamped, so that a span (max − min) is always a finite number.
const LARGEST: f64 = 1e300;
/// Anything smaller is 0 as far as an axis is concerned.
const SMALLEST: f64 = 1e-300;

/// A finite, non-empty interval: `min < max`, both finite. Only [`Range::new`] makes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub min: f64,
    pub max: f64,
}

impl Range {
    /// Sanitises: NaN becomes the other end or 0, infinities are clamped, reversed ends are swapped, a constant gets room around it.
    pub fn new(a: f64, b: f64) -> Self {
        let (a, b) = match (a.is_nan(), b.is_nan()) {
            (true, true) => (0.0, 1.0),
            (true, false) => (b, b),
            (false, true) => (a, a),
            (false, false) => (a, b),
        };
        let (a, b) = (a.clamp(-LARGEST, LARGEST), b.clamp(-LARGEST, LARGEST));
        let (min, max) = if a <= b { (a, b) } else { (b, a) };
        // Closer than a few ulps leaves no distinguishable ticks; narrower than SMALLEST no step that can be told from 0.
        let largest = min.abs().max(max.abs());
        if max - min <= (1e-12 * largest).max(SMALLEST) {
            let room = if largest < SMALLEST { 0.5 } else { 0.1 * largest };
            return Self { min: min - room, max: max + room };
        }
        Self { min, max }
    }

    /// The extent of the finite values, or `None` when there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut extent: Option<(f64, f64)> = None;
        for value in values {
            if value.is_finite() {
                let (lo, hi) = extent.unwrap_or((value, value));
                extent = Some((lo.min(value), hi.max(value)));
            }
        }
        extent.map(|(lo, hi)| Self::new(lo, hi))
    }

    pub fn span(&self) -> f64 {
        self.max - self.min
    }

    pub fn contains(&self, value: f64) -> bool {
        (self.min..=self.max).contains(&value)
    }

    fn union(&self, other: &Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

/// A labelled position on an axis, in axis units (log10 for a log axis).
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// The smallest of 1, 2, 5 × 10^k that is at least `rough`.
fn nice_step(rough: f64) -> f64 {
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * magnitude >= rough * (1.0 - 1e-9)).unwrap_or(10.0);
    step * magnitude
}

/// All multiples of `step` in the range, with a little tolerance at the ends.
fn multiples(range: Range, step: f64) -> impl Iterator<Item = f64> {
    let first = (range.min / step - 1e-9).ceil();
    let last = (range.max / step + 1e-9).floor();
    let count = (last - first).clamp(-1.0, 1000.0) as i64 + 1;
    (0..count).map(move |i| {
        let value = (first + i as f64) * step;
        if value == 0.0 {
            0.0
        } else {
            value
        }
    })
}

/// Ticks at nice multiples, at most about `most` of them.
pub fn linear_ticks(range: Range, most: usize) -> Vec<Tick> {
    let step = nice_step(range.span() / most.max(1) as f64);
    let largest = range.min.abs().max(range.max.abs());
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    multiples(range, step)
        .map(|value| Tick { value, label: if largest >= 1e5 || step < 1e-4 { format_value(value) } else { format_fixed(value, decimals) } })
        .collect()
}

/// Ticks on whole numbers only (steps, unit indices).
pub fn step_ticks(range: Range, most: usize) -> Vec<Tick> {
    let step = nice_step((range.span() / most.max(1) as f64).max(1.0));
    multiples(range, step).map(|value| Tick { value, label: format_fixed(value, 0) }).collect()
}

/// Ticks for values that *are* log10: whole powers on a wide range, 1–2–5 within a few decades, plain multiples within one.
pub fn log10_ticks(range: Range, most: usize) -> Vec<Tick> {
    let most = most.max(2);
    if range.span() >= 2.0 {
        let step = nice_step((range.span() / most as f64).max(1.0));
        return multiples(range, step).map(|value| Tick { value, label: power_of_ten(value as i64) }).collect();
    }
    if range.span() >= 0.6 {
        let decades = range.min.floor() as i64..=range.max.ceil() as i64;
        let of = |mantissas: &[f64]| -> Vec<Tick> {
            decades
                .clone()
                .flat_map(|e| mantissas.iter().map(move |&m| (m, e)))
                .map(|(m, e)| Tick { value: e as f64 + m.log10(), label: scientific(m, e, 0) })
                .filter(|tick| range.contains(tick.value))
                .collect()
        };
        let fine = of(&[1.0, 2.0, 5.0]);
        return if fine.len() <= most { fine } else { of(&[1.0, 3.0]) };
    }
    let exponent = range.min.floor();
    let mantissas = Range::new(10f64.powf(range.min - exponent), 10f64.powf(range.max - exponent));
    let step = nice_step(mantissas.span() / most as f64);
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    multiples(mantissas, step)
        .filter(|&m| m > 0.0)
        .map(|m| Tick { value: exponent + m.log10(), label: scientific(m, exponent as i64, decimals) })
        .collect()
}

/// `mantissa × 10^exponent`, written plainly while that stays short.
fn scientific(mantissa: f64, exponent: i64, decimals: usize) -> String {
    if (-3..=3).contains(&exponent) {
        let decimals = (decimals as i64 - exponent).max(0) as usize;
        let text = format!("{:.decimals$}", mantissa * 10f64.powi(exponent as i32));
        return trim_zeros(text);
    }
    let digits = trim_zeros(format!("{mantissa:.decimals$}"));
    if digits == "1" {
        power_of_ten(exponent)
    } else {
        format!("{digits}×10{}", superscript(exponent))
    }
}

/// The range widened to the next tick on either side, so that small changes of the data do not move the axis.
pub fn nice_linear(range: Range, most: usize) -> Range {
    let step = nice_step(range.span() / most.max(1) as f64);
    Range::new((range.min / step + 1e-9).floor() * step, (range.max / step - 1e-9).ceil() * step)
}

/// The same for log10 values: whole powers when the range is wide, a little air when it is not.
pub fn nice_log10(range: Range, most: usize) -> Range {
    if range.span() < 2.0 {
        let air = 0.06 * range.span();
        return nice_linear(Range::new(range.min - air, range.max + air), 2 * most);
    }
    let step = nice_step((range.span() / most.max(1) as f64).max(1.0));
    // Half a step is fine enough to follow the data and coarse enough to hold still.
    let step = (step / 2.0).max(1.0);
    Range::new((range.min / step + 1e-9).floor() * step, (range.max / step - 1e-9).ceil() * step)
}

/// Hysteresis for an axis under a drag: it grows at once and shrinks only when the data leave much of it empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct StickyRange {
    shown: Option<Range>,
}

impl StickyRange {
    /// Data that fill less than this share of the shown range make it snap to them.
    const KEEP_ABOVE: f64 = 0.62;

    /// Takes the range the data ask for (already nice) and returns the one to show.
    pub fn update(&mut self, wanted: Range) -> Range {
        let shown = match self.shown {
            Some(shown) => {
                let union = shown.union(&wanted);
                if wanted.span() < Self::KEEP_ABOVE * union.span() {
                    wanted
                } else {
                    union
                }
            }
            None => wanted,
        };
        self.shown = Some(shown);
        shown
    }
}

/// Maps axis values to CSS pixels and back; `start` is the pixel of `domain.min`, so a y axis has `start > end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    pub domain: Range,
    pub start: f64,
    pub end: f64,
}

impl Projection {
    pub fn new(domain: Range, start: f64, end: f64) -> Self {
        Self { domain, start, end }
    }

    pub fn to_px(&self, value: f64) -> f64 {
        self.start + (value - self.domain.min) / self.domain.span() * (self.end - self.start)
    }

    pub fn to_value(&self, px: f64) -> f64 {
        let share = (px - self.start) / (self.end - self.start);
        self.domain.min + share * self.domain.span()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|t| t.label.as_str()).collect()
    }

    #[test]
    fn ranges_are_finite_and_not_empty_whatever_comes_in() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1.0, 1e308, 5e-324];
        for a in odd {
            for b in odd {
                let range = Range::new(a, b);
                assert!(range.min.is_finite() && range.max.is_finite(), "{a} {b}");
                assert!(range.min < range.max, "{a} {b} gave {range:?}");
                for ticks in [linear_ticks(range, 6), log10_ticks(range, 6), step_ticks(range, 6)] {
                    assert!(ticks.iter().all(|t| t.value.is_finite()));
                    assert!(ticks.len() <= 1001);
                }
            }
        }
    }

    #[test]
    fn extent_ignores_what_is_not_finite() {
        let extent = Range::of([f64::NAN, -2.0, f64::NEG_INFINITY, 3.0]);
        assert_eq!(extent, Some(Range::new(-2.0, 3.0)));
        assert_eq!(Range::of([f64::NAN]), None);
    }

    #[test]
    fn linear_ticks_are_nice_and_labelled_alike() {
        assert_eq!(labels(&linear_ticks(Range::new(-1.0, 1.0), 5)), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(&linear_ticks(Range::new(0.0, 10.0), 6)), ["0", "2", "4", "6", "8", "10"]);
    }

    #[test]
    fn step_ticks_never_fall_between_steps() {
        for ticks in [step_ticks(Range::new(-0.5, 3.5), 9), step_ticks(Range::new(-0.5, 511.5), 7)] {
            assert!(ticks.iter().all(|t| t.value.fract() == 0.0));
        }
        assert_eq!(labels(&step_ticks(Range::new(-0.5, 3.5), 9)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn log_ticks_are_whole_powers_far_below_the_range_of_float64() {
        let ticks = log10_ticks(Range::new(-500.0, 0.0), 5);
        assert_eq!(labels(&ticks), ["10⁻⁵⁰⁰", "10⁻⁴⁰⁰", "10⁻³⁰⁰", "10⁻²⁰⁰", "10⁻¹⁰⁰", "1"]);
    }

    #[test]
    fn narrow_log_ranges_are_labelled_with_plain_numbers() {
        let ticks = log10_ticks(Range::new(0.4f64.log10(), 6f64.log10()), 6);
        assert_eq!(labels(&ticks), ["0.5", "1", "2", "5"]);
        let ticks = log10_ticks(Range::new(0.9f64.log10(), 1.1f64.log10()), 5);
        assert_eq!(labels(&ticks), ["0.9", "0.95", "1", "1.05", "1.1"]);
        assert!(ticks[2].value.abs() < 1e-12);
    }

    #[test]
    fn nice_ranges_hold_the_data_and_end_on_ticks() {
        assert_eq!(nice_linear(Range::new(-0.93, 0.88), 5), Range::new(-1.0, 1.0));
        let range = nice_log10(Range::new(-47.3, 0.2), 6);
        assert_eq!(range, Range::new(-50.0, 5.0));
    }

    #[test]
    fn a_sticky_range_grows_at_once_and_shrinks_late() {
        let mut sticky = StickyRange::default();
        assert_eq!(sticky.update(Range::new(-50.0, 0.0)), Range::new(-50.0, 0.0));
        assert_eq!(sticky.update(Range::new(-45.0, 0.0)), Range::new(-50.0, 0.0));
        assert_eq!(sticky.update(Range::new(-55.0, 0.0)), Range::new(-55.0, 0.0));
        assert_eq!(sticky.update(Range::new(-20.0, 0.0)), Range::new(-20.0, 0.0));
    }

    #[test]
    fn projection_goes_there_and_back() {
        let projection = Projection::new(Range::new(-2.0, 6.0), 200.0, 40.0);
        assert_eq!(projection.to_px(-2.0), 200.0);
        assert_eq!(projection.to_px(6.0), 40.0);
        assert!((projection.to_value(projection.to_px(1.25)) - 1.25).abs() < 1e-12);
    }
}
