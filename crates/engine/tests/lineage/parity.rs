//! Every trace in the folder, field by field. Tolerances are those of the folder's README.

use std::collections::BTreeSet;

use serde_json::Value;
use unroll_engine::lineage::{Gradients, Matrix, Model, Path, Run, ScaledRows};

use crate::fixture::{self, entries, flat, Fixture};
use crate::models::{build, Case, Extra};

const OUTPUT: f64 = 1e-11;
const GRADIENT: f64 = 1e-10;
const REACH: f64 = 1e-9;

/// The cross-entropy of logits and its derivative by them.
type CrossEntropy<'a> = dyn Fn(&[f64]) -> (f64, Vec<f64>) + 'a;

/// What is found wrong with one file.
pub struct Check<'a> {
    pub fixture: &'a Fixture,
    pub failures: Vec<String>,
    pub values: usize,
}

impl Check<'_> {
    fn fail(&mut self, what: String) {
        self.failures.push(format!("{}: {what}", self.fixture.file));
    }

    /// The largest difference, relative to the largest value of the array.
    pub fn close(&mut self, field: &str, ours: &[f64], expected: &[f64], tolerance: f64) {
        if ours.len() != expected.len() {
            self.fail(format!("{field} has {} values, expected {}", ours.len(), expected.len()));
            return;
        }
        self.values += ours.len();
        let largest = expected.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        for (i, (a, b)) in ours.iter().zip(expected).enumerate() {
            let within = (a - b).abs() <= tolerance * largest;
            if !within {
                self.fail(format!("{field}[{i}] is {a:e}, expected {b:e} to {:e}", tolerance * largest));
                return;
            }
        }
    }

    /// log10 values to an absolute difference, −∞ exactly where −∞ is expected.
    pub fn logarithms(&mut self, field: &str, ours: &[f64], expected: &[f64]) {
        if ours.len() != expected.len() {
            self.fail(format!("{field} has {} values, expected {}", ours.len(), expected.len()));
            return;
        }
        self.values += ours.len();
        for (i, (a, b)) in ours.iter().zip(expected).enumerate() {
            let within = a == b || (a - b).abs() <= REACH;
            if !within {
                self.fail(format!("{field}[{i}] is {a:e}, expected {b:e}"));
                return;
            }
        }
    }

    /// `dL_dx` and `grad` of a loss with this cotangent.
    fn gradients(&mut self, field: &str, model: &dyn Model, run: &dyn Run, cotangent: &[f64], expected: &Value) {
        let parameters = model.parameters();
        let mut gradients = Gradients::zeros(&parameters);
        let cotangent = ScaledRows::from_values(cotangent, run.output_size());
        let dx = run.vjp(&cotangent, Path::Total, Some(&mut gradients));
        self.close(&format!("{field}dL_dx"), &dx.to_values(), &flat(&expected["dL_dx"]), GRADIENT);
        let named = entries(&expected["grad"]);
        for (parameter, ours) in parameters.iter().zip(&gradients.values) {
            match named.iter().find(|(name, _)| *name == parameter.name) {
                Some((name, value)) => self.close(&format!("{field}grad.{name}"), ours, &flat(value), GRADIENT),
                None => self.fail(format!("{field}grad has no {}", parameter.name)),
            }
        }
        for (name, _) in named {
            if !parameters.iter().any(|p| p.name == name) {
                self.fail(format!("the model has no parameter {name}"));
            }
        }
    }

    fn model(&mut self, model: &dyn Model, extra: Extra, cross_entropy: Option<&CrossEntropy<'_>>) {
        let fixture = self.fixture;
        let run = match model.run(&fixture.x()) {
            Ok(run) => run,
            Err(error) => return self.fail(error.to_string()),
        };
        let run = run.as_ref();
        assert_eq!(fixture.json["loss"]["kind"], "linear", "{}", fixture.file);
        let cotangent = flat(&fixture.json["loss"]["cotangent"]);
        let inner = run.inner();
        for (key, value) in fixture.json["expected"].as_object().unwrap() {
            match key.as_str() {
                "out" => self.close("out", run.output(), &flat(value), OUTPUT),
                "loss" => {
                    let terms: Vec<f64> = run.output().iter().zip(&cotangent).map(|(o, c)| o * c).collect();
                    // The loss is a sum that may cancel: its terms say how large it is.
                    let size = terms.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
                    self.close("loss", &[terms.iter().sum(), size], &[value.as_f64().unwrap(), size], OUTPUT);
                }
                "dL_dx" => self.gradients("", model, run, &cotangent, &fixture.json["expected"]),
                "cross_entropy" if cross_entropy.is_some() => {
                    let (loss, derivative) = cross_entropy.unwrap()(run.output());
                    self.close("cross_entropy.loss", &[loss], &[value["loss"].as_f64().unwrap()], OUTPUT);
                    self.gradients("cross_entropy.", model, run, &derivative, value);
                }
                // With dL_dx.
                "grad" => {}
                "inner" => {
                    for (name, value) in entries(value) {
                        match inner.iter().find(|n| n.name == name) {
                            Some(found) => self.close(&format!("inner.{name}"), found.values, &flat(value), OUTPUT),
                            None => self.fail(format!("inner has no {name}")),
                        }
                    }
                }
                reach if reach.starts_with("log10_reach") => {
                    let path = reach.strip_prefix("log10_reach_").unwrap_or("total");
                    match run.paths().iter().find(|p| p.name() == path) {
                        Some(path) => self.logarithms(reach, &Matrix::of(run, *path).unwrap().absolute(), &flat(value)),
                        None => self.fail(format!("the model has no path {path}")),
                    }
                }
                other => match extra(fixture, run, other) {
                    Some(ours) => self.close(other, &ours, &flat(value), GRADIENT),
                    None => self.fail(format!("nothing checks expected.{other}")),
                },
            }
        }
    }
}

