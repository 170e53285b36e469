//! The numbers of a run's steps, in bounded room: a small net takes tens of thousands of steps a second, and every frame draws them all.

/// Entries at most; at one more, neighbours are joined two by two.
const MOST: usize = 16_384;

/// The numbers of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scalars {
    pub loss: f64,
    pub gradient_norm: f64,
    pub clipped_norm: f64,
    pub clipped: bool,
    pub gates: [f64; 4],
    /// Between the full and the truncated gradient, in degrees; NaN where nothing is cut.
    pub angle: f64,
    /// Norm of the truncated gradient over the full one's; NaN where nothing is cut.
    pub ratio: f64,
}

/// Mean, smallest and largest over some steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// One step, or several in a row. Means are over them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entry {
    pub steps: usize,
    pub loss: Spread,
    pub gradient_norm: Spread,
    pub clipped_norm: f64,
    /// The share of them that was clipped.
    pub clipped: f64,
    pub gates: [f64; 4],
    /// Of those that have one, in degrees; NaN where none has.
    pub angle: f64,
    /// As the angle.
    pub ratio: f64,
}

impl Spread {
    pub fn of(value: f64) -> Self {
        Self { mean: value, low: value, high: value }
    }

    fn join(self, other: Self, mean: impl Fn(f64, f64) -> f64) -> Self {
        Self { mean: mean(self.mean, other.mean), low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

impl Entry {
    fn of(step: &Scalars) -> Self {
        Self {
            steps: 1,
            loss: Spread::of(step.loss),
            gradient_norm: Spread::of(step.gradient_norm),
            clipped_norm: step.clipped_norm,
            clipped: f64::from(u8::from(step.clipped)),
            gates: step.gates,
            angle: step.angle,
            ratio: step.ratio,
        }
    }

    /// This one and the one after it as one.
    pub fn join(self, next: Self) -> Self {
        let steps = self.steps + next.steps;
        let (before, after) = (self.steps as f64 / steps as f64, next.steps as f64 / steps as f64);
        let mean = |a: f64, b: f64| before * a + after * b;
        let of_those = |a: f64, b: f64| match (a.is_nan(), b.is_nan()) {
            (true, _) => b,
            (_, true) => a,
            _ => mean(a, b),
        };
        Self {
            steps,
            loss: self.loss.join(next.loss, mean),
            gradient_norm: self.gradient_norm.join(next.gradient_norm, mean),
            clipped_norm: mean(self.clipped_norm, next.clipped_norm),
            clipped: mean(self.clipped, next.clipped),
            gates: core::array::from_fn(|gate| mean(self.gates[gate], next.gates[gate])),
            angle: of_those(self.angle, next.angle),
            ratio: of_those(self.ratio, next.ratio),
        }
    }
}

/// Every step of a run: singly at first, in a long run 2, 4, 8 … together.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// Each of [`Self::stride`] steps; the last may have fewer.
    entries: Vec<Entry>,
    stride: usize,
    steps: usize,
    last: Option<Scalars>,
}

impl Default for Curves {
    fn default() -> Self {
        Self { entries: Vec::new(), stride: 1, steps: 0, last: None }
    }
}

impl Curves {
    /// Of entries in a row: all but the last of the same number of steps, a power of two, and the last of no more. `None` otherwise.
    pub fn from_entries(entries: Vec<Entry>) -> Option<Self> {
        let stride = entries.first().map_or(1, |entry| entry.steps.next_power_of_two());
        let (last, before) = entries.split_last().map_or((None, &[] as &[Entry]), |(last, before)| (Some(last), before));
        let sound = before.iter().all(|entry| entry.steps == stride) && last.is_none_or(|last| (1..=stride).contains(&last.steps));
        let steps = entries.iter().map(|entry| entry.steps).sum();
        let last = last.map(nearest);
        (sound && entries.len() <= MOST).then_some(Self { entries, stride, steps, last })
    }

    /// The number of steps.
    pub fn len(&self) -> usize {
        self.steps
    }

    pub fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// Steps of an entry.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// In the order of iterations.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The iteration of an entry's first step.
    pub fn first_iteration(&self, entry: usize) -> usize {
        entry * self.stride
    }

    /// The iteration of an entry's last step.
    pub fn last_iteration(&self, entry: usize) -> usize {
        (self.first_iteration(entry) + self.stride).min(self.steps).saturating_sub(1)
    }

    /// The entry that a step is in.
    pub fn at(&self, iteration: usize) -> Option<&Entry> {
        self.entries.get(iteration / self.stride)
    }

    /// The last step.
    pub fn last(&self) -> Option<&Scalars> {
        self.last.as_ref()
    }

    /// The last entries, of as many steps together, if there are as many.
    pub fn latest(&self, steps: usize) -> &[Entry] {
        let (mut from, mut missing) = (self.entries.len(), steps);
        while let (1.., Some(entry)) = (missing, from.checked_sub(1).and_then(|before| self.entries.get(before))) {
            (from, missing) = (from - 1, missing.saturating_sub(entry.steps));
        }
        &self.entries[from..]
    }

    /// Takes the next step.
    pub fn push(&mut self, step: Scalars) {
        let entry = Entry::of(&step);
        match self.entries.last_mut() {
            Some(last) if last.steps < self.stride => *last = last.join(entry),
            _ => self.entries.push(entry),
        }
        self.steps += 1;
        self.last = Some(step);
        if self.entries.len() > MOST {
            self.halve();
        }
    }

    /// Forgets the steps from one on. An entry that this cuts in two keeps its means.
    pub fn truncate(&mut self, steps: usize) {
        if steps >= self.steps {
            return;
        }
        self.entries.truncate(steps.div_ceil(self.stride));
        self.steps = steps;
        if let (Some(last), rest @ 1..) = (self.entries.last_mut(), steps % self.stride) {
            last.steps = rest;
        }
        self.last = self.entries.last().map(nearest);
    }

    /// The same in at most so many entries.
    pub fn in_at_most(mut self, entries: usize) -> Self {
        while self.entries.len() > entries.max(1) {
            self.halve();
        }
        self
    }

    fn halve(&mut self) {
        self.entries = self.entries.chunks(2).map(|pair| pair[1..].iter().fold(pair[0], |first, second| first.join(*second))).collect();
        self.stride *= 2;
    }
}

/// A step that has an entry's means.
fn nearest(entry: &Entry) -> Scalars {
    let Entry { loss, gradient_norm, clipped_norm, clipped, gates, angle, ratio, .. } = *entry;
    Scalars { loss: loss.mean, gradient_norm: gradient_norm.mean, clipped_norm, clipped: clipped > 0.5, gates, angle, ratio }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(steps: usize) -> Curves {
        let mut curves = Curves::default();
        for i in 0..steps {
            let gates = [i as f64, 0.5, f64::NAN, f64::NAN];
            let angle = if i % 2 == 0 { f64::NAN } else { 10.0 };
            curves.push(Scalars {
                loss: i as f64,
                gradient_norm: 2.0,
                clipped_norm: 1.0,
                clipped: i % 4 == 0,
                gates,
                angle,
                ratio: angle / 20.0,
            });
        }
        curves
    }

    #[test]
    fn short_runs_have_every_step_and_long_ones_their_means_and_extremes() {
        let short = of(MOST);
        assert_eq!((short.len(), short.stride(), short.entries().len()), (MOST, 1, MOST));
        let long = of(5 * MOST + 3);
        assert_eq!((long.len(), long.stride()), (5 * MOST + 3, 8));
        assert!((MOST / 2..=MOST).contains(&long.entries().len()));
        assert_eq!(long.entries().iter().map(|entry| entry.steps).sum::<usize>(), long.len());
        let entry = long.at(17).copied().unwrap_or_default();
        assert_eq!(entry.ratio, 0.5);
        assert_eq!((entry.loss, entry.clipped, entry.angle), (Spread { mean: 19.5, low: 16.0, high: 23.0 }, 0.25, 10.0));
        assert_eq!((entry.gates[0], entry.gates[1], entry.gradient_norm.mean), (19.5, 0.5, 2.0));
        assert_eq!((long.first_iteration(2), long.last_iteration(2)), (16, 23));
        assert_eq!(long.last_iteration(long.entries().len() - 1), long.len() - 1);
        assert_eq!(long.last().map(|step| step.loss), Some(long.len() as f64 - 1.0));
    }

    #[test]
    fn the_latest_entries_have_as_many_steps_as_were_asked_for() {
        let curves = of(2 * MOST + 1);
        assert_eq!(curves.stride(), 4);
        assert_eq!(curves.latest(25).iter().map(|entry| entry.steps).sum::<usize>(), 25);
        assert_eq!(curves.latest(2).len(), 2);
        assert_eq!(of(3).latest(25).len(), 3);
        assert!(Curves::default().latest(25).is_empty());
    }

    #[test]
    fn what_is_cut_off_can_be_taken_again() {
        let whole = of(3 * MOST);
        for at in [0, 4, 1001, MOST, 3 * MOST - 1, 3 * MOST] {
            let mut cut = whole.clone();
            cut.truncate(at);
            assert_eq!((cut.len(), cut.is_empty()), (at, at == 0));
            assert_eq!(cut.entries().iter().map(|entry| entry.steps).sum::<usize>(), at);
            (at..3 * MOST).for_each(|i| cut.push(Scalars { loss: i as f64, ..Scalars::default() }));
            assert_eq!(cut.len(), whole.len());
            assert_eq!(cut.at(2 * MOST).map(|entry| entry.loss.low), whole.at(2 * MOST).map(|entry| entry.loss.low));
        }
    }

    #[test]
    fn entries_make_the_same_curves_and_unsound_ones_none() {
        for steps in [0, 1, 7, MOST + 5] {
            let curves = of(steps).in_at_most(5000);
            assert!(curves.entries().len() <= 5000);
            let again = Curves::from_entries(curves.entries().to_vec());
            assert_eq!(again.as_ref().map(Curves::len), Some(steps));
            assert_eq!(again.map(|again| again.entries().len()), Some(curves.entries().len()));
        }
        let [one, two] = [1, 2].map(|steps| Entry { steps, ..Entry::default() });
        assert_eq!(Curves::from_entries(vec![one, two]), None);
        assert_eq!(Curves::from_entries(vec![two, one, two]), None);
        assert_eq!(Curves::from_entries(vec![two, Entry { steps: 0, ..one }]), None);
    }
}
