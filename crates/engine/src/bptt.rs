//! Backpropagation through time, with a log scale, so that nothing under- or overflows.

use crate::cell::{self, Deltas};
use crate::kernel::axpy;
use crate::problem::Problem;
use crate::scaled::{log10_scaled, norm, normalise, scale, scaled_norm};
use crate::unroll::Trace;
use crate::vocabulary::{Cell, LossSite};

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
    /// `[T+1][n]` row-major; the true value of state k is its mantissa times 2 to its exponent.
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

pub(crate) const NAMES: [&str; 4] = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];

impl Adjoint {
    fn zeros(states: usize, n: usize) -> Self {
        Self { mantissa: vec![0.0; states * n], exponent: vec![0; states], log10_norm: vec![f64::NEG_INFINITY; states] }
    }

    fn set(&mut self, k: usize, values: &[f64], exponent: i64) {
        let n = values.len();
        let slot = &mut self.mantissa[k * n..(k + 1) * n];
        slot.copy_from_slice(values);
        let extra = normalise(slot);
        self.exponent[k] = exponent + extra;
        self.log10_norm[k] = log10_scaled(norm(slot), exponent + extra);
    }
}

/// The last step whose hidden state the loss reads, given T.
pub(crate) fn last_site(site: LossSite, seq_len: usize) -> usize {
    match site {
        LossSite::LastStep | LossSite::EveryStep => seq_len,
        LossSite::Step(t) => t.clamp(1, seq_len.max(1)).min(seq_len),
    }
}

fn reads(site: LossSite, t: usize, last: usize) -> bool {
    t == last || site == LossSite::EveryStep
}

/// L.
pub(crate) fn loss(problem: &Problem, trace: &Trace, seq_len: usize) -> f64 {
    let n = problem.weights.hidden_size;
    let last = last_site(problem.loss_site, seq_len);
    (1..=last)
        .filter(|t| reads(problem.loss_site, *t, last))
        .map(|t| crate::kernel::dot(&problem.cotangent, &trace.h[t * n..(t + 1) * n]))
        .sum()
}

/// The backward pass over the whole sequence.
pub(crate) fn run(problem: &Problem, trace: &Trace, seq_len: usize) -> Backward {
    let w = &problem.weights;
    let (n, d, rows) = (w.hidden_size, w.input_size, w.cell.blocks() * w.hidden_size);
    let last = last_site(problem.loss_site, seq_len);

    let mut dl_dh = Adjoint::zeros(seq_len + 1, n);
    let mut dl_dc = (w.cell == Cell::Lstm).then(|| Adjoint::zeros(seq_len + 1, n));
    let mut log10_norm_dl_ds = vec![f64::NEG_INFINITY; seq_len + 1];
    // Deltas of every step with their exponents: the gradients need one common exponent, known only at the end.
    let (mut delta_ih, mut delta_hh) = (vec![0.0; seq_len * rows], vec![0.0; seq_len * rows]);
    let mut exponents = vec![0_i64; seq_len];

    // The running adjoint of state t, [dh] or [dh; dc], times 2^−exponent.
    let mut running = vec![0.0; n * w.cell.states()];
    let (mut dc_total, mut direct) = (vec![0.0; n], vec![0.0; n]);
    let mut exponent = 0_i64;
    for t in (0..=seq_len).rev() {
        if t >= 1 && t <= last && reads(problem.loss_site, t, last) {
            add_cotangent(&mut running, &mut exponent, &problem.cotangent);
        }
        exponent += normalise(&mut running);
        log10_norm_dl_ds[t] = log10_scaled(norm(&running), exponent);
        let (dh, dc) = running.split_at_mut(n);
        dl_dh.set(t, dh, exponent);
        if t == 0 {
            if let Some(dl_dc) = &mut dl_dc {
                dl_dc.set(0, dc, exponent);
            }
            break;
        }
        let row = (t - 1) * rows..t * rows;
        let (ih, hh) = (&mut delta_ih[row.clone()], &mut delta_hh[row]);
        let mut deltas = Deltas { dh, dc, dc_total: Some(&mut dc_total), direct: &mut direct, ih, hh };
        cell::backward(w, trace.step(n, t), &mut deltas);
        if let Some(dl_dc) = &mut dl_dc {
            dl_dc.set(t, &dc_total, exponent);
        }
        exponents[t - 1] = exponent;
    }

    let uses = [
        Uses { deltas: &delta_ih, inputs: &problem.x, width: d },
        Uses { deltas: &delta_hh, inputs: &trace.h, width: n },
        Uses { deltas: &delta_ih, inputs: &[], width: 0 },
        Uses { deltas: &delta_hh, inputs: &[], width: 0 },
    ];
    let gradients = NAMES.into_iter().zip(uses).map(|(name, uses)| gradient(name, &uses, rows, &exponents)).collect();
    Backward { dl_dh, dl_dc, log10_norm_dl_ds, gradients }
}

