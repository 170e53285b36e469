//! The largest and smallest singular value of a matrix, without the rest.
//!
//! [`extremes`] bidiagonalises (Golub & Kahan 1965) and finds both ends of the bidiagonal's spectrum by bisection on Sturm counts of the
//! Golub–Kahan tridiagonal, whose eigenvalues are ±σ: the full decomposition as far as its ends are concerned. [`Lanczos::largest`] finds the
//! largest alone by Golub–Kahan–Lanczos bidiagonalisation. Started from a neighbour's direction it needs few steps, and a product of many
//! Jacobians is nearly of rank one.
//!
//! What Lanczos returns is ‖A v‖ of the unit vector v that it found, which no singular value's absence can make too large, and it is
//! certified not to be too small: by [`Proof`].

use super::definite::{Definite, Side};
use crate::kernel::{axpy, dot, gemv, gemv_transposed, gemv_transposed_subtract, larger};
use crate::scaled::{norm, normalise, scale};
use crate::tolerance::{BISECTION_EPSILON, BREAKDOWN, CLUSTER_GAP, CLUSTER_RESIDUAL, STURM_MARGIN, TEMPLE_MARGIN};

/// (σ_max, σ_min) of the row-major `[m][m]` matrix in `a`, which is overwritten: σ_max to rounding, σ_min to [`BISECTION_EPSILON`] of σ_max.
pub fn extremes(a: &mut [f64], m: usize) -> (f64, f64) {
    if m == 0 {
        return (0.0, 0.0);
    }
    // Squares of what is left must neither over- nor underflow.
    let exponent = normalise(a);
    let (diagonal, above) = bidiagonalise(a, m);
    let (largest, smallest) = bidiagonal_extremes(&diagonal, &above);
    (scale(largest, exponent), scale(smallest, exponent))
}

/// σ_min alone, as [`extremes`] has it.
pub fn smallest(a: &mut [f64], m: usize) -> f64 {
    extremes(a, m).1
}

/// Householder bidiagonalisation: the diagonal and the entries above it.
fn bidiagonalise(a: &mut [f64], m: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut diagonal, mut above) = (vec![0.0; m], vec![0.0; m.saturating_sub(1)]);
    let mut v = vec![0.0; m];
    let mut w = vec![0.0; m];
    for k in 0..m {
        // From the left: column k.
        let column = &mut v[k..];
        for (i, x) in column.iter_mut().enumerate() {
            *x = a[(k + i) * m + k];
        }
        if let Some(alpha) = reflector(column) {
            diagonal[k] = alpha;
            let w = &mut w[k + 1..];
            w.fill(0.0);
            for (i, x) in column.iter().enumerate() {
                axpy(*x, &a[(k + i) * m + k + 1..(k + i + 1) * m], w);
            }
            for (i, x) in column.iter().enumerate() {
                axpy(-x, w, &mut a[(k + i) * m + k + 1..(k + i + 1) * m]);
            }
        }
        if k + 1 == m {
            break;
        }
        // From the right: row k.
        let row = &mut v[k + 1..];
        row.copy_from_slice(&a[k * m + k + 1..(k + 1) * m]);
        if let Some(alpha) = reflector(row) {
            above[k] = alpha;
            for other in a[(k + 1) * m..].chunks_exact_mut(m) {
                let other = &mut other[k + 1..];
                let projection = dot(other, row);
                axpy(-projection, row, other);
            }
        }
    }
    (diagonal, above)
}

/// Turns x into v with |v|² = 2 such that (1 − v vᵀ) x = alpha e₁; `None` for x = 0.
pub fn reflector(x: &mut [f64]) -> Option<f64> {
    let size = norm(x);
    if size == 0.0 {
        return None;
    }
    if size < FEW_DIGITS {
        // Subnormal numbers have few digits, and a reflection that is short of them is none.
        let exponent = normalise(x);
        return reflector(x).map(|alpha| scale(alpha, exponent));
    }
    let alpha = if x[0] > 0.0 { -size } else { size };
    x[0] -= alpha;
    let scale = core::f64::consts::SQRT_2 / norm(x);
    x.iter_mut().for_each(|v| *v *= scale);
    Some(alpha)
}

