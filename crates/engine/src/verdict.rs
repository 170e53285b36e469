//! The summary figures.

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
    /// exp(entropy of the normalised singular values) of `P_{T←0}`; 0 where it is exactly zero.
    pub effective_rank: f64,
}
