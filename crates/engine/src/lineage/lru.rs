//! The linear recurrent unit (Orvieto et al. 2023): `h_t = λ ⊙ h_{t−1} + γ ⊙ (B x_t)`, `y_t = Re(C h_t) + D ⊙ x_t`, complex and diagonal, with
//! `λ = exp(−exp(nu_log) + i exp(theta_log))` inside the unit circle and `γ = exp(gamma_log)`, begun at √(1 − |λ|²).

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::number::{Complex, Number};
use super::parameters::{at_least_one, finite, Parameters};
use super::recurrence::Recurrence;
use super::recurrent::outer_add;
use super::{LineageError, ScaledRows};
use crate::kernel::{axpy, dot, gemv, gemv_transposed};
use crate::scaled::scale;

const NU: usize = 0;
const THETA: usize = 1;
const GAMMA: usize = 2;
const B_RE: usize = 3;
const B_IM: usize = 4;
const C_RE: usize = 5;
const C_IM: usize = 6;
const SKIP: usize = 7;

/// A linear recurrent unit, input and output `[T][d]`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRecurrentUnit {
    width: usize,
    states: usize,
    parameters: Parameters,
}

/// What a run keeps. Complex numbers are all real parts and then all imaginary parts.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRecurrentTrace {
    /// `[T][d]`.
    x: Vec<f64>,
    /// `[n]` complex.
    lambda: Vec<f64>,
    /// `[n]`.
    gamma: Vec<f64>,
    /// B x, `[T][n]` complex.
    driven: Vec<f64>,
    /// `[T][n]` complex.
    h: Vec<f64>,
    /// `[T][d]`.
    y: Vec<f64>,
}

/// `nu_log`, `theta_log` and `gamma_log` of an eigenvalue of this modulus in (0, 1) and phase > 0.
pub fn logarithms(modulus: f64, phase: f64) -> [f64; 3] {
    [libm::log(-libm::log(modulus)), libm::log(phase), 0.5 * libm::log1p(-modulus * modulus)]
}

impl LinearRecurrentUnit {
    /// From the width d of input and output, the n states, and a function that gives a parameter's numbers by its name (`nu_log`, `theta_log`,
    /// `gamma_log`, `B.re`, `B.im`, `C.re`, `C.im`, `D`) and shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(width: usize, states: usize, give: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        at_least_one("The width", width)?;
        at_least_one("The number of states", states)?;
        let shapes = vec![
            ("nu_log", vec![states]),
            ("theta_log", vec![states]),
            ("gamma_log", vec![states]),
            ("B.re", vec![states, width]),
            ("B.im", vec![states, width]),
            ("C.re", vec![width, states]),
            ("C.im", vec![width, states]),
            ("D", vec![width]),
        ];
        Ok(Self { width, states, parameters: Parameters::gather(shapes, give)? })
    }

    /// The recurrence of a run, over n complex states.
    pub fn recurrence<'t>(&self, trace: &'t LinearRecurrentTrace) -> Recurrence<'t, Complex> {
        Recurrence::fixed(&trace.lambda)
    }
}

impl Block for LinearRecurrentUnit {
    type Trace = LinearRecurrentTrace;

    fn input_size(&self) -> usize {
        self.width
    }

    fn output_size(&self) -> usize {
        self.width
    }

    fn forward(&self, x: &[f64]) -> Result<LinearRecurrentTrace, LineageError> {
        let (d, n) = (self.width, self.states);
        let steps = block::steps(x, d)?;
        let get = |which: usize| self.parameters.get(which);
        let mut lambda = vec![0.0; 2 * n];
        for i in 0..n {
            Complex::new(-libm::exp(get(NU)[i]), libm::exp(get(THETA)[i])).exponential().store(&mut lambda, i);
        }
        let gamma: Vec<f64> = get(GAMMA).iter().map(|g| libm::exp(*g)).collect();
        let mut driven = vec![0.0; steps * 2 * n];
        for (driven, x) in driven.chunks_exact_mut(2 * n).zip(x.chunks_exact(d)) {
            let (re, im) = driven.split_at_mut(n);
            gemv(get(B_RE), x, re);
            gemv(get(B_IM), x, im);
        }
        let normalised = driven.iter().enumerate().map(|(i, v)| gamma[i % n] * v).collect();
        let h = Recurrence::<Complex>::fixed(&lambda).forward(&vec![0.0; 2 * n], normalised)?;
        let mut y = Vec::with_capacity(steps * d);
        for (h, x) in h.chunks_exact(2 * n).zip(x.chunks_exact(d)) {
            let (re, im) = h.split_at(n);
            let row = |i: usize| i * n..(i + 1) * n;
            y.extend((0..d).map(|i| dot(&get(C_RE)[row(i)], re) - dot(&get(C_IM)[row(i)], im) + get(SKIP)[i] * x[i]));
        }
        finite(&y, d)?;
        Ok(LinearRecurrentTrace { x: x.to_vec(), lambda, gamma, driven, h, y })
    }

