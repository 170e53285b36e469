//! The charts of the attention view.

use crate::charts::{Axis, AxisKind, ColourScale, Dash, HeatmapModel, Ink, LineModel, Rule, Series};
use crate::labs::lineage::compute::pair::Attended;
use crate::labs::lineage::settings::Route;
use crate::labs::words::{power_of_ten, times};

/// Names of the whole and the two paths.
pub const NAMES: [&str; 3] = ["all paths", "through the contexts", "through the state"];

/// Reach by source step, by path.
pub fn split(found: &Attended, attends: bool) -> LineModel {
    let points = |values: &[f64]| values.iter().enumerate().map(|(k, v)| (k as f64, *v)).collect::<Vec<(f64, f64)>>();
    let [total, contexts, state] = &found.by_path;
    let mut series = vec![Series::new(NAMES[0], Ink::PaleStrong, points(total)).with_end_label("all").with_width(4.0)];
    if attends {
        series.push(Series::new(NAMES[1], Ink::Category(0), points(contexts)).with_end_label("contexts"));
    }
    series.push(Series::new(NAMES[2], Ink::Category(1), points(state)).with_end_label("state"));
    if attends {
        let without = Series::new("the same pair without attention", Ink::Muted, points(&found.without));
        series.push(without.with_dash(Dash::Dashed).with_width(1.25));
    }
    let y = Axis::fit("reach, ‖∂logits/∂xₖ‖", AxisKind::Log10, series.iter().flat_map(|s| s.points.iter().map(|p| p.1)));
    LineModel { x: Axis::step("source step k", 0, total.len().max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

/// Which path brings the first source step to the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Brought {
    /// There is no attention: how much of the newest step's reach the first one has, log10.
    StateAlone(f64),
    /// Through the contexts as many times as much as through the state, log10 of the factor, which is at least 1.
    Contexts(f64),
    /// The other way round.
    State(f64),
    /// One of them brings exactly nothing, or it is not determined.
    Open,
}

impl Brought {
    /// Of what was found.
    pub fn of(found: &Attended) -> Self {
        let [total, contexts, state] = &found.by_path;
        let first = |values: &[f64]| values.first().copied().unwrap_or(f64::NAN);
        let apart = first(contexts) - first(state);
        match apart {
            _ if found.alignment.is_empty() => {
                let share = first(total) - total.last().copied().unwrap_or(f64::NAN);
                if share.is_finite() {
                    Self::StateAlone(share)
                } else {
                    Self::Open
                }
            }
            apart if !apart.is_finite() => Self::Open,
            apart if apart >= 0.0 => Self::Contexts(apart),
            apart => Self::State(-apart),
        }
    }

    /// In words.
    pub fn sentence(self, loss: usize) -> String {
        match self {
            Self::StateAlone(share) if share < 0.0 => {
                format!(
                    "Without attention, target step {loss} hears {} of what it hears of the last source step from the first.",
                    percent(share)
                )
            }
            Self::StateAlone(share) => {
                format!("Without attention, target step {loss} hears the first source step {} as much as the last.", times(share))
            }
            Self::Contexts(factor) => {
                format!(
                    "To target step {loss}, the contexts bring {} as much of the first source step as the handed-over state.",
                    times(factor)
                )
            }
            Self::State(factor) => {
                format!(
                    "To target step {loss}, the handed-over state brings {} as much of the first source step as the contexts.",
                    times(factor)
                )
            }
            Self::Open => format!("Nothing of the first source step reaches target step {loss} by one of the two paths."),
        }
    }
}

/// A share in words, from its log10.
fn percent(log10: f64) -> String {
    if log10 < -3.0 {
        return power_of_ten(log10);
    }
    crate::labs::words::share(log10)
}

/// The weights: source across, target up.
pub fn alignment(found: &Attended, steps: usize) -> HeatmapModel {
    let rows = found.alignment.len() / steps.max(1);
    let values = (0..if rows == 0 { 0 } else { steps }).flat_map(|k| (0..rows).map(move |t| found.alignment[t * steps + k]));
    let largest = found.alignment.iter().copied().fold(0.0, f64::max);
    HeatmapModel {
        x: Axis::step("source step k", 0, steps.max(2) - 1),
        rows,
        cols: if rows == 0 { 0 } else { steps },
        x0: 0,
        stride: 1,
        values: values.collect::<Vec<f64>>().into(),
        scale: ColourScale::Sequential { min: 0.0, max: if largest > 0.0 { largest } else { 1.0 } },
        row_name: "target step t".to_owned(),
        value_name: "weight".to_owned(),
    }
}

/// The place of a route among the paths.
pub fn place(route: Route) -> usize {
    match route {
        Route::Total => 0,
        Route::Contexts => 1,
        Route::State => 2,
    }
}

/// The largest weight and ‖∂w/∂e‖ by target step.
pub fn openness(found: &Attended, steps: usize) -> LineModel {
    let largest = found.alignment.chunks_exact(steps.max(1)).map(|w| w.iter().copied().fold(0.0, f64::max));
    let points =
        |values: &mut dyn Iterator<Item = f64>| values.enumerate().map(|(t, v)| (t as f64, v.log10())).collect::<Vec<(f64, f64)>>();
    let series = vec![
        Series::new("largest weight", Ink::Category(0), points(&mut largest.into_iter())).with_end_label("largest w"),
        Series::new("‖∂w/∂e‖", Ink::Category(2), points(&mut found.openness.iter().copied())).with_end_label("‖∂w/∂e‖"),
    ];
    let targets = series[0].points.len();
    let rules = vec![
        Rule { value: -(steps.max(1) as f64).log10(), label: "1/T".to_owned(), ink: Ink::Theory, dash: Dash::Dotted },
        Rule { value: 0.5f64.log10(), label: "½, the most that ‖∂w/∂e‖ can be".to_owned(), ink: Ink::Theory, dash: Dash::Dotted },
    ];
    let values = series.iter().flat_map(|series| series.points.iter().map(|p| p.1)).chain(rules.iter().map(|rule| rule.value)).chain([0.0]);
    let y = Axis::fit("weight", AxisKind::Log10, values.map(|v| v.max(-6.0)));
    LineModel { x: Axis::step("target step t", 0, targets.max(2) - 1), y, series, rules, bands: vec![] }
}

/// How sharp the weights are, in a sentence.
pub fn openness_headline(found: &Attended, steps: usize) -> String {
    let targets = found.alignment.len() / steps.max(1);
    if targets == 0 {
        return "Without attention there are no weights.".to_owned();
    }
    let mean = found.alignment.chunks_exact(steps).map(|w| w.iter().copied().fold(0.0, f64::max)).sum::<f64>() / targets as f64;
    let even = 1.0 / steps as f64;
    let weight = crate::charts::format_value(mean);
    if mean < 2.0 * even {
        return format!(
            "The largest weight is {weight} on average, near the 1/T = {} of even attention.",
            crate::charts::format_value(even)
        );
    }
    if mean > 0.9 {
        return format!("The largest weight is {weight} on average: attention saturates, and its scores learn hardly anything.");
    }
    format!("The largest weight is {weight} on average; even attention would give 1/T = {}.", crate::charts::format_value(even))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::pair;
    use crate::labs::lineage::settings::{Attends, LineageSettings};

    fn found(settings: &LineageSettings) -> Attended {
        pair::of(settings).unwrap()
    }

    #[test]
    fn the_headline_names_the_path_that_brings_more() {
        for keep in [-1.0, 0.0, 2.0, 8.0] {
            for attends in [Attends::General, Attends::Bahdanau, Attends::Concat] {
                let found = found(&LineageSettings { keep, attends, ..LineageSettings::default() });
                let [_, contexts, state] = &found.by_path;
                match Brought::of(&found) {
                    Brought::Contexts(factor) => assert!(contexts[0] >= state[0] && (contexts[0] - state[0] - factor).abs() < 1e-12),
                    Brought::State(factor) => assert!(state[0] > contexts[0] && (state[0] - contexts[0] - factor).abs() < 1e-12),
                    other => panic!("{other:?}"),
                }
            }
        }
        let plain = found(&LineageSettings { attends: Attends::None, ..LineageSettings::default() });
        let Brought::StateAlone(share) = Brought::of(&plain) else { panic!("there is no attention") };
        assert!(share < 0.0);
        assert_eq!(split(&plain, false).series.len(), 2);
        assert_eq!(openness_headline(&plain, 64), "Without attention there are no weights.");
    }

    #[test]
    fn the_alignment_has_sources_across_and_targets_up() {
        let settings = LineageSettings { steps: 10, target_len: 4, ..LineageSettings::default() };
        let found = found(&settings);
        let map = alignment(&found, 10);
        assert_eq!((map.rows, map.cols, map.values.len()), (4, 10, 40));
        assert_eq!(map.values[3 * 4 + 2], found.alignment[2 * 10 + 3]);
        for t in 0..4 {
            assert!(((0..10).map(|k| map.values[k * 4 + t]).sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let model = openness(&found, 10);
        assert!(model.series.iter().all(|series| series.points.len() == 4 && series.points.iter().all(|p| p.1 <= 0.0)));
    }

    #[test]
    fn even_attention_is_called_even() {
        let even = found(&LineageSettings { sharpness: 0.0, ..LineageSettings::default() });
        assert!(openness_headline(&even, 64).contains("near the 1/T = 0.01562"), "{}", openness_headline(&even, 64));
    }
}
