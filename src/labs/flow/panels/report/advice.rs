//! What is worth trying on the cell in focus. Every change is tried before it is offered: only what improves what it promises is listed, with
//! what it did. Pure.

use std::sync::Arc;

use unroll_engine::range;
use unroll_engine::verdict::{Curve, Fate};
use unroll_engine::{
    left, nearest_orthogonal_blocks, Activation, Analysis, Cell, Edits, Given, Initialiser, Layer, Parameter, Stack, Weights,
};

use crate::charts::format_value;
use crate::labs::flow::nets::Net;
use crate::labs::flow::settings::Settings;
use crate::labs::flow::words::{self, counted, share};

/// Orthogonalising more units would stop the page.
const MOST_ORTHOGONAL: usize = 256;
/// Multiplications of a forward pass up to which changes are tried on the page.
const MOST_TRIED: f64 = 2e7;
/// Decades by which what is left has to come closer to keeping its size for a change to be worth a word.
const WORTH_DECADES: f64 = 0.1;

/// Something to try, which was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub title: &'static str,
    /// What it changes and why, and what it did.
    pub why: String,
    /// The state with it.
    pub settings: Settings,
}

/// What there is to say about trying something.
#[derive(Clone, Debug, PartialEq)]
pub enum Advice {
    /// The gradient keeps its size.
    NothingNeeded(String),
    /// The analysis is still being refined: trying changes is not for the middle of a drag.
    Waiting,
    /// The net is too large to try changes on the page.
    TooLarge,
    /// Each was seen to help; empty where none of the usual changes does.
    Try(Vec<Suggestion>),
}

impl Advice {
    /// What is said where nothing is listed.
    pub fn sentence(&self) -> &str {
        match self {
            Self::NothingNeeded(sentence) => sentence,
            Self::Waiting => "Changes are tried when the analysis is complete.",
            Self::TooLarge => "This net is too large to try changes while you wait, so none are offered untried.",
            Self::Try(suggestions) if suggestions.is_empty() => {
                "None of the changes that usually help brings this gradient closer to keeping its size."
            }
            Self::Try(_) => "",
        }
    }
}

/// The gate that keeps the old state: its name and place in the packing.
pub fn keeper(cell: Cell) -> Option<(&'static str, usize)> {
    match cell {
        Cell::Rnn => None,
        Cell::Lstm => Some(("forget", 1)),
        Cell::Gru => Some(("update", 1)),
    }
}

/// The advice on a cell.
pub fn advice(settings: &Settings, cell: Cell, analysis: &Analysis) -> Advice {
    let limits = settings.limits();
    let weights = &analysis.problem.weights;
    if analysis.left.fate(limits) == Fate::Keeps {
        return Advice::NothingNeeded(format!(
            "After {}, {} of the gradient is left: nothing has to be tried.",
            counted(analysis.left.longest_lag(), "step"),
            share(analysis.left.log10_left())
        ));
    }
    let products = (weights.weight_hh.len() + weights.weight_ih.len()) * analysis.seq_len;
    if products as f64 > MOST_TRIED {
        return Advice::TooLarge;
    }
    let worth = |settings: &Settings| improves(&analysis.left, &left(&settings.experiment(cell)).ok()?, settings);
    let offered = candidates(settings, cell, analysis).into_iter().filter_map(|(title, why, changed)| {
        let changed = changed.filter(|changed| changed != settings)?;
        let outcome = worth(&changed)?;
        Some(Suggestion { title, why: format!("{why} {outcome}"), settings: changed })
    });
    Advice::Try(offered.collect())
}

