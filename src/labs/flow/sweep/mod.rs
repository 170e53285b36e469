//! Growth per step over a grid of two settings. Pure: which points, in which order, and what the page knows of them so far.

pub mod report;
pub mod seeds;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unroll_engine::{left, Cell};

use crate::form::row::{Kind, Number};
use crate::form::wire;
use crate::jobs::pool::Work;
use crate::labs::flow::rows::{setting, SettingId};
use crate::labs::flow::settings::Settings;
use crate::labs::flow::wire as flow_wire;

/// Points along each side.
pub const SIDE: usize = 64;
/// The first pass takes every eighth point of every eighth row; each further one halves the distance.
const STRIDES: [usize; 4] = [8, 4, 2, 1];

/// The settings a map can be drawn over.
pub const AXES: [SettingId; 6] =
    [SettingId::Gain, SettingId::ForgetBias, SettingId::InputGateBias, SettingId::UpdateBias, SettingId::InputScale, SettingId::HiddenSize];

/// What a map of this cell is drawn over unless the user says otherwise.
pub fn default_axes(cell: Cell) -> (SettingId, SettingId) {
    let up = match cell {
        Cell::Rnn => SettingId::InputScale,
        Cell::Lstm => SettingId::ForgetBias,
        Cell::Gru => SettingId::UpdateBias,
    };
    (SettingId::Gain, up)
}

/// A setting's number, its range and how to write it; `None` for a setting that is none.
pub fn number(id: SettingId) -> Option<&'static Number<Settings>> {
    match &setting(id).kind {
        Kind::Number(number) => Some(number),
        _ => None,
    }
}

/// The value at a place 0…[`SIDE`]−1 along an axis: evenly over what the slider offers.
pub fn axis_value(id: SettingId, place: usize) -> f64 {
    let Some(range) = number(id).map(|number| number.range) else { return 0.0 };
    let share = place as f64 / (SIDE - 1) as f64;
    let value = if range.log {
        range.slider_min * (range.slider_max / range.slider_min).powf(share)
    } else {
        range.slider_min + share * (range.slider_max - range.slider_min)
    };
    if range.integer {
        value.round()
    } else {
        // Two decimals more than the slider has: the address stays readable.
        let grid = range.step / 100.0;
        (value / grid).round() * grid
    }
}

/// Where a value lies along an axis, in places; outside 0…[`SIDE`]−1 where the slider does not offer it.
pub fn axis_place(id: SettingId, value: f64) -> f64 {
    let Some(range) = number(id).map(|number| number.range) else { return 0.0 };
    let share = if range.log {
        (value / range.slider_min).ln() / (range.slider_max / range.slider_min).ln()
    } else {
        (value - range.slider_min) / (range.slider_max - range.slider_min)
    };
    share * (SIDE - 1) as f64
}

/// What a map is of: everything but the two settings it is drawn over is held as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    #[serde(with = "flow_wire")]
    pub settings: Settings,
    #[serde(with = "wire::placed")]
    pub cell: Cell,
    #[serde(with = "wire::placed")]
    pub across: SettingId,
    #[serde(with = "wire::placed")]
    pub up: SettingId,
}

impl wire::Placed for SettingId {
    const LIST: &'static [Self] = &AXES;
}

impl Plan {
    /// A plan in which two settings that the axes replace make no difference.
    pub fn new(settings: &Settings, cell: Cell, across: SettingId, up: SettingId) -> Self {
        let mut settings = settings.clone();
        let default = Settings::default();
        for id in [across, up] {
            if let Some(number) = number(id) {
                (number.set)(&mut settings, (number.get)(&default));
            }
        }
        // What only chooses how an analysis is shown makes no difference either.
        settings.horizon_level = default.horizon_level;
        settings.gradient_view = default.gradient_view;
        settings.reference_lines = default.reference_lines;
        settings.focus = cell;
        (settings.show_rnn, settings.show_lstm, settings.show_gru) = (cell == Cell::Rnn, cell == Cell::Lstm, cell == Cell::Gru);
        Self { settings, cell, across, up }
    }

    /// The settings at a point of the grid, point `row · SIDE + column`.
    pub fn at(&self, point: usize) -> Settings {
        let mut settings = self.settings.clone();
        for (id, place) in [(self.across, point % SIDE), (self.up, point / SIDE)] {
            if let Some(number) = number(id) {
                (number.set)(&mut settings, axis_value(id, place));
            }
        }
        settings
    }

    /// Growth per step at a point; NaN where the engine refuses the experiment.
    pub fn growth(&self, point: usize) -> f64 {
        left(&self.at(point).experiment(self.cell)).map_or(f64::NAN, |left| left.growth_per_step())
    }
}

impl Work for Plan {
    const NAME: &'static str = "map";
    const PIECE: usize = 32;

    fn pieces(&self) -> usize {
        SIDE * SIDE
    }

    fn run(&self, from: usize, until: usize) -> Vec<f64> {
        order()[from..until].iter().map(|point| self.growth(*point)).collect()
    }
}

/// All points, the coarsest grid first; every point once.
pub fn order() -> &'static [usize] {
    static ORDER: LazyLock<Vec<usize>> = LazyLock::new(make_order);
    &ORDER
}

fn make_order() -> Vec<usize> {
    let mut points = Vec::with_capacity(SIDE * SIDE);
    let mut before = usize::MAX;
    for stride in STRIDES {
        for row in (0..SIDE).step_by(stride) {
            for column in (0..SIDE).step_by(stride) {
                let known = before != usize::MAX && row % before == 0 && column % before == 0;
                if !known {
                    points.push(row * SIDE + column);
                }
            }
        }
        before = stride;
    }
    points
}

