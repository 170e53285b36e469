//! Eigenvalues of a real matrix: Householder reduction to Hessenberg form, then Francis' double-shift QR on the shrinking active block
//! (Golub & Van Loan, *Matrix Computations*, §7.4–7.5; Wilkinson & Reinsch 1971, `hqr`). Only eigenvalues, so nothing outside the active
//! block is touched.

use super::reflector::reflector;
use crate::kernel::{axpy, dot};
use crate::scaled::{normalise, scale};
use crate::tolerance::{DECOMPOSITION_EPSILON, ITERATIONS_PER_EIGENVALUE};

/// Eigenvalues (re, im) of the row-major `[n][n]` matrix in `a`, which is overwritten; in no particular order. `None` where an eigenvalue
/// needs more than its bounded number of iterations. The entries must be finite.
pub fn eigenvalues(a: &mut [f64], n: usize) -> Option<Vec<(f64, f64)>> {
    // Shifts and their squares must neither over- nor underflow, and rounding is relative to the norm, which balancing makes small.
    let exponent = normalise(a);
    balance(a, n);
    let exponent = exponent + normalise(a);
    hessenberg(a, n);
    let values = francis(a, n)?;
    Some(values.into_iter().map(|(re, im)| (scale(re, exponent), scale(im, exponent))).collect())
}

/// Makes the norms of row i and column i alike by similarity with a diagonal of powers of two (Parlett & Reinsch 1969), where they differ by
/// more than [`UNBALANCED`]. Without, the eigenvalues of a graded matrix are as uncertain as its largest entry's rounding.
fn balance(a: &mut [f64], n: usize) {
    let (mut rows, mut columns) = (vec![0.0; n], vec![0.0; n]);
    for (i, row) in a.chunks_exact(n).enumerate() {
        for (j, x) in row.iter().enumerate() {
            if i != j {
                rows[i] += x.abs();
                columns[j] += x.abs();
            }
        }
    }
    let uneven = |(r, c): (&f64, &f64)| *r > 0.0 && *c > 0.0 && !(1.0 / UNBALANCED..UNBALANCED).contains(&(r / c));
    if !rows.iter().zip(&columns).any(uneven) {
        return;
    }
    for _ in 0..BALANCING_SWEEPS {
        let mut balanced = true;
        for i in 0..n {
            let off = |j: &usize| *j != i;
            let row: f64 = (0..n).filter(off).map(|j| a[i * n + j].abs()).sum();
            let column: f64 = (0..n).filter(off).map(|j| a[j * n + i].abs()).sum();
            if row == 0.0 || column == 0.0 {
                continue;
            }
            // column·f = row/f, to the nearest power of two.
            let halves = i64::from(libm::frexp(row).1) - i64::from(libm::frexp(column).1);
            let exponent = (halves / 2).clamp(-500, 500);
            let (up, down) = (scale(1.0, exponent), scale(1.0, -exponent));
            if exponent == 0 || column * up + row * down >= 0.95 * (column + row) {
                continue;
            }
            balanced = false;
            a[i * n..(i + 1) * n].iter_mut().for_each(|x| *x *= down);
            a[i..].iter_mut().step_by(n).for_each(|x| *x *= up);
        }
        if balanced {
            break;
        }
    }
}

/// Ratio of a row's norm to its column's within which nothing is gained.
const UNBALANCED: f64 = 256.0;
/// Most matrices are balanced after two or three sweeps.
const BALANCING_SWEEPS: usize = 20;

/// Reduces to Hessenberg form by similarity.
fn hessenberg(a: &mut [f64], n: usize) {
    let mut v = vec![0.0; n];
    let mut left = vec![0.0; n];
    for k in 0..n.saturating_sub(2) {
        let below = k + 1;
        let v = &mut v[below..];
        for (i, v) in v.iter_mut().enumerate() {
            *v = a[(below + i) * n + k];
        }
        if v.iter().skip(1).all(|x| *x == 0.0) {
            continue;
        }
        // H = 1 − v vᵀ with |v|² = 2.
        let Some(alpha) = reflector(v) else { continue };
        // A ← H A on the rows below k; the column k itself is known.
        let left = &mut left[below..];
        left.fill(0.0);
        for (i, x) in v.iter().enumerate() {
            axpy(*x, &a[(below + i) * n + below..(below + i + 1) * n], left);
        }
        for (i, x) in v.iter().enumerate() {
            axpy(-x, left, &mut a[(below + i) * n + below..(below + i + 1) * n]);
        }
        a[below * n + k] = alpha;
        for i in below + 1..n {
            a[i * n + k] = 0.0;
        }
        // A ← A H on the columns right of k.
        for row in a.chunks_exact_mut(n) {
            let row = &mut row[below..];
            let projection = dot(row, v);
            axpy(-projection, v, row);
        }
    }
}

