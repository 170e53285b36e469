//! What families draw their models from: sizes, and streams of random numbers for the parameters.

use crate::rng::{Draws, Purpose};

/// Sizes that a family is built with. What a family does not have is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// d, the numbers an input step has.
    pub input_size: usize,
    /// n, the units: of each pass of a bidirectional net, of encoder and decoder, of Luong's attentional state, and of the additive scores.
    pub hidden_size: usize,
    /// Encoder–decoders: steps of the target.
    pub target_len: usize,
    /// Encoder–decoders: V, the target's symbols, whose embeddings have d numbers.
    pub vocabulary: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { input_size: 1, hidden_size: 16, target_len: 16, vocabulary: 8 }
    }
}

/// Draws the parameters of one family: each has a stream of its own by its name, so that a setting that adds or takes away a parameter leaves
/// the others as they were.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawing {
    /// Part of what a seed means: a family's number never changes.
    family: u16,
    seed: u32,
}

impl Drawing {
    pub fn new(family: u16, seed: u32) -> Self {
        Self { family, seed }
    }

    /// The stream of the parameter `name`. FNV-1a (32 bits) of the name's bytes stands for it.
    pub fn stream(&self, name: &str) -> Draws {
        let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Draws::new(self.seed, Purpose::Lineage(self.family, hash))
    }

    /// Uniform in [−bound, bound).
    pub fn uniform(&self, name: &str, count: usize, bound: f64) -> Vec<f64> {
        let mut draws = self.stream(name);
        (0..count).map(|_| draws.symmetric(bound)).collect()
    }

    /// Normal with this standard deviation.
    pub fn normal(&self, name: &str, count: usize, deviation: f64) -> Vec<f64> {
        let mut draws = self.stream(name);
        (0..count).map(|_| deviation * draws.normal()).collect()
    }
}
