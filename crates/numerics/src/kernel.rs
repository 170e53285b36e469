//! The few dense kernels that everything else is made of. All matrices are row-major slices.
//!
//! Every output element is summed in one fixed order, with separate multiplications and additions, and nothing asks which processor it
//! runs on: the same inputs give the same bits natively and in wasm. Vectorisation is left to the compiler, along the row, where it does
//! not change any element's order of summation, or spelled out in the same order where the compiler misses it ([`Lanes`]).

use crate::simd::Lanes;

/// Σ aᵢbᵢ. Eight interleaved partial sums, always in the same order: enough of them to hide an addition's latency.
#[inline]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = Lanes::<4>::zero();
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a8.zip(b8) {
        sums.add_product(&Lanes::load(x), &Lanes::load(y));
    }
    let mut total = [0.0; 8];
    sums.store(&mut total);
    let sums = total;
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])) + tail
}

/// The larger of two numbers, `so_far` where `next` is none. (`f64::max` is a call of a function in WebAssembly, whose own instruction has
/// other rules for numbers that are none.)
#[inline(always)]
pub fn larger(so_far: f64, next: f64) -> f64 {
    if next > so_far {
        next
    } else {
        so_far
    }
}

/// y += a·x.
#[inline]
pub fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

/// y = A x, A `[rows][x.len()]`.
#[inline]
pub fn gemv(a: &[f64], x: &[f64], y: &mut [f64]) {
    /// Partial sums of a row: with four rows enough of them to hide an addition's latency.
    const LANES: usize = 4;
    let k = x.len().max(1);
    // Four rows at a time share each load of x.
    let mut quads = y.chunks_exact_mut(4);
    let mut rows = a.chunks_exact(4 * k);
    let whole = x.len() - x.len() % LANES;
    for (y, four) in (&mut quads).zip(&mut rows) {
        let (top, bottom) = four.split_at(2 * k);
        let ((r0, r1), (r2, r3)) = (top.split_at(k), bottom.split_at(k));
        let mut sums = [Lanes::<{ LANES / 2 }>::zero(); 4];
        let chunks = x.chunks_exact(LANES).zip(r0.chunks_exact(LANES)).zip(r1.chunks_exact(LANES));
        for ((((x, r0), r1), r2), r3) in chunks.zip(r2.chunks_exact(LANES)).zip(r3.chunks_exact(LANES)) {
            let x = Lanes::load(x);
            for (sum, row) in sums.iter_mut().zip([r0, r1, r2, r3]) {
                sum.add_product(&Lanes::load(row), &x);
            }
        }
        for ((y, sum), row) in y.iter_mut().zip(sums).zip([r0, r1, r2, r3]) {
            let mut tail = 0.0;
            for (x, r) in x[whole..].iter().zip(&row[whole..]) {
                tail += x * r;
            }
            let mut sums = [0.0; LANES];
            sum.store(&mut sums);
            *y = (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail;
        }
    }
    for (y, row) in quads.into_remainder().iter_mut().zip(rows.remainder().chunks_exact(k)) {
        *y = dot(row, x);
    }
}

/// y = Aᵀ x, A `[x.len()][y.len()]`.
#[inline]
pub fn gemv_transposed(a: &[f64], x: &[f64], y: &mut [f64]) {
    y.fill(0.0);
    gemv_transposed_add(1.0, a, x, y);
}

/// y −= Aᵀ x, A `[x.len()][y.len()]`.
#[inline]
pub fn gemv_transposed_subtract(a: &[f64], x: &[f64], y: &mut [f64]) {
    gemv_transposed_add(-1.0, a, x, y);
}

fn gemv_transposed_add(sign: f64, a: &[f64], x: &[f64], y: &mut [f64]) {
    let columns = y.len().max(1);
    // Four rows at a time share each load and store of y.
    let mut fours = a.chunks_exact(4 * columns);
    let mut xs = x.chunks_exact(4);
    for (four, x) in (&mut fours).zip(&mut xs) {
        let (top, bottom) = four.split_at(2 * columns);
        let ((r0, r1), (r2, r3)) = (top.split_at(columns), bottom.split_at(columns));
        let x = [sign * x[0], sign * x[1], sign * x[2], sign * x[3]];
        for ((((y, r0), r1), r2), r3) in y.iter_mut().zip(r0).zip(r1).zip(r2).zip(r3) {
            *y += (r0 * x[0] + r1 * x[1]) + (r2 * x[2] + r3 * x[3]);
        }
    }
    for (row, x) in fours.remainder().chunks_exact(columns).zip(xs.remainder()) {
        axpy(sign * x, row, y);
    }
}

/// C += A B with A `[m][k]` (row stride `lda`), B `[k][n]` (row stride `ldb`), C `[m][n]` (row stride `ldc`).
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn gemm_add(m: usize, k: usize, n: usize, a: &[f64], lda: usize, b: &[f64], ldb: usize, c: &mut [f64], ldc: usize) {
    let whole = n - n % COLUMNS;
    let mut panel = [Lanes::zero(); PANEL];
    for from in (0..k).step_by(PANEL) {
        let depth = PANEL.min(k - from);
        let (a, b) = (&a[from..], &b[from * ldb..]);
        for j in (0..whole).step_by(COLUMNS) {
            for (packed, row) in panel[..depth].iter_mut().zip(b[j..].chunks(ldb)) {
                *packed = Lanes::load(row);
            }
            let (panel, c) = (&panel[..depth], &mut c[j..]);
            let paired = m - m % 2;
            // Two rows at a time share each load of B.
            for i in (0..paired).step_by(2) {
                two_rows_times_panel(&a[i * lda..], lda, panel, &mut c[i * ldc..], ldc);
            }
            if paired < m {
                row_times_panel(&a[paired * lda..], panel, &mut c[paired * ldc..]);
            }
        }
        for i in 0..m {
            for j in whole..n {
                let mut sum = 0.0;
                for (l, x) in a[i * lda..i * lda + depth].iter().enumerate() {
                    sum += x * b[l * ldb + j];
                }
                c[i * ldc + j] += sum;
            }
        }
    }
}

/// Columns of C whose sums stay in registers.
const COLUMNS: usize = 8;
/// Rows of B that are copied side by side, so that the innermost loop runs straight through memory.
const PANEL: usize = 128;

/// Two rows of C += A · panel.
#[inline(always)]
fn two_rows_times_panel(a: &[f64], lda: usize, panel: &[Lanes<{ COLUMNS / 2 }>], c: &mut [f64], ldc: usize) {
    let (first, second) = (&a[..panel.len()], &a[lda..lda + panel.len()]);
    let mut sums = [Lanes::zero(); 2];
    // All in step, so that nothing is checked on the way.
    for ((b, first), second) in panel.iter().zip(first).zip(second) {
        sums[0].add_scaled(first, b);
        sums[1].add_scaled(second, b);
    }
    let [first, second] = sums;
    add_to(c, first);
    add_to(&mut c[ldc..], second);
}

/// One row of C += A · panel.
#[inline(always)]
fn row_times_panel(a: &[f64], panel: &[Lanes<{ COLUMNS / 2 }>], c: &mut [f64]) {
    let mut sum = Lanes::zero();
    for (b, a) in panel.iter().zip(a) {
        sum.add_scaled(a, b);
    }
    add_to(c, sum);
}

#[inline(always)]
fn add_to(c: &mut [f64], sum: Lanes<{ COLUMNS / 2 }>) {
    let mut found = [0.0; COLUMNS];
    sum.store(&mut found);
    for (c, found) in c.iter_mut().zip(found) {
        *c += found;
    }
}
