//! What cutting the backward pass off does to every output, and what a step of writing would need.

use crate::charts::{Axis, Dash, Ink, LineModel, Rule, Series};
use crate::labs::words::counted;

/// Cells of the strip at most.
const CELLS: usize = 21;

/// ‖y_t without its future − y_t‖ / ‖y_t‖ by output step.
pub fn chart(cut: &[f64], loss: usize) -> LineModel {
    let points: Vec<(f64, f64)> = cut.iter().enumerate().map(|(t, change)| (t as f64, 100.0 * change)).collect();
    let y = Axis::fit("change of yₜ, % of its length", crate::charts::AxisKind::Linear, points.iter().map(|p| p.1).chain([0.0, 10.0]));
    let here =
        Series::new("the loss", Ink::Theory, vec![(loss as f64, y.min), (loss as f64, y.max)]).with_dash(Dash::Dashed).with_width(1.0);
    let series = vec![Series::new("change without the future", Ink::Category(1), points).with_end_label("change"), here];
    let rules = vec![Rule { value: 0.0, label: String::new(), ink: Ink::Theory, dash: Dash::Solid }];
    LineModel { x: Axis::step("output step t", 0, cut.len().max(2) - 1), y, series, rules, bands: vec![] }
}

/// What happens at the end of what is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt {
    /// The last step that is there.
    pub written: usize,
    /// Steps of the whole sequence.
    pub steps: usize,
    /// By how much the output there changes without its future, as a share of its length.
    pub change: f64,
}

impl Attempt {
    /// At a step.
    pub fn at(cut: &[f64], written: usize) -> Self {
        Self { written, steps: cut.len(), change: cut.get(written).copied().unwrap_or(f64::NAN) }
    }

    /// Steps that the backward pass would have to read before it comes to the output.
    pub fn missing(&self) -> usize {
        self.steps.saturating_sub(self.written + 1)
    }

    /// What pressing Generate comes to.
    pub fn sentence(&self) -> String {
        let Self { written, steps, .. } = self;
        if self.missing() == 0 {
            return format!(
                "Step {written} is the last of the sequence: there is nothing to be generated after it. Move the loss to an earlier step."
            );
        }
        format!(
            "Stopped: to write step {} the net needs the output of step {written}. Its forward half has read steps 0 to {written}. Its backward half has to read {} first, \
             from step {} back, and none of them is written yet.",
            written + 1,
            counted(self.missing(), "later step"),
            steps - 1
        )
    }

    /// What cutting the backward pass off would do.
    pub fn consequence(&self) -> String {
        if self.missing() == 0 || !self.change.is_finite() {
            return String::new();
        }
        let percent = 100.0 * self.change;
        let shown = if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") };
        format!("Cut off at step {}, the backward pass would give another output: it moves by {shown}% of its length.", self.written)
    }

    /// The steps around the end of what is written, as the strip has them.
    pub fn window(&self) -> std::ops::Range<usize> {
        let half = CELLS / 2;
        let first = self.written.saturating_sub(half).min(self.steps.saturating_sub(CELLS));
        first..self.steps.min(first + CELLS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generating_stops_at_the_future_and_says_what_is_missing() {
        let cut = [0.5, 0.4, 0.031, 0.0];
        let attempt = Attempt::at(&cut, 2);
        assert_eq!(attempt.missing(), 1);
        assert!(
            attempt.sentence().contains("needs the output of step 2") && attempt.sentence().contains("1 later step first"),
            "{}",
            attempt.sentence()
        );
        assert!(attempt.consequence().contains("it moves by 3.1% of its length"));
        let last = Attempt::at(&cut, 3);
        assert!(last.sentence().contains("nothing to be generated") && last.consequence().is_empty());
    }

    #[test]
    fn the_strip_holds_the_end_of_what_is_written() {
        for steps in [2, 10, 21, 64, 512] {
            for written in [0, steps / 2, steps - 1] {
                let window = Attempt { written, steps, change: 0.0 }.window();
                assert!(window.contains(&written) && window.len() == steps.min(CELLS) && window.end <= steps);
            }
        }
    }
}
