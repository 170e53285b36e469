//! Reference lines: what theory says, to be drawn behind what was measured.

/// Slopes of the theory lines, in log10 per step of lag, and related figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// RNN: `log10(γ σ_max(W_hh))`, an upper bound on the growth of every product (Pascanu, Mikolov & Bengio 2013, §2.1): below 0 is
    /// sufficient for vanishing, above 0 necessary for exploding.
    pub pascanu_bound: Option<f64>,
    /// RNN: `log10(γ ρ(W_hh))`, the asymptotic rate of the linear net.
    pub linear_rate: Option<f64>,
    /// LSTM: `log10 σ(mean forget bias)`, a constant forget gate's rate; GRU: the same of the update gate.
    pub constant_gate: Option<f64>,
    /// `1 + e^b`, the time constant of that constant gate in steps.
    pub time_constant: Option<f64>,
}
