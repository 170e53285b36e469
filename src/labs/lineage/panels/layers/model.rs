//! The charts of the transformer view.

use crate::charts::{format_value, Axis, AxisKind, ColourScale, Dash, HeatmapModel, Ink, LineModel, Series};
use crate::labs::lineage::compute::layers::{Layered, VARIANTS};
use crate::labs::lineage::compute::reach::Square;
use crate::labs::lineage::settings::LineageSettings;
use crate::labs::words::{counted, power_of_ten, share};

const INKS: [Ink; 4] = [Ink::Category(0), Ink::Category(2), Ink::Category(1), Ink::Category(3)];
const LABELS: [&str; 4] = ["post", "pre", "no norms", "no residuals"];
/// Names of the whole and the two paths.
const PATH_NAMES: [&str; 3] = ["all paths", "along the residual stream", "through attention"];

/// log10 of Xiong et al.'s factor a layer, √(2/3).
fn theorem() -> f64 {
    0.5 * (2.0_f64 / 3.0).log10()
}

/// The gradient by depth.
pub fn depth(found: &Layered, normal: bool) -> LineModel {
    let points = |values: &[f64]| values.iter().enumerate().map(|(l, v)| (l as f64, *v)).collect::<Vec<(f64, f64)>>();
    let layers = found.by_layer.iter().map(Vec::len).max().unwrap_or(0).max(2) - 1;
    let mut series: Vec<Series> = found
        .by_layer
        .iter()
        .zip(VARIANTS.iter().zip(INKS.iter().zip(LABELS)))
        .filter(|(values, _)| !values.is_empty())
        .map(|(values, (name, (ink, label)))| Series::new(*name, *ink, points(values)).with_end_label(label))
        .collect();
    // The end labels stand where curves fan out: at the first layer, which is the right end here.
    series.iter_mut().for_each(|s| s.points = s.points.iter().rev().map(|(l, v)| (layers as f64 - l, *v)).collect());
    if normal && !found.by_layer[0].is_empty() {
        let line: Vec<(f64, f64)> = (0..=layers).map(|l| (l as f64, theorem() * l as f64)).collect();
        series.push(Series::new("post, by its norms alone: √(2/3) a layer", INKS[0], line).with_dash(Dash::Dotted).with_width(1.25));
    }
    let y = Axis::fit(
        "gradient, relative to the last layer",
        AxisKind::Log10,
        series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).chain([0.0]),
    );
    LineModel { x: Axis::step("layers back", 0, layers), y, series, rules: vec![], bands: vec![] }
}

/// What depth does, in a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Depth {
    /// What is left of the gradient below all layers, log10: norms after, norms first.
    Compared { layers: usize, post: f64, pre: f64 },
    /// One of both overflows.
    Open,
}

impl Depth {
    /// Of what was found.
    pub fn of(found: &Layered) -> Self {
        let [post, pre, ..] = &found.by_layer;
        match (post.first(), pre.first()) {
            (Some(p), Some(q)) if !p.is_nan() && !q.is_nan() => Self::Compared { layers: post.len() - 1, post: *p, pre: *q },
            _ => Self::Open,
        }
    }

    /// In words.
    pub fn sentence(self) -> String {
        match self {
            Self::Compared { layers, post, pre } => format!(
                "{} down, the gradient is at {} of its size at the output with norms after the sum, and at {} with norms first.",
                counted(layers, "layer"),
                percent(post),
                percent(pre)
            ),
            Self::Open => "With these weights numbers overflow, and there is nothing to compare.".to_owned(),
        }
    }
}

/// `214%` from a log10, or a power of ten.
fn percent(log10: f64) -> String {
    if (-2.0..1.0).contains(&log10) {
        return format!("{:.0}%", 100.0 * 10f64.powf(log10));
    }
    power_of_ten(log10)
}

