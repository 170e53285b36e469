//! What linear recurrences cannot do, or only at a price, by formula and measured.
//!
//! The curse of memory (Zucchet & Orvieto 2024): gradients that do not vanish still explode in the parameter as |λ| → 1. Parity: solved at any
//! length by coefficients of ±1, by no finite-precision model with coefficients in [0, 1] (Merrill et al. 2024; Sarrof et al. 2024; Grazzi et
//! al. 2025).

use super::recurrence::Recurrence;
use super::LineageError;

/// Variances under white input of variance 1 of `h_t = λ h_{t−1} + x_t` and of `∂h_t/∂λ`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curse {
    /// Var h.
    pub state: f64,
    /// Var ∂h/∂λ.
    pub sensitivity: f64,
}

impl Curse {
    /// In the stationary state, for |λ| < 1: 1/(1 − λ²) and (1 + λ²)/(1 − λ²)³ (Zucchet & Orvieto 2024).
    pub fn stationary(lambda: f64) -> Self {
        let square = lambda * lambda;
        let rest = (1.0 - lambda) * (1.0 + lambda);
        Self { state: 1.0 / rest, sensitivity: (1.0 + square) / (rest * rest * rest) }
    }

    /// Mean squares over a run on this noise, from step `after` on; before that the state is still filling.
    ///
    /// # Errors
    /// [`LineageError::Overflow`] where a number is not finite, [`LineageError::InputLength`] where no step is left.
    pub fn measured(lambda: f64, noise: &[f64], after: usize) -> Result<Self, LineageError> {
        if after >= noise.len() {
            return Err(LineageError::InputLength { length: noise.len().saturating_sub(after), width: 1 });
        }
        let coefficient = [lambda];
        let recurrence = Recurrence::<f64>::fixed(&coefficient);
        let h = recurrence.forward(&[0.0], noise.to_vec())?;
        // ∂h_t/∂λ = λ ∂h_{t−1}/∂λ + h_{t−1}: the same recurrence, driven by the state.
        let driven = core::iter::once(0.0).chain(h[..h.len() - 1].iter().copied()).collect();
        let slope = recurrence.forward(&[0.0], driven)?;
        let mean = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
        Ok(Self { state: mean(&h[after..]), sensitivity: mean(&slope[after..]) })
    }
}

/// Whether an odd number of the bits seen so far is set, after every bit, by `h_t = a(x_t) h_{t−1}` from 1 with a = −1 for a set bit and 1 for
/// another: exact at any length.
///
/// # Errors
/// None occur, since every state is 1 or −1; the type is that of every recurrence.
pub fn parity(bits: &[bool]) -> Result<Vec<bool>, LineageError> {
    let a: Vec<f64> = bits.iter().map(|set| if *set { -1.0 } else { 1.0 }).collect();
    let h = Recurrence::<f64>::varying(&a, 1).forward(&[1.0], vec![0.0; bits.len()])?;
    Ok(h.iter().map(|h| *h < 0.0).collect())
}
