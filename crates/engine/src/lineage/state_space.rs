//! The dense, time-invariant S4 with HiPPO-LegS (Gu et al. 2021, §2): `h_t = Ā h_{t−1} + B̄ x_t`, `y_t = C h_t + D x_t`, a channel at a time,
//! with A and B shared and `Δ = exp(log_dt)` a channel. No kernel algorithm: N is at most 64, and the recurrence is run as it stands.
//!
//! This is not the HiPPO-LegS of [`super::hippo`], whose coefficients change with time: this one forgets as N e^{−Δ·lag}.

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::discretise::{dense_gradients, discretise_dense, Rule};
use super::parameters::{at_least_one, finite, Parameters};
use super::recurrent::outer_add;
use super::rows::Running;
use super::{LineageError, ScaledRows};
use crate::kernel::{axpy, dot, gemv, gemv_transposed};
use crate::scaled::scale;

/// The largest N.
pub const STATE_LIMIT: usize = 64;

const LOG_STEP: usize = 0;
const A: usize = 1;
const B: usize = 2;
const C: usize = 3;
const SKIP: usize = 4;

/// A dense state-space layer, input and output `[T][channels]`.
#[derive(Clone, Debug, PartialEq)]
pub struct StateSpace {
    rule: Rule,
    channels: usize,
    state_size: usize,
    parameters: Parameters,
}

/// What a run keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct StateSpaceTrace {
    /// `[T][H]`.
    x: Vec<f64>,
    /// `[H][N][N]`.
    a_bar: Vec<f64>,
    /// `[H][N]`.
    b_bar: Vec<f64>,
    /// `[T][H][N]`.
    h: Vec<f64>,
    /// `[T][H]`.
    y: Vec<f64>,
    /// `[H][T]`.
    kernel: Vec<f64>,
}

impl StateSpace {
    /// From a rule, the channels H, N and a function that gives a parameter's numbers by its name (`log_dt`, `A`, `B`, `C`, `D`) and shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0 or N too large, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(rule: Rule, channels: usize, state_size: usize, give: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        at_least_one("The number of channels", channels)?;
        if state_size == 0 || state_size > STATE_LIMIT {
            let accepted = format!("from 1 to {STATE_LIMIT}");
            return Err(LineageError::Size { what: "The state size", found: state_size.to_string(), accepted });
        }
        let shapes = vec![
            ("log_dt", vec![channels]),
            ("A", vec![state_size, state_size]),
            ("B", vec![state_size]),
            ("C", vec![channels, state_size]),
            ("D", vec![channels]),
        ];
        Ok(Self { rule, channels, state_size, parameters: Parameters::gather(shapes, give)? })
    }

    fn step(&self, channel: usize) -> f64 {
        libm::exp(self.parameters.get(LOG_STEP)[channel])
    }

    fn reader(&self, channel: usize) -> &[f64] {
        &self.parameters.get(C)[channel * self.state_size..(channel + 1) * self.state_size]
    }

    /// D, `[H]`.
    pub fn skip(&self) -> &[f64] {
        self.parameters.get(SKIP)
    }

    /// Ā `[H][N][N]` and B̄ `[H][N]`.
    ///
    /// # Errors
    /// [`LineageError::Overflow`] at step 0 where a channel's are not finite.
    pub fn discrete(&self) -> Result<(Vec<f64>, Vec<f64>), LineageError> {
        let (mut a_bar, mut b_bar) = (Vec::new(), Vec::new());
        for channel in 0..self.channels {
            let discrete = discretise_dense(self.rule, self.parameters.get(A), self.parameters.get(B), self.step(channel));
            let discrete = discrete.ok_or(LineageError::Overflow { step: 0 })?;
            a_bar.extend(discrete.a);
            b_bar.extend(discrete.b);
        }
        Ok((a_bar, b_bar))
    }

    /// The answer to an impulse l steps ago, without D, `[H][steps]`, from [`Self::discrete`].
    fn kernel(&self, a_bar: &[f64], b_bar: &[f64], steps: usize) -> Vec<f64> {
        let n = self.state_size;
        let mut kernel = Vec::with_capacity(self.channels * steps);
        let mut next = vec![0.0; n];
        for channel in 0..self.channels {
            let a = &a_bar[channel * n * n..(channel + 1) * n * n];
            let mut state = b_bar[channel * n..(channel + 1) * n].to_vec();
            for _ in 0..steps {
                kernel.push(dot(self.reader(channel), &state));
                gemv(a, &state, &mut next);
                core::mem::swap(&mut state, &mut next);
            }
        }
        kernel
    }
}

impl Block for StateSpace {
    type Trace = StateSpaceTrace;

    fn input_size(&self) -> usize {
        self.channels
    }

    fn output_size(&self) -> usize {
        self.channels
    }

