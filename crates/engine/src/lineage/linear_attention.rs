//! Linear attention, retention and gated linear attention: a matrix-valued state under the one linear recurrence. One head, causal; q, k and v
//! are projections of the input without bias.
//!
//! `S_t = diag(α_t) S_{t−1} + k_t v_tᵀ`, `out_t = q_tᵀ S_t`, with α = 1 (Katharopoulos et al. 2020, §3.2–3.3; there q and k pass through
//! φ(v) = elu(v) + 1 and the output is divided by φ(q) · Σ φ(k)), α = γ (Sun et al. 2023, RetNet, §2.1), or α = σ(gate x)^{1/τ} (Yang et al.
//! 2023, §4). The divisor's sum is one more column of S, under a v of 1.

use unroll_numerics::elementary::sigmoid;

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::layers::{linear, linear_back, softplus};
use super::parameters::{at_least_one, finite, Parameters};
use super::recurrence::Recurrence;
use super::{LineageError, ScaledRows};
use crate::kernel::{axpy, dot};

/// What the state is multiplied by at every step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// 1, and the output is normalised: linear attention.
    None,
    /// γ: retention.
    Fixed(f64),
    /// σ(gate x)^{1/τ} with this τ, one number a key dimension: gated linear attention.
    Gated(f64),
}

const QUERY: usize = 0;
const KEY: usize = 1;
const VALUE: usize = 2;
const GATE_WEIGHT: usize = 3;
const GATE_BIAS: usize = 4;

/// A head of one of the three.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearAttention {
    decay: Decay,
    d_model: usize,
    d_key: usize,
    d_value: usize,
    parameters: Parameters,
}

/// What a run keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearAttentionTrace {
    /// `[T][d]`.
    x: Vec<f64>,
    /// `[T][d_key]`, before φ.
    q: Vec<f64>,
    /// `[T][d_key]`, before φ.
    k: Vec<f64>,
    /// `[T][d_value]`.
    v: Vec<f64>,
    /// q and k as they meet the state, `[T][d_key]`.
    read: Vec<f64>,
    write: Vec<f64>,
    /// v with a 1 behind it for linear attention, `[T][columns]`.
    written: Vec<f64>,
    /// Before the sigmoid, `[T][d_key]`, for gated linear attention.
    raw_gate: Vec<f64>,
    /// `[T][d_key]` where gated, else one number.
    alpha: Vec<f64>,
    /// `[T][d_key][columns]`.
    state: Vec<f64>,
    /// The last S, `[d_key][d_value]`.
    state_last: Vec<f64>,
    /// `[T][columns]`: qᵀ S.
    sums: Vec<f64>,
    /// `[T][d_value]`.
    out: Vec<f64>,
}

/// elu(v) + 1.
fn phi(v: f64) -> f64 {
    if v > 0.0 {
        v + 1.0
    } else {
        libm::exp(v)
    }
}

fn phi_slope(v: f64) -> f64 {
    if v > 0.0 {
        1.0
    } else {
        libm::exp(v)
    }
}

impl LinearAttention {
    /// From sizes and a function that gives a parameter's numbers by its name (`q_proj.weight`, `k_proj.weight`, `v_proj.weight`, where gated
    /// `gate.weight` and `gate.bias`) and shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(
        decay: Decay,
        [d_model, d_key, d_value]: [usize; 3],
        give: impl FnMut(&str, &[usize]) -> Vec<f64>,
    ) -> Result<Self, LineageError> {
        at_least_one("The model size", d_model)?;
        at_least_one("The key size", d_key)?;
        at_least_one("The value size", d_value)?;
        let mut shapes = vec![
            ("q_proj.weight", vec![d_key, d_model]),
            ("k_proj.weight", vec![d_key, d_model]),
            ("v_proj.weight", vec![d_value, d_model]),
        ];
        if matches!(decay, Decay::Gated(_)) {
            shapes.extend([("gate.weight", vec![d_key, d_model]), ("gate.bias", vec![d_key])]);
        }
        Ok(Self { decay, d_model, d_key, d_value, parameters: Parameters::gather(shapes, give)? })
    }

    /// Columns of the state.
    fn columns(&self) -> usize {
        self.d_value + usize::from(self.decay == Decay::None)
    }

    /// The recurrence of a run, over d_key × columns states.
    pub fn recurrence<'t>(&self, trace: &'t LinearAttentionTrace) -> Recurrence<'t, f64> {
        self.recurrence_of(&trace.alpha)
    }

    fn recurrence_of<'t>(&self, alpha: &'t [f64]) -> Recurrence<'t, f64> {
        match self.decay {
            Decay::Gated(_) => Recurrence::varying(alpha, self.d_key).shared(self.columns()),
            Decay::None | Decay::Fixed(_) => Recurrence::fixed(alpha).shared(self.d_key * self.columns()),
        }
    }
}

