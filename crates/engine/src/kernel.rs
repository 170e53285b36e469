//! The few dense kernels that everything else is made of. All matrices are row-major slices.
//!
//! Every output element is summed in one fixed order, with separate multiplications and additions, and nothing asks which processor it
//! runs on: the same inputs give the same bits natively and in wasm. Vectorisation is left to the compiler, along the row, where it does
//! not change any element's order of summation.

/// Σ aᵢbᵢ. Four interleaved partial sums, always in the same order.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail
}

/// y += a·x.
pub(crate) fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

/// y = A x, A `[rows][x.len()]`.
pub(crate) fn gemv(a: &[f64], x: &[f64], y: &mut [f64]) {
    for (y, row) in y.iter_mut().zip(a.chunks_exact(x.len().max(1))) {
        *y = dot(row, x);
    }
}

/// y = Aᵀ x, A `[x.len()][y.len()]`.
pub(crate) fn gemv_transposed(a: &[f64], x: &[f64], y: &mut [f64]) {
    y.fill(0.0);
    let columns = y.len().max(1);
    for (row, x) in a.chunks_exact(columns).zip(x) {
        axpy(*x, row, y);
    }
}

/// C += A B with A `[m][k]` (row stride `lda`), B `[k][n]` (row stride `ldb`), C `[m][n]` (row stride `ldc`).
#[allow(clippy::too_many_arguments)]
pub(crate) fn gemm_add(m: usize, k: usize, n: usize, a: &[f64], lda: usize, b: &[f64], ldb: usize, c: &mut [f64], ldc: usize) {
    const COLUMNS: usize = 8;
    let whole = n - n % COLUMNS;
    let mut i = 0;
    while i < m {
        // Two rows at a time share each load of B.
        let pair = i + 1 < m;
        let rest = &mut c[i * ldc..];
        let (top, bottom) = rest.split_at_mut(ldc.min(rest.len()));
        let c0 = &mut top[..n];
        let mut unused = [0.0; 0];
        let c1: &mut [f64] = if pair { &mut bottom[..n] } else { &mut unused };
        let a0 = &a[i * lda..i * lda + k];
        let a1 = if pair { &a[(i + 1) * lda..(i + 1) * lda + k] } else { a0 };
        for j in (0..whole).step_by(COLUMNS) {
            let (mut s0, mut s1) = ([0.0; COLUMNS], [0.0; COLUMNS]);
            for l in 0..k {
                let row = &b[l * ldb + j..l * ldb + j + COLUMNS];
                let (x0, x1) = (a0[l], a1[l]);
                for lane in 0..COLUMNS {
                    s0[lane] += x0 * row[lane];
                    s1[lane] += x1 * row[lane];
                }
            }
            for lane in 0..COLUMNS {
                c0[j + lane] += s0[lane];
            }
            if pair {
                for lane in 0..COLUMNS {
                    c1[j + lane] += s1[lane];
                }
            }
        }
        for j in whole..n {
            let (mut s0, mut s1) = (0.0, 0.0);
            for l in 0..k {
                s0 += a0[l] * b[l * ldb + j];
                s1 += a1[l] * b[l * ldb + j];
            }
            c0[j] += s0;
            if pair {
                c1[j] += s1;
            }
        }
        i += 2;
    }
}
