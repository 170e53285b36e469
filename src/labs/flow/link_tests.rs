use proptest::prelude::*;
use unroll_engine::signal::Table;
use unroll_engine::Cell;

use super::*;
use crate::form::link::{decode, encode, encode_as};

fn decoded(query: &str) -> (Link, Vec<String>) {
    let (state, notices) = decode(query, Settings::default());
    (state, notices.into_iter().map(|notice| notice.text).collect())
}

/// What a link without a schema is over.
fn before() -> Link {
    Link::of(Settings::schema_1())
}

/// One refused value: the default remains, and one notice names the field, the value and what is accepted.
fn refused(query: &str, parts: &[&str]) {
    let (state, notices) = decoded(query);
    assert_eq!(state, before(), "{query}");
    assert_eq!(notices.len(), 1, "{query}: {notices:?}");
    for part in parts {
        assert!(notices[0].contains(part), "{query}: {}", notices[0]);
    }
}

#[test]
fn the_default_is_an_empty_query() {
    assert_eq!(encode(&Link::default()), "");
    assert_eq!(decoded(""), (Link::default(), vec![]));
    assert_eq!(decoded("?"), (Link::default(), vec![]));
}

#[test]
fn only_what_differs_is_written() {
    let settings = Settings { show_lstm: false, focus: Cell::Rnn, gain: 1.25, forget_bias: -2.0, ..Settings::default() };
    let state = Link { settings, riders: FlowRiders { pinned: Some(23), ..FlowRiders::default() } };
    assert_eq!(encode(&state), "schema=2&cells=rnn.gru&focus=rnn&gain=1.25&fb=-2&t=23");
    let before = Settings { show_lstm: false, focus: Cell::Rnn, gain: 1.25, forget_bias: -2.0, ..Settings::schema_1() };
    assert_eq!(encode_as(&Link::of(before.clone()), 1), "cells=rnn.gru&focus=rnn&gain=1.25&fb=-2");
    assert_eq!(decoded("cells=rnn.gru&focus=rnn&gain=1.25&fb=-2"), (Link::of(before), vec![]));
}

#[test]
fn text_is_percent_encoded() {
    let settings = Settings { input: InputKind::Text, text: "a&b=ü ?".into(), ..Settings::default() };
    let state = Link::of(settings);
    assert_eq!(encode(&state), "schema=2&in=text&text=a%26b%3D%C3%BC+%3F");
    assert_eq!(decoded(&encode(&state)), (state, vec![]));
}

#[test]
fn a_bad_value_falls_back_and_the_notice_names_it() {
    refused("n=513", &["hidden size", "n=513", "from 1 to 512"]);
    refused("n=1.5", &["hidden size", "n=1.5", "whole numbers"]);
    refused("gain=NaN", &["recurrent gain", "gain=NaN", "from 0 to 10"]);
    refused("fb=1e3", &["forget bias", "fb=1e3", "from -20 to 20"]);
    refused("T=0", &["steps", "T=0", "from 1 to 2048"]);
    refused("act=swish", &["activation", "swish", "tanh, relu"]);
    refused("cells=rnn.cnn", &["cells", "cnn", "rnn, lstm, gru"]);
    refused("cells=", &["cells", "rnn, lstm, gru"]);
    refused("text=", &["text", "at least one character"]);
    refused("t=-1", &["time cursor", "t=-1"]);
    refused("t=65", &["time cursor", "t=65", "from 0 to 64"]);
}

#[test]
fn an_unknown_key_is_reported() {
    refused("lr=0.1", &["lr=0.1", "does not know"]);
}

#[test]
fn a_huge_value_is_refused_and_quoted_in_part() {
    let (state, notices) = decoded(&format!("text={}", "x".repeat(100_000)));
    assert_eq!(state, before());
    assert!(notices[0].chars().count() < 200, "{}", notices[0]);
}

#[test]
fn a_bad_value_does_not_take_the_good_ones_with_it() {
    let (state, notices) = decoded("n=900&gain=2&fb=4");
    assert_eq!((state.settings.hidden_size, state.settings.gain, state.settings.forget_bias), (16, 2.0, 4.0));
    assert_eq!(notices.len(), 1);
}

#[test]
fn numbers_are_used_when_the_page_has_them_and_reported_missing_otherwise() {
    refused("in=numbers", &["in=numbers", "paste"]);
    let table = Table { columns: vec!["a".into()], values: vec![0.0; 9], standardise: false };
    let (state, notices) = decode("in=numbers", Settings { numbers: Some(table.clone()), ..Settings::default() });
    assert_eq!(state.settings.input, InputKind::Numbers);
    assert_eq!(state.settings.numbers, Some(table));
    assert_eq!(notices, vec![]);
}

#[test]
fn a_hidden_focus_moves_and_is_reported_only_when_it_was_asked_for() {
    let (state, notices) = decoded("cells=rnn");
    assert_eq!((state.settings.focus, notices.len()), (Cell::Rnn, 0));
    let (state, notices) = decoded("cells=rnn&focus=gru");
    assert_eq!((state.settings.focus, notices.len()), (Cell::Rnn, 1));
    assert!(notices[0].contains("focus=gru"), "{}", notices[0]);
}

#[test]
fn a_loss_step_beyond_the_sequence_is_cut_and_reported() {
    let (state, notices) = decoded("T=10&loss=step&at=40");
    assert_eq!(state.settings.loss_step, 10);
    assert!(notices[0].contains("at=40") && notices[0].contains("10 steps"), "{}", notices[0]);
}