    fn forward(&self, x: &[f64]) -> Result<StateSpaceTrace, LineageError> {
        let (channels, n) = (self.channels, self.state_size);
        let steps = block::steps(x, channels)?;
        let (a_bar, b_bar) = self.discrete()?;
        let width = channels * n;
        let mut h = vec![0.0; steps * width];
        let mut y = Vec::with_capacity(steps * channels);
        for t in 0..steps {
            for channel in 0..channels {
                let at = t * width + channel * n;
                let (done, rest) = h.split_at_mut(at);
                let now = &mut rest[..n];
                if t > 0 {
                    gemv(&a_bar[channel * n * n..(channel + 1) * n * n], &done[at - width..at - width + n], now);
                }
                let x = x[t * channels + channel];
                axpy(x, &b_bar[channel * n..(channel + 1) * n], now);
                y.push(dot(self.reader(channel), now) + self.skip()[channel] * x);
            }
        }
        finite(&h, width)?;
        finite(&y, channels)?;
        let kernel = self.kernel(&a_bar, &b_bar, steps);
        Ok(StateSpaceTrace { x: x.to_vec(), a_bar, b_bar, h, y, kernel })
    }

    fn output<'t>(&self, trace: &'t StateSpaceTrace) -> &'t [f64] {
        &trace.y
    }

    fn inner<'t>(&self, trace: &'t StateSpaceTrace) -> Vec<Named<'t>> {
        let (channels, n) = (self.channels, self.state_size);
        vec![
            Named::new("A_bar", &[channels, n, n], &trace.a_bar),
            Named::new("B_bar", &[channels, n], &trace.b_bar),
            Named::new("kernel", &[channels, trace.y.len() / channels], &trace.kernel),
        ]
    }

    fn vjp(&self, trace: &StateSpaceTrace, cotangent: &ScaledRows, _path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        let (channels, n) = (self.channels, self.state_size);
        let width = channels * n;
        let mut dx = ScaledRows::zeros(trace.y.len() / channels, channels);
        let mut adjoint = Running::zeros(width);
        let (mut by_a_bar, mut by_b_bar) = (vec![0.0; channels * n * n], vec![0.0; width]);
        let (mut by_c, mut by_skip) = (vec![0.0; width], vec![0.0; channels]);
        let (mut by_state, mut before) = (vec![0.0; width], vec![0.0; n]);
        let asked = gradients.is_some();
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let (g, exponent) = cotangent.row(t);
            let x = &trace.x[t * channels..(t + 1) * channels];
            for channel in 0..channels {
                let slot = &mut by_state[channel * n..(channel + 1) * n];
                slot.iter_mut().zip(self.reader(channel)).for_each(|(slot, c)| *slot = g[channel] * c);
            }
            adjoint.add(&by_state, exponent);
            adjoint.normalise();
            let direct: Vec<f64> = g.iter().zip(self.skip()).map(|(g, d)| g * d).collect();
            dx.add(t, &direct, exponent);
            let factor = scale(1.0, adjoint.exponent);
            let mut through = vec![0.0; channels];
            for channel in 0..channels {
                let at = channel * n..(channel + 1) * n;
                let square = channel * n * n..(channel + 1) * n * n;
                let now = &mut adjoint.values[at.clone()];
                through[channel] = dot(&trace.b_bar[at.clone()], now);
                if asked {
                    let direct = scale(g[channel], exponent);
                    axpy(direct, &trace.h[t * width + at.start..t * width + at.end], &mut by_c[at.clone()]);
                    by_skip[channel] += direct * x[channel];
                    axpy(factor * x[channel], now, &mut by_b_bar[at.clone()]);
                    if t > 0 {
                        let from = (t - 1) * width;
                        outer_add(factor, now, &trace.h[from + at.start..from + at.end], &mut by_a_bar[square.clone()]);
                    }
                }
                gemv_transposed(&trace.a_bar[square], now, &mut before);
                now.copy_from_slice(&before);
            }
            dx.add(t, &through, adjoint.exponent);
        }
        if let Some(gradients) = gradients {
            for channel in 0..channels {
                let step = self.step(channel);
                let (by_a, by_b) = (&by_a_bar[channel * n * n..(channel + 1) * n * n], &by_b_bar[channel * n..(channel + 1) * n]);
                let found = dense_gradients(self.rule, self.parameters.get(A), self.parameters.get(B), step, by_a, by_b);
                // The forward pass has found Ā finite; what is none here is beyond float64.
                let Some(found) = found else {
                    gradients.values[LOG_STEP][channel] = f64::NAN;
                    continue;
                };
                axpy(1.0, &found.a, &mut gradients.values[A]);
                axpy(1.0, &found.b, &mut gradients.values[B]);
                gradients.values[LOG_STEP][channel] += found.step * step;
            }
            axpy(1.0, &by_c, &mut gradients.values[C]);
            axpy(1.0, &by_skip, &mut gradients.values[SKIP]);
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
        let (channels, n, steps) = (self.channels as u64, self.state_size as u64, steps as u64);
        let step = channels * (2 * n * n + 4 * n + 2);
        Cost {
            parameters: self.parameters.count(),
            forward_flops: steps * step,
            vjp_flops: steps * step,
            stored: steps * channels * (n + 2),
        }
    }
}
