//! The charts and sentences of the selective view.

use crate::charts::{format_value, Axis, AxisKind, Dash, HeatmapModel, Ink, LineModel, Series};
use crate::labs::lineage::compute::selects::Selects;
use crate::labs::lineage::panels::matrix::model as matrix;
use crate::labs::words::{counted, share};

/// log10 Δ of every channel over the text.
pub fn deltas(found: &Selects) -> HeatmapModel {
    let (rows, cols) = (found.delta.len(), found.delta.first().map_or(0, Vec::len));
    let log = |channel: usize, t: usize| found.delta[channel][t].log10();
    let values: Vec<f64> = (0..cols).flat_map(|t| (0..rows).map(move |channel| log(channel, t))).collect();
    let scale = matrix::scale(values.iter().copied());
    HeatmapModel {
        x: Axis::step("step", 0, cols.max(2) - 1),
        rows,
        cols,
        x0: 0,
        stride: 1,
        values: values.into(),
        scale,
        row_name: "channel".to_owned(),
        value_name: "log10 of Δ".to_owned(),
    }
}

/// A character as a sentence has it.
fn quoted(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        '\n' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        c => format!("“{c}”"),
    }
}

/// A character of the text with how far it opens the gate: 0 for the least Δ of the channel, 1 for the largest, on a log scale.
pub fn shaded(found: &Selects, channel: usize) -> Vec<(char, f64)> {
    let Some(delta) = found.delta.get(channel) else { return Vec::new() };
    let logs: Vec<f64> = delta.iter().map(|d| d.log10()).filter(|d| d.is_finite()).collect();
    let (low, high) = logs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (v.min(low), v.max(high)));
    let of = |d: f64| if high > low { ((d.log10() - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    found.text.chars().zip(delta).map(|(c, d)| (c, of(*d))).collect()
}

/// Which character opens the most, and which the least.
pub fn headline(found: &Selects, channel: usize) -> String {
    let Some(delta) = found.delta.get(channel) else { return String::new() };
    let pairs = || found.text.chars().zip(delta.iter().copied());
    let (Some(most), Some(least)) = (pairs().max_by(|a, b| a.1.total_cmp(&b.1)), pairs().min_by(|a, b| a.1.total_cmp(&b.1))) else {
        return "There is no text.".to_owned();
    };
    if most.1 == least.1 {
        return format!("Every character has the same Δ in channel {}: {}.", channel + 1, format_value(most.1));
    }
    format!(
        "In channel {}, {} lets in the most (Δ = {}), {} the least ({}).",
        channel + 1,
        quoted(most.0),
        format_value(most.1),
        quoted(least.0),
        format_value(least.1)
    )
}

/// What is kept of each state at the end.
pub fn kept(found: &Selects) -> LineModel {
    let points = |values: &[f64]| values.iter().enumerate().map(|(k, v)| (k as f64, *v)).collect::<Vec<(f64, f64)>>();
    let series = vec![
        Series::new("by the product of steps", Ink::PaleCategory(2), points(&found.kept)).with_width(4.0),
        Series::new("by the sum: e to the power −ΣΔ", Ink::Category(0), points(&found.by_sum)).with_dash(Dash::Dotted),
    ];
    let y = Axis::fit("∂h_T/∂h_k", AxisKind::Log10, series.iter().flat_map(|s: &Series| s.points.iter().map(|p| p.1)).chain([0.0]));
    LineModel { x: Axis::step("state k", 0, found.kept.len().max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

/// What is left of the first state.
pub fn kept_headline(found: &Selects) -> String {
    let (Some(first), steps) = (found.kept.first(), found.kept.len().saturating_sub(1)) else { return String::new() };
    let sum = -found.by_sum.first().copied().unwrap_or(0.0) / std::f64::consts::LOG10_E;
    format!(
        "After {} the slowest number keeps {} of its first state: the sum of Δ is {}.",
        counted(steps, "step"),
        share(*first),
        format_value(sum)
    )
}

/// Product and sum, and the gate, in sentences.
pub fn note(found: &Selects) -> String {
    let apart = found.kept.iter().zip(&found.by_sum).map(|(a, b)| (10f64.powf(a - b) - 1.0).abs()).fold(0.0, f64::max);
    let [low, high] = found.ratio;
    format!(
        "Product and sum differ by at most {} of the value. With one number of state and A = −1 the hold gives a gated cell, (1 − σ(z))h + σ(z)x, to \
         within {}; Mamba’s rule lets in {} to {} times as much.",
        format_value(apart),
        format_value(found.gate),
        format_value(low),
        format_value(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::selects;
    use crate::labs::lineage::settings::LineageSettings;
    use crate::labs::written::fault;

    #[test]
    fn sentences_name_the_characters_that_open_the_most_and_the_least() {
        for (text, gain) in [("The quick brown fox", 1.0), ("aaaa", 1.0), ("x y\tz\n", 4.0), ("abc", 0.0)] {
            let found = selects::of(&LineageSettings { text: text.to_owned(), gain, ..LineageSettings::default() }).unwrap();
            for sentence in [headline(&found, 0), kept_headline(&found), note(&found)] {
                assert_eq!(fault(&sentence), None, "{sentence}");
            }
            let shades = shaded(&found, 0);
            assert_eq!(shades.len(), text.chars().count());
            let most = shades.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
            assert!(headline(&found, 0).contains(&quoted(most.0)) || headline(&found, 0).starts_with("Every character"));
        }
        let map = deltas(&selects::of(&LineageSettings::default()).unwrap());
        assert_eq!(map.values.len(), map.rows * map.cols);
    }
}
