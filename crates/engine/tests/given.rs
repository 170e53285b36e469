//! Nets that were brought or edited, against nets that are drawn.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use unroll_engine::given::Start;
use unroll_engine::{analyse, Cell, Cotangent, Edits, Experiment, Given, Input, Layer, Parameter, Stack, Weights};

fn small(cell: Cell) -> Experiment {
    Experiment { cell, hidden_size: 4, input_size: 2, seq_len: 12, input: Input::Noise, ..Experiment::default() }
}

fn given(weights: Weights) -> Option<Arc<Given>> {
    let stack = Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap();
    Some(Arc::new(Given::new(Arc::new(stack), 0, false).unwrap()))
}

fn neutral(experiment: &Experiment) -> Experiment {
    Experiment { gain: 1.0, forget_bias: 0.0, input_gate_bias: 0.0, update_bias: 0.0, ..experiment.clone() }
}

#[test]
fn a_drawn_net_given_back_is_the_same_net_whatever_the_size_says() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let drawn = small(cell);
        let again = Experiment { given: given(drawn.weights().unwrap()), hidden_size: 9, input_size: 5, ..neutral(&drawn) };
        assert_eq!((again.effective_hidden_size(), again.effective_input_size()), (4, 2));
        assert_eq!(analyse(&again).unwrap(), analyse(&drawn).unwrap());
    }
}

#[test]
fn the_gain_scales_and_the_biases_shift_a_given_net() {
    for cell in [Cell::Lstm, Cell::Gru] {
        let weights = small(cell).weights().unwrap();
        let moved = Experiment { given: given(weights.clone()), gain: 2.0, forget_bias: 0.5, update_bias: 0.5, ..neutral(&small(cell)) };
        let found = moved.weights().unwrap();
        assert!(found.weight_hh.iter().zip(&weights.weight_hh).all(|(a, b)| *a == 2.0 * b));
        assert_eq!(found.weight_ih, weights.weight_ih);
        let shifts: Vec<f64> = found.bias_ih.iter().zip(&weights.bias_ih).map(|(a, b)| a - b).collect();
        // Forget and update rows are the second block.
        assert!(shifts.iter().enumerate().all(|(row, shift)| (shift - if row / 4 == 1 { 0.5 } else { 0.0 }).abs() < 1e-15));
    }
}

#[test]
fn edits_come_last_and_rest_while_the_size_is_another() {
    let mut edits = Edits::new(Cell::Lstm, 2, 4);
    assert!(edits.set(Parameter::WeightHh, 5, 0.25) && edits.set(Parameter::BiasIh, 7, -3.0));
    assert!(!edits.set(Parameter::WeightIh, 32, 1.0) && !edits.set(Parameter::BiasHh, 0, f64::NAN));
    let plain = Experiment { gain: 3.0, forget_bias: 4.0, ..small(Cell::Lstm) };
    let edited = Experiment { edits: Some(Arc::new(edits.clone())), ..plain.clone() };
    let (before, after) = (plain.weights().unwrap(), edited.weights().unwrap());
    assert_eq!((after.weight_hh[5], after.bias_ih[7]), (0.25, -3.0));
    let changed = before.weight_hh.iter().zip(&after.weight_hh).filter(|(a, b)| a != b).count();
    assert_eq!((changed, &before.weight_ih, &before.bias_hh), (1, &after.weight_ih, &after.bias_hh));
    let larger = Experiment { hidden_size: 5, ..edited.clone() };
    assert_eq!(larger.weights().unwrap(), Experiment { hidden_size: 5, ..plain.clone() }.weights().unwrap());
    let id = edits.id();
    assert!(edits.reset(Parameter::BiasIh, 7) && !edits.reset(Parameter::BiasIh, 7));
    assert_ne!(edits.id(), id);
    assert_eq!(edits.iter().collect::<Vec<_>>(), [(Parameter::WeightHh, 5, 0.25)]);
}

#[test]
fn a_layer_above_reads_what_the_one_below_gives() {
    let below = small(Cell::Gru).weights().unwrap();
    let above = Experiment { input_size: 4, seed: 8, ..small(Cell::Gru) }.weights().unwrap();
    let stack = Arc::new(Stack::new([&below, &above].map(|w| Layer { forward: w.clone(), reverse: None }).to_vec()).unwrap());
    assert_eq!((stack.input_size(), stack.layers().len()), (2, 2));
    let at = |layer| Experiment { given: Some(Arc::new(Given::new(stack.clone(), layer, false).unwrap())), ..neutral(&small(Cell::Gru)) };
    let (first, second) = (analyse(&at(0)).unwrap(), analyse(&at(1)).unwrap());
    assert_eq!(second.problem.x, first.trace.h[4..]);
    assert_eq!(second.problem.weights.input_size, 4);
    assert!(Given::new(stack.clone(), 2, false).unwrap_err().to_string().contains("has 2"));
    assert!(Given::new(stack, 0, true).unwrap_err().to_string().contains("reversed"));
}

#[test]
fn a_start_of_its_own_replaces_what_the_seed_draws() {
    let drawn = Experiment { seed: 3, ..small(Cell::Lstm) };
    let start = Start { h0: vec![0.1; 4], c0: vec![-0.2; 4], cotangent: vec![1.0, 0.0, 0.0, 2.0] };
    let own = Given::clone(&given(drawn.weights().unwrap()).unwrap());
    assert!(own.clone().with_start(Start { c0: vec![], ..start.clone() }).is_err());
    let own = Experiment { given: Some(Arc::new(own.with_start(start.clone()).unwrap())), ..neutral(&drawn) };
    let problem = own.problem().unwrap();
    assert_eq!((problem.h0, problem.c0, problem.cotangent), (start.h0, start.c0, start.cotangent));
    assert_eq!(Experiment { cotangent: Cotangent::Ones, ..own }.problem().unwrap().cotangent, [1.0; 4]);
}

#[test]
fn what_does_not_fit_is_a_sentence() {
    let weights = small(Cell::Rnn).weights().unwrap();
    let refuse = |weights: Weights| Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap_err().to_string();
    let mut broken = weights.clone();
    broken.weight_hh[6] = f64::NAN;
    assert_eq!(refuse(broken), "weight_hh of layer 0 is NaN in row 2, column 3; finite numbers are accepted.");
    let short = Weights { bias_ih: vec![0.0; 3], ..weights.clone() };
    assert_eq!(refuse(short), "bias_ih of layer 0 has 3 numbers; 4 × 1 are needed.");
    let wide = Weights { hidden_size: 513, ..weights.clone() };
    assert!(refuse(wide).contains("from 1 to 512"));
    assert!(Stack::new(Vec::new()).is_err());
    let other = Layer { forward: small(Cell::Rnn).weights().unwrap(), reverse: None };
    let twice = Stack::new(vec![other.clone(), other]).unwrap_err().to_string();
    assert_eq!(twice, "Layer 1 reads 2 numbers per step and gets 4; the two have to agree.");
    let sunspots = Experiment { given: given(weights.clone()), input: Input::Sunspots, ..small(Cell::Rnn) };
    let error = sunspots.validate().unwrap_err();
    assert_eq!(error.to_string(), "The model reads 2 numbers per step and the input has 1; an input with 2 is accepted.");
    assert_eq!(error.field(), "given");
    assert!(Experiment { given: given(weights), cell: Cell::Gru, ..small(Cell::Gru) }.validate().is_err());
}
