//! A run as text, so that it survives the closing of its page: settings, the last good checkpoint and the curves of every cell.

use base64::prelude::{Engine as _, BASE64_STANDARD_NO_PAD};
use unroll_engine::Cell;

use super::checkpoint::Checkpoint;
use super::curves::{Curves, Entry, Spread};
use super::history::{Run, Runs};
use crate::form::link::{decode_settings, encode_settings};
use crate::form::vocabulary::CELLS;
use crate::labs::train::settings::TrainSettings;

/// Browsers keep about five million characters for everything on a host; what needs more, the nets being large, is not kept.
pub const MOST_CHARACTERS: usize = 2_500_000;
/// Entries of a cell's curves that are kept; of a longer run each is of several steps.
const ENTRIES: usize = 4096;
/// Numbers of an entry of the curves.
const COLUMNS: usize = 15;
/// They were fewer by the last one in earlier versions, whose runs are read too.
const EARLIER_COLUMNS: usize = 14;

/// A run to be taken up again.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub settings: TrainSettings,
    /// Each with one checkpoint, and its curves up to there.
    pub runs: Runs,
}

impl Kept {
    /// What would be lost; `None` while no run has come to a checkpoint after its first step.
    pub fn of(settings: &TrainSettings, runs: &Runs) -> Option<Self> {
        let runs: Vec<Run> = runs.0.iter().filter_map(at_last_good).collect();
        let begun = runs.iter().any(|run| !run.is_empty());
        begun.then(|| Self { settings: settings.clone(), runs: Runs(runs) })
    }

    /// How far the farthest net is.
    pub fn iteration(&self) -> usize {
        self.runs.longest()
    }

    /// As text; `None` where it is too long to be kept.
    pub fn to_text(&self) -> Option<String> {
        let mut lines = vec![format!("?{}", encode_settings(&self.settings))];
        for run in &self.runs.0 {
            let checkpoint = run.checkpoints.first()?;
            // The weights to the last bit; the curves are looked at only, and single precision is twice as long a run.
            let weights = bytes(checkpoint.numbers().iter().map(|number| number.to_le_bytes()));
            let curves = bytes(run.curves.entries().iter().flat_map(columns).map(|number| (number as f32).to_le_bytes()));
            lines.push(format!("{:?} {weights} {curves}", run.cell));
        }
        let text = lines.join("\n");
        (text.len() <= MOST_CHARACTERS).then_some(text)
    }

    /// Reads it again; `None` where it is damaged.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (settings, notices) = decode_settings(lines.next()?, TrainSettings::default());
        let runs: Vec<Run> = lines.map(|line| read_run(line, &settings)).collect::<Option<_>>()?;
        let fits = notices.is_empty() && settings.cells().eq(runs.iter().map(|run| run.cell));
        let kept = Self { settings, runs: Runs(runs) };
        (fits && kept.iteration() > 0).then_some(kept)
    }
}

fn at_last_good(run: &Run) -> Option<Run> {
    let checkpoint = run.last_good()?.clone();
    let mut curves = run.curves.clone();
    curves.truncate(checkpoint.iteration() as usize);
    Some(Run { curves: curves.in_at_most(ENTRIES), checkpoints: vec![checkpoint], ..Run::new(run.cell) })
}

fn read_run(line: &str, settings: &TrainSettings) -> Option<Run> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let cell: Cell = CELLS.into_iter().find(|cell| format!("{cell:?}") == name)?;
    let weights = numbers(words.next()?, f64::from_le_bytes)?;
    let curves: Vec<f64> = numbers(words.next()?, |bytes| f64::from(f32::from_le_bytes(bytes)))?;
    let checkpoint = Checkpoint::new(weights)?;
    // Whoever else writes under the same address must not bring a net that the settings do not make.
    checkpoint.snapshot(settings.config(cell).ok()?.layout())?;
    let read = |columns| Curves::from_entries(curves.chunks(columns).map(entry).collect::<Option<_>>()?);
    let fits = |curves: &Curves| curves.len() as u64 == checkpoint.iteration();
    let curves = [COLUMNS, EARLIER_COLUMNS].into_iter().find_map(|columns| read(columns).filter(fits))?;
    Some(Run { curves, checkpoints: vec![checkpoint], ..Run::new(cell) })
}

