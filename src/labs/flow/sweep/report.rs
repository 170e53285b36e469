//! What a report needs beyond one analysis: every layer of a stack, and the gradient's norm over seeds. Pure.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use unroll_engine::{left, log10_gradient_norm, Cell, Given};

use crate::form::wire;
use crate::jobs::pool::Work;
use crate::labs::flow::nets::Net;
use crate::labs::flow::settings::Settings;
use crate::labs::flow::wire as flow_wire;

/// Seeds of the norm's distribution: the page's own and those after it.
pub const SEEDS: usize = 32;
/// Numbers a piece has: growth and horizon of a layer, or a norm and nothing.
const NUMBERS: usize = 2;

/// One layer in one direction, by its own recurrence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerMeasure {
    pub layer: usize,
    pub reversed: bool,
    pub growth: f64,
    pub horizon: usize,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures {
    /// Empty where there is one layer only, and until all are known.
    pub layers: Vec<LayerMeasure>,
    /// log10 ‖∂L/∂θ‖ by seed; empty until all are known.
    pub norms: Vec<f64>,
}

/// What is measured of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportPlan {
    #[serde(with = "flow_wire")]
    settings: Settings,
    #[serde(with = "wire::placed")]
    cell: Cell,
}

impl ReportPlan {
    /// What only chooses how an analysis is shown makes no difference.
    pub fn new(settings: &Settings, cell: Cell) -> Self {
        let default = Settings::default();
        let mut settings = settings.clone();
        (settings.reference_lines, settings.gradient_view) = (default.reference_lines, default.gradient_view);
        for other in crate::form::vocabulary::CELLS {
            settings.show(other, other == cell);
        }
        settings.focus = cell;
        Self { settings, cell }
    }

    /// The layers and directions, where there is more than one.
    fn places(&self) -> Vec<(usize, bool)> {
        let Some(given) = self.settings.given(self.cell) else { return Vec::new() };
        let layers = given.stack().layers().iter().enumerate();
        let places: Vec<_> = layers
            .flat_map(|(index, layer)| std::iter::once((index, false)).chain(layer.reverse.is_some().then_some((index, true))))
            .collect();
        if places.len() > 1 {
            places
        } else {
            Vec::new()
        }
    }

    fn layer(&self, (layer, reversed): (usize, bool)) -> Option<[f64; NUMBERS]> {
        let net = self.settings.nets.of(self.cell);
        let given = net.given.as_ref()?;
        let mut settings = self.settings.clone();
        // Edits belong to the layer on the page.
        if (given.layer(), given.reversed()) != (layer, reversed) {
            let moved = Given::new(given.stack().clone(), layer, reversed).ok()?;
            settings.nets.set(self.cell, Net { name: String::new(), given: Some(Arc::new(moved)), edits: None });
        }
        let experiment = settings.experiment(self.cell);
        let left = left(&experiment).ok()?;
        Some([left.growth_per_step(), left.horizon(settings.horizon_level) as f64])
    }

    fn piece(&self, index: usize) -> [f64; NUMBERS] {
        let places = self.places();
        let found = match places.get(index) {
            Some(place) => self.layer(*place),
            None => {
                let mut settings = self.settings.clone();
                settings.seed = settings.seed.wrapping_add((index - places.len()) as u32);
                log10_gradient_norm(&settings.experiment(self.cell)).ok().map(|norm| [norm, 0.0])
            }
        };
        found.unwrap_or([f64::NAN; NUMBERS])
    }

    /// What the numbers of all pieces say; `None` for a part that is not complete.
    pub fn measures(&self, found: &[Option<[f64; NUMBERS]>]) -> Measures {
        let places = self.places();
        let (layers, norms) = found.split_at(places.len().min(found.len()));
        let whole = |values: &[Option<[f64; NUMBERS]>]| values.iter().copied().collect::<Option<Vec<_>>>().unwrap_or_default();
        let layers = whole(layers)
            .into_iter()
            .zip(places)
            .map(|([growth, horizon], (layer, reversed))| LayerMeasure { layer, reversed, growth, horizon: horizon as usize })
            .collect();
        Measures { layers, norms: whole(norms).into_iter().map(|[norm, _]| norm).filter(|norm| !norm.is_nan()).collect() }
    }
}

/// The numbers of pieces as a pool reports them.
pub fn pieces(values: &[f64]) -> impl Iterator<Item = [f64; NUMBERS]> + '_ {
    values.chunks_exact(NUMBERS).map(|piece| [piece[0], piece[1]])
}

impl Work for ReportPlan {
    const NAME: &'static str = "report";
    const PIECE: usize = 1;

    fn pieces(&self) -> usize {
        self.places().len() + SEEDS
    }

    fn run(&self, from: usize, until: usize) -> Vec<f64> {
        (from..until).flat_map(|index| self.piece(index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unroll_engine::{analyse_critical, Layer, Stack};

    #[test]
    fn layers_and_seeds_are_what_their_own_analyses_say() {
        let weights = |d, seed| {
            let input = crate::labs::flow::settings::InputKind::Noise;
            Settings { hidden_size: 3, input_size: d, input, seed, ..Settings::default() }.experiment(Cell::Lstm).weights().unwrap()
        };
        let layer = |d, seed| Layer { forward: weights(d, seed), reverse: Some(weights(d, seed + 10)) };
        let given = Given::new(Arc::new(Stack::new(vec![layer(1, 1), layer(6, 2)]).unwrap()), 1, false).unwrap();
        let mut settings = Settings { seq_len: 20, ..Settings::default() };
        settings.bring(Cell::Lstm, Net { name: "m".into(), given: Some(Arc::new(given)), edits: None });
        let plan = ReportPlan::new(&settings, Cell::Lstm);
        assert_eq!(plan.pieces(), 4 + SEEDS);
        let found: Vec<_> = pieces(&plan.run(0, plan.pieces())).map(Some).collect();
        let measures = plan.measures(&found);
        let own = analyse_critical(&settings.experiment(Cell::Lstm)).unwrap();
        let third = measures.layers[2];
        assert_eq!((third.layer, third.reversed, third.horizon), (1, false, own.left.horizon(0.01)));
        assert!((third.growth - own.left.growth_per_step()).abs() < 1e-12);
        assert_eq!(measures.norms.len(), SEEDS);
        let whole: f64 = own.backward.gradients.iter().map(|g| 10f64.powf(2.0 * g.log10_norm)).sum();
        assert!((measures.norms[0] - 0.5 * whole.log10()).abs() < 1e-9);
        assert!(plan.measures(&found[..5]).norms.len() == 1 && plan.measures(&[None, None, None, None, None]).layers.is_empty());
    }
}