/// The shifts of one double step: the trace-like pair (x, y) and w, the product of the off-diagonal entries.
struct Shift {
    x: f64,
    y: f64,
    w: f64,
}

fn francis(h: &mut [f64], n: usize) -> Option<Vec<(f64, f64)>> {
    let total: f64 = h.iter().map(|v| v.abs()).sum();
    let mut values = Vec::with_capacity(n);
    // Exceptional shifts are taken out of the whole diagonal and added back to each eigenvalue.
    let mut shifted = 0.0;
    let mut end = n;
    let mut iterations = 0;
    while end > 0 {
        let last = end - 1;
        let start = active_start(h, n, last, total);
        if start == last {
            values.push((h[last * n + last] + shifted, 0.0));
            end -= 1;
            iterations = 0;
            continue;
        }
        let (x, y) = (h[last * n + last], h[(last - 1) * n + last - 1]);
        let w = h[last * n + last - 1] * h[(last - 1) * n + last];
        if start + 1 == last {
            values.extend(pair(x, y, w, shifted));
            end -= 2;
            iterations = 0;
            continue;
        }
        if iterations == ITERATIONS_PER_EIGENVALUE {
            return None;
        }
        let mut shift = Shift { x, y, w };
        if iterations > 0 && iterations % 10 == 0 {
            shifted += x;
            for i in 0..end {
                h[i * n + i] -= x;
            }
            let s = h[last * n + last - 1].abs() + h[(last - 1) * n + last - 2].abs();
            shift = Shift { x: 0.75 * s, y: 0.75 * s, w: -0.4375 * s * s };
        }
        iterations += 1;
        double_step(h, n, start, last, &shift);
    }
    Some(values)
}

/// The first row of the block that ends at `last` and has no negligible subdiagonal entry.
fn active_start(h: &mut [f64], n: usize, last: usize, total: f64) -> usize {
    for l in (1..=last).rev() {
        let mut size = h[(l - 1) * n + l - 1].abs() + h[l * n + l].abs();
        if size == 0.0 {
            size = total;
        }
        if h[l * n + l - 1].abs() <= DECOMPOSITION_EPSILON * size {
            h[l * n + l - 1] = 0.0;
            return l;
        }
    }
    0
}

/// The two eigenvalues of a 2×2 block.
fn pair(x: f64, y: f64, w: f64, shifted: f64) -> [(f64, f64); 2] {
    let p = 0.5 * (y - x);
    let q = p * p + w;
    let z = q.abs().sqrt();
    let x = x + shifted;
    if q < 0.0 {
        return [(x + p, z), (x + p, -z)];
    }
    let z = p + libm::copysign(z, p);
    let first = x + z;
    [(first, 0.0), (if z == 0.0 { first } else { x - w / z }, 0.0)]
}

fn double_step(h: &mut [f64], n: usize, start: usize, last: usize, shift: &Shift) {
    let at = |h: &[f64], i: usize, j: usize| h[i * n + j];
    // Where the first column of (H − s₁)(H − s₂) may begin: at two consecutive small subdiagonal entries.
    let mut m = last - 2;
    let (mut p, mut q, mut r);
    loop {
        let z = at(h, m, m);
        let (rr, ss) = (shift.x - z, shift.y - z);
        p = (rr * ss - shift.w) / at(h, m + 1, m) + at(h, m, m + 1);
        q = at(h, m + 1, m + 1) - z - rr - ss;
        r = at(h, m + 2, m + 1);
        let size = p.abs() + q.abs() + r.abs();
        if size != 0.0 {
            (p, q, r) = (p / size, q / size, r / size);
        }
        if m == start {
            break;
        }
        let small = at(h, m, m - 1).abs() * (q.abs() + r.abs());
        let large = p.abs() * (at(h, m - 1, m - 1).abs() + z.abs() + at(h, m + 1, m + 1).abs());
        if small <= DECOMPOSITION_EPSILON * large {
            break;
        }
        m -= 1;
    }
    for i in m + 2..=last {
        h[i * n + i - 2] = 0.0;
        if i > m + 2 {
            h[i * n + i - 3] = 0.0;
        }
    }
    for k in m..last {
        let three = k + 1 < last;
        let mut x = 0.0;
        if k > m {
            (p, q) = (at(h, k, k - 1), at(h, k + 1, k - 1));
            r = if three { at(h, k + 2, k - 1) } else { 0.0 };
            x = p.abs() + q.abs() + r.abs();
            if x == 0.0 {
                continue;
            }
            (p, q, r) = (p / x, q / x, r / x);
        }
        let s = libm::copysign((p * p + q * q + r * r).sqrt(), p);
        if s == 0.0 {
            continue;
        }
        if k > m {
            h[k * n + k - 1] = -s * x;
        } else if m > start {
            h[k * n + k - 1] = -h[k * n + k - 1];
        }
        p += s;
        let (vx, vy, vz) = (p / s, q / s, r / s);
        (q, r) = (q / p, r / p);
        reflect_rows(&mut h[k * n..], n, k, last, three, [q, r], [vx, vy, vz]);
        let lowest = last.min(k + 3);
        for row in h[start * n..(lowest + 1) * n].chunks_exact_mut(n) {
            match &mut row[k..] {
                [a, b, c, ..] if three => {
                    let sum = vx * *a + vy * *b + vz * *c;
                    *a -= sum;
                    *b -= sum * q;
                    *c -= sum * r;
                }
                [a, b, ..] => {
                    let sum = vx * *a + vy * *b;
                    *a -= sum;
                    *b -= sum * q;
                }
                _ => {}
            }
        }
    }
}