/// running·2^exponent += v·2^0, keeping the larger exponent of the two.
fn add_cotangent(running: &mut [f64], exponent: &mut i64, v: &[f64]) {
    if running.iter().all(|a| *a == 0.0) {
        *exponent = 0;
    }
    if *exponent < 0 {
        let factor = scale(1.0, *exponent);
        running.iter_mut().for_each(|a| *a *= factor);
        *exponent = 0;
    }
    axpy(scale(1.0, -*exponent), v, running);
}

/// log10 ‖P_{S←k}ᵀ (v, 0)‖ per state k = 0…S, where S is the last step that the loss reads: the part of the gradient that comes from there. The
/// arithmetic is that of [`run`], so that with a loss at one step the numbers are `log10_norm_dl_ds` to the last bit.
pub(crate) fn norms_from_last_site(problem: &Problem, trace: &Trace, seq_len: usize) -> Vec<f64> {
    let w = &problem.weights;
    let (n, rows, last) = (w.hidden_size, w.cell.blocks() * w.hidden_size, last_site(problem.loss_site, seq_len));
    let (mut running, mut direct) = (vec![0.0; n * w.cell.states()], vec![0.0; n]);
    let (mut ih, mut hh) = (vec![0.0; rows], vec![0.0; rows]);
    let mut exponent = 0;
    add_cotangent(&mut running, &mut exponent, &problem.cotangent);
    let mut norms = vec![f64::NEG_INFINITY; last + 1];
    for t in (0..=last).rev() {
        exponent += normalise(&mut running);
        norms[t] = log10_scaled(norm(&running), exponent);
        if t > 0 {
            let (dh, dc) = running.split_at_mut(n);
            let mut deltas = Deltas { dh, dc, dc_total: None, direct: &mut direct, ih: &mut ih, hh: &mut hh };
            cell::backward(w, trace.step(n, t), &mut deltas);
        }
    }
    norms
}

/// How a parameter is used at each step: its contribution is the outer product delta_t ⊗ input_t, or delta_t itself for a bias.
struct Uses<'a> {
    /// `[T][rows]`.
    deltas: &'a [f64],
    /// `[T or T+1][width]`, entry t-1 belonging to step t; empty for a bias.
    inputs: &'a [f64],
    width: usize,
}

impl Uses<'_> {
    fn input(&self, i: usize) -> &[f64] {
        &self.inputs[i * self.width..(i + 1) * self.width]
    }

    /// ‖contribution of entry i‖_F as (mantissa, exponent): the norm of an outer product is the product of the norms.
    fn norm(&self, i: usize, rows: usize) -> (f64, i64) {
        let (delta, exponent) = scaled_norm(&self.deltas[i * rows..(i + 1) * rows]);
        if self.width == 0 {
            return (delta, exponent);
        }
        let (input, input_exponent) = scaled_norm(self.input(i));
        let (input, shift) = libm::frexp(input);
        (delta * input, exponent + input_exponent + i64::from(shift))
    }

    fn add(&self, i: usize, rows: usize, factor: f64, sum: &mut [f64]) {
        let delta = &self.deltas[i * rows..(i + 1) * rows];
        if self.width == 0 {
            axpy(factor, delta, sum);
            return;
        }
        for (row, delta) in sum.chunks_exact_mut(self.width).zip(delta) {
            axpy(factor * delta, self.input(i), row);
        }
    }
}

fn gradient(name: &'static str, uses: &Uses<'_>, rows: usize, exponents: &[i64]) -> ParameterGradient {
    let steps = exponents.len();
    let norms: Vec<(f64, i64)> = (0..steps)
        .map(|i| {
            let (mantissa, exponent) = uses.norm(i, rows);
            (mantissa, exponent + exponents[i])
        })
        .collect();
    let log10_norm_by_step: Vec<f64> = norms.iter().map(|(mantissa, exponent)| log10_scaled(*mantissa, *exponent)).collect();
    // One exponent for the sum: the largest contribution's.
    let largest = norms.iter().filter(|(mantissa, _)| *mantissa > 0.0).map(|(mantissa, e)| e + i64::from(libm::frexp(*mantissa).1)).max();
    let mut exponent = largest.unwrap_or(0);
    let factor = |i: usize| scale(1.0, exponents[i] - exponent);
    let mut mantissa = vec![0.0; rows * uses.width.max(1)];
    for i in (0..steps).rev() {
        uses.add(i, rows, factor(i), &mut mantissa);
    }
    // What a window of the last k steps leaves out is the sum of the earlier contributions: accumulate those from the first step on.
    let total = norm(&mantissa);
    let mut truncation_error = vec![0.0; steps];
    if total > 0.0 {
        let mut left_out = vec![0.0; mantissa.len()];
        for k in (1..steps).rev() {
            let i = steps - k - 1;
            uses.add(i, rows, factor(i), &mut left_out);
            truncation_error[k - 1] = norm(&left_out) / total;
        }
    }
    let extra = normalise(&mut mantissa);
    exponent += extra;
    let log10_norm = log10_scaled(norm(&mantissa), exponent);
    ParameterGradient { name, mantissa, exponent, log10_norm_by_step, log10_norm, truncation_error }
}
