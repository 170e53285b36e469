//! What holds for the form of every lab.

use std::collections::HashSet;

use proptest::prelude::*;
use unroll_engine::signal::Table;

use super::link::{decode, decode_settings, encode, encode_settings, lower_first, value};
use super::row::{format_number, option, place, ChoiceOption, Kind, Range};
use super::{groups, keys, row, Form, Group, Link, Riders, Row};
use crate::labs::flow::settings::Settings as Flow;
use crate::labs::lineage::settings::LineageSettings as Lineage;
use crate::labs::train::settings::TrainSettings as Train;

/// The least form that a lab can have: it takes this much to add one.
#[derive(Clone, Debug, Default, PartialEq)]
struct Least {
    size: usize,
    loud: bool,
}

const VOICES: [bool; 2] = [false, true];
static VOICE_OPTIONS: [ChoiceOption; 2] = [option("low", "low", "Whispers."), option("high", "high", "Shouts.")];
static ROWS: &[Row<Least>] = &[
    Row::new(Group("All"), "Size", "size", "How much.", Kind::number(Range::integer(0..=9), |s| s.size as f64, |s, v| s.size = v as usize)),
    Row::new(
        Group("All"),
        "Voice",
        "voice",
        "How loud.",
        Kind::choice(&VOICE_OPTIONS, |s| place(&VOICES, &s.loud), |s, i| s.loud = VOICES[i]),
    ),
];

impl Form for Least {
    type Riders = ();

    fn rows() -> &'static [Row<Self>] {
        ROWS
    }

    fn normalise(&mut self) {}
}

/// The same claim of every lab.
macro_rules! of_every_lab {
    ($($claim:ident => $check:ident;)*) => { $(
        #[test]
        fn $claim() {
            $check::<Flow>();
            $check::<Train>();
            $check::<Lineage>();
            $check::<Least>();
        }
    )* };
}

of_every_lab! {
    names_are_unique_and_only_toggles_share_a_key => unique;
    every_group_is_one_block_of_the_rail => grouped;
    every_default_is_accepted_and_offered_by_its_slider => defaults;
    what_is_set_is_what_is_read => set_and_read;
    the_default_is_normal_and_an_empty_query => empty;
    a_bad_value_of_any_key_falls_back_and_the_notice_names_it => bad_values;
    a_link_of_a_newer_schema_says_so_and_restores_what_it_can => newer;
    every_setting_survives_its_link_and_any_query_gives_normal_settings => survive;
}

fn unique<S: Form>() {
    let names: HashSet<_> = S::rows().iter().map(|row| row.name).collect();
    assert_eq!(names.len(), S::rows().len());
    let own = S::rows().iter().filter(|row| !matches!(row.kind, Kind::Toggle(_))).filter_map(|row| row.key);
    let keys: Vec<_> = own.chain(S::Riders::KEYS.iter().copied()).chain(["schema", "cells"]).collect();
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
}

fn grouped<S: Form>() {
    let groups = groups::<S>();
    assert_eq!(groups.iter().collect::<HashSet<_>>().len(), groups.len());
}

fn defaults<S: Form>() {
    let default = S::default();
    for row in S::rows() {
        match &row.kind {
            Kind::Number(number) => {
                let (value, range) = ((number.get)(&default), number.range);
                assert_eq!(range.parse(&format_number(value)), Some(value), "{}", row.name);
                assert_eq!((number.untouched)(&default, value), value, "{}", row.name);
                assert!(range.slider_min <= value && value <= range.slider_max, "{}", row.name);
                assert!(range.min <= range.slider_min && range.slider_max <= range.max, "{}", row.name);
            }
            Kind::Text(text) => assert_eq!((text.check)((text.get)(&default)), Ok(()), "{}", row.name),
            _ => {}
        }
    }
}

fn set_and_read<S: Form>() {
    for row in S::rows() {
        let mut settings = S::default();
        match &row.kind {
            Kind::Number(number) => {
                for value in [number.range.min, number.range.max] {
                    (number.set)(&mut settings, value);
                    assert_eq!((number.get)(&settings), value, "{}", row.name);
                }
                (number.set)(&mut settings, (number.get)(&S::default()));
            }
            Kind::Choice(choice) => {
                for place in 0..choice.options.len() {
                    (choice.set)(&mut settings, place);
                    assert_eq!((choice.get)(&settings), place, "{}", row.name);
                }
                (choice.set)(&mut settings, (choice.get)(&S::default()));
            }
            Kind::Toggle(toggle) => {
                (toggle.set)(&mut settings, false);
                assert!(!(toggle.get)(&settings), "{}", row.name);
                (toggle.set)(&mut settings, true);
                assert!((toggle.get)(&settings), "{}", row.name);
                (toggle.set)(&mut settings, (toggle.get)(&S::default()));
            }
            Kind::Text(text) => {
                (text.set)(&mut settings, "ab".into());
                assert_eq!((text.get)(&settings), "ab");
                (text.set)(&mut settings, (text.get)(&S::default()).to_owned());
            }
            Kind::Numbers { get, set } => {
                let table = Table { columns: vec!["a".into()], values: vec![1.0, 2.0], standardise: true };
                set(&mut settings, table.clone());
                assert_eq!(get(&settings), Some(&table));
                settings = S::default();
            }
        }
        // Nothing else was touched.
        assert_eq!(settings, S::default(), "{}", row.name);
    }
}

