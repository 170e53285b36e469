//! The charts of the limits view.

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
use crate::labs::lineage::compute::limits::Limits;
use crate::labs::words::times;

/// Decades that an axis goes on past the last point, so that its last number stands clear of its name.
const MARGIN: f64 = 0.2;
const INKS: [Ink; 2] = [Ink::Category(2), Ink::Explode];

/// Var h and Var ∂h/∂λ against 1/(1 − λ), the memory in steps.
pub fn curse(found: &Limits) -> LineModel {
    let curve = |points: &[(f64, [f64; 2])], which: usize| {
        let of = |(gap, values): &(f64, [f64; 2])| (-gap.log10(), values[which].log10());
        points.iter().map(of).collect::<Vec<(f64, f64)>>()
    };
    let names =
        [("Var h, measured", "Var h", "Var h = 1/(1 − λ²)"), ("Var ∂h/∂λ, measured", "Var ∂h/∂λ", "Var ∂h/∂λ = (1 + λ²)/(1 − λ²)³")];
    let mut series = Vec::new();
    for (which, (measured, label, formula)) in names.into_iter().enumerate() {
        series.push(Series::new(measured, INKS[which], curve(&found.measured, which)).with_end_label(label));
        series.push(Series::new(formula, INKS[which], curve(&found.formula, which)).with_dash(Dash::Dotted).with_width(1.25));
    }
    let values = series.iter().flat_map(|s: &Series| s.points.iter()).map(|p| p.1);
    let y = Axis::fit("variance", AxisKind::Log10, values);
    let most = found.formula.last().map_or(3.0, |(gap, _)| -gap.log10());
    LineModel { x: Axis::log10("1/(1 − λ)", 0.0, most + MARGIN), y, series, rules: vec![], bands: vec![] }
}

/// What a longer memory costs, in a sentence.
pub fn curse_headline(found: &Limits) -> String {
    let (Some((first, a)), Some((last, b))) = (found.measured.iter().find(|(gap, _)| *gap < 0.2), found.measured.last()) else {
        return String::new();
    };
    format!(
        "From a memory of {} steps to one of {}, the state’s variance grows {}, that of its derivative {}.",
        format_value((1.0 / first).round()),
        format_value((1.0 / last).round()),
        times((b[0] / a[0]).log10()),
        times((b[1] / a[1]).log10())
    )
}

/// The share of strings told right, by length.
pub fn parity(found: &Limits) -> LineModel {
    let curve =
        |points: &[(usize, f64)]| points.iter().map(|(length, share)| ((*length as f64).log10(), *share)).collect::<Vec<(f64, f64)>>();
    let series = vec![
        Series::new("a = ±1", Ink::Category(0), curve(&found.signs)).with_end_label("a = ±1"),
        Series::new("0 ≤ a ≤ 1, the best threshold", Ink::Category(3), curve(&found.threshold)).with_end_label("0 ≤ a ≤ 1"),
    ];
    let rules = vec![Rule { value: 0.5, label: "a guess".to_owned(), ink: Ink::Theory, dash: Dash::Dotted }];
    let most = found.signs.last().map_or(4.0, |(length, _)| (*length as f64).log10());
    LineModel { x: Axis::log10("bits", 0.0, most + MARGIN), y: Axis::linear("told right", 0.4, 1.05), series, rules, bands: vec![] }
}

/// Who tells parity, in a sentence.
pub fn parity_headline(found: &Limits) -> String {
    let (Some((length, right)), Some((_, threshold))) = (found.signs.last(), found.threshold.last()) else { return String::new() };
    let share = |v: f64| if v == 1.0 { "every prefix".to_owned() } else { format!("{:.1}% of the prefixes", 100.0 * v) };
    format!(
        "Over {length} bits, coefficients of ±1 tell {} right; with coefficients from 0 to 1 the best threshold tells {:.1}% of such strings.",
        share(*right),
        100.0 * threshold
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::limits;
    use crate::labs::lineage::settings::LineageSettings;
    use crate::labs::written::fault;

    #[test]
    fn charts_and_sentences_say_what_was_found() {
        let found = limits::of(&LineageSettings::default()).unwrap();
        let model = curse(&found);
        assert_eq!(model.series.len(), 4);
        assert!(model.series.iter().all(|s| s.points.iter().all(|p| p.1.is_finite())));
        assert_eq!(parity(&found).series[0].points.last(), Some(&(4.0, 1.0)));
        for sentence in [curse_headline(&found), parity_headline(&found)] {
            assert_eq!(fault(&sentence), None, "{sentence}");
        }
        assert!(parity_headline(&found).contains("every prefix right"));
    }
}
