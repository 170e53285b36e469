//! S4D (Gu et al. 2022): diagonal state-space models, one state per conjugate pair, channels apart from each other.
//!
//! `h_t = Ā h_{t−1} + B̄ x_t`, `y_t = 2 Re(Σ_n C_n h_n) + D x_t`, with `A = −exp(log_A_real) + i A_imag`, B = 1 and `Δ = exp(log_dt)`. Each
//! stored number stands for itself and its conjugate, so the full state size N is twice what is stored.

use core::f64::consts::PI;

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::discretise::{discretise, slopes, Discrete, Rule};
use super::number::{Complex, Number};
use super::parameters::{at_least_one, finite, Parameters};
use super::recurrence::Recurrence;
use super::{LineageError, ScaledRows};
use crate::scaled::scale;

/// Where the eigenvalues begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spectrum {
    /// A_n = −½ + iπn.
    Lin,
    /// A_n = −½ + i (N/π)(N/(2n+1) − 1).
    Inv,
    /// A_n = −(n+1). The factor 2 of the output is kept.
    Real,
}

impl Spectrum {
    /// The N/2 eigenvalues that are stored of a full state size N, n = 0 … N/2 − 1 (Gu et al. 2022, §4).
    pub fn eigenvalues(self, state_size: usize) -> Vec<Complex> {
        let full = state_size as f64;
        let eigenvalue = |n: usize| {
            let n = n as f64;
            match self {
                Self::Lin => Complex::new(-0.5, PI * n),
                Self::Inv => Complex::new(-0.5, full / PI * (full / (2.0 * n + 1.0) - 1.0)),
                Self::Real => Complex::new(-(n + 1.0), 0.0),
            }
        };
        (0..state_size / 2).map(eigenvalue).collect()
    }
}

const LOG_STEP: usize = 0;
const LOG_A_REAL: usize = 1;
const A_IMAG: usize = 2;
const C: usize = 3;
const SKIP: usize = 4;

/// An S4D layer, input and output `[T][channels]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagonal {
    rule: Rule,
    channels: usize,
    /// Numbers a channel stores, N/2.
    stored: usize,
    parameters: Parameters,
}

/// What a run keeps. Complex numbers are all real parts and then all imaginary parts.
#[derive(Clone, Debug, PartialEq)]
pub struct DiagonalTrace {
    /// `[T][H]`.
    x: Vec<f64>,
    /// `[H][M]` complex.
    a: Vec<f64>,
    /// `[H][M]` complex.
    a_bar: Vec<f64>,
    /// `[H][M]` complex.
    b_bar: Vec<f64>,
    /// `[T][H][M]` complex, step by step.
    h: Vec<f64>,
    /// `[T][H]`.
    y: Vec<f64>,
    /// `[H][T]`.
    kernel: Vec<f64>,
}

impl Diagonal {
    /// From a rule, the channels H, the M numbers a channel stores, and a function that gives a parameter's numbers by its name (`log_dt`,
    /// `log_A_real`, `A_imag`, `C` with real and imaginary part last, `D`) and shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(rule: Rule, channels: usize, stored: usize, give: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        at_least_one("The number of channels", channels)?;
        at_least_one("The number of stored states", stored)?;
        let shapes = vec![
            ("log_dt", vec![channels]),
            ("log_A_real", vec![channels, stored]),
            ("A_imag", vec![channels, stored]),
            ("C", vec![channels, stored, 2]),
            ("D", vec![channels]),
        ];
        Ok(Self { rule, channels, stored, parameters: Parameters::gather(shapes, give)? })
    }

    /// States in all channels together.
    fn width(&self) -> usize {
        self.channels * self.stored
    }

    fn step(&self, channel: usize) -> f64 {
        libm::exp(self.parameters.get(LOG_STEP)[channel])
    }

    fn eigenvalue(&self, i: usize) -> Complex {
        Complex::new(-libm::exp(self.parameters.get(LOG_A_REAL)[i]), self.parameters.get(A_IMAG)[i])
    }

    fn reader(&self, i: usize) -> Complex {
        let c = self.parameters.get(C);
        Complex::new(c[2 * i], c[2 * i + 1])
    }

    /// 2 Re(Σ C h) of one channel.
    fn read(&self, channel: usize, h: &[f64]) -> f64 {
        let states = channel * self.stored..(channel + 1) * self.stored;
        2.0 * states.map(|i| (self.reader(i) * Complex::load(h, i)).re()).sum::<f64>()
    }

    /// The answer to an impulse l steps ago, without D, `[H][steps]`: the output is the causal convolution of the input with it, plus D x.
    pub fn kernel(&self, steps: usize) -> Vec<f64> {
        let discrete: Vec<Discrete<Complex>> =
            (0..self.width()).map(|i| discretise(self.rule, self.eigenvalue(i), self.step(i / self.stored))).collect();
        let mut power = vec![0.0; 2 * self.width()];
        discrete.iter().enumerate().for_each(|(i, d)| d.b.store(&mut power, i));
        let mut kernel = vec![0.0; self.channels * steps];
        for l in 0..steps {
            for channel in 0..self.channels {
                kernel[channel * steps + l] = self.read(channel, &power);
            }
            for (i, d) in discrete.iter().enumerate() {
                let next = Complex::load(&power, i) * d.a;
                next.store(&mut power, i);
            }
        }
        kernel
    }

    /// D, `[H]`.
    pub fn skip(&self) -> &[f64] {
        self.parameters.get(SKIP)
    }

    /// The recurrence of a run, over channels × stored complex states.
    pub fn recurrence<'t>(&self, trace: &'t DiagonalTrace) -> Recurrence<'t, Complex> {
        Recurrence::fixed(&trace.a_bar)
    }
}