/// Below, the products of such a number with another of a few digits less are subnormal.
const FEW_DIGITS: f64 = 1e-250;

/// Both ends of an upper bidiagonal's spectrum.
fn bidiagonal_extremes(diagonal: &[f64], above: &[f64]) -> (f64, f64) {
    // The Golub–Kahan tridiagonal has zero diagonal and the off-diagonals d₁, e₁, d₂, e₂, …, d_m.
    let mut off = Vec::with_capacity(2 * diagonal.len());
    for (k, d) in diagonal.iter().enumerate() {
        off.push(d * d);
        off.extend(above.get(k).map(|e| e * e));
    }
    // Gershgorin's bound.
    let mut bound = 0.0_f64;
    for k in 0..=off.len() {
        let left = if k > 0 { off[k - 1].sqrt() } else { 0.0 };
        let right = off.get(k).map_or(0.0, |o| o.sqrt());
        bound = larger(bound, left + right);
    }
    if bound == 0.0 || !bound.is_finite() {
        return (bound, if bound == 0.0 { 0.0 } else { f64::NAN });
    }
    let m = diagonal.len();
    let largest = bisect(&off, bound, 2 * m - 1, 4.0 * f64::EPSILON);
    let smallest = bisect(&off, bound, m, BISECTION_EPSILON * largest / bound);
    (largest, smallest)
}

/// The eigenvalue with `below` eigenvalues under it, in [0, bound], to `relative · bound`.
fn bisect(off_squared: &[f64], bound: f64, below: usize, relative: f64) -> f64 {
    let (mut low, mut high) = (0.0, bound * (1.0 + 4.0 * f64::EPSILON));
    while high - low > relative * bound {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if count_below(off_squared, middle) > below {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
}

/// Sturm count: how many eigenvalues of the zero-diagonal tridiagonal are below x > 0.
fn count_below(off_squared: &[f64], x: f64) -> usize {
    let tiny = f64::MIN_POSITIVE / f64::EPSILON;
    let mut pivot = -x;
    let mut count = 1;
    for off in off_squared {
        if pivot.abs() < tiny {
            pivot = -tiny;
        }
        pivot = -x - off / pivot;
        count += usize::from(pivot < 0.0);
    }
    count
}

/// A real matrix that is only applied.
pub trait Operator {
    /// Numbers that [`Operator::apply`] writes.
    fn rows(&self) -> usize;
    /// Numbers that [`Operator::apply`] reads.
    fn columns(&self) -> usize;
    /// y = A x.
    fn apply(&mut self, x: &[f64], y: &mut [f64]);
    /// y = Aᵀ x.
    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]);

    /// Whether σ_max is below `bound`, by [`Definite`].
    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        let (rows, columns) = (self.rows(), self.columns());
        let transposed = transposed(self);
        if columns <= rows {
            return definite.all(Side::Below, &transposed, columns, rows, bound);
        }
        let mut a = vec![0.0; rows * columns];
        for (j, column) in transposed.chunks_exact(rows).enumerate() {
            for (a, x) in a[j..].iter_mut().step_by(columns).zip(column) {
                *a = *x;
            }
        }
        definite.all(Side::Below, &a, rows, columns, bound)
    }

    /// σ_max by the full decomposition.
    fn largest_in_full(&mut self) -> f64 {
        let (rows, columns) = (self.rows(), self.columns());
        // Rows or columns of zeros make it square and change nothing else.
        let m = rows.max(columns);
        let mut square = vec![0.0; m * m];
        for (square, column) in square.chunks_exact_mut(m).zip(transposed(self).chunks_exact(rows)) {
            square[..rows].copy_from_slice(column);
        }
        extremes(&mut square, m).0
    }
}

/// Aᵀ, `[columns][rows]`.
fn transposed(a: &mut (impl Operator + ?Sized)) -> Vec<f64> {
    let (rows, columns) = (a.rows(), a.columns());
    let mut transposed = vec![0.0; rows * columns];
    let mut unit = vec![0.0; columns];
    for (j, column) in transposed.chunks_exact_mut(rows).enumerate() {
        unit.fill(0.0);
        unit[j] = 1.0;
        a.apply(&unit, column);
    }
    transposed
}

