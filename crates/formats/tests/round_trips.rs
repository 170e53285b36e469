//! What is written is read again, to the last bit.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/parsers.rs"]
mod parsers;

use parsers::{problem_bits, trace_bits};
use proptest::collection::vec;
use proptest::prelude::*;
use unroll_engine::{analyse_problem, Activation, Cell, LossSite, Problem, Weights};
use unroll_formats::traces::{Series, TraceTable};
use unroll_formats::{json, npy, safetensors, table, Direction, Sequence, Traces};

/// Any finite number: both signs, zeros, subnormals.
fn finite() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    NORMAL | SUBNORMAL | ZERO | POSITIVE | NEGATIVE
}

/// A number of the sort that weights are.
fn moderate() -> impl Strategy<Value = f64> {
    -2.0..2.0_f64
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)]
}

fn activation() -> impl Strategy<Value = Activation> {
    prop_oneof![Just(Activation::Tanh), Just(Activation::Relu), Just(Activation::Sigmoid), Just(Activation::Identity)]
}

fn weights<N: Strategy<Value = f64> + Clone>(number: N) -> impl Strategy<Value = Weights> {
    (cell(), activation(), 1..4_usize, 1..4_usize).prop_flat_map(move |(cell, activation, input_size, hidden_size)| {
        let rows = cell.blocks() * hidden_size;
        let list = |length| vec(number.clone(), length);
        (list(rows * input_size), list(rows * hidden_size), list(rows), list(rows)).prop_map(
            move |(weight_ih, weight_hh, bias_ih, bias_hh)| Weights {
                cell,
                activation,
                input_size,
                hidden_size,
                weight_ih,
                weight_hh,
                bias_ih,
                bias_hh,
            },
        )
    })
}

fn problem<N: Strategy<Value = f64> + Clone>(number: N) -> impl Strategy<Value = Problem> {
    let site = prop_oneof![Just(LossSite::LastStep), Just(LossSite::EveryStep), (1..20_usize).prop_map(LossSite::Step)];
    (weights(number.clone()), 0..6_usize, site).prop_flat_map(move |(weights, steps, loss_site)| {
        let n = weights.hidden_size;
        let list = |length| vec(number.clone(), length);
        let cells = if weights.cell == Cell::Lstm { n } else { 0 };
        (list(steps * weights.input_size), list(n), list(cells), list(n)).prop_map(move |(x, h0, c0, cotangent)| Problem {
            weights: weights.clone(),
            x,
            h0,
            c0,
            loss_site,
            cotangent,
        })
    })
}

