//! Linear algebra: dense decompositions, and iterations on matrices that are only applied.

pub mod batched;
pub mod definite;
pub mod eigen;
pub mod extremes;
pub mod lanczos;
pub mod lu;
pub mod nearest_orthogonal;
pub mod operator;
pub mod random_orthogonal;
pub mod reflector;
pub mod row_compression;
pub mod spectrum;
mod tridiagonal;
