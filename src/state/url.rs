//! Settings to and from the query of a link. Only what differs from the default is written; whatever is read is checked.

use form_urlencoded::{parse, Serializer};
use unroll_engine::signal::Table;
use unroll_engine::Cell;

use super::embed::Embed;
use super::nets;
use super::notice::Notice;
use super::pin::{Pin, UNNAMED};
use super::settings::{InputKind, LossKind, Settings, CELLS};
use super::table::{format_number, setting, Kind, Setting, SettingId, SETTINGS};

/// The key of the pinned time.
pub const PINNED_KEY: &str = "t";
/// The key of the state to compare with; its value is the query of that state's own link.
const PIN_KEY: &str = "pin";
const PIN_NAME_KEY: &str = "pin_name";
/// The keys of a page inside another page: its panels and its controls.
const EMBED_KEY: &str = "embed";
const CONTROLS_KEY: &str = "controls";

/// What a link carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinkState {
    pub settings: Settings,
    /// The state k = 0…T at which the time cursor is pinned.
    pub pinned: Option<usize>,
    /// What the settings are compared with.
    pub pin: Option<Pin>,
    /// What is shown of the page, where it is inside another.
    pub embed: Option<Embed>,
}

/// The query of a link, without the question mark; empty at the default.
pub fn encode(state: &LinkState) -> String {
    let mut query = Serializer::new(String::new());
    if let Some((panels, controls)) = state.embed.as_ref().map(Embed::words) {
        query.append_pair(EMBED_KEY, &panels);
        if !controls.is_empty() {
            query.append_pair(CONTROLS_KEY, &controls);
        }
    }
    encode_settings(&state.settings, &mut query);
    if let Some(pinned) = state.pinned {
        query.append_pair(PINNED_KEY, &pinned.to_string());
    }
    if let Some(pin) = &state.pin {
        let mut of_pin = Serializer::new(String::new());
        encode_settings(&pin.settings, &mut of_pin);
        query.append_pair(PIN_KEY, &of_pin.finish());
        if pin.name != UNNAMED {
            query.append_pair(PIN_NAME_KEY, &pin.name);
        }
    }
    query.finish()
}

fn encode_settings(settings: &Settings, query: &mut Serializer<'_, String>) {
    let default = Settings::default();
    let mut last_key = None;
    for row in SETTINGS {
        let Some(key) = row.key else { continue };
        let written = if let Kind::Toggle(_) = row.kind {
            // The toggles of one key are neighbours, and one word list stands for all of them.
            if last_key.replace(key) == Some(key) {
                continue;
            }
            words_on(key, settings).filter(|words| Some(words) != words_on(key, &default).as_ref())
        } else {
            value(row, settings).filter(|written| Some(written) != value(row, &default).as_ref())
        };
        if let Some(written) = written {
            query.append_pair(key, &written);
        }
    }
    for (cell, net) in settings.nets.changed() {
        if let Some(id) = nets::remember(cell, net) {
            query.append_pair(net_key(cell), &id);
        }
    }
}

/// The key under which a link names a cell's net.
fn net_key(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn => "rnn_net",
        Cell::Lstm => "lstm_net",
        Cell::Gru => "gru_net",
    }
}

/// The names of the nets that a query asks for, for the pinned state too.
pub fn net_names(query: &str) -> Vec<String> {
    let named = |key: &str| CELLS.into_iter().any(|cell| net_key(cell) == key);
    let (mut names, mut pins) = (Vec::new(), Vec::new());
    for (key, value) in parse(query.trim_start_matches('?').as_bytes()) {
        match &*key {
            PIN_KEY => pins.push(value.into_owned()),
            key if named(key) => names.push(value.into_owned()),
            _ => {}
        }
    }
    for pin in pins {
        names.extend(parse(pin.as_bytes()).filter(|(key, _)| named(key)).map(|(_, value)| value.into_owned()));
    }
    names
}

/// Reads the query of a link, with or without its question mark. Whatever cannot be used stays at its default, and a notice says so.
/// Links carry no numbers, so those that the page has are passed in and kept.
pub fn decode(query: &str, numbers: Option<Table>) -> (LinkState, Vec<Notice>) {
    decode_part(query, numbers, true)
}

