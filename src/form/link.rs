//! Settings to and from the query of a link. Only what differs from the default is written; whatever is read is checked, here and nowhere
//! else.

use std::fmt::Debug;

use form_urlencoded::{parse, Serializer};

use super::notice::Notice;
use super::row::{format_number, Kind, Row, Toggle};
use super::{row, Form};

/// The key of the schema ([`Form::SCHEMA`]). Schema 1 is not written: the links of its time have none.
const SCHEMA_KEY: &str = "schema";

/// What rides along in a link beside the settings `S`: pins, cursors, what an embedded page shows. They are of the whole link; a link
/// within a link has none.
pub trait Riders<S>: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// Their keys.
    const KEYS: &'static [&'static str];

    /// Pairs that stand before those of the settings.
    fn before(&self) -> Vec<(&'static str, String)>;

    /// Pairs that stand behind them. What of them is settings is in the words of a schema.
    fn behind(&self, schema: u32) -> Vec<(&'static str, String)>;

    /// Reads the pairs of [`Riders::KEYS`] for settings that were read already, and says what was not used.
    fn read(pairs: &[(String, String)], settings: &S, notices: &mut Vec<Notice>) -> Self;
}

/// Nothing rides along.
impl<S> Riders<S> for () {
    const KEYS: &'static [&'static str] = &[];

    fn before(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn behind(&self, _: u32) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn read(_: &[(String, String)], _: &S, _: &mut Vec<Notice>) -> Self {}
}

/// What a link carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link<S: Form> {
    pub settings: S,
    pub riders: S::Riders,
}

impl<S: Form> Link<S> {
    /// A link of settings alone.
    pub fn of(settings: S) -> Self {
        Self { settings, riders: S::Riders::default() }
    }
}

/// The query of a link, without the question mark; empty at the default.
pub fn encode<S: Form>(link: &Link<S>) -> String {
    if *link == Link::default() {
        return String::new();
    }
    encode_as(link, S::SCHEMA)
}

/// The query of settings alone, which [`decode_settings`] reads. It says its schema at the default too: inside another link, an empty query has always meant the default of
/// schema 1.
pub fn encode_settings<S: Form>(settings: &S) -> String {
    encode_settings_as(settings, S::SCHEMA)
}

/// The query of settings alone in the words of a schema.
pub fn encode_settings_as<S: Form>(settings: &S, schema: u32) -> String {
    let mut query = Serializer::new(String::new());
    append_schema(schema, &mut query);
    append_settings(settings, schema, &mut query);
    query.finish()
}

/// The query of a link in the words of a schema: what differs from its default.
pub fn encode_as<S: Form>(link: &Link<S>, schema: u32) -> String {
    let mut query = Serializer::new(String::new());
    append_schema(schema, &mut query);
    query.extend_pairs(link.riders.before());
    append_settings(&link.settings, schema, &mut query);
    query.extend_pairs(link.riders.behind(schema));
    query.finish()
}

fn append_schema(schema: u32, query: &mut Serializer<'_, String>) {
    if schema > 1 {
        query.append_pair(SCHEMA_KEY, &schema.to_string());
    }
}

fn append_settings<S: Form>(settings: &S, schema: u32, query: &mut Serializer<'_, String>) {
    let default = S::default_of(schema);
    let mut last_key = None;
    for row in S::rows() {
        // The toggles of one key are neighbours, and one word list stands for all of them.
        let Some(key) = row.key.filter(|key| last_key.replace(*key) != Some(key)) else { continue };
        let written = value(row, settings);
        if written != value(row, &default) {
            query.append_pair(key, &written);
        }
    }
    query.extend_pairs(settings.pairs());
}

/// Reads the query of a link, with or without its question mark, in the words of its schema; an empty one is of the present schema. Whatever
/// cannot be used stays as it is in [`Form::unlinked`] of `base`, and a notice says so.
pub fn decode<S: Form>(query: &str, base: S) -> (Link<S>, Vec<Notice>) {
    let (mut notices, mut riding) = (Vec::new(), Vec::new());
    let pairs: Vec<_> = pairs(query).collect();
    let schema = if pairs.is_empty() { S::SCHEMA } else { schema_of(&pairs) };
    let mut settings = base.unlinked(schema);
    let newer = schema > S::SCHEMA;
    if newer {
        notices.push(Notice::warning(
            "This link was made by a newer version of Unroll: reload the page to get it. What this version knows of the link is shown.",
        ));
    }
    for (key, value) in pairs {
        if S::Riders::KEYS.contains(&key.as_str()) {
            riding.push((key, value));
        } else if key == SCHEMA_KEY {
            if value.parse().is_ok_and(|schema: u32| schema >= 1) {
                continue;
            }
            notices.push(refusal("schema", &key, &value, &format!("whole numbers from 1 to {}", S::SCHEMA)));
        } else {
            // A newer version may have more keys, and its notice says so.
            let unknown = notices.len();
            if !read_pair(&key, &value, &mut settings, &mut notices) && newer {
                notices.truncate(unknown);
            }
        }
    }
    notices.extend(settings.reconcile());
    let riders = S::Riders::read(&riding, &settings, &mut notices);
    (Link { settings, riders }, notices)
}

