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
//! Under truncation the δ_t are the truncated ones, and the sum goes over the steps t after the first of each stretch. A sequence's term
//! with ‖δ_t‖² below 10⁻²⁸⁰ (in float32 below 10⁻²⁸ of the batch's largest, roughly) is left out: it has no ratio.

use super::step::slope;
use super::workspace::Workspace;
use crate::linalg::batched::{multiply_add, padded, Shape, View};
use crate::real::Real;

/// Adds the gradient of step t's terms, over the whole batch, to `omega_blocks`, and returns their sum. Read are the deltas of step t
/// and, in `dh`, `W_hhᵀ δ_t`.
pub(super) fn add_term<R: Real>(workspace: &mut Workspace<R>, t: usize) -> f64 {
    let least_square = R::SQUARES.start;
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
            let (delta, v) = (delta[lane].widen(), (back[lane] * slope(activation, h[lane])).widen());
            deltas[lane] += delta * delta;
            carried[lane] += v * v;
        }
    }
    let mut sum = 0.0;
    // From here on `deltas` holds the factor of the outer product of each sequence.
    for (lane, (delta, v)) in deltas.iter_mut().zip(carried.iter()).enumerate() {
        if lane >= batch || *delta < least_square {
            *delta = 0.0;
            continue;
        }
        let ratio = (v / *delta).sqrt();
        sum += (ratio - 1.0) * (ratio - 1.0);
        *delta = if *v < least_square { 0.0 } else { 2.0 * (ratio - 1.0) / (delta.sqrt() * v.sqrt()) };
    }
    for (scaled, delta) in workspace.omega_scaled.chunks_exact_mut(lanes).zip(workspace.delta.chunks_exact(lanes)) {
        for lane in 0..lanes {
            scaled[lane] = R::narrow(delta[lane].widen() * deltas[lane]);
        }
    }
    for (j, (back, h)) in workspace.dh.chunks_exact(lanes).zip(before.chunks_exact(lanes)).enumerate() {
        for lane in 0..lanes {
            let slope = slope(activation, h[lane]);
            workspace.transposed[lane * width + workspace.columns.hidden + j] = back[lane] * slope * slope;
        }
    }
    let right = View::new(&workspace.transposed[workspace.columns.hidden..], width);
    let shape = Shape { rows: n, depth: lanes, columns: padded::<R>(n) };
    multiply_add(shape, View::new(&workspace.omega_scaled, lanes), right, &mut workspace.omega_blocks, padded::<R>(n));
    sum
}

#[cfg(test)]
mod tests {
    use crate::kernel::{gemv, gemv_transposed};
    use crate::train::{Config, Model, Task, Trainer};
    use crate::vocabulary::{Activation, Cell};

    const STEPS: usize = 7;
    const BATCH: usize = 3;

    fn trainer(activation: Activation, omega: f64) -> Trainer {
        let (task, cell) = (Task::Sine { steps: STEPS, shortest_period: 4.0, longest_period: 9.0 }, Cell::Rnn);
        let config =
            Config { task, cell, activation, omega, hidden_size: 4, batch_size: BATCH, clip: crate::train::Clip::Off, ..Config::default() };
        Trainer::new(config).unwrap()
    }

    /// (δ_t, φ'(a_{t−1})) of one sequence for t = 2 … T, by a pass of its own.
    fn deltas(model: &Model, x: &[f64], y: &[f64]) -> Vec<(Vec<f64>, Vec<f64>)> {
        let (w, n) = (&model.cell, model.cell.hidden_size);
        let mut h = vec![vec![0.0; n]];
        for t in 0..STEPS {
            let mut a = vec![0.0; n];
            gemv(&w.weight_hh, &h[t], &mut a);
            h.push((0..n).map(|j| w.activation.value(a[j] + w.weight_ih[j] * x[t] + w.bias_ih[j] + w.bias_hh[j])).collect());
        }
        let slope = |t: usize| h[t].iter().map(|h| w.activation.derivative_from_value(*h)).collect::<Vec<f64>>();
        let (mut dh, mut found) = (vec![0.0; n], Vec::new());
        for t in (1..=STEPS).rev() {
            let z: f64 = model.readout_bias[0] + (0..n).map(|j| model.readout_weight[j] * h[t][j]).sum::<f64>();
            let derivative = 2.0 * (z - y[t - 1]) / (STEPS * BATCH) as f64;
            let delta: Vec<f64> = (0..n).map(|j| (dh[j] + derivative * model.readout_weight[j]) * slope(t)[j]).collect();
            gemv_transposed(&w.weight_hh, &delta, &mut dh);
            if t > 1 {
                found.push((delta, slope(t - 1)));
            }
        }
        found
    }

    /// Ω as a function of W_hh alone, averaged over the batch.
    fn omega(terms: &[(Vec<f64>, Vec<f64>)], weight_hh: &[f64]) -> f64 {
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let term = |(delta, slope): &(Vec<f64>, Vec<f64>)| {
            let mut back = vec![0.0; delta.len()];
            gemv_transposed(weight_hh, delta, &mut back);
            let v: Vec<f64> = back.iter().zip(slope).map(|(b, s)| b * s).collect();
            (norm(&v) / norm(delta) - 1.0).powi(2)
        };
        terms.iter().map(term).sum::<f64>() / BATCH as f64
    }

    #[test]
    fn its_gradient_is_the_slope_by_the_recurrent_weight_alone() {
        for activation in [Activation::Tanh, Activation::Sigmoid] {
            let (mut plain, mut regularised) = (trainer(activation, 0.0), trainer(activation, 0.25));
            let model = plain.model();
            assert_eq!(plain.step().unwrap().omega, 0.0);
            let value = regularised.step().unwrap().omega;
            let batch = plain.batch().clone();
            let crate::train::Targets::Values(y) = &batch.targets else { panic!("values") };
            let lane = |values: &[f64], lane: usize| values.iter().skip(lane).step_by(BATCH).copied().collect::<Vec<f64>>();
            let terms: Vec<_> = (0..BATCH).flat_map(|b| deltas(&model, &lane(&batch.x, b), &lane(y, b))).collect();
            assert!((value - omega(&terms, &model.cell.weight_hh)).abs() < 1e-12 * value, "{value}");
            let [_, recurrent, ..] = model.layout().ranges();
            for (i, (with, without)) in regularised.gradient().iter().zip(plain.gradient()).enumerate() {
                let ours = (with - without) / 0.25;
                if !recurrent.contains(&i) {
                    assert_eq!(with.to_bits(), without.to_bits());
                    continue;
                }
                let at = |by: f64| {
                    let mut weight = model.cell.weight_hh.clone();
                    weight[i - recurrent.start] += by;
                    omega(&terms, &weight)
                };
                let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
                assert!((ours - slope).abs() < 1e-7 * (1.0 + slope.abs()), "{activation:?} {i}: {ours} not {slope}");
            }
        }
    }
}