/// The causal convolution of x `[T][H]` with a kernel `[H][T]`, plus D x, by direct sums: what a state-space model with fixed coefficients is.
pub fn convolution(kernel: &[f64], skip: &[f64], x: &[f64]) -> Vec<f64> {
    let channels = skip.len();
    let steps = x.len() / channels.max(1);
    let at = |i: usize| {
        let (t, channel) = (i / channels, i % channels);
        let terms = (0..=t).map(|l| kernel[channel * steps + l] * x[(t - l) * channels + channel]);
        terms.sum::<f64>() + skip[channel] * x[i]
    };
    (0..x.len()).map(at).collect()
}

impl Block for Diagonal {
    type Trace = DiagonalTrace;

    fn input_size(&self) -> usize {
        self.channels
    }

    fn output_size(&self) -> usize {
        self.channels
    }

    fn forward(&self, x: &[f64]) -> Result<DiagonalTrace, LineageError> {
        let steps = block::steps(x, self.channels)?;
        let (width, mut a) = (self.width(), vec![0.0; 2 * self.width()]);
        let (mut a_bar, mut b_bar) = (a.clone(), a.clone());
        for i in 0..width {
            let eigenvalue = self.eigenvalue(i);
            let discrete = discretise(self.rule, eigenvalue, self.step(i / self.stored));
            eigenvalue.store(&mut a, i);
            discrete.a.store(&mut a_bar, i);
            discrete.b.store(&mut b_bar, i);
        }
        let mut driven = vec![0.0; steps * 2 * width];
        for (driven, x) in driven.chunks_exact_mut(2 * width).zip(x.chunks_exact(self.channels)) {
            for i in 0..width {
                Complex::load(&b_bar, i).times(x[i / self.stored]).store(driven, i);
            }
        }
        let h = Recurrence::<Complex>::fixed(&a_bar).forward(&vec![0.0; 2 * width], driven)?;
        let y: Vec<f64> = (0..x.len())
            .map(|i| {
                let (t, channel) = (i / self.channels, i % self.channels);
                self.read(channel, &h[t * 2 * width..(t + 1) * 2 * width]) + self.skip()[channel] * x[i]
            })
            .collect();
        finite(&y, self.channels)?;
        Ok(DiagonalTrace { x: x.to_vec(), a, a_bar, b_bar, h, y, kernel: self.kernel(steps) })
    }

