//! HiPPO-LegS, the time-varying one (Gu et al. 2020, theorem 2): `c'(t) = (1/t) A c(t) + (1/t) B f(t)` keeps the coefficients of the whole
//! past, stretched over [0, 1], by scaled Legendre polynomials √(2n+1) P_n(2u − 1).
//!
//! Its gradient does not vanish with lag: `∂c_n(t₁)/∂f(t₀) = √(2n+1) P_n(2t₀/t₁ − 1)/t₁`. S4's time-invariant model with the same A and B is
//! another system, which forgets: e^{sA}B has the entries √(2n+1) e^{−s} P_n(2e^{−s} − 1), s = Δ·lag.

use core::f64::consts::PI;

use super::block::{self, Block, Cost, Gradients, Parameter, Path};
use super::dense::{add_scaled_identity, exponential};
use super::parameters::{at_least_one, finite};
use super::rows::Running;
use super::{LineageError, ScaledRows};
use crate::kernel::{dot, gemv, gemv_transposed};

/// A `[N][N]` and B `[N]`: `A_nk = −√((2n+1)(2k+1))` below the diagonal, `−(n+1)` on it, `B_n = √(2n+1)`. The eigenvalues are −1 … −N.
pub fn legs(n: usize) -> (Vec<f64>, Vec<f64>) {
    let root = |i: usize| ((2 * i + 1) as f64).sqrt();
    let entry = |i: usize, j: usize| match j.cmp(&i) {
        core::cmp::Ordering::Less => -(root(i) * root(j)),
        core::cmp::Ordering::Equal => -(i as f64 + 1.0),
        core::cmp::Ordering::Greater => 0.0,
    };
    ((0..n * n).map(|at| entry(at / n, at % n)).collect(), (0..n).map(root).collect())
}

/// The normal matrix Λ of A = Λ − PPᵀ with `P_n = √(n + ½)` (Gu et al. 2021, theorem 1), `[N][N]`: −½ I and a skew-symmetric matrix. And P.
pub fn normal_plus_low_rank(n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut a, _) = legs(n);
    let p: Vec<f64> = (0..n).map(|i| (i as f64 + 0.5).sqrt()).collect();
    a.iter_mut().enumerate().for_each(|(at, v)| *v += p[at / n] * p[at % n]);
    (a, p)
}

/// P_0(x) … P_{N−1}(x), by their recurrence.
pub fn legendre(n: usize, x: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(n);
    for i in 0..n {
        values.push(match i {
            0 => 1.0,
            1 => x,
            _ => {
                let k = (i - 1) as f64;
                ((2.0 * k + 1.0) * x * values[i - 1] - k * values[i - 2]) / (k + 1.0)
            }
        });
    }
    values
}

/// √(2n+1) P_n(2u − 1), n = 0 … N − 1: orthonormal over u in [0, 1].
pub fn basis(n: usize, u: f64) -> Vec<f64> {
    legendre(n, 2.0 * u - 1.0).iter().enumerate().map(|(i, p)| ((2 * i + 1) as f64).sqrt() * p).collect()
}

/// t₁ ‖∂c(t₁)/∂f(t₀)‖ of the time-varying system for t₀/t₁ in [0, 1]. It is N at both ends, for the newest input and the oldest alike.
pub fn gradient_norm(n: usize, place: f64) -> f64 {
    let values = basis(n, place);
    dot(&values, &values).sqrt()
}

/// e^{sA}B of the time-invariant system, s = Δ·lag.
pub fn impulse(n: usize, s: f64) -> Vec<f64> {
    let decay = libm::exp(-s);
    basis(n, decay).iter().map(|v| decay * v).collect()
}

/// Its norm: N at s = 0, and N e^{−s} for large s.
pub fn impulse_norm(n: usize, s: f64) -> f64 {
    libm::exp(-s) * gradient_norm(n, libm::exp(-s))
}