/// A dense row-major matrix, `[rows][columns]`.
#[derive(Debug)]
pub struct Dense<'a> {
    /// Row-major.
    pub values: &'a [f64],
    /// Length of a row.
    pub columns: usize,
}

impl Operator for Dense<'_> {
    fn rows(&self) -> usize {
        self.values.len() / self.columns.max(1)
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        gemv(self.values, x, y);
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        gemv_transposed(self.values, x, y);
    }

    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        let (rows, columns) = (self.rows(), self.columns);
        if rows <= columns {
            return definite.all(Side::Below, self.values, rows, columns, bound);
        }
        let mut transposed = vec![0.0; rows * columns];
        for (i, row) in self.values.chunks_exact(columns).enumerate() {
            for (out, x) in transposed[i..].iter_mut().step_by(rows).zip(row) {
                *out = *x;
            }
        }
        definite.all(Side::Below, &transposed, columns, rows, bound)
    }
}

/// The product of two matrices, which is not formed.
#[derive(Debug)]
pub struct Factors<'a> {
    /// The one that is applied last.
    pub left: Dense<'a>,
    /// The one that is applied first.
    pub right: Dense<'a>,
    /// Scratch of the inner dimension.
    pub between: Vec<f64>,
}

impl Operator for Factors<'_> {
    fn rows(&self) -> usize {
        self.left.rows()
    }

    fn columns(&self) -> usize {
        self.right.columns
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        self.right.apply(x, &mut self.between);
        self.left.apply(&self.between, y);
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        self.left.apply_transposed(x, &mut self.between);
        self.right.apply_transposed(&self.between, y);
    }
}

/// The transpose of a matrix.
#[derive(Debug)]
pub struct Transposed<A>(pub A);

impl<A: Operator> Operator for Transposed<A> {
    fn rows(&self) -> usize {
        self.0.columns()
    }

    fn columns(&self) -> usize {
        self.0.rows()
    }

    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        self.0.apply_transposed(x, y);
    }

    fn apply_transposed(&mut self, x: &[f64], y: &mut [f64]) {
        self.0.apply(x, y);
    }

    fn is_below(&mut self, bound: f64, definite: &mut Definite) -> bool {
        self.0.is_below(bound, definite)
    }
}

/// What vouches for a value that Lanczos found not being too small.
///
/// A small residual says that some singular value is near, not that none is above. It is the largest
/// - by the sum of all σ² (Frobenius), where what that leaves for the others is less than half of the value's own square: then Kato's and
///   Temple's r²/(θ − λ₂) bounds the error (Parlett, *The Symmetric Eigenvalue Problem*, §10.5), with nothing assumed;
/// - by Cholesky's factorisation of bound² − AᵀA, likewise;
/// - by a Sturm count of the tridiagonal matrix, where no other Ritz value is near and the residual is [`STURM_MARGIN`] of what is allowed. The
///   start has a part in every direction, and one that it hides at a distance of more than the tolerance would be seen in such a residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By Cholesky, whatever the Ritz values say. It lets the iteration stop after about half its steps, at Temple's estimate.
    Always,
    /// By Frobenius or by a Sturm count where they do, else by Cholesky.
    WhereClustered,
    /// By the caller, who has other means: the residual alone decides here.
    Elsewhere,
}

/// The largest singular value by Golub–Kahan–Lanczos; keeps its buffers and its last direction.
///
/// At most the right vectors are reorthogonalised: the left ones then lose orthogonality where singular values are small, which does not touch
/// the large ones (Simon & Zha 2000).
#[derive(Clone, Debug, Default)]
pub struct Lanczos {
    /// The right singular direction last found, of unit length: the next start.
    direction: Vec<f64>,
    /// A times that.
    image: Vec<f64>,
    right: Vec<f64>,
    u: Vec<f64>,
    u_before: Vec<f64>,
    w: Vec<f64>,
    coefficients: Vec<f64>,
    alphas: Vec<f64>,
    betas: Vec<f64>,
    ritz: Vec<f64>,
    /// How many steps the last matrix took: the first at which it is worth looking whether the next is done.
    expected: usize,
    /// Whether its Ritz values lay close together.
    clustered: bool,
    definite: Definite,
}

/// Before, two Ritz values that are close together mean nothing.
const FIRST_STEPS: usize = 4;

