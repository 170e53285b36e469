//! Backpropagation through time, with a log scale, so that nothing under- or overflows.

/// One parameter's gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterGradient {
    /// `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`.
    pub name: &'static str,
    /// The gradient divided by `2^exponent`, shaped as the parameter, row-major.
    pub mantissa: Vec<f64>,
    /// Power of two taken out of `mantissa`.
    pub exponent: i64,
    /// log10 ‖∂L/∂W used at step t only‖_F, per step.
    pub log10_norm_by_step: Vec<f64>,
    /// log10 of the whole gradient's Frobenius norm.
    pub log10_norm: f64,
    /// Entry k (k = 1…T at index k-1): ‖gradient of truncated BPTT with window k − gradient‖_F / ‖gradient‖_F, where the window keeps
    /// the contributions of the last k steps. 0 at k = T. All 0 where the gradient is exactly zero.
    pub truncation_error: Vec<f64>,
}

/// Adjoint vectors `∂L/∂(value)`, per state, each scaled by its own power of two.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjoint {
    /// `[T+1][n]` row-major; true value = mantissa · 2^exponent[k].
    pub mantissa: Vec<f64>,
    /// Powers of two, per state.
    pub exponent: Vec<i64>,
    /// log10 of the Euclidean norm, per state.
    pub log10_norm: Vec<f64>,
}

/// What the backward pass gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Backward {
    /// Total derivative of L by `h_k`, as PyTorch's `.grad` on the unrolled graph gives it.
    pub dl_dh: Adjoint,
    /// Total derivative of L by `c_k` (LSTM), including the path through `h_k`; `None` for the other cells.
    pub dl_dc: Option<Adjoint>,
    /// log10 ‖∂L/∂s_k‖ per state with h_k and c_k as independent coordinates of s_k (for RNN and GRU the same as `dl_dh`).
    /// With the loss at the last step only, it is the norm of `P_{T←k}ᵀ (v, 0)`.
    pub log10_norm_dl_ds: Vec<f64>,
    /// The four parameters' gradients, in the order weight_ih, weight_hh, bias_ih, bias_hh.
    pub gradients: Vec<ParameterGradient>,
}
