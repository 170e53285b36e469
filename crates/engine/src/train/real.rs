//! The two arithmetics of a training step.

use core::ops::{Add, AddAssign, Mul, MulAssign, Sub};

use super::lanes32;
use crate::lanes;
use crate::simd::{Lanes, Lanes32};

/// A few neighbouring columns of a matrix product, in two vector registers.
pub(super) trait Tile<R>: Copy {
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
pub(super) trait Real:
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
    const SQUARES: core::ops::Range<f64>;
    /// Below this the reciprocal overflows, and there are hardly digits left.
    const LEAST: f64;
    /// Largest elements of an adjoint, as powers of two, between which it is carried on as it is; beyond them it is scaled. Float64 has
    /// range enough for itself.
    const ADJOINT_RANGE: Option<core::ops::RangeInclusive<i32>>;

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

macro_rules! tile {
    ($registers:ty, $number:ty) => {
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
    };
}

tile!(Lanes<2>, f64);
tile!(Lanes32<2>, f32);

impl Real for f64 {
    type Tile = Lanes<2>;

    const LANES: usize = 4;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const SQUARES: core::ops::Range<f64> = 1e-280..1e280;
    const LEAST: f64 = 1e-300;
    const ADJOINT_RANGE: Option<core::ops::RangeInclusive<i32>> = None;

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }

    #[inline(always)]
    fn size(self) -> Self {
        self.abs()
    }

    fn tanh(values: &mut [Self]) {
        lanes::tanh(values);
    }

    fn sigmoid(values: &mut [Self]) {
        lanes::sigmoid(values);
    }
}

impl Real for f32 {
    type Tile = Lanes32<2>;

    const LANES: usize = 8;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const SQUARES: core::ops::Range<f64> = 1e-28..1e28;
    const LEAST: f64 = 1e-36;
    const ADJOINT_RANGE: Option<core::ops::RangeInclusive<i32>> = Some(-20..=40);

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
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
        lanes32::tanh(values);
    }

    fn sigmoid(values: &mut [Self]) {
        lanes32::sigmoid(values);
    }
}
