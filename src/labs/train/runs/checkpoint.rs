//! Nets that are kept on the way, so that a run can be taken up again there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use unroll_engine::train::{Layout, Model, Snapshot};

/// Checkpoints of one run at most: at one more, every second one is dropped, which leaves the old ones sparse and the new ones dense.
const MOST: usize = 40;
/// Numbers in all checkpoints of one run at most (16 MB), but for the first and the last.
const MOST_NUMBERS: usize = 2_000_000;

/// A snapshot as numbers: what messages and storage carry. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint(#[serde(skip)] Arc<Vec<f64>>);

impl Checkpoint {
    /// `None` where the numbers are no snapshot's by their beginning.
    pub fn new(numbers: Vec<f64>) -> Option<Self> {
        (numbers.len() > 9 && numbers[0] >= 0.0).then(|| Self(Arc::new(numbers)))
    }

    pub fn of(snapshot: &Snapshot) -> Self {
        Self(Arc::new(snapshot.to_numbers()))
    }

    pub fn numbers(&self) -> &[f64] {
        &self.0
    }

    /// The numbers on their way through a message.
    pub fn numbers_mut(&mut self) -> &mut Vec<f64> {
        Arc::make_mut(&mut self.0)
    }

    /// The step that comes next.
    pub fn iteration(&self) -> u64 {
        self.0.first().map_or(0, |iteration| *iteration as u64)
    }

    /// What a trainer restores; `None` where the sizes are others.
    pub fn snapshot(&self, layout: Layout) -> Option<Snapshot> {
        Snapshot::from_numbers(layout, &self.0)
    }

    /// The net.
    pub fn model(&self, layout: Layout) -> Option<Model> {
        self.snapshot(layout).map(|snapshot| Model::from_flat(layout, &snapshot.parameters))
    }
}

/// Takes a checkpoint into a list in the order of iterations; those at or after it belong to what was left behind.
pub fn keep(list: &mut Vec<Checkpoint>, checkpoint: Checkpoint) {
    list.retain(|kept| kept.iteration() < checkpoint.iteration());
    list.push(checkpoint);
    while list.len() > MOST || (list.len() > 2 && list.iter().map(|kept| kept.0.len()).sum::<usize>() > MOST_NUMBERS) {
        let last = list.pop();
        let mut place = 0;
        list.retain(|_| {
            place += 1;
            place % 2 == 1
        });
        list.extend(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(iteration: u64, size: usize) -> Checkpoint {
        Checkpoint::new(std::iter::once(iteration as f64).chain(vec![0.0; size]).collect()).unwrap()
    }

    #[test]
    fn a_long_run_keeps_few_checkpoints_with_the_first_and_the_last() {
        let mut list = Vec::new();
        for iteration in (0..=10_000).step_by(50) {
            keep(&mut list, at(iteration, 20));
            assert!(list.len() <= MOST);
            assert_eq!((list[0].iteration(), list.last().map(Checkpoint::iteration)), (0, Some(iteration)));
        }
        assert!(list.windows(2).all(|pair| pair[0].iteration() < pair[1].iteration()));
        // Large nets are bounded by their size, down to two.
        let mut large = Vec::new();
        (0..9).for_each(|iteration| keep(&mut large, at(iteration, 600_000)));
        assert!((2..=3).contains(&large.len()), "{}", large.len());
        (9..12).for_each(|iteration| keep(&mut large, at(iteration, MOST_NUMBERS)));
        assert_eq!(large.iter().map(Checkpoint::iteration).collect::<Vec<_>>(), [0, 11]);
    }

    #[test]
    fn going_back_drops_what_came_after() {
        let mut list = Vec::new();
        (0..5).for_each(|iteration| keep(&mut list, at(iteration, 20)));
        keep(&mut list, at(2, 20));
        assert_eq!(list.iter().map(Checkpoint::iteration).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(Checkpoint::new(vec![1.0]), None);
    }
}
