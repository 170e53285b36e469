//! A few neighbouring numbers that are multiplied and added together, two to a vector register.
//!
//! The compiler vectorises loops over such arrays by itself on x86-64 and ARM; for WebAssembly it leaves them scalar, which costs more than
//! half of a matrix product's speed. There the same operations are spelled out. Either way every lane is one multiplication and one addition
//! in the order of the calls, so the bits are the same.

pub(crate) use imp::Lanes;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::{f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_splat, v128};

    /// `2 · PAIRS` numbers.
    #[derive(Clone, Copy)]
    pub(crate) struct Lanes<const PAIRS: usize>([v128; PAIRS]);

    impl<const PAIRS: usize> Lanes<PAIRS> {
        /// Zeros.
        #[inline(always)]
        pub fn zero() -> Self {
            Self([f64x2_splat(0.0); PAIRS])
        }

        /// The first numbers of a slice that has at least as many.
        #[inline(always)]
        pub fn load(values: &[f64]) -> Self {
            Self(core::array::from_fn(|pair| f64x2(values[2 * pair], values[2 * pair + 1])))
        }

        /// Writes them to the beginning of a slice that has room.
        #[inline(always)]
        pub fn store(self, out: &mut [f64]) {
            for (out, pair) in out.chunks_exact_mut(2).zip(self.0) {
                out[0] = f64x2_extract_lane::<0>(pair);
                out[1] = f64x2_extract_lane::<1>(pair);
            }
        }

        /// self += factor · other.
        #[inline(always)]
        pub fn add_scaled(&mut self, factor: f64, other: &Self) {
            let factor = f64x2_splat(factor);
            for (sum, value) in self.0.iter_mut().zip(other.0) {
                *sum = f64x2_add(*sum, f64x2_mul(factor, value));
            }
        }

        /// self += a · b, lane by lane.
        #[inline(always)]
        pub fn add_product(&mut self, a: &Self, b: &Self) {
            for ((sum, a), b) in self.0.iter_mut().zip(a.0).zip(b.0) {
                *sum = f64x2_add(*sum, f64x2_mul(a, b));
            }
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod imp {
    /// `2 · PAIRS` numbers.
    #[derive(Clone, Copy)]
    pub(crate) struct Lanes<const PAIRS: usize>([[f64; 2]; PAIRS]);

    impl<const PAIRS: usize> Lanes<PAIRS> {
        /// Zeros.
        #[inline(always)]
        pub fn zero() -> Self {
            Self([[0.0; 2]; PAIRS])
        }

        /// The first numbers of a slice that has at least as many.
        #[inline(always)]
        pub fn load(values: &[f64]) -> Self {
            Self(core::array::from_fn(|pair| [values[2 * pair], values[2 * pair + 1]]))
        }

        /// Writes them to the beginning of a slice that has room.
        #[inline(always)]
        pub fn store(self, out: &mut [f64]) {
            for (out, pair) in out.chunks_exact_mut(2).zip(self.0) {
                out.copy_from_slice(&pair);
            }
        }

        /// self += factor · other.
        #[inline(always)]
        pub fn add_scaled(&mut self, factor: f64, other: &Self) {
            for (sum, value) in self.0.iter_mut().zip(&other.0) {
                for (sum, value) in sum.iter_mut().zip(value) {
                    *sum += factor * value;
                }
            }
        }

        /// self += a · b, lane by lane.
        #[inline(always)]
        pub fn add_product(&mut self, a: &Self, b: &Self) {
            for ((sum, a), b) in self.0.iter_mut().zip(&a.0).zip(&b.0) {
                for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
                    *sum += a * b;
                }
            }
        }
    }
}
