//! The spectrum view's numbers: a diagonal state-space model's eigenvalues before and after the step rule, and its answer to an impulse.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::diagonal::{convolution, Diagonal, Spectrum};
use unroll_engine::lineage::discretise::{discretise, Rule};
use unroll_engine::lineage::{Block, LineageError};

use super::build;
use crate::labs::lineage::settings::LineageSettings;

/// The spectra, in the order of the options.
pub const SPECTRA: [Spectrum; 3] = [Spectrum::Lin, Spectrum::Inv, Spectrum::Real];
/// The step rules, in the order of the options.
pub const STEP_RULES: [Rule; 3] = [Rule::ZeroOrderHold, Rule::Bilinear, Rule::Mamba];
/// Steps Δ of the chart of B̄: from and to, log10, and how many.
const DELTAS: (f64, f64, usize) = (-4.0, 1.0, 121);

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Poles {
    /// A: those that are stored, one of each conjugate pair, (re, im).
    pub continuous: Vec<(f64, f64)>,
    /// Ā by the chosen rule and step, in the same order.
    pub discrete: Vec<(f64, f64)>,
    /// `[T]`: the answer to an impulse, read as 2 Re Σ h/M over the M that are stored.
    pub kernel: Vec<f64>,
    /// Largest |recurrence − convolution| over the largest |output|, on the input of the settings.
    pub apart: f64,
    /// log10 Δ, and |B̄| of Mamba's rule over that of the hold, for the eigenvalue of least and of largest modulus.
    pub ratios: Vec<(f64, [f64; 2])>,
}

/// The step rule of the settings.
pub fn rule(settings: &LineageSettings) -> Rule {
    STEP_RULES.get(settings.step_rule).copied().unwrap_or(Rule::ZeroOrderHold)
}

/// A layer of one channel with the chosen eigenvalues and step, which reads the mean of its states.
fn layer(settings: &LineageSettings) -> Result<Diagonal, LineageError> {
    let spectrum = SPECTRA.get(settings.spectrum).copied().unwrap_or(Spectrum::Lin);
    let eigenvalues = spectrum.eigenvalues(settings.hidden_size.max(2));
    let stored = eigenvalues.len();
    Diagonal::new(rule(settings), 1, stored, |name, _| match name {
        "log_dt" => vec![settings.delta.ln()],
        "log_A_real" => eigenvalues.iter().map(|a| (-a.re).ln()).collect(),
        "A_imag" => eigenvalues.iter().map(|a| a.im).collect(),
        "C" => (0..stored).flat_map(|_| [1.0 / stored as f64, 0.0]).collect(),
        _ => vec![0.0],
    })
}

/// The numbers of the view.
///
/// # Errors
/// A sentence, where the layer cannot be built or run.
pub fn of(settings: &LineageSettings) -> Result<Poles, String> {
    let layer = layer(settings).map_err(|error| error.to_string())?;
    // Its one channel reads the first number of each step.
    let x: Vec<f64> = build::input(settings)?.chunks_exact(settings.input_size).map(|x| x[0]).collect();
    let trace = layer.forward(&x).map_err(|error| error.to_string())?;
    let kernel = layer.kernel(settings.steps);
    let whole = convolution(&kernel, layer.skip(), &x);
    let largest = whole.iter().fold(0.0_f64, |most, y| most.max(y.abs()));
    let apart = layer.output(&trace).iter().zip(&whole).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
    let inner = layer.inner(&trace);
    let points = |name: &str| {
        let part = |suffix: &str| {
            let full = format!("{name}.{suffix}");
            inner.iter().find(|value| value.name == full).map_or_else(Vec::new, |value| value.values.to_vec())
        };
        part("re").into_iter().zip(part("im")).collect::<Vec<(f64, f64)>>()
    };
    let (continuous, discrete) = (points("A"), points("A_bar"));
    let modulus = |z: &(f64, f64)| z.0.hypot(z.1);
    let least = continuous.iter().copied().min_by(|a, b| modulus(a).total_cmp(&modulus(b))).unwrap_or((-1.0, 0.0));
    let most = continuous.iter().copied().max_by(|a, b| modulus(a).total_cmp(&modulus(b))).unwrap_or(least);
    let (from, to, count) = DELTAS;
    let ratios = (0..count).map(|i| {
        let log = from + (to - from) * i as f64 / (count - 1) as f64;
        (log, [least, most].map(|a| ratio(a, 10f64.powf(log))))
    });
    let apart = if largest > 0.0 { apart / largest } else { 0.0 };
    Ok(Poles { continuous, discrete, kernel, apart, ratios: ratios.collect() })
}

/// |B̄_Mamba/B̄_hold| of an eigenvalue and a step.
pub fn ratio((re, im): (f64, f64), step: f64) -> f64 {
    use unroll_engine::lineage::number::{Complex, Number};
    let a = Complex::new(re, im);
    discretise(Rule::Mamba, a, step).b.modulus() / discretise(Rule::ZeroOrderHold, a, step).b.modulus()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(change: impl FnOnce(&mut LineageSettings)) -> Poles {
        let mut settings = LineageSettings::default();
        change(&mut settings);
        of(&settings).unwrap()
    }

    #[test]
    fn recurrence_and_convolution_are_one_map_by_every_rule_and_spectrum() {
        for spectrum in 0..3 {
            for step_rule in 0..3 {
                for delta in [0.001, 0.1, 1.0] {
                    let found = at(|s| (s.spectrum, s.step_rule, s.delta, s.steps) = (spectrum, step_rule, delta, 512));
                    assert!(found.apart < 1e-13, "{spectrum} {step_rule} {delta}: {}", found.apart);
                    assert_eq!((found.continuous.len(), found.discrete.len(), found.kernel.len()), (8, 8, 512));
                }
            }
        }
    }

    #[test]
    fn a_hold_keeps_every_eigenvalue_in_the_disc_and_the_bilinear_rule_turns_fast_ones_round() {
        let real = |step_rule: usize| at(|s| (s.spectrum, s.step_rule, s.delta, s.hidden_size) = (2, step_rule, 1.0, 32)).discrete;
        assert!(real(0).iter().all(|(re, im)| *re > 0.0 && *re < 1.0 && *im == 0.0));
        // (1 − n/2)/(1 + n/2) for A = −n.
        for (n, (re, _)) in real(1).iter().enumerate() {
            let half = (n + 1) as f64 / 2.0;
            assert!((re - (1.0 - half) / (1.0 + half)).abs() < 1e-12);
        }
        assert_eq!(real(2), real(0));
    }

    #[test]
    fn mambas_input_rule_is_larger_than_the_hold_by_the_printed_ratios() {
        for (a, step, expected) in [(-1.0, 0.1, 1.0508), (-1.0, 1.0, 1.5820), (-16.0, 0.1, 2.0047), (-16.0, 1.0, 16.0)] {
            assert!((ratio((a, 0.0), step) - expected).abs() < 1e-4, "{a} {step}");
        }
    }
}