#[test]
fn a_link_names_a_net_that_the_page_has_seen_and_says_when_it_has_not() {
    let mut edits = unroll_engine::Edits::new(Cell::Gru, 1, 16);
    edits.set(unroll_engine::Parameter::WeightHh, 3, 0.75);
    let mut settings = Settings { gain: 1.5, ..Settings::default() };
    settings.nets.set(Cell::Gru, nets::Net { edits: Some(std::sync::Arc::new(edits)), ..nets::Net::default() });
    let state = Link::of(settings);
    let query = encode(&state);
    let id = state.settings.nets.of(Cell::Gru).id().unwrap();
    assert_eq!(query, format!("schema=2&gain=1.5&gru_net={id}"));
    assert_eq!(net_names(&query), std::slice::from_ref(&id));
    assert_eq!(decoded(&query), (state, vec![]));
    refused("gru_net=0000000000000000", &["gru_net=0000000000000000", "seed", "file"]);
    // The net of another cell is none of this one's.
    refused(&format!("lstm_net={id}"), &["lstm_net"]);
}

#[test]
fn a_pinned_state_travels_under_its_name_and_reads_back() {
    let pin = Pin { name: "chrono & co".into(), settings: Settings { forget_bias: 3.0, seq_len: 50, ..Settings::default() } };
    let state =
        Link { settings: Settings { gain: 1.25, ..Settings::default() }, riders: FlowRiders { pin: Some(pin), ..FlowRiders::default() } };
    let query = encode(&state);
    assert_eq!(query, "schema=2&gain=1.25&pin=schema%3D2%26T%3D50%26fb%3D3&pin_name=chrono+%26+co");
    assert_eq!(decoded(&query), (state, vec![]));
    let default = Link { riders: FlowRiders { pin: Some(Pin::new(Settings::default())), ..FlowRiders::default() }, ..Link::default() };
    assert_eq!(encode(&default), "schema=2&pin=schema%3D2");
    assert_eq!(decoded("schema=2&pin=schema%3D2"), (default, vec![]));
    let before = Link { riders: FlowRiders { pin: Some(Pin::new(Settings::schema_1())), ..FlowRiders::default() }, ..before() };
    assert_eq!(encode_as(&before, 1), "pin=");
    assert_eq!(decoded("pin="), (before, vec![]));
}

#[test]
fn a_pinned_state_is_checked_like_the_rest_and_pins_nothing_itself() {
    let (state, notices) = decoded("pin=n%3D9999%26fb%3D2%26pin%3Dn%253D3%26t%3D4");
    assert_eq!(state.riders.pin, Some(Pin::new(Settings { forget_bias: 2.0, ..Settings::schema_1() })));
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert!(notices.iter().all(|notice| notice.starts_with("In the pinned state: ")));
    assert!(notices[0].contains("hidden size") && notices[1].contains("pin=n=3") && notices[2].contains("t=4"));
}

#[test]
fn the_nets_of_a_pinned_state_are_looked_for_too() {
    assert_eq!(net_names("gru_net=ab&pin=lstm_net%3Dcd%26n%3D3"), ["ab", "cd"]);
}

#[test]
fn an_embed_keeps_its_names_in_the_link_and_says_which_there_are_not() {
    let (state, notices) = decoded("embed=gradient,jacobian&controls=gain,fb&fb=2");
    assert_eq!(notices, Vec::<String>::new());
    assert_eq!(encode_as(&state, 1), "embed=gradient.jacobian&controls=gain.fb&fb=2");
    assert_eq!(encode_as(&decoded("embed").0, 1), "embed=");
    let (state, notices) = decoded("embed=heat&controls=colour");
    assert!(state.riders.embed.is_some() && notices.len() == 2, "{notices:?}");
    refused("controls=gain", &["only an embedded page"]);
}

proptest! {
    #[test]
    fn the_cursor_survives_its_link(pinned in proptest::option::of(0usize..=300), seq_len in 1usize..=300) {
        let settings = Settings { seq_len, ..Settings::default() };
        let pinned = pinned.filter(|&k| k <= settings.effective_seq_len());
        let state = Link { settings, riders: FlowRiders { pinned, ..FlowRiders::default() } };
        prop_assert_eq!(decoded(&encode(&state)), (state, vec![]));
    }
}

#[test]
fn what_rides_along_falls_back_and_the_notice_names_key_and_value() {
    refused("t=x", &["time cursor", "t=x", "whole numbers from 0 to 64"]);
    refused("rnn_net=xyz", &["rnn_net=xyz", "seed"]);
    refused("schema=0", &["schema=0", "whole numbers from 1 to 2"]);
    refused("controls=gain", &["controls=gain"]);
    let (state, notices) = decoded("pin=&pin_name=a+name+that+is+longer+than+is+kept");
    assert_eq!(state.riders.pin.unwrap().name, "a name that is longer th");
    assert!(notices.len() == 1 && notices[0].contains("pin_name=a name that") && notices[0].contains("1 to 24 characters"), "{notices:?}");
    let (state, notices) = decoded("embed=heat&controls=colour");
    assert_eq!(state.riders.embed, Some(Embed::default()));
    assert!(notices[0].contains("embed=heat") && notices[1].contains("controls=colour"), "{notices:?}");
}
