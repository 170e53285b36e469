//! Both ends of a matrix's singular values by its bidiagonal form: the full decomposition as far as its ends are concerned.
//!
//! [`extremes`] bidiagonalises (Golub & Kahan 1965) and finds both ends of the bidiagonal's spectrum by bisection on Sturm counts of the
//! Golub–Kahan tridiagonal, whose eigenvalues are ±σ. Where only the largest is asked for, [`super::lanczos`] is faster.

use super::reflector::reflector;
use crate::kernel::{axpy, dot, larger};
use crate::scaled::{normalise, scale};
use crate::tolerance::BISECTION_EPSILON;

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