    fn output<'t>(&self, trace: &'t DiagonalTrace) -> &'t [f64] {
        &trace.y
    }

    fn inner<'t>(&self, trace: &'t DiagonalTrace) -> Vec<Named<'t>> {
        let shape = [self.channels, self.stored];
        let part = |name: &'static str, values: &'t [f64], imaginary: bool| {
            let (re, im) = values.split_at(self.width());
            Named::new(name, &shape, if imaginary { im } else { re })
        };
        vec![
            part("A.re", &trace.a, false),
            part("A.im", &trace.a, true),
            part("A_bar.re", &trace.a_bar, false),
            part("A_bar.im", &trace.a_bar, true),
            part("B_bar.re", &trace.b_bar, false),
            part("B_bar.im", &trace.b_bar, true),
            Named::new("kernel", &[self.channels, trace.y.len() / self.channels], &trace.kernel),
        ]
    }

    fn vjp(&self, trace: &DiagonalTrace, cotangent: &ScaledRows, _path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        let (channels, width) = (self.channels, self.width());
        let mut dx = ScaledRows::zeros(trace.y.len() / channels, channels);
        let mut adjoint = self.recurrence(trace).backward();
        let zero = vec![0.0; 2 * width];
        let (mut by_state, mut by_coefficient) = (zero.clone(), zero.clone());
        // Sums over the steps: ∂L/∂Ā and ∂L/∂B̄ first, A and Δ from them at the end.
        let (mut by_a_bar, mut by_b_bar) = (vec![Complex::ZERO; width], vec![Complex::ZERO; width]);
        let mut by_c = vec![0.0; 2 * width];
        let mut by_skip = vec![0.0; channels];
        let asked = gradients.is_some();
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let x = &trace.x[t * channels..(t + 1) * channels];
            let (g, exponent) = cotangent.row(t);
            for i in 0..width {
                self.reader(i).conjugate().times(2.0 * g[i / self.stored]).store(&mut by_state, i);
            }
            adjoint.add(&by_state, exponent);
            let direct: Vec<f64> = g.iter().zip(self.skip()).map(|(g, d)| g * d).collect();
            dx.add(t, &direct, exponent);
            if asked {
                let h = &trace.h[t * 2 * width..(t + 1) * 2 * width];
                for i in 0..width {
                    let by_reader = Complex::load(h, i).conjugate().times(2.0 * scale(g[i / self.stored], exponent));
                    by_c[2 * i] += by_reader.re;
                    by_c[2 * i + 1] += by_reader.im;
                }
                for ((slot, g), x) in by_skip.iter_mut().zip(g).zip(x) {
                    *slot += scale(*g, exponent) * x;
                }
            }
            let (g, exponent) = adjoint.now();
            let mut through = vec![0.0; channels];
            for i in 0..width {
                through[i / self.stored] += (Complex::load(&trace.b_bar, i).conjugate() * Complex::load(g, i)).re;
            }
            dx.add(t, &through, exponent);
            if asked {
                let factor = scale(1.0, exponent);
                let previous = if t == 0 { &zero[..] } else { &trace.h[(t - 1) * 2 * width..t * 2 * width] };
                adjoint.coefficients(previous, &mut by_coefficient);
                for i in 0..width {
                    by_a_bar[i] = by_a_bar[i] + Complex::load(&by_coefficient, i).times(factor);
                    by_b_bar[i] = by_b_bar[i] + Complex::load(g, i).times(factor * x[i / self.stored]);
                }
            }
            adjoint.back(t);
        }
        if let Some(gradients) = gradients {
            for i in 0..width {
                let (a, step) = (Complex::load(&trace.a, i), self.step(i / self.stored));
                let discrete = Discrete { a: Complex::load(&trace.a_bar, i), b: Complex::load(&trace.b_bar, i) };
                let slopes = slopes(self.rule, a, step, discrete);
                let by_a = slopes.a_by_a.conjugate() * by_a_bar[i] + slopes.b_by_a.conjugate() * by_b_bar[i];
                let by_step = slopes.a_by_step.conjugate() * by_a_bar[i] + slopes.b_by_step.conjugate() * by_b_bar[i];
                // Re A = −exp(log_A_real), whose derivative is Re A; that of Δ = exp(log_dt) is Δ.
                gradients.values[LOG_A_REAL][i] += by_a.re * a.re;
                gradients.values[A_IMAG][i] += by_a.im;
                gradients.values[LOG_STEP][i / self.stored] += by_step.re * step;
            }
            gradients.values[C].iter_mut().zip(by_c).for_each(|(slot, g)| *slot += g);
            gradients.values[SKIP].iter_mut().zip(by_skip).for_each(|(slot, g)| *slot += g);
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
        let (width, channels, steps) = (self.width() as u64, self.channels as u64, steps as u64);
        Cost {
            parameters: self.parameters.count(),
            // B̄ x 2, Ā h + … 8, Re(C h) 4; the kernel is a picture and not counted.
            forward_flops: steps * (width * 14 + channels * 3),
            vjp_flops: steps * (width * (3 + 2 + 4 + 6) + channels * 2),
            stored: steps * (2 * width + 2 * channels),
        }
    }
}
