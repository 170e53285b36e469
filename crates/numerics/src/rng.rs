//! Random draws that have the same bits on every machine.
//!
//! ChaCha8 is integer arithmetic; uniforms are its top bits; normals need a logarithm, a sine and a cosine, which come from `libm`
//! and never from the standard library: `f64::ln` and its kin call whatever the platform has, and the last bit differs between a
//! native build and wasm. (The ziggurat of `rand_distr` would reach for the platform's `exp` too.)
//!
//! A seed has 2⁶⁴ streams; what is drawn for another purpose takes another one ([`Stream`]), so that neither re-draws what the other drew.

use core::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// What names a stream of draws. The numbers are part of what a seed means: they never change.
pub trait Stream {
    /// The stream's number, which no other stream of the same seed has.
    fn stream(self) -> u64;
}

/// The number itself.
impl Stream for u64 {
    fn stream(self) -> u64 {
        self
    }
}

/// A stream of draws.
#[derive(Clone, Debug)]
pub struct Draws {
    generator: ChaCha8Rng,
    /// Box–Muller makes normals in pairs.
    spare: Option<f64>,
}

impl Draws {
    /// A stream of `seed`, from its beginning.
    pub fn new(seed: u32, stream: impl Stream) -> Self {
        // The key is spelled out rather than left to `seed_from_u64`, whose expansion is the library's to change.
        let mut key = *b"....unroll: gradients over time.";
        key[..4].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream.stream());
        Draws { generator, spare: None }
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        const ULP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.generator.next_u64() >> 11) as f64 * ULP
    }

    /// Uniform in [−bound, bound).
    pub fn symmetric(&mut self, bound: f64) -> f64 {
        bound * (2.0 * self.uniform() - 1.0)
    }

    /// Uniform over 0..count, for counts so far below 2⁵³ that the rounding does not show; 0 for a count of 0.
    pub fn index(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Standard normal (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
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
        let mut draws = Draws::new(1, 1);
        let values: Vec<f64> = (0..100_000).map(|_| draws.uniform()).collect();
        assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
        let (mean, variance) = moments(&values);
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 0.001, "{variance}");
    }

    #[test]
    fn normals_have_the_moments_and_tails_of_the_normal_distribution() {
        let mut draws = Draws::new(2, 1);
        let values: Vec<f64> = (0..200_000).map(|_| draws.normal()).collect();
        let (mean, variance) = moments(&values);
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
        let share = |limit: f64| values.iter().filter(|v| v.abs() > limit).count() as f64 / values.len() as f64;
        assert!((share(1.0) - 0.317_311).abs() < 0.005);
        assert!((share(3.0) - 0.002_700).abs() < 0.000_6);
    }

    #[test]
    fn streams_and_seeds_differ() {
        let mut firsts: Vec<u64> = Vec::new();
        for seed in [0, 1, u32::MAX] {
            for stream in [0, 1, 2, 1 << 32, 1 << 62, u64::MAX] {
                firsts.push(Draws::new(seed, stream).uniform().to_bits());
            }
        }
        let count = firsts.len();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), count);
    }
}
