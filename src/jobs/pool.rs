//! Lanes that share one piece of work between the processor's cores. Where workers fail, the page's own thread does what is left.

use std::cell::RefCell;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::hand::{processors, Failure};
use super::host::Host;
use super::lane::{Event, Lane};
use super::{Budget, Job, Message, News, Stage};

const MOST_WORKERS: usize = 8;

/// Something that can be done in pieces, each by itself.
pub trait Work: Clone + Serialize + DeserializeOwned + 'static {
    /// Its name in messages.
    const NAME: &'static str;
    /// Pieces a worker takes at a time: about a hundredth of a second at the default size.
    const PIECE: usize;
    /// How many there are.
    fn pieces(&self) -> usize;
    /// The numbers of pieces `from..until`.
    fn run(&self, from: usize, until: usize) -> Vec<f64>;
}

/// Some pieces to be done.
#[derive(Serialize, Deserialize)]
pub struct Pieces<W> {
    /// The work, when it is another than that of the order before.
    pub work: Option<W>,
    /// The first piece.
    pub from: usize,
    /// The piece after the last.
    pub until: usize,
}

/// What pieces came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The first piece.
    pub from: usize,
    /// The piece after the last.
    pub until: usize,
    /// Whether the order is done.
    pub last: bool,
    /// Their numbers, which travel as [`Message::numbers`].
    #[serde(skip)]
    pub values: Vec<f64>,
}

impl<W: Work> Message for Pieces<W> {}

impl Message for Found {
    fn numbers(&mut self) -> Option<&mut Vec<f64>> {
        Some(&mut self.values)
    }
}

impl News for Found {
    fn stage(&self) -> Stage {
        if self.last {
            Stage::Done
        } else {
            Stage::Free
        }
    }
}

/// A work as a job.
pub struct Piecework<W> {
    work: Option<W>,
    from: usize,
    until: usize,
}

impl<W> Default for Piecework<W> {
    fn default() -> Self {
        Self { work: None, from: 0, until: 0 }
    }
}

impl<W: Work> Job for Piecework<W> {
    type Order = Pieces<W>;
    type News = Found;
    const NAME: &'static str = W::NAME;

    fn take(&mut self, order: Pieces<W>, _: &dyn Fn(Found)) {
        (self.work, self.from, self.until) = (order.work.or(self.work.take()), order.from, order.until);
    }

    fn run(&mut self, budget: &Budget, tell: &dyn Fn(Found)) -> Option<i32> {
        let (work, from) = (self.work.as_ref()?, self.from);
        let mut values = Vec::new();
        while self.from < self.until && (self.from == from || !budget.is_spent()) {
            values.extend(work.run(self.from, self.from + 1));
            self.from += 1;
        }
        if self.from == from {
            return None;
        }
        let last = self.from == self.until;
        tell(Found { from, until: self.from, last, values });
        (!last).then_some(0)
    }
}

/// What takes the numbers found, from a piece on.
type Taker = dyn Fn(usize, &[f64]);

struct Member<W: Work> {
    lane: Lane<Piecework<W>>,
    /// What it has: a generation of the lane, from where, until where.
    given: Option<(u32, usize, usize)>,
    /// It has been given the work.
    knows: bool,
}

struct Inner<W: Work> {
    members: Vec<Member<W>>,
    work: Option<W>,
    /// The first piece that nobody has taken.
    next: usize,
    /// Pieces that a failed worker left undone.
    returned: Vec<(usize, usize)>,
    found: Rc<Taker>,
    say: Rc<dyn Fn(String)>,
}

/// The pool. Workers are started with the first work and kept, and end with the pool.
pub struct Pool<W: Work> {
    inner: Rc<RefCell<Inner<W>>>,
}

impl<W: Work> Pool<W> {
    /// A pool without workers yet. What it finds it tells with its first piece; where no workers are to be had it says so in a sentence.
    pub fn new(found: impl Fn(usize, &[f64]) + 'static, say: impl Fn(String) + 'static) -> Self {
        let (members, returned, found, say) = (Vec::new(), Vec::new(), Rc::new(found), Rc::new(say));
        Self { inner: Rc::new(RefCell::new(Inner { members, work: None, next: 0, returned, found, say })) }
    }

