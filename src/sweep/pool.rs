//! Workers that share a piece of work between the processor's cores, and what happens where there are none.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::job::Found;
use crate::worker::{processors, Hand};

/// Something that can be done in pieces, here or by a worker.
pub trait Work: Clone + 'static {
    /// Pieces a worker takes at a time: about a hundredth of a second at the default size.
    const PIECE: usize;
    /// How many there are.
    fn pieces(&self) -> usize;
    /// The request for pieces `from..until`, to which a worker answers with [`Found`].
    fn message(&self, generation: u32, from: usize, until: usize) -> JsValue;
    /// Does them here.
    fn run(&self, from: usize, until: usize) -> Vec<f64>;
}

const MOST_WORKERS: usize = 8;

/// What a pool tells the page.
pub enum Report {
    /// Results of the current work, from this piece on.
    Found { from: usize, values: Vec<f64> },
    /// Workers are not to be had, or one of them failed; the rest is computed on the page's own thread, in slices.
    Inline(String),
}

type Listener = Rc<dyn Fn(Report)>;

struct Busy {
    hand: Hand,
    piece: Option<(usize, usize)>,
}

struct Inner<W> {
    hands: Vec<Busy>,
    /// Terminated workers: the closure of the one that failed may be running, so it must not be freed.
    retired: Vec<Busy>,
    generation: u32,
    work: Option<W>,
    /// The first piece that nobody has taken.
    next: usize,
    /// Pieces that a failed worker left undone.
    returned: Vec<(usize, usize)>,
    failed: bool,
    listener: Listener,
}

/// The pool. Workers are started with the first work and kept.
pub struct Pool<W> {
    inner: Rc<RefCell<Inner<W>>>,
}

impl<W> Clone for Pool<W> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<W: Work> Pool<W> {
    /// A pool without workers yet.
    pub fn new(listener: impl Fn(Report) + 'static) -> Self {
        let inner = Inner {
            hands: Vec::new(),
            retired: Vec::new(),
            generation: 0,
            work: None,
            next: 0,
            returned: Vec::new(),
            failed: false,
            listener: Rc::new(listener),
        };
        Self { inner: Rc::new(RefCell::new(inner)) }
    }

    /// Starts a work; what the one before had under way is forgotten.
    pub fn start(&self, work: W) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.generation += 1;
            inner.work = Some(work);
            inner.next = 0;
            inner.returned.clear();
        }
        if self.inner.borrow().hands.is_empty() && !self.inner.borrow().failed {
            self.hire();
        }
        let hands = self.inner.borrow().hands.len();
        if self.inner.borrow().failed {
            let listener = self.inner.borrow().listener.clone();
            listener(Report::Inline(String::new()));
            return;
        }
        (0..hands).for_each(|hand| self.give(hand));
    }

    /// Stops what is under way. Workers finish the piece they have, which nobody waits for any more.
    pub fn cancel(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.generation += 1;
        inner.work = None;
    }

    /// Does at most `count` pieces on this thread, for where workers failed; `None` when nothing is left.
    pub fn piece_here(&self, count: usize) -> Option<(usize, Vec<f64>)> {
        let (work, _, from, until) = self.take(count)?;
        Some((from, work.run(from, until)))
    }

    /// The next pieces: the work, its generation, from where, until where.
    fn take(&self, count: usize) -> Option<(W, u32, usize, usize)> {
        let mut inner = self.inner.borrow_mut();
        let work = inner.work.clone()?;
        let (from, until) = match inner.returned.pop() {
            Some(piece) => piece,
            None => {
                let from = inner.next;
                inner.next = (from + count).min(work.pieces());
                (from, inner.next)
            }
        };
        (from < until).then_some((work, inner.generation, from, until))
    }

    /// Gives a worker its next pieces, unless it has some: then it asks when it has done those.
    fn give(&self, hand: usize) {
        if self.inner.borrow().hands[hand].piece.is_some() {
            return;
        }
        let Some((work, generation, from, until)) = self.take(W::PIECE) else { return };
        let mut inner = self.inner.borrow_mut();
        let hand = &mut inner.hands[hand];
        hand.piece = Some((from, until));
        hand.hand.post(&work.message(generation, from, until));
    }

    fn hire(&self) {
        for index in 0..processors().min(MOST_WORKERS) {
            match self.hand(index) {
                Ok(hand) => self.inner.borrow_mut().hands.push(hand),
                Err(_) if index > 0 => break,
                Err(_) => return self.fail("This browser starts no workers"),
            }
        }
    }

    fn hand(&self, index: usize) -> Result<Busy, JsValue> {
        let (receiver, failing) = (self.clone(), self.clone());
        let hand = Hand::start(move |data| receiver.receive(index, data), move || failing.fail("A worker stopped"))?;
        Ok(Busy { hand, piece: None })
    }

    fn receive(&self, hand: usize, data: &JsValue) {
        let Some(found) = Found::from_message(data) else { return };
        let (current, listener) = {
            let mut inner = self.inner.borrow_mut();
            if let Some(hand) = inner.hands.get_mut(hand) {
                hand.piece = None;
            }
            (found.generation == inner.generation, inner.listener.clone())
        };
        if current {
            listener(Report::Found { from: found.from, values: found.values });
        }
        if self.inner.borrow().hands.len() > hand {
            self.give(hand);
        }
    }

    /// After a failure no worker is trusted: what they had goes back, and the page does the rest itself.
    fn fail(&self, what: &str) {
        let (listener, hands) = {
            let mut inner = self.inner.borrow_mut();
            if inner.failed {
                return;
            }
            inner.failed = true;
            let hands = std::mem::take(&mut inner.hands);
            let undone = hands.iter().filter_map(|hand| hand.piece).collect::<Vec<_>>();
            inner.returned.extend(undone);
            (inner.listener.clone(), hands)
        };
        hands.iter().for_each(|busy| busy.hand.stop());
        self.inner.borrow_mut().retired = hands;
        listener(Report::Inline(format!("{what}; the rest is computed on the page's own thread, which takes longer.")));
    }
}
