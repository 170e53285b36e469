//! PyTorch autograd's numbers, field by field. The folder is `UNROLL_FIXTURES` or the project's own `tests/fixtures`; extreme nets are in its
//! subfolder `hard`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use unroll_engine::bptt::{Adjoint, ParameterGradient};
use unroll_engine::{analyse_problem, Activation, Analysis, Cell, LossSite, Problem, Weights};

fn folder() -> PathBuf {
    std::env::var_os("UNROLL_FIXTURES").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"), PathBuf::from)
}

/// All numbers of a nested array in order; null becomes NaN.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        Value::Null => vec![f64::NAN],
        number => vec![number.as_f64().unwrap_or_else(|| panic!("not a number: {number}"))],
    }
}

fn problem(fixture: &Value) -> Problem {
    let size = |key: &str| usize::try_from(fixture[key].as_u64().unwrap()).unwrap();
    let weight = |key: &str| flat(&fixture["weights"][key]);
    let cell = match fixture["cell"].as_str().unwrap() {
        "rnn" => Cell::Rnn,
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        other => panic!("unknown cell {other}"),
    };
    let activation = match fixture["activation"].as_str().unwrap() {
        "tanh" => Activation::Tanh,
        "relu" => Activation::Relu,
        "sigmoid" => Activation::Sigmoid,
        "identity" => Activation::Identity,
        other => panic!("unknown activation {other}"),
    };
    assert_eq!(fixture["loss"]["kind"], "linear_final");
    Problem {
        weights: Weights {
            cell,
            activation,
            input_size: size("input_size"),
            hidden_size: size("hidden_size"),
            weight_ih: weight("weight_ih_l0"),
            weight_hh: weight("weight_hh_l0"),
            bias_ih: weight("bias_ih_l0"),
            bias_hh: weight("bias_hh_l0"),
        },
        x: flat(&fixture["x"]),
        h0: flat(&fixture["h0"]),
        c0: if cell == Cell::Lstm { flat(&fixture["c0"]) } else { Vec::new() },
        loss_site: LossSite::LastStep,
        cotangent: flat(&fixture["loss"]["cotangent"]),
    }
}

/// How far a value may be from PyTorch's.
#[derive(Clone, Copy)]
enum Tolerance {
    /// Relative to the expected value.
    Relative(f64),
    Absolute(f64),
}

struct Check<'a> {
    file: &'a str,
    failures: Vec<String>,
    values: usize,
}

impl Check<'_> {
    fn close(&mut self, field: &str, ours: &[f64], expected: &[f64], tolerance: Tolerance) {
        if ours.len() != expected.len() {
            self.failures.push(format!("{}: {field} has {} values, expected {}", self.file, ours.len(), expected.len()));
            return;
        }
        for (i, (a, b)) in ours.iter().zip(expected).enumerate() {
            self.values += 1;
            // null stands for exactly zero, whose logarithm is −∞ here.
            let ok = if b.is_nan() {
                *a == f64::NEG_INFINITY
            } else {
                let allowed = match tolerance {
                    Tolerance::Relative(eps) => eps * b.abs(),
                    Tolerance::Absolute(eps) => eps,
                };
                (a - b).abs() <= allowed
            };
            if !ok && self.failures.len() < 40 {
                self.failures.push(format!("{}: {field}[{i}] is {a:e}, expected {b:e}", self.file));
            }
        }
    }

    /// States and gates of n units a step, relative to the larger of 1 and the step's largest entry: what cancels in a sum that large has
    /// no digits of its own.
    fn forward(&mut self, field: &str, ours: &[f64], expected: &[f64], n: usize, eps: f64) {
        if ours.len() != expected.len() {
            self.failures.push(format!("{}: {field} has {} values, expected {}", self.file, ours.len(), expected.len()));
            return;
        }
        for (k, (a, b)) in ours.chunks(n).zip(expected.chunks(n)).enumerate() {
            let allowed = eps * b.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
            for (j, (a, b)) in a.iter().zip(b).enumerate() {
                self.values += 1;
                let within = (a - b).abs() <= allowed;
                if !within && self.failures.len() < 40 {
                    self.failures.push(format!("{}: {field}[{k}][{j}] is {a:e}, expected {b:e}", self.file));
                }
            }
        }
    }

    /// Vectors of n, each relative to its own largest entry: an entry that cancels to near zero has no digits of its own.
    fn vectors(&mut self, field: &str, ours: &[f64], expected: &[f64], n: usize, eps: f64) {
        if ours.len() != expected.len() {
            self.failures.push(format!("{}: {field} has {} values, expected {}", self.file, ours.len(), expected.len()));
            return;
        }
        for (k, (a, b)) in ours.chunks(n).zip(expected.chunks(n)).enumerate() {
            let largest = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            // Below this PyTorch's own values are subnormal or flushed to zero.
            if largest < 1e-290 && a.iter().all(|v| v.abs() < 1e-289) {
                continue;
            }
            for (j, (a, b)) in a.iter().zip(b).enumerate() {
                self.values += 1;
                if (a - b).abs() > eps * largest && self.failures.len() < 40 {
                    self.failures.push(format!("{}: {field}[{k}][{j}] is {a:e}, expected {b:e}", self.file));
                }
            }
        }
    }
}

