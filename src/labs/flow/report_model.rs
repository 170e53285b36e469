//! The report on one cell: what the analysis says, and what follows from its numbers. Pure.

use std::fmt::Write as _;
use std::sync::Arc;

use unroll_engine::experiment::range;
use unroll_engine::verdict::Regime;
use unroll_engine::{Analysis, Cell, Edits, Given, Initialiser, Layer, Parameter, Stack, Weights};

use super::brought;
use super::import_model::{place, place_of};
use super::nets::Net;
use super::settings::Settings;
use super::words::{self, cell_name};
use crate::sweep::report::{Measures, SEEDS};

/// A unit whose gate keeps more than this per step on average is held open.
const OPEN_ABOVE: f64 = 0.9;
/// Units that are listed one by one.
const LISTED_UNITS: usize = 24;
/// A gate of which more than this share is saturated is worth a word.
const MUCH_SATURATED: f64 = 0.5;
/// Orthogonalising more units would stop the page.
const MOST_ORTHOGONAL: usize = 256;

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

/// Something to try, which follows from the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub title: &'static str,
    pub why: String,
    /// The state with it; `None` for what the lab has no setting for.
    pub settings: Option<Settings>,
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
    pub suggestions: Vec<Suggestion>,
}

/// ×0.912, as the page writes it everywhere.
pub fn growth_text(value: f64) -> String {
    match value {
        0.0 => "×0".to_owned(),
        v if !v.is_finite() => "×∞".to_owned(),
        v if v < 0.001 => format!("×{}", words::power_of_ten(v.log10())),
        v => format!("×{v:.3}"),
    }
}

