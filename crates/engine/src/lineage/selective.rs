//! Mamba's selective state-space model (Gu & Dao 2023, §3.2, algorithm 2): Δ, B and C depend on the input.
//!
//! `h_t[d] = exp(Δ_t A) h_{t−1}[d] + B̄_t x_t`, `y_t[d] = C_t · h_t[d] + D x_t`, with `A = −exp(A_log)`, `Δ = softplus(dt_proj x_proj x)`, and
//! B̄ = ΔB as the code has it, or by another [`Rule`]. With the inputs held, `∂h_T/∂h_k = exp(A Σ Δ_j)`: only the sum of Δ counts. Δ → 0
//! keeps the state and ignores the input, Δ → ∞ forgets it.

use unroll_numerics::elementary::sigmoid;

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::discretise::{discretise, slopes, Discrete, Rule};
use super::layers::{linear, softplus};
use super::parameters::{at_least_one, finite, Parameters};
use super::recurrence::Recurrence;
use super::recurrent::outer_add;
use super::{LineageError, ScaledRows};
use crate::kernel::{axpy, dot, gemv_transposed};
use crate::scaled::scale;

/// Sizes of a selective state-space model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectiveShape {
    /// Channels, each with a state of its own; also the numbers an input and an output step have.
    pub channels: usize,
    /// N, the numbers of a channel's state.
    pub state_size: usize,
    /// Numbers that Δ is made from.
    pub dt_rank: usize,
    /// How A and B are discretised. Mamba's code is [`Rule::Mamba`].
    pub rule: Rule,
}

const X_PROJ: usize = 0;
const DT_WEIGHT: usize = 1;
const DT_BIAS: usize = 2;
const A_LOG: usize = 3;
const SKIP: usize = 4;

/// The model, input and output `[T][channels]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Selective {
    shape: SelectiveShape,
    parameters: Parameters,
}

/// What a run keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectiveTrace {
    /// `[T][D]`.
    x: Vec<f64>,
    /// `[T][R]`, what Δ is made from.
    low: Vec<f64>,
    /// `[T][D]`, Δ before the softplus.
    raw: Vec<f64>,
    /// `[T][D]`.
    delta: Vec<f64>,
    /// `[T][N]`.
    b: Vec<f64>,
    /// `[T][N]`.
    c: Vec<f64>,
    /// `[D][N]`.
    a: Vec<f64>,
    /// `[T][D][N]`.
    a_bar: Vec<f64>,
    /// `[T][D][N]`, for B = 1.
    b_bar: Vec<f64>,
    /// `[T][D][N]`.
    h: Vec<f64>,
    /// `[T][D]`.
    y: Vec<f64>,
}

impl SelectiveTrace {
    /// Δ, `[T][D]`.
    pub fn delta(&self) -> &[f64] {
        &self.delta
    }

    /// B, `[T][N]`.
    pub fn b(&self) -> &[f64] {
        &self.b
    }

    /// C, `[T][N]`.
    pub fn c(&self) -> &[f64] {
        &self.c
    }

    /// The states, `[T][D][N]`.
    pub fn states(&self) -> &[f64] {
        &self.h
    }
}

impl SelectiveShape {
    /// Names and shapes of the parameters.
    pub(super) fn parameters(self) -> Result<Vec<(&'static str, Vec<usize>)>, LineageError> {
        let Self { channels, state_size, dt_rank, .. } = self;
        at_least_one("The number of channels", channels)?;
        at_least_one("The state size", state_size)?;
        at_least_one("The rank of Δ", dt_rank)?;
        Ok(vec![
            ("x_proj.weight", vec![dt_rank + 2 * state_size, channels]),
            ("dt_proj.weight", vec![channels, dt_rank]),
            ("dt_proj.bias", vec![channels]),
            ("A_log", vec![channels, state_size]),
            ("D", vec![channels]),
        ])
    }
}

