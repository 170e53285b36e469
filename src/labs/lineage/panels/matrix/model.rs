//! Matrices of reach as heat maps.

use crate::charts::{Axis, ColourScale, HeatmapModel};
use crate::labs::lineage::compute::reach::Square;

/// Decades that the colours tell apart at most.
const DECADES: f64 = 12.0;

/// The extent of the finite values, as the colours have it: whole decades, at least one, at most [`DECADES`].
pub fn scale(values: impl Iterator<Item = f64>) -> ColourScale {
    let (low, high) = values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (v.min(low), v.max(high)));
    if low > high {
        return ColourScale::Sequential { min: -1.0, max: 0.0 };
    }
    let max = high.ceil();
    ColourScale::Sequential { min: low.floor().max(max - DECADES).min(max - 1.0), max }
}

/// Every value of a matrix, relative to lag 0 or as it is.
pub fn values(square: &Square, relative: bool) -> impl Iterator<Item = f64> + '_ {
    (0..square.rows).flat_map(move |row| (0..square.columns).map(move |column| square.value(row, column, relative)))
}

/// A matrix with input steps across and output steps up; exact zeros are blank.
pub fn map(square: &Square, relative: bool, scale: ColourScale, names: [&str; 2]) -> HeatmapModel {
    let [across, up] = names;
    let columns = (0..square.columns).flat_map(|column| (0..square.rows).map(move |row| square.value(row, column, relative)));
    HeatmapModel {
        x: Axis::step(across, 0, square.columns.max(2) - 1),
        rows: square.rows,
        cols: square.columns,
        x0: 0,
        stride: 1,
        values: columns.collect::<Vec<f64>>().into(),
        scale,
        row_name: up.to_owned(),
        value_name: "log10 of reach".to_owned(),
    }
}

/// What the shape of the matrices says, in a sentence; `None` while they are to come.
pub fn headline(count: usize, steps: usize, limit: usize) -> Option<String> {
    match count {
        0 if steps > limit => Some(format!("Whole matrices are drawn up to {limit} steps; this sequence has {steps}.")),
        0 => None,
        _ => Some("Causal models fill a triangle, bidirectional nets both sides of the diagonal, encoder–decoders a rectangle.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_has_inputs_across_and_outputs_up_and_zeros_blank() {
        let zero = f64::NEG_INFINITY;
        let square = Square { rows: 2, columns: 3, values: vec![-1.0, zero, zero, -3.0, -2.0, zero], newest: vec![-1.0, -2.0] };
        let map = map(&square, true, scale(values(&square, true)), ["input step", "output step"]);
        assert_eq!((map.rows, map.cols), (2, 3));
        assert_eq!(&map.values[..4], [0.0, -1.0, zero, 0.0]);
        assert_eq!(map.scale, ColourScale::Sequential { min: -1.0, max: 0.0 });
        assert_eq!(scale([zero, f64::NAN].into_iter()), ColourScale::Sequential { min: -1.0, max: 0.0 });
        assert_eq!(scale([-40.0, 0.3].into_iter()), ColourScale::Sequential { min: -11.0, max: 1.0 });
    }

    #[test]
    fn a_long_sequence_has_no_matrix_and_says_so() {
        assert!(headline(0, 100, 64).is_some_and(|sentence| sentence.contains("up to 64 steps; this sequence has 100")));
        assert_eq!(headline(0, 10, 64), None);
        assert!(headline(5, 10, 64).is_some());
    }
}
