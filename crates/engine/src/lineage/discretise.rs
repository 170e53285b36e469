//! From `h' = A h + B x` in continuous time to `h_t = Ā h_{t−1} + B̄ x_t` with a step Δ, for one number A or a dense matrix.

use super::dense::{add_scaled_identity, exponential, exponential_adjoint, inner_product, multiply, transposed};
use super::number::Number;
use crate::kernel::{axpy, dot, gemv};
use crate::linalg::lu::Lu;

/// How a continuous system becomes one of steps. Mamba with a zero-order hold for B as well is [`Rule::ZeroOrderHold`]: its Ā is that already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The input is held over a step: Ā = e^{ΔA}, B̄ = A⁻¹(e^{ΔA} − I)B. Exact for such an input.
    ZeroOrderHold,
    /// Tustin's: Ā = (I − ΔA/2)⁻¹(I + ΔA/2), B̄ = (I − ΔA/2)⁻¹ΔB. For ΔA < −2 it is negative, which no hold is.
    Bilinear,
    /// What Mamba's code does (Gu & Dao 2023 print the hold for both): Ā = e^{ΔA} and Euler's B̄ = ΔB.
    Mamba,
}

impl Rule {
    /// Its name, as the fixtures' `discretization` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZeroOrderHold => "zoh",
            Self::Bilinear => "bilinear",
            Self::Mamba => "mamba",
        }
    }
}

/// Ā and B̄ of one number A with B = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discrete<S> {
    /// Ā.
    pub a: S,
    /// B̄.
    pub b: S,
}

/// Derivatives of Ā and B̄ by A and by Δ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slopes<S> {
    /// ∂Ā/∂A.
    pub a_by_a: S,
    /// ∂Ā/∂Δ.
    pub a_by_step: S,
    /// ∂B̄/∂A.
    pub b_by_a: S,
    /// ∂B̄/∂Δ.
    pub b_by_step: S,
}

/// (e^z − 1)/z, 1 at 0.
fn phi<S: Number>(z: S) -> S {
    if z == S::ZERO {
        S::ONE
    } else {
        z.exponential_less_one() / z
    }
}

/// The derivative of φ, from φ(z) and e^z.
fn phi_slope<S: Number>(z: S, phi: S, exponential: S) -> S {
    if z.modulus() > 1.0 {
        return (exponential - phi) / z;
    }
    // Σ (j + 1) z^j / (j + 2)!: below 1 the difference above loses digits, and 20 terms reach the last bit.
    let mut sum = S::ZERO;
    let mut factorial = 2.0;
    let mut power = S::ONE;
    for j in 0..20 {
        sum = sum + power.times(f64::from(j + 1) / factorial);
        power = power * z;
        factorial *= f64::from(j + 3);
    }
    sum
}

/// Ā and B̄ of `h' = A h + x` for a step Δ.
pub fn discretise<S: Number>(rule: Rule, a: S, step: f64) -> Discrete<S> {
    let z = a.times(step);
    match rule {
        Rule::ZeroOrderHold => Discrete { a: z.exponential(), b: phi(z).times(step) },
        Rule::Bilinear => {
            let (half, divisor) = (z.times(0.5), S::ONE - z.times(0.5));
            Discrete { a: (S::ONE + half) / divisor, b: S::real(step) / divisor }
        }
        Rule::Mamba => Discrete { a: z.exponential(), b: S::real(step) },
    }
}

/// Their derivatives, from A, Δ and what [`discretise`] makes of them.
pub fn slopes<S: Number>(rule: Rule, a: S, step: f64, discrete: Discrete<S>) -> Slopes<S> {
    match rule {
        Rule::ZeroOrderHold => {
            let z = a.times(step);
            let phi = if step == 0.0 { S::ONE } else { discrete.b.times(1.0 / step) };
            Slopes {
                a_by_a: discrete.a.times(step),
                a_by_step: a * discrete.a,
                b_by_a: phi_slope(z, phi, discrete.a).times(step * step),
                b_by_step: discrete.a,
            }
        }
        Rule::Bilinear => {
            let inverse = S::ONE / (S::ONE - a.times(0.5 * step));
            let square = inverse * inverse;
            Slopes { a_by_a: square.times(step), a_by_step: a * square, b_by_a: square.times(0.5 * step * step), b_by_step: square }
        }
        Rule::Mamba => Slopes { a_by_a: discrete.a.times(step), a_by_step: a * discrete.a, b_by_a: S::ZERO, b_by_step: S::ONE },
    }
}

/// B̄ by Mamba's rule over B̄ by the hold, ΔA/(e^{ΔA} − 1): 1 for small steps, −ΔA for large ones where A < 0.
pub fn ratio<S: Number>(a: S, step: f64) -> S {
    S::ONE / phi(a.times(step))
}

/// Ā (`[n][n]`) and B̄ (`[n]`) of a dense system with one input.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseDiscrete {
    /// Ā, row-major.
    pub a: Vec<f64>,
    /// B̄.
    pub b: Vec<f64>,
}

