//! A search over random states for a sentence that is false, contradicts another or is badly written. `PROPTEST_CASES` says how many.

use std::sync::Arc;

use proptest::prelude::*;
use unroll_engine::experiment::range;
use unroll_engine::{analyse, Activation, Analysis, Cell, Cotangent, Edits, Initialiser, Parameter};

use super::claims::{fate_word, Figures, LeftClaim, VerdictClaim};
use super::nets::Net;
use super::panels::report::model::{markdown, report};
use super::panels::{contribution, gates, jacobian, lyapunov, spectrum};
use super::settings::{InputKind, LossKind, Settings};
use super::words;
use crate::labs::written::fault;

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)]
}

/// Mostly what people choose, sometimes the ends of the ranges.
fn states() -> impl Strategy<Value = Settings> {
    let activation = prop_oneof![Just(Activation::Tanh), Just(Activation::Relu), Just(Activation::Identity), Just(Activation::Sigmoid)];
    let initialiser = prop_oneof![
        Just(Initialiser::PytorchUniform),
        Just(Initialiser::Xavier),
        Just(Initialiser::He),
        Just(Initialiser::Orthogonal),
        Just(Initialiser::Gaussian),
        Just(Initialiser::Identity),
        Just(Initialiser::Chrono)
    ];
    let input = prop_oneof![
        Just(InputKind::Noise),
        Just(InputKind::Constant),
        Just(InputKind::Impulse),
        Just(InputKind::Sine),
        Just(InputKind::Sunspots)
    ];
    let loss = prop_oneof![Just(LossKind::LastStep), Just(LossKind::EveryStep), Just(LossKind::ChosenStep)];
    let cotangent = prop_oneof![Just(Cotangent::Random), Just(Cotangent::Ones)];
    let bias = || prop_oneof![4 => -4.0..6.0, 1 => range::GATE_BIAS];
    let sizes = (prop_oneof![1usize..4, 4usize..13], prop_oneof![1usize..4, 4usize..90], any::<u32>(), 1usize..90);
    let scales =
        (prop_oneof![4 => 0.0..4.0, 1 => range::GAIN], prop_oneof![4 => 0.0..3.0, 1 => range::INPUT_SCALE], bias(), bias(), bias());
    let edits = prop::collection::vec((0usize..4096, prop_oneof![Just(0.0), -2.0..2.0, -60.0..60.0]), 0..4);
    (
        cell(),
        sizes,
        activation,
        initialiser,
        scales,
        input,
        loss,
        (cotangent, edits, prop_oneof![3 => Just((0.01, 0.2)), 1 => (1e-6..0.5, 0.01..0.95)]),
    )
        .prop_map(
            |(
                focus,
                (hidden_size, seq_len, seed, loss_step),
                activation,
                initialiser,
                scales,
                input,
                loss,
                (cotangent, set, (vanishes, keeps)),
            )| {
                let (gain, input_scale, forget_bias, input_gate_bias, update_bias) = scales;
                let mut settings = Settings {
                    focus,
                    hidden_size,
                    seq_len,
                    seed,
                    loss_step,
                    activation,
                    initialiser,
                    gain,
                    input_scale,
                    forget_bias,
                    input_gate_bias,
                    update_bias,
                    input,
                    loss,
                    cotangent,
                    initial_scale: if loss_step % 3 == 0 { input_scale.min(2.0) } else { 0.0 },
                    vanishes,
                    keeps,
                    ..Settings::default()
                };
                let mut edits = Edits::new(focus, settings.effective_input_size(), hidden_size);
                let count = focus.blocks() * hidden_size * hidden_size;
                for (index, value) in set {
                    edits.set(Parameter::WeightHh, index % count, value);
                }
                settings.nets.set(focus, Net { edits: Some(Arc::new(edits)).filter(|edits| !edits.is_empty()), ..Net::default() });
                settings.normalise();
                settings
            },
        )
}

