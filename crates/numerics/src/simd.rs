//! A few neighbouring numbers that are multiplied and added together, a vector register (two float64 or four float32) at a time.
//!
//! The compiler vectorises loops over such arrays by itself on x86-64 and ARM; for WebAssembly it leaves them scalar, which costs more than
//! half of a matrix product's speed. There the same operations are spelled out. Either way every lane is one multiplication and one addition
//! in the order of the calls, so the bits are the same.

pub use imp::{Lanes, Lanes32};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::{
        f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_splat, v128,
    };

    macro_rules! lanes {
        ($name:ident, $number:ty, $width:literal, [$($lane:literal),+], $new:ident, $splat:ident, $extract:ident, $add:ident, $mul:ident) => {
            #[doc = concat!("`", $width, " · REGISTERS` numbers.")]
            #[derive(Clone, Copy)]
            pub struct $name<const REGISTERS: usize>([v128; REGISTERS]);

            impl<const REGISTERS: usize> $name<REGISTERS> {
                /// Zeros.
                #[inline(always)]
                pub fn zero() -> Self {
                    Self([$splat(0.0); REGISTERS])
                }

                /// The first numbers of a slice that has at least as many.
                #[inline(always)]
                pub fn load(values: &[$number]) -> Self {
                    Self(core::array::from_fn(|register| $new($(values[$width * register + $lane]),+)))
                }

                /// Writes them to the beginning of a slice that has room.
                #[inline(always)]
                pub fn store(self, out: &mut [$number]) {
                    for (out, register) in out.chunks_exact_mut($width).zip(self.0) {
                        $(out[$lane] = $extract::<$lane>(register);)+
                    }
                }

                /// self += factor · other.
                #[inline(always)]
                pub fn add_scaled(&mut self, factor: &$number, other: &Self) {
                    let factor = $splat(*factor);
                    for (sum, value) in self.0.iter_mut().zip(other.0) {
                        *sum = $add(*sum, $mul(factor, value));
                    }
                }
            }
        };
    }

    lanes!(Lanes, f64, 2, [0, 1], f64x2, f64x2_splat, f64x2_extract_lane, f64x2_add, f64x2_mul);
    lanes!(Lanes32, f32, 4, [0, 1, 2, 3], f32x4, f32x4_splat, f32x4_extract_lane, f32x4_add, f32x4_mul);

    impl<const REGISTERS: usize> Lanes<REGISTERS> {
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
    macro_rules! lanes {
        ($name:ident, $number:ty, $width:literal) => {
            #[doc = concat!("`", $width, " · REGISTERS` numbers.")]
            #[derive(Clone, Copy)]
            pub struct $name<const REGISTERS: usize>([[$number; $width]; REGISTERS]);

            impl<const REGISTERS: usize> $name<REGISTERS> {
                /// Zeros.
                #[inline(always)]
                pub fn zero() -> Self {
                    Self([[0.0; $width]; REGISTERS])
                }

                /// The first numbers of a slice that has at least as many.
                #[inline(always)]
                pub fn load(values: &[$number]) -> Self {
                    Self(core::array::from_fn(|register| core::array::from_fn(|lane| values[$width * register + lane])))
                }

                /// Writes them to the beginning of a slice that has room.
                #[inline(always)]
                pub fn store(self, out: &mut [$number]) {
                    for (out, register) in out.chunks_exact_mut($width).zip(self.0) {
                        out.copy_from_slice(&register);
                    }
                }

                /// self += factor · other.
                #[inline(always)]
                pub fn add_scaled(&mut self, factor: &$number, other: &Self) {
                    for (sum, value) in self.0.iter_mut().zip(&other.0) {
                        for (sum, value) in sum.iter_mut().zip(value) {
                            *sum += factor * value;
                        }
                    }
                }
            }
        };
    }

    lanes!(Lanes, f64, 2);
    lanes!(Lanes32, f32, 4);

    impl<const REGISTERS: usize> Lanes<REGISTERS> {
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
