//! QR with pivoting, by Householder reflections (Golub & Van Loan, *Matrix Computations*, §5.4.2).

use crate::kernel::{axpy, dot, gemv, gemv_transposed, larger};

/// `A = U R` for a row-major `[rows][columns]` A, with fewer rows in R than in A: U `[rows][rank]` with orthonormal columns and
/// R `[rank][columns]`, such that ‖A − U R‖_F ≤ `epsilon` ‖A‖_F. `None` where no row can be spared.
pub fn row_compression(a: &[f64], columns: usize, epsilon: f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let rows = a.len() / columns;
    let mut r = a.to_vec();
    let mut reflectors: Vec<f64> = Vec::with_capacity(rows * rows);
    // The squared norm that each column has left.
    let mut left: Vec<f64> = vec![0.0; columns];
    for row in a.chunks_exact(columns) {
        for (sum, x) in left.iter_mut().zip(row) {
            *sum += x * x;
        }
    }
    let floor = epsilon * epsilon * left.iter().sum::<f64>();
    let mut open: Vec<bool> = vec![true; columns];
    let mut projections = vec![0.0; columns];
    let mut rank = 0;
    while rank < rows {
        let remaining = &mut r[rank * columns..];
        // Downdated norms lose their digits, so what decides the end is taken anew.
        if left.iter().sum::<f64>() <= LOSS * floor / (epsilon * epsilon) {
            left.fill(0.0);
            for row in remaining.chunks_exact(columns) {
                for ((sum, x), open) in left.iter_mut().zip(row).zip(&open) {
                    if *open {
                        *sum += x * x;
                    }
                }
            }
            if left.iter().sum::<f64>() <= floor {
                break;
            }
        }
        let Some(pivot) = (0..columns).filter(|j| open[*j]).max_by(|i, j| left[*i].total_cmp(&left[*j])) else { break };
        open[pivot] = false;
        left[pivot] = 0.0;
        let height = rows - rank;
        let mut v: Vec<f64> = (0..height).map(|i| remaining[i * columns + pivot]).collect();
        let size = crate::scaled::norm(&v);
        if size > 0.0 {
            v[0] += libm::copysign(size, v[0]);
            let scale = core::f64::consts::SQRT_2 / crate::scaled::norm(&v);
            v.iter_mut().for_each(|x| *x *= scale);
            gemv_transposed(remaining, &v, &mut projections);
            for (row, v) in remaining.chunks_exact_mut(columns).zip(&v) {
                axpy(-v, &projections, row);
            }
            for ((sum, x), open) in left.iter_mut().zip(&remaining[..columns]).zip(&open) {
                *sum = if *open { larger(0.0, *sum - x * x) } else { 0.0 };
            }
        } else {
            v.fill(0.0);
        }
        reflectors.extend(core::iter::repeat_n(0.0, rank).chain(v));
        rank += 1;
    }
    if rank == rows || rank == 0 {
        return None;
    }
    r.truncate(rank * columns);
    // U's columns are the reflections of the unit vectors, as rows first.
    let mut transposed = vec![0.0; rank * rows];
    for (j, column) in transposed.chunks_exact_mut(rows).enumerate() {
        column[j] = 1.0;
    }
    let mut along = vec![0.0; rank];
    for (i, v) in reflectors.chunks_exact(rows).enumerate().rev() {
        let block = &mut transposed[i * rows..];
        let along = &mut along[i..];
        gemv(block, v, along);
        for (column, along) in block.chunks_exact_mut(rows).zip(along) {
            axpy(-*along, v, column);
        }
    }
    let mut basis = vec![0.0; rows * rank];
    for (j, column) in transposed.chunks_exact(rows).enumerate() {
        for (i, x) in column.iter().enumerate() {
            basis[i * rank + j] = *x;
        }
    }
    debug_assert!(rank == 0 || (dot(&transposed[..rows], &transposed[..rows]) - 1.0).abs() < 1e-10);
    Some((basis, r))
}

/// Below this share of its first value a downdated sum of squares may be rounding.
const LOSS: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::gemm_add;
    use crate::rng::Draws;

    fn random(count: usize, seed: u32) -> Vec<f64> {
        let mut draws = Draws::new(seed, 2);
        (0..count).map(|_| draws.normal()).collect()
    }

    #[test]
    fn a_matrix_of_low_rank_loses_its_rows_and_nothing_else() {
        for (rows, columns, rank) in [(8, 8, 3), (20, 12, 5), (12, 20, 11), (6, 6, 1)] {
            let (left, right) = (random(rows * rank, 1), random(rank * columns, 2));
            let mut a = vec![0.0; rows * columns];
            gemm_add(rows, rank, columns, &left, rank, &right, columns, &mut a, columns);
            let (basis, r) = row_compression(&a, columns, 1e-13).unwrap();
            assert_eq!(r.len(), rank * columns);
            let mut again = vec![0.0; rows * columns];
            gemm_add(rows, rank, columns, &basis, rank, &r, columns, &mut again, columns);
            let error: f64 = again.iter().zip(&a).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
            assert!(error < 1e-13 * rank as f64 * 30.0, "{rows}×{columns} of rank {rank}: {error:e}");
            for i in 0..rank {
                for j in 0..rank {
                    let inner: f64 = (0..rows).map(|k| basis[k * rank + i] * basis[k * rank + j]).sum();
                    assert!((inner - f64::from(i == j)).abs() < 1e-13, "U is orthonormal");
                }
            }
        }
    }

    #[test]
    fn a_matrix_of_full_rank_keeps_its_rows() {
        assert!(row_compression(&random(100, 3), 10, 1e-16).is_none());
    }

    #[test]
    fn a_graded_matrix_loses_what_is_below_the_bound() {
        let m = 16;
        let a: Vec<f64> = random(m * m, 4).iter().enumerate().map(|(i, x)| x * libm::exp10(-2.0 * (i / m) as f64)).collect();
        let (basis, r) = row_compression(&a, m, 1e-16).unwrap();
        let rank = r.len() / m;
        assert!((8..=10).contains(&rank), "{rank}");
        let mut again = vec![0.0; m * m];
        gemm_add(m, rank, m, &basis, rank, &r, m, &mut again, m);
        let largest = a.iter().fold(0.0, |most, y| larger(most, y.abs()));
        assert!(again.iter().zip(&a).all(|(x, y)| (x - y).abs() < 1e-14 * largest));
    }
}