proptest! {
    #[test]
    fn weights_through_safetensors(weights in weights(finite().boxed())) {
        let file = safetensors::read(&safetensors::write(&weights).unwrap()).unwrap();
        prop_assert_eq!((file.modules.len(), file.ignored.len(), file.refused.len()), (1, 0, 0));
        let again = file.modules[0].weights(0, Direction::Forward, weights.activation).unwrap();
        let bits = |w: &Weights| [&w.weight_ih, &w.weight_hh, &w.bias_ih, &w.bias_hh].map(|v| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
        prop_assert_eq!(bits(&again), bits(&weights));
        prop_assert_eq!(again, weights);
    }

    #[test]
    fn trained_nets_with_their_readout_through_safetensors(weights in weights(finite().boxed()), outputs in 1usize..4) {
        let (matrix, bias) = (vec![0.25; outputs * weights.hidden_size], vec![-1.0; outputs]);
        let bytes = safetensors::write_with_readout(&weights, (&matrix, &bias)).unwrap();
        let file = safetensors::read(&bytes).unwrap();
        prop_assert_eq!((file.modules.len(), file.refused.len()), (1, 0));
        // The page shows the recurrent layer; the readout is named among what it does not use.
        prop_assert_eq!(file.ignored.len(), 2);
        prop_assert_eq!(file.modules[0].weights(0, Direction::Forward, weights.activation).unwrap(), weights.clone());
        prop_assert!(safetensors::write_with_readout(&weights, (&matrix[1..], &bias)).is_err());
    }

    #[test]
    fn experiments_through_json(problem in problem(finite().boxed())) {
        let text = json::write(&problem).unwrap();
        let again = json::read(text.as_bytes()).unwrap();
        prop_assert_eq!(problem_bits(&again), problem_bits(&problem));
        prop_assert_eq!(again, problem);
    }

    #[test]
    fn traces_through_json_and_csv(problem in problem(moderate().boxed())) {
        let analysis = analyse_problem(problem);
        let traces = Traces::of(&analysis);
        let text = traces.to_json().unwrap();
        let again = Traces::from_json(text.as_bytes()).unwrap();
        prop_assert_eq!(trace_bits(&again), trace_bits(&traces));
        prop_assert_eq!(&again.experiment, &traces.experiment);
        prop_assert_eq!(json::read(text.as_bytes()).unwrap(), analysis.problem);
        let names = |list: &[Series]| list.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        prop_assert_eq!(names(&again.states), names(&traces.states));
        prop_assert_eq!(names(&again.steps), names(&traces.steps));

        let table = TraceTable::read(traces.to_csv().as_bytes()).unwrap();
        prop_assert_eq!(table.columns.len(), 1 + traces.states.len() + traces.steps.len());
        let same = |cell: &Option<f64>, value: f64| cell.is_some_and(|c| c.to_bits() == value.to_bits() || (c.is_nan() && value.is_nan()));
        for series in &traces.states {
            let column = table.column(&series.name).unwrap();
            prop_assert!(column.len() == series.values.len() && column.iter().zip(&series.values).all(|(c, v)| same(c, *v)), "{}", series.name);
        }
        for series in &traces.steps {
            let column = table.column(&series.name).unwrap();
            prop_assert!(column.len() == series.values.len() + 1 && column[0].is_none(), "{}", series.name);
            prop_assert!(column[1..].iter().zip(&series.values).all(|(c, v)| same(c, *v)), "{}", series.name);
        }
    }

    #[test]
    fn the_input_of_exported_traces_is_a_sequence(problem in problem(moderate().boxed()).prop_filter("steps", |p| !p.x.is_empty())) {
        let d = problem.weights.input_size;
        let traces = Traces::of(&analyse_problem(problem));
        let sequence = table::read_csv(traces.to_csv().as_bytes()).unwrap();
        let inputs: Vec<usize> = (1..=d).map(|j| sequence.columns.iter().position(|c| *c == format!("x_{j}")).unwrap()).collect();
        prop_assert_eq!(&sequence.select(&inputs).unwrap().values, &traces.experiment.x);
    }

    #[test]
    fn sequences_through_npy(width in 1..5_usize, rows in 1..6_usize, seed in vec(moderate(), 30)) {
        let values: Vec<f64> = seed.into_iter().cycle().take(width * rows).collect();
        let columns = (1..=width).map(|j| format!("column {j}")).collect();
        let sequence = Sequence::new(columns, values).unwrap();
        prop_assert_eq!(npy::read(&npy::write(&sequence)).unwrap(), sequence);
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let text = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/scripts/lstm.json")).unwrap();
    let sound = json::read(&text).unwrap();
    let broken = |change: fn(&mut Problem), part: &str| {
        let mut problem = sound.clone();
        change(&mut problem);
        let error = json::write(&problem).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
        assert!(unroll_formats::script::pytorch(&problem).is_err());
    };
    broken(|p| p.x[3] = f64::NAN, "x[3] is NaN");
    broken(|p| p.weights.bias_ih[0] = f64::INFINITY, "bias_ih_l0[0] is inf");
    broken(|p| p.h0.clear(), "h0 has 0 numbers");
    broken(|p| p.weights.weight_hh.truncate(63), "weight_hh has 63 numbers");
    broken(|p| p.x.truncate(23), "do not fill");
    broken(|p| p.loss_site = LossSite::Step(0), "counted from 1");
    let mut weights = sound.weights.clone();
    weights.bias_hh.clear();
    assert!(safetensors::write(&weights).is_err());
}

#[test]
fn the_logarithm_of_an_exact_zero_is_written_as_documented() {
    let text = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/scripts/rnn_relu_dead.json")).unwrap();
    let traces = Traces::of(&analyse_problem(json::read(&text).unwrap()));
    assert!(traces.to_json().unwrap().contains("\"log10_product\":[\"-inf\","));
    assert_eq!(TraceTable::read(traces.to_csv().as_bytes()).unwrap().column("log10_product").unwrap()[0], Some(f64::NEG_INFINITY));
}
