//! The largest singular value of a matrix that is only applied, by Golub–Kahan–Lanczos bidiagonalisation.
//!
//! Started from a neighbour's direction [`Lanczos::largest`] needs few steps, and a product of many Jacobians is nearly of rank one. What it
//! returns is ‖A v‖ of the unit vector v that it found, which no singular value's absence can make too large, and it is certified not to be
//! too small: by [`Proof`].

use super::definite::Definite;
use super::operator::Operator;
use super::tridiagonal::Tridiagonal;
use crate::kernel::{axpy, dot, gemv, gemv_transposed_subtract, larger};
use crate::scaled::norm;
use crate::tolerance::{BREAKDOWN, CLUSTER_GAP, CLUSTER_RESIDUAL, STURM_MARGIN, TEMPLE_MARGIN};

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
    /// What the steps so far make of AᵀA.
    tridiagonal: Tridiagonal,
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
        self.tridiagonal.clear();
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
            self.tridiagonal.alphas.push(alpha);
            // What is left of a direction here is rounding, and would enter again as if it were one of its own.
            largest = larger(largest, alpha * alpha + beta * beta);
            let ended = alpha * beta <= BREAKDOWN * largest;
            // Finding the Ritz value costs as much as a step or two on a small matrix, so it is looked for at some steps only, and where
            // the recurrence ends by itself.
            if j == 1 || (j + 1 >= self.expected && (j <= self.expected || j % 2 == 0)) || j == last || ended {
                theta = self.tridiagonal.largest_ritz();
                // ‖AᵀA y − θy‖ = α_j β_j |s_j|, which bounds the distance of θ = σ² to an eigenvalue of AᵀA.
                self.tridiagonal.ritz_coefficients(theta, &mut self.ritz);
                let residual = if ended { 0.0 } else { alpha * beta * self.ritz[j].abs() };
                self.clustered = j >= FIRST_STEPS && self.tridiagonal.is_clustered(theta, CLUSTER_GAP);
                if self.clustered && !orthogonal {
                    end = End::Clustered;
                    break;
                }
                let error = 2.0 * tolerance * theta;
                let others = frobenius_squared - theta;
                let found = if others < 0.5 * theta && residual * residual <= error * (theta - others) {
                    Some(End::Alone)
                } else if residual <= error * if proof == Proof::WhereClustered { STURM_MARGIN } else { 1.0 } {
                    Some(if self.tridiagonal.is_clustered(theta, CLUSTER_GAP) { End::Converged } else { End::Alone })
                } else if proof == Proof::Always {
                    // Temple's estimate: the gap at which it would be small enough, and whether there is one.
                    let gap = residual * residual / (TEMPLE_MARGIN * error * theta);
                    (gap < 0.5 && j > 1 && !self.tridiagonal.is_clustered(theta, gap)).then_some(End::Converged)
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
            self.tridiagonal.betas.push(beta);
            core::mem::swap(&mut self.u, &mut self.u_before);
            let inverse = 1.0 / beta;
            self.right.extend(self.w.iter().map(|w| w * inverse));
        }
        self.keep_direction(m);
        (end, theta)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::extremes::extremes;
    use crate::linalg::operator::Dense;
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
