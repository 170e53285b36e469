//! Random draws that have the same bits on every machine.
//!
//! ChaCha8 is integer arithmetic; uniforms are its top bits; normals need a logarithm, a sine and a cosine, which come from `libm`
//! and never from the standard library: `f64::ln` and its kin call whatever the platform has, and the last bit differs between a
//! native build and wasm. (The ziggurat of `rand_distr` would reach for the platform's `exp` too.)
//!
//! Every purpose has a stream of its own, and so has every cell, so that changing one setting never re-draws what another one drew.

use core::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::experiment::Cell;

/// What a stream of draws is for. The numbers are part of what a seed means: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `W_ih`.
    WeightIh(Cell),
    /// `W_hh` before the gain.
    WeightHh(Cell),
    /// `b_ih`.
    BiasIh(Cell),
    /// `b_hh`.
    BiasHh(Cell),
    /// The time scales of chrono initialisation.
    Chrono(Cell),
    /// The noise input, the same for every cell, so that cells can be compared on it.
    Noise,
    /// The vector v of the loss, the same for every cell.
    Cotangent,
    /// Weights drawn anew by hand.
    Edit,
    /// The weight and then the bias of a readout.
    Readout(Cell),
    /// The training batch of one iteration, the same for every cell.
    Batch(u64),
    /// Characters drawn from a trained model, one stream per sample.
    Sample(u64),
}

/// The bits of a stream's number that a counter may use.
const COUNTER: u64 = (1 << 62) - 1;

impl Purpose {
    fn stream(self) -> u64 {
        let of = |purpose: u64, cell: Cell| {
            let cell = match cell {
                Cell::Rnn => 1,
                Cell::Lstm => 2,
                Cell::Gru => 3,
            };
            (cell << 32) | purpose
        };
        match self {
            Purpose::Noise => 1,
            Purpose::Cotangent => 2,
            Purpose::Edit => 3,
            Purpose::WeightIh(cell) => of(3, cell),
            Purpose::WeightHh(cell) => of(4, cell),
            Purpose::BiasIh(cell) => of(5, cell),
            Purpose::BiasHh(cell) => of(6, cell),
            Purpose::Chrono(cell) => of(7, cell),
            Purpose::Readout(cell) => of(8, cell),
            // The top two bits are no other purpose's; counters stay below 2⁶².
            Purpose::Batch(iteration) => (1 << 63) | (iteration & COUNTER),
            Purpose::Sample(number) => (1 << 62) | (number & COUNTER),
        }
    }
}

/// A stream of draws.
pub(crate) struct Draws {
    generator: ChaCha8Rng,
    /// Box–Muller makes normals in pairs.
    spare: Option<f64>,
}

impl Draws {
    /// The stream of `seed` for `purpose`, from its beginning.
    pub(crate) fn new(seed: u32, purpose: Purpose) -> Self {
        // The key is spelled out rather than left to `seed_from_u64`, whose expansion is the library's to change.
        let mut key = *b"....unroll: gradients over time.";
        key[..4].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(purpose.stream());
        Draws { generator, spare: None }
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub(crate) fn uniform(&mut self) -> f64 {
        const ULP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.generator.next_u64() >> 11) as f64 * ULP
    }

    /// Uniform in [−bound, bound).
    pub(crate) fn symmetric(&mut self, bound: f64) -> f64 {
        bound * (2.0 * self.uniform() - 1.0)
    }

    /// Uniform over 0..count, for counts so far below 2⁵³ that the rounding does not show; 0 for a count of 0.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Standard normal (Box & Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(value) = self.spare.take() {
            return value;
        }
        // 1 − u is in (0, 1], so that the logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        let angle = TAU * self.uniform();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> (f64, f64) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
        (mean, variance)
    }

    #[test]
    fn uniforms_fill_the_half_open_unit_interval() {
        let mut draws = Draws::new(1, Purpose::Noise);
        let values: Vec<f64> = (0..100_000).map(|_| draws.uniform()).collect();
        assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
        let (mean, variance) = moments(&values);
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 0.001, "{variance}");
    }

    #[test]
    fn normals_have_the_moments_and_tails_of_the_normal_distribution() {
        let mut draws = Draws::new(2, Purpose::Noise);
        let values: Vec<f64> = (0..200_000).map(|_| draws.normal()).collect();
        let (mean, variance) = moments(&values);
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
        let share = |limit: f64| values.iter().filter(|v| v.abs() > limit).count() as f64 / values.len() as f64;
        assert!((share(1.0) - 0.317_311).abs() < 0.005);
        assert!((share(3.0) - 0.002_700).abs() < 0.000_6);
    }

    #[test]
    fn streams_of_purposes_cells_and_seeds_differ() {
        let mut purposes =
            vec![Purpose::Noise, Purpose::Cotangent, Purpose::Edit, Purpose::Batch(0), Purpose::Batch(1), Purpose::Sample(0)];
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            purposes.extend([
                Purpose::WeightIh(cell),
                Purpose::WeightHh(cell),
                Purpose::BiasIh(cell),
                Purpose::BiasHh(cell),
                Purpose::Chrono(cell),
                Purpose::Readout(cell),
            ]);
        }
        let mut firsts: Vec<u64> = Vec::new();
        for seed in [0, 1, u32::MAX] {
            for &purpose in &purposes {
                firsts.push(Draws::new(seed, purpose).uniform().to_bits());
            }
        }
        let count = firsts.len();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), count);
    }
}