/// Reads a link within a link: settings alone, as [`encode_settings`] of this version or of one before wrote them.
pub fn decode_settings<S: Form>(query: &str, base: S) -> (S, Vec<Notice>) {
    let pairs: Vec<_> = pairs(query).collect();
    let (mut settings, mut notices) = (base.unlinked(schema_of(&pairs)), Vec::new());
    for (key, value) in pairs.iter().filter(|(key, _)| key != SCHEMA_KEY) {
        read_pair(key, value, &mut settings, &mut notices);
    }
    notices.extend(settings.reconcile());
    (settings, notices)
}

/// The schema in whose words pairs are written: the largest that is named, 1 where none is.
fn schema_of(pairs: &[(String, String)]) -> u32 {
    pairs.iter().filter(|(key, _)| key == SCHEMA_KEY).filter_map(|(_, value)| value.parse().ok()).fold(1, u32::max)
}

/// The pairs of a query.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    parse(query.trim_start_matches('?').as_bytes()).map(|(key, value)| (key.into_owned(), value.into_owned()))
}

/// Reads one pair, or says why not; whether its key is known.
fn read_pair<S: Form>(key: &str, value: &str, settings: &mut S, notices: &mut Vec<Notice>) -> bool {
    let read = match (row::<S>(key), settings.read_pair(key, value)) {
        (Some(row), _) => read(row, key, value, settings),
        (None, Some(read)) => read,
        (None, None) => {
            notices.push(Notice::warning(format!(
                "The link has “{}={}”, which Unroll does not know; it was left out.",
                shorten(key),
                shorten(value)
            )));
            return false;
        }
    };
    notices.extend(read.err());
    true
}

/// The value of a setting as a link carries it: of a toggle, the list of all that are on.
pub fn value<S: Form>(row: &Row<S>, settings: &S) -> String {
    match &row.kind {
        Kind::Number(number) => format_number((number.get)(settings)),
        Kind::Choice(choice) => choice.options.get((choice.get)(settings)).map_or("", |option| option.word).to_owned(),
        Kind::Text(text) => (text.get)(settings).to_owned(),
        Kind::Toggle(_) => toggles(row).filter(|toggle| (toggle.get)(settings)).map(|toggle| toggle.word).collect::<Vec<_>>().join("."),
        Kind::Numbers { .. } => String::new(),
    }
}

/// The toggles that share a row's key.
fn toggles<S: Form>(row: &Row<S>) -> impl Iterator<Item = &'static Toggle<S>> + '_ {
    S::rows().iter().filter(|other| other.key == row.key).filter_map(|other| match &other.kind {
        Kind::Toggle(toggle) => Some(toggle),
        _ => None,
    })
}

fn read<S: Form>(row: &Row<S>, key: &str, value: &str, settings: &mut S) -> Result<(), Notice> {
    match &row.kind {
        Kind::Number(number) => {
            let parsed = number.range.parse(value).ok_or_else(|| refusal(row.name, key, value, &number.range.accepted()))?;
            (number.set)(settings, parsed);
        }
        Kind::Choice(choice) => {
            let words = || choice.options.iter().map(|option| option.word).collect::<Vec<_>>().join(", ");
            let place = choice.options.iter().position(|option| option.word == value);
            (choice.set)(settings, place.ok_or_else(|| refusal(row.name, key, value, &words()))?);
        }
        Kind::Text(text) => {
            (text.check)(value).map_err(|reason| {
                Notice::warning(format!(
                    "The link's {} ({key}={}) was not used. {reason} The default is shown.",
                    lower_first(row.name),
                    shorten(value)
                ))
            })?;
            (text.set)(settings, value.to_owned());
        }
        Kind::Toggle(_) => {
            // The list of those that are on, such as `rnn.gru`.
            let words: Vec<_> = value.split(['.', ',', ' ']).collect();
            if let Some(unknown) = words.iter().find(|word| !toggles(row).any(|toggle| toggle.word == **word)) {
                let known: Vec<_> = toggles(row).map(|toggle| toggle.word).collect();
                let shown = if unknown.is_empty() { value } else { unknown };
                return Err(refusal(row.group.0, key, shown, &format!("{}, separated by points", known.join(", "))));
            }
            toggles(row).for_each(|toggle| (toggle.set)(settings, words.contains(&toggle.word)));
        }
        Kind::Numbers { .. } => {}
    }
    Ok(())
}

/// The notice about a value that was not used.
pub fn refusal(name: &str, key: &str, value: &str, accepted: &str) -> Notice {
    Notice::warning(format!(
        "The link's {} ({key}={}) was not used: accepted are {accepted}. The default is shown.",
        lower_first(name),
        shorten(value)
    ))
}

/// A name inside a sentence; abbreviations and symbols stay as they are.
pub fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_ascii_lowercase() => {
            std::iter::once(first.to_ascii_lowercase()).chain(characters).collect()
        }
        _ => name.to_owned(),
    }
}

/// A link can carry anything; a notice quotes the beginning of it.
pub fn shorten(value: &str) -> String {
    const SHOWN: usize = 40;
    if value.chars().count() <= SHOWN {
        return value.to_owned();
    }
    value.chars().take(SHOWN).chain(['…']).collect()
}
