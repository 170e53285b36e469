//! The summary figures.

use crate::tolerance::VERDICT_EPSILON;

/// In a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Growth per step below 1 − ε.
    Vanishing,
    /// Growth per step within ε of 1.
    Stable,
    /// Growth per step above 1 + ε.
    Exploding,
}

/// The summary figures of one analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The word.
    pub regime: Regime,
    /// exp(λ₁), the growth of the largest perturbation per step.
    pub growth_per_step: f64,
    /// ε of the word ([`crate::tolerance::VERDICT_EPSILON`]).
    pub epsilon: f64,
    /// Slope of log10 ‖∂L/∂s_k‖ per step backwards in time (least squares over the finite values from the last loss site to 0); `None` when
    /// there are fewer than two finite values.
    pub log10_slope_per_lag: Option<f64>,
    /// Steps in which that fitted line falls by half; `None` unless the slope is negative.
    pub half_life: Option<f64>,
    /// Steps in which that fitted line doubles; `None` unless the slope is positive.
    pub doubling_time: Option<f64>,
    /// exp(entropy of the normalised singular values) of `P_{T←0}`; 0 where it is exactly zero, `None` until the
    /// analysis is complete.
    pub effective_rank: Option<f64>,
}

impl Verdict {
    /// From λ₁ and the log10 adjoint norms per state with the last loss site.
    pub(crate) fn new(largest_exponent: f64, log10_adjoint: &[f64], last_site: usize) -> Self {
        let slope = slope_per_lag(&log10_adjoint[..=last_site.min(log10_adjoint.len() - 1)]);
        let double = core::f64::consts::LOG10_2;
        let mut verdict = Self {
            regime: Regime::Stable,
            growth_per_step: 1.0,
            epsilon: VERDICT_EPSILON,
            log10_slope_per_lag: slope,
            half_life: slope.filter(|s| *s < 0.0).map(|s| double / -s),
            doubling_time: slope.filter(|s| *s > 0.0).map(|s| double / s),
            effective_rank: None,
        };
        verdict.set_growth(largest_exponent);
        verdict
    }

    /// Takes λ₁ and the word that follows from it.
    pub(crate) fn set_growth(&mut self, largest_exponent: f64) {
        self.growth_per_step = libm::exp(largest_exponent);
        self.regime = if self.growth_per_step < 1.0 - self.epsilon {
            Regime::Vanishing
        } else if self.growth_per_step > 1.0 + self.epsilon {
            Regime::Exploding
        } else {
            Regime::Stable
        };
    }
}

/// Least-squares slope of the finite values against lag, lag growing towards the first state.
fn slope_per_lag(values: &[f64]) -> Option<f64> {
    let points = || values.iter().rev().enumerate().filter(|(_, v)| v.is_finite()).map(|(lag, v)| (lag as f64, *v));
    let count = points().count();
    if count < 2 {
        return None;
    }
    let (sum_x, sum_y) = points().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (mean_x, mean_y) = (sum_x / count as f64, sum_y / count as f64);
    let (xy, xx) = points().fold((0.0, 0.0), |(xy, xx), (x, y)| (xy + (x - mean_x) * (y - mean_y), xx + (x - mean_x) * (x - mean_x)));
    Some(xy / xx)
}
