//! The charts of the spectrum view.

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Marker, PlaneModel, PointSet, Series};
use crate::labs::lineage::compute::poles::{rule, Poles};
use crate::labs::lineage::settings::LineageSettings;
use crate::labs::words::{counted, share};
use unroll_engine::lineage::discretise::Rule;

/// What counts as forgotten, relative to the largest of the kernel.
const FORGOTTEN: f64 = 0.01;

/// A with its conjugates, in the half-plane where everything decays.
pub fn continuous(found: &Poles) -> PlaneModel {
    PlaneModel { sets: vec![set("A", &found.continuous)], unit_circle: false }
}

/// Ā with its conjugates, and the unit circle.
pub fn discrete(found: &Poles) -> PlaneModel {
    PlaneModel { sets: vec![set("Ā", &found.discrete)], unit_circle: true }
}

fn set(name: &str, stored: &[(f64, f64)]) -> PointSet {
    let both = stored.iter().flat_map(|(re, im)| [Some((*re, *im)), (*im != 0.0).then_some((*re, -*im))]).flatten();
    PointSet { name: name.to_owned(), ink: Ink::Category(2), marker: Marker::Circle, points: both.collect::<Vec<_>>().into() }
}

/// What the step makes of the eigenvalues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// |Ā| of the slowest and of the fastest.
    pub slowest: f64,
    pub fastest: f64,
    /// Real ones below 0: their state changes its sign every step.
    pub turned: usize,
    pub stored: usize,
}

impl Kept {
    /// Of what was found.
    pub fn of(found: &Poles) -> Self {
        let moduli = || found.discrete.iter().map(|(re, im)| re.hypot(*im));
        let turned = found.discrete.iter().filter(|(re, im)| *im == 0.0 && *re < 0.0).count();
        Self {
            slowest: moduli().fold(0.0, f64::max),
            fastest: moduli().fold(f64::INFINITY, f64::min),
            turned,
            stored: found.discrete.len(),
        }
    }

    /// In words.
    pub fn sentence(&self) -> String {
        let Self { slowest, fastest, turned, stored } = *self;
        if turned > 0 {
            return format!(
                "{turned} of {} {} below 0: their state changes its sign at every step, which no hold does.",
                counted(stored, "eigenvalue"),
                if turned == 1 { "lies" } else { "lie" }
            );
        }
        let keeps = |modulus: f64| share(modulus.log10());
        if (slowest - fastest).abs() < 1e-9 * slowest {
            return format!("Every eigenvalue keeps {} of its state a step.", keeps(slowest));
        }
        format!("The slowest eigenvalue keeps {} of its state a step, the fastest {}.", keeps(slowest), keeps(fastest))
    }
}

