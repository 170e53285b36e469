//! The linear recurrences by name, with weights from a seed, as [`super::Family`] builds them.

use super::diagonal::{Diagonal, Spectrum};
use super::discretise::Rule;
use super::drawing::{Drawing, Sizes};
use super::hippo::{self, legs, Legs};
use super::linear_attention::{Decay, LinearAttention};
use super::lru::{logarithms, LinearRecurrentUnit};
use super::mamba::Mamba;
use super::minimal::{Kind, Minimal};
use super::selective::{Selective, SelectiveShape};
use super::state_space::StateSpace;
use super::{LineageError, Model};

/// A linear recurrence. Of [`Sizes`] it has d, and n as the units of a minimal cell, the states of a linear recurrent unit, keys and values of
/// an attention, and N, the numbers of a channel's state, of everything else; these have d channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linear {
    /// minGRU.
    MinGru,
    /// minLSTM.
    MinLstm,
    /// Linear recurrent unit.
    Lru,
    /// S4D from one of its spectra, by a rule.
    Diagonal(Spectrum, Rule),
    /// Dense S4 with HiPPO-LegS, by a rule; N at most 64.
    Dense(Rule),
    /// Time-varying HiPPO-LegS, exact in log time; d = 1.
    Legs,
    /// Selective state-space model, by a rule.
    Selective(Rule),
    /// Mamba block: expansion 2, a convolution of 4 taps.
    Mamba,
    /// Linear attention.
    Attention,
    /// Retention with γ = 1 − 2⁻⁴.
    Retention,
    /// Gated linear attention with τ = 16.
    GatedAttention,
}

/// Every kind by its usual rule and spectrum.
pub const LINEAR: [Linear; 11] = [
    Linear::MinGru,
    Linear::MinLstm,
    Linear::Lru,
    Linear::Diagonal(Spectrum::Lin, Rule::ZeroOrderHold),
    Linear::Dense(Rule::Bilinear),
    Linear::Legs,
    Linear::Selective(Rule::Mamba),
    Linear::Mamba,
    Linear::Attention,
    Linear::Retention,
    Linear::GatedAttention,
];

/// Steps Δ begin between these, uniformly in their logarithm (Gu et al. 2021; Gu & Dao 2023, §3.6).
const STEPS: [f64; 2] = [1e-3, 1e-1];
/// Moduli of a linear recurrent unit's eigenvalues begin between these, uniformly over the ring (Orvieto et al. 2023, §3.2).
const RING: [f64; 2] = [0.9, 0.999];

