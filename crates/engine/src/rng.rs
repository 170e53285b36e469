//! What random numbers are drawn for.
//!
//! Every purpose has a stream of its own, and so has every cell, so that changing one setting never re-draws what another one drew.

pub(crate) use unroll_numerics::rng::Draws;
use unroll_numerics::rng::Stream;

use crate::vocabulary::Cell;

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
    /// The initial state h₀ and then c₀, the same for every cell.
    InitialState,
    /// Weights drawn anew by hand.
    Edit,
    /// The weight and then the bias of a readout.
    Readout(Cell),
    /// The training batch of one iteration, the same for every cell.
    Batch(u64),
    /// Characters drawn from a trained model, one stream per sample.
    Sample(u64),
    /// A parameter of a model of the lineage lab: the number of its family and 32 bits that stand for its name.
    Lineage(u16, u32),
}

/// The bits of a stream's number that a counter may use.
const COUNTER: u64 = (1 << 62) - 1;

impl Stream for Purpose {
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
            Purpose::InitialState => 4,
            Purpose::WeightIh(cell) => of(3, cell),
            Purpose::WeightHh(cell) => of(4, cell),
            Purpose::BiasIh(cell) => of(5, cell),
            Purpose::BiasHh(cell) => of(6, cell),
            Purpose::Chrono(cell) => of(7, cell),
            Purpose::Readout(cell) => of(8, cell),
            // The top two bits are no other purpose's; counters stay below 2⁶².
            Purpose::Batch(iteration) => (1 << 63) | (iteration & COUNTER),
            Purpose::Sample(number) => (1 << 62) | (number & COUNTER),
            Purpose::Lineage(family, name) => (3 << 62) | (u64::from(family) << 32) | u64::from(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_purposes_cells_and_seeds_differ() {
        let mut purposes =
            vec![Purpose::Noise, Purpose::Cotangent, Purpose::Edit, Purpose::Batch(0), Purpose::Batch(1), Purpose::Sample(0)];
        purposes.extend([Purpose::Lineage(0, 0), Purpose::Lineage(0, 1), Purpose::Lineage(1, 0)]);
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