/// Reach by input step, by path.
pub fn streams(found: &Layered) -> LineModel {
    let points = |values: &[f64]| values.iter().enumerate().map(|(k, v)| (k as f64, *v)).collect::<Vec<(f64, f64)>>();
    let [total, residual, attention] = &found.by_path;
    let steps = total.len();
    // What attention hears of a step if every weight of one layer is even.
    let even = -((found.loss + 1) as f64).log10();
    let own = total.get(found.loss).copied().unwrap_or(f64::NAN);
    let line: Vec<(f64, f64)> = (0..=found.loss).map(|k| (k as f64, own + even)).collect();
    let series = vec![
        Series::new(PATH_NAMES[0], Ink::PaleStrong, points(total)).with_width(4.0),
        Series::new(PATH_NAMES[2], Ink::Category(0), points(attention)),
        // One point: its own step.
        Series::new(PATH_NAMES[1], Ink::Category(1), around(residual, found.loss)),
        Series::new("1/T of its own step: even attention", Ink::Theory, line).with_dash(Dash::Dotted).with_width(1.25),
    ];
    let y = Axis::fit("reach, ‖∂yₜ/∂xₖ‖", AxisKind::Log10, series.iter().flat_map(|s| s.points.iter().map(|p| p.1)));
    LineModel { x: Axis::step("input step k", 0, steps.max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

/// A single value as a short stroke that can be seen.
fn around(values: &[f64], at: usize) -> Vec<(f64, f64)> {
    let value = values.get(at).copied().filter(|v| v.is_finite());
    let last = values.len().saturating_sub(1) as f64;
    value.map_or_else(Vec::new, |v| [-0.5, 0.0, 0.5].map(|by| ((at as f64 + by).clamp(0.0, last), v)).to_vec())
}

/// What the first step still counts, in a sentence.
pub fn streams_headline(found: &Layered) -> String {
    let [total, ..] = &found.by_path;
    let (Some(first), Some(own)) = (total.first(), total.get(found.loss)) else { return String::new() };
    if found.loss == 0 {
        return "The loss is at the first step, which sees itself alone.".to_owned();
    }
    format!("Output {} hears the first step at {} of what it hears of its own.", found.loss, share(first - own))
}

/// The weights of one head: keys across, queries up. What the mask takes out is blank.
pub fn head(found: &Layered, settings: &LineageSettings, head: usize) -> Option<HeatmapModel> {
    let (steps, layer) = (settings.steps, settings.layer.clamp(1, settings.layers) - 1);
    let size = steps * steps;
    let from = (layer * settings.heads + head) * size;
    let weights = found.maps.get(from..from + size)?;
    let value = |query: usize, key: usize| if key > query { f64::NAN } else { weights[query * steps + key].log10() };
    let values = (0..steps).flat_map(|key| (0..steps).map(move |query| (query, key))).map(|(query, key)| value(query, key));
    Some(HeatmapModel {
        x: Axis::step("key k", 0, steps.max(2) - 1),
        rows: steps,
        cols: steps,
        x0: 0,
        stride: 1,
        values: values.collect::<Vec<f64>>().into(),
        scale: ColourScale::Sequential { min: -3.0, max: 0.0 },
        row_name: "query t".to_owned(),
        value_name: "log10 of the weight".to_owned(),
    })
}

/// How even the weights of a layer are: the largest weight of the last query, over its heads, beside 1/T.
pub fn heads_headline(found: &Layered, settings: &LineageSettings) -> String {
    let (steps, layer) = (settings.steps, settings.layer.clamp(1, settings.layers));
    let heads = settings.heads;
    let row = |head: usize| {
        let from = (((layer - 1) * heads + head) * steps + found.loss) * steps;
        found.maps.get(from..from + found.loss + 1)
    };
    let largest = (0..heads).filter_map(row).flatten().copied().fold(f64::NAN, f64::max);
    if largest.is_nan() {
        return format!("Maps of weights are drawn up to 64 steps; this sequence has {steps}.");
    }
    let even = 1.0 / (found.loss + 1) as f64;
    format!(
        "Layer {layer}: the largest weight at query {} is {}; even weights would be {}.",
        found.loss,
        format_value(largest),
        format_value(even)
    )
}

/// What the order of the past is worth, in sentences.
pub fn order_note(found: &Layered, settings: &LineageSettings) -> String {
    let [without, with] = found.reversed;
    if found.loss == 0 || without.is_nan() || with.is_nan() {
        return "There is no past to be turned round.".to_owned();
    }
    let by = |change: f64| format_value(change);
    let blind = without < 1e-9;
    let why = match (blind, settings.layers) {
        (true, _) => "without positions one layer sees which steps came, not in which order",
        (false, _) => "without positions the mask alone still gives the order away, from the second layer on",
    };
    format!("The past turned round changes the output by {} (relative) with positions and by {} without: {why}.", by(with), by(without))
}

/// How many outputs hear their own step loudest.
pub fn place_headline(square: &Square) -> String {
    let row = |t: usize| (0..=t).map(move |k| square.value(t, k, false));
    let own = (0..square.rows).filter(|t| row(*t).all(|v| v.is_nan() || v <= square.value(*t, *t, false))).count();
    match square.rows - own {
        0 => "Every output hears its own step loudest.".to_owned(),
        _ => format!("{own} of {} hear their own step loudest.", counted(square.rows, "output")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::layers;
    use crate::labs::written::fault;

    fn found(change: impl FnOnce(&mut LineageSettings)) -> (LineageSettings, Layered) {
        let mut settings = LineageSettings { steps: 20, ..LineageSettings::default() };
        change(&mut settings);
        let found = layers::of(&settings).unwrap();
        (settings, found)
    }

    #[test]
    fn depth_runs_from_the_output_down_and_has_the_theorem_where_its_premise_holds() {
        for normal in [true, false] {
            let (settings, found) = found(|s| (s.layers, s.normal) = (5, normal));
            let model = depth(&found, settings.normal);
            assert_eq!(model.series.len(), 4 + usize::from(normal));
            for (series, values) in model.series.iter().zip(&found.by_layer) {
                assert_eq!((series.points[0], series.points[5].1), ((0.0, 0.0), values[0]));
            }
            assert_eq!(model.series.iter().any(|s| s.dash == Dash::Dotted), normal);
        }
    }

    #[test]
    fn sentences_say_what_was_found() {
        for (layers, heads, gain, back) in [(1, 1, 1.0, 0), (2, 4, 1.0, 7), (12, 2, 2.0, 19), (3, 1, 0.0, 0)] {
            let (settings, found) = found(|s| (s.layers, s.heads, s.gain, s.back) = (layers, heads, gain, back));
            let claim = Depth::of(&found);
            if let Depth::Compared { layers: n, post, pre } = claim {
                assert_eq!((n, post, pre), (layers, found.by_layer[0][0], found.by_layer[1][0]));
            }
            for sentence in [claim.sentence(), streams_headline(&found), heads_headline(&found, &settings), order_note(&found, &settings)] {
                assert_eq!(fault(&sentence), None, "{sentence}");
            }
        }
        let (settings, one) = found(|s| s.layers = 1);
        assert!(order_note(&one, &settings).contains("not in which order"));
        let (settings, two) = found(|s| s.layers = 2);
        assert!(order_note(&two, &settings).contains("the mask alone"));
    }

    #[test]
    fn own_steps_that_are_loudest_are_counted() {
        let square = |values: [f64; 4]| Square { rows: 2, columns: 2, values: values.to_vec(), newest: vec![values[0], values[3]] };
        let zero = f64::NEG_INFINITY;
        assert_eq!(place_headline(&square([0.0, zero, -1.0, 0.5])), "Every output hears its own step loudest.");
        assert_eq!(place_headline(&square([0.0, zero, 1.0, 0.5])), "1 of 2 outputs hear their own step loudest.");
    }

    #[test]
    fn a_map_has_keys_across_queries_up_and_no_future() {
        let (settings, found) = found(|s| (s.layers, s.heads, s.layer) = (3, 2, 2));
        let map = head(&found, &settings, 1).unwrap();
        let weight = found.maps[((2 + 1) * 20 + 7) * 20 + 3];
        assert_eq!(map.values[3 * 20 + 7], weight.log10());
        assert!(map.values[8 * 20 + 7].is_nan());
        assert_eq!(head(&found, &settings, 9), None);
    }
}
