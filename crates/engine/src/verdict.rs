//! The summary figures: all of them are read from one curve, so that they cannot contradict each other.
//!
//! The curve is what is left of a gradient by lag, `G(ℓ) = ‖P_{S←S−ℓ}ᵀ v‖ / ‖v‖`, where S is the last step that the loss reads and v the
//! loss's direction there ([`crate::Analysis::left`]), or, over all losses and directions, `‖P_{T←T−ℓ}‖₂`
//! ([`crate::Analysis::worst_case`]).

use crate::tolerance::{KEEPS, TRANSIENT, VANISHES};

/// What becomes of a gradient over the whole sequence, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Exactly zero from some lag on.
    Dead,
    /// Less is left than [`Limits::vanishes`].
    Vanishes,
    /// At least that, and less than [`Limits::keeps`].
    Fades,
    /// From [`Limits::keeps`] to its reciprocal.
    Keeps,
    /// More than that, up to the reciprocal of [`Limits::vanishes`].
    Grows,
    /// More than that.
    Explodes,
}

impl Fate {
    /// All of them, by what is left.
    pub const ALL: [Self; 6] = [Self::Dead, Self::Vanishes, Self::Fades, Self::Keeps, Self::Grows, Self::Explodes];
}

/// Where one [`Fate`] ends and the next begins, as shares of the gradient at lag 0. The limits above 1 are the reciprocals of these two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Below this share a gradient has vanished; above its reciprocal it has exploded. In (0, [`Limits::keeps`]].
    pub vanishes: f64,
    /// From this share to its reciprocal a gradient keeps its size. In (0, 1).
    pub keeps: f64,
}

impl Default for Limits {
    /// 1% and 20%, and so ×5 and ×100.
    fn default() -> Self {
        Self { vanishes: VANISHES, keeps: KEEPS }
    }
}

/// A curve that leaves both of its ends far below or above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transient {
    /// Where it is farthest from its ends.
    pub lag: usize,
    /// log10 of its value there: a peak above both ends, or a drop below both.
    pub log10: f64,
}

/// What is left of a gradient, by lag.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    log10_by_lag: Vec<f64>,
}

impl Curve {
    /// From log10 norms per lag ℓ = 0, 1, …; they are divided by the first. −∞ is exactly zero. Nothing, or a gradient that is zero at lag 0,
    /// is dead from there on.
    pub fn new(log10_by_lag: impl IntoIterator<Item = f64>) -> Self {
        let mut log10_by_lag: Vec<f64> = log10_by_lag.into_iter().collect();
        match log10_by_lag.first().copied() {
            Some(first) if first.is_finite() => log10_by_lag.iter_mut().for_each(|value| *value -= first),
            _ => log10_by_lag = vec![f64::NEG_INFINITY],
        }
        Self { log10_by_lag }
    }

    /// log10 of what is left, by lag; 0 at lag 0 unless nothing is there at all.
    pub fn log10_by_lag(&self) -> &[f64] {
        &self.log10_by_lag
    }

    /// The longest lag, ℓ: that of the first state.
    pub fn longest_lag(&self) -> usize {
        self.log10_by_lag.len() - 1
    }

    /// log10 of what is left at the longest lag.
    pub fn log10_left(&self) -> f64 {
        self.log10_by_lag[self.longest_lag()]
    }

    /// What is left at the longest lag, to the power 1/ℓ: the factor per step that leads there; 1 where ℓ = 0 and 0 where nothing is left.
    pub fn growth_per_step(&self) -> f64 {
        match self.longest_lag() {
            0 if self.log10_left() == 0.0 => 1.0,
            lag => libm::exp10(self.log10_left() / lag.max(1) as f64),
        }
    }

    /// The first lag from which on less than half is left; `None` where at least half is left at the end.
    pub fn half_life(&self) -> Option<usize> {
        self.stays(|value| value < -core::f64::consts::LOG10_2)
    }

    /// The first lag from which on more than twice as much is left; `None` where it is not more than that at the end.
    pub fn doubling(&self) -> Option<usize> {
        self.stays(|value| value > core::f64::consts::LOG10_2)
    }

    /// The first lag from which on this share is never reached; `None` where it is at the end.
    pub fn below_from(&self, share: f64) -> Option<usize> {
        let floor = libm::log10(share);
        self.stays(|value| value < floor)
    }

    /// The largest lag at which at least `level` is left; 0 where that is so nowhere.
    pub fn horizon(&self, level: f64) -> usize {
        let floor = libm::log10(level);
        self.log10_by_lag.iter().rposition(|value| *value >= floor).unwrap_or(0)
    }

    /// The lag from which on exactly nothing is left.
    pub fn dead_from(&self) -> Option<usize> {
        self.stays(|value| value == f64::NEG_INFINITY)
    }

