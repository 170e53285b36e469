//! Singular values and eigenvalues; the only module that calls such decompositions.

/// Per-step figures of the step Jacobian `J_t`, each with T entries.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSpectra {
    /// Largest singular value.
    pub sigma_max: Vec<f64>,
    /// Smallest singular value.
    pub sigma_min: Vec<f64>,
    /// Frobenius norm.
    pub frobenius: Vec<f64>,
    /// Largest |eigenvalue|.
    pub spectral_radius: Vec<f64>,
}

/// Per gate block of `W_hh` (RNN 1, LSTM 4: i, f, g, o, GRU 3: r, z, n).
#[derive(Clone, Debug, PartialEq)]
pub struct BlockSpectra {
    /// Largest |eigenvalue| of each block.
    pub spectral_radius: Vec<f64>,
    /// Largest singular value of each block.
    pub sigma_max: Vec<f64>,
    /// Eigenvalues (re, im) of each block.
    pub eigenvalues: Vec<Vec<(f64, f64)>>,
}