/// The largest s at which that norm is still `fraction` of its value at 0: the horizon of S4's LegS is that over Δ, in steps.
pub fn horizon(n: usize, fraction: f64) -> f64 {
    // Beyond ln(1/fraction) the tail N e^{−s} bounds it; before that it falls.
    let (mut low, mut high) = (0.0, -libm::log(fraction) + 1.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if impulse_norm(n, middle) > fraction * n as f64 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The least relative L² error with which N coefficients hold a pure tone of f cycles over the history: √(1 − Σ_{n<N} (2n+1) j_n(πf)²), with
/// spherical Bessel functions j. A cliff at N/π cycles.
pub fn projection_bound(n: usize, cycles: f64) -> f64 {
    let x = PI * cycles.abs();
    if x == 0.0 {
        return 0.0;
    }
    // Downwards from an order where j is as good as 0 (Miller): j_{k−1} = (2k+1)/x j_k − j_{k+1}. The squares (2k+1) j_k² of all orders
    // sum to 1, which scales them, and the sum from N on needs no difference of near numbers.
    let start = n.max(libm::ceil(x) as usize) + 60 + libm::ceil(8.0 * libm::cbrt(x)) as usize;
    let (mut above, mut now) = (0.0_f64, 1e-150_f64);
    let (mut all, mut rest) = (0.0_f64, 0.0_f64);
    for k in (0..=start).rev() {
        let square = (2 * k + 1) as f64 * now * now;
        all += square;
        if k >= n {
            rest += square;
        }
        let below = (2 * k + 1) as f64 / x * now - above;
        (above, now) = (now, below);
        if now.abs() > 1e120 {
            let factor = 1e-200;
            (above, now) = (above * factor, now * factor);
            (all, rest) = (all * factor * factor, rest * factor * factor);
        }
    }
    (rest / all).sqrt()
}

/// How a step of the time-varying system is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// (I − A/2k) c_k = (I + A/2k) c_{k−1} + B f_k / k, with the same 1/k at both ends, as the released code has it.
    Bilinear,
    /// The same with 1/(k−1) on the right, the trapezoid of the time-varying system.
    BilinearTwoTimes,
    /// c_k = (I + A/k) c_{k−1} + B f_k / k, as the paper prints it: it passes through enormous coefficients before it comes back.
    Euler,
    /// E = e^{A ln(k/(k−1))}, c_k = E c_{k−1} + A⁻¹(E − I) B f_k: exact for an input that is constant between samples.
    ExactInLogTime,
}

/// One step: `left c_k = right c_{k−1} + b f_k`, all matrices lower triangular; `left` is I where there is none.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    left: Option<Vec<f64>>,
    right: Vec<f64>,
    b: Vec<f64>,
}

impl Step {
    /// A system's k-th step, k = 1, 2, …
    fn new(rule: Rule, a: &[f64], b: &[f64], k: usize) -> Option<Self> {
        let n = b.len();
        let now = 1.0 / k as f64;
        let driven = || b.iter().map(|v| v * now).collect::<Vec<f64>>();
        let one_plus = |factor: f64| {
            let mut sum: Vec<f64> = a.iter().map(|v| factor * v).collect();
            add_scaled_identity(&mut sum, n, 1.0);
            sum
        };
        Some(match rule {
            Rule::Bilinear => Self { left: Some(one_plus(-0.5 * now)), right: one_plus(0.5 * now), b: driven() },
            Rule::BilinearTwoTimes => {
                let before = 1.0 / (k - 1).max(1) as f64;
                Self { left: Some(one_plus(-0.5 * now)), right: one_plus(0.5 * before), b: driven() }
            }
            Rule::Euler => Self { left: None, right: one_plus(now), b: driven() },
            Rule::ExactInLogTime => {
                let right = if k == 1 {
                    vec![0.0; n * n]
                } else {
                    let lag = -libm::log1p(-now);
                    exponential(&a.iter().map(|v| lag * v).collect::<Vec<f64>>(), n)?
                };
                let mut less = right.clone();
                add_scaled_identity(&mut less, n, -1.0);
                let mut held = vec![0.0; n];
                gemv(&less, b, &mut held);
                solve_lower(a, &mut held);
                Self { left: None, right, b: held }
            }
        })
    }

    fn advance(&self, c: &mut Vec<f64>, input: f64, scratch: &mut Vec<f64>) {
        gemv(&self.right, c, scratch);
        scratch.iter_mut().zip(&self.b).for_each(|(c, b)| *c += b * input);
        if let Some(left) = &self.left {
            solve_lower(left, scratch);
        }
        core::mem::swap(c, scratch);
    }