/// Matrices of so few rows or columns are factored at once.
const SMALL: usize = 8;

/// How an iteration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The residual is small and no other Ritz value is near, or what the Frobenius norm leaves is small.
    Alone,
    /// The residual or Temple's estimate is small.
    Converged,
    /// Ritz values lie close together, and directions were not kept orthogonal.
    Clustered,
    /// Nothing is left to iterate on.
    Exhausted,
}

impl Lanczos {
    /// σ_max of a matrix, with |error| ≤ `tolerance`·σ_max. The squares of its singular values must neither over- nor underflow.
    pub fn largest(&mut self, a: &mut impl Operator, tolerance: f64, proof: Proof) -> f64 {
        self.largest_within(a, tolerance, proof, f64::INFINITY)
    }

    /// The same for a matrix whose Frobenius norm's square is known.
    pub fn largest_within(&mut self, a: &mut impl Operator, tolerance: f64, proof: Proof, frobenius_squared: f64) -> f64 {
        let (rows, m) = (a.rows(), a.columns());
        if rows == 0 || m == 0 {
            return 0.0;
        }
        let orthogonal = self.clustered;
        // Where it costs next to nothing, nothing is assumed.
        let proof = if proof == Proof::WhereClustered && rows.min(m) <= SMALL { Proof::Always } else { proof };
        // What fails is iterated on with all directions kept orthogonal, then from a direction that was not special to the runs before and to
        // a residual that tells directions apart.
        for (share, orthogonal, residual) in [(0.1, orthogonal, tolerance), (0.1, true, tolerance), (1.0, true, CLUSTER_RESIDUAL)] {
            self.start(m, share);
            let (end, theta) = self.iterate(a, residual, proof, frobenius_squared, orthogonal);
            if end == End::Clustered {
                continue;
            }
            let value = self.value(a);
            // The Ritz value and the vector's own norm are one number where the recurrence is sound.
            let sound = (value * value - theta).abs() <= 4.0 * tolerance * theta;
            let proven = match (proof, end) {
                (Proof::Elsewhere, End::Alone | End::Converged) | (Proof::WhereClustered, End::Alone) => sound,
                (Proof::Elsewhere, _) => false,
                _ => value > 0.0 && a.is_below(value * (1.0 + tolerance), &mut self.definite),
            };
            if proven {
                return value;
            }
        }
        a.largest_in_full()
    }

    /// A times the direction that was found.
    pub fn image(&self) -> &[f64] {
        &self.image
    }

    /// ‖A v‖ of the direction that was found.
    fn value(&mut self, a: &mut impl Operator) -> f64 {
        self.image.resize(a.rows(), 0.0);
        a.apply(&self.direction, &mut self.image);
        norm(&self.image)
    }