/// "12 of 64 steps".
pub fn horizon_text(horizon: usize, seq_len: usize) -> String {
    if horizon >= seq_len {
        format!("all {seq_len} steps")
    } else {
        format!("{horizon} of {seq_len} steps")
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// The gate that keeps the old state: its name and place in the packing.
fn keeper(cell: Cell) -> Option<(&'static str, usize)> {
    match cell {
        Cell::Rnn => None,
        Cell::Lstm => Some(("forget", 1)),
        Cell::Gru => Some(("update", 1)),
    }
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
    open.sort_by(|a, b| b.keeps.total_cmp(&a.keeps));
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
    let assumed = brought::assumptions(settings, cell);
    let verdict = &analysis.verdict;
    let mut figures = vec![
        ("Net", format!("{} of {} units that reads {} per step; {from}", cell_name(cell), weights.hidden_size, weights.input_size)),
        ("Verdict", words::regime_word(verdict.regime).to_owned()),
        ("Growth per step, exp(λ₁)", growth_text(verdict.growth_per_step)),
        ("Horizon", format!("{} at {} of a change", horizon_text(analysis.horizon(level), analysis.seq_len), words::share(level.log10()))),
    ];
    if !assumed.is_empty() {
        figures.push(("Assumed when files were read", assumed.join(" ")));
    }
    if let Some(half) = verdict.half_life {
        figures.push(("Half-life of the gradient", format!("{} steps", words::steps(half))));
    }
    if let Some(double) = verdict.doubling_time {
        figures.push(("The gradient doubles in", format!("{} steps", words::steps(double))));
    }
    if edited > 0 {
        figures.push(("Weights set by hand", edited.to_string()));
    }
    let open = open_units(analysis);
    let (layers, layers_sentence) = layers(settings, cell, analysis, measures);
    Report {
        title: format!("Report on the {}", cell_name(cell)),
        headline: words::verdict_sentence(analysis),
        figures,
        gates: gates(analysis),
        gates_sentence: gates_sentence(analysis),
        open_units: open_sentence(analysis, &open),
        layers,
        layers_sentence,
        clipping: clipping(settings, cell, measures),
        suggestions: suggestions(settings, cell, analysis),
    }
}

fn gates(analysis: &Analysis) -> Vec<(String, String, String)> {
    let gate = |gate: &unroll_engine::unroll::Gate| {
        let mean = gate.values.iter().sum::<f64>() / gate.values.len().max(1) as f64;
        (gate.name.to_owned(), format!("{mean:.3}"), percent(gate.saturation))
    };
    analysis.trace.gates.iter().map(gate).collect()
}

fn gates_sentence(analysis: &Analysis) -> String {
    let much: Vec<String> = analysis
        .trace
        .gates
        .iter()
        .filter(|gate| gate.saturation > MUCH_SATURATED)
        .map(|gate| format!("{} ({})", gate.name, percent(gate.saturation)))
        .collect();
    if much.is_empty() {
        return format!("No gate is saturated at more than {} of its unit–step pairs.", percent(MUCH_SATURATED));
    }
    format!("Mostly saturated, so that little gradient passes through: {}.", much.join(", "))
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
    format!(
        "{} of {} units are held open by their {gate} gate (mean above {OPEN_ABOVE}); with the time scale 1/(1 − mean): {}{more}.",
        open.len(),
        weights.hidden_size,
        listed.join(", ")
    )
}

fn layers(settings: &Settings, cell: Cell, analysis: &Analysis, measures: Option<&Measures>) -> (Vec<(String, String, String)>, String) {
    let Some(given) = settings.given(cell).filter(|given| super::import_model::places(given).len() > 1) else {
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
    let by_horizon = |a: &&crate::sweep::report::LayerMeasure, b: &&crate::sweep::report::LayerMeasure| {
        a.horizon.cmp(&b.horizon).then(a.growth.total_cmp(&b.growth))
    };
    let sentence = match (found.iter().min_by(by_horizon), found.iter().max_by(by_horizon)) {
        (Some(least), Some(_)) if least.horizon >= analysis.seq_len => {
            format!("In every layer a change is still felt after all {} steps.", analysis.seq_len)
        }
        (Some(least), Some(most)) => format!(
            "The gradient dies first in {}: a change there is felt for {} steps, in {} for {}. Each layer by its own recurrence, on what the layers below give it.",
            name(least.layer, least.reversed),
            least.horizon,
            name(most.layer, most.reversed),
            most.horizon
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
    norms.sort_by(f64::total_cmp);
    let at = |share: f64| norms[(share * (norms.len() - 1) as f64).round() as usize];
    let what = if drawn { "the weights, the input noise and the loss vector" } else { "the input noise and the loss vector" };
    if norms.first() == norms.last() {
        return format!(
            "Over {SEEDS} seeds of {what} the norm of the whole gradient is the same, {}: they say nothing about clipping.",
            norm(at(0.5))
        );
    }
    format!(
        "Clip by norm at {}: the 90% quantile of the whole gradient’s norm ‖∂L/∂θ‖ of this cell over {SEEDS} seeds of {what} (median {}, largest {}). \
         It is of this loss, not of yours: scale it by the ratio of the medians.",
        norm(at(0.9)),
        norm(at(0.5)),
        norm(at(1.0))
    )
}

fn norm(log10: f64) -> String {
    if (-3.0..4.0).contains(&log10) {
        format!("{:.3}", 10f64.powf(log10))
    } else {
        words::power_of_ten(log10)
    }
}

fn suggestions(settings: &Settings, cell: Cell, analysis: &Analysis) -> Vec<Suggestion> {
    let reach = analysis.horizon(settings.horizon_level);
    let short = reach < analysis.seq_len;
    let regime = analysis.verdict.regime;
    let growth = analysis.verdict.growth_per_step;
    let mut all = Vec::new();
    if short && keeper(cell).is_some() && analysis.seq_len > 2 {
        all.push(Suggestion {
            title: "Chrono bias for the whole sequence",
            why: format!(
                "A change is felt for {reach} of {} steps. Biases of ln u, with u spread evenly over 1 … {}, give the units time scales up to the \
                 sequence’s length{} (Tallec and Ollivier 2018).",
                analysis.seq_len,
                analysis.seq_len - 1,
                if cell == Cell::Lstm { ", and −ln u on the input gate" } else { "" }
            ),
            settings: chrono(settings, cell, analysis),
        });
    }
    let chrono_drawn = settings.given(cell).is_none() && settings.initialiser == Initialiser::Chrono;
    if short && !chrono_drawn {
        let mut raised = settings.clone();
        let most = *range::GATE_BIAS.end();
        let raise = |bias: &mut f64| *bias = (*bias + 1.0).min(most);
        let (title, gate) = match cell {
            Cell::Lstm => {
                raise(&mut raised.forget_bias);
                ("Forget bias + 1", "forget")
            }
            Cell::Gru => {
                raise(&mut raised.update_bias);
                ("Update bias + 1", "update")
            }
            Cell::Rnn => ("", ""),
        };
        if let Some((_, mean, _)) = gates(analysis).into_iter().find(|row| row.0 == gate) {
            let why = format!("The {gate} gate keeps {mean} per step on average; a higher bias keeps more (Jozefowicz et al. 2015).");
            all.push(Suggestion { title, why, settings: Some(raised) });
        }
    }
    if regime != Regime::Stable && (cell == Cell::Rnn || regime == Regime::Exploding) && growth > 0.0 && growth.is_finite() {
        let gain = (settings.gain / growth).clamp(*range::GAIN.start(), *range::GAIN.end());
        let rounded = (gain * 1000.0).round() / 1000.0;
        all.push(Suggestion {
            title: "Scale the recurrent weights by 1/λ",
            why: format!(
                "The largest change becomes {} per step; the recurrent gain {rounded} in place of {} would bring a linear net to ×1. The activation’s slope \
                 changes with it, so look at what it does.",
                growth_text(growth),
                settings.gain
            ),
            settings: Some(Settings { gain: rounded, ..settings.clone() }),
        });
    }
    if regime != Regime::Stable && !all_orthogonal(settings, cell) {
        if let Some(orthogonal) = orthogonal(settings, cell, analysis) {
            let largest = analysis.recurrent_weight.sigma_max.iter().copied().fold(0.0, f64::max);
            all.push(Suggestion {
                title: "Orthogonal recurrent blocks",
                why: format!(
                    "The recurrent blocks stretch some directions by up to ×{largest:.2} and lose others; orthogonal ones keep every length (Saxe et al. 2014)."
                ),
                settings: Some(orthogonal),
            });
        }
    }
    all
}

fn all_orthogonal(settings: &Settings, cell: Cell) -> bool {
    settings.given(cell).is_none() && settings.initialiser == Initialiser::Orthogonal
}

/// Chrono biases as edits: `b_ih` such that both biases together are ln u (and −ln u on the LSTM's input gate).
fn chrono(settings: &Settings, cell: Cell, analysis: &Analysis) -> Option<Settings> {
    let weights = &analysis.problem.weights;
    let n = weights.hidden_size;
    let (_, block) = keeper(cell)?;
    let net = settings.nets.of(cell);
    let kept = net.edits.as_ref().filter(|edits| edits.fit(weights));
    let mut edits = kept.map_or_else(|| Edits::new(cell, weights.input_size, n), |edits| Edits::clone(edits));
    for unit in 0..n {
        let u = 1.0 + (analysis.seq_len as f64 - 2.0) * (unit as f64 + 0.5) / n as f64;
        let mut set = |block: usize, bias: f64| edits.set(Parameter::BiasIh, block * n + unit, bias - weights.bias_hh[block * n + unit]);
        set(block, u.ln());
        if cell == Cell::Lstm {
            set(0, -u.ln());
        }
    }
    let mut changed = settings.clone();
    changed.nets.set(cell, Net { edits: Some(Arc::new(edits)), ..net.clone() });
    Some(changed)
}

/// The net with orthogonal blocks in `W_hh`: drawn so, or the rows of the net that was brought made orthonormal.
fn orthogonal(settings: &Settings, cell: Cell, analysis: &Analysis) -> Option<Settings> {
    let mut changed = Settings { gain: 1.0, ..settings.clone() };
    let net = settings.nets.of(cell);
    let Some(given) = &net.given else {
        changed.initialiser = Initialiser::Orthogonal;
        return Some(changed);
    };
    let n = analysis.problem.weights.hidden_size;
    if n > MOST_ORTHOGONAL {
        return None;
    }
    let made = |weights: &Weights| Weights { weight_hh: orthonormal_blocks(&weights.weight_hh, n), ..weights.clone() };
    let layers: Vec<Layer> = given
        .stack()
        .layers()
        .iter()
        .enumerate()
        .map(|(index, layer)| match (index == given.layer(), given.reversed()) {
            (true, false) => Layer { forward: made(&layer.forward), reverse: layer.reverse.clone() },
            (true, true) => Layer { forward: layer.forward.clone(), reverse: layer.reverse.as_ref().map(made) },
            _ => layer.clone(),
        })
        .collect();
    let stack = Stack::new(layers).ok()?;
    let mut orthogonal = Given::new(Arc::new(stack), given.layer(), given.reversed()).ok()?;
    if let Some(start) = given.start() {
        orthogonal = orthogonal.with_start(start.clone()).ok()?;
    }
    // Edits of W_hh would undo it; those of the rest stay.
    let edits = net.edits.as_ref().map(|edits| {
        let (d, n) = edits.sizes();
        let mut kept = Edits::new(cell, d, n);
        for (parameter, index, value) in edits.iter().filter(|(parameter, ..)| *parameter != Parameter::WeightHh) {
            kept.set(parameter, index, value);
        }
        Arc::new(kept)
    });
    let edits = edits.filter(|edits| !edits.is_empty());
    changed.nets.set(cell, Net { name: format!("{} with orthogonal blocks", net.name), given: Some(Arc::new(orthogonal)), edits });
    Some(changed)
}

/// The rows of each n × n block made orthonormal: modified Gram–Schmidt, twice, which is enough (Giraud et al. 2005). A row that depends on those
/// before it is replaced by the first unit vector that does not.
fn orthonormal_blocks(weight_hh: &[f64], n: usize) -> Vec<f64> {
    let mut out = weight_hh.to_vec();
    for block in out.chunks_exact_mut(n * n) {
        for row in 0..n {
            let (before, rest) = block.split_at_mut(row * n);
            let current = &mut rest[..n];
            let mut spare = 0;
            while !clear(current, before, n) {
                current.fill(0.0);
                current[spare] = 1.0;
                spare += 1;
            }
        }
    }
    out
}

/// Takes the directions of `before` out of a row and normalises it; whether enough of it was left.
fn clear(row: &mut [f64], before: &[f64], n: usize) -> bool {
    let length = |row: &[f64]| row.iter().map(|v| v * v).sum::<f64>().sqrt();
    let first = length(row);
    for _ in 0..2 {
        for other in before.chunks_exact(n) {
            let along: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            row.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
    }
    let left = length(row);
    row.iter_mut().for_each(|v| *v /= left);
    left > 1e-8 * first && left > 0.0
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
    for suggestion in &report.suggestions {
        let _ = writeln!(text, "- **{}.** {}", suggestion.title, suggestion.why);
    }
    let _ = writeln!(text, "- **Clipping.** {}", report.clipping);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::settings::InputKind;
    use crate::sweep::report::LayerMeasure;
    use unroll_engine::{analyse_critical, Activation};

    fn of(settings: &Settings, cell: Cell) -> (Analysis, Report) {
        let analysis = analyse_critical(&settings.experiment(cell)).unwrap();
        let report = report(settings, cell, &analysis, None);
        (analysis, report)
    }

    fn suggestion(report: &Report, title: &str) -> Settings {
        let found = report.suggestions.iter().find(|s| s.title.starts_with(title));
        found.unwrap_or_else(|| panic!("{title} is not among {:?}", report.suggestions)).settings.clone().unwrap()
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
    fn chrono_biases_lengthen_the_horizon_of_a_drawn_and_of_a_brought_net() {
        let drawn = Settings { forget_bias: 0.0, hidden_size: 8, ..Settings::default() };
        let weights = drawn.experiment(Cell::Lstm).weights().unwrap();
        let stack = Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap();
        let given = Given::new(Arc::new(stack), 0, false).unwrap();
        let mut brought = drawn.clone();
        brought.bring(Cell::Lstm, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        for settings in [drawn, brought] {
            let (before, report) = of(&settings, Cell::Lstm);
            let (after, _) = of(&suggestion(&report, "Chrono"), Cell::Lstm);
            assert!(after.horizon(0.01) > before.horizon(0.01) + 10, "{} → {}", before.horizon(0.01), after.horizon(0.01));
            let (n, w) = (8, &after.problem.weights);
            let bias = |block: usize, unit: usize| w.bias_ih[block * n + unit] + w.bias_hh[block * n + unit];
            assert!((bias(1, 7).exp() - (1.0 + 62.0 * 7.5 / 8.0)).abs() < 1e-9);
            assert!((bias(0, 3) + bias(1, 3)).abs() < 1e-12);
        }
    }

    #[test]
    fn one_over_lambda_brings_a_linear_net_to_growth_one() {
        let settings = Settings { activation: Activation::Identity, gain: 0.6, hidden_size: 5, ..Settings::default() };
        let (_, report) = of(&settings, Cell::Rnn);
        let (after, _) = of(&suggestion(&report, "Scale"), Cell::Rnn);
        assert!((after.verdict.growth_per_step - 1.0).abs() < 2e-3, "{}", after.verdict.growth_per_step);
    }

    #[test]
    fn orthogonal_blocks_are_orthogonal_and_keep_the_rest() {
        let settings = Settings { hidden_size: 5, input: InputKind::Noise, ..Settings::default() };
        let weights = settings.experiment(Cell::Gru).weights().unwrap();
        let blocks = orthonormal_blocks(&weights.weight_hh, 5);
        let singular = orthonormal_blocks(&[1.0, 2.0, 2.0, 4.0], 2);
        for (block, n) in blocks.chunks_exact(25).map(|b| (b, 5)).chain([(singular.as_slice(), 2)]) {
            for i in 0..n {
                for j in 0..n {
                    let dot: f64 = (0..n).map(|k| block[i * n + k] * block[j * n + k]).sum();
                    assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
        }
        let stack = Stack::new(vec![Layer { forward: weights.clone(), reverse: None }]).unwrap();
        let given = Given::new(Arc::new(stack), 0, false).unwrap();
        let mut brought = settings;
        brought.bring(Cell::Gru, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        let (analysis, _) = of(&brought, Cell::Gru);
        let changed = orthogonal(&brought, Cell::Gru, &analysis).unwrap();
        let after = changed.given(Cell::Gru).unwrap().weights().clone();
        assert_eq!((&after.weight_ih, &after.bias_ih), (&weights.weight_ih, &weights.bias_ih));
        assert_eq!(after.weight_hh, blocks);
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
        let mut settings = Settings::default();
        settings.bring(Cell::Gru, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        let analysis = analyse_critical(&settings.experiment(Cell::Gru)).unwrap();
        let measure = |layer, horizon| LayerMeasure { layer, reversed: false, growth: 0.9, horizon };
        let measures = Measures { layers: vec![measure(0, 30), measure(1, 4)], norms: (0..32).map(|i| f64::from(i) / 31.0).collect() };
        let report = report(&settings, Cell::Gru, &analysis, Some(&measures));
        assert!(report.layers_sentence.starts_with("The gradient dies first in layer 2 of 2: a change there is felt for 4 steps"));
        assert!(report.clipping.contains("Clip by norm at 8.0"), "{}", report.clipping);
        let text = markdown(&report);
        for part in ["# Report on the GRU", "| layer 2 of 2 | ×0.900 | 4 of 64 steps |", "## What to try", "**Clipping.**"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
