//! What a step tells about itself.

/// One training step. All figures are of the weights before its update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepRecord {
    /// The iteration, from 0.
    pub iteration: u64,
    /// The loss, without the regulariser.
    pub loss: f64,
    /// Ω (Pascanu et al. 2013, eq. 9), averaged over the batch, before its coefficient; 0 where it is off.
    pub omega: f64,
    /// Norm of the whole gradient, all parameters together and the regulariser's part included, before clipping.
    pub gradient_norm: f64,
    /// The same after clipping.
    pub clipped_gradient_norm: f64,
    /// Whether clipping changed the gradient.
    pub clipped: bool,
    /// `log10` of the adjoint of h_t at t = 0 … T, `[T + 1]`: the root mean square over the batch's sequences b of ‖∂L_b/∂h_t‖, where
    /// L_b is the sequence's own loss, whose mean over the batch is L; that is √(batch · Σ_b ‖∂L/∂h_t^(b)‖²). −∞ where it is exactly 0.
    /// The full gradient's also under truncation. Empty unless observed
    /// with its profiles.
    pub log10_adjoint: Vec<f64>,
    /// Share of the gradient of `weight_hh` by lag T − t, `[T]`: ‖∂L/∂W_hh used at step t‖_F over the sum of that over all steps. The
    /// shares add up to 1 (all are 0 where the gradient is). The full gradient's also under truncation. Empty unless observed
    /// with its profiles.
    pub recurrent_share_by_lag: Vec<f64>,
    /// Mean activation of each gate over units, steps and batch, in the order of [`crate::Cell::gate_names`]; for the plain RNN, which
    /// has no gates, the mean of |h_t|. Empty unless observed.
    pub mean_gates: Vec<f64>,
    /// Angle in radians between the full and the truncated gradient of the cell's parameters (the readout's is never truncated), with the
    /// regulariser's part in both. `None` where truncation cuts nothing, where either is zero or not finite, and unless observed.
    pub truncation_angle: Option<f64>,
    /// Norm of that truncated gradient as a share of the full one's (above 1 where what is cut off pointed the other way); `None` as above.
    pub truncation_ratio: Option<f64>,
}

/// The angle between two vectors, in radians, by Kahan's formula, which keeps its digits where they are nearly parallel.
pub(super) fn angle(a: &[f64], b: &[f64], norm_a: f64, norm_b: f64) -> Option<f64> {
    if norm_a <= 0.0 || norm_b <= 0.0 || !(norm_a + norm_b).is_finite() {
        return None;
    }
    let (mut difference, mut sum) = (0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a / norm_a, b / norm_b);
        difference += (a - b) * (a - b);
        sum += (a + b) * (a + b);
    }
    Some(2.0 * libm::atan2(difference.sqrt(), sum.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::angle;

    #[test]
    fn angles_are_measured_from_parallel_to_opposite() {
        let of = |a: &[f64], b: &[f64]| angle(a, b, super::super::optimiser::norm(a), super::super::optimiser::norm(b));
        assert!((of(&[1.0, 0.0], &[0.0, 3.0]).unwrap() - core::f64::consts::FRAC_PI_2).abs() < 1e-15);
        assert!((of(&[1.0, 2.0], &[-2.0, -4.0]).unwrap() - core::f64::consts::PI).abs() < 1e-12);
        assert!((of(&[1.0, 0.0], &[1.0, 1e-9]).unwrap() - 1e-9).abs() < 1e-18);
        assert_eq!(of(&[0.0], &[1.0]), None);
    }
}
