//! Reference lines: what theory says, to be drawn behind what was measured.

/// Slopes of the theory lines, in log10 per step of lag, and related figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// RNN: `log10(γ σ_max(W_hh))`, an upper bound on the growth of every product (Pascanu, Mikolov & Bengio 2013, §2.1): below 0 is
    /// sufficient for vanishing, above 0 necessary for exploding.
    pub pascanu_bound: Option<f64>,
    /// RNN: `log10(γ ρ(W_hh))`, the asymptotic rate of the linear net. `None` until the analysis is complete.
    pub linear_rate: Option<f64>,
    /// LSTM: `log10 σ(mean forget bias)`, a constant forget gate's rate; GRU: the same of the update gate.
    pub constant_gate: Option<f64>,
    /// `1 + e^b`, the time constant of that constant gate in steps.
    pub time_constant: Option<f64>,
}

use crate::spectra::BlockSpectra;
use crate::vocabulary::Cell;
use crate::weights::Weights;
use unroll_numerics::elementary::sigmoid;

impl Reference {
    /// From the weights and the spectra of their recurrent blocks.
    pub(crate) fn new(w: &Weights, blocks: &BlockSpectra) -> Self {
        let n = w.hidden_size;
        let log_slope = |radius: f64| libm::log10(w.activation.steepest_slope() * radius);
        let rnn = w.cell == Cell::Rnn;
        let kept_block = match w.cell {
            Cell::Rnn => None,
            // f in i, f, g, o and z in r, z, n: both the second block.
            Cell::Lstm | Cell::Gru => Some(n..2 * n),
        };
        let bias = kept_block.map(|rows| {
            let sum: f64 = w.bias_ih[rows.clone()].iter().chain(&w.bias_hh[rows]).sum();
            sum / n as f64
        });
        Self {
            pascanu_bound: blocks.sigma_max.first().filter(|_| rnn).map(|s| log_slope(*s)),
            linear_rate: blocks.spectral_radius.first().filter(|_| rnn).map(|r| log_slope(*r)),
            constant_gate: bias.map(|b| libm::log10(sigmoid(b))),
            time_constant: bias.map(|b| 1.0 + libm::exp(b)),
        }
    }
}
