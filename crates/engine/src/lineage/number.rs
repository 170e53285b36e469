//! Real and complex numbers as the states of linear recurrences, and as their slices keep them: all real parts, then all imaginary parts.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// A real or a complex number.
pub trait Number:
    Copy + PartialEq + core::fmt::Debug + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// Real numbers it consists of.
    const PARTS: usize;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// Number `i` of a slice of n numbers: its real part is at i, its imaginary part, where it has one, at n + i.
    fn load(values: &[f64], i: usize) -> Self;
    /// Writes it as number `i` of such a slice.
    fn store(self, values: &mut [f64], i: usize);
    /// A real number as this kind.
    fn real(value: f64) -> Self;
    /// The complex conjugate.
    #[must_use]
    fn conjugate(self) -> Self;
    /// The real part.
    fn re(self) -> f64;
    /// |z|.
    fn modulus(self) -> f64;
    /// e^z.
    #[must_use]
    fn exponential(self) -> Self;
    /// e^z − 1, to full relative accuracy near 0.
    #[must_use]
    fn exponential_less_one(self) -> Self;

    /// This times a real number.
    #[must_use]
    fn times(self, factor: f64) -> Self {
        self * Self::real(factor)
    }

    /// How many numbers such a slice has.
    fn count(values: &[f64]) -> usize {
        values.len() / Self::PARTS
    }
}

impl Number for f64 {
    const PARTS: usize = 1;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn load(values: &[f64], i: usize) -> Self {
        values[i]
    }

    fn store(self, values: &mut [f64], i: usize) {
        values[i] = self;
    }

    fn real(value: f64) -> Self {
        value
    }

    fn conjugate(self) -> Self {
        self
    }

    fn re(self) -> f64 {
        self
    }

    fn modulus(self) -> f64 {
        self.abs()
    }

    fn exponential(self) -> Self {
        libm::exp(self)
    }

    fn exponential_less_one(self) -> Self {
        libm::expm1(self)
    }
}

/// re + i·im.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Complex {
    /// re + i·im.
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Div for Complex {
    type Output = Self;

    /// Smith 1962: the larger part of the divisor is taken out, so that no square overflows.
    fn div(self, other: Self) -> Self {
        if other.re.abs() >= other.im.abs() {
            let ratio = other.im / other.re;
            let divisor = other.re + other.im * ratio;
            Self::new((self.re + self.im * ratio) / divisor, (self.im - self.re * ratio) / divisor)
        } else {
            let ratio = other.re / other.im;
            let divisor = other.re * ratio + other.im;
            Self::new((self.re * ratio + self.im) / divisor, (self.im * ratio - self.re) / divisor)
        }
    }
}

impl Neg for Complex {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}

impl Number for Complex {
    const PARTS: usize = 2;
    const ZERO: Self = Self::new(0.0, 0.0);
    const ONE: Self = Self::new(1.0, 0.0);

    fn load(values: &[f64], i: usize) -> Self {
        Self::new(values[i], values[values.len() / 2 + i])
    }

    fn store(self, values: &mut [f64], i: usize) {
        let half = values.len() / 2;
        values[i] = self.re;
        values[half + i] = self.im;
    }

    fn real(value: f64) -> Self {
        Self::new(value, 0.0)
    }

    fn conjugate(self) -> Self {
        Self::new(self.re, -self.im)
    }

    fn re(self) -> f64 {
        self.re
    }

    fn modulus(self) -> f64 {
        libm::hypot(self.re, self.im)
    }

    fn exponential(self) -> Self {
        let size = libm::exp(self.re);
        Self::new(size * libm::cos(self.im), size * libm::sin(self.im))
    }

    fn exponential_less_one(self) -> Self {
        // e^x cos y − 1 = (e^x − 1) cos y − 2 sin²(y/2): no difference of near numbers.
        let half = libm::sin(0.5 * self.im);
        Self::new(libm::expm1(self.re) * libm::cos(self.im) - 2.0 * half * half, libm::exp(self.re) * libm::sin(self.im))
    }

    fn times(self, factor: f64) -> Self {
        Self::new(self.re * factor, self.im * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Complex, b: Complex) -> bool {
        (a - b).modulus() <= 1e-15 * b.modulus()
    }

    #[test]
    fn division_undoes_multiplication() {
        for (a, b) in [((1.0, 2.0), (3.0, -4.0)), ((-1.0, 0.5), (0.0, 2.0)), ((1e200, 1e200), (1e-200, 3e-200)), ((2.0, 1.0), (-7.0, 0.0))]
        {
            let (a, b) = (Complex::new(a.0, a.1), Complex::new(b.0, b.1));
            assert!(near(a * b / b, a), "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_exponential_less_one_keeps_its_digits_near_zero() {
        let z = Complex::new(1e-12, -3e-12);
        // z + z²/2, beyond which nothing is left at this size.
        let expected = z + (z * z).times(0.5);
        assert!(near(z.exponential_less_one(), expected));
        let z = Complex::new(-0.7, 2.0);
        assert!(near(z.exponential_less_one() + Complex::ONE, z.exponential()));
    }
}
