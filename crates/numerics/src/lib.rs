//! What knows no net: elementary functions, vector registers, dense kernels, numbers with a power of two taken out, streams of random
//! numbers, decompositions and iterations.
//!
//! The same inputs give the same bits on every machine: elementary functions come from `libm`, every sum has one order, and nothing asks
//! which processor it runs on. Numbers that overflow are data, and iterations are bounded. Matrices are row-major slices.
#![deny(missing_docs)]

pub mod elementary;
pub mod fingerprint;
pub mod kernel;
pub mod lanes;
pub mod lanes32;
pub mod linalg;
pub mod order;
pub mod real;
pub mod rng;
pub mod scaled;
pub mod simd;
pub mod tolerance;
