//! The limits view's numbers: the curse of memory, by formula and measured, and what parity asks of a linear recurrence.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::limits::{parity, Curse};
use unroll_engine::{Experiment, Input};

use crate::labs::lineage::settings::LineageSettings;

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// 1 − λ, then Var h and Var ∂h/∂λ by formula, for h ← λh + x and white x of variance 1.
    pub formula: Vec<(f64, [f64; 2])>,
    /// The same measured over a run on noise.
    pub measured: Vec<(f64, [f64; 2])>,
    /// Length, and the share of random bit strings of that length whose parity is told right by the best single threshold on h, for h ← a(x)h with
    /// coefficients between 0 and 1, whatever they are.
    pub threshold: Vec<(usize, f64)>,
    /// Length, and the share of prefixes up to there that coefficients of ±1 tell right, on one random string.
    pub signs: Vec<(usize, f64)>,
}

/// Places of the curse's curves: log10(1 − λ) from 0 down to this.
const CLOSEST: f64 = -3.0;
const POINTS: usize = 61;
/// Steps a measurement takes for every step of memory 1/(1 − λ), and at least.
const RUN: (f64, usize) = (400.0, 20_000);
/// The longest string of bits.
pub const BITS: usize = 10_000;

/// Standard normal numbers of a seed: a chunk of so many, the `nth`.
fn noise(count: usize, seed: u32) -> Result<Vec<f64>, String> {
    let (steps, width) = (512, 16);
    let mut all = Vec::with_capacity(count + steps * width);
    let mut chunk = 0;
    while all.len() < count {
        // A generator of its own for every chunk, apart from the input's.
        let experiment = Experiment {
            seq_len: steps,
            input_size: width,
            seed: seed.wrapping_mul(2_654_435_761).wrapping_add(chunk),
            input: Input::Noise,
            ..Experiment::default()
        };
        all.extend(experiment.sequence().map_err(|error| error.to_string())?.x);
        chunk += 1;
    }
    all.truncate(count);
    Ok(all)
}

/// The numbers of the view.
///
/// # Errors
/// A sentence, where a number overflows.
pub fn of(settings: &LineageSettings) -> Result<Limits, String> {
    let both = |curse: Curse| [curse.state, curse.sensitivity];
    let formula = (0..POINTS).map(|i| {
        let gap = 10f64.powf(CLOSEST * i as f64 / (POINTS - 1) as f64);
        (gap, both(Curse::stationary(1.0 - gap)))
    });
    let longest = RUN.1.max((RUN.0 / 10f64.powf(CLOSEST)) as usize);
    let white = noise(longest, settings.seed)?;
    let mut measured = Vec::new();
    for i in 1..=12 {
        let gap = 10f64.powf(CLOSEST * f64::from(i) / 12.0);
        let steps = RUN.1.max((RUN.0 / gap) as usize).min(white.len());
        // After ten times its memory the state has filled.
        let after = ((10.0 / gap) as usize).min(steps / 2);
        measured.push((gap, both(Curse::measured(1.0 - gap, &white[..steps], after).map_err(|error| error.to_string())?)));
    }
    let bits: Vec<bool> = white.iter().take(BITS).map(|v| *v > 0.0).collect();
    let told = parity(&bits).map_err(|error| error.to_string())?;
    let (mut odd, mut right, mut signs) = (false, 0usize, Vec::new());
    for (t, (bit, told)) in bits.iter().zip(&told).enumerate() {
        odd ^= bit;
        right += usize::from(odd == *told);
        if is_round(t + 1) {
            signs.push((t + 1, right as f64 / (t + 1) as f64));
        }
    }
    let threshold = (1..=BITS).filter(|length| is_round(*length)).map(|length| (length, best_threshold(length))).collect();
    Ok(Limits { formula: formula.collect(), measured, threshold, signs })
}

/// 1, 2, 3, 5 and their multiples by powers of ten.
fn is_round(length: usize) -> bool {
    let mut rest = length;
    while rest.is_multiple_of(10) {
        rest /= 10;
    }
    matches!(rest, 1 | 2 | 3 | 5)
}

/// The best that one threshold on h does at parity. With coefficients in [0, 1] h falls, or stays, with every set bit, so that a threshold is one
/// on the count k of set bits, which is binomial: the most of P(k < m, k even) + P(k ≥ m, k odd) over m, and the same with the parities changed.
fn best_threshold(length: usize) -> f64 {
    // Logarithms of the binomial's terms, one after another.
    let mut log = -(length as f64) * std::f64::consts::LN_2;
    // Signed by parity; the prefix sums say by how much a threshold at m parts even from odd.
    let (mut prefix, mut most) = (0.0_f64, 0.0_f64);
    for k in 0..=length {
        prefix += if k % 2 == 0 { log.exp() } else { -log.exp() };
        most = most.max(prefix.abs());
        log += ((length - k) as f64).ln() - ((k + 1) as f64).ln();
    }
    // Even and odd are equally likely: what is told right is ½ + the largest difference.
    0.5 + most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curse_is_measured_where_its_formula_says() {
        for seed in [7, 8, 9] {
            let found = of(&LineageSettings { seed, ..LineageSettings::default() }).unwrap();
            for (gap, values) in &found.measured {
                let Curse { state, sensitivity } = Curse::stationary(1.0 - gap);
                for (value, expected) in values.iter().zip([state, sensitivity]) {
                    assert!((0.5..2.0).contains(&(value / expected)), "{seed} {gap}: {value} {expected}");
                }
            }
        }
        let at = |lambda: f64| Curse::stationary(lambda);
        assert!((at(0.9).state - 5.263).abs() < 1e-3 && (at(0.999).sensitivity / 2.501e8 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn signs_tell_parity_at_any_length_and_a_threshold_tells_ever_less() {
        let found = of(&LineageSettings::default()).unwrap();
        assert_eq!(found.signs.last(), Some(&(BITS, 1.0)));
        assert!(found.signs.iter().all(|(_, share)| *share == 1.0));
        // One bit: h falls with a set one, and a threshold says which.
        assert_eq!(found.threshold[0], (1, 1.0));
        assert!(found.threshold.windows(2).all(|pair| pair[1].1 <= pair[0].1 + 1e-12));
        assert!(found.threshold.last().unwrap().1 < 0.51);
    }

    #[test]
    fn the_best_threshold_is_the_best_of_all_by_counting() {
        for length in 1..=10usize {
            let mut best = 0.0_f64;
            for m in 0..=length + 1 {
                for flip in [false, true] {
                    let right = (0..1u32 << length).filter(|bits| {
                        let k = bits.count_ones() as usize;
                        ((k >= m) == (k % 2 == 1)) != flip
                    });
                    best = best.max(right.count() as f64 / f64::from(1u32 << length));
                }
            }
            assert!((best_threshold(length) - best).abs() < 1e-12, "{length}: {} {best}", best_threshold(length));
        }
    }
}
