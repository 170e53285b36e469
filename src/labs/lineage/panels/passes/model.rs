//! What each pass brings to the loss, and how much of the input it covers.

use crate::charts::{Axis, AxisKind, Dash, Ink, LineModel, Series};
use crate::labs::lineage::compute::passes::Passes;
use crate::labs::words::counted;

/// What counts as heard, log10 of the share of the loudest input.
const HEARD: f64 = -2.0;

/// The inks of the whole, the forward and the backward pass.
pub const INKS: [Ink; 3] = [Ink::PaleStrong, Ink::Category(5), Ink::Category(1)];
/// Their names.
pub const NAMES: [&str; 3] = ["both passes", "forward pass", "backward pass"];

/// Reach by input step, by pass.
pub fn chart(passes: &Passes) -> LineModel {
    let curves = passes.by_path.iter().zip(NAMES).zip(INKS);
    let mut series: Vec<Series> = curves
        .map(|((values, name), ink)| {
            let points: Vec<(f64, f64)> = values.iter().enumerate().map(|(k, v)| (k as f64, *v)).collect();
            // The whole lies on the larger of both: wide and behind. A curve that ends in the middle is named in the legend.
            Series::new(name, ink, points).with_width(if ink.is_pale() { 4.0 } else { 1.75 })
        })
        .collect();
    let y = Axis::fit("reach, ‖∂yₜ/∂xₖ‖", AxisKind::Log10, passes.by_path.iter().flatten().copied());
    let loss = passes.loss as f64;
    series.push(Series::new("the loss", Ink::Theory, vec![(loss, y.min), (loss, y.max)]).with_dash(Dash::Dashed).with_width(1.0));
    LineModel { x: Axis::step("input step k", 0, passes.by_path[0].len().max(2) - 1), y, series, rules: vec![], bands: vec![] }
}

/// Which inputs a loss hears at 1% of the loudest or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The step of the loss.
    pub loss: usize,
    /// Input steps there are.
    pub steps: usize,
    /// Heard before the loss, after it, and by the forward pass alone.
    pub before: usize,
    pub after: usize,
    pub forward: usize,
}

impl Coverage {
    /// Of the passes.
    pub fn of(passes: &Passes) -> Self {
        let [total, forward, _] = &passes.by_path;
        let loudest = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let heard = |values: &[f64], from: usize, to: usize| {
            let level = loudest(values) + HEARD;
            values[from..to].iter().filter(|v| **v >= level && v.is_finite()).count()
        };
        let (loss, steps) = (passes.loss, total.len());
        Self { loss, steps, before: heard(total, 0, loss), after: heard(total, loss + 1, steps), forward: heard(forward, 0, steps) }
    }

    /// In words.
    pub fn sentence(&self) -> String {
        let Self { loss, before, after, forward, steps } = self;
        format!(
            "A loss at step {loss} hears {} before it and {after} after it, at 1% of the loudest or more; the forward pass alone hears {forward} of \
             {steps}.",
            counted(*before, "input")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::passes;
    use crate::labs::lineage::settings::LineageSettings;

    #[test]
    fn coverage_counts_what_is_heard_on_either_side() {
        let zero = f64::NEG_INFINITY;
        let by_path = [vec![-5.0, -1.9, 0.0, -2.0, -3.0], vec![-5.0, -1.9, 0.0, zero, zero], vec![zero, zero, -0.2, -2.0, -3.0]];
        let passes = Passes { loss: 2, by_path, squares: vec![], cut: vec![] };
        let coverage = Coverage::of(&passes);
        assert_eq!(coverage, Coverage { loss: 2, steps: 5, before: 1, after: 1, forward: 2 });
        assert!(coverage.sentence().starts_with("A loss at step 2 hears 1 input before it and 1 after it"));
    }

    #[test]
    fn a_loss_anywhere_hears_both_sides_and_the_chart_marks_it() {
        for back in [0, 10, 31, 63] {
            let settings = LineageSettings { back, keep: 6.0, ..LineageSettings::default() };
            let passes = passes::of(&settings).unwrap();
            let coverage = Coverage::of(&passes);
            assert_eq!((coverage.loss, coverage.steps), (63 - back, 64));
            assert!((coverage.before > 0) == (back < 63) && (coverage.after > 0) == (back > 0));
            let model = chart(&passes);
            assert_eq!(model.series.len(), 4);
            assert_eq!(model.series[3].points[0].0, (63 - back) as f64);
        }
    }
}
