//! The cells in one direction.

use proptest::prelude::*;
use unroll_engine::lineage::recurrent::Recurrent;
use unroll_engine::lineage::{Matrix, Model, Path, Reach};
use unroll_engine::{Activation, Cell, Weights};

use crate::differences;
use crate::fixture::Fixture;

pub fn cell(word: &str) -> Cell {
    match word {
        "rnn" => Cell::Rnn,
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        other => panic!("unknown cell {other}"),
    }
}

/// A cell's parameters; `prefix` and `suffix` complete their names.
pub fn weights(fixture: &Fixture, cell: Cell, input_size: usize, hidden_size: usize, prefix: &str, suffix: &str) -> Weights {
    let weight = |name: &str| fixture.weight(&format!("{prefix}{name}{suffix}"));
    Weights {
        cell,
        activation: Activation::Tanh,
        input_size,
        hidden_size,
        weight_ih: weight("weight_ih"),
        weight_hh: weight("weight_hh"),
        bias_ih: weight("bias_ih"),
        bias_hh: weight("bias_hh"),
    }
}

pub fn from_fixture(fixture: &Fixture) -> Recurrent {
    let cell = cell(&fixture.kind());
    Recurrent::new(weights(fixture, cell, fixture.size("input_size"), fixture.size("hidden_size"), "", "_l0")).unwrap()
}

pub fn numbers(count: usize, bound: f64) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(-bound..bound, count)
}

pub fn cells() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)]
}

/// Random parameters of a cell.
pub fn random_weights(cell: Cell, d: usize, n: usize, bound: f64) -> impl Strategy<Value = Weights> {
    let rows = cell.blocks() * n;
    (numbers(rows * d, bound), numbers(rows * n, bound), numbers(rows, 0.5), numbers(rows, 0.5)).prop_map(
        move |(weight_ih, weight_hh, bias_ih, bias_hh)| Weights {
            cell,
            activation: Activation::Tanh,
            input_size: d,
            hidden_size: n,
            weight_ih,
            weight_hh,
            bias_ih,
            bias_hh,
        },
    )
}

fn problems() -> impl Strategy<Value = (Weights, Vec<f64>, Vec<f64>)> {
    (cells(), 1_usize..4, 1_usize..5, 1_usize..8)
        .prop_flat_map(|(cell, d, n, steps)| (random_weights(cell, d, n, 1.0), numbers(steps * d, 1.0), numbers(steps * n, 1.0)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn lineage_cells_agree_with_central_differences((weights, x, cotangent) in problems()) {
        let mut model = Recurrent::new(weights).unwrap();
        differences::check(&mut model, &x, &cotangent, 2e-6).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn lineage_rows_together_are_the_rows_one_by_one((weights, x, _) in problems()) {
        let model = Recurrent::new(weights).unwrap();
        let run = model.run(&x).unwrap();
        for row in Matrix::of(run.as_ref(), Path::Total).unwrap().rows {
            let alone = Reach::row(run.as_ref(), row.t, Path::Total).unwrap();
            for (a, b) in row.log10.iter().zip(&alone.log10) {
                prop_assert!(a == b || (a - b).abs() < 1e-10, "{a} {b}");
            }
        }
    }
}

/// A linear cell h_t = a h_{t−1} + x_t: ∂h_t/∂x_k = a^{t−k}.
fn scalar(a: f64) -> Recurrent {
    Recurrent::new(Weights {
        cell: Cell::Rnn,
        activation: Activation::Identity,
        input_size: 1,
        hidden_size: 1,
        weight_ih: vec![1.0],
        weight_hh: vec![a],
        bias_ih: vec![0.0],
        bias_hh: vec![0.0],
    })
    .unwrap()
}

#[test]
fn lineage_reach_goes_on_where_numbers_underflow() {
    let model = scalar(1e-2);
    let run = model.run(&[0.0; 512]).unwrap();
    let row = Reach::row(run.as_ref(), 511, Path::Total).unwrap();
    for (k, value) in row.log10.iter().enumerate() {
        let expected = -2.0 * (511 - k) as f64;
        assert!((value - expected).abs() < 1e-9, "{k}: {value}");
    }
    assert_eq!(row.relative(), row.log10, "lag 0 is 1 here");
}

#[test]
fn lineage_reach_tells_exactly_zero_from_small() {
    let small = Matrix::of(scalar(1e-300).run(&[0.0; 8]).unwrap().as_ref(), Path::Total).unwrap();
    let zero = Matrix::of(scalar(0.0).run(&[0.0; 8]).unwrap().as_ref(), Path::Total).unwrap();
    for t in 0..8 {
        for k in 0..8 {
            let (small, zero) = (small.rows[t].log10[k], zero.rows[t].log10[k]);
            if k > t {
                assert_eq!(small, f64::NEG_INFINITY, "the future does not reach back");
            } else {
                assert!((small + 300.0 * (t - k) as f64).abs() < 1e-9, "{small}");
            }
            assert_eq!(zero, if k == t { 0.0 } else { f64::NEG_INFINITY });
        }
    }
}

#[test]
fn lineage_reach_comes_in_slices() {
    let model = scalar(0.5);
    let run = model.run(&[0.0; 10]).unwrap();
    let mut reach = Reach::matrix(run.as_ref(), Path::Total).unwrap();
    let first: Vec<_> = reach.by_ref().take(3).collect();
    assert_eq!((first.len(), reach.remaining()), (3, 7));
    let rest: Vec<_> = reach.collect();
    let whole = Matrix::of(run.as_ref(), Path::Total).unwrap();
    assert_eq!(first.into_iter().chain(rest).collect::<Vec<_>>(), whole.rows);
}

#[test]
fn lineage_questions_that_have_no_answer_are_refused_in_sentences() {
    let model = scalar(0.5);
    let run = model.run(&[0.0; 1025]).unwrap();
    let sentences = [
        Matrix::of(run.as_ref(), Path::Total).unwrap_err().to_string(),
        Reach::row(run.as_ref(), 0, Path::Total).unwrap_err().to_string(),
        model.run(&[]).err().unwrap().to_string(),
        Reach::row(model.run(&[0.0; 4]).unwrap().as_ref(), 4, Path::Total).unwrap_err().to_string(),
        Reach::row(model.run(&[0.0; 4]).unwrap().as_ref(), 1, Path::State).unwrap_err().to_string(),
        scalar(1e300).run(&[1.0; 4]).err().unwrap().to_string(),
    ];
    assert_eq!(
        sentences,
        [
            "The reach matrix has 1025 × 1025 entries. It is computed up to 64 × 64; a single row up to 1024 steps.",
            "The sequence has 1025 steps. Reach is computed up to 1024.",
            "The input has 0 numbers, which is not one step or more of 1 numbers each.",
            "The output has 4 steps, counted from 0. There is no step 4.",
            "This model has no path named state. It has: total.",
            "The state overflows at step 2. Smaller weights or a smaller input keep it finite.",
        ]
    );
}
