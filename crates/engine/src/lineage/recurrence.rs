//! One linear recurrence, elementwise: `h_t = a_t ⊙ h_{t−1} + b_t`, real or complex, with a fixed or a depending on the input.
//!
//! The diagonal state-space models, Mamba's selective scan, the minimal gated cells, the linear recurrent unit and the linear attentions all
//! are this recurrence; they differ in what makes a and b and in what reads h. Its derivatives, with ∂L/∂z = ∂L/∂Re z + i ∂L/∂Im z:
//! `∂L/∂b_t = ∂L/∂h_t`, `∂L/∂a_t = conj(h_{t−1}) ∂L/∂h_t`, and `∂L/∂h_{t−1}` takes `conj(a_t) ∂L/∂h_t`. So `∂h_T/∂h_k = diag(∏ a)`.
//!
//! A step's numbers lie as [`Number`] says: real parts, then imaginary parts.

use core::marker::PhantomData;

use super::number::Number;
use super::rows::Running;
use super::LineageError;
use crate::scaled::log10_scaled;

/// The coefficients a of a recurrence over n states.
#[derive(Clone, Copy, Debug)]
pub struct Recurrence<'a, S> {
    a: &'a [f64],
    /// Numbers of a that one step has.
    stride: usize,
    /// Neighbouring states that share one coefficient.
    shared: usize,
    /// Whether every step has the same coefficients.
    fixed: bool,
    number: PhantomData<S>,
}

impl<'a, S: Number> Recurrence<'a, S> {
    /// The same a (`[n]`) at every step.
    pub fn fixed(a: &'a [f64]) -> Self {
        Self { a, stride: a.len(), shared: 1, fixed: true, number: PhantomData }
    }

    /// An a of its own for every step, `[T][n]`.
    pub fn varying(a: &'a [f64], n: usize) -> Self {
        Self { a, stride: n * S::PARTS, shared: 1, fixed: false, number: PhantomData }
    }

    /// The same, each coefficient for `count` neighbouring states, of which there are then `count` times as many.
    #[must_use]
    pub fn shared(mut self, count: usize) -> Self {
        self.shared = count.max(1);
        self
    }

    /// Real numbers that one step's states have.
    fn width(&self) -> usize {
        self.stride * self.shared
    }

    /// The coefficients of step t.
    pub fn coefficients(&self, t: usize) -> &'a [f64] {
        let from = if self.fixed { 0 } else { t * self.stride };
        &self.a[from..from + self.stride]
    }

    /// All states h_0 … h_{T−1}, from the state before (`[n]`) and b (`[T][n]`), whose place they take.
    ///
    /// # Errors
    /// [`LineageError::Overflow`] where a state is not finite.
    pub fn forward(&self, before: &[f64], b: Vec<f64>) -> Result<Vec<f64>, LineageError> {
        let (width, mut h) = (self.width(), b);
        let steps = h.len() / width.max(1);
        for t in 0..steps {
            let (done, rest) = h.split_at_mut(t * width);
            let previous = if t == 0 { before } else { &done[(t - 1) * width..] };
            let now = &mut rest[..width];
            let a = self.coefficients(t);
            for i in 0..width / S::PARTS {
                let next = S::load(a, i / self.shared) * S::load(previous, i) + S::load(now, i);
                next.store(now, i);
            }
            if !now.iter().all(|v| v.is_finite()) {
                return Err(LineageError::Overflow { step: t });
            }
        }
        Ok(h)
    }

    /// A backward sweep, from a zero adjoint.
    pub fn backward(&self) -> Adjoint<'a, S> {
        Adjoint { recurrence: Recurrence { ..*self }, running: Running::zeros(self.width()) }
    }

    /// `∂h_to/∂h_from`, the diagonal of it: the product of a over from + 1 … to, for every state, `[n]`. It may underflow.
    pub fn memory(&self, from: usize, to: usize) -> Vec<f64> {
        let mut product = vec![0.0; self.width()];
        for i in 0..self.width() / S::PARTS {
            let factors = (from + 1..=to).map(|t| S::load(self.coefficients(t), i / self.shared));
            factors.fold(S::ONE, |product, a| product * a).store(&mut product, i);
        }
        product
    }

    /// log10 of the modulus of [`Self::memory`], without underflow; −∞ for exactly zero. One number a state.
    pub fn log10_memory(&self, from: usize, to: usize) -> Vec<f64> {
        let count = self.width() / S::PARTS;
        let state = |i: usize| {
            let (mut product, mut exponent) = (1.0, 0_i64);
            for t in from + 1..=to {
                product *= S::load(self.coefficients(t), i / self.shared).modulus();
                let (mantissa, power) = libm::frexp(product);
                if product != 0.0 {
                    (product, exponent) = (mantissa, exponent + i64::from(power));
                }
            }
            log10_scaled(product, exponent)
        };
        (0..count).map(state).collect()
    }
}

/// The adjoint of the state of one step, with a power of two taken out: what a backward sweep carries.
///
/// From the last step back: [`Self::add`] what reads h_t, ask [`Self::now`] and [`Self::coefficients`], then go [`Self::back`].
#[derive(Clone, Debug)]
pub struct Adjoint<'a, S> {
    recurrence: Recurrence<'a, S>,
    running: Running,
}

impl<S: Number> Adjoint<'_, S> {
    /// Adds `values · 2^exponent` (`[n]`) to the adjoint of the step that the sweep has come to.
    pub fn add(&mut self, values: &[f64], exponent: i64) {
        self.running.add(values, exponent);
        self.running.normalise();
    }

    /// `∂L/∂h_t = ∂L/∂b_t`, `[n]`, and its power of two.
    pub fn now(&self) -> (&[f64], i64) {
        (&self.running.values, self.running.exponent)
    }

    /// `∂L/∂a_t` under the same power of two, summed over the states that share a coefficient, from h_{t−1}.
    pub fn coefficients(&self, previous: &[f64], out: &mut [f64]) {
        let shared = self.recurrence.shared;
        for c in 0..S::count(out) {
            let terms = (c * shared..(c + 1) * shared).map(|i| S::load(previous, i).conjugate() * S::load(&self.running.values, i));
            terms.fold(S::ZERO, |sum, term| sum + term).store(out, c);
        }
    }

    /// From the adjoint of h_t to that of h_{t−1}, before anything else reads it.
    pub fn back(&mut self, t: usize) {
        let a = self.recurrence.coefficients(t);
        let values = &mut self.running.values;
        for i in 0..S::count(values) {
            let next = S::load(a, i / self.recurrence.shared).conjugate() * S::load(values, i);
            next.store(values, i);
        }
        self.running.normalise();
    }
}
