//! Scans, against the traces, the fold and each other.

use proptest::prelude::*;
use serde_json::Value;
use unroll_engine::lineage::number::{Complex, Number};
use unroll_engine::lineage::recurrence::Recurrence;
use unroll_engine::lineage::scan::{
    blelloch, blocked, hillis_steele, prefixes, ranges, reduce, sequential, Affine, Effort, Operator, Step,
};

use crate::fixture::{flat, Fixture};
use crate::parity::Check;

/// Relative to the largest of the array.
const SCAN: f64 = 1e-13;

fn numbers(steps: &[Step<f64>]) -> Vec<f64> {
    steps.iter().flat_map(|s| [s.a, s.b]).collect()
}

fn levels(levels: &[Vec<Step<f64>>]) -> Vec<f64> {
    levels.iter().flat_map(|level| numbers(level)).collect()
}

/// Every entry of every case of a trace.
pub fn check(check: &mut Check<'_>, fixture: &Fixture) {
    for (name, case) in fixture.json["cases"].as_object().unwrap() {
        one(check, name, case);
    }
}

fn one(check: &mut Check<'_>, name: &str, case: &Value) {
    let (a, b, cotangent) = (flat(&case["a"]), flat(&case["b"]), flat(&case["cotangent"]));
    let h0 = case["h0"].as_f64().unwrap();
    let elements: Vec<Step<f64>> = a.iter().zip(&b).map(|(a, b)| Step { a: *a, b: *b }).collect();
    let scan = blelloch(&Affine::new(), &elements);
    let h: Vec<f64> = scan.inclusive.iter().map(|prefix| prefix.apply(h0)).collect();

    // The adjoint, by the recurrence's own sweep and by a scan from the other end.
    let recurrence = Recurrence::<f64>::varying(&a, 1);
    let states = recurrence.forward(&[h0], b.clone()).unwrap();
    let mut adjoint = recurrence.backward();
    let (mut by_a, mut by_b) = (vec![0.0; a.len()], vec![0.0; a.len()]);
    for t in (0..a.len()).rev() {
        adjoint.add(&cotangent[t..=t], 0);
        let (g, exponent) = adjoint.now();
        let two = |value: f64, exponent: i64| value * 2f64.powi(i32::try_from(exponent).unwrap());
        by_b[t] = two(g[0], exponent);
        let previous = if t == 0 { h0 } else { states[t - 1] };
        let mut slot = [0.0];
        adjoint.coefficients(&[previous], &mut slot);
        by_a[t] = two(slot[0], exponent);
        adjoint.back(t);
    }
    let (g, exponent) = adjoint.now();
    let by_h0 = g[0] * 2f64.powi(i32::try_from(exponent).unwrap());
    let turned: Vec<Step<f64>> = (0..a.len()).rev().map(|t| Step { a: a.get(t + 1).copied().unwrap_or(1.0), b: cotangent[t] }).collect();
    let mut scanned: Vec<f64> = blocked(&Affine::new(), &turned, 3).inclusive.iter().map(|s| s.b).collect();
    scanned.reverse();
    check.close(&format!("{name}.dL_db by a scan"), &scanned, &flat(&case["dL_db"]), SCAN);
    check.close(&format!("{name}.h by the recurrence"), &states, &flat(&case["h"]), SCAN);

    let reach = |t: usize, k: usize| if k > t { f64::NEG_INFINITY } else { recurrence.log10_memory(k, t)[0] };
    let padded = scan.up_sweep[0].len();
    let depth = scan.up_sweep.len() - 1;
    for (key, expected) in case.as_object().unwrap() {
        let field = format!("{name}.{key}");
        let size = |n: usize| vec![n as f64];
        let ours = match key.as_str() {
            // What the case is given.
            "a" | "b" | "h0" | "cotangent" => continue,
            "seq_len" => size(elements.len()),
            "padded_length" => size(padded),
            "levels" => size(depth),
            "up_sweep" => levels(&scan.up_sweep),
            "down_sweep" => levels(&scan.down_sweep),
            "total" => numbers(&[scan.total]),
            "exclusive" => numbers(&scan.exclusive),
            "inclusive" => numbers(&scan.inclusive),
            "h" => h.clone(),
            "loss" => vec![h.iter().zip(&cotangent).map(|(h, c)| h * c).sum()],
            "dL_da" => by_a.clone(),
            "dL_db" => by_b.clone(),
            "dL_dh0" => vec![by_h0],
            "log10_reach" => {
                let ours: Vec<f64> = (0..a.len()).flat_map(|t| (0..a.len()).map(move |k| (t, k))).map(|(t, k)| reach(t, k)).collect();
                check.logarithms(&field, &ours, &flat(expected));
                continue;
            }
            "combines" | "depth" => {
                let fold = sequential(&Affine::new(), &elements).effort;
                let (work, sequential) = if key == "depth" { (scan.effort.depth, fold.depth) } else { (scan.effort.work, fold.work) };
                let count = |key: &str| expected[key].as_u64().unwrap() as usize;
                assert_eq!((work, sequential), (count("up") + count("down"), count("sequential")), "{field}");
                assert_eq!(count("inclusive"), if key == "depth" { 1 } else { scan.inclusive.len() }, "{field}");
                continue;
            }
            other => panic!("nothing checks {name}.{other}"),
        };
        check.close(&field, &ours, &flat(expected), SCAN);
    }
}