    /// The curve's highest place, if it is more than three times both ends, or its lowest, if it is less than a third of both: whichever
    /// is farther from the ends.
    pub fn transient(&self) -> Option<Transient> {
        let (high, low) = (self.log10_left().max(0.0), self.log10_left().min(0.0));
        let most = libm::log10(TRANSIENT);
        let place = |better: fn(f64, f64) -> bool| {
            let places = self.log10_by_lag.iter().copied().enumerate();
            places.reduce(|best, next| if better(next.1, best.1) { next } else { best }).map(|(lag, log10)| Transient { lag, log10 })
        };
        let peak = place(|next, best| next > best).filter(|peak| peak.log10 > high + most);
        // What is dead has dropped for good.
        let drop = place(|next, best| next < best).filter(|drop| low.is_finite() && drop.log10 < low - most);
        match (peak, drop) {
            (Some(peak), Some(drop)) if low - drop.log10 > peak.log10 - high => Some(drop),
            (None, drop) => drop,
            (peak, _) => peak,
        }
    }

    /// The word for what is left at the longest lag.
    pub fn fate(&self, limits: Limits) -> Fate {
        let left = self.log10_left();
        let (vanishes, keeps) = (libm::log10(limits.vanishes), libm::log10(limits.keeps));
        match left {
            _ if left == f64::NEG_INFINITY => Fate::Dead,
            _ if left < vanishes => Fate::Vanishes,
            _ if left < keeps => Fate::Fades,
            _ if left <= -keeps => Fate::Keeps,
            _ if left <= -vanishes => Fate::Grows,
            _ => Fate::Explodes,
        }
    }

    /// The first lag from which on every value is as `holds` says.
    fn stays(&self, holds: impl Fn(f64) -> bool) -> Option<usize> {
        let last = self.log10_by_lag.iter().rposition(|value| !holds(*value));
        let first = last.map_or(0, |lag| lag + 1);
        (first < self.log10_by_lag.len()).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Curve {
        Curve::new(values.iter().map(|value| libm::log10(*value)))
    }

    #[test]
    fn every_figure_is_read_from_the_curve() {
        let fading = curve(&[4.0, 2.2, 1.9, 2.1, 1.0, 0.4]);
        assert_eq!((fading.longest_lag(), fading.half_life(), fading.doubling()), (5, Some(4), None));
        assert!((fading.growth_per_step() - libm::pow(0.1, 0.2)).abs() < 1e-14);
        assert_eq!((fading.horizon(0.2), fading.horizon(0.05), fading.horizon(2.0)), (4, 5, 0));
        assert_eq!((fading.fate(Limits::default()), fading.transient(), fading.dead_from()), (Fate::Fades, None, None));
        let growing = curve(&[1.0, 3.0, 1.5, 5.0, 6.0]);
        assert_eq!((growing.half_life(), growing.doubling(), growing.fate(Limits::default())), (None, Some(3), Fate::Grows));
    }

    #[test]
    fn the_words_follow_what_is_left_and_their_limits_belong_to_what_keeps() {
        let word = |left: f64| curve(&[1.0, left]).fate(Limits::default());
        let words = [0.0, 1e-300, 0.0099, 0.011, 0.19, 0.21, 1.0, 4.9, 5.1, 99.0, 101.0, 1e300].map(word);
        use Fate::{Dead, Explodes, Fades, Grows, Keeps, Vanishes};
        assert_eq!(words, [Dead, Vanishes, Vanishes, Fades, Fades, Keeps, Keeps, Keeps, Grows, Grows, Explodes, Explodes]);
        let strict = Limits { vanishes: 0.1, keeps: 0.5 };
        assert_eq!([0.09, 0.3, 0.6, 3.0, 11.0].map(|left| curve(&[1.0, left]).fate(strict)), [Vanishes, Fades, Keeps, Grows, Explodes]);
        assert!(Fate::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_transient_is_a_peak_or_a_drop_beyond_both_ends() {
        assert_eq!(curve(&[1.0, 8.0, 30.0, 0.5]).transient().map(|t| t.lag), Some(2));
        assert_eq!(curve(&[1.0, 0.1, 0.01, 0.5]).transient().map(|t| t.lag), Some(2));
        assert_eq!(curve(&[1.0, 2.9, 0.34, 1.0]).transient(), None);
        // On the way up or down there is none.
        assert_eq!(curve(&[1.0, 10.0, 100.0]).transient(), None);
        assert_eq!(curve(&[1.0, 0.1, 0.0]).transient(), None);
        assert_eq!(curve(&[1.0, 9.0, 0.0]).transient().map(|t| t.lag), Some(1));
    }

    #[test]
    fn what_is_exactly_zero_is_dead_and_nothing_else_is() {
        let dead = curve(&[2.0, 1.0, 0.0, 0.0]);
        assert_eq!((dead.dead_from(), dead.fate(Limits::default()), dead.growth_per_step()), (Some(2), Fate::Dead, 0.0));
        assert_eq!(dead.half_life(), Some(2));
        for nothing in [curve(&[]), curve(&[0.0, 0.0])] {
            assert_eq!((nothing.dead_from(), nothing.growth_per_step(), nothing.horizon(0.01)), (Some(0), 0.0, 0));
        }
        let one = curve(&[7.0]);
        assert_eq!((one.growth_per_step(), one.fate(Limits::default()), one.horizon(0.01)), (1.0, Fate::Keeps, 0));
    }
}
