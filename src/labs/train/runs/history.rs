//! What the runs have told so far. Plain values: messages fill them, chart models read them.

use unroll_engine::train::StepRecord;
use unroll_engine::Cell;

use super::checkpoint::Checkpoint;
use super::curves::{Curves, Entry, Scalars};
use crate::form::vocabulary::CELLS;

/// Columns of the waterfall at most; at twice as many every second one is dropped.
pub const PROFILES: usize = 128;
/// The spectrum of the recurrent weights is taken every so many steps at first; see [`spectrum_stride`].
const SPECTRUM_EVERY: u64 = 10;
/// Spectra at least in a long run; at twice as many every second one is dropped.
const SPECTRA: usize = 512;
/// The weights are kept every so many steps at first; see [`checkpoint_stride`].
const CHECKPOINT_EVERY: u64 = 50;
/// A checkpoint is good while the loss is at most so many times the first: a run that is about to blow up has left that behind.
const GOOD_LOSS: f64 = 3.0;

/// One training step as the page hears of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    pub iteration: u64,
    pub loss: f64,
    pub gradient_norm: f64,
    pub clipped_norm: f64,
    pub clipped: bool,
    /// Means of the gates, in the order of [`Cell::gate_names`]; of the plain RNN the mean of |h|.
    pub gates: Vec<f64>,
    /// Between the full and the truncated gradient, in radians, where something is cut.
    pub angle: Option<f64>,
    /// Norm of the truncated gradient over the full one's, where something is cut.
    pub ratio: Option<f64>,
    /// Spectral radius and σ_max of the block that [`spectrum_block`] names, where they were taken.
    pub spectrum: Option<(f64, f64)>,
    pub profile: Option<Profile>,
}

/// How the gradient fared on its way back, in one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// `log10` of the root mean square norm of ∂L/∂h_t, t = 0…T.
    pub log10_adjoint: Vec<f64>,
    /// Share of the gradient of `W_hh` by lag T − t.
    pub share_by_lag: Vec<f64>,
}

/// Which block of `W_hh` the spectrum is of, and its name. A gated cell's own dynamics pass through its candidate.
pub fn spectrum_block(cell: Cell) -> (usize, &'static str) {
    match cell {
        Cell::Rnn => (0, "W_hh"),
        Cell::Lstm => (2, "the candidate block"),
        Cell::Gru => (2, "the candidate block"),
    }
}

/// How many steps lie between two profiles when the run has come this far: the least power of two that keeps them few.
pub fn stride(iteration: u64) -> u64 {
    (iteration / (2 * PROFILES as u64) + 1).next_power_of_two()
}

/// How many steps lie between two spectra when the run has come this far.
pub fn spectrum_stride(iteration: u64) -> u64 {
    SPECTRUM_EVERY * (iteration / (2 * SPECTRA as u64 * SPECTRUM_EVERY) + 1).next_power_of_two()
}

/// How many steps lie between two checkpoints when the run has come this far: a small net takes thousands a second, and the page shall not
/// be busy with them.
pub fn checkpoint_stride(iteration: u64) -> u64 {
    CHECKPOINT_EVERY * (iteration / (20 * CHECKPOINT_EVERY) + 1).next_power_of_two()
}

impl Point {
    /// What of a step's record the page hears.
    pub fn of(record: &StepRecord, spectrum: Option<(f64, f64)>) -> Self {
        let followed = !record.log10_adjoint.is_empty();
        let profile =
            followed.then(|| Profile { log10_adjoint: record.log10_adjoint.clone(), share_by_lag: record.recurrent_share_by_lag.clone() });
        Self {
            iteration: record.iteration,
            loss: record.loss,
            gradient_norm: record.gradient_norm,
            clipped_norm: record.clipped_gradient_norm,
            clipped: record.clipped,
            gates: record.mean_gates.clone(),
            angle: record.truncation_angle,
            ratio: record.truncation_ratio,
            spectrum,
            profile,
        }
    }

    /// Appends the point as numbers.
    pub fn write(&self, numbers: &mut Vec<f64>) {
        let (radius, sigma) = self.spectrum.unwrap_or((f64::NAN, f64::NAN));
        let flag = |on: bool| f64::from(u8::from(on));
        numbers.extend([self.iteration as f64, self.loss, self.gradient_norm, self.clipped_norm, flag(self.clipped)]);
        numbers.extend([
            self.angle.unwrap_or(f64::NAN),
            self.ratio.unwrap_or(f64::NAN),
            flag(self.spectrum.is_some()),
            radius,
            sigma,
            flag(self.profile.is_some()),
        ]);
        let empty = Profile::default();
        let profile = self.profile.as_ref().unwrap_or(&empty);
        for list in [&self.gates, &profile.log10_adjoint, &profile.share_by_lag] {
            numbers.push(list.len() as f64);
            numbers.extend(list);
        }
    }

