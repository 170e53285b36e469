//! The forward pass.

/// One named quantity of the forward pass, `[T][n]` row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// `input`, `forget`, `candidate`, `output` (LSTM); `reset`, `update`, `candidate` (GRU); `preactivation` (RNN).
    pub name: &'static str,
    /// Activations; for `preactivation` the value before φ.
    pub values: Vec<f64>,
    /// Share of (unit, step) that is saturated: σ < 0.05 or > 0.95, |tanh| > 0.95. For the RNN's `preactivation` it is judged on
    /// φ of the value for tanh and sigmoid; for relu it is the share with derivative 0; for identity 0.
    pub saturation: f64,
}

/// States and gates of the forward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `h_k`, `[T+1][n]` row-major, k = 0…T.
    pub h: Vec<f64>,
    /// `c_k`, `[T+1][n]` row-major; empty unless the cell is an LSTM.
    pub c: Vec<f64>,
    /// The gates, in the order of PyTorch's packing.
    pub gates: Vec<Gate>,
}