/// The answer to an impulse.
pub fn kernel(found: &Poles) -> LineModel {
    let points: Vec<(f64, f64)> = found.kernel.iter().enumerate().map(|(l, v)| (l as f64, *v)).collect();
    let y = Axis::fit("answer", AxisKind::Linear, points.iter().map(|p| p.1).chain([0.0]));
    let series = vec![Series::new("kernel", Ink::Category(2), points)];
    LineModel { x: Axis::step("step", 0, found.kernel.len().max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

/// The last lag at which the answer is at least 1% of its largest.
pub fn last_heard(found: &Poles) -> Option<usize> {
    let largest = found.kernel.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    found.kernel.iter().rposition(|v| largest > 0.0 && v.abs() >= FORGOTTEN * largest)
}

/// How long the answer is.
pub fn kernel_headline(found: &Poles) -> String {
    let last = found.kernel.len().saturating_sub(1);
    match last_heard(found) {
        None => "The answer is exactly zero.".to_owned(),
        Some(lag) if lag == last => format!("The answer is still above 1% of its largest value after {}.", counted(last, "step")),
        Some(lag) => format!("The answer stays below 1% of its largest value from {} after the impulse on.", counted(lag + 1, "step")),
    }
}

/// Recurrence and convolution, in a sentence.
pub fn apart_note(found: &Poles) -> String {
    format!("Recurrence and convolution with this kernel differ by at most {} of the largest output.", format_value(found.apart))
}

/// |B̄| of Mamba's rule over the hold's, against Δ.
pub fn hold(found: &Poles, settings: &LineageSettings) -> LineModel {
    let curve = |which: usize| found.ratios.iter().map(|(log, ratios)| (*log, ratios[which].log10())).collect::<Vec<(f64, f64)>>();
    let mut series = vec![
        Series::new("slowest eigenvalue", Ink::Category(2), curve(0)).with_end_label("slowest"),
        Series::new("fastest eigenvalue", Ink::Category(0), curve(1)).with_end_label("fastest"),
    ];
    let (from, to) = (found.ratios.first().map_or(-4.0, |p| p.0), found.ratios.last().map_or(1.0, |p| p.0));
    let y = Axis::fit(
        "|B̄| by Mamba’s rule / by the hold",
        AxisKind::Log10,
        series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).chain([0.0]),
    );
    let here = settings.delta.log10();
    series.push(Series::new("Δ of now", Ink::Theory, vec![(here, y.min), (here, y.max)]).with_dash(Dash::Dashed).with_width(1.0));
    LineModel { x: Axis::log10("Δ", from, to + 0.2), y, series, rules: vec![], bands: vec![] }
}

/// What the two rules make of the input at the step of now, from the eigenvalues themselves.
pub fn hold_headline(found: &Poles, settings: &LineageSettings) -> String {
    let ratios = found.continuous.iter().map(|a| crate::labs::lineage::compute::poles::ratio(*a, settings.delta));
    let (low, high) = ratios.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    let chosen = match rule(settings) {
        Rule::Mamba => "",
        _ => " (the chosen rule does not use it)",
    };
    format!(
        "At Δ = {}, Euler’s step for the input is {} to {} times the hold{chosen}.",
        format_value(settings.delta),
        format_value(low),
        format_value(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::poles;
    use crate::labs::written::fault;

    fn found(change: impl FnOnce(&mut LineageSettings)) -> (LineageSettings, Poles) {
        let mut settings = LineageSettings::default();
        change(&mut settings);
        let found = poles::of(&settings).unwrap();
        (settings, found)
    }

    #[test]
    fn sentences_are_true_and_whole_for_every_spectrum_rule_and_step() {
        for spectrum in 0..3 {
            for step_rule in 0..3 {
                for (delta, steps) in [(1e-4, 16), (0.1, 64), (3.0, 200)] {
                    let (settings, found) = found(|s| (s.spectrum, s.step_rule, s.delta, s.steps) = (spectrum, step_rule, delta, steps));
                    let kept = Kept::of(&found);
                    assert!(kept.slowest >= kept.fastest && kept.slowest <= 1.0);
                    let lag = last_heard(&found).unwrap();
                    let largest = found.kernel.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
                    assert!(found.kernel[lag].abs() >= 0.01 * largest && found.kernel[lag + 1..].iter().all(|v| v.abs() < 0.01 * largest));
                    for sentence in [kept.sentence(), kernel_headline(&found), apart_note(&found), hold_headline(&found, &settings)] {
                        assert_eq!(fault(&sentence), None, "{sentence}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_bilinear_rule_is_said_to_turn_fast_real_eigenvalues() {
        let (_, turned) = found(|s| (s.spectrum, s.step_rule, s.delta) = (2, 1, 1.0));
        // A = −1 … −8: those beyond 2.
        assert_eq!(Kept::of(&turned).turned, 6);
        assert!(Kept::of(&turned).sentence().starts_with("6 of 8 eigenvalues lie below 0"));
    }

    #[test]
    fn conjugates_are_drawn_and_real_numbers_once() {
        let (_, lin) = found(|_| {});
        // The first of S4D-Lin is real.
        assert_eq!(discrete(&lin).sets[0].points.len(), 15);
        let (_, real) = found(|s| s.spectrum = 2);
        assert_eq!(continuous(&real).sets[0].points.len(), 8);
    }
}