/// What a change did, in a sentence, if it brings what is left closer to keeping its size and, where little was left, shortens no horizon.
fn improves(before: &Curve, after: &Curve, settings: &Settings) -> Option<String> {
    let keeps = settings.limits().keeps.log10();
    // How many decades are missing, or too many.
    let off = |curve: &Curve| (curve.log10_left().abs() + keeps).max(0.0);
    let horizons = [before, after].map(|curve| curve.horizon(settings.horizon_level));
    let closer = off(after) + WORTH_DECADES < off(before) || (off(after) == 0.0 && off(before) > 0.0);
    let shortens = before.log10_left() < 0.0 && horizons[1] < horizons[0];
    (closer && !shortens).then(|| {
        let left = |curve: &Curve| share(curve.log10_left());
        format!("Tried: left {} → {}, horizon {} → {}.", left(before), left(after), horizons[0], counted(horizons[1], "step"))
    })
}

type Candidate = (&'static str, String, Option<Settings>);

/// What usually helps, whether or not it does here.
fn candidates(settings: &Settings, cell: Cell, analysis: &Analysis) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    let shrinks = analysis.left.log10_left() < 0.0;
    let drawn = settings.nets.of(cell).is_drawn();
    if let Some((gate, _)) = keeper(cell).filter(|_| shrinks) {
        all.push((
            "Chrono bias for the whole sequence",
            format!(
                "Biases of ln u, with u spread evenly over 1 … {}, give the units time scales up to the sequence’s length{} (Tallec and Ollivier 2018).",
                analysis.seq_len.saturating_sub(1).max(1),
                if cell == Cell::Lstm { ", and −ln u on the input gate" } else { "" }
            ),
            (analysis.seq_len > 2).then(|| chrono(settings, cell, analysis)).flatten(),
        ));
        let title = if cell == Cell::Lstm { "Forget bias + 2" } else { "Update bias + 2" };
        all.push((
            title,
            format!("A higher bias on the {gate} gate keeps more of the state (Jozefowicz et al. 2015)."),
            Some(biased(settings, cell)),
        ));
    }
    if cell == Cell::Rnn && settings.activation == Activation::Relu && settings.given(cell).is_none() && shrinks {
        let irnn = Settings { initialiser: Initialiser::Identity, gain: 1.0, ..settings.clone() };
        all.push((
            "Identity start",
            "With ReLU, recurrent weights that begin as the identity copy every active unit (Le, Jaitly and Hinton 2015).".to_owned(),
            Some(irnn),
        ));
        let tanh = Settings { activation: Activation::Tanh, ..settings.clone() };
        all.push((
            "Tanh in place of ReLU",
            "A unit that ReLU has switched off passes nothing; tanh always passes something.".to_owned(),
            Some(tanh),
        ));
    }
    if settings.input_scale > 1.0 && analysis.trace.gates.iter().any(|gate| gate.saturation > 0.5) {
        let smaller = Settings { input_scale: 1.0, ..settings.clone() };
        all.push((
            "Input at its own scale",
            "A large input saturates the gates, which then neither mix nor learn.".to_owned(),
            Some(smaller),
        ));
    }
    let growth = analysis.left.growth_per_step();
    if growth > 0.0 && growth.is_finite() {
        let factor = (1000.0 / growth).round() / 1000.0;
        let per_step = words::growth(growth);
        let why = match drawn {
            true => format!("The gradient becomes ×{per_step} per step on average, and a linear net would keep it at this gain."),
            false => format!(
                "The gradient becomes ×{per_step} per step on average; all recurrent weights times {} would keep a linear net’s.",
                format_value(factor)
            ),
        };
        all.push(("Scale the recurrent weights", why, scaled(settings, cell, analysis, factor)));
    }
    all.push((
        "Orthogonal recurrent blocks",
        "Orthogonal blocks keep every length (Saxe et al. 2014).".to_owned(),
        orthogonal(settings, cell, analysis),
    ));
    all
}

/// The gate bias that keeps the state raised by 2, within its range.
fn biased(settings: &Settings, cell: Cell) -> Settings {
    let mut raised = settings.clone();
    let most = *range::GATE_BIAS.end();
    match cell {
        Cell::Lstm => raised.forget_bias = (raised.forget_bias + 2.0).min(most),
        Cell::Gru => raised.update_bias = (raised.update_bias + 2.0).min(most),
        Cell::Rnn => {}
    }
    raised
}

