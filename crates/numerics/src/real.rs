//! The two arithmetics: float64 and float32.

use core::ops::{Add, AddAssign, Mul, MulAssign, Range, RangeInclusive, Sub};

use crate::simd::{Lanes, Lanes32};
use crate::{lanes, lanes32};

/// A few neighbouring columns of a matrix product, in two vector registers.
pub trait Tile<R>: Copy {
    /// Zeros.
    fn zero() -> Self;
    /// The first [`Real::LANES`] numbers of a slice.
    fn load(values: &[R]) -> Self;
    /// Writes them to the beginning of a slice.
    fn store(self, out: &mut [R]);
    /// self += factor · other.
    fn add_scaled(&mut self, factor: &R, other: &Self);
}

/// float64 or float32.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + core::fmt::Debug
    + core::iter::Sum
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
    + MulAssign
    + 'static
{
    /// [`Self::LANES`] columns.
    type Tile: Tile<Self>;

    /// Numbers in two vector registers: batches and widths are padded to a multiple of it.
    const LANES: usize;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Sums of squares between these have all their digits.
    const SQUARES: Range<f64>;
    /// Below this the reciprocal overflows, and there are hardly digits left.
    const LEAST: f64;
    /// Largest elements of an adjoint, as powers of two, between which it is carried on as it is; beyond them it is scaled. Float64 has
    /// range enough for itself.
    const ADJOINT_RANGE: Option<RangeInclusive<i32>>;

    /// The nearest number.
    fn narrow(value: f64) -> Self;
    /// The same number.
    fn widen(self) -> f64;
    /// |self|.
    fn size(self) -> Self;
    /// Replaces every a by tanh(a).
    fn tanh(values: &mut [Self]);
    /// Replaces every a by 1/(1 + e^{−a}).
    fn sigmoid(values: &mut [Self]);
}

macro_rules! real {
    ($number:ident in $registers:ty: $lanes:literal, $functions:ident, $squares:expr, $least:literal, $adjoint_range:expr) => {
        impl Tile<$number> for $registers {
            #[inline(always)]
            fn zero() -> Self {
                <$registers>::zero()
            }

            #[inline(always)]
            fn load(values: &[$number]) -> Self {
                <$registers>::load(values)
            }

            #[inline(always)]
            fn store(self, out: &mut [$number]) {
                <$registers>::store(self, out);
            }

            #[inline(always)]
            fn add_scaled(&mut self, factor: &$number, other: &Self) {
                <$registers>::add_scaled(self, factor, other);
            }
        }

        impl Real for $number {
            type Tile = $registers;

            const LANES: usize = $lanes;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const SQUARES: Range<f64> = $squares;
            const LEAST: f64 = $least;
            const ADJOINT_RANGE: Option<RangeInclusive<i32>> = $adjoint_range;

            #[inline(always)]
            fn narrow(value: f64) -> Self {
                value as $number
            }

            #[inline(always)]
            fn widen(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn size(self) -> Self {
                self.abs()
            }

            fn tanh(values: &mut [Self]) {
                $functions::tanh(values);
            }

            fn sigmoid(values: &mut [Self]) {
                $functions::sigmoid(values);
            }
        }
    };
}

real!(f64 in Lanes<2>: 4, lanes, 1e-280..1e280, 1e-300, None);
real!(f32 in Lanes32<2>: 8, lanes32, 1e-28..1e28, 1e-36, Some(-20..=40));