fn elements() -> impl Strategy<Value = Vec<Step<f64>>> {
    let number = prop_oneof![4 => -1.1..1.1_f64, 1 => Just(0.0)];
    proptest::collection::vec((number, -2.0..2.0_f64).prop_map(|(a, b)| Step { a, b }), 1..70)
}

/// How large the terms of a state are: what rounding is relative to, where they cancel.
fn sizes(elements: &[Step<f64>], h0: f64) -> Vec<f64> {
    let mut h = h0.abs();
    elements
        .iter()
        .map(|s| {
            h = s.a.abs() * h + s.b.abs();
            h
        })
        .collect()
}

/// A string of bytes under concatenation: it is associative, does not commute and has no rounding, so a wrong order shows.
struct Concatenation;

impl Operator for Concatenation {
    type Element = Vec<usize>;

    fn identity(&self) -> Vec<usize> {
        Vec::new()
    }

    fn combine(&self, earlier: &Vec<usize>, later: &Vec<usize>) -> Vec<usize> {
        [&earlier[..], &later[..]].concat()
    }
}

proptest! {
    #[test]
    fn lineage_the_operator_of_a_linear_recurrence_is_associative(s in elements().prop_filter("three", |s| s.len() > 2)) {
        let operator = Affine::new();
        let left = operator.combine(&operator.combine(&s[0], &s[1]), &s[2]);
        let right = operator.combine(&s[0], &operator.combine(&s[1], &s[2]));
        let size = (s[2].a * s[1].a * s[0].b).abs() + (s[2].a * s[1].b).abs() + s[2].b.abs();
        prop_assert!((left.a - right.a).abs() <= 1e-15 * left.a.abs());
        prop_assert!((left.b - right.b).abs() <= 1e-15 * size);
        prop_assert_eq!(operator.combine(&operator.identity(), &s[0]), s[0]);
        prop_assert_eq!(operator.combine(&s[0], &operator.identity()), s[0]);
    }

    #[test]
    fn lineage_every_scan_agrees_with_the_fold(s in elements(), h0 in -3.0..3.0_f64, blocks in 1_usize..9) {
        let operator = Affine::new();
        let mut h = h0;
        let fold: Vec<f64> = s.iter().map(|step| { h = step.apply(h); h }).collect();
        let scans = [
            sequential(&operator, &s).inclusive,
            hillis_steele(&operator, &s).levels.pop().unwrap(),
            blelloch(&operator, &s).inclusive,
            blocked(&operator, &s, blocks).inclusive,
        ];
        for (which, scan) in scans.iter().enumerate() {
            prop_assert_eq!(scan.len(), s.len());
            for ((prefix, expected), size) in scan.iter().zip(&fold).zip(sizes(&s, h0)) {
                prop_assert!((prefix.apply(h0) - expected).abs() <= 1e-13 * size, "scan {which}: {} {expected}", prefix.apply(h0));
            }
        }
    }

    #[test]
    fn lineage_no_scan_reorders_what_it_combines(count in 1_usize..40, blocks in 1_usize..9) {
        let s: Vec<Vec<usize>> = (0..count).map(|i| vec![i]).collect();
        let expected: Vec<Vec<usize>> = (0..count).map(|i| (0..=i).collect()).collect();
        prop_assert_eq!(&sequential(&Concatenation, &s).inclusive, &expected);
        let stages = hillis_steele(&Concatenation, &s);
        prop_assert_eq!(stages.levels.last().unwrap(), &expected);
        let tree = blelloch(&Concatenation, &s);
        prop_assert_eq!(&tree.inclusive, &expected);
        prop_assert_eq!(&tree.total, expected.last().unwrap());
        prop_assert!(tree.exclusive[1..].iter().eq(&expected[..count - 1]) && tree.exclusive[0].is_empty());
        prop_assert_eq!(&blocked(&Concatenation, &s, blocks).inclusive, &expected);
        // On workers of their own, block by block.
        let mut before = Vec::new();
        for range in ranges(count, blocks) {
            prop_assert_eq!(&prefixes(&Concatenation, &before, &s[range.clone()])[..], &expected[range.clone()]);
            before = Concatenation.combine(&before, &reduce(&Concatenation, &s[range]));
        }
        prop_assert_eq!(&before, expected.last().unwrap());
    }

    #[test]
    fn lineage_complex_steps_scan_as_real_ones_do(turns in proptest::collection::vec((0.0..1.0_f64, -3.0..3.0_f64, -1.0..1.0_f64), 1..40)) {
        let s: Vec<Step<Complex>> = turns.iter().map(|(size, phase, b)| Step {
            a: Complex::new(size * phase.cos(), size * phase.sin()),
            b: Complex::new(*b, 0.5),
        }).collect();
        let a: Vec<f64> = s.iter().flat_map(|s| [s.a.re, s.a.im]).collect();
        let b: Vec<f64> = s.iter().flat_map(|s| [s.b.re, s.b.im]).collect();
        let h0 = Complex::new(0.3, -0.8);
        let h = Recurrence::<Complex>::varying(&a, 1).forward(&[h0.re, h0.im], b).unwrap();
        for (prefix, h) in blelloch(&Affine::new(), &s).inclusive.iter().zip(h.chunks_exact(2)) {
            prop_assert!((prefix.apply(h0) - Complex::new(h[0], h[1])).modulus() <= 1e-13 * 40.0);
        }
    }
}

#[test]
fn lineage_scans_take_so_many_combines_and_levels() {
    for (count, tree, stages, fold) in
        [(8, (14, 6), (17, 3), 7), (1024, (2046, 20), (9217, 10), 1023), (4096, (8190, 24), (45057, 12), 4095)]
    {
        let s: Vec<Step<f64>> = (0..count).map(|i| Step { a: 0.5, b: i as f64 }).collect();
        let effort = |(work, depth): (usize, usize)| Effort { work, depth };
        assert_eq!(blelloch(&Affine::new(), &s).effort, effort(tree));
        assert_eq!(hillis_steele(&Affine::new(), &s).effort, effort(stages));
        assert_eq!(sequential(&Affine::new(), &s).effort, effort((fold, fold)));
    }
    // Three blocks of four: the first two are reduced, two sums are carried, all are scanned.
    let s = vec![Step { a: 0.5, b: 1.0 }; 12];
    assert_eq!(blocked(&Affine::new(), &s, 3).effort, Effort { work: 8 + 2 + 12, depth: 10 });
}
