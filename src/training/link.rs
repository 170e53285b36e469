//! Settings of the Train lab to and from the query of a link. Only what differs from the default is written; whatever is read is checked.

use form_urlencoded::{parse, Serializer};

use super::settings::TrainSettings;
use super::table::{Kind, Row, ROWS};
use crate::state::notice::Notice;
use crate::state::table::format_number;

/// The query of a link, without the question mark; empty at the default.
pub fn encode(settings: &TrainSettings) -> String {
    let default = TrainSettings::default();
    let mut query = Serializer::new(String::new());
    let mut toggles_done = false;
    for row in ROWS {
        if matches!(row.kind, Kind::Toggle(..)) && std::mem::replace(&mut toggles_done, true) {
            continue;
        }
        let written = value(row, settings);
        if written != value(row, &default) {
            query.append_pair(row.key, &written);
        }
    }
    query.finish()
}

/// Reads the query of a link. Whatever cannot be used stays at its default, and a notice says so.
pub fn decode(query: &str) -> (TrainSettings, Vec<Notice>) {
    let mut settings = TrainSettings::default();
    let mut notices = Vec::new();
    for (key, written) in parse(query.trim_start_matches('?').as_bytes()) {
        let Some(row) = ROWS.iter().find(|row| row.key == key) else {
            notices.push(Notice::warning(format!(
                "The link has “{}={}”, which the Train lab does not know; it was left out.",
                shorten(&key),
                shorten(&written)
            )));
            continue;
        };
        if let Err(accepted) = read(row, &written, &mut settings) {
            notices.push(Notice::warning(format!(
                "The link’s {} ({key}={}) was not used: accepted are {accepted}. The default is shown.",
                row.name.to_lowercase(),
                shorten(&written)
            )));
        }
    }
    settings.normalise();
    (settings, notices)
}

/// The value of a setting as a link carries it; of a toggle, the list of all that are on.
pub fn value(row: &Row, settings: &TrainSettings) -> String {
    match &row.kind {
        Kind::Number(_, get, _) => format_number(get(settings)),
        Kind::Choice(options, get, _) => options.get(get(settings)).map_or("", |option| option.word).to_owned(),
        Kind::Toggle(..) => toggles().filter(|(_, get, _)| get(settings)).map(|(word, ..)| word).collect::<Vec<_>>().join("."),
        Kind::Text(get, _) => get(settings).to_owned(),
    }
}

type Toggle = (&'static str, fn(&TrainSettings) -> bool, fn(&mut TrainSettings, bool));

fn toggles() -> impl Iterator<Item = Toggle> {
    ROWS.iter().filter_map(|row| match row.kind {
        Kind::Toggle(word, get, set) => Some((word, get, set)),
        _ => None,
    })
}

/// Reads one value; the error is what would be accepted.
fn read(row: &Row, written: &str, settings: &mut TrainSettings) -> Result<(), String> {
    match &row.kind {
        Kind::Number(range, _, set) => set(settings, range.parse(written).ok_or_else(|| range.accepted())?),
        Kind::Choice(options, _, set) => {
            let place = options.iter().position(|option| option.word == written);
            let words = || options.iter().map(|option| option.word).collect::<Vec<_>>().join(", ");
            set(settings, place.ok_or_else(words)?);
        }
        Kind::Toggle(..) => {
            let words: Vec<_> = written.split(['.', ',', ' ']).collect();
            if words.iter().any(|word| !toggles().any(|(known, ..)| known == *word)) {
                return Err("rnn, lstm, gru, separated by points".to_owned());
            }
            toggles().for_each(|(word, _, set)| set(settings, words.contains(&word)));
        }
        Kind::Text(_, set) => set(settings, written.to_owned()),
    }
    Ok(())
}

/// A link can carry anything; a notice quotes the beginning of it.
fn shorten(value: &str) -> String {
    const SHOWN: usize = 40;
    if value.chars().count() <= SHOWN {
        return value.to_owned();
    }
    value.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::settings::{ClipKind, CutKind, TaskKind};
    use unroll_engine::{Activation, Cell, Initialiser};

    #[test]
    fn the_default_is_an_empty_query_and_every_setting_survives() {
        assert_eq!(encode(&TrainSettings::default()), "");
        let settings = TrainSettings {
            task: TaskKind::Characters,
            loss_at: unroll_engine::train::LossAt::End,
            length: 33,
            text: "to be & not to be?".into(),
            rnn: true,
            lstm: false,
            gru: true,
            focus: Cell::Gru,
            hidden_size: 9,
            batch_size: 5,
            activation: Activation::Relu,
            initialiser: Initialiser::Identity,
            gain: 1.25,
            forget_bias: -2.0,
            seed: 99,
            optimiser: 1,
            learning_rate: 0.003,
            clip: ClipKind::Value,
            clip_limit: 0.5,
            cut: CutKind::Stretches,
            window: 12,
            every: 4,
            carried: true,
            omega: 1.5,
            noise: 0.75,
            shortest_period: 5.0,
            longest_period: 60.0,
            precision: unroll_engine::train::Precision::Double,
            speed: 100,
        };
        assert_eq!(decode(&encode(&settings)), (settings, vec![]));
    }

    #[test]
    fn what_cannot_be_used_is_named_and_left_at_its_default() {
        let (settings, notices) = decode("?n=0&task=nope&cells=rnn.xyz&colour=red&lr=0.1");
        assert_eq!(settings, TrainSettings { learning_rate: 0.1, ..TrainSettings::default() });
        assert_eq!(notices.len(), 4);
        assert!(notices[0].text.contains("from 1 to 128"), "{}", notices[0].text);
    }
}
