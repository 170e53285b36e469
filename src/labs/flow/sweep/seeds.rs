//! Gradient norms over many seeds: what is chance in one draw of the weights and what is not. Pure.

use serde::{Deserialize, Serialize};
use unroll_engine::{gradient_norms, order, Cell, GradientNorm};

use crate::jobs::pool::Work;
use crate::labs::flow::settings::{GradientView, Settings};
use crate::labs::flow::wire;

/// How many seeds are compared: the page's own and those after it.
pub const SEEDS: usize = 32;
/// The quantiles of a band.
const LOW: f64 = 0.1;
const HIGH: f64 = 0.9;

/// Which nets are drawn: every shown cell under every seed, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeedPlan {
    #[serde(with = "wire")]
    settings: Settings,
}

impl SeedPlan {
    /// What only chooses how an analysis is shown makes no difference.
    pub fn new(settings: &Settings) -> Self {
        let default = Settings::default();
        let mut settings = settings.clone();
        settings.horizon_level = default.horizon_level;
        settings.reference_lines = default.reference_lines;
        settings.focus = default.focus;
        // "All" draws the bands of the product.
        if settings.gradient_view == GradientView::All {
            settings.gradient_view = GradientView::Product;
        }
        Self { settings }
    }

    /// The cells, in page order.
    pub fn cells(&self) -> Vec<Cell> {
        self.settings.shown_cells().collect()
    }

    /// T + 1: the values of one net.
    pub fn states(&self) -> usize {
        self.settings.effective_seq_len() + 1
    }

    fn norm(&self) -> GradientNorm {
        match self.settings.gradient_view {
            GradientView::Left => GradientNorm::Left,
            GradientView::Product | GradientView::All => GradientNorm::Product,
            GradientView::Hidden => GradientNorm::Hidden,
            GradientView::Cell => GradientNorm::Cell,
        }
    }

    /// log10 norms of one net, NaN where the engine refuses it or the net overflows before.
    fn net(&self, index: usize) -> Vec<f64> {
        let cells = self.cells();
        let mut settings = self.settings.clone();
        settings.seed = settings.seed.wrapping_add((index / cells.len().max(1)) as u32);
        let found = cells.get(index % cells.len().max(1)).and_then(|cell| gradient_norms(&settings.experiment(*cell), self.norm()).ok());
        let mut values = found.unwrap_or_default();
        values.resize(self.states(), f64::NAN);
        values
    }
}

impl Work for SeedPlan {
    const NAME: &'static str = "seeds";
    const PIECE: usize = 1;

    fn pieces(&self) -> usize {
        SEEDS * self.cells().len()
    }

    fn run(&self, from: usize, until: usize) -> Vec<f64> {
        (from..until).flat_map(|index| self.net(index)).collect()
    }
}

/// One cell's band: (low, median, high) per state.
pub type Band = Vec<(f64, f64, f64)>;

/// What is known of the nets so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Seeds {
    pub plan: SeedPlan,
    nets: Vec<Option<Vec<f64>>>,
}

impl Seeds {
    /// Nothing known.
    pub fn new(plan: SeedPlan) -> Self {
        Self { nets: vec![None; plan.pieces()], plan }
    }

    /// Takes the nets from place `from` on.
    pub fn take(&mut self, from: usize, values: &[f64]) {
        for (slot, net) in self.nets[from..].iter_mut().zip(values.chunks_exact(self.plan.states())) {
            *slot = Some(net.to_vec());
        }
    }

    /// How many nets are known.
    pub fn known(&self) -> usize {
        self.nets.iter().flatten().count()
    }

    /// Whether all are.
    pub fn is_complete(&self) -> bool {
        self.nets.iter().all(Option::is_some)
    }

    /// How many seeds a cell's band stands on, and the band; `None` before the second seed. −∞ stands for exact zeros.
    pub fn band(&self, cell: Cell) -> Option<(usize, Band)> {
        let cells = self.plan.cells();
        let place = cells.iter().position(|c| *c == cell)?;
        let nets: Vec<&Vec<f64>> = self.nets.iter().skip(place).step_by(cells.len()).flatten().collect();
        if nets.len() < 2 {
            return None;
        }
        let band = (0..self.plan.states())
            .map(|k| {
                let mut values: Vec<f64> = nets.iter().map(|net| net[k]).filter(|v| !v.is_nan()).collect();
                order::ascending(&mut values);
                (quantile(&values, LOW), quantile(&values, 0.5), quantile(&values, HIGH))
            })
            .collect();
        Some((nets.len(), band))
    }
}

/// By linear interpolation between the order statistics (Hyndman & Fan 1996, type 7); NaN of nothing.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    if below == above || below.is_infinite() {
        return below;
    }
    below + (place - place.floor()) * (above - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numpy_s() {
        let values: Vec<f64> = (0..32).map(|i| f64::from(i * i)).collect();
        // numpy.quantile(numpy.arange(32) ** 2, [.1, .5, .9])
        for (share, expected) in [(0.1, 9.7), (0.5, 240.5), (0.9, 778.5)] {
            assert!((quantile(&values, share) - expected).abs() < 1e-9);
        }
        assert_eq!(quantile(&[f64::NEG_INFINITY, f64::NEG_INFINITY, 1.0], 0.1), f64::NEG_INFINITY);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_page_s_own_net_is_the_first_and_bands_enclose_their_median() {
        let settings = Settings { hidden_size: 3, seq_len: 10, show_gru: false, ..Settings::schema_1() };
        let plan = SeedPlan::new(&settings);
        let mut seeds = Seeds::new(plan.clone());
        assert_eq!(plan.pieces(), 2 * SEEDS);
        assert!(seeds.band(Cell::Lstm).is_none());
        seeds.take(0, &plan.run(0, 5));
        assert_eq!((seeds.known(), seeds.band(Cell::Rnn).unwrap().0, seeds.band(Cell::Lstm).unwrap().0), (5, 3, 2));
        seeds.take(5, &plan.run(5, plan.pieces()));
        assert!(seeds.is_complete());
        for cell in [Cell::Rnn, Cell::Lstm] {
            let own = unroll_engine::analyse_critical(&settings.experiment(cell)).unwrap().product.log10_sigma_max;
            assert_eq!(plan.net(usize::from(cell == Cell::Lstm)), own);
            let (count, band) = seeds.band(cell).unwrap();
            assert_eq!((count, band.len()), (SEEDS, 11));
            assert!(band.iter().all(|(low, median, high)| low <= median && median <= high));
            assert_eq!(band[10], (0.0, 0.0, 0.0), "the product over no step is the identity");
        }
        assert!(seeds.band(Cell::Gru).is_none());
    }
}
