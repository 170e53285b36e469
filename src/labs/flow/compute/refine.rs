//! The refinement of an analysis in the page's own thread, a step at a time.

use unroll_engine::{Analysis, Refinement};

/// Refines one more step; the complete analysis after the last, which ends the refinement.
pub type Refine = fn(&mut Refining, &Analysis) -> Option<Analysis>;

/// How far the refinement of an analysis is, here.
#[derive(Debug, Default)]
pub enum Refining {
    /// There is none to be done.
    #[default]
    Off,
    /// It has not begun.
    Due,
    UnderWay(Box<Refinement>),
}

impl Refining {
    /// Whether there is something to be done.
    pub fn is_wanted(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Is to be done, unless it is under way.
    pub fn begin(&mut self) {
        if matches!(self, Self::Off) {
            *self = Self::Due;
        }
    }
}

/// The engine's refinement, which takes the decompositions along: the page names it in what comes later only.
pub fn refine(refining: &mut Refining, analysis: &Analysis) -> Option<Analysis> {
    let mut refinement = match std::mem::take(refining) {
        Refining::Off => return None,
        Refining::Due => Box::new(Refinement::new(analysis)),
        Refining::UnderWay(refinement) => refinement,
    };
    if refinement.advance(analysis, 1) {
        return Some(refinement.complete(analysis.clone()));
    }
    *refining = Refining::UnderWay(refinement);
    None
}