fn columns(entry: &Entry) -> [f64; COLUMNS] {
    let Entry { steps, loss, gradient_norm: norm, clipped_norm, clipped, gates: [a, b, c, d], angle, ratio } = *entry;
    let (loss, norm) = ([loss.mean, loss.low, loss.high], [norm.mean, norm.low, norm.high]);
    [steps as f64, loss[0], loss[1], loss[2], norm[0], norm[1], norm[2], clipped_norm, clipped, a, b, c, d, angle, ratio]
}

fn entry(columns: &[f64]) -> Option<Entry> {
    let &[steps, loss, loss_low, loss_high, norm, norm_low, norm_high, clipped_norm, clipped, a, b, c, d, angle, ref ratio @ ..] = columns
    else {
        return None;
    };
    let ratio = match ratio {
        [] => f64::NAN,
        [ratio] => *ratio,
        _ => return None,
    };
    let loss = Spread { mean: loss, low: loss_low, high: loss_high };
    let gradient_norm = Spread { mean: norm, low: norm_low, high: norm_high };
    Some(Entry { steps: steps as usize, loss, gradient_norm, clipped_norm, clipped, gates: [a, b, c, d], angle, ratio })
}

fn bytes<const N: usize>(numbers: impl Iterator<Item = [u8; N]>) -> String {
    BASE64_STANDARD_NO_PAD.encode(numbers.flatten().collect::<Vec<u8>>())
}

fn numbers<const N: usize>(text: &str, read: fn([u8; N]) -> f64) -> Option<Vec<f64>> {
    let bytes = BASE64_STANDARD_NO_PAD.decode(text).ok()?;
    bytes.chunks(N).map(|chunk| chunk.try_into().ok().map(read)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::history::Point;
    use unroll_engine::train::Trainer;

    fn trained(steps: u64) -> (TrainSettings, Runs) {
        let settings = TrainSettings { length: 10, hidden_size: 4, batch_size: 4, rnn: false, gru: false, ..TrainSettings::default() };
        let mut trainer = Trainer::new(settings.config(Cell::Lstm).unwrap()).unwrap();
        let mut runs = Runs::of(settings.cells());
        for _ in 0..steps {
            let record = trainer.step().unwrap().clone();
            runs.0[0].take(Point::of(&record, None));
        }
        runs.0[0].checkpoints.push(Checkpoint::of(&trainer.snapshot()));
        (settings, runs)
    }

    #[test]
    fn a_kept_run_goes_on_with_the_losses_that_it_would_have_had() {
        let (settings, runs) = trained(5);
        let kept = Kept::from_text(&Kept::of(&settings, &runs).unwrap().to_text().unwrap()).unwrap();
        assert_eq!((&kept.settings, kept.iteration()), (&settings, 5));
        let loss = |runs: &Runs, step| runs.0[0].curves.at(step).map(|entry| entry.loss.mean).unwrap();
        assert!((loss(&kept.runs, 3) - loss(&runs, 3)).abs() < 1e-6);
        let config = settings.config(Cell::Lstm).unwrap();
        let mut again = Trainer::new(config.clone()).unwrap();
        again.restore(&kept.runs.0[0].checkpoints[0].snapshot(config.layout()).unwrap()).unwrap();
        let (_, longer) = trained(6);
        assert_eq!(again.step().unwrap().loss.to_bits(), loss(&longer, 5).to_bits());
    }

    #[test]
    fn what_is_not_begun_is_not_kept_and_damage_is_refused() {
        let (settings, runs) = trained(0);
        assert_eq!(Kept::of(&settings, &runs), None);
        let (settings, runs) = trained(2);
        let text = Kept::of(&settings, &runs).unwrap().to_text().unwrap();
        for damaged in [text.replace("n=4", "n=5"), text.replace("Lstm", "Gru"), text[..text.len() - 30].to_owned(), String::new()] {
            assert_eq!(Kept::from_text(&damaged), None, "{damaged}");
        }
    }
}
