//! The regulariser Ω of Pascanu, Mikolov & Bengio 2013 ("On the difficulty of training recurrent neural networks", eq. 9 and 10), which
//! keeps the backpropagated error's norm from step to step, for the plain RNN.
//!
//! In the paper the state is the preactivation, here a_t, so that with δ_t = ∂L/∂a_t
//!
//! `Ω = Σ_{t=2}^{T} (‖(W_hhᵀ δ_t) ⊙ φ'(a_{t−1})‖ / ‖δ_t‖ − 1)²`,
//!
//! averaged over the batch. Its gradient is the paper's "immediate" partial derivative: by the W_hh that is written here only, with
//! every δ_t and every a_t held fixed, although they depend on W_hh too. No other parameter has an immediate derivative:
//!
//! `∂⁺Ω/∂W_hh = Σ_t 2 (r_t − 1)/(‖δ_t‖ ‖v_t‖) δ_t (v_t ⊙ φ'(a_{t−1}))ᵀ`, `v_t = (W_hhᵀ δ_t) ⊙ φ'(a_{t−1})`, `r_t = ‖v_t‖/‖δ_t‖`.
//!
//! A sequence's term with ‖δ_t‖² below 10⁻²⁸⁰ is left out: it has no ratio.

use super::matrix::{multiply_add, padded, Shape, View};
use super::workspace::Workspace;

const LEAST_SQUARE: f64 = 1e-280;

/// Adds the gradient of step t's terms, over the whole batch, to `omega_blocks`, and returns their sum. Read are the deltas of step t
/// and, in `dh`, `W_hhᵀ δ_t`.
pub(super) fn add_term(workspace: &mut Workspace, t: usize) -> f64 {
    let (n, d, lanes, batch) = (workspace.layout.hidden_size, workspace.layout.input_size, workspace.lanes, workspace.batch);
    let activation = workspace.layout.activation;
    let slot = workspace.slot();
    let width = workspace.columns.width;
    let before = &workspace.states[(t - 1) * slot + d * lanes..t * slot];
    let [deltas, carried] = &mut workspace.lane_scratch;
    deltas.fill(0.0);
    carried.fill(0.0);
    let rows = workspace.delta.chunks_exact(lanes).zip(workspace.dh.chunks_exact(lanes)).zip(before.chunks_exact(lanes));
    for ((delta, back), h) in rows {
        for lane in 0..lanes {
            let v = back[lane] * activation.derivative_from_value(h[lane]);
            deltas[lane] += delta[lane] * delta[lane];
            carried[lane] += v * v;
        }
    }
    let mut sum = 0.0;
    // From here on `deltas` holds the factor of the outer product of each sequence.
    for (lane, (delta, v)) in deltas.iter_mut().zip(carried.iter()).enumerate() {
        if lane >= batch || *delta < LEAST_SQUARE {
            *delta = 0.0;
            continue;
        }
        let ratio = (v / *delta).sqrt();
        sum += (ratio - 1.0) * (ratio - 1.0);
        *delta = if *v < LEAST_SQUARE { 0.0 } else { 2.0 * (ratio - 1.0) / (delta.sqrt() * v.sqrt()) };
    }
    for (scaled, delta) in workspace.omega_scaled.chunks_exact_mut(lanes).zip(workspace.delta.chunks_exact(lanes)) {
        for lane in 0..lanes {
            scaled[lane] = delta[lane] * deltas[lane];
        }
    }
    for (j, (back, h)) in workspace.dh.chunks_exact(lanes).zip(before.chunks_exact(lanes)).enumerate() {
        for lane in 0..lanes {
            let slope = activation.derivative_from_value(h[lane]);
            workspace.transposed[lane * width + workspace.columns.hidden + j] = back[lane] * slope * slope;
        }
    }
    let right = View::new(&workspace.transposed[workspace.columns.hidden..], width);
    let shape = Shape { rows: n, depth: lanes, columns: padded(n) };
    multiply_add(shape, View::new(&workspace.omega_scaled, lanes), right, &mut workspace.omega_blocks, padded(n));
    sum
}