fn empty<S: Form>() {
    let mut settings = S::default();
    settings.normalise();
    assert_eq!(settings, S::default());
    assert_eq!(encode(&Link::<S>::default()), "");
    let named = format!("schema={}", S::SCHEMA);
    for query in ["", "?", &named] {
        assert_eq!(decode(query, S::default()), (Link::default(), vec![]));
    }
    // A link within a link is never of the present schema without saying so.
    assert_eq!(decode_settings(&encode_settings(&S::default()), S::default()), (S::default(), vec![]));
    for schema in 1..=S::SCHEMA {
        let mut before = S::default_of(schema);
        before.normalise();
        assert_eq!(before, S::default_of(schema));
        assert_eq!(decode(&format!("schema={schema}"), S::default()), (Link::of(before.clone()), vec![]));
        assert_eq!(decode(&encode(&Link::of(before.clone())), S::default()), (Link::of(before), vec![]));
    }
    assert_eq!(decode_settings("", S::default()), (S::default_of(1), vec![]));
}

fn bad_values<S: Form>() {
    for key in keys::<S>() {
        let Some(row) = row::<S>(key) else { panic!("no row has the key {key}") };
        let (bad, accepted): (Vec<String>, &str) = match &row.kind {
            Kind::Number(number) => {
                let mut bad =
                    vec![(number.range.max * 2.0 + 1.0).to_string(), (number.range.min - 1.0).to_string(), "NaN".into(), "x".into()];
                bad.extend(number.range.integer.then(|| (number.range.min + 0.5).to_string()));
                (bad, "numbers from")
            }
            Kind::Choice(choice) => (vec!["no-such-word".into(), String::new()], choice.options[0].word),
            Kind::Toggle(toggle) => (vec!["no-such-word".into(), String::new()], toggle.word),
            Kind::Text(_) => (vec![String::new()], "at least one character"),
            Kind::Numbers { .. } => unreachable!("no link carries numbers"),
        };
        for bad in bad {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair(key, &bad).finish();
            let (link, notices) = decode(&query, S::default());
            assert_eq!(link, Link::of(S::default_of(1)), "{query}");
            assert_eq!(notices.len(), 1, "{query}: {notices:?}");
            let text = &notices[0].text;
            let name = if matches!(row.kind, Kind::Toggle(_)) { row.group.0 } else { row.name };
            assert!(text.contains(&format!("({key}={bad})")) && text.contains(&lower_first(name)) && text.contains(accepted), "{text}");
        }
    }
}

fn newer<S: Form>() {
    let numbers = S::rows().iter().filter(|row| matches!(row.kind, Kind::Number(_)));
    let choices = S::rows().iter().filter(|row| matches!(row.kind, Kind::Choice(_)));
    for (number, choice) in numbers.zip(choices) {
        let Kind::Number(of_number) = &number.kind else { unreachable!("filtered") };
        let (least, bad) = (format_number(of_number.range.min), format!("{}=new-word", choice.key.unwrap_or_default()));
        // Another setting may raise it: that gives a notice of its own.
        let newer = S::SCHEMA + 1;
        let mut alone = S::default();
        (of_number.set)(&mut alone, of_number.range.min);
        alone.normalise();
        if value(number, &alone) != least {
            continue;
        }
        let (link, notices) = decode(&format!("schema={newer}&{}={least}&colour=red&{bad}", number.key.unwrap_or_default()), S::default());
        // Settings may have to agree with each other.
        let mut expected = S::default();
        (of_number.set)(&mut expected, of_number.range.min);
        expected.normalise();
        assert_eq!(value(number, &link.settings), value(number, &expected));
        assert!(notices.len() >= 2 && notices[0].text.contains("made by a newer version of Unroll: reload"), "{notices:?}");
        assert!(notices.iter().any(|notice| notice.text.contains(&bad)), "{notices:?}");
        let written = super::link::encode_as(&link, newer);
        assert!(written.starts_with(&format!("schema={newer}")), "{written}");
    }
}

/// Settings at random, drawn through the rows, so that a new setting is covered without a change here.
fn any<S: Form>() -> impl Strategy<Value = S> {
    let draws = proptest::collection::vec(0.0..1.0f64, S::rows().len());
    (draws, "\\PC{2,40}", proptest::bool::ANY).prop_map(|(draws, text, round)| {
        let mut settings = S::default();
        for (row, draw) in S::rows().iter().zip(draws) {
            match &row.kind {
                Kind::Number(number) => {
                    let range = number.range;
                    let value = range.min + draw * (range.max - range.min);
                    let value = if range.integer || round { value.round() } else { value };
                    (number.set)(&mut settings, value.clamp(range.min, range.max));
                }
                Kind::Choice(choice) => (choice.set)(&mut settings, (draw * choice.options.len() as f64) as usize),
                Kind::Toggle(toggle) => (toggle.set)(&mut settings, draw < 0.5),
                Kind::Text(setting) => (setting.set)(&mut settings, text.clone()),
                Kind::Numbers { .. } => {}
            }
        }
        settings.normalise();
        settings
    })
}

fn survive<S: Form>() {
    proptest!(|(settings in any::<S>())| {
        let query = encode(&Link::of(settings.clone()));
        let (read, notices) = decode(&query, S::default());
        prop_assert_eq!(&read.settings, &settings, "{}", query);
        prop_assert_eq!(notices, vec![], "{}", query);
        prop_assert_eq!(encode(&read), query);
    });
    proptest!(|(query in "\\PC*")| {
        let settings = decode(&query, S::default()).0.settings;
        let mut normal = settings.clone();
        normal.normalise();
        prop_assert_eq!(settings, normal);
    });
}

#[test]
fn a_name_in_a_sentence_keeps_its_symbols() {
    assert_eq!(lower_first("Regulariser Ω"), "regulariser Ω");
    assert_eq!(lower_first("LSTM"), "LSTM");
    let (_, notices) = decode::<Train>("omega=-1", Train::default());
    assert!(notices[0].text.starts_with("The link's regulariser Ω (omega=-1) was not used"), "{}", notices[0].text);
}