    /// From the kept direction on, which the largest singular value's then takes the place of. Returns its Ritz value, θ = σ², too.
    fn iterate(&mut self, a: &mut impl Operator, tolerance: f64, proof: Proof, frobenius_squared: f64, orthogonal: bool) -> (End, f64) {
        let (rows, m) = (a.rows(), a.columns());
        self.u.resize(rows, 0.0);
        self.u_before.clear();
        self.u_before.resize(rows, 0.0);
        self.w.resize(m, 0.0);
        self.alphas.clear();
        self.betas.clear();
        self.right.clear();
        self.right.extend_from_slice(&self.direction);
        let last = m.min(rows) - 1;
        let (mut beta, mut largest, mut theta) = (0.0, 0.0, 0.0);
        // Orthogonality is lost in the directions that have converged (Paige 1980), and the first to converge is the one that is looked for.
        // Only a cluster asks for more.
        let mut end = End::Exhausted;
        for j in 0..=last {
            let (u, u_before, w) = (&mut self.u, &mut self.u_before, &mut self.w);
            let v = &self.right[j * m..];
            a.apply(v, u);
            axpy(-beta, u_before, u);
            let alpha = norm(u);
            beta = 0.0;
            if alpha > 0.0 {
                let inverse = 1.0 / alpha;
                u.iter_mut().for_each(|x| *x *= inverse);
                a.apply_transposed(u, w);
                axpy(-alpha, v, w);
                if orthogonal {
                    orthogonalise(w, &self.right, &mut self.coefficients);
                }
                beta = norm(w);
            } else if j == 0 {
                // The start lies in the null space, which says nothing about the rest.
                return (End::Exhausted, 0.0);
            }
            self.alphas.push(alpha);
            // What is left of a direction here is rounding, and would enter again as if it were one of its own.
            largest = larger(largest, alpha * alpha + beta * beta);
            let ended = alpha * beta <= BREAKDOWN * largest;
            // Finding the Ritz value costs as much as a step or two on a small matrix, so it is looked for at some steps only, and where
            // the recurrence ends by itself.
            if j == 1 || (j + 1 >= self.expected && (j <= self.expected || j % 2 == 0)) || j == last || ended {
                theta = largest_ritz(&self.alphas, &self.betas);
                // ‖AᵀA y − θy‖ = α_j β_j |s_j|, which bounds the distance of θ = σ² to an eigenvalue of AᵀA.
                ritz_coefficients(&self.alphas, &self.betas, theta, &mut self.ritz);
                let residual = if ended { 0.0 } else { alpha * beta * self.ritz[j].abs() };
                self.clustered = j >= FIRST_STEPS && self.is_clustered(theta, CLUSTER_GAP);
                if self.clustered && !orthogonal {
                    end = End::Clustered;
                    break;
                }
                let error = 2.0 * tolerance * theta;
                let others = frobenius_squared - theta;
                let found = if others < 0.5 * theta && residual * residual <= error * (theta - others) {
                    Some(End::Alone)
                } else if residual <= error * if proof == Proof::WhereClustered { STURM_MARGIN } else { 1.0 } {
                    Some(if self.is_clustered(theta, CLUSTER_GAP) { End::Converged } else { End::Alone })
                } else if proof == Proof::Always {
                    // Temple's estimate: the gap at which it would be small enough, and whether there is one.
                    let gap = residual * residual / (TEMPLE_MARGIN * error * theta);
                    (gap < 0.5 && j > 1 && !self.is_clustered(theta, gap)).then_some(End::Converged)
                } else {
                    None
                };
                if found.is_some() || j == last || ended {
                    self.expected = j;
                    end = match found {
                        // Where the recurrence ends by itself, other directions may not have been met.
                        Some(End::Alone) if ended => End::Converged,
                        Some(found) => found,
                        None => End::Exhausted,
                    };
                    break;
                }
            }
            self.betas.push(beta);
            core::mem::swap(&mut self.u, &mut self.u_before);
            let inverse = 1.0 / beta;
            self.right.extend(self.w.iter().map(|w| w * inverse));
        }
        self.keep_direction(m);
        (end, theta)
    }

    /// Whether a second Ritz value lies within `gap` of the largest: a Sturm count of T.
    fn is_clustered(&self, theta: f64, gap: f64) -> bool {
        let (mut pivot, mut off_before, mut above) = (1.0_f64, 0.0, 0);
        let x = theta * (1.0 - gap);
        for k in 0..self.alphas.len() {
            let (diagonal, off) = tridiagonal(&self.alphas, &self.betas, k);
            pivot = diagonal - x - off_before * off_before / pivot;
            if pivot == 0.0 {
                pivot = f64::MIN_POSITIVE;
            }
            above += usize::from(pivot > 0.0);
            off_before = off;
        }
        above > 1
    }

    /// The neighbour's direction with a fixed generic perturbation of this `share`, so that no direction is excluded from the start.
    fn start(&mut self, m: usize, share: f64) {
        if self.direction.len() != m {
            self.direction.clear();
            self.direction.resize(m, 0.0);
        }
        let weight = if self.direction.iter().all(|x| *x == 0.0) { 1.0 } else { share };
        let scale = weight / (m as f64).sqrt();
        for (i, x) in self.direction.iter_mut().enumerate() {
            *x += scale * generic(i);
        }
        let size = norm(&self.direction);
        self.direction.iter_mut().for_each(|x| *x /= size);
    }

    fn keep_direction(&mut self, m: usize) {
        self.direction.fill(0.0);
        for (s, v) in self.ritz.iter().zip(self.right.chunks_exact(m)) {
            axpy(*s, v, &mut self.direction);
        }
        let size = norm(&self.direction);
        if size > 0.0 {
            self.direction.iter_mut().for_each(|x| *x /= size);
        }
    }
}

