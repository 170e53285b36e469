//! What the verdict strip says about a cell: claims that are read from the curve of what is left, each with its wording. Pure.

use unroll_engine::verdict::{Curve, Fate, Limits, Transient};
use unroll_engine::Analysis;

use super::words::{counted, share, times};

/// Below this share of a gradient the sentence names the lag instead of the share.
const MILLIONTH: f64 = 1e-6;

/// The word for a fate, a verb whose subject is the gradient.
pub fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Dead => "dead",
        Fate::Vanishes => "vanishes",
        Fate::Fades => "fades",
        Fate::Keeps => "keeps",
        Fate::Grows => "grows",
        Fate::Explodes => "explodes",
    }
}

/// A shape for a fate, so that colour never carries it alone: pointing down where little is left and up where it grew, full at the extremes.
pub fn fate_mark(fate: Fate) -> &'static str {
    match fate {
        Fate::Dead => "✕",
        Fate::Vanishes => "▼",
        Fate::Fades => "▽",
        Fate::Keeps => "■",
        Fate::Grows => "△",
        Fate::Explodes => "▲",
    }
}

/// The main claim: what is left of the loss's gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LeftClaim {
    /// No step was finite.
    NoStep,
    /// The loss's direction is zero.
    NoGradient,
    /// Exactly zero from this lag on.
    Dead { from: usize },
    /// Below a millionth from this lag on.
    BelowMillionth { from: usize },
    /// log10 of what is left at the longest lag.
    After { lag: usize, log10: f64 },
}

/// Everything that the strip says in sentences about one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerdictClaim {
    pub left: LeftClaim,
    pub transient: Option<Transient>,
    /// log10 of the worst case over all losses at the longest lag and its fate, where that is another than this loss's.
    pub worst: Option<(f64, Fate)>,
}

impl VerdictClaim {
    /// The claims that hold for an analysis.
    pub fn of(analysis: &Analysis, limits: Limits) -> Self {
        let curve = &analysis.left;
        let left = match (curve.dead_from(), curve.below_from(MILLIONTH)) {
            _ if analysis.seq_len == 0 => LeftClaim::NoStep,
            (Some(0), _) => LeftClaim::NoGradient,
            (Some(from), _) => LeftClaim::Dead { from },
            (None, Some(from)) => LeftClaim::BelowMillionth { from },
            (None, None) => LeftClaim::After { lag: curve.longest_lag(), log10: curve.log10_left() },
        };
        let told = !matches!(left, LeftClaim::NoStep | LeftClaim::NoGradient);
        let worst = analysis.worst_case().filter(|_| told).map(|worst| (worst.log10_left(), worst.fate(limits)));
        Self { left, transient: curve.transient().filter(|_| told), worst: worst.filter(|(_, fate)| *fate != curve.fate(limits)) }
    }

    /// The sentences.
    pub fn text(&self) -> String {
        let mut text = match self.left {
            LeftClaim::NoStep => "The state overflows at the first step, so there is no gradient to follow.".to_owned(),
            LeftClaim::NoGradient => "The loss direction is zero, so no gradient reaches any state.".to_owned(),
            LeftClaim::Dead { from: 1 } => "One step back, the gradient is exactly zero: nothing earlier can be learnt.".to_owned(),
            LeftClaim::Dead { from } => {
                format!("From {} back on, the gradient is exactly zero: nothing earlier can be learnt.", counted(from, "step"))
            }
            LeftClaim::BelowMillionth { from: 0 | 1 } => "Even one step back, less than a millionth is left.".to_owned(),
            LeftClaim::BelowMillionth { from } => format!("More than {} back, less than a millionth is left.", counted(from - 1, "step")),
            LeftClaim::After { lag, log10 } => after(lag, log10),
        };
        if let Some(Transient { lag, log10 }) = self.transient {
            let lag = counted(lag, "step");
            text += &if log10 > 0.0 {
                format!(" It peaks at {}, {lag} back.", times(log10))
            } else {
                format!(" It drops to {}, {lag} back.", share(log10))
            };
        }
        if let Some((log10, fate)) = self.worst {
            let size = if log10 > 0.0 { times(log10) } else { share(log10) };
            text += &format!(" Worst case over all losses: {size} ({}).", fate_word(fate));
        }
        text
    }
}

