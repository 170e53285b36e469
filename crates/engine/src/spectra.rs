//! Spectra of the step Jacobians and of the gate blocks of `W_hh`.

use crate::cell::StepJacobian;
use crate::linalg::extremes::extremes;
use crate::linalg::lanczos::{Lanczos, Proof};
use crate::linalg::spectrum::{eigenvalues, modulus};
use crate::tolerance::{SIGMA_RESIDUAL, SQUARES_FROM, SQUARES_TO};
use crate::unroll::Trace;
use crate::weights::Weights;

/// Per-step figures of the step Jacobian `J_t`, each with T entries; what is marked so is empty until the analysis is complete.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSpectra {
    /// Largest singular value.
    pub sigma_max: Vec<f64>,
    /// Smallest singular value. Empty until complete.
    pub sigma_min: Vec<f64>,
    /// Frobenius norm.
    pub frobenius: Vec<f64>,
    /// Largest |eigenvalue|. Empty until complete.
    pub spectral_radius: Vec<f64>,
}

/// Per gate block of `W_hh` (RNN 1, LSTM 4: i, f, g, o, GRU 3: r, z, n).
#[derive(Clone, Debug, PartialEq)]
pub struct BlockSpectra {
    /// Largest |eigenvalue| of each block. Empty until the analysis is complete.
    pub spectral_radius: Vec<f64>,
    /// Largest singular value of each block.
    pub sigma_max: Vec<f64>,
    /// Eigenvalues (re, im) of each block. Empty until the analysis is complete.
    pub eigenvalues: Vec<Vec<(f64, f64)>>,
}

impl StepSpectra {
    /// σ_max and the Frobenius norm of every step; the rest stays empty. `progress` hears the share that is done.
    pub(crate) fn critical(w: &Weights, trace: &Trace, seq_len: usize, progress: &mut dyn FnMut(f64)) -> Self {
        let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
        // Neighbouring steps share directions.
        let mut lanczos = Lanczos::default();
        let mut spectra = Self {
            sigma_max: Vec::with_capacity(seq_len),
            sigma_min: Vec::new(),
            frobenius: Vec::with_capacity(seq_len),
            spectral_radius: Vec::new(),
        };
        for t in 1..=seq_len {
            jacobian.set(w, trace.step(w.hidden_size, t));
            let frobenius = jacobian.frobenius();
            let largest = largest(&mut jacobian, frobenius, &mut lanczos);
            let bounds = frobenius * (1.0 - SIGMA_RESIDUAL) / (jacobian.state_size() as f64).sqrt()..=frobenius * (1.0 + 1e-12);
            debug_assert!(largest.is_nan() || bounds.contains(&largest), "σ_max {largest:e} of step {t}, but ‖J‖_F is {frobenius:e}");
            spectra.sigma_max.push(largest);
            spectra.frobenius.push(frobenius);
            progress(t as f64 / seq_len as f64);
        }
        spectra
    }
}

/// σ_max of a step Jacobian with this Frobenius norm.
fn largest(jacobian: &mut StepJacobian, frobenius: f64, lanczos: &mut Lanczos) -> f64 {
    if frobenius == 0.0 {
        0.0
    } else if (SQUARES_FROM..SQUARES_TO).contains(&frobenius) {
        lanczos.largest(jacobian, SIGMA_RESIDUAL, Proof::Always)
    } else {
        let m = jacobian.state_size();
        let mut dense = vec![0.0; m * m];
        jacobian.dense(&mut dense);
        extremes(&mut dense, m).0
    }
}

impl BlockSpectra {
    /// The singular values; the eigenvalues stay empty.
    pub(crate) fn critical(w: &Weights) -> Self {
        let n = w.hidden_size;
        let sigma_max = w.weight_hh.chunks_exact(n * n).map(|block| extremes(&mut block.to_vec(), n).0).collect();
        Self { spectral_radius: Vec::new(), sigma_max, eigenvalues: Vec::new() }
    }

    /// The eigenvalues, where they are not there yet.
    pub(crate) fn complete(&mut self, w: &Weights) {
        if self.eigenvalues.is_empty() {
            self.eigenvalues = block_eigenvalues(w);
            self.spectral_radius = self.eigenvalues.iter().map(|e| e.first().copied().map_or(0.0, modulus)).collect();
        }
    }
}

/// Eigenvalues (re, im) of each gate block of `W_hh`, by decreasing modulus.
pub(crate) fn block_eigenvalues(w: &Weights) -> Vec<Vec<(f64, f64)>> {
    let n = w.hidden_size;
    w.weight_hh.chunks_exact(n * n).map(|block| eigenvalues(block, n)).collect()
}
