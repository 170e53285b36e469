//! Products of step Jacobians in log space.

/// log10 norms (largest singular value) of `P_{T←k} = J_T … J_{k+1}`, per state k = 0…T.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductNorms {
    /// Of the whole product.
    pub log10_sigma_max: Vec<f64>,
    /// Of `∂h_T/∂h_k`.
    pub log10_norm_dht_dhk: Vec<f64>,
    /// Of `∂c_T/∂c_k` (LSTM).
    pub log10_norm_dct_dck: Option<Vec<f64>>,
    /// The smallest lag `T−k` at which the product is exactly zero in double precision, if any.
    pub exactly_zero_from_lag: Option<usize>,
    /// Direct cell path (LSTM): log10 of the largest `∏_{t=k+1}^{T} f_t` over the units, per state.
    pub log10_direct_cell_path: Option<Vec<f64>>,
}
