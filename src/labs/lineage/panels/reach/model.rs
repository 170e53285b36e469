//! The chart of reach against lag, and what stands in its table.

use unroll_engine::lineage::linear_family::Linear;
use unroll_engine::lineage::Family;
use unroll_engine::Cell;

use crate::charts::{format_log10, Axis, AxisKind, Dash, Ink, LineModel, Rule, Series, TableModel};
use crate::labs::lineage::claims::curves;
use crate::labs::lineage::compute::reach::{Curve, Found};
use crate::labs::lineage::models::{Place, MODELS};

/// Decades that theory may lie beyond what was measured before it leaves the chart.
const BEYOND: f64 = 0.5;

/// What the theory of a model is called.
pub fn theory_name(place: Place) -> &'static str {
    match MODELS[place].family {
        Family::Recurrent(Cell::Rnn) => "RNN: Pascanu’s bound",
        Family::Recurrent(Cell::Lstm) => "LSTM: fˡ, f = σ(b)",
        Family::Recurrent(Cell::Gru) => "GRU: zˡ, z = σ(b)",
        Family::Linear(Linear::MinGru) => "minGRU: ∏(1 − z), best unit",
        Family::Linear(Linear::MinLstm) => "minLSTM: ∏f, best unit",
        Family::Linear(Linear::Legs) => "LegS: closed form",
        Family::Linear(Linear::Dense(_)) => "S4: ‖e^(Δ·lag·A)B‖",
        Family::Linear(Linear::Diagonal(..)) => "S4D: e^(−Δ·lag/2)",
        Family::EncoderDecoder { .. } => "even attention: 1/T each",
        Family::Transformer => "transformer: 1/T of its own step",
        _ => "",
    }
}

/// A curve by lag, relative to lag 0 or as it is.
fn points(values: &[f64], base: f64) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(lag, value)| (lag as f64, value - base)).collect()
}

/// The chart.
pub fn chart(found: &[Found], relative: bool) -> LineModel {
    let base = |curve: &Curve| if relative { curve.base() } else { 0.0 };
    let measured: Vec<Series> = curves(found)
        .map(|(place, curve)| {
            let model = &MODELS[place];
            Series::new(model.name, model.ink, points(&curve.by_lag, base(curve))).with_end_label(model.label)
        })
        .collect();
    let values = || measured.iter().flat_map(|series| series.points.iter().map(|p| p.1)).filter(|v| v.is_finite());
    let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (v.min(low), v.max(high)));
    let theory = curves(found).filter(|(_, curve)| !curve.theory.is_empty()).map(|(place, curve)| {
        // What leaves the chart has no point: the axis is that of what was measured.
        let inside = |v: f64| if v > high + BEYOND || v < low - BEYOND { f64::NAN } else { v };
        let points: Vec<(f64, f64)> = points(&curve.theory, base(curve)).into_iter().map(|(lag, v)| (lag, inside(v))).collect();
        Series::new(theory_name(place), MODELS[place].ink, points).with_dash(Dash::Dotted).with_width(1.25)
    });
    let theory: Vec<Series> = theory.collect();
    let name = if relative { "reach relative to lag 0" } else { "reach, ‖∂yₜ/∂xₖ‖" };
    let y = Axis::fit(name, AxisKind::Log10, values().chain(relative.then_some(0.0)));
    let longest = curves(found).map(|(_, curve)| curve.by_lag.len()).max().unwrap_or(2);
    let rules = if relative { vec![Rule { value: 0.0, label: String::new(), ink: Ink::Theory, dash: Dash::Solid }] } else { Vec::new() };
    LineModel { x: Axis::step("lag", 0, longest.max(2) - 1), y, series: measured.into_iter().chain(theory).collect(), rules, bands: vec![] }
}

/// Sizes of the models that are shown.
pub fn sizes(found: &[Found]) -> TableModel {
    let rows = curves(found).map(|(place, curve)| {
        let at_end = curve.by_lag.last().map_or_else(String::new, |value| format_log10(value - curve.base()));
        vec![
            MODELS[place].name.to_owned(),
            curve.hidden_size.to_string(),
            curve.parameters.to_string(),
            curve.state.to_string(),
            format_log10(curve.base()),
            at_end,
        ]
    });
    TableModel {
        caption: "Sizes of the models".to_owned(),
        columns: ["Model", "n", "parameters", "state", "reach at lag 0", "at the longest lag, relative"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// Why models have no curve: a sentence each.
pub fn missing(found: &[Found]) -> Vec<String> {
    let of = |(place, curve): &Found| Some(format!("{}: {}", MODELS[*place].name, curve.as_ref().err()?));
    found.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::reach;
    use crate::labs::lineage::models::COUNT;
    use crate::labs::lineage::settings::LineageSettings;

    fn all(settings: &LineageSettings) -> Vec<Found> {
        (0..COUNT).map(|place| (place, reach::curve(place, settings))).collect()
    }

    #[test]
    fn relative_curves_start_at_one_and_theory_is_dotted_in_the_models_ink() {
        let found = all(&LineageSettings { steps: 20, ..LineageSettings::default() });
        let model = chart(&found, true);
        let (solid, dotted): (Vec<&Series>, Vec<&Series>) = model.series.iter().partition(|series| series.dash == Dash::Solid);
        assert_eq!((solid.len(), dotted.len()), (COUNT, 10));
        assert!(solid.iter().all(|series| series.points[0] == (0.0, 0.0) && series.end_label.is_some()));
        for theory in dotted {
            assert!(!theory.name.is_empty() && solid.iter().any(|series| series.ink == theory.ink), "{}", theory.name);
        }
        assert!(chart(&found, false).series[0].points[0].1 < 0.0);
    }

    #[test]
    fn the_axis_is_that_of_the_measurement() {
        let found = vec![(0, reach::curve(0, &LineageSettings::default()))];
        let model = chart(&found, true);
        // The bound grows by two decades; nothing measured does.
        assert!(model.y.max < 1.0, "{}", model.y.max);
    }

    #[test]
    fn what_cannot_be_built_is_said_and_the_rest_is_drawn() {
        let found = all(&LineageSettings { input_size: 2, steps: 8, ..LineageSettings::default() });
        assert_eq!(missing(&found), ["time-varying LegS: The input size is 2. It must be 1."]);
        assert_eq!(chart(&found, true).series.iter().filter(|series| series.dash == Dash::Solid).count(), COUNT - 1);
        assert_eq!(sizes(&found).rows.len(), COUNT - 1);
    }

    #[test]
    fn a_chart_of_nothing_has_axes() {
        assert!(chart(&[], true).series.is_empty());
    }
}