#[test]
fn lineage_traces_agree_with_pytorch() {
    let folder = fixture::folder();
    let fixtures = fixture::all(&folder);
    assert!(!fixtures.is_empty(), "no traces in {}", folder.display());
    let mut failures = Vec::new();
    let mut values = 0;
    for fixture in &fixtures {
        let mut check = Check { fixture, failures: Vec::new(), values: 0 };
        match build(fixture) {
            Some(Case::Model(model, extra)) => check.model(model.as_ref(), extra, None),
            Some(Case::Forced(model)) => check.model(model.as_ref(), |_, _, _| None, Some(&|logits| model.cross_entropy(logits))),
            Some(Case::Other(whole)) => whole(&mut check, fixture),
            None => check.fail(format!("{} is a kind of model that nothing here builds", fixture.kind())),
        }
        values += check.values;
        failures.extend(check.failures);
    }
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
    assert!(values > 0, "nothing was checked");
}

#[test]
fn lineage_traces_of_every_kind_that_is_built_are_here() {
    let fixtures = fixture::all(&fixture::own_folder());
    let kinds: BTreeSet<String> = fixtures.iter().map(Fixture::kind).collect();
    for fixture in &fixtures {
        assert!(build(fixture).is_some(), "{} is of a kind that is not built: {}", fixture.file, fixture.kind());
    }
    for kind in [
        "rnn",
        "lstm",
        "gru",
        "bi_rnn",
        "bi_lstm",
        "bi_gru",
        "encoder_decoder",
        "mingru",
        "minlstm",
        "mamba_selective_ssm",
        "mamba_block",
        "linear_attention",
        "retention",
        "gated_linear_attention",
        "s4",
        "s4d",
        "hippo_legs",
        "transformer_encoder",
        "parallel_scan",
    ] {
        assert!(kinds.contains(kind), "no trace of {kind}");
    }
}