impl Selective {
    /// From sizes and a function that gives a parameter's numbers by its name (`x_proj.weight`, whose rows are those of Δ, B and C,
    /// `dt_proj.weight`, `dt_proj.bias`, `A_log`, `D`) and shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(shape: SelectiveShape, give: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        Ok(Self { shape, parameters: Parameters::gather(shape.parameters()?, give)? })
    }

    /// Its sizes.
    pub fn shape(&self) -> SelectiveShape {
        self.shape
    }

    /// The recurrence of a run, over channels × N states.
    pub fn recurrence<'t>(&self, trace: &'t SelectiveTrace) -> Recurrence<'t, f64> {
        Recurrence::varying(&trace.a_bar, self.shape.channels * self.shape.state_size)
    }

    /// `∂h_to/∂h_from` with the inputs held, from nothing but the sum of Δ between the two: exp(A Σ Δ), `[D][N]`.
    pub fn memory_by_sum(&self, trace: &SelectiveTrace, from: usize, to: usize) -> Vec<f64> {
        let SelectiveShape { channels, state_size, .. } = self.shape;
        let sum = |channel: usize| (from + 1..=to).map(|t| trace.delta[t * channels + channel]).sum::<f64>();
        (0..channels)
            .flat_map(|d| {
                let sum = sum(d);
                trace.a[d * state_size..(d + 1) * state_size].iter().map(move |a| libm::exp(a * sum)).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// Theorem 1 of Gu & Dao 2023 (§3.5.1) for one number z: with N = 1, A = −1, B = 1, Δ = softplus(z), what a step multiplies the state and
/// the input by. By the hold these are 1 − σ(z) and σ(z), a gated recurrent cell; by Mamba's rule they are not.
pub fn induced_gate(rule: Rule, z: f64) -> Discrete<f64> {
    discretise(rule, -1.0, softplus(z))
}

impl Block for Selective {
    type Trace = SelectiveTrace;

    fn input_size(&self) -> usize {
        self.shape.channels
    }

    fn output_size(&self) -> usize {
        self.shape.channels
    }

    fn forward(&self, x: &[f64]) -> Result<SelectiveTrace, LineageError> {
        let SelectiveShape { channels, state_size: n, dt_rank, rule } = self.shape;
        let steps = block::steps(x, channels)?;
        let projected = linear(self.parameters.get(X_PROJ), None, x, channels);
        let rows = || projected.chunks_exact(dt_rank + 2 * n);
        let part = |from: usize, to: usize| rows().flat_map(|row| row[from..to].iter().copied()).collect::<Vec<f64>>();
        let (low, b, c) = (part(0, dt_rank), part(dt_rank, dt_rank + n), part(dt_rank + n, dt_rank + 2 * n));
        let raw = linear(self.parameters.get(DT_WEIGHT), Some(self.parameters.get(DT_BIAS)), &low, dt_rank);
        let delta: Vec<f64> = raw.iter().map(|v| softplus(*v)).collect();
        let a: Vec<f64> = self.parameters.get(A_LOG).iter().map(|v| -libm::exp(*v)).collect();
        let size = steps * channels * n;
        let (mut a_bar, mut b_bar, mut driven) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
        for i in 0..size {
            let (t, state) = (i / (channels * n), i % (channels * n));
            let channel = t * channels + state / n;
            let discrete = discretise(rule, a[state], delta[channel]);
            (a_bar[i], b_bar[i]) = (discrete.a, discrete.b);
            driven[i] = discrete.b * x[channel] * b[t * n + state % n];
        }
        let h = Recurrence::<f64>::varying(&a_bar, channels * n).forward(&vec![0.0; channels * n], driven)?;
        let skip = self.parameters.get(SKIP);
        let y: Vec<f64> = (0..steps * channels)
            .map(|i| dot(&h[i * n..(i + 1) * n], &c[i / channels * n..(i / channels + 1) * n]) + skip[i % channels] * x[i])
            .collect();
        finite(&y, channels)?;
        Ok(SelectiveTrace { x: x.to_vec(), low, raw, delta, b, c, a, a_bar, b_bar, h, y })
    }

    fn output<'t>(&self, trace: &'t SelectiveTrace) -> &'t [f64] {
        &trace.y
    }

    fn inner<'t>(&self, trace: &'t SelectiveTrace) -> Vec<Named<'t>> {
        let SelectiveShape { channels, state_size: n, .. } = self.shape;
        let steps = trace.y.len() / channels;
        vec![
            Named::new("delta", &[steps, channels], &trace.delta),
            Named::new("B", &[steps, n], &trace.b),
            Named::new("C", &[steps, n], &trace.c),
            Named::new("A", &[channels, n], &trace.a),
            Named::new("h", &[steps, channels, n], &trace.h),
        ]
    }

    fn paths(&self) -> &'static [Path] {
        &[Path::Total, Path::Frozen]
    }

    fn vjp(&self, trace: &SelectiveTrace, cotangent: &ScaledRows, path: Path, mut gradients: Option<&mut Gradients>) -> ScaledRows {
        let SelectiveShape { channels, state_size: n, dt_rank, rule } = self.shape;
        let width = channels * n;
        let (x_proj, dt_weight, skip) = (self.parameters.get(X_PROJ), self.parameters.get(DT_WEIGHT), self.parameters.get(SKIP));
        let mut dx = ScaledRows::zeros(trace.y.len() / channels, channels);
        let mut adjoint = self.recurrence(trace).backward();
        let zero = vec![0.0; width];
        let (mut by_state, mut by_a_bar) = (vec![0.0; width], vec![0.0; width]);
        let (mut by_delta, mut back) = (vec![0.0; channels], vec![0.0; channels]);
        let mut by_projected = vec![0.0; dt_rank + 2 * n];
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let (x, c) = (&trace.x[t * channels..(t + 1) * channels], &trace.c[t * n..(t + 1) * n]);
            let h = &trace.h[t * width..(t + 1) * width];
            // What the output reads at this step: the state, C and the skip.
            let (gy, exponent) = cotangent.row(t);
            for (by_state, gy) in by_state.chunks_exact_mut(n).zip(gy) {
                by_state.iter_mut().zip(c).for_each(|(slot, c)| *slot = gy * c);
            }
            adjoint.add(&by_state, exponent);
            back.iter_mut().zip(gy).zip(skip).for_each(|((back, gy), skip)| *back = gy * skip);
            if path != Path::Frozen {
                by_projected.fill(0.0);
                let by_c = &mut by_projected[dt_rank + n..];
                h.chunks_exact(n).zip(gy).for_each(|(h, gy)| axpy(*gy, h, by_c));
                let mut through = vec![0.0; channels];
                gemv_transposed(x_proj, &by_projected, &mut through);
                axpy(1.0, &through, &mut back);
            }
            dx.add(t, &back, exponent);
            if let Some(g) = gradients.as_deref_mut() {
                let factor = scale(1.0, exponent);
                if path != Path::Frozen {
                    outer_add(factor, &by_projected, x, &mut g.values[X_PROJ]);
                }
                g.values[SKIP].iter_mut().zip(gy).zip(x).for_each(|((slot, gy), x)| *slot += factor * gy * x);
            }
            // What the recurrence takes in at this step: x, Δ and B.
            let previous = if t == 0 { &zero[..] } else { &trace.h[(t - 1) * width..t * width] };
            adjoint.coefficients(previous, &mut by_a_bar);
            let (g, exponent) = adjoint.now();
            let factor = scale(1.0, exponent);
            by_projected.fill(0.0);
            for d in 0..channels {
                let (mut by_x, mut by_step) = (0.0, 0.0);
                for j in 0..n {
                    let state = d * n + j;
                    let (i, a, b, delta) = (t * width + state, trace.a[state], trace.b[t * n + j], trace.delta[t * channels + d]);
                    let discrete = Discrete { a: trace.a_bar[i], b: trace.b_bar[i] };
                    by_x += g[state] * discrete.b * b;
                    if path == Path::Frozen && gradients.is_none() {
                        continue;
                    }
                    let slopes = slopes(rule, a, delta, discrete);
                    let by_b_bar = g[state] * b * x[d];
                    by_step += by_a_bar[state] * slopes.a_by_step + by_b_bar * slopes.b_by_step;
                    by_projected[dt_rank + j] += g[state] * discrete.b * x[d];
                    if let Some(gradients) = gradients.as_deref_mut() {
                        // ∂A/∂A_log = A.
                        gradients.values[A_LOG][state] += factor * a * (by_a_bar[state] * slopes.a_by_a + by_b_bar * slopes.b_by_a);
                    }
                }
                back[d] = by_x;
                by_delta[d] = by_step * sigmoid(trace.raw[t * channels + d]);
            }
            if path != Path::Frozen {
                gemv_transposed(dt_weight, &by_delta, &mut by_projected[..dt_rank]);
                let mut through = vec![0.0; channels];
                gemv_transposed(x_proj, &by_projected, &mut through);
                axpy(1.0, &through, &mut back);
                if let Some(gradients) = gradients.as_deref_mut() {
                    outer_add(factor, &by_projected, x, &mut gradients.values[X_PROJ]);
                    outer_add(factor, &by_delta, &trace.low[t * dt_rank..(t + 1) * dt_rank], &mut gradients.values[DT_WEIGHT]);
                    axpy(factor, &by_delta, &mut gradients.values[DT_BIAS]);
                }
            }
            dx.add(t, &back, exponent);
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
        let SelectiveShape { channels, state_size, dt_rank, rule } = self.shape;
        let (d, n, r, steps) = (channels as u64, state_size as u64, dt_rank as u64, steps as u64);
        let layers = 2 * d * (r + 2 * n) + 2 * d * r + d;
        // A state: Δ A, Ā, B̄, B̄ x B, Ā h + …, C h.
        let discretising = match rule {
            Rule::Mamba => 2,
            Rule::ZeroOrderHold => 5,
            Rule::Bilinear => 7,
        };
        Cost {
            parameters: self.parameters.count(),
            forward_flops: steps * (layers + 4 * d + d * n * (discretising + 2 + 2 + 2) + 2 * d),
            vjp_flops: steps * (layers + 2 * d * (r + 2 * n) + d * n * 20 + 4 * d),
            stored: steps * (4 * d + r + 2 * n + 3 * d * n),
        }
    }
}