impl Linear {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::MinGru => "minGRU",
            Self::MinLstm => "minLSTM",
            Self::Lru => "linear recurrent unit",
            Self::Diagonal(Spectrum::Lin, _) => "S4D-Lin",
            Self::Diagonal(Spectrum::Inv, _) => "S4D-Inv",
            Self::Diagonal(Spectrum::Real, _) => "S4D-Real",
            Self::Dense(_) => "S4 (HiPPO-LegS)",
            Self::Legs => "HiPPO-LegS, time-varying",
            Self::Selective(_) => "selective state-space model",
            Self::Mamba => "Mamba block",
            Self::Attention => "linear attention",
            Self::Retention => "retention",
            Self::GatedAttention => "gated linear attention",
        }
    }

    /// Part of what a seed means: never changes. Rules and spectra share what they can.
    pub(super) fn number(self) -> u16 {
        match self {
            Self::MinGru => 100,
            Self::MinLstm => 101,
            Self::Lru => 102,
            Self::Diagonal(..) => 103,
            Self::Dense(_) => 104,
            Self::Legs => 105,
            Self::Selective(_) | Self::Mamba => 106,
            Self::Attention => 108,
            Self::Retention => 109,
            Self::GatedAttention => 110,
        }
    }

    /// A model of these sizes. Linear layers and their biases are PyTorch's default, U(−1/√d, 1/√d) for d columns, times `scale` for the
    /// weights; what a paper begins otherwise (eigenvalues, Δ, C, D) is as there.
    ///
    /// # Errors
    /// [`LineageError::Size`] where the sizes do not fit the model.
    pub(super) fn build(self, sizes: Sizes, drawing: &Drawing, scale: f64) -> Result<Box<dyn Model>, LineageError> {
        let Sizes { input_size: d, hidden_size: n, .. } = sizes;
        let layer = |name: &str, shape: &[usize]| {
            let columns: usize = if shape.len() > 1 { shape[1..].iter().product() } else { d };
            let factor = if shape.len() > 1 { scale } else { 1.0 };
            drawing.uniform(name, shape.iter().product(), factor / (columns.max(1) as f64).sqrt())
        };
        let log_steps = |name: &str, count: usize| {
            let [low, high] = STEPS.map(libm::log);
            let mut draws = drawing.stream(name);
            (0..count).map(|_| low + (high - low) * draws.uniform()).collect::<Vec<f64>>()
        };
        let selective = |channels: usize, rule: Rule| SelectiveShape { channels, state_size: n, dt_rank: channels.div_ceil(16), rule };
        let mamba = |name: &str, shape: &[usize]| match name {
            // softplus of the bias is Δ.
            "dt_proj.bias" => log_steps(name, shape[0]).iter().map(|log| inverse_softplus(libm::exp(*log))).collect(),
            "A_log" => (0..shape.iter().product()).map(|i: usize| libm::log((i % shape[1] + 1) as f64)).collect(),
            "D" => vec![1.0; shape[0]],
            _ => layer(name, shape),
        };
        let attention = |decay: Decay| LinearAttention::new(decay, [d, n, n], layer);
        Ok(match self {
            Self::MinGru | Self::MinLstm => {
                let kind = if self == Self::MinGru { Kind::MinGru } else { Kind::MinLstm };
                // From a zero state, as every cell of the lineage.
                Box::new(Minimal::new(kind, d, n, |name, shape| if name == "h0" { vec![0.0; n] } else { layer(name, shape) })?)
            }
            Self::Lru => {
                let [low, high] = RING.map(|r| r * r);
                let mut draws = drawing.stream("nu_log");
                let moduli = (0..n).map(|_| (low + (high - low) * draws.uniform()).sqrt());
                let mut phases = drawing.stream("theta_log");
                // 1 − u is in (0, 1], so that the phase has a logarithm.
                let begun: Vec<[f64; 3]> = moduli.map(|r| logarithms(r, core::f64::consts::TAU * (1.0 - phases.uniform()))).collect();
                let part = |which: usize| begun.iter().map(|l| l[which]).collect();
                Box::new(LinearRecurrentUnit::new(d, n, |name, shape| match name {
                    "nu_log" => part(0),
                    "theta_log" => part(1),
                    "gamma_log" => part(2),
                    "D" => drawing.normal(name, d, 1.0),
                    "B.re" | "B.im" => drawing.normal(name, n * d, scale / (2.0 * d as f64).sqrt()),
                    _ => drawing.normal(name, shape.iter().product(), scale / (n as f64).sqrt()),
                })?)
            }
            Self::Diagonal(spectrum, rule) => {
                let stored = n.div_ceil(2);
                let eigenvalues = spectrum.eigenvalues(2 * stored);
                Box::new(Diagonal::new(rule, d, stored, |name, shape| match name {
                    "log_dt" => log_steps(name, d),
                    "log_A_real" => (0..d * stored).map(|i| libm::log(-eigenvalues[i % stored].re)).collect(),
                    "A_imag" => (0..d * stored).map(|i| eigenvalues[i % stored].im).collect(),
                    "C" => drawing.normal(name, shape.iter().product(), scale * core::f64::consts::FRAC_1_SQRT_2),
                    _ => drawing.normal(name, d, 1.0),
                })?)
            }
            Self::Dense(rule) => {
                let (a, b) = legs(n);
                Box::new(StateSpace::new(rule, d, n, |name, shape| match name {
                    "log_dt" => log_steps(name, d),
                    "A" => a.clone(),
                    "B" => b.clone(),
                    "C" => drawing.normal(name, shape.iter().product(), scale),
                    _ => drawing.normal(name, d, 1.0),
                })?)
            }
            Self::Legs if d != 1 => {
                return Err(LineageError::Size { what: "The input size", found: d.to_string(), accepted: "1".into() });
            }
            Self::Legs => Box::new(Legs::new(hippo::Rule::ExactInLogTime, n)?),
            Self::Selective(rule) => Box::new(Selective::new(selective(d, rule), mamba)?),
            Self::Mamba => Box::new(Mamba::new(d, 4, selective(2 * d, Rule::Mamba), mamba)?),
            Self::Attention => Box::new(attention(Decay::None)?),
            Self::Retention => Box::new(attention(Decay::Fixed(1.0 - 1.0 / 16.0))?),
            Self::GatedAttention => Box::new(attention(Decay::Gated(16.0))?),
        })
    }
}

/// The number whose softplus is this one, ln(e^v − 1).
fn inverse_softplus(v: f64) -> f64 {
    v + libm::log(-libm::expm1(-v))
}