/// The i-th entry of a fixed vector without a zero. Alternating signs: a vector of ones alone is special for too many matrices.
pub fn generic(i: usize) -> f64 {
    let size = 0.5 + ((i * 7919 + 104_729) % 1009) as f64 / 1009.0;
    if i % 3 == 1 {
        -size
    } else {
        size
    }
}

/// x − B Bᵀx for an orthonormal basis, a vector a row. Twice is enough, and once where little cancels (Giraud et al. 2005; the criterion is
/// Daniel et al.'s, 1976).
fn orthogonalise(x: &mut [f64], basis: &[f64], coefficients: &mut Vec<f64>) {
    const LITTLE: f64 = 0.5;
    coefficients.clear();
    coefficients.resize(basis.len() / x.len(), 0.0);
    for _ in 0..2 {
        let before = dot(x, x);
        gemv(basis, x, coefficients);
        gemv_transposed_subtract(basis, coefficients, x);
        if dot(x, x) > LITTLE * before {
            return;
        }
    }
}

/// Entries of T = BᵀB: diagonal α_k² + β_{k-1}², off-diagonal α_k β_k.
fn tridiagonal(alphas: &[f64], betas: &[f64], k: usize) -> (f64, f64) {
    let before = if k > 0 { betas[k - 1] } else { 0.0 };
    let off = if k + 1 < alphas.len() { alphas[k] * betas[k] } else { 0.0 };
    (alphas[k] * alphas[k] + before * before, off)
}

/// The largest eigenvalue of T by Newton's iteration on the last pivot of T − x, from above, where it converges monotonically.
fn largest_ritz(alphas: &[f64], betas: &[f64]) -> f64 {
    let mut x = 0.0_f64;
    let mut before = 0.0_f64;
    for k in 0..alphas.len() {
        let (diagonal, off) = tridiagonal(alphas, betas, k);
        x = larger(x, diagonal + before.abs() + off.abs());
        before = off;
    }
    if x == 0.0 {
        return 0.0;
    }
    for _ in 0..100 {
        // Pivots q_k of x − T and Σ q_k'/q_k, the logarithmic derivative of det(x − T).
        let (mut inverse, mut slope, mut sum) = (0.0, 0.0, 0.0);
        let mut off_before = 0.0;
        let mut positive = true;
        for k in 0..alphas.len() {
            let (diagonal, off) = tridiagonal(alphas, betas, k);
            let ratio: f64 = off_before * off_before * inverse;
            slope = 1.0 + ratio * slope * inverse;
            let pivot = x - diagonal - ratio;
            if pivot <= 0.0 {
                positive = false;
                break;
            }
            inverse = 1.0 / pivot;
            sum += slope * inverse;
            off_before = off;
        }
        if !positive {
            break;
        }
        let step = 1.0 / sum;
        if step <= 2.0 * f64::EPSILON * x {
            break;
        }
        x -= step;
    }
    x
}

