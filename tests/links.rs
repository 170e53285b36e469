//! Links live longer than versions of the page. Forty of them, of both labs, with pins, edited weights and embed options, were read by the
//! build of 25 November 2026, and `links/restored.txt` holds what each restored: every later build must restore the same.
//!
//! The empty address is the one exception: it is no link that someone made, and shows what the page opens with. What it opened with then
//! is now `?schema=1`, and that is what its line holds.
//!
//! `UNROLL_WRITE_LINKS=1 cargo test --test links` writes that file again; its difference is what a change would do to links that are out there.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::PathBuf;

use unroll::form::link::{decode, encode_as};
use unroll::labs::flow::{fragment, settings::Settings};
use unroll::labs::train::settings::TrainSettings;
use unroll_engine::train::Trainer;
use unroll_engine::{analyse_critical, fingerprint};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/links").join(name)
}

/// A query with its pairs sorted, one a line: their order in a link has no meaning. It is written in the words of schema 1, as the links are;
/// the schema number is the writer's, not the state's.
fn pairs(query: &str, into: &mut String) {
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != "schema").collect();
    pairs.sort();
    for (key, value) in pairs {
        writeln!(into, "  {key} = {value}").unwrap();
    }
}

/// What the engine makes of the shown cells: sizes, and the bits of all states and of the loss's direction.
fn cells(settings: &Settings, into: &mut String) {
    for cell in settings.shown_cells() {
        let analysis = analyse_critical(&settings.experiment(cell)).unwrap();
        let problem = &analysis.problem;
        let bits = fingerprint(analysis.trace.h.iter().chain(&analysis.trace.c).chain(&problem.cotangent).chain(&problem.x).copied());
        writeln!(into, "  {cell:?}: n {}, T {}, {:?}, {bits:016x}", problem.weights.hidden_size, analysis.seq_len, problem.loss_site)
            .unwrap();
    }
}

fn flow(query: &str, fragment: &str, into: &mut String) {
    let (carried, sentences) = fragment::read_fragment(fragment);
    let (state, notices) = decode(query, Settings { numbers: carried.numbers, ..Settings::default() });
    pairs(&encode_as(&state, 1), into);
    writeln!(into, "  notices: {}", sentences.len() + notices.len()).unwrap();
    cells(&state.settings, into);
    if let Some(pin) = &state.riders.pin {
        writeln!(into, "  pinned as {}:", pin.name).unwrap();
        cells(&pin.settings, into);
    }
}

/// Two steps of training tell task, net, optimiser, clipping and truncation apart.
fn train(query: &str, into: &mut String) {
    let (state, notices) = decode(query, TrainSettings::default());
    let settings = &state.settings;
    pairs(&encode_as(&state, 1), into);
    writeln!(into, "  notices: {}", notices.len()).unwrap();
    for cell in settings.cells() {
        let mut trainer = Trainer::new(settings.config(cell).unwrap()).unwrap();
        for _ in 0..2 {
            trainer.step().unwrap();
        }
        writeln!(into, "  {cell:?}: {:016x}", fingerprint(trainer.snapshot().to_numbers().into_iter())).unwrap();
    }
}

#[test]
fn forty_links_restore_what_they_always_did() {
    let links = std::fs::read_to_string(file("forty.txt")).unwrap();
    let mut restored = String::new();
    for link in links.lines() {
        writeln!(restored, "{link}").unwrap();
        let (address, fragment) = link.split_once('#').unwrap_or((link, ""));
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        match path {
            "/" if query.is_empty() => flow("schema=1", fragment, &mut restored),
            "/" => flow(query, fragment, &mut restored),
            "/train" => train(query, &mut restored),
            other => panic!("no lab is at {other}"),
        }
    }
    assert_eq!(links.lines().count(), 40);
    if std::env::var_os("UNROLL_WRITE_LINKS").is_some() {
        std::fs::write(file("restored.txt"), &restored).unwrap();
    }
    let before = std::fs::read_to_string(file("restored.txt")).unwrap();
    for (now, then) in restored.lines().zip(before.lines()) {
        assert_eq!(now, then);
    }
    assert_eq!(restored.len(), before.len());
}
