//! Every tolerance and bound of the engine, in one place.

/// ε of the verdict: growth per step within 1 ± ε is called stable.
pub const VERDICT_EPSILON: f64 = 0.01;
/// A sigmoid gate below this is saturated (shut).
pub const SIGMOID_SATURATED_BELOW: f64 = 0.05;
/// A sigmoid gate above this is saturated (open).
pub const SIGMOID_SATURATED_ABOVE: f64 = 0.95;
/// A tanh beyond this magnitude is saturated.
pub const TANH_SATURATED_BEYOND: f64 = 0.95;
/// Distance, in steps, between the products that are kept for the time cursor.
pub(crate) const CHECKPOINT_EVERY: usize = 16;
/// Relative deflation threshold of the eigenvalue and singular value iterations.
pub(crate) const DECOMPOSITION_EPSILON: f64 = f64::EPSILON;
/// Share of a matrix' largest entry below which entries count as 0 where a singular value iteration does not come to an end with them.
pub(crate) const NEGLIGIBLE_ENTRY: f64 = 1e-140;
/// Iterations allowed per row before a decomposition gives up; 30 per eigenvalue is EISPACK's bound.
pub(crate) const ITERATIONS_PER_ROW: usize = 60;
/// Iterations allowed per eigenvalue in the double-shift QR before it gives way to the full decomposition.
pub(crate) const ITERATIONS_PER_EIGENVALUE: usize = 60;
/// The smallest singular value is bisected to this share of the largest.
pub(crate) const BISECTION_EPSILON: f64 = 1e-10;
/// Lanczos stops when the residual guarantees the largest singular value to this share of itself.
pub(crate) const LANCZOS_RESIDUAL: f64 = 1e-10;
