//! Every tolerance and bound of the engine, in one place.

/// A gradient of which less than this share is left has vanished; one above the reciprocal has exploded.
pub const VANISHES: f64 = 0.01;
/// A gradient of which at least this share is left, and at most the reciprocal, keeps its size.
pub const KEEPS: f64 = 0.2;
/// A curve that is this many times above or below both of its ends has a transient.
pub const TRANSIENT: f64 = 3.0;
/// A sigmoid gate below this is saturated (shut).
pub const SIGMOID_SATURATED_BELOW: f64 = 0.05;
/// A sigmoid gate above this is saturated (open).
pub const SIGMOID_SATURATED_ABOVE: f64 = 0.95;
/// A tanh beyond this magnitude is saturated.
pub const TANH_SATURATED_BEYOND: f64 = 0.95;
/// Distance, in steps, between the products that are kept for the time cursor.
pub const CHECKPOINT_EVERY: usize = 16;
/// Numbers that the kept products may have together: 128 MB.
pub const CHECKPOINT_NUMBERS: usize = 16 << 20;
/// Relative deflation threshold of the eigenvalue and singular value iterations.
pub const DECOMPOSITION_EPSILON: f64 = f64::EPSILON;
/// Share of a matrix' largest entry below which entries count as 0 where a singular value iteration does not come to an end with them.
pub const NEGLIGIBLE_ENTRY: f64 = 1e-140;
/// Iterations allowed per row before a decomposition gives up; 30 per eigenvalue is EISPACK's bound.
pub const ITERATIONS_PER_ROW: usize = 60;
/// Iterations allowed per eigenvalue in the double-shift QR before it gives way to the full decomposition.
pub const ITERATIONS_PER_EIGENVALUE: usize = 60;
/// The smallest singular value is bisected to this share of the largest.
pub const BISECTION_EPSILON: f64 = 1e-10;
/// Lanczos stops when the residual guarantees a step Jacobian's largest singular value to this share of itself.
pub const SIGMA_RESIDUAL: f64 = 1e-9;
/// The same for the norm of a product, of which only the logarithm is drawn: 10⁻⁹ of itself is 4·10⁻¹⁰ in log10.
pub const PRODUCT_RESIDUAL: f64 = 1e-9;
/// The same for a block of the lineage lab's reach: 10⁻¹¹ of itself is 4·10⁻¹² in log10.
pub const REACH_RESIDUAL: f64 = 1e-11;
/// Share of a norm that a product's accumulated rounding may be: a tenth of what its logarithm is held to.
pub const PRODUCT_NOISE: f64 = 1e-9;
/// Norms from which the squares of a matrix and what they are compared with do not underflow.
pub const SQUARES_FROM: f64 = 1e-100;
/// Norms up to which they do not overflow.
pub const SQUARES_TO: f64 = 1e100;
/// A product's rows beyond this share of its Frobenius norm are dropped: below the rounding of the rest.
pub const PRODUCT_RANK_EPSILON: f64 = f64::EPSILON / 8.0;
/// Ritz values closer than this share of the largest are taken for a cluster.
pub const CLUSTER_GAP: f64 = 2e-3;
/// Temple's estimate of a Ritz value's error may be this share of what is allowed when Cholesky's factorisation is asked whether it is right.
pub const TEMPLE_MARGIN: f64 = 0.1;
/// The residual must be this share of what is allowed where nothing but a Sturm count says that a Ritz value is the largest.
pub const STURM_MARGIN: f64 = 1e-2;
/// Share of ‖AᵀA‖ below which what Lanczos has left to go on with is rounding.
pub const BREAKDOWN: f64 = 64.0 * f64::EPSILON;
/// The residual that Lanczos must reach where its first result could not be certified.
pub const CLUSTER_RESIDUAL: f64 = 1e-12;
/// ‖W‖_F ‖W⁻¹‖_F up to which an inverse is precise enough to take σ_min from: its error is this times ε of σ_min.
pub const INVERSE_CONDITION: f64 = 1e9;

/// The most by which an entry of QᵀQ differs from the identity's, for a Q that is called orthogonal.
pub const ORTHOGONAL_TOLERANCE: f64 = 1e-12;