    fn output<'t>(&self, trace: &'t LinearRecurrentTrace) -> &'t [f64] {
        &trace.y
    }

    fn inner<'t>(&self, trace: &'t LinearRecurrentTrace) -> Vec<Named<'t>> {
        let (re, im) = trace.lambda.split_at(self.states);
        vec![
            Named::new("lambda.re", &[self.states], re),
            Named::new("lambda.im", &[self.states], im),
            Named::new("gamma", &[self.states], &trace.gamma),
        ]
    }

    fn vjp(&self, trace: &LinearRecurrentTrace, cotangent: &ScaledRows, _path: Path, mut gradients: Option<&mut Gradients>) -> ScaledRows {
        let (d, n) = (self.width, self.states);
        let get = |which: usize| self.parameters.get(which);
        let mut dx = ScaledRows::zeros(trace.y.len() / d, d);
        let mut adjoint = self.recurrence(trace).backward();
        let zero = vec![0.0; 2 * n];
        let (mut by_state, mut by_lambda) = (zero.clone(), zero.clone());
        let mut by_lambda_sum = vec![Complex::ZERO; n];
        let (mut back, mut part) = (vec![0.0; d], vec![0.0; d]);
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let x = &trace.x[t * d..(t + 1) * d];
            let (g, exponent) = cotangent.row(t);
            // The adjoint of h is conj(C)ᵀ g.
            let (re, im) = by_state.split_at_mut(n);
            gemv_transposed(get(C_RE), g, re);
            gemv_transposed(get(C_IM), g, im);
            im.iter_mut().for_each(|v| *v = -*v);
            adjoint.add(&by_state, exponent);
            back.iter_mut().zip(g).zip(get(SKIP)).for_each(|((slot, g), skip)| *slot = g * skip);
            dx.add(t, &back, exponent);
            if let Some(gradients) = gradients.as_deref_mut() {
                let factor = scale(1.0, exponent);
                let (re, im) = trace.h[t * 2 * n..(t + 1) * 2 * n].split_at(n);
                outer_add(factor, g, re, &mut gradients.values[C_RE]);
                outer_add(-factor, g, im, &mut gradients.values[C_IM]);
                gradients.values[SKIP].iter_mut().zip(g).zip(x).for_each(|((slot, g), x)| *slot += factor * g * x);
            }
            let (g, exponent) = adjoint.now();
            let by_driven: Vec<f64> = g.iter().enumerate().map(|(i, g)| trace.gamma[i % n] * g).collect();
            let (re, im) = by_driven.split_at(n);
            gemv_transposed(get(B_RE), re, &mut back);
            gemv_transposed(get(B_IM), im, &mut part);
            axpy(1.0, &part, &mut back);
            dx.add(t, &back, exponent);
            if let Some(gradients) = gradients.as_deref_mut() {
                let factor = scale(1.0, exponent);
                outer_add(factor, re, x, &mut gradients.values[B_RE]);
                outer_add(factor, im, x, &mut gradients.values[B_IM]);
                let previous = if t == 0 { &zero[..] } else { &trace.h[(t - 1) * 2 * n..t * 2 * n] };
                adjoint.coefficients(previous, &mut by_lambda);
                let driven = &trace.driven[t * 2 * n..(t + 1) * 2 * n];
                for (i, sum) in by_lambda_sum.iter_mut().enumerate() {
                    *sum = *sum + Complex::load(&by_lambda, i).times(factor);
                    let by_gamma = Complex::load(driven, i).conjugate() * Complex::load(g, i);
                    gradients.values[GAMMA][i] += factor * trace.gamma[i] * by_gamma.re;
                }
            }
            adjoint.back(t);
        }
        if let Some(gradients) = gradients {
            for (i, sum) in by_lambda_sum.iter().enumerate() {
                // λ = exp(−e^ν + i e^θ): ∂λ/∂ν = −e^ν λ, ∂λ/∂θ = i e^θ λ.
                let by_exponent = Complex::load(&trace.lambda, i).conjugate() * *sum;
                gradients.values[NU][i] -= libm::exp(get(NU)[i]) * by_exponent.re;
                gradients.values[THETA][i] += libm::exp(get(THETA)[i]) * by_exponent.im;
            }
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
        let (d, n, steps) = (self.width as u64, self.states as u64, steps as u64);
        Cost {
            parameters: self.parameters.count(),
            forward_flops: steps * (8 * d * n + 2 * n + 8 * n + 3 * d),
            vjp_flops: steps * (8 * d * n + 2 * n + 8 * n + 3 * d),
            stored: steps * (2 * d + 4 * n),
        }
    }
}