    /// Takes a point off the front of numbers; `None` where there is none.
    pub fn read(numbers: &mut &[f64]) -> Option<Self> {
        let mut take = |count: usize| {
            let (taken, rest) = numbers.split_at_checked(count)?;
            *numbers = rest;
            Some(taken)
        };
        let &[iteration, loss, gradient_norm, clipped_norm, clipped, angle, ratio, has_spectrum, radius, sigma, has_profile] = take(11)?
        else {
            return None;
        };
        let mut list = || {
            let count = *take(1)?.first()? as usize;
            take(count).map(<[f64]>::to_vec)
        };
        let gates = list()?;
        let profile = Profile { log10_adjoint: list()?, share_by_lag: list()? };
        Some(Self {
            iteration: iteration as u64,
            loss,
            gradient_norm,
            clipped_norm,
            clipped: clipped != 0.0,
            gates,
            angle: (!angle.is_nan()).then_some(angle),
            ratio: (!ratio.is_nan()).then_some(ratio),
            spectrum: (has_spectrum != 0.0).then_some((radius, sigma)),
            profile: (has_profile != 0.0).then_some(profile),
        })
    }
}

/// Everything one cell's run has told.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub cell: Cell,
    /// The numbers of every step, from step 0.
    pub curves: Curves,
    /// (iteration, spectral radius, σ_max), evenly spaced.
    pub spectra: Vec<(u64, f64, f64)>,
    /// At the multiples of [`stride`] of the last step.
    pub profiles: Vec<(u64, Profile)>,
    /// Why it stopped by itself, as a sentence.
    pub stopped: Option<String>,
    /// (iteration, log10 loss) of what was left behind when the run went back to a checkpoint.
    pub abandoned: Vec<(f64, f64)>,
    /// In the order of iterations.
    pub checkpoints: Vec<Checkpoint>,
}

impl Run {
    pub fn new(cell: Cell) -> Self {
        Self {
            cell,
            curves: Curves::default(),
            spectra: Vec::new(),
            profiles: Vec::new(),
            stopped: None,
            abandoned: Vec::new(),
            checkpoints: Vec::new(),
        }
    }

    /// The number of steps done.
    pub fn len(&self) -> usize {
        self.curves.len()
    }

    pub fn is_empty(&self) -> bool {
        self.curves.is_empty()
    }

    /// Takes a step. One that was there already is replaced, with all that came after it.
    pub fn take(&mut self, point: Point) {
        let place = point.iteration as usize;
        // A step that nothing leads up to belongs to another run.
        if place > self.len() {
            return;
        }
        self.cut(place);
        let mut gates = [f64::NAN; 4];
        gates.iter_mut().zip(&point.gates).for_each(|(gate, value)| *gate = *value);
        let Point { iteration, loss, gradient_norm, clipped_norm, clipped, angle, ratio, spectrum, profile, .. } = point;
        let (angle, ratio) = (angle.map_or(f64::NAN, f64::to_degrees), ratio.unwrap_or(f64::NAN));
        self.curves.push(Scalars { loss, gradient_norm, clipped_norm, clipped, gates, angle, ratio });
        self.spectra.extend(spectrum.map(|(radius, sigma)| (iteration, radius, sigma)));
        if self.spectra.len() > 2 * SPECTRA {
            self.spectra.retain(|(at, ..)| at.is_multiple_of(spectrum_stride(iteration)));
        }
        self.profiles.extend(profile.map(|profile| (iteration, profile)));
        let stride = stride(iteration);
        if self.profiles.len() > 2 * PROFILES {
            self.profiles.retain(|(at, _)| at.is_multiple_of(stride));
        }
    }

    /// Goes back to before a step; what came after stays as what was left behind.
    pub fn go_back(&mut self, iteration: u64) {
        let from = iteration as usize;
        let entries = self.curves.entries().iter().enumerate().skip(from.div_ceil(self.curves.stride()));
        let point = |(at, entry): (usize, &Entry)| (self.curves.first_iteration(at) as f64, entry.loss.mean.log10());
        self.abandoned = entries.map(point).collect();
        self.cut(from);
        self.checkpoints.retain(|kept| kept.iteration() <= iteration);
        self.stopped = None;
    }

    /// The checkpoint before an iteration.
    pub fn checkpoint(&self, iteration: u64) -> Option<&Checkpoint> {
        self.checkpoints.iter().find(|kept| kept.iteration() == iteration)
    }

    /// The last checkpoint that a run can be taken up from: not one of a run about to blow up.
    pub fn last_good(&self) -> Option<&Checkpoint> {
        let most = self.curves.entries().first().map_or(f64::INFINITY, |first| GOOD_LOSS * first.loss.mean);
        // The step after it may not have been taken, or not have come to its end.
        let at = |iteration: usize| self.curves.at(iteration).or(self.curves.at(iteration.wrapping_sub(1)));
        self.checkpoints.iter().rev().find(|kept| at(kept.iteration() as usize).is_none_or(|entry| entry.loss.mean <= most))
    }