    /// Starts a work; what the one before had under way is forgotten.
    pub fn start(&self, work: W) {
        let hire = {
            let mut inner = self.inner.borrow_mut();
            inner.forget();
            (inner.work, inner.next) = (Some(work), 0);
            inner.members.is_empty()
        };
        if hire {
            let members = (0..processors().min(MOST_WORKERS)).map(|index| member(&self.inner, index)).collect();
            self.inner.borrow_mut().members = members;
        }
        give_all(&self.inner);
    }

    /// Stops what is under way. Workers finish the pieces they have, which nobody waits for any more.
    pub fn cancel(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.forget();
        inner.work = None;
    }
}

impl<W: Work> Inner<W> {
    fn forget(&mut self) {
        self.returned.clear();
        self.members.iter_mut().for_each(|member| (member.given, member.knows) = (None, false));
    }

    /// The next pieces, from where, until where.
    fn take(&mut self) -> Option<(usize, usize)> {
        let pieces = self.work.as_ref()?.pieces();
        let (from, until) = self.returned.pop().unwrap_or_else(|| {
            let from = self.next;
            self.next = (from + W::PIECE).min(pieces);
            (from, self.next)
        });
        (from < until).then_some((from, until))
    }
}

fn member<W: Work>(inner: &Rc<RefCell<Inner<W>>>, index: usize) -> Member<W> {
    let pool = Rc::downgrade(inner);
    let lane = Lane::new(move |event| {
        let Some(pool) = pool.upgrade() else { return };
        match event {
            Event::News { generation, news } => receive(&pool, index, generation, &news),
            Event::Stopped { failure, again } => stopped(&pool, index, failure, again),
        }
    });
    Member { lane, given: None, knows: false }
}

fn give_all<W: Work>(inner: &Rc<RefCell<Inner<W>>>) {
    let members = inner.borrow().members.len();
    for index in 0..members {
        if let Err(failure) = give(inner, index) {
            return work_here(inner, failure);
        }
    }
}

/// Gives a member its next pieces.
fn give<W: Work>(inner: &RefCell<Inner<W>>, index: usize) -> Result<(), Failure> {
    let mut inner = inner.borrow_mut();
    let Some((from, until)) = inner.take() else { return Ok(()) };
    let work = inner.work.clone();
    let Some(member) = inner.members.get_mut(index) else { return Ok(()) };
    let begun = member.lane.begin(Pieces { work: work.filter(|_| !member.knows), from, until });
    match begun {
        Ok(generation) => (member.given, member.knows) = (Some((generation, from, until)), true),
        Err(_) => inner.returned.push((from, until)),
    }
    begun.map(drop)
}

fn receive<W: Work>(inner: &Rc<RefCell<Inner<W>>>, index: usize, generation: u32, news: &Found) {
    let found = {
        let mut inner = inner.borrow_mut();
        let Some(member) = inner.members.get_mut(index) else { return };
        let Some((_, _, until)) = member.given.filter(|given| given.0 == generation) else { return };
        member.given = (!news.last).then_some((generation, news.until, until));
        inner.found.clone()
    };
    found(news.from, &news.values);
    if news.last {
        if let Err(failure) = give(inner, index) {
            work_here(inner, failure);
        }
    }
}

/// What a stopped worker had goes back; where another would do no better, no worker is trusted any more.
fn stopped<W: Work>(inner: &Rc<RefCell<Inner<W>>>, index: usize, failure: Failure, again: bool) {
    {
        let mut inner = inner.borrow_mut();
        let Some(member) = inner.members.get_mut(index) else { return };
        member.knows = false;
        let undone = member.given.take();
        inner.returned.extend(undone.map(|(_, from, until)| (from, until)));
    }
    let replaced = if again { give(inner, index) } else { Err(failure) };
    if let Err(failure) = replaced {
        work_here(inner, failure);
    }
}

/// The page's own thread does the rest.
fn work_here<W: Work>(inner: &Rc<RefCell<Inner<W>>>, failure: Failure) {
    let here = member(inner, 0);
    here.lane.move_here(Host::<Piecework<W>>::in_page);
    let (members, say) = {
        let mut inner = inner.borrow_mut();
        let members = std::mem::replace(&mut inner.members, vec![here]);
        inner.returned.extend(members.iter().filter_map(|member| member.given).map(|(_, from, until)| (from, until)));
        (members, inner.say.clone())
    };
    drop(members);
    say(format!("{}; the rest is computed on the page's own thread, which takes longer.", failure.words()));
    give_all(inner);
}
