//! The selective view's numbers: what a selective state-space model lets in and keeps over a text, and what of it is a gate.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::discretise::Rule;
use unroll_engine::lineage::linear_family::Linear;
use unroll_engine::lineage::selective::induced_gate;
use unroll_engine::lineage::{Family, Sizes};
use unroll_engine::{Experiment, Input};

use super::reach::sigmoid;
use crate::labs::lineage::settings::LineageSettings;

/// Channels of the model, the numbers that stand for a character.
pub const CHANNELS: usize = 8;
/// The most characters that are read.
pub const MOST: usize = 400;

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selects {
    /// What is read, a character a step.
    pub text: String,
    /// `[CHANNELS][T]`: Δ.
    pub delta: Vec<Vec<f64>>,
    /// `[T + 1]` of the chosen channel by state k = 0 … T: log10 of `∂h_T/∂h_k` of its slowest number (A = −1), inputs held, multiplied step by
    /// step.
    pub kept: Vec<f64>,
    /// The same from the sum of Δ alone, −ΣΔ log10 e.
    pub by_sum: Vec<f64>,
    /// Largest |h by the hold − h of the gated cell| over 1000 z with h and x of the size of 1: Theorem 1.
    pub gate: f64,
    /// Least and largest B̄ by Mamba's rule over σ(z) for the same.
    pub ratio: [f64; 2],
}

/// Standard normal numbers by a seed, apart from the input's.
fn normal(count: usize, seed: u32) -> Result<Vec<f64>, String> {
    let noise = Experiment { seq_len: 2048, input_size: CHANNELS, seed: seed ^ 0x7e87, input: Input::Noise, ..Experiment::default() };
    noise.sequence().map(|sequence| sequence.x.into_iter().take(count).collect()).map_err(|error| error.to_string())
}

/// The numbers of the view.
///
/// # Errors
/// A sentence, where the model cannot be built or run.
pub fn of(settings: &LineageSettings) -> Result<Selects, String> {
    let characters: Vec<char> = settings.text.chars().take(MOST).collect();
    let mut alphabet = characters.clone();
    alphabet.sort_unstable();
    alphabet.dedup();
    let embedded = normal(alphabet.len() * CHANNELS, settings.seed)?;
    let place = |c: &char| alphabet.binary_search(c).unwrap_or(0);
    let x: Vec<f64> = characters.iter().flat_map(|c| embedded[place(c) * CHANNELS..(place(c) + 1) * CHANNELS].to_vec()).collect();
    let sizes = Sizes { input_size: CHANNELS, hidden_size: settings.hidden_size, ..Sizes::default() };
    let model = Family::Linear(Linear::Selective(Rule::Mamba)).build(sizes, settings.seed, settings.gain).map_err(|e| e.to_string())?;
    let run = model.run(&x).map_err(|error| error.to_string())?;
    let inner = run.inner();
    let all = inner.iter().find(|value| value.name == "delta").map_or(&[][..], |value| value.values);
    let delta: Vec<Vec<f64>> = (0..CHANNELS).map(|channel| all.iter().skip(channel).step_by(CHANNELS).copied().collect()).collect();
    let chosen = &delta[settings.channel.clamp(1, CHANNELS) - 1];
    // Backwards: by factors, and by the sum.
    let (mut kept, mut by_sum) = (vec![0.0], vec![0.0]);
    let (mut product, mut sum) = (0.0_f64, 0.0_f64);
    for delta in chosen.iter().rev() {
        product += (-delta).exp().log10();
        sum += delta;
        kept.push(product);
        by_sum.push(-sum * std::f64::consts::LOG10_E);
    }
    kept.reverse();
    by_sum.reverse();
    let (gate, ratio) = induced(settings.seed)?;
    Ok(Selects { text: characters.into_iter().collect(), delta, kept, by_sum, gate, ratio })
}

/// Theorem 1 (Gu & Dao 2023, §3.5.1) over 1000 draws.
fn induced(seed: u32) -> Result<(f64, [f64; 2]), String> {
    let draws = normal(3000, seed.wrapping_add(1))?;
    let (mut apart, mut ratio) = (0.0_f64, [f64::INFINITY, 0.0_f64]);
    for draw in draws.chunks_exact(3) {
        let (z, h, x) = (2.0 * draw[0], draw[1], draw[2]);
        let hold = induced_gate(Rule::ZeroOrderHold, z);
        let g = sigmoid(z);
        apart = apart.max((hold.a * h + hold.b * x - ((1.0 - g) * h + g * x)).abs());
        let over = induced_gate(Rule::Mamba, z).b / g;
        ratio = [ratio[0].min(over), ratio[1].max(over)];
    }
    Ok((apart, ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sum_of_delta_counts() {
        for gain in [0.5, 1.0, 4.0] {
            for channel in [1, 5, 8] {
                let found = of(&LineageSettings { gain, channel, ..LineageSettings::default() }).unwrap();
                let steps = found.text.chars().count();
                assert_eq!((found.delta.len(), found.delta[0].len(), found.kept.len()), (CHANNELS, steps, steps + 1));
                for (a, b) in found.kept.iter().zip(&found.by_sum) {
                    assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{a} {b}");
                }
                assert!(found.kept.windows(2).all(|pair| pair[0] <= pair[1]) && found.kept[steps] == 0.0);
            }
        }
    }

    #[test]
    fn the_same_character_has_the_same_delta() {
        let found = of(&LineageSettings { text: "abcab".to_owned(), ..LineageSettings::default() }).unwrap();
        for delta in &found.delta {
            assert!(delta[0] == delta[3] && delta[1] == delta[4] && delta[0] != delta[2]);
        }
    }

    #[test]
    fn by_the_hold_a_selective_cell_is_a_gated_one_and_by_mambas_rule_it_is_not() {
        let found = of(&LineageSettings::default()).unwrap();
        assert!(found.gate < 2e-15, "{}", found.gate);
        assert!(found.ratio[0] >= 1.0 && found.ratio[1] > 2.0, "{:?}", found.ratio);
    }
}