impl Block for LinearAttention {
    type Trace = LinearAttentionTrace;

    fn input_size(&self) -> usize {
        self.d_model
    }

    fn output_size(&self) -> usize {
        self.d_value
    }

    fn forward(&self, x: &[f64]) -> Result<LinearAttentionTrace, LineageError> {
        let steps = block::steps(x, self.d_model)?;
        let (n, m, columns) = (self.d_key, self.d_value, self.columns());
        let layer = |which: usize| linear(self.parameters.get(which), None, x, self.d_model);
        let (q, k, v) = (layer(QUERY), layer(KEY), layer(VALUE));
        let seen = |values: &[f64]| if self.decay == Decay::None { values.iter().map(|v| phi(*v)).collect() } else { values.to_vec() };
        let (read, write) = (seen(&q), seen(&k));
        let mut written = Vec::with_capacity(steps * columns);
        for v in v.chunks_exact(m) {
            written.extend_from_slice(v);
            written.extend(std::iter::repeat_n(1.0, columns - m));
        }
        let raw_gate = match self.decay {
            Decay::Gated(_) => linear(self.parameters.get(GATE_WEIGHT), Some(self.parameters.get(GATE_BIAS)), x, self.d_model),
            Decay::None | Decay::Fixed(_) => Vec::new(),
        };
        let alpha = match self.decay {
            Decay::None => vec![1.0],
            Decay::Fixed(gamma) => vec![gamma],
            // σ(v)^{1/τ}, by its logarithm.
            Decay::Gated(tau) => raw_gate.iter().map(|v| libm::exp(-softplus(-v) / tau)).collect(),
        };
        let outer = (0..steps * n * columns).map(|i| write[i / columns] * written[i / (n * columns) * columns + i % columns]).collect();
        let state = self.recurrence_of(&alpha).forward(&vec![0.0; n * columns], outer)?;
        let mut sums = vec![0.0; steps * columns];
        let readings = sums.chunks_exact_mut(columns).zip(state.chunks_exact(n * columns)).zip(read.chunks_exact(n));
        for ((sums, state), q) in readings {
            state.chunks_exact(columns).zip(q).for_each(|(row, q)| axpy(*q, row, sums));
        }
        let divided = |sums: &[f64]| {
            let divisor = if columns > m { sums[m] } else { 1.0 };
            sums[..m].iter().map(|s| s / divisor).collect::<Vec<f64>>()
        };
        let out: Vec<f64> = sums.chunks_exact(columns).flat_map(divided).collect();
        finite(&out, m)?;
        let last = &state[(steps - 1) * n * columns..];
        let state_last = last.chunks_exact(columns).flat_map(|row| row[..m].iter().copied()).collect();
        Ok(LinearAttentionTrace { x: x.to_vec(), q, k, v, read, write, written, raw_gate, alpha, state, state_last, sums, out })
    }

