//! Nets and numbers as text: in a link's fragment, which carries what its query only names, and in local storage.

use form_urlencoded::{parse, Serializer};
use unroll_engine::signal::Table;
use unroll_engine::Cell;

use super::brought;
use super::nets::{remember, Net};
use super::scribe::scribe;
use super::settings::{InputKind, Settings};

/// A net as text, for a link's fragment and local storage.
///
/// # Errors
/// The format's sentence.
pub fn to_text(cell: Cell, net: &Net) -> Result<String, String> {
    (scribe()?.to_text)(cell, net)
}

/// Reads and remembers a net that [`to_text`] wrote.
///
/// # Errors
/// The format's sentence about a text that is damaged.
pub fn admit(text: &str) -> Result<(Cell, Net), String> {
    let (cell, net) = (scribe()?.from_text)(text)?;
    remember(cell, &net);
    Ok((cell, net))
}

/// The most that a link's fragment carries, in characters: what mail programs and chats still pass on.
pub const FRAGMENT_CHARACTERS: usize = 8192;
const NET_KEY: &str = "net";
const NUMBERS_KEY: &str = "numbers";

/// What a link's fragment carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carried {
    /// How many nets were remembered.
    pub nets: usize,
    /// The numbers of the input.
    pub numbers: Option<Table>,
}

/// What a link's query only names, as its fragment without the #: nets that are not drawn, and the numbers that are the input. Empty where
/// the query says everything.
///
/// `pin` is the state that they are compared with.
///
/// # Errors
/// The format's sentence, or one that says by how much it is too large for a link.
pub fn fragment(settings: &Settings, pin: Option<&Settings>) -> Result<String, String> {
    let mut fragment = Serializer::new(String::new());
    let states = || std::iter::once(settings).chain(pin);
    let mut carried = Vec::new();
    for (cell, net) in states().flat_map(|state| state.nets.changed()) {
        let text = to_text(cell, net)?;
        if !carried.contains(&text) {
            fragment.append_pair(NET_KEY, &text);
            carried.push(text);
        }
    }
    let mut fragment = fragment.finish();
    if let Some(with_numbers) = states().find(|state| state.input == InputKind::Numbers && state.numbers.is_some()) {
        fragment += if fragment.is_empty() { "" } else { "&" };
        fragment += &numbers_fragment(with_numbers)?;
    }
    if fragment.len() > FRAGMENT_CHARACTERS {
        return Err(format!(
            "The weights and numbers on this page take {} KB in a link, and {} KB is the most that is passed on reliably.",
            fragment.len().div_ceil(1024),
            FRAGMENT_CHARACTERS / 1024
        ));
    }
    Ok(fragment)
}

/// The numbers that are the input, as a fragment of any length; empty where they are not.
///
/// # Errors
/// The format's sentence.
pub fn numbers_fragment(settings: &Settings) -> Result<String, String> {
    let Some(table) = settings.numbers.as_ref().filter(|_| settings.input == InputKind::Numbers) else { return Ok(String::new()) };
    let text = (scribe()?.table_to_text)(table, &brought::of_table(table))?;
    Ok(Serializer::new(String::new()).append_pair(NUMBERS_KEY, &text).finish())
}

/// Whether a fragment is one of [`fragment`]'s, and no place on the page.
pub fn is_fragment(text: &str) -> bool {
    [NET_KEY, NUMBERS_KEY].iter().any(|key| text.strip_prefix(key).is_some_and(|rest| rest.starts_with('=')))
}

/// Reads a fragment and remembers its nets, and says in sentences what of it cannot be read.
pub fn read_fragment(text: &str) -> (Carried, Vec<String>) {
    let (mut carried, mut sentences) = (Carried::default(), Vec::new());
    for (key, value) in parse(text.as_bytes()) {
        let read = match &*key {
            NET_KEY => admit(&value).map(|_| carried.nets += 1),
            NUMBERS_KEY => scribe().and_then(|scribe| (scribe.table_from_text)(&value)).map(|(table, notes)| {
                brought::remember_table(&table, notes);
                carried.numbers = Some(table);
            }),
            _ => continue,
        };
        if let Err(error) = read {
            sentences.push(error);
        }
    }
    (carried, sentences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::nets::recall;
    use crate::labs::flow::nets::tests::brought;
    use std::sync::Arc;
    use unroll_engine::{Edits, Experiment, Given, Layer, Parameter, Stack};

    /// Links live longer than versions of the page. The journeys open this one.
    #[test]
    fn a_link_that_was_made_once_is_read_for_good() {
        let mut edits = Edits::new(Cell::Gru, 1, 16);
        for index in 0..16 {
            edits.set(Parameter::BiasIh, 16 + index, 6.0);
        }
        let net = Net { edits: Some(Arc::new(edits)), ..Default::default() };
        assert_eq!(net.id().unwrap(), "e08c1b0532a7223e");
        assert_eq!(admit("AQGFwDERAAAIAkDgDEAkoxvNWRZfAGkr2Lyq0wQ8Fg").unwrap(), (Cell::Gru, net));
    }

    #[test]
    fn what_was_written_is_remembered_when_it_is_read() {
        let net = brought(5);
        let id = net.id().unwrap();
        assert_eq!(recall(&id), None);
        let text = to_text(Cell::Lstm, &net).unwrap();
        assert_eq!(admit(&text).unwrap(), (Cell::Lstm, net.clone()));
        assert_eq!(recall(&id), Some((Cell::Lstm, net)));
        assert!(admit(&text[..text.len() / 2]).is_err());
    }

    #[test]
    fn a_fragment_carries_nets_and_numbers_while_they_fit() {
        let table = Table { columns: vec!["level".into()], values: vec![1.5, 2.25, -3.0], standardise: true };
        let mut settings = Settings { input: InputKind::Numbers, numbers: Some(table.clone()), ..Settings::default() };
        settings.nets.set(Cell::Lstm, brought(11));
        let text = fragment(&settings, None).unwrap();
        assert!(is_fragment(&text) && !is_fragment("stage") && !is_fragment("network=1"));
        assert_eq!(read_fragment(&text), (Carried { nets: 1, numbers: Some(table) }, vec![]));
        assert_eq!(recall(&brought(11).id().unwrap()).map(|(_, net)| net), Some(brought(11)));
        let (carried, sentences) = read_fragment(&text[..text.len() / 3]);
        assert_eq!((carried, sentences.len()), (Carried::default(), 1));
        assert_eq!(fragment(&Settings::default(), None).unwrap(), "");
        let weights = Experiment { hidden_size: 64, ..Experiment::default() }.weights().unwrap();
        let stack = Arc::new(Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap());
        settings.nets.set(Cell::Lstm, Net { given: Some(Arc::new(Given::new(stack, 0, false).unwrap())), ..Net::default() });
        assert!(fragment(&settings, None).unwrap_err().contains("8 KB"));
    }
}