/// `whole` is a link; the rest is a pinned state, which pins nothing itself.
fn decode_part(query: &str, numbers: Option<Table>, whole: bool) -> (LinkState, Vec<Notice>) {
    let mut settings = Settings { numbers, ..Settings::default() };
    let mut pinned = None;
    let (mut embed, mut controls) = (None, String::new());
    let (mut pin, mut pin_name) = (None, UNNAMED.to_owned());
    let mut notices = Vec::new();
    for (key, value) in parse(query.trim_start_matches('?').as_bytes()) {
        if whole && key == PIN_KEY {
            pin = Some(value.into_owned());
        } else if whole && key == EMBED_KEY {
            embed = Some(value.into_owned());
        } else if whole && key == CONTROLS_KEY {
            controls = value.into_owned();
        } else if whole && key == PIN_NAME_KEY {
            pin_name = Pin::name_of(&value);
        } else if whole && key == PINNED_KEY {
            pinned = value.parse().ok();
            if pinned.is_none() {
                notices.push(refusal("time cursor", &key, &value, "whole numbers"));
            }
        } else if let Some(cell) = CELLS.into_iter().find(|cell| key == net_key(*cell)) {
            match nets::recall(&value).filter(|(of, _)| *of == cell) {
                Some((_, net)) => settings.nets.set(cell, net),
                None => notices.push(Notice::warning(format!(
                    "The link names a net ({key}={}) that is neither in the link nor in this browser; a net drawn from the seed is shown \
                     instead. Open its file again, or ask for a link that carries it.",
                    shorten(&value)
                ))),
            }
        } else if let Some(row) = SETTINGS.iter().find(|row| row.key == Some(&*key)) {
            if let Err(notice) = read(row, &key, &value, &mut settings) {
                notices.push(notice);
            }
        } else {
            notices.push(Notice::warning(format!(
                "The link has “{}={}”, which Unroll does not know; it was left out.",
                shorten(&key),
                shorten(&value)
            )));
        }
    }
    reconcile(&mut settings, &mut pinned, &mut notices);
    let pin = pin.map(|query| {
        let (state, of_pin) = decode_part(&query, settings.numbers.clone(), false);
        notices.extend(of_pin.into_iter().map(|notice| Notice { text: format!("In the pinned state: {}", notice.text), ..notice }));
        if state.settings.input == InputKind::Numbers && settings.input == InputKind::Numbers {
            notices.push(Notice::info("A link carries one set of numbers, so the pinned state reads the same ones as the live state."));
        }
        Pin { name: pin_name, settings: state.settings }
    });
    if embed.is_none() && !controls.is_empty() {
        notices.push(Notice::info("The link chooses controls, which only an embedded page (embed=…) does; all of them are shown."));
    }
    let embed = embed.map(|panels| {
        let (embed, sentences) = Embed::read(&panels, &controls);
        notices.extend(sentences.into_iter().map(Notice::warning));
        embed
    });
    (LinkState { settings, pinned, pin, embed }, notices)
}

/// Makes fields that were each acceptable agree with each other, and says what had to give.
fn reconcile(settings: &mut Settings, pinned: &mut Option<usize>, notices: &mut Vec<Notice>) {
    if settings.input == InputKind::Numbers && settings.numbers.is_none() {
        notices.push(Notice::warning(
            "This link was made with pasted numbers (in=numbers), and links do not carry those. The sunspot series is shown instead; \
             paste the numbers again to see the rest.",
        ));
    }
    if let Some((_, reads, has)) = settings.unreadable_input() {
        notices.push(Notice::warning(format!(
            "The link's net reads {reads} numbers per step and its input has {has}; noise of {reads} is shown instead."
        )));
        settings.input = InputKind::Noise;
    }
    if settings.shown_cells().next().is_some() && !settings.shows(settings.focus) {
        // A link that hides the default focus without naming another has done nothing wrong.
        let default = settings.focus == Settings::default().focus;
        let first = settings.shown_cells().next();
        if !default {
            let row = setting(SettingId::Focus);
            let chosen = value(row, settings).unwrap_or_default();
            notices.push(refusal(row.name, row.key.unwrap_or_default(), &chosen, "shown cells"));
        }
        settings.focus = first.unwrap_or(settings.focus);
    }
    let steps = {
        let mut normal = settings.clone();
        normal.normalise();
        normal.effective_seq_len()
    };
    let default_step = Settings::default().loss_step;
    if settings.loss == LossKind::ChosenStep && settings.loss_step > steps && settings.loss_step != default_step {
        notices.push(Notice::warning(format!(
            "The link's loss step (at={}) is beyond the sequence, which has {steps} steps; the loss is read at its end.",
            settings.loss_step
        )));
    }
    settings.normalise();
    if pinned.is_some_and(|k| k > steps) {
        notices.push(refusal(
            "time cursor",
            PINNED_KEY,
            &pinned.take().unwrap_or_default().to_string(),
            &format!("whole numbers from 0 to {steps}"),
        ));
    }
}