/// "After 64 steps, 43% of the gradient is left."
fn after(lag: usize, log10: f64) -> String {
    let lag = counted(lag, "step");
    if log10.abs() < 0.005 * core::f64::consts::LOG10_E {
        format!("After {lag}, the gradient is as large as at the loss.")
    } else if log10 < 0.0 {
        format!("After {lag}, {} of the gradient is left.", share(log10))
    } else {
        format!("After {lag}, the gradient is {} what it was at the loss.", times(log10))
    }
}

/// The figures of a curve as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// What is left.
    pub left: String,
    /// Factor per step.
    pub growth: String,
    /// "half-life" or "doubling".
    pub rate_name: &'static str,
    pub rate: String,
    pub horizon: String,
}

impl Figures {
    /// With the horizon at `level`.
    pub fn of(curve: &Curve, level: f64) -> Self {
        let steps = |lag: usize| counted(lag, "step");
        let (rate_name, rate) = match (curve.half_life(), curve.doubling()) {
            (_, Some(double)) => ("doubling", steps(double)),
            (Some(half), _) => ("half-life", steps(half)),
            (None, None) => ("half-life", "none".to_owned()),
        };
        let (reach, longest) = (curve.horizon(level), curve.longest_lag());
        let horizon = if reach == longest && longest > 1 { format!("all {}", steps(reach)) } else { steps(reach) };
        Self {
            left: share(curve.log10_left()),
            growth: format!("×{}", super::words::growth(curve.growth_per_step())),
            rate_name,
            rate,
            horizon,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Curve {
        Curve::new(values.iter().map(|value| value.log10()))
    }

    fn text(values: &[f64]) -> String {
        let curve = curve(values);
        let left = match (curve.dead_from(), curve.below_from(MILLIONTH)) {
            (Some(from), _) => LeftClaim::Dead { from },
            (None, Some(from)) => LeftClaim::BelowMillionth { from },
            (None, None) => LeftClaim::After { lag: curve.longest_lag(), log10: curve.log10_left() },
        };
        VerdictClaim { left, transient: curve.transient(), worst: None }.text()
    }

    #[test]
    fn sentences_are_plain_at_the_edges_too() {
        assert_eq!(text(&[1.0, 0.5]), "After 1 step, 50% of the gradient is left.");
        assert_eq!(text(&[1.0, 1.0, 1.0]), "After 2 steps, the gradient is as large as at the loss.");
        assert_eq!(text(&[1.0, 2.0, 4.0]), "After 2 steps, the gradient is 4.0 times what it was at the loss.");
        assert_eq!(text(&[1.0, 0.0]), "One step back, the gradient is exactly zero: nothing earlier can be learnt.");
        assert_eq!(text(&[1.0, 1.0, 0.0]), "From 2 steps back on, the gradient is exactly zero: nothing earlier can be learnt.");
        assert_eq!(text(&[1.0, 1e-7]), "Even one step back, less than a millionth is left.");
        assert_eq!(text(&[1.0, 0.1, 1e-7]), "More than 1 step back, less than a millionth is left.");
        assert_eq!(text(&[1.0, 20.0, 0.5]), "After 2 steps, 50% of the gradient is left. It peaks at 20 times, 1 step back.");
        assert_eq!(text(&[1.0, 0.01, 0.5]), "After 2 steps, 50% of the gradient is left. It drops to 1.0%, 1 step back.");
    }

    #[test]
    fn figures_count_steps_in_words() {
        let figures = |values: &[f64]| Figures::of(&curve(values), 0.01);
        let one = figures(&[1.0, 0.4]);
        assert_eq!(
            (one.left.as_str(), one.growth.as_str(), one.rate.as_str(), one.horizon.as_str()),
            ("40%", "×0.400", "1 step", "1 step")
        );
        let kept = figures(&[1.0, 0.9, 0.9]);
        assert_eq!((kept.rate_name, kept.rate.as_str(), kept.horizon.as_str()), ("half-life", "none", "all 2 steps"));
        assert_eq!(figures(&[1.0, 3.0]).rate_name, "doubling");
    }
}
