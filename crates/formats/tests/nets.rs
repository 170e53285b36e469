//! Nets as few bytes: what goes in comes out, and what is damaged is refused in a sentence.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use proptest::prelude::*;
use unroll_engine::given::Start;
use unroll_engine::signal::Table;
use unroll_engine::{Cell, Edits, Experiment, Given, Layer, Parameter, Stack, Weights};
use unroll_formats::net::{from_text, read, read_table, to_text, write, write_table, NetDocument};

fn weights(cell: Cell, n: usize, d: usize, seed: u32, narrow: bool) -> Weights {
    let input = unroll_engine::Input::Noise;
    let mut weights = Experiment { cell, hidden_size: n, input_size: d, seed, input, ..Experiment::default() }.weights().unwrap();
    if narrow {
        for values in [&mut weights.weight_ih, &mut weights.weight_hh, &mut weights.bias_ih, &mut weights.bias_hh] {
            values.iter_mut().for_each(|value| *value = f64::from(*value as f32));
        }
    }
    weights
}

fn net(cell: Cell, n: usize, narrow: bool, edits: &[(usize, usize, f64)]) -> NetDocument {
    let layer = |d, seed| Layer { forward: weights(cell, n, d, seed, narrow), reverse: Some(weights(cell, n, d, seed + 100, narrow)) };
    let stack = Stack::new(vec![layer(2, 1), layer(2 * n, 2)]).unwrap();
    let c0 = if cell == Cell::Lstm { vec![0.5; n] } else { vec![] };
    let start = Start { h0: vec![0.1; n], c0, cotangent: vec![1.0; n] };
    let given = Given::new(Arc::new(stack), 1, true).unwrap().with_start(start).unwrap();
    let mut changed = Edits::new(cell, 2 * n, n);
    for (parameter, index, value) in edits {
        changed.set(Parameter::ALL[*parameter], *index, *value);
    }
    NetDocument { cell, name: "encoder.lstm".into(), given: Some(Arc::new(given)), edits: Some(Arc::new(changed)) }
}

proptest! {
    #[test]
    fn a_net_comes_out_as_it_went_in(
        cell in prop::sample::select(vec![Cell::Rnn, Cell::Lstm, Cell::Gru]),
        n in 1_usize..6,
        narrow: bool,
        deflated: bool,
        edits in prop::collection::vec((0_usize..4, 0_usize..30, -1e3..1e3), 0..40),
    ) {
        let net = net(cell, n, narrow, &edits);
        let bytes = write(&net, deflated).unwrap();
        prop_assert_eq!(&read(&from_text(&to_text(&bytes)).unwrap()).unwrap(), &net);
        let of = |net: &NetDocument| net.given.as_ref().unwrap().weights().clone();
        prop_assert_eq!(of(&read(&bytes).unwrap()), of(&net));
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_but_never_a_panic(at in 0_usize..400, with: u8, cut in 0_usize..400) {
        let mut bytes = write(&net(Cell::Gru, 2, true, &[(1, 3, 0.5)]), false).unwrap();
        let place = at % bytes.len();
        bytes[place] = with;
        let _ = read(&bytes);
        let _ = read(&bytes[..cut.min(bytes.len())]);
    }
}

#[test]
fn narrow_numbers_take_about_half() {
    let size = |narrow| write(&net(Cell::Lstm, 5, narrow, &[]), true).unwrap().len() as f64;
    assert!(size(true) < 0.6 * size(false), "{} of {}", size(true), size(false));
}

#[test]
fn a_hundred_edits_of_a_drawn_net_fit_a_link() {
    let mut edits = Edits::new(Cell::Lstm, 1, 16);
    for index in 0..100 {
        edits.set(Parameter::WeightHh, 7 * index, f64::from(index as u32).sin());
    }
    let net = NetDocument { cell: Cell::Lstm, name: String::new(), given: None, edits: Some(Arc::new(edits)) };
    assert!(to_text(&write(&net, true).unwrap()).len() < 1400);
}

#[test]
fn what_is_no_net_is_a_sentence() {
    for (bytes, says) in
        [(&b""[..], "cut off"), (b"\x01", "cut off"), (b"\x01\x09", "version 9"), (b"\x07\x01", "cut off"), (b"\x00\x01", "cut off")]
    {
        let sentence = read(bytes).unwrap_err().to_string();
        assert!(sentence.contains(says), "{sentence}");
    }
    // Much text from few bytes.
    let mut bomb = vec![1, 1];
    bomb.extend(miniz_oxide::deflate::compress_to_vec(&vec![0; 300 << 20], 1));
    assert!(read(&bomb).is_err());
    assert!(from_text("not base64!").unwrap_err().to_string().contains("link"));
}

#[test]
fn a_table_comes_out_as_it_went_in() {
    let table = Table { columns: vec!["a".into(), "ü".into()], values: vec![0.1, 2.0, -3e99, 0.0], standardise: true };
    let bytes = write_table(&table).unwrap();
    assert_eq!(read_table(&bytes).unwrap(), table);
    assert!((0..bytes.len()).all(|end| read_table(&bytes[..end]).is_err()));
    let uneven = Table { values: vec![1.0; 3], ..table };
    assert!(read_table(&write_table(&uneven).unwrap()).is_err());
}