/// The value of a setting as a link carries it.
fn value(row: &Setting, settings: &Settings) -> Option<String> {
    match &row.kind {
        Kind::Number(number) => Some(format_number((number.get)(settings))),
        Kind::Choice(choice) => choice.options.get((choice.get)(settings)).map(|option| option.word.to_owned()),
        Kind::Text(text) => Some((text.get)(settings).to_owned()),
        Kind::Toggle(_) | Kind::Numbers { .. } => None,
    }
}

/// The toggles that share a key.
fn toggles(key: &str) -> impl Iterator<Item = &'static super::table::Toggle> + '_ {
    SETTINGS.iter().filter(move |row| row.key == Some(key)).filter_map(|row| match &row.kind {
        Kind::Toggle(toggle) => Some(toggle),
        _ => None,
    })
}

fn words_on(key: &str, settings: &Settings) -> Option<String> {
    let words: Vec<_> = toggles(key).filter(|toggle| (toggle.get)(settings)).map(|toggle| toggle.word).collect();
    Some(words.join("."))
}

fn read(row: &Setting, key: &str, value: &str, settings: &mut Settings) -> Result<(), Notice> {
    match &row.kind {
        Kind::Number(number) => match number.range.parse(value) {
            Some(parsed) => (number.set)(settings, parsed),
            None => return Err(refusal(row.name, key, value, &number.range.accepted())),
        },
        Kind::Choice(choice) => match choice.options.iter().position(|option| option.word == value) {
            Some(place) => (choice.set)(settings, place),
            None => {
                let words: Vec<_> = choice.options.iter().map(|option| option.word).collect();
                return Err(refusal(row.name, key, value, &words.join(", ")));
            }
        },
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
        Kind::Toggle(_) => return read_words(row, key, value, settings),
        Kind::Numbers { .. } => {}
    }
    Ok(())
}

/// The list of toggles that are on, such as `rnn.gru`.
fn read_words(row: &Setting, key: &str, value: &str, settings: &mut Settings) -> Result<(), Notice> {
    let words: Vec<_> = value.split(['.', ',', ' ']).collect();
    if let Some(unknown) = words.iter().find(|word| !toggles(key).any(|toggle| toggle.word == **word)) {
        let known: Vec<_> = toggles(key).map(|toggle| toggle.word).collect();
        let accepted = format!("{}, separated by points", known.join(", "));
        let shown = if unknown.is_empty() { value } else { unknown };
        return Err(refusal(row.group.title(), key, shown, &accepted));
    }
    for toggle in toggles(key) {
        (toggle.set)(settings, words.contains(&toggle.word));
    }
    Ok(())
}

fn refusal(name: &str, key: &str, value: &str, accepted: &str) -> Notice {
    Notice::warning(format!(
        "The link's {} ({key}={}) was not used: accepted are {accepted}. The default is shown.",
        lower_first(name),
        shorten(value)
    ))
}

/// A name inside a sentence; abbreviations stay as they are.
fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(characters).collect(),
        _ => name.to_owned(),
    }
}

/// A link can carry anything; a notice quotes the beginning of it.
fn shorten(value: &str) -> String {
    const SHOWN: usize = 40;
    if value.chars().count() <= SHOWN {
        return value.to_owned();
    }
    value.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
