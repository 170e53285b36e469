//! The report on one cell: what the analysis says, and what follows from its numbers. Pure.

use std::fmt::Write as _;

use unroll_engine::order;
use unroll_engine::tolerance::{SIGMOID_SATURATED_ABOVE, SIGMOID_SATURATED_BELOW};
use unroll_engine::{Activation, Analysis, Cell};

use super::advice::{advice, keeper, Advice};
use crate::charts::format_value;
use crate::labs::flow::brought;
use crate::labs::flow::claims::{fate_word, Figures, VerdictClaim};
use crate::labs::flow::files::model::{place, place_of};
use crate::labs::flow::settings::Settings;
use crate::labs::flow::sweep::report::{Measures, SEEDS};
use crate::labs::flow::words::{self, cell_name, counted};

/// A unit whose gate keeps more than this per step on average is held open.
const OPEN_ABOVE: f64 = 0.9;
/// Units that are listed one by one.
const LISTED_UNITS: usize = 24;
/// log10 of a gradient norm beyond which clipping saves nothing but a direction.
const HOPELESS_NORM: f64 = 6.0;
/// A gate of which more than this share is saturated is worth a word.
const MUCH_SATURATED: f64 = 0.5;

/// A unit that its gate holds open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenUnit {
    /// From 1.
    pub unit: usize,
    /// What the gate keeps per step, mean over the steps.
    pub keeps: f64,
}

impl OpenUnit {
    /// Steps after which 1/e is left: 1/(1 − f).
    pub fn time_scale(&self) -> f64 {
        1.0 / (1.0 - self.keeps)
    }
}

/// The report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub title: String,
    /// In one sentence.
    pub headline: String,
    /// Name and value.
    pub figures: Vec<(&'static str, String)>,
    /// Gate, mean, share saturated.
    pub gates: Vec<(String, String, String)>,
    /// What the saturation and the open units mean, in a sentence.
    pub gates_sentence: String,
    /// In words; empty for a cell without such a gate.
    pub open_units: String,
    /// Place, growth per step, horizon; empty until they are measured or where there is but one layer.
    pub layers: Vec<(String, String, String)>,
    pub layers_sentence: String,
    pub clipping: String,
    pub advice: Advice,
}

/// ×0.912, as the page writes it everywhere.
pub fn growth_text(value: f64) -> String {
    format!("×{}", words::growth(value))
}