fn unscaled(mantissa: &[f64], exponent: i64) -> Vec<f64> {
    // Two factors, because 2^exponent alone may leave the range where the product does not.
    let half = i32::try_from((exponent / 2).clamp(-3000, 3000)).unwrap();
    let rest = i32::try_from((exponent - exponent / 2).clamp(-3000, 3000)).unwrap();
    mantissa.iter().map(|v| v * 2f64.powi(half) * 2f64.powi(rest)).collect()
}

fn adjoint(adjoint: &Adjoint, n: usize) -> Vec<f64> {
    adjoint.mantissa.chunks(n).zip(&adjoint.exponent).flat_map(|(v, e)| unscaled(v, *e)).collect()
}

fn gradient(g: &ParameterGradient) -> Vec<f64> {
    unscaled(&g.mantissa, g.exponent)
}

/// Where PyTorch's numbers have limits of their own: `fixtures/hard/README.md` says which, and why.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nets {
    Usual,
    Extreme,
}

/// PyTorch's products have one exponent: what is below this share of their largest entry underflows, and is null where all of it does.
const PYTORCH_UNDERFLOWS: f64 = -290.0;

fn check(file: &str, fixture: &Value, nets: Nets) -> (usize, Vec<String>) {
    let expected = &fixture["expected"];
    let a: Analysis = analyse_problem(problem(fixture));
    let n = a.problem.weights.hidden_size;
    let mut check = Check { file, failures: Vec::new(), values: 0 };
    // A chaotic net amplifies the last bit of every operation.
    let chaos = file.contains("chaos");
    let forward = if chaos { 1e-9 } else { 1e-12 };
    let gradients = if chaos { 1e-7 } else { 1e-9 };
    let spectra = if chaos { 1e-7 } else { 1e-8 };

    assert_eq!(a.overflow_at, None);
    check.forward("h", &a.trace.h[n..], &flat(&expected["h"]), n, forward);
    if !expected["c"].is_null() {
        check.forward("c", &a.trace.c[n..], &flat(&expected["c"]), n, forward);
        let dl_dc = a.backward.dl_dc.as_ref().unwrap();
        check.vectors("dL_dc", &adjoint(dl_dc, n), &flat(&expected["dL_dc"]), n, gradients);
    }
    for gate in &a.trace.gates {
        check.forward(gate.name, &gate.values, &flat(&expected["gates"][gate.name]), n, forward);
    }
    check.vectors("dL_dh", &adjoint(&a.backward.dl_dh, n), &flat(&expected["dL_dh"]), n, gradients);
    for g in &a.backward.gradients {
        let whole = flat(&expected["grad"][g.name]);
        check.vectors(g.name, &gradient(g), &whole, whole.len(), gradients);
        for (i, (ours, theirs)) in g.log10_norm_by_step.iter().zip(flat(&expected["grad_norm_by_step"][g.name])).enumerate() {
            // PyTorch sums squares, which lose their digits below 1e-300.
            if theirs > 1e-145 {
                check.close(&format!("grad_norm_by_step {} [{i}]", g.name), &[*ours], &[theirs.log10()], Tolerance::Absolute(gradients));
            }
        }
    }
    let spectrum = |key: &str| flat(&expected["step_jacobian"][key]);
    let sigma_max = spectrum("sigma_max");
    check.close("sigma_max", &a.step_jacobian.sigma_max, &sigma_max, Tolerance::Relative(spectra));
    check.close("frobenius", &a.step_jacobian.frobenius, &spectrum("frobenius"), Tolerance::Relative(spectra));
    check.close("spectral_radius", &a.step_jacobian.spectral_radius, &spectrum("spectral_radius"), Tolerance::Relative(spectra));
    for (i, (ours, theirs)) in a.step_jacobian.sigma_min.iter().zip(spectrum("sigma_min")).enumerate() {
        check.close(&format!("sigma_min[{i}]"), &[*ours], &[theirs], Tolerance::Absolute(spectra * sigma_max[i]));
    }
    let product = &expected["product"];
    let log10 = Tolerance::Absolute(1e-7);
    let mut norms = vec![("log10_sigma_max", &a.product.log10_sigma_max), ("log10_norm_dhT_dhk", &a.product.log10_norm_dht_dhk)];
    norms.extend(a.product.log10_norm_dct_dck.as_ref().map(|cell| ("log10_norm_dcT_dck", cell)));
    for (name, ours) in norms {
        let theirs = flat(&product[name]);
        // From the first lag on at which PyTorch says zero of what is not, its products are no longer ours.
        let lost = |k: usize| theirs[k].is_nan() && ours[k].is_finite() && ours[k] < PYTORCH_UNDERFLOWS;
        let from = if nets == Nets::Extreme { (0..theirs.len()).rev().find(|k| lost(*k)).map_or(0, |k| k + 1) } else { 0 };
        check.close(name, &ours[from..], &theirs[from..], log10);
    }
    if !expected["lyapunov_exponents"].is_null() {
        let theirs = flat(&expected["lyapunov_exponents"]);
        assert_eq!(a.lyapunov_exponents.len(), theirs.len(), "{file}: lyapunov_exponents");
        // A singular step annihilates a direction, and what rounding leaves of it (about 1e-16) is nobody's number: an exponent that low
        // may hold one.
        let singular = spectrum("sigma_min").iter().zip(&sigma_max).any(|(min, max)| *min <= 1e-12 * max);
        let lost = if singular { theirs[0] + 1e-12f64.ln() / a.seq_len as f64 } else { f64::NEG_INFINITY };
        // And in an extreme net a factor ρ that the leading one is larger by has an error of ε/ρ, on either side.
        let precise = |exponent: &f64| nets == Nets::Usual || (theirs[0] - exponent) * a.seq_len as f64 <= 1e-9f64.ln().abs() / 2.0;
        let sound = theirs.iter().take_while(|exponent| **exponent > lost && precise(exponent)).count();
        check.close("lyapunov_exponents", &a.lyapunov_exponents[..sound], &theirs[..sound], Tolerance::Absolute(1e-7));
    }
    let blocks = &expected["recurrent_weight"];
    check.close("W_hh spectral_radius", &a.recurrent_weight.spectral_radius, &flat(&blocks["spectral_radius"]), Tolerance::Relative(1e-8));
    check.close("W_hh sigma_max", &a.recurrent_weight.sigma_max, &flat(&blocks["sigma_max"]), Tolerance::Relative(1e-8));
    (check.values, check.failures)
}

#[test]
fn every_single_layer_fixture_is_reproduced() {
    check_folder(&folder(), Nets::Usual);
}

#[test]
fn hard() {
    check_folder(&folder().join("hard"), Nets::Extreme);
}

fn check_folder(folder: &Path, nets: Nets) {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("cannot read the fixture folder {}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let (mut checked, mut values, mut failures) = (0, 0, Vec::new());
    for path in files {
        let fixture: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if fixture["cell"].is_null() || !fixture["bidirectional"].is_null() || fixture["expected"]["step_jacobian"].is_null() {
            continue;
        }
        let (count, failed) = check(path.file_stem().unwrap().to_str().unwrap(), &fixture, nets);
        checked += 1;
        values += count;
        failures.extend(failed);
    }
    assert!(checked > 0, "no single-layer fixture in {}", folder.display());
    println!("{checked} fixtures, {values} values compared");
    assert!(failures.is_empty(), "{} mismatches:\n{}", failures.len(), failures.join("\n"));
}