/// The normalised eigenvector of T for θ, by the recurrence from the last entry up, where it is stable: an extreme Ritz vector's
/// coefficients decay towards the end.
fn ritz_coefficients(alphas: &[f64], betas: &[f64], theta: f64, s: &mut Vec<f64>) {
    let j = alphas.len();
    s.clear();
    s.resize(j, 0.0);
    s[j - 1] = 1.0;
    for k in (1..j).rev() {
        let (diagonal, off) = tridiagonal(alphas, betas, k);
        let (_, off_before) = tridiagonal(alphas, betas, k - 1);
        let below = if k + 1 < j { off * s[k + 1] } else { 0.0 };
        s[k - 1] = if off_before == 0.0 { 0.0 } else { ((theta - diagonal) * s[k] - below) / off_before };
        // The growth is the decay that is looked for; it only must stay finite.
        if s[k - 1].abs() > 1e100 {
            s.iter_mut().for_each(|x| *x *= 1e-100);
        }
    }
    let size = norm(s);
    s.iter_mut().for_each(|x| *x /= size);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::spectrum;
    use crate::rng::Draws;
    use crate::tolerance::SIGMA_RESIDUAL;

    fn oracle(a: &[f64], m: usize) -> (f64, f64) {
        let all = spectrum::singular_values(a, m, m);
        (all[0], all[m - 1])
    }

    fn assert_both(name: &str, a: &[f64], m: usize) {
        let (largest, smallest) = oracle(a, m);
        let (ours, ours_min) = extremes(&mut a.to_vec(), m);
        let lanczos = Lanczos::default().largest(&mut Dense { values: a, columns: m }, SIGMA_RESIDUAL, Proof::Always);
        let allowed = 1e-9 * largest;
        assert!((ours - largest).abs() <= 1e-12 * largest, "{name}: σ_max {ours} not {largest}");
        assert!((ours_min - smallest).abs() <= allowed, "{name}: σ_min {ours_min} not {smallest}");
        assert!((lanczos - largest).abs() <= allowed, "{name}: Lanczos {lanczos} not {largest}");
    }

    fn random(m: usize, seed: u32) -> Vec<f64> {
        let mut draws = Draws::new(seed, 2);
        (0..m * m).map(|_| draws.normal()).collect()
    }

    #[test]
    fn random_matrices_of_every_size_agree_with_the_full_decomposition() {
        for m in 1..40 {
            assert_both(&format!("random {m}"), &random(m, m as u32), m);
        }
    }

    #[test]
    fn special_matrices_agree_with_the_full_decomposition() {
        let m = 12;
        let identity: Vec<f64> = (0..m * m).map(|i| if i % (m + 1) == 0 { 1.0 } else { 0.0 }).collect();
        assert_both("identity", &identity, m);
        assert_both("zero", &vec![0.0; m * m], m);
        assert_both("ones, rank 1", &vec![1.0; m * m], m);
        let graded: Vec<f64> = random(m, 3).iter().enumerate().map(|(i, v)| v * libm::exp10(-((i / m) as f64))).collect();
        assert_both("graded", &graded, m);
        let jordan: Vec<f64> = (0..m * m)
            .map(|i| {
                if i % (m + 1) == 0 {
                    0.9
                } else if i % (m + 1) == 1 {
                    9.0
                } else {
                    0.0
                }
            })
            .collect();
        assert_both("Jordan block", &jordan, m);
        let mut nilpotent = vec![0.0; m * m];
        nilpotent[m - 1] = 2.0;
        assert_both("one entry", &nilpotent, m);
        let mut dead = random(m, 5);
        dead[3 * m..7 * m].fill(0.0);
        assert_both("dead rows", &dead, m);
    }

    #[test]
    fn a_warm_start_does_not_change_what_is_found() {
        let mut lanczos = Lanczos::default();
        for seed in 0..20 {
            let a = random(16, seed);
            let (largest, _) = oracle(&a, 16);
            assert!(
                (lanczos.largest(&mut Dense { values: &a, columns: 16 }, SIGMA_RESIDUAL, Proof::WhereClustered) - largest).abs()
                    <= 1e-9 * largest
            );
        }
    }

    /// A diagonal near 1 times an orthogonal matrix: all σ within a few per cent, some within 10⁻⁷ of each other.
    #[test]
    fn nearly_equal_singular_values_are_told_apart_from_step_to_step() {
        for n in [2, 3, 5, 8, 13, 24, 32] {
            let q = crate::linalg::random_orthogonal::random_orthogonal(n, &mut Draws::new(n as u32, 2));
            let mut draws = Draws::new(7 + n as u32, 2);
            let mut lanczos = Lanczos::default();
            let mut h: Vec<f64> = (0..n).map(|_| 0.2 * draws.normal()).collect();
            for step in 0..200 {
                h.iter_mut().for_each(|h| *h = 0.8 * *h + 0.05 * draws.normal());
                let a: Vec<f64> = (0..n * n).map(|i| 0.15 * (1.0 - h[i / n] * h[i / n]) * q[i]).collect();
                let largest = h.iter().map(|h| 0.15 * (1.0 - h * h)).fold(0.0, f64::max);
                let found = lanczos.largest(&mut Dense { values: &a, columns: n }, SIGMA_RESIDUAL, Proof::WhereClustered);
                assert!((found - largest).abs() <= 1e-8 * largest, "n = {n}, step {step}: {found} not {largest}");
            }
        }
    }
}