    /// From the adjoint of c_k to that of c_{k−1}; returns that of f_k.
    fn back(&self, adjoint: &mut [f64], scratch: &mut [f64]) -> f64 {
        if let Some(left) = &self.left {
            solve_lower_transposed(left, adjoint);
        }
        let input = dot(&self.b, adjoint);
        gemv_transposed(&self.right, adjoint, scratch);
        adjoint.copy_from_slice(scratch);
        input
    }
}

/// x ← L⁻¹ x, L lower triangular.
fn solve_lower(l: &[f64], x: &mut [f64]) {
    let n = x.len();
    for i in 0..n {
        let row = &l[i * n..(i + 1) * n];
        x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
    }
}

/// x ← L⁻ᵀ x.
fn solve_lower_transposed(l: &[f64], x: &mut [f64]) {
    let n = x.len();
    for i in (0..n).rev() {
        let row = &l[i * n..(i + 1) * n];
        let value = x[i] / row[i];
        x[i] = value;
        x[..i].iter_mut().zip(&row[..i]).for_each(|(x, l)| *x -= l * value);
    }
}

/// What a memory holds after a signal, and the largest magnitude a coefficient had on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// `[N]`.
    pub coefficients: Vec<f64>,
    /// The largest |c_n| after any sample.
    pub largest: f64,
}

/// The time-varying memory as a model: input `[T][1]`, output the N coefficients after every sample, `[T][N]`. It has no parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Legs {
    rule: Rule,
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Legs {
    /// A memory of N coefficients.
    ///
    /// # Errors
    /// [`LineageError::Size`] for N = 0.
    pub fn new(rule: Rule, state_size: usize) -> Result<Self, LineageError> {
        at_least_one("The state size", state_size)?;
        let (a, b) = legs(state_size);
        Ok(Self { rule, a, b })
    }

    /// N.
    pub fn state_size(&self) -> usize {
        self.b.len()
    }

    fn step(&self, k: usize) -> Result<Step, LineageError> {
        Step::new(self.rule, &self.a, &self.b, k).ok_or(LineageError::Overflow { step: k - 1 })
    }

    /// Runs over a signal and keeps the last coefficients only.
    ///
    /// # Errors
    /// [`LineageError::Overflow`] where a coefficient is not finite.
    pub fn remember(&self, signal: &[f64]) -> Result<Memory, LineageError> {
        let n = self.state_size();
        let (mut c, mut scratch) = (vec![0.0; n], vec![0.0; n]);
        let mut largest = 0.0_f64;
        for (i, input) in signal.iter().enumerate() {
            self.step(i + 1)?.advance(&mut c, *input, &mut scratch);
            finite(&c, n).map_err(|_| LineageError::Overflow { step: i })?;
            largest = c.iter().fold(largest, |most, v| crate::kernel::larger(most, v.abs()));
        }
        Ok(Memory { coefficients: c, largest })
    }
}

/// The past that coefficients hold, at points u in [0, 1] of the history, 0 the oldest: Σ c_n √(2n+1) P_n(2u − 1).
pub fn reconstruct(coefficients: &[f64], points: &[f64]) -> Vec<f64> {
    points.iter().map(|u| dot(coefficients, &basis(coefficients.len(), *u))).collect()
}

/// The middles of T samples in [0, 1], (j + ½)/T: where a reconstruction is compared with the signal.
pub fn midpoints(samples: usize) -> Vec<f64> {
    (0..samples).map(|j| (j as f64 + 0.5) / samples as f64).collect()
}

/// ‖a − b‖ / ‖b‖.
pub fn relative_error(a: &[f64], b: &[f64]) -> f64 {
    let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    (dot(&difference, &difference) / dot(b, b)).sqrt()
}