/// What is known of a map so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub plan: Plan,
    /// Growth per step, `[row][column]`; NaN where it is not known yet.
    pub growth: Vec<f64>,
    /// How many are known.
    pub known: usize,
}

impl Map {
    /// Nothing known.
    pub fn new(plan: Plan) -> Self {
        Self { plan, growth: vec![f64::NAN; SIDE * SIDE], known: 0 }
    }

    /// Takes results, in the order of [`order`] from place `from` on.
    pub fn take(&mut self, order: &[usize], from: usize, growth: &[f64]) {
        for (point, value) in order[from..].iter().zip(growth) {
            self.growth[*point] = *value;
        }
        self.known += growth.len();
    }

    /// Whether every point is known.
    pub fn is_complete(&self) -> bool {
        self.known >= self.growth.len()
    }

    /// The value to draw at a point: its own, or that of the nearest coarser grid point known; NaN where there is none.
    pub fn shown(&self, row: usize, column: usize) -> f64 {
        STRIDES
            .iter()
            .rev()
            .map(|stride| self.growth[(row - row % stride) * SIDE + column - column % stride])
            .find(|value| !value.is_nan())
            .unwrap_or(f64::NAN)
    }

    /// Segments of the contour at growth 1, in places (x0, y0, x1, y1), by marching squares on log growth.
    pub fn contour(&self) -> Vec<[f64; 4]> {
        let mut segments = Vec::new();
        let level = |row: usize, column: usize| self.growth[row * SIDE + column].ln();
        for row in 0..SIDE - 1 {
            for column in 0..SIDE - 1 {
                let corners = [level(row, column), level(row, column + 1), level(row + 1, column + 1), level(row + 1, column)];
                if corners.iter().any(|c| c.is_nan()) {
                    continue;
                }
                let places = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
                let mut crossings = Vec::with_capacity(4);
                for side in 0..4 {
                    let (a, b) = (corners[side], corners[(side + 1) % 4]);
                    if (a < 0.0) != (b < 0.0) {
                        // An annihilated direction is −∞; its crossing lies at the other end.
                        let share = if a.is_infinite() {
                            1.0
                        } else if b.is_infinite() {
                            0.0
                        } else {
                            a / (a - b)
                        };
                        let ((x0, y0), (x1, y1)) = (places[side], places[(side + 1) % 4]);
                        crossings.push((column as f64 + x0 + share * (x1 - x0), row as f64 + y0 + share * (y1 - y0)));
                    }
                }
                for pair in crossings.chunks_exact(2) {
                    segments.push([pair[0].0, pair[0].1, pair[1].0, pair[1].1]);
                }
            }
        }
        segments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let settings = Settings { hidden_size: 4, seq_len: 12, ..Settings::default() };
        Plan::new(&settings, Cell::Lstm, SettingId::Gain, SettingId::ForgetBias)
    }

    #[test]
    fn every_point_comes_once_and_the_coarse_grid_comes_first() {
        let order = order();
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..SIDE * SIDE).collect::<Vec<_>>());
        assert!(order[..64].iter().all(|point| (point % SIDE).is_multiple_of(8) && (point / SIDE).is_multiple_of(8)));
    }

    #[test]
    fn axes_cover_the_slider_and_places_invert_values() {
        for id in AXES {
            let range = number(id).unwrap().range;
            assert_eq!(axis_value(id, 0), range.slider_min);
            assert_eq!(axis_value(id, SIDE - 1), range.slider_max);
            for place in 0..SIDE {
                let value = axis_value(id, place);
                assert!(value >= range.min && value <= range.max);
                let off = (axis_place(id, value) - place as f64).abs();
                assert!(off <= if range.integer { 0.51 } else { 0.05 }, "{id:?} {place}: {off}");
            }
        }
    }

    #[test]
    fn a_point_is_the_experiment_with_both_settings_in_place() {
        let plan = plan();
        let point = 20 * SIDE + 30;
        let settings = plan.at(point);
        assert_eq!(settings.gain, axis_value(SettingId::Gain, 30));
        assert_eq!(settings.forget_bias, axis_value(SettingId::ForgetBias, 20));
        let whole = unroll_engine::analyse_critical(&settings.experiment(Cell::Lstm)).unwrap();
        assert_eq!(plan.growth(point), whole.left.growth_per_step());
    }

    #[test]
    fn settings_on_the_axes_do_not_change_the_plan() {
        let other = Settings { hidden_size: 4, seq_len: 12, gain: 2.0, forget_bias: -1.0, ..Settings::default() };
        assert_eq!(Plan::new(&other, Cell::Lstm, SettingId::Gain, SettingId::ForgetBias), plan());
    }

    #[test]
    fn coarse_values_stand_for_their_block_until_finer_ones_come() {
        let order = order();
        let mut map = Map::new(plan());
        assert!(map.shown(9, 9).is_nan());
        let first: Vec<f64> = (0..64).map(f64::from).collect();
        map.take(order, 0, &first);
        assert_eq!(map.shown(9, 15), 9.0);
        assert!(!map.is_complete());
        map.take(order, 64, &vec![100.0; SIDE * SIDE - 64]);
        assert_eq!(map.shown(9, 15), 100.0);
        assert_eq!(map.shown(8, 8), 9.0);
        assert!(map.is_complete());
    }

    #[test]
    fn the_contour_of_a_ramp_is_where_it_crosses_one() {
        let mut map = Map::new(plan());
        for row in 0..SIDE {
            for column in 0..SIDE {
                map.growth[row * SIDE + column] = (0.1 * (column as f64 - 20.25)).exp();
            }
        }
        let contour = map.contour();
        assert_eq!(contour.len(), SIDE - 1);
        assert!(contour.iter().all(|[x0, _, x1, _]| (x0 - 20.25).abs() < 1e-9 && (x1 - 20.25).abs() < 1e-9));
    }
}