/// "12 of 64 steps".
pub fn horizon_text(horizon: usize, seq_len: usize) -> String {
    if horizon < seq_len {
        format!("{horizon} of {}", counted(seq_len, "step"))
    } else if seq_len > 1 {
        format!("all {seq_len} steps")
    } else {
        counted(seq_len, "step")
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// The units that the forget gate (GRU: the update gate) keeps open, longest memory first.
pub fn open_units(analysis: &Analysis) -> Vec<OpenUnit> {
    let n = analysis.problem.weights.hidden_size;
    let Some((name, _)) = keeper(analysis.problem.weights.cell) else { return Vec::new() };
    let Some(gate) = analysis.trace.gates.iter().find(|gate| gate.name == name) else { return Vec::new() };
    let mut sums = vec![0.0; n];
    for row in gate.values.chunks_exact(n) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let steps = analysis.seq_len.max(1) as f64;
    let mut open: Vec<OpenUnit> = sums
        .iter()
        .enumerate()
        .map(|(unit, sum)| OpenUnit { unit: unit + 1, keeps: sum / steps })
        .filter(|u| u.keeps > OPEN_ABOVE)
        .collect();
    order::by(&mut open, |a, b| a.keeps.total_cmp(&b.keeps).is_gt());
    open
}

/// The report on a cell. `measures` are of the same settings, as far as they are known.
pub fn report(settings: &Settings, cell: Cell, analysis: &Analysis, measures: Option<&Measures>) -> Report {
    let weights = &analysis.problem.weights;
    let level = settings.horizon_level;
    let net = settings.nets.of(cell);
    let from = match &net.given {
        Some(given) => {
            let place = place_of(given);
            if place.is_empty() {
                net.name.clone()
            } else {
                format!("{}, {place}", net.name)
            }
        }
        None => format!("drawn from seed {}", settings.seed),
    };
    let edited = net.edits.as_ref().filter(|edits| edits.fit(weights)).map_or(0, |edits| edits.len());
    let summary = Figures::of(&analysis.left, level);
    let assumed = brought::assumptions(settings, cell);
    let mut figures = vec![
        (
            "Net",
            format!(
                "{} of {} that reads {} per step; {from}",
                cell_name(cell),
                counted(weights.hidden_size, "unit"),
                counted(weights.input_size, "number")
            ),
        ),
        ("Verdict", fate_word(analysis.left.fate(settings.limits())).to_owned()),
        ("Left at the first state", summary.left),
        ("Growth per step", summary.growth),
        (if summary.rate_name == "doubling" { "Doubling" } else { "Half-life" }, summary.rate),
        (
            "Horizon",
            format!(
                "{}, at {} of the gradient",
                horizon_text(analysis.left.horizon(level), analysis.left.longest_lag()),
                words::share(level.log10())
            ),
        ),
    ];
    if let Some(worst) = analysis.worst_case() {
        let fate = fate_word(worst.fate(settings.limits()));
        figures.push(("Worst case over all losses", format!("{} ({fate})", words::share(worst.log10_left()))));
    }
    if !assumed.is_empty() {
        figures.push(("Assumed when files were read", assumed.join(" ")));
    }
    if edited > 0 {
        figures.push(("Weights set by hand", edited.to_string()));
    }
    let open = open_units(analysis);
    let (layers, layers_sentence) = layers(settings, cell, analysis, measures);
    Report {
        title: format!("Report on the {}", cell_name(cell)),
        headline: VerdictClaim::of(analysis, settings.limits()).text(),
        figures,
        gates: gates(analysis),
        gates_sentence: gates_sentence(analysis),
        open_units: open_sentence(analysis, &open),
        layers,
        layers_sentence,
        clipping: clipping(settings, cell, measures),
        advice: if analysis.complete { advice(settings, cell, analysis) } else { Advice::Waiting },
    }
}

fn gates(analysis: &Analysis) -> Vec<(String, String, String)> {
    let gate = |gate: &unroll_engine::unroll::Gate| {
        let mean = gate.values.iter().sum::<f64>() / gate.values.len().max(1) as f64;
        (gate.name.to_owned(), if mean.abs() < 9.9995 { format!("{mean:.3}") } else { format_value(mean) }, percent(gate.saturation))
    };
    analysis.trace.gates.iter().map(gate).collect()
}

/// What saturates, told apart into shut and open: a keeping gate that is saturated open passes the whole state.
fn gates_sentence(analysis: &Analysis) -> String {
    let weights = &analysis.problem.weights;
    if weights.cell == Cell::Rnn {
        let share = analysis.trace.gates.first().map_or(0.0, |gate| gate.saturation);
        return match weights.activation {
            Activation::Identity => "A linear unit never saturates.".to_owned(),
            Activation::Relu => format!("{} of unit–step pairs are switched off, and pass nothing.", percent(share)),
            Activation::Tanh | Activation::Sigmoid => format!("{} of unit–step pairs are saturated, and pass little.", percent(share)),
        };
    }
    let (mut much, mut keeps) = (Vec::new(), None);
    for gate in analysis.trace.gates.iter().filter(|gate| gate.saturation > MUCH_SATURATED) {
        if gate.name == "candidate" {
            much.push(format!("{} ({})", gate.name, percent(gate.saturation)));
            continue;
        }
        let count = gate.values.len().max(1) as f64;
        let share = |holds: fn(f64) -> bool| gate.values.iter().filter(|value| holds(**value)).count() as f64 / count;
        let (shut, open) = (share(|value| value < SIGMOID_SATURATED_BELOW), share(|value| value > SIGMOID_SATURATED_ABOVE));
        much.push(format!("{} ({} shut, {} open)", gate.name, percent(shut), percent(open)));
        if keeper(weights.cell).is_some_and(|(keeper, _)| keeper == gate.name) {
            keeps = Some((gate.name, open > shut));
        }
    }
    if much.is_empty() {
        return format!("No gate is saturated at more than {} of its unit–step pairs.", percent(MUCH_SATURATED));
    }
    let state = match keeps {
        Some((gate, true)) => format!(" Where the {gate} gate is open, the state and its gradient pass unchanged."),
        Some((gate, false)) => format!(" Where the {gate} gate is shut, the old state is erased and no gradient passes along it."),
        None => String::new(),
    };
    format!("Saturated, so that these learn little themselves: {}.{state}", much.join(", "))
}

fn open_sentence(analysis: &Analysis, open: &[OpenUnit]) -> String {
    let weights = &analysis.problem.weights;
    let Some((gate, _)) = keeper(weights.cell) else { return String::new() };
    if open.is_empty() {
        return format!("No unit’s {gate} gate keeps more than {} per step on average.", percent(OPEN_ABOVE));
    }
    let listed: Vec<String> =
        open.iter().take(LISTED_UNITS).map(|unit| format!("{} ({} steps)", unit.unit, words::steps(unit.time_scale()))).collect();
    let more = if open.len() > LISTED_UNITS { format!(" and {} more", open.len() - LISTED_UNITS) } else { String::new() };
    let are = if open.len() == 1 { "is" } else { "are" };
    format!(
        "{} of {} {are} held open by the {gate} gate (mean above {OPEN_ABOVE}); with the time scale 1/(1 − mean): {}{more}.",
        open.len(),
        counted(weights.hidden_size, "unit"),
        listed.join(", ")
    )
}

fn layers(settings: &Settings, cell: Cell, analysis: &Analysis, measures: Option<&Measures>) -> (Vec<(String, String, String)>, String) {
    let Some(given) = settings.given(cell).filter(|given| crate::labs::flow::files::model::places(given).len() > 1) else {
        return (Vec::new(), String::new());
    };
    let Some(found) = measures.map(|measures| &measures.layers).filter(|found| !found.is_empty()) else {
        return (Vec::new(), "The layers have not been measured yet.".to_owned());
    };
    let stack = given.stack().layers();
    let both = stack.iter().any(|layer| layer.reverse.is_some());
    let name = |layer, reversed| place(stack.len(), both, layer, reversed);
    let rows = found
        .iter()
        .map(|layer| (name(layer.layer, layer.reversed), growth_text(layer.growth), horizon_text(layer.horizon, analysis.seq_len)))
        .collect();
    let by_horizon = |a: &&crate::labs::flow::sweep::report::LayerMeasure, b: &&crate::labs::flow::sweep::report::LayerMeasure| {
        a.horizon.cmp(&b.horizon).then(a.growth.total_cmp(&b.growth))
    };
    let sentence = match (found.iter().min_by(by_horizon), found.iter().max_by(by_horizon)) {
        (Some(least), Some(_)) if least.horizon >= analysis.seq_len => {
            format!("In every layer the gradient still reaches the first of {}.", counted(analysis.seq_len, "step"))
        }
        // A step or a percent is no difference between layers.
        (Some(least), Some(most)) if most.horizon.abs_diff(least.horizon) <= 1 + most.horizon / 100 => {
            format!("The layers are about equal: the gradient reaches back {} in each.", counted(least.horizon, "step"))
        }
        (Some(least), Some(most)) => format!(
            "The gradient dies first in {}: it reaches back {} there, and {} in {}. Each layer is taken by its own recurrence, on what the layers below give it.",
            name(least.layer, least.reversed),
            counted(least.horizon, "step"),
            most.horizon,
            name(most.layer, most.reversed)
        ),
        _ => String::new(),
    };
    (rows, sentence)
}

fn clipping(settings: &Settings, cell: Cell, measures: Option<&Measures>) -> String {
    let drawn = settings.given(cell).is_none();
    let Some(measures) = measures.filter(|measures| !measures.norms.is_empty()) else {
        return "The distribution of gradient norms has not been measured yet.".to_owned();
    };
    let mut norms = measures.norms.clone();
    order::ascending(&mut norms);
    let at = |share: f64| norms[(share * (norms.len() - 1) as f64).round() as usize];
    let what = if drawn { "the weights, the input noise and the loss direction" } else { "the input noise and the loss direction" };
    if at(0.9) > HOPELESS_NORM {
        return format!(
            "The whole gradient’s norm is {} at the 90% quantile over {SEEDS} seeds of {what}: clipping would leave its direction only. Stop the explosion first.",
            norm(at(0.9))
        );
    }
    if norms.first() == norms.last() {
        return format!(
            "Over {SEEDS} seeds of {what} the norm of the whole gradient is the same, {}: they say nothing about clipping.",
            norm(at(0.5))
        );
    }
    format!(
        "Clip by norm at about {}: the 90% quantile of the whole gradient’s norm ‖∂L/∂θ‖ of this cell over {SEEDS} seeds of {what} (median {}, largest {}). \
         It holds for this loss, not for yours: scale it by the ratio of the medians.",
        norm(at(0.9)),
        norm(at(0.5)),
        norm(at(1.0))
    )
}

fn norm(log10: f64) -> String {
    // 32 seeds do not know more than two digits.
    match 10f64.powf(log10) {
        v if (0.001..0.995).contains(&v) => format!("{v:.*}", (1.0 - log10.floor()) as usize),
        v if (0.995..9.95).contains(&v) => format!("{v:.1}"),
        v if (9.95..99.5).contains(&v) => format!("{v:.0}"),
        v if (99.5..9_950.0).contains(&v) => {
            let unit = 10f64.powf(log10.floor() - 1.0);
            format!("{:.0}", (v / unit).round() * unit)
        }
        _ => words::power_of_ten(log10),
    }
}

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n\n{}\n\n", report.title, report.headline);
    let mut table = |head: &[&str], rows: Vec<Vec<String>>| {
        let line =
            |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "));
        text.push_str(&line(&head.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()));
        text.push_str(&line(&vec!["---".to_owned(); head.len()]));
        rows.iter().for_each(|row| text.push_str(&line(row)));
        text.push('\n');
    };
    table(&["figure", "value"], report.figures.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]).collect());
    let three = |(a, b, c): &(String, String, String)| vec![a.clone(), b.clone(), c.clone()];
    table(&["gate", "mean", "saturated"], report.gates.iter().map(three).collect());
    if !report.layers.is_empty() {
        table(&["layer", "growth per step", "horizon"], report.layers.iter().map(three).collect());
    }
    for sentence in [&report.gates_sentence, &report.open_units, &report.layers_sentence] {
        if !sentence.is_empty() {
            let _ = writeln!(text, "{sentence}\n");
        }
    }
    text.push_str("## What to try\n\n");
    match &report.advice {
        Advice::Try(suggestions) if !suggestions.is_empty() => {
            for suggestion in suggestions {
                let _ = writeln!(text, "- **{}.** {}", suggestion.title, suggestion.why);
            }
        }
        other => {
            let _ = writeln!(text, "{}\n", other.sentence());
        }
    }
    let _ = writeln!(text, "- **Clipping.** {}", report.clipping);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::nets::Net;
    use crate::labs::flow::settings::InputKind;
    use crate::labs::flow::sweep::report::LayerMeasure;
    use std::sync::Arc;
    use unroll_engine::{analyse_critical, Given, Layer, Stack};

    fn of(settings: &Settings, cell: Cell) -> (Analysis, Report) {
        let analysis = analyse_critical(&settings.experiment(cell)).unwrap();
        let report = report(settings, cell, &analysis, None);
        (analysis, report)
    }

    #[test]
    fn open_units_are_those_whose_gate_keeps_more_than_nine_tenths() {
        let settings = Settings { forget_bias: 4.0, hidden_size: 6, ..Settings::default() };
        let (analysis, report) = of(&settings, Cell::Lstm);
        let open = open_units(&analysis);
        assert_eq!(open.len(), 6);
        assert!(open.windows(2).all(|pair| pair[0].keeps >= pair[1].keeps));
        assert!((open[0].time_scale() - 1.0 / (1.0 - open[0].keeps)).abs() < 1e-12);
        assert!(report.open_units.starts_with("6 of 6 units"), "{}", report.open_units);
        let (_, shut) = of(&Settings { forget_bias: -2.0, ..settings }, Cell::Lstm);
        assert!(shut.open_units.starts_with("No unit"));
    }

    #[test]
    fn a_gate_that_is_saturated_open_is_told_from_one_that_is_shut() {
        let base = Settings { hidden_size: 4, input: InputKind::Constant, ..Settings::default() };
        let sentence = |fb, ib| of(&Settings { forget_bias: fb, input_gate_bias: ib, ..base.clone() }, Cell::Lstm).1.gates_sentence;
        let open = sentence(20.0, -20.0);
        assert!(open.contains("input (100% shut, 0% open), forget (0% shut, 100% open)"), "{open}");
        assert!(open.ends_with("Where the forget gate is open, the state and its gradient pass unchanged."), "{open}");
        let shut = sentence(-20.0, 0.0);
        assert!(shut.ends_with("Where the forget gate is shut, the old state is erased and no gradient passes along it."), "{shut}");
    }

    #[test]
    fn the_layer_where_the_gradient_dies_and_the_clipping_threshold_are_named() {
        let weights = |d, seed| {
            Settings { hidden_size: 4, input_size: d, input: InputKind::Noise, seed, ..Settings::default() }
                .experiment(Cell::Gru)
                .weights()
                .unwrap()
        };
        let layer = |d, seed| Layer { forward: weights(d, seed), reverse: None };
        let given = Given::new(Arc::new(Stack::new(vec![layer(1, 1), layer(4, 2)]).unwrap()), 1, false).unwrap();
        let mut settings = Settings::schema_1();
        settings.bring(Cell::Gru, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        let analysis = analyse_critical(&settings.experiment(Cell::Gru)).unwrap();
        let measure = |layer, horizon| LayerMeasure { layer, reversed: false, growth: 0.9, horizon };
        let measures = Measures { layers: vec![measure(0, 30), measure(1, 4)], norms: (0..32).map(|i| f64::from(i) / 31.0).collect() };
        let report = report(&settings, Cell::Gru, &analysis, Some(&measures));
        assert!(report
            .layers_sentence
            .starts_with("The gradient dies first in layer 2 of 2: it reaches back 4 steps there, and 30 in layer 1 of 2."));
        assert!(report.clipping.contains("Clip by norm at about 8.0"), "{}", report.clipping);
        let text = markdown(&report);
        for part in ["# Report on the GRU", "| layer 2 of 2 | ×0.900 | 4 of 64 steps |", "## What to try", "**Clipping.**"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