/// Gradients by A (`[n][n]`), B (`[n]`) and Δ.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseGradients {
    /// ∂L/∂A.
    pub a: Vec<f64>,
    /// ∂L/∂B.
    pub b: Vec<f64>,
    /// ∂L/∂Δ.
    pub step: f64,
}

/// [[A, B], [0, 0]]: the exponential of Δ times it is [[Ā, B̄], [0, 1]] by the hold, with no inverse of A (Van Loan 1978).
fn bordered(a: &[f64], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut bordered = vec![0.0; (n + 1) * (n + 1)];
    for i in 0..n {
        bordered[i * (n + 1)..i * (n + 1) + n].copy_from_slice(&a[i * n..(i + 1) * n]);
        bordered[i * (n + 1) + n] = b[i];
    }
    bordered
}

/// The first n rows of a bordered matrix as matrix and column.
fn unbordered(bordered: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let rows = || bordered.chunks_exact(n + 1).take(n);
    (rows().flat_map(|row| row[..n].iter().copied()).collect(), rows().map(|row| row[n]).collect())
}

/// I + factor·A.
fn one_plus(a: &[f64], n: usize, factor: f64) -> Vec<f64> {
    let mut sum: Vec<f64> = a.iter().map(|v| factor * v).collect();
    add_scaled_identity(&mut sum, n, 1.0);
    sum
}

/// Ā and B̄ of a dense A `[n][n]` and B `[n]`; `None` where the bilinear rule has no answer because I − ΔA/2 is singular, or a number is not
/// finite.
pub fn discretise_dense(rule: Rule, a: &[f64], b: &[f64], step: f64) -> Option<DenseDiscrete> {
    let n = b.len();
    match rule {
        Rule::ZeroOrderHold | Rule::Mamba => {
            let scaled: Vec<f64> = bordered(a, b).iter().map(|v| step * v).collect();
            let (a, held) = unbordered(&exponential(&scaled, n + 1)?, n);
            let b = if rule == Rule::Mamba { b.iter().map(|v| step * v).collect() } else { held };
            Some(DenseDiscrete { a, b })
        }
        Rule::Bilinear => {
            let inverse = Lu::new(n).inverse(&one_plus(a, n, -0.5 * step))?;
            let mut b_bar = vec![0.0; n];
            gemv(&inverse, b, &mut b_bar);
            b_bar.iter_mut().for_each(|v| *v *= step);
            Some(DenseDiscrete { a: multiply(&inverse, &one_plus(a, n, 0.5 * step), n), b: b_bar })
        }
    }
}

/// From `∂L/∂Ā` and `∂L/∂B̄` to gradients by A, B and Δ; `None` as [`discretise_dense`].
pub fn dense_gradients(rule: Rule, a: &[f64], b: &[f64], step: f64, by_a: &[f64], by_b: &[f64]) -> Option<DenseGradients> {
    let n = b.len();
    match rule {
        Rule::ZeroOrderHold | Rule::Mamba => {
            let bordered_system = bordered(a, b);
            let scaled: Vec<f64> = bordered_system.iter().map(|v| step * v).collect();
            let held = if rule == Rule::Mamba { vec![0.0; n] } else { by_b.to_vec() };
            let adjoint = exponential_adjoint(&scaled, n + 1, &bordered(by_a, &held))?;
            let mut by_step = inner_product(&adjoint, &bordered_system);
            let (mut by_a, mut gradient_b) = unbordered(&adjoint, n);
            by_a.iter_mut().chain(&mut gradient_b).for_each(|v| *v *= step);
            if rule == Rule::Mamba {
                axpy(step, by_b, &mut gradient_b);
                by_step += dot(by_b, b);
            }
            Some(DenseGradients { a: by_a, b: gradient_b, step: by_step })
        }
        Rule::Bilinear => {
            let inverse = Lu::new(n).inverse(&one_plus(a, n, -0.5 * step))?;
            let discrete = discretise_dense(rule, a, b, step)?;
            // With L = I − ΔA/2: dĀ = L⁻¹ d(ΔA/2) (Ā + I), dB̄ = L⁻¹ (d(ΔA/2) B̄ + d(ΔB)).
            let back = transposed(&inverse, n);
            let u = multiply(&back, by_a, n);
            let mut v = vec![0.0; n];
            gemv(&back, by_b, &mut v);
            let mut sum = discrete.a;
            add_scaled_identity(&mut sum, n, 1.0);
            let mut half = multiply(&u, &transposed(&sum, n), n);
            for (row, v) in half.chunks_exact_mut(n).zip(&v) {
                axpy(*v, &discrete.b, row);
            }
            let by_step = 0.5 * inner_product(&half, a) + dot(&v, b);
            Some(DenseGradients {
                a: half.iter().map(|g| 0.5 * step * g).collect(),
                b: v.iter().map(|g| step * g).collect(),
                step: by_step,
            })
        }
    }
}
