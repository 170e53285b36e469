//! Continuation of a sine of unknown frequency and phase.

use core::f64::consts::TAU;

use crate::rng::Draws;

/// Lowest and highest angular frequency, in radians per step.
pub(super) fn frequencies(shortest_period: f64, longest_period: f64) -> (f64, f64) {
    (TAU / longest_period, TAU / shortest_period)
}

pub(super) fn fill(steps: usize, (lowest, highest): (f64, f64), size: usize, draws: &mut Draws, x: &mut [f64], y: &mut [f64]) {
    for lane in 0..size {
        let phase = TAU * draws.uniform();
        let frequency = lowest + (highest - lowest) * draws.uniform();
        for t in 0..=steps {
            let value = libm::sin(phase + frequency * t as f64);
            if t < steps {
                x[t * size + lane] = value;
            }
            if t > 0 {
                y[(t - 1) * size + lane] = value;
            }
        }
    }
}

/// With a uniform phase x_{t+1} is `x_t cos ω ± √(1 − x_t²) sin ω`, both signs equally likely, so that the best prediction from x_t alone
/// is `x_t E[cos ω]`. Its mean squared error is `½ (1 − E[cos ω]²)`.
pub(super) fn baseline((lowest, highest): (f64, f64)) -> f64 {
    let range = highest - lowest;
    let mean = if range > 1e-6 { (libm::sin(highest) - libm::sin(lowest)) / range } else { libm::cos(0.5 * (lowest + highest)) };
    0.5 * (1.0 - mean * mean)
}
