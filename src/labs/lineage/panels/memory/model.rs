//! The past as it was and as the state holds it, and where a memory ends.

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Series};
use crate::labs::lineage::compute::memory::{cliff, Remembered};
use crate::labs::words::power_of_ten;

/// The signal and what is held of it.
pub fn past(found: &Remembered) -> LineModel {
    let points = |values: &[f64]| values.iter().enumerate().map(|(t, v)| (t as f64, *v)).collect::<Vec<(f64, f64)>>();
    let largest = found.signal.iter().fold(0.0_f64, |most, v| most.max(v.abs())).max(1e-9);
    // Next to a step what is held overshoots; what has run away leaves the chart.
    let y = Axis::linear("value", -1.5 * largest, 1.5 * largest);
    let series = vec![
        Series::new("the input", Ink::PaleStrong, points(&found.signal)).with_width(4.0),
        Series::new(format!("what {} coefficients hold of it", found.coefficients), Ink::Category(0), points(&found.held)),
    ];
    LineModel { x: Axis::step("step", 0, found.signal.len().max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

/// An error as a share: `3.4%`, or a power of ten.
fn shown(error: f64) -> String {
    if !(1e-3..1e3).contains(&error) {
        return power_of_ten(error.log10());
    }
    let percent = 100.0 * error;
    match percent {
        p if p < 0.995 => format!("{p:.2}%"),
        p if p < 9.95 => format!("{p:.1}%"),
        p => format!("{p:.0}%"),
    }
}

/// How well the state holds the past.
pub fn past_headline(found: &Remembered) -> String {
    let n = found.coefficients;
    let who = if n == 1 { "1 coefficient holds".to_owned() } else { format!("{n} coefficients hold") };
    format!("{who} the past with an error of {}; the best fit of as many leaves {}.", shown(found.error), shown(found.best))
}

/// The error of a tone by its cycles: measured, and the least there can be.
pub fn ends(found: &Remembered) -> LineModel {
    let log = |points: &[(f64, f64)]| points.iter().map(|(f, e)| (*f, e.log10().max(-12.0))).collect::<Vec<(f64, f64)>>();
    let (bound, measured) = (log(&found.bound), log(&found.measured));
    let all = bound.iter().chain(&measured).map(|p| p.1).filter(|v| *v < 2.0);
    let y = Axis::fit("relative error", AxisKind::Log10, all.chain([0.0]));
    let most = bound.last().map_or(1.0, |p| p.0);
    let edge = cliff(found.coefficients);
    let mut series = vec![Series::new("measured", Ink::Category(0), measured).with_end_label("measured")];
    series.push(Series::new("the least that is possible", Ink::Strong, bound).with_dash(Dash::Dotted));
    if edge < most {
        series.push(Series::new("N/π cycles", Ink::Theory, vec![(edge, y.min), (edge, y.max)]).with_dash(Dash::Dashed).with_width(1.0));
    }
    LineModel { x: Axis::linear("cycles", 0.0, most), y, series, rules: vec![], bands: vec![] }
}

/// Where it ends.
pub fn ends_headline(found: &Remembered) -> String {
    let edge = format_value((10.0 * cliff(found.coefficients)).round() / 10.0);
    match found.coefficients {
        1 => format!("1 coefficient holds tones of up to about N/π = {edge} cycles; beyond that, hardly anything."),
        n => format!("{n} coefficients hold tones of up to about N/π = {edge} cycles; beyond that, hardly anything."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::memory;
    use crate::labs::lineage::settings::LineageSettings;
    use crate::labs::written::fault;

    #[test]
    fn the_least_error_is_small_before_the_cliff_and_large_beyond_it() {
        for n in [4, 8, 16, 40, 64] {
            let settings = LineageSettings { hidden_size: n, steps: 512, rule: 1, ..LineageSettings::default() };
            let found = memory::of(&settings).unwrap();
            let edge = cliff(n);
            let near = |f: f64| found.bound.iter().min_by(|a, b| (a.0 - f).abs().total_cmp(&(b.0 - f).abs())).unwrap().1;
            assert!(near(0.5 * edge) < 0.2 && near(1.5 * edge) > 0.5, "{n}: {} {}", near(0.5 * edge), near(1.5 * edge));
            let model = ends(&found);
            assert!(model.series.iter().any(|series| series.name == "N/π cycles" && series.points[0].0 == edge));
            for sentence in [past_headline(&found), ends_headline(&found)] {
                assert_eq!(fault(&sentence), None, "{sentence}");
            }
        }
    }

    #[test]
    fn errors_read_as_shares() {
        assert_eq!([0.0344, 0.2857, 1e-5, 0.0012, 4.2].map(shown), ["3.4%", "29%", "1.0×10⁻⁵", "0.12%", "420%"]);
    }
}