    fn output<'t>(&self, trace: &'t LinearAttentionTrace) -> &'t [f64] {
        &trace.out
    }

    fn inner<'t>(&self, trace: &'t LinearAttentionTrace) -> Vec<Named<'t>> {
        let (n, m) = (self.d_key, self.d_value);
        let steps = trace.out.len() / m;
        let mut inner = vec![
            Named::new("q", &[steps, n], &trace.q),
            Named::new("k", &[steps, n], &trace.k),
            Named::new("v", &[steps, m], &trace.v),
            Named::new("state_last", &[n, m], &trace.state_last),
        ];
        match self.decay {
            Decay::None => {
                inner.push(Named::new("phi_q", &[steps, n], &trace.read));
                inner.push(Named::new("phi_k", &[steps, n], &trace.write));
            }
            Decay::Fixed(_) => {}
            Decay::Gated(_) => inner.push(Named::new("alpha", &[steps, n], &trace.alpha)),
        }
        inner
    }

    fn vjp(&self, trace: &LinearAttentionTrace, cotangent: &ScaledRows, _path: Path, mut gradients: Option<&mut Gradients>) -> ScaledRows {
        let (n, m, d, columns) = (self.d_key, self.d_value, self.d_model, self.columns());
        let width = n * columns;
        let mut dx = ScaledRows::zeros(trace.x.len() / d, d);
        let mut adjoint = self.recurrence(trace).backward();
        let zero = vec![0.0; width];
        let (mut by_sums, mut by_state) = (vec![0.0; columns], vec![0.0; width]);
        let (mut by_key, mut by_value, mut by_gate) = (vec![0.0; n], vec![0.0; columns], vec![0.0; n]);
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let x = &trace.x[t * d..(t + 1) * d];
            let (read, write) = (&trace.read[t * n..(t + 1) * n], &trace.write[t * n..(t + 1) * n]);
            let state = &trace.state[t * width..(t + 1) * width];
            let mut layer = |which: usize, g: &[f64], exponent: i64| {
                let gradients = gradients.as_deref_mut().and_then(|g| match &mut g.values[which..] {
                    [weight, rest @ ..] => {
                        let bias = rest.first_mut().filter(|_| which == GATE_WEIGHT).map(Vec::as_mut_slice);
                        Some((weight.as_mut_slice(), bias))
                    }
                    [] => None,
                });
                linear_back(self.parameters.get(which), x, g, exponent, (&mut dx, t), gradients);
            };
            // What the output reads: S and q, over the divisor where there is one.
            let (g, exponent) = cotangent.row(t);
            let divisor = if columns > m { trace.sums[t * columns + m] } else { 1.0 };
            by_sums[..m].iter_mut().zip(g).for_each(|(slot, g)| *slot = g / divisor);
            if columns > m {
                by_sums[m] = -dot(g, &trace.out[t * m..(t + 1) * m]) / divisor;
            }
            for (by_row, q) in by_state.chunks_exact_mut(columns).zip(read) {
                by_row.iter_mut().zip(&by_sums).for_each(|(slot, g)| *slot = q * g);
            }
            adjoint.add(&by_state, exponent);
            let slope = |raw: f64| if self.decay == Decay::None { phi_slope(raw) } else { 1.0 };
            for (i, slot) in by_key.iter_mut().enumerate() {
                *slot = dot(&state[i * columns..(i + 1) * columns], &by_sums) * slope(trace.q[t * n + i]);
            }
            layer(QUERY, &by_key, exponent);
            // What the state takes in: k and v, and α.
            if let Decay::Gated(tau) = self.decay {
                let previous = if t == 0 { &zero[..] } else { &trace.state[(t - 1) * width..t * width] };
                adjoint.coefficients(previous, &mut by_gate);
                for (i, slot) in by_gate.iter_mut().enumerate() {
                    *slot *= trace.alpha[t * n + i] * sigmoid(-trace.raw_gate[t * n + i]) / tau;
                }
            }
            let (g, exponent) = adjoint.now();
            by_value.fill(0.0);
            let written = &trace.written[t * columns..(t + 1) * columns];
            for (i, row) in g.chunks_exact(columns).enumerate() {
                by_key[i] = dot(row, written) * slope(trace.k[t * n + i]);
                axpy(write[i], row, &mut by_value);
            }
            layer(KEY, &by_key, exponent);
            layer(VALUE, &by_value[..m], exponent);
            if matches!(self.decay, Decay::Gated(_)) {
                layer(GATE_WEIGHT, &by_gate, exponent);
            }
            adjoint.back(t);
        }
        dx
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.parameters.list()
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        self.parameters.list_mut()
    }

    fn cost(&self, steps: usize) -> Cost {
        let (d, n, m, columns, steps) = (self.d_model as u64, self.d_key as u64, self.d_value as u64, self.columns() as u64, steps as u64);
        let gated = u64::from(matches!(self.decay, Decay::Gated(_)));
        let layers = 2 * d * (2 * n + m) + gated * n * (2 * d + 6);
        Cost {
            parameters: self.parameters.count(),
            // k vᵀ, S α + …, qᵀ S.
            forward_flops: steps * (layers + n * columns * (1 + 2 + 2)),
            vjp_flops: steps * (layers + n * columns * (1 + 1 + 2 + 4 + 1 + 2 * gated)),
            stored: steps * (d + 4 * n + m + 2 * columns + n * columns + 2 * gated * n),
        }
    }
}