    fn cut(&mut self, from: usize) {
        self.curves.truncate(from);
        self.spectra.retain(|(at, ..)| (*at as usize) < from);
        self.profiles.retain(|(at, _)| (*at as usize) < from);
    }

    /// Mean loss of the last `count` steps, in a long run of a few more.
    pub fn mean_loss(&self, count: usize) -> Option<f64> {
        self.curves.latest(count).iter().copied().reduce(Entry::join).map(|entry| entry.loss.mean)
    }

    /// The share of steps whose gradient was clipped.
    pub fn clipped_share(&self) -> f64 {
        self.curves.entries().iter().map(|entry| entry.clipped * entry.steps as f64).sum::<f64>() / self.len().max(1) as f64
    }

    /// The distance between two profiles, where there are as many as that.
    pub fn profile_stride(&self) -> u64 {
        match self.profiles.as_slice() {
            [.., (before, _), (last, _)] => (last - before).max(1),
            _ => 1,
        }
    }
}

/// All runs of one start, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs(pub Vec<Run>);

impl Runs {
    /// Nothing has happened yet.
    pub fn of(cells: impl IntoIterator<Item = Cell>) -> Self {
        Self(cells.into_iter().map(Run::new).collect())
    }

    pub fn get(&self, cell: Cell) -> Option<&Run> {
        self.0.iter().find(|run| run.cell == cell)
    }

    pub fn get_mut(&mut self, cell: Cell) -> Option<&mut Run> {
        self.0.iter_mut().find(|run| run.cell == cell)
    }

    /// The steps of the run that is farthest.
    pub fn longest(&self) -> usize {
        self.0.iter().map(Run::len).max().unwrap_or(0)
    }
}

/// The place of a cell on the page.
pub fn place(cell: Cell) -> usize {
    CELLS.iter().position(|c| *c == cell).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(iteration: u64) -> Point {
        let profile = Profile { log10_adjoint: vec![f64::NEG_INFINITY, 0.5], share_by_lag: vec![1.0] };
        let profile = iteration.is_multiple_of(stride(iteration)).then_some(profile);
        Point { iteration, loss: 1.0 / (iteration + 1) as f64, gates: vec![0.25, 0.5], profile, ..Point::default() }
    }

    #[test]
    fn points_come_out_of_their_numbers_as_they_went_in() {
        let points = [
            point(0),
            Point { spectrum: Some((0.5, 1.5)), clipped: true, angle: Some(0.25), ratio: Some(0.75), profile: None, ..point(7) },
        ];
        let mut numbers = Vec::new();
        points.iter().for_each(|point| point.write(&mut numbers));
        let mut rest = numbers.as_slice();
        assert_eq!(Point::read(&mut rest).as_ref(), points.first());
        assert_eq!(Point::read(&mut rest).as_ref(), points.last());
        assert_eq!(Point::read(&mut rest), None);
        assert_eq!(Point::read(&mut &numbers[..20][..5]), None);
    }

    #[test]
    fn a_long_run_keeps_few_evenly_spaced_profiles_and_spectra() {
        let mut run = Run::new(Cell::Rnn);
        (0..5000).for_each(|iteration| run.take(point(iteration)));
        assert_eq!(run.len(), 5000);
        (5000..60_000_u64).for_each(|iteration| {
            let spectrum = iteration.is_multiple_of(spectrum_stride(iteration)).then_some((1.0, 2.0));
            run.take(Point { spectrum, ..point(iteration) });
        });
        assert!((SPECTRA / 2..=2 * SPECTRA).contains(&run.spectra.len()), "{}", run.spectra.len());
        assert!(run.spectra.windows(3).all(|three| three[2].0 - three[1].0 == three[1].0 - three[0].0));
        assert!((PROFILES / 2..=2 * PROFILES + 1).contains(&run.profiles.len()), "{}", run.profiles.len());
        let stride = run.profile_stride();
        assert!(run.profiles.windows(2).all(|pair| pair[1].0 - pair[0].0 == stride));
    }

    #[test]
    fn going_back_keeps_what_was_left_behind_apart() {
        let mut run = Run::new(Cell::Gru);
        (0..120).for_each(|iteration| run.take(point(iteration)));
        run.stopped = Some("It diverged.".into());
        run.go_back(100);
        assert_eq!((run.len(), run.abandoned.len(), run.stopped.clone()), (100, 20, None));
        run.take(point(100));
        assert_eq!(run.len(), 101);
        // What nothing leads up to is not taken.
        run.take(point(200));
        assert_eq!(run.len(), 101);
    }
}