/// The reflection's left side on rows k, k+1 and, within the block, k+2. `rows` begins at row k.
fn reflect_rows(rows: &mut [f64], n: usize, k: usize, last: usize, three: bool, [q, r]: [f64; 2], [vx, vy, vz]: [f64; 3]) {
    let (row0, rest) = rows.split_at_mut(n);
    let (row1, rest) = rest.split_at_mut(n);
    let (row0, row1) = (&mut row0[k..=last], &mut row1[k..=last]);
    if three {
        let row2 = &mut rest[k..=last];
        for ((a, b), c) in row0.iter_mut().zip(row1).zip(row2) {
            let sum = *a + q * *b + r * *c;
            *a -= sum * vx;
            *b -= sum * vy;
            *c -= sum * vz;
        }
    } else {
        for (a, b) in row0.iter_mut().zip(row1) {
            let sum = *a + q * *b;
            *a -= sum * vx;
            *b -= sum * vy;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::spectrum::{dense_eigenvalues, modulus};
    use crate::rng::Draws;

    fn assert_moduli(name: &str, a: &[f64], n: usize, relative: f64) {
        let sorted = |mut v: Vec<f64>| {
            v.sort_unstable_by(|x, y| y.total_cmp(x));
            v
        };
        let ours = sorted(eigenvalues(&mut a.to_vec(), n).unwrap().into_iter().map(modulus).collect());
        let oracle = sorted(dense_eigenvalues(a, n).into_iter().map(modulus).collect());
        let scale = oracle[0].max(1e-300);
        for (x, y) in ours.iter().zip(&oracle) {
            assert!((x - y).abs() <= relative * scale, "{name}: {ours:?} not {oracle:?}");
        }
    }

    #[test]
    fn random_matrices_of_every_size_agree_with_the_full_decomposition() {
        for n in 1..40 {
            let mut draws = Draws::new(n as u32, 2);
            let a: Vec<f64> = (0..n * n).map(|_| draws.normal()).collect();
            assert_moduli(&format!("random {n}"), &a, n, 1e-11);
        }
    }

    /// All eigenvalues on the unit circle: plain shifts do not move at all, and nalgebra's Schur iteration does not end.
    #[test]
    fn a_cyclic_shift_has_the_roots_of_unity() {
        let n = 10;
        let mut shift: Vec<f64> = (0..n * n).map(|k| f64::from((k / n + 1) % n == k % n)).collect();
        let values = eigenvalues(&mut shift, n).unwrap();
        assert_eq!(values.len(), n);
        assert!(values.into_iter().all(|z| (modulus(z) - 1.0).abs() < 1e-12));
    }

    #[test]
    fn special_matrices_agree_with_the_full_decomposition() {
        let n = 10;
        let entry = |f: &dyn Fn(usize, usize) -> f64| -> Vec<f64> { (0..n * n).map(|k| f(k / n, k % n)).collect() };
        assert_moduli("zero", &entry(&|_, _| 0.0), n, 0.0);
        assert_moduli("identity", &entry(&|i, j| f64::from(i == j)), n, 1e-14);
        assert_moduli("rank 1", &entry(&|i, _| i as f64 + 1.0), n, 1e-12);
        assert_moduli("triangular", &entry(&|i, j| if j >= i { (i + j) as f64 + 1.0 } else { 0.0 }), n, 1e-12);
        // Perturbing a defective matrix by ε moves its eigenvalues by ε^(1/n).
        assert_moduli("Jordan block", &entry(&|i, j| if i == j { 0.9 } else { f64::from(i + 1 == j) }), n, 1e-12);
    }
}