/// The relative error that the best N coefficients leave of a signal at its midpoints: no memory of N numbers does better there.
pub fn least_squares_error(signal: &[f64], n: usize) -> f64 {
    let rows: Vec<Vec<f64>> = midpoints(signal.len()).iter().map(|u| basis(n, *u)).collect();
    let mut left = signal.to_vec();
    let mut directions: Vec<Vec<f64>> = Vec::new();
    for i in 0..n {
        let mut column: Vec<f64> = rows.iter().map(|row| row[i]).collect();
        // Gram–Schmidt, twice: once leaves what rounding brings back.
        for _ in 0..2 {
            directions.iter().for_each(|direction| remove(&mut column, direction));
        }
        let norm = dot(&column, &column).sqrt();
        // With more coefficients than samples nothing is left of a column.
        if norm > 1e-8 * (signal.len() as f64).sqrt() {
            column.iter_mut().for_each(|v| *v /= norm);
            directions.push(column);
        }
    }
    for _ in 0..2 {
        directions.iter().for_each(|direction| remove(&mut left, direction));
    }
    (dot(&left, &left) / dot(signal, signal)).sqrt()
}

/// v ← v − (v·u) u for a unit vector u.
fn remove(v: &mut [f64], u: &[f64]) {
    let along = dot(v, u);
    v.iter_mut().zip(u).for_each(|(v, u)| *v -= along * u);
}

impl Block for Legs {
    /// The coefficients after every sample, `[T][N]`.
    type Trace = Vec<f64>;

    fn input_size(&self) -> usize {
        1
    }

    fn output_size(&self) -> usize {
        self.state_size()
    }

    fn forward(&self, x: &[f64]) -> Result<Vec<f64>, LineageError> {
        let steps = block::steps(x, 1)?;
        let n = self.state_size();
        let mut trace = Vec::with_capacity(steps * n);
        let (mut c, mut scratch) = (vec![0.0; n], vec![0.0; n]);
        for (i, input) in x.iter().enumerate() {
            self.step(i + 1)?.advance(&mut c, *input, &mut scratch);
            trace.extend_from_slice(&c);
        }
        finite(&trace, n)?;
        Ok(trace)
    }

    fn output<'t>(&self, trace: &'t Vec<f64>) -> &'t [f64] {
        trace
    }

    fn vjp(&self, trace: &Vec<f64>, cotangent: &ScaledRows, _path: Path, _gradients: Option<&mut Gradients>) -> ScaledRows {
        let n = self.state_size();
        let mut dx = ScaledRows::zeros(trace.len() / n, 1);
        let mut adjoint = Running::zeros(n);
        let mut scratch = vec![0.0; n];
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let (values, exponent) = cotangent.row(t);
            adjoint.add(values, exponent);
            adjoint.normalise();
            // The forward pass has found every step.
            let Ok(step) = self.step(t + 1) else { continue };
            let input = step.back(&mut adjoint.values, &mut scratch);
            dx.set(t, &[input], adjoint.exponent);
        }
        dx
    }

    /// All coefficients at once, so that a step's matrices are made once.
    fn jacobian_row(&self, trace: &Vec<f64>, t: usize, _path: Path) -> Vec<ScaledRows> {
        let n = self.state_size();
        let mut products: Vec<ScaledRows> = (0..n).map(|_| ScaledRows::zeros(trace.len() / n, 1)).collect();
        let mut adjoints: Vec<Running> = (0..n).map(|_| Running::zeros(n)).collect();
        adjoints.iter_mut().enumerate().for_each(|(i, adjoint)| adjoint.values[i] = 1.0);
        let mut scratch = vec![0.0; n];
        for k in (0..=t).rev() {
            let Ok(step) = self.step(k + 1) else { continue };
            for (product, adjoint) in products.iter_mut().zip(&mut adjoints) {
                adjoint.normalise();
                let input = step.back(&mut adjoint.values, &mut scratch);
                product.set(k, &[input], adjoint.exponent);
            }
        }
        products
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        Vec::new()
    }

    fn cost(&self, steps: usize) -> Cost {
        let (n, steps) = (self.state_size() as u64, steps as u64);
        // The product with the right side, the input, and the triangular solve where there is one.
        let solve = match self.rule {
            Rule::Bilinear | Rule::BilinearTwoTimes => n * n,
            Rule::Euler | Rule::ExactInLogTime => 0,
        };
        let step = 2 * n * n + 2 * n + solve;
        Cost { parameters: 0, forward_flops: steps * step, vjp_flops: steps * step, stored: steps * (n + 1) }
    }
}