/// `W_hh` times a factor: by the gain where the weights are drawn, and weight by weight where they were brought or edited, which the gain does
/// not reach.
fn scaled(settings: &Settings, cell: Cell, analysis: &Analysis, factor: f64) -> Option<Settings> {
    let mut changed = settings.clone();
    let net = settings.nets.of(cell);
    if net.is_drawn() {
        changed.gain = ((settings.gain * factor).clamp(*range::GAIN.start(), *range::GAIN.end()) * 1000.0).round() / 1000.0;
        return Some(changed);
    }
    let weights = &analysis.problem.weights;
    let kept = net.edits.as_ref().filter(|edits| edits.fit(weights));
    let mut edits = kept.map_or_else(|| Edits::new(cell, weights.input_size, weights.hidden_size), |edits| Edits::clone(edits));
    for (index, weight) in weights.weight_hh.iter().enumerate() {
        edits.set(Parameter::WeightHh, index, weight * factor);
    }
    changed.nets.set(cell, Net { edits: Some(Arc::new(edits)), ..net.clone() });
    Some(changed)
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

/// The net with orthogonal blocks in `W_hh`: drawn so, or the orthogonal matrices nearest to those of the net that was
/// brought, as in the weight editor.
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
    let made = |weights: &Weights| Some(Weights { weight_hh: nearest_orthogonal_blocks(&weights.weight_hh, n)?, ..weights.clone() });
    let layer = |(index, layer): (usize, &Layer)| {
        let mut layer = layer.clone();
        match (index == given.layer(), given.reversed()) {
            (true, false) => layer.forward = made(&layer.forward)?,
            (true, true) => layer.reverse = layer.reverse.as_ref().and_then(made),
            (false, _) => {}
        }
        Some(layer)
    };
    let layers = given.stack().layers().iter().enumerate().map(layer).collect::<Option<Vec<Layer>>>()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::settings::InputKind;
    use unroll_engine::analyse_critical;

    fn of(settings: &Settings, cell: Cell) -> Analysis {
        analyse_critical(&settings.experiment(cell)).unwrap()
    }

    fn suggestion(settings: &Settings, cell: Cell, title: &str) -> Settings {
        let Advice::Try(all) = advice(settings, cell, &of(settings, cell)) else { panic!("nothing is offered") };
        all.iter().find(|s| s.title.starts_with(title)).unwrap_or_else(|| panic!("{title} is not among {all:?}")).settings.clone()
    }

    #[test]
    fn chrono_biases_lengthen_the_horizon_of_a_drawn_and_of_a_brought_net() {
        let drawn = Settings { forget_bias: 0.0, hidden_size: 8, ..Settings::schema_1() };
        let weights = drawn.experiment(Cell::Lstm).weights().unwrap();
        let stack = Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap();
        let given = Given::new(Arc::new(stack), 0, false).unwrap();
        let mut brought = drawn.clone();
        brought.bring(Cell::Lstm, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        for settings in [drawn, brought] {
            let before = of(&settings, Cell::Lstm);
            let after = of(&suggestion(&settings, Cell::Lstm, "Chrono"), Cell::Lstm);
            let horizons = [&before, &after].map(|analysis| analysis.left.horizon(0.01));
            assert!(horizons[1] > horizons[0] + 10, "{horizons:?}");
            let (n, w) = (8, &after.problem.weights);
            let bias = |block: usize, unit: usize| w.bias_ih[block * n + unit] + w.bias_hh[block * n + unit];
            assert!((bias(1, 7).exp() - (1.0 + 62.0 * 7.5 / 8.0)).abs() < 1e-9);
            assert!((bias(0, 3) + bias(1, 3)).abs() < 1e-12);
        }
    }

    #[test]
    fn scaling_brings_a_linear_net_to_growth_one_whether_it_is_drawn_edited_or_brought() {
        let drawn = Settings { activation: Activation::Identity, gain: 0.6, hidden_size: 5, ..Settings::default() };
        let mut edits = Edits::new(Cell::Rnn, 1, 5);
        edits.set(Parameter::WeightHh, 3, 0.2);
        let mut edited = drawn.clone();
        edited.nets.set(Cell::Rnn, Net { edits: Some(Arc::new(edits)), ..Net::default() });
        for settings in [drawn, edited] {
            let after = of(&suggestion(&settings, Cell::Rnn, "Scale"), Cell::Rnn);
            assert!((after.left.growth_per_step() - 1.0).abs() < 2e-3, "{}", after.left.growth_per_step());
        }
    }

    /// Whatever is offered was seen to help, changes something, and does what it says; where the gradient keeps its size nothing is offered.
    #[test]
    fn advice_never_harms_over_many_states() {
        let mut offered = 0;
        for seed in 0..40_u32 {
            for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
                let pick = |values: &[f64], salt: u32| values[((seed * 7 + salt * 13) as usize) % values.len()];
                let settings = Settings {
                    hidden_size: 2 + (seed as usize % 7),
                    seq_len: 1 + (seed as usize * 5) % 60,
                    activation: [Activation::Tanh, Activation::Relu, Activation::Sigmoid, Activation::Identity][seed as usize % 4],
                    initialiser: [Initialiser::PytorchUniform, Initialiser::Gaussian, Initialiser::Orthogonal, Initialiser::Chrono]
                        [seed as usize / 4 % 4],
                    gain: pick(&[0.0, 0.5, 1.0, 3.0, 10.0], 1),
                    forget_bias: pick(&[-4.0, 0.0, 1.0, 20.0], 2),
                    update_bias: pick(&[-4.0, 0.0, 4.0, 20.0], 3),
                    input_scale: pick(&[1.0, 0.0, 100.0], 4),
                    input: InputKind::Noise,
                    seed,
                    ..Settings::default()
                };
                let before = of(&settings, cell);
                match advice(&settings, cell, &before) {
                    Advice::NothingNeeded(_) => assert_eq!(before.left.fate(settings.limits()), Fate::Keeps),
                    Advice::Waiting | Advice::TooLarge => panic!("{seed} is small, and advice is asked for"),
                    Advice::Try(suggestions) => {
                        for suggestion in suggestions {
                            offered += 1;
                            assert_ne!(suggestion.settings, settings, "{}", suggestion.title);
                            let after = of(&suggestion.settings, cell);
                            let off = |a: &Analysis| a.left.log10_left().abs();
                            assert!(off(&after) < off(&before), "{} at seed {seed}", suggestion.title);
                            let told = format!("left {} → {}", share(before.left.log10_left()), share(after.left.log10_left()));
                            assert!(suggestion.why.contains(&told), "{}", suggestion.why);
                        }
                    }
                }
            }
        }
        assert!(offered > 60, "{offered}");
    }

    #[test]
    fn orthogonal_blocks_are_the_nearest_ones_and_keep_the_rest() {
        let settings = Settings { hidden_size: 5, input: InputKind::Noise, ..Settings::default() };
        let weights = settings.experiment(Cell::Gru).weights().unwrap();
        let blocks = nearest_orthogonal_blocks(&weights.weight_hh, 5).unwrap();
        let stack = Stack::new(vec![Layer { forward: weights.clone(), reverse: None }]).unwrap();
        let given = Given::new(Arc::new(stack), 0, false).unwrap();
        let mut brought = settings;
        brought.bring(Cell::Gru, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        let analysis = of(&brought, Cell::Gru);
        let changed = orthogonal(&brought, Cell::Gru, &analysis).unwrap();
        let after = changed.given(Cell::Gru).unwrap().weights().clone();
        assert_eq!((&after.weight_ih, &after.bias_ih), (&weights.weight_ih, &weights.bias_ih));
        assert_eq!(after.weight_hh, blocks);
    }
}
