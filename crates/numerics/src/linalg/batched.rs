//! Matrix products with the batch (or another multiple of [`Real::LANES`] columns) as the fastest dimension.
//!
//! Every element of a product is summed in the order of k, with separate multiplications and additions: the order depends neither on
//! the blocking nor on the number of columns, so that a lane's bits are the same whatever batch it is in.

use crate::real::{Real, Tile};

/// `count` rounded up to a multiple of [`Real::LANES`].
pub fn padded<R: Real>(count: usize) -> usize {
    count.next_multiple_of(R::LANES)
}

/// A matrix inside a slice: elements `[row * stride + column]`.
#[derive(Clone, Copy)]
pub struct View<'a, R> {
    /// Numbers from the first element on; there may be more than the matrix has.
    pub values: &'a [R],
    /// Numbers from one row's first element to the next row's.
    pub stride: usize,
}

impl<'a, R> View<'a, R> {
    /// A matrix whose rows are `stride` numbers apart.
    #[inline]
    pub fn new(values: &'a [R], stride: usize) -> Self {
        View { values, stride }
    }
}

/// The shape of a product: C `[rows][columns]` from A `[rows][depth]` and B `[depth][columns]`; columns a multiple of [`Real::LANES`].
#[derive(Clone, Copy)]
pub struct Shape {
    /// Rows of A and C.
    pub rows: usize,
    /// Columns of A, which are the rows of B.
    pub depth: usize,
    /// Columns of B and C.
    pub columns: usize,
}

/// Rows of B that are copied together before they are used.
const PANEL: usize = 128;

/// C += A B, C with row stride `stride`.
pub fn multiply_add<R: Real>(shape: Shape, a: View<'_, R>, b: View<'_, R>, c: &mut [R], stride: usize) {
    debug_assert_eq!(shape.columns % R::LANES, 0);
    let mut panel = [R::Tile::zero(); PANEL];
    // Sums go on from what C holds, so that cutting the depth does not change their order.
    for start in (0..shape.depth).step_by(PANEL) {
        let depth = PANEL.min(shape.depth - start);
        for column in (0..shape.columns).step_by(R::LANES) {
            for (l, row) in panel[..depth].iter_mut().enumerate() {
                let at = (start + l) * b.stride + column;
                *row = R::Tile::load(&b.values[at..at + R::LANES]);
            }
            let panel = &panel[..depth];
            let mut row = 0;
            while row < shape.rows {
                let a = View::new(&a.values[row * a.stride + start..], a.stride);
                let c = &mut c[row * stride + column..];
                // Four rows share each load of B.
                if row + 4 <= shape.rows {
                    four_rows(panel, a, c, stride);
                    row += 4;
                } else {
                    one_row(panel, a.values, c);
                    row += 1;
                }
            }
        }
    }
}

/// Four rows of one panel's columns, whose sums stay in registers along the depth.
#[inline(always)]
fn four_rows<R: Real>(panel: &[R::Tile], a: View<'_, R>, c: &mut [R], stride: usize) {
    let [a0, a1, a2, a3] = core::array::from_fn(|r| &a.values[r * a.stride..r * a.stride + panel.len()]);
    let mut sums: [R::Tile; 4] = core::array::from_fn(|r| R::Tile::load(&c[r * stride..r * stride + R::LANES]));
    // All in step, so that nothing is checked on the way.
    for ((((b, a0), a1), a2), a3) in panel.iter().zip(a0).zip(a1).zip(a2).zip(a3) {
        for (sum, a) in sums.iter_mut().zip([a0, a1, a2, a3]) {
            sum.add_scaled(a, b);
        }
    }
    for (r, sum) in sums.into_iter().enumerate() {
        sum.store(&mut c[r * stride..r * stride + R::LANES]);
    }
}

/// One row of one panel's columns.
#[inline(always)]
fn one_row<R: Real>(panel: &[R::Tile], a: &[R], c: &mut [R]) {
    let mut sum = R::Tile::load(c);
    for (b, a) in panel.iter().zip(a) {
        sum.add_scaled(a, b);
    }
    sum.store(&mut c[..R::LANES]);
}

/// `out[column][row] = a[row][column]` for `rows` rows of `columns` values each; `out` has row stride `out_stride`.
pub fn transpose<R: Real>(rows: usize, columns: usize, a: &[R], out: &mut [R], out_stride: usize) {
    for (row, values) in a.chunks_exact(columns.max(1)).take(rows).enumerate() {
        for (column, value) in values.iter().enumerate() {
            out[column * out_stride + row] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Draws;

    fn products_are_sums_in_order<R: Real>() {
        let mut draws = Draws::new(1, 1);
        for (rows, depth, tiles) in [(1, 1, 1), (4, 3, 2), (5, 7, 3), (9, 2, 1), (3, 0, 1), (6, 300, 1)] {
            let columns = tiles * R::LANES;
            let (a_stride, b_stride, stride) = (depth + 1, columns + 4, columns + 4);
            let mut numbers = |count: usize| (0..count).map(|_| R::narrow(draws.normal())).collect::<Vec<R>>();
            let (a, b, start) = (numbers(rows * a_stride), numbers(depth * b_stride), numbers(rows * stride));
            let mut c = start.clone();
            multiply_add(Shape { rows, depth, columns }, View::new(&a, a_stride), View::new(&b, b_stride), &mut c, stride);
            for i in 0..rows {
                for j in 0..stride {
                    let mut expected = start[i * stride + j];
                    if j < columns {
                        for l in 0..depth {
                            expected += a[i * a_stride + l] * b[l * b_stride + j];
                        }
                    }
                    assert_eq!(c[i * stride + j].widen().to_bits(), expected.widen().to_bits(), "{rows}x{depth}x{columns} at {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn products_are_sums_in_order_whatever_the_blocking() {
        products_are_sums_in_order::<f64>();
        products_are_sums_in_order::<f32>();
    }

    #[test]
    fn a_transpose_swaps_rows_and_columns() {
        let mut out = [0.0; 9];
        transpose(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut out, 3);
        assert_eq!(out, [1.0, 4.0, 0.0, 2.0, 5.0, 0.0, 3.0, 6.0, 0.0]);
    }
}
