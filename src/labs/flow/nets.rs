//! Nets that a cell has in place of the drawn one, and their names in links.
//!
//! A link names a net by what is in it, 16 hexadecimal digits; the net itself is too large for most links. Nets that the page has seen are
//! remembered here under their names, so that undo, back and forward find them again; [`super::store`] also looks in the link's
//! fragment and in local storage.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use form_urlencoded::{parse, Serializer};
use unroll_engine::signal::Table;
use unroll_engine::{fingerprint, Cell, Edits, Given};
use unroll_formats::net::NetDocument;

use super::scribe::scribe;
use super::settings::{InputKind, Settings};
use crate::form::vocabulary::CELLS;
use crate::labs::flow::brought;

/// The nets that are remembered at most. Those that an undo step or the page itself holds cost no memory of their own.
const REMEMBERED: usize = 400;

/// What a cell has in place of, or over, the drawn net.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Net {
    /// How the user knows what was brought, such as the file's and the module's name; empty where nothing was.
    pub name: String,
    /// The net that was brought.
    pub given: Option<Arc<Given>>,
    /// Weights set by hand.
    pub edits: Option<Arc<Edits>>,
}

impl Net {
    /// Nothing brought and nothing edited: the net is drawn from the seed.
    pub fn is_drawn(&self) -> bool {
        self.given.is_none() && self.edits.is_none()
    }

    /// Its name in a link; `None` for a drawn net.
    pub fn id(&self) -> Option<String> {
        if self.is_drawn() {
            return None;
        }
        let halves = |id: u64| [(id >> 32) as f64, (id & u64::from(u32::MAX)) as f64];
        let given = self.given.as_ref().map_or([0.0; 4], |given| {
            let [high, low] = halves(given.stack().id());
            // An own start changes what is analysed, too.
            let start = given.start().map_or(0, |start| fingerprint(start.h0.iter().chain(&start.c0).chain(&start.cotangent).copied()));
            [high, low, (2 * given.layer() + usize::from(given.reversed())) as f64, (start >> 11) as f64]
        });
        let edits = self.edits.as_ref().map_or([0.0; 2], |edits| halves(edits.id()));
        Some(format!("{:016x}", fingerprint(given.into_iter().chain(edits))))
    }

    /// As a document to be written.
    pub fn document(&self, cell: Cell) -> NetDocument {
        NetDocument { cell, name: self.name.clone(), given: self.given.clone(), edits: self.edits.clone() }
    }
}

impl From<NetDocument> for Net {
    fn from(document: NetDocument) -> Self {
        // No edit is no difference.
        Self { name: document.name, given: document.given, edits: document.edits.filter(|edits| !edits.is_empty()) }
    }
}

/// One net a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nets([Net; CELLS.len()]);

fn place(cell: Cell) -> usize {
    CELLS.iter().position(|c| *c == cell).unwrap_or(0)
}

impl Nets {
    /// A cell's net.
    pub fn of(&self, cell: Cell) -> &Net {
        &self.0[place(cell)]
    }

    /// Puts another in its place.
    pub fn set(&mut self, cell: Cell, net: Net) {
        self.0[place(cell)] = net;
    }

    /// The cells whose net is not drawn, with it, in page order.
    pub fn changed(&self) -> impl Iterator<Item = (Cell, &Net)> {
        CELLS.into_iter().zip(&self.0).filter(|(_, net)| !net.is_drawn())
    }
}

thread_local! {
    static SEEN: RefCell<VecDeque<(String, Cell, Net)>> = const { RefCell::new(VecDeque::new()) };
}

/// Remembers a net under its name in links, which it gives; `None` for a drawn net.
pub fn remember(cell: Cell, net: &Net) -> Option<String> {
    let id = net.id()?;
    SEEN.with_borrow_mut(|seen| {
        if !seen.iter().any(|(other, ..)| *other == id) {
            if seen.len() == REMEMBERED {
                seen.pop_front();
            }
            seen.push_back((id.clone(), cell, net.clone()));
        }
    });
    Some(id)
}

/// The net of a name.
pub fn recall(id: &str) -> Option<(Cell, Net)> {
    SEEN.with_borrow(|seen| seen.iter().find(|(other, ..)| other == id).map(|(_, cell, net)| (*cell, net.clone())))
}

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
    use unroll_engine::{Experiment, Layer, Parameter, Stack};

    fn brought(seed: u32) -> Net {
        let weights = Experiment { hidden_size: 3, seed, ..Experiment::default() }.weights().unwrap();
        let stack = Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap();
        Net { name: "a.safetensors".into(), given: Some(Arc::new(Given::new(Arc::new(stack), 0, false).unwrap())), edits: None }
    }

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
    fn a_name_is_of_the_numbers_only() {
        let net = brought(1);
        assert_eq!(Net { name: "b".into(), ..net.clone() }.id(), net.id());
        let mut edits = Edits::new(Cell::Lstm, 1, 3);
        edits.set(Parameter::WeightHh, 2, 0.5);
        let edited = Net { edits: Some(Arc::new(edits)), ..net.clone() };
        let ids = [net.id(), edited.id(), brought(2).id(), Net { given: None, ..edited.clone() }.id()];
        assert!(ids.iter().all(Option::is_some));
        assert!((1..ids.len()).all(|i| !ids[..i].contains(&ids[i])));
        assert_eq!(Net::default().id(), None);
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
