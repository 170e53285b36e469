//! What the exported PyTorch scripts printed (`tests/fixtures/scripts/regenerate.sh`), against the engine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use serde_json::Value;
use unroll_engine::analyse_problem;
use unroll_formats::{json, script};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scripts").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// null is −∞.
fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NEG_INFINITY)).collect()
}

/// To 1e-9 of the value; of the largest one where the values are near zero beside it.
fn assert_close(what: &str, found: &[f64], printed: &[f64]) {
    assert_eq!(found.len(), printed.len(), "{what}: lengths");
    let scale = printed.iter().filter(|v| v.is_finite()).fold(0.0_f64, |m, v| m.max(v.abs()));
    for (index, (a, b)) in found.iter().zip(printed).enumerate() {
        let close = a == b || (a - b).abs() <= 1e-9 * b.abs().max(1e-3 * scale);
        assert!(close, "{what}: number {index} is {a}, PyTorch has {b}");
    }
}

fn holds(name: &str) {
    let problem = json::read(&file(&format!("{name}.json"))).unwrap();
    let script = script::pytorch(&problem).unwrap();
    assert!(script.as_bytes() == file(&format!("{name}.script.py")), "{name}: the script has changed; run regenerate.sh");
    let printed: Value = serde_json::from_slice(&file(&format!("{name}.output.json"))).unwrap();
    let analysis = analyse_problem(problem);
    let one = |key: &str| vec![printed[key].as_f64().unwrap()];
    assert_close(&format!("{name} loss"), &[analysis.loss], &one("loss"));
    assert_close(&format!("{name} growth_per_step"), &[analysis.left.growth_per_step()], &one("growth_per_step"));
    assert_eq!(analysis.left.horizon(0.01) as u64, printed["horizon"].as_u64().unwrap(), "{name} horizon");
    let largest = analysis.lyapunov_exponents.first().copied().unwrap_or(0.0);
    assert_close(&format!("{name} lyapunov_exponent"), &[largest], &[printed["lyapunov_exponent"].as_f64().unwrap_or(f64::NEG_INFINITY)]);
    let list = |key: &str, found: &[f64]| assert_close(&format!("{name} {key}"), found, &numbers(&printed[key]));
    list("log10_left", analysis.left.log10_by_lag());
    list("log10_product", &analysis.product.log10_sigma_max);
    list("sigma_max", &analysis.step_jacobian.sigma_max);
    list("spectral_radius", &analysis.step_jacobian.spectral_radius);
}

#[test]
fn rnn() {
    holds("rnn");
    holds("rnn_sigmoid");
}

#[test]
fn lstm() {
    holds("lstm");
}

#[test]
fn gru() {
    holds("gru");
}

#[test]
fn a_net_that_died() {
    holds("rnn_relu_dead");
}

#[test]
fn a_state_that_overflows() {
    holds("rnn_overflow");
}