/// What the curve is when it is read from the traces alone, where the loss is read once.
fn left_by_traces(analysis: &Analysis) -> Option<f64> {
    let norms = &analysis.backward.log10_norm_dl_ds;
    let at_loss = norms[analysis.last_loss_step()];
    at_loss.is_finite().then(|| norms[0] - at_loss)
}

fn check(settings: &Settings, analysis: &Analysis) -> Result<(), TestCaseError> {
    let cell = settings.focus;
    let limits = settings.limits();
    let curve = &analysis.left;
    // The figures are those of the traces.
    if settings.loss != LossKind::EveryStep && analysis.seq_len > 0 {
        if let Some(expected) = left_by_traces(analysis) {
            let left = curve.log10_left();
            prop_assert!(
                left == expected || (left - expected).abs() < 1e-9 * (1.0 + expected.abs()),
                "left {left}, by the traces {expected}"
            );
        }
    }
    // The word is the one that its limits ask for, and the sentence does not speak against it.
    let (word, left) = (fate_word(curve.fate(limits)), 10f64.powf(curve.log10_left()));
    let expected = match left {
        0.0 if curve.log10_left() == f64::NEG_INFINITY => "dead",
        l if l < limits.vanishes => "vanishes",
        l if l < limits.keeps => "fades",
        l if l <= 1.0 / limits.keeps => "keeps",
        l if l <= 1.0 / limits.vanishes => "grows",
        _ => "explodes",
    };
    let near_limit =
        [limits.vanishes, limits.keeps, 1.0 / limits.keeps, 1.0 / limits.vanishes].iter().any(|limit| (left / limit - 1.0).abs() < 1e-9);
    prop_assert!(word == expected || near_limit, "{word} for {left}");
    let claim = VerdictClaim::of(analysis, limits);
    let verdict = claim.text();
    match claim.left {
        LeftClaim::Dead { from } => prop_assert_eq!((word, curve.log10_by_lag()[from]), ("dead", f64::NEG_INFINITY)),
        LeftClaim::BelowMillionth { from } => prop_assert!(curve.log10_by_lag()[from..].iter().all(|l| *l < -6.0), "{verdict}"),
        LeftClaim::After { lag, log10 } => prop_assert_eq!((lag, log10), (curve.longest_lag(), curve.log10_left())),
        LeftClaim::NoStep | LeftClaim::NoGradient => {}
    }
    let grows = curve.log10_left() > 0.0;
    prop_assert!(!(grows && curve.half_life().is_some() && curve.doubling().is_some()));
    let figures = Figures::of(curve, settings.horizon_level);
    prop_assert!(!(figures.rate_name == "doubling" && curve.log10_left() < 0.0), "doubles, and {} is left", figures.left);
    prop_assert!(
        !(figures.rate_name == "half-life" && figures.rate != "none" && curve.log10_left() > 0.0),
        "halves, and {} is left",
        figures.left
    );

    let headlines = [
        words::left_headline(cell, analysis),
        words::worst_headline(cell, analysis),
        jacobian::model::headline(cell, analysis),
        gates::model::headline(analysis),
        spectrum::model::headline(cell, analysis, analysis.seq_len / 2),
        contribution::model::headline(cell, analysis),
        lyapunov::model::headline(cell, analysis),
    ];
    for headline in &headlines {
        prop_assert!(headline.chars().count() <= 90, "{} characters: {headline}", headline.chars().count());
    }
    let strip = [figures.left, figures.growth, figures.rate, figures.horizon].join("; ");
    let report = markdown(&report(settings, cell, analysis, None));
    prop_assert!(report.contains(&verdict));
    for text in headlines.iter().chain([&verdict, &strip, &report]) {
        if let Some(fault) = fault(text) {
            prop_assert!(false, "{fault}: {text}");
        }
    }
    for (name, value) in lyapunov::model::figures(analysis) {
        if let Some(fault) = fault(&value) {
            prop_assert!(false, "{name} {fault}: {value}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_sentence_is_false_or_badly_written(settings in states()) {
        let analysis = analyse(&settings.experiment(settings.focus)).map_err(|error| TestCaseError::reject(error.to_string()))?;
        check(&settings, &analysis)?;
    }
}
