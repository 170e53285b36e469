//! The scan view's numbers: every level of the scans of one recurrence, and what they take as sequences grow.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::scan::{blelloch, hillis_steele, sequential, Affine, Effort, Step};

use super::build;
use super::reach::sigmoid;
use crate::labs::lineage::settings::LineageSettings;

/// (a, b) of h ← a h + b.
pub type Pair = (f64, f64);

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scans {
    /// The elements, from the first step on.
    pub elements: Vec<Pair>,
    /// Blelloch's array, padded to a power of two, before the first level and after each one up.
    pub up: Vec<Vec<Pair>>,
    /// The same with the identity at the root, and after each level down.
    pub down: Vec<Vec<Pair>>,
    /// Hillis and Steele's array before the first level and after each.
    pub levels: Vec<Vec<Pair>>,
    /// Combinations and levels of Blelloch, of Hillis and Steele, and one after another, for these elements.
    pub effort: [(usize, usize); 3],
    /// The same by length, for powers of two: length, then the three.
    pub by_length: Vec<(usize, [(usize, usize); 3])>,
    /// Largest difference between a state by a scan and by the fold, over the largest state: Blelloch, Hillis and Steele.
    pub apart: [f64; 2],
}

/// The largest length whose effort is counted, as a power of two.
const LONGEST: u32 = 12;

fn pairs(steps: &[Step<f64>]) -> Vec<Pair> {
    steps.iter().map(|step| (step.a, step.b)).collect()
}

fn counted(effort: Effort) -> (usize, usize) {
    (effort.work, effort.depth)
}

/// The elements: a gate around the keep bias, moved by the input, and what it lets in, as in a minGRU of one unit.
fn elements(settings: &LineageSettings) -> Result<Vec<Step<f64>>, String> {
    let long = LineageSettings { steps: settings.elements.max(2), input_size: 1, ..settings.clone() };
    let x = build::input(&long)?;
    Ok(x.iter().take(settings.elements).map(|x| sigmoid(settings.keep + x)).zip(&x).map(|(a, x)| Step { a, b: (1.0 - a) * x }).collect())
}

/// The numbers of the view.
///
/// # Errors
/// A sentence, where the input is refused.
pub fn of(settings: &LineageSettings) -> Result<Scans, String> {
    let steps = elements(settings)?;
    let operator = Affine::<f64>::new();
    let (tree, parallel, fold) = (blelloch(&operator, &steps), hillis_steele(&operator, &steps), sequential(&operator, &steps));
    let states = |prefixes: &[Step<f64>]| prefixes.iter().map(|prefix| prefix.b).collect::<Vec<f64>>();
    // From h = 0 a prefix's b is the state.
    let expected = states(&fold.inclusive);
    let largest = expected.iter().fold(f64::MIN_POSITIVE, |most, h| most.max(h.abs()));
    let apart = |found: &[Step<f64>]| states(found).iter().zip(&expected).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs())) / largest;
    let by_length = (1..=LONGEST).map(|power| {
        let count = 1usize << power;
        let same = vec![Step { a: 0.5, b: 1.0 }; count];
        let efforts = [blelloch(&operator, &same).effort, hillis_steele(&operator, &same).effort, sequential(&operator, &same).effort];
        (count, efforts.map(counted))
    });
    Ok(Scans {
        elements: pairs(&steps),
        apart: [apart(&tree.inclusive), apart(parallel.levels.last().map_or(&[], Vec::as_slice))],
        effort: [tree.effort, parallel.effort, fold.effort].map(counted),
        up: tree.up_sweep.iter().map(|level| pairs(level)).collect(),
        down: tree.down_sweep.iter().map(|level| pairs(level)).collect(),
        levels: parallel.levels.iter().map(|level| pairs(level)).collect(),
        by_length: by_length.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scan_ends_in_the_states_of_the_fold() {
        for count in [2, 3, 5, 8, 13, 16] {
            let found = of(&LineageSettings { elements: count, ..LineageSettings::default() }).unwrap();
            assert_eq!(found.elements.len(), count);
            assert!(found.apart.iter().all(|apart| *apart < 1e-14), "{count}: {:?}", found.apart);
            let mut h = 0.0;
            for (t, (a, b)) in found.elements.iter().enumerate() {
                h = a * h + b;
                assert!((found.levels.last().unwrap()[t].1 - h).abs() < 1e-14);
                // Blelloch's last row holds what came before each element.
                let before = found.down.last().unwrap()[t];
                assert!((a * before.1 + b - h).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn work_and_levels_are_those_of_the_formulas() {
        let found = of(&LineageSettings { elements: 8, ..LineageSettings::default() }).unwrap();
        assert_eq!(found.effort, [(14, 6), (17, 3), (7, 7)]);
        let at = |length: usize| found.by_length.iter().find(|(count, _)| *count == length).unwrap().1;
        assert_eq!(at(1024), [(2046, 20), (9217, 10), (1023, 1023)]);
        assert_eq!(at(4096), [(8190, 24), (45057, 12), (4095, 4095)]);
    }
}
