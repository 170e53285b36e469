//! Nets that a cell has in place of the drawn one, and their names in links.
//!
//! A link names a net by what is in it, 16 hexadecimal digits; the net itself is too large for most links. Nets that the page has seen are
//! remembered here under their names, so that undo, back and forward find them again; [`super::store`] also looks in the link's
//! fragment and in local storage.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use unroll_engine::{fingerprint, Cell, Edits, Given};
use unroll_formats::net::NetDocument;

use crate::form::vocabulary::CELLS;

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

#[cfg(test)]
pub mod tests {
    use super::*;
    use unroll_engine::{Experiment, Layer, Parameter, Stack};

    /// A net of three units that was brought.
    pub fn brought(seed: u32) -> Net {
        let weights = Experiment { hidden_size: 3, seed, ..Experiment::default() }.weights().unwrap();
        let stack = Stack::new(vec![Layer { forward: weights, reverse: None }]).unwrap();
        Net { name: "a.safetensors".into(), given: Some(Arc::new(Given::new(Arc::new(stack), 0, false).unwrap())), edits: None }
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
}
