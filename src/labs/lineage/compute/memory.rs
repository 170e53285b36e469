//! The memory view's numbers: how much of its past the time-varying HiPPO-LegS can tell from its state.

use std::f64::consts::{PI, TAU};

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::hippo::{least_squares_error, midpoints, projection_bound, reconstruct, relative_error, Legs, Rule};

use super::build;
use crate::labs::lineage::settings::{Fed, LineageSettings, Signal};

/// The rules, in the order of the options.
pub const RULES: [Rule; 4] = [Rule::ExactInLogTime, Rule::BilinearTwoTimes, Rule::Bilinear, Rule::Euler];
/// The most coefficients for which every frequency is measured with the exact rule, whose every step is a matrix exponential.
const EXACT_LIMIT: usize = 16;
/// Frequencies that are measured, at most.
const FREQUENCIES: usize = 24;
/// Points of the bound.
const POINTS: usize = 120;

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// N.
    pub coefficients: usize,
    /// `[T]`, oldest first.
    pub signal: Vec<f64>,
    /// `[T]`: what the coefficients hold of it.
    pub held: Vec<f64>,
    /// ‖held − signal‖ / ‖signal‖.
    pub error: f64,
    /// The least that any N coefficients leave, by least squares.
    pub best: f64,
    /// The largest magnitude of a coefficient on the way.
    pub largest: f64,
    /// Cycles over the history, and the error of a tone of so many over all its phases (root mean square of a sine's and a cosine's); empty
    /// where that takes too long.
    pub measured: Vec<(f64, f64)>,
    /// The least there can be of that: the projection bound, which is of e^(2πifu).
    pub bound: Vec<(f64, f64)>,
}

/// N/π: beyond so many cycles the error is a cliff.
pub fn cliff(coefficients: usize) -> f64 {
    coefficients as f64 / PI
}

/// `[steps]`: a tone of so many cycles over the history, by its phase in cycles.
fn tone(steps: usize, cycles: f64, phase: f64) -> Vec<f64> {
    midpoints(steps).iter().map(|u| (TAU * (cycles * u + phase)).sin()).collect()
}

/// The error of a tone over all its phases; `None` where a coefficient overflows.
fn error_of_tone(legs: &Legs, steps: usize, cycles: f64) -> Option<f64> {
    let points = midpoints(steps);
    let (mut apart, mut whole) = (0.0, 0.0);
    for phase in [0.0, 0.25] {
        let tone = tone(steps, cycles, phase);
        let held = reconstruct(&legs.remember(&tone).ok()?.coefficients, &points);
        apart += held.iter().zip(&tone).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        whole += tone.iter().map(|v| v * v).sum::<f64>();
    }
    Some((apart / whole).sqrt())
}

fn signal(settings: &LineageSettings) -> Result<Vec<f64>, String> {
    let tone = tone(settings.steps, settings.cycles, 0.0);
    Ok(match settings.signal {
        Signal::Tone => tone,
        Signal::Square => tone.iter().map(|v| if *v < 0.0 { -1.0 } else { 1.0 }).collect(),
        Signal::Band => {
            // The amplitudes of as many tones as there are cycles, from the noise that other views read.
            let highest = (settings.cycles.floor() as usize).max(1);
            let of = LineageSettings { steps: (2 * highest).max(2), input_size: 1, fed: Fed::Noise, scale: 1.0, ..settings.clone() };
            let amplitudes = build::input(&of)?;
            let at = |u: &f64| {
                let tones = (1..=highest).zip(amplitudes.chunks_exact(2));
                tones.map(|(f, a)| a[0] * (TAU * f as f64 * u).sin() + a[1] * (TAU * f as f64 * u).cos()).sum::<f64>()
                    / (highest as f64).sqrt()
            };
            midpoints(settings.steps).iter().map(at).collect()
        }
    })
}

/// The numbers of the view.
///
/// # Errors
/// A sentence, where a coefficient overflows.
pub fn of(settings: &LineageSettings) -> Result<Remembered, String> {
    let n = settings.hidden_size;
    let rule = RULES.get(settings.rule).copied().unwrap_or(Rule::ExactInLogTime);
    let legs = Legs::new(rule, n).map_err(|error| error.to_string())?;
    let points = midpoints(settings.steps);
    let signal = signal(settings)?;
    let memory = legs.remember(&signal).map_err(|error| error.to_string())?;
    let held = reconstruct(&memory.coefficients, &points);
    // Past the cliff and into what comes after it, but never more than four samples a cycle.
    let most = (2.0 * cliff(n) + 2.0).min(settings.steps as f64 / 4.0).max(1.0);
    let bound = (1..=POINTS).map(|i| most * i as f64 / POINTS as f64).map(|f| (f, projection_bound(n, f))).collect();
    let every = (most / FREQUENCIES as f64).max(0.5);
    let mut measured = Vec::new();
    if rule != Rule::ExactInLogTime || n <= EXACT_LIMIT {
        for cycles in (1..).map(|i| every * f64::from(i)).take_while(|cycles| *cycles <= most) {
            measured.extend(error_of_tone(&legs, settings.steps, cycles).map(|error| (cycles, error)));
        }
    }
    let (error, best) = (relative_error(&held, &signal), least_squares_error(&signal, n.min(settings.steps)));
    Ok(Remembered { coefficients: n, signal, held, error, best, largest: memory.largest, measured, bound })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_rule_lies_on_the_bound_but_for_the_steps_it_takes() {
        // By Jacobi–Anger: N = 16 at 4, 5 and 6 cycles.
        for (cycles, bound) in [(4.0, 0.03441), (5.0, 0.2857), (6.0, 0.7398)] {
            assert!((projection_bound(16, cycles) / bound - 1.0).abs() < 1e-3, "{cycles}");
            let legs = Legs::new(Rule::ExactInLogTime, 16).unwrap();
            let error = error_of_tone(&legs, 512, cycles).unwrap();
            assert!(error > 0.98 * bound && error < bound + 0.06, "{cycles}: {error}");
        }
        let found = of(&LineageSettings { steps: 256, ..LineageSettings::default() }).unwrap();
        assert!(found.measured.len() > 10);
        assert!(found.measured.iter().all(|(cycles, error)| *error > 0.97 * projection_bound(16, *cycles)));
    }

    #[test]
    fn no_rule_beats_least_squares_and_the_printed_one_passes_through_enormous_numbers() {
        for rule in 0..RULES.len() {
            let settings = LineageSettings { rule, cycles: 3.0, steps: 256, ..LineageSettings::default() };
            if let Ok(found) = of(&settings) {
                assert!(found.error >= found.best - 1e-12, "{rule}");
            }
        }
        let at = |rule| of(&LineageSettings { rule, cycles: 3.0, steps: 256, ..LineageSettings::default() }).unwrap();
        assert!(at(3).largest > 1e3 * at(0).largest, "{} {}", at(3).largest, at(0).largest);
    }

    #[test]
    fn a_band_has_no_more_cycles_than_it_says() {
        let settings = LineageSettings { signal: Signal::Band, cycles: 3.0, steps: 256, ..LineageSettings::default() };
        let found = of(&settings).unwrap();
        // Three cycles are before the cliff of 16 coefficients.
        assert!(found.best < 0.01 && found.signal.len() == 256 && found.held.len() == 256);
    }
}
