//! Matrix products with the batch (or another multiple of four columns) as the fastest dimension.
//!
//! Every element of a product is summed in the order of k, with separate multiplications and additions: the order depends neither on
//! the blocking nor on the number of columns, so that a lane's bits are the same whatever batch it is in.

use crate::simd::Lanes;

/// Columns are padded to a multiple of this.
pub(super) const LANES: usize = 4;

/// `count` rounded up to a multiple of [`LANES`].
pub(super) fn padded(count: usize) -> usize {
    count.div_ceil(LANES) * LANES
}

/// A matrix inside a slice: elements `[row * stride + column]`.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub values: &'a [f64],
    pub stride: usize,
}

impl<'a> View<'a> {
    pub fn new(values: &'a [f64], stride: usize) -> Self {
        View { values, stride }
    }
}

/// The shape of a product: C `[rows][columns]` from A `[rows][depth]` and B `[depth][columns]`; columns a multiple of [`LANES`].
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub rows: usize,
    pub depth: usize,
    pub columns: usize,
}

/// Rows of B that are copied together before they are used.
const PANEL: usize = 128;

/// Steps along the depth that are spelled out one after the other. In WebAssembly every address is a sum of its own, which those of one
/// group share; natively the compiler knows better.
const UNROLLED: usize = if cfg!(target_arch = "wasm32") { 4 } else { 1 };

/// C += A B, C with row stride `stride`.
pub(super) fn multiply_add(shape: Shape, a: View<'_>, b: View<'_>, c: &mut [f64], stride: usize) {
    debug_assert_eq!(shape.columns % LANES, 0);
    let mut panel = [Lanes::zero(); PANEL];
    // Sums go on from what C holds, so that cutting the depth does not change their order.
    for start in (0..shape.depth).step_by(PANEL) {
        let depth = PANEL.min(shape.depth - start);
        for column in (0..shape.columns).step_by(LANES) {
            for (l, row) in panel[..depth].iter_mut().enumerate() {
                let at = (start + l) * b.stride + column;
                *row = Lanes::load(&b.values[at..at + LANES]);
            }
            let panel = &panel[..depth];
            let mut row = 0;
            while row < shape.rows {
                let a = View::new(&a.values[row * a.stride + start..], a.stride);
                let c = &mut c[row * stride + column..];
                // Four rows share each load of B.
                if row + 4 <= shape.rows {
                    block::<4>(panel, a, c, stride);
                    row += 4;
                } else {
                    block::<1>(panel, a, c, stride);
                    row += 1;
                }
            }
        }
    }
}

/// `ROWS` rows of one panel's columns, whose sums stay in registers along the depth.
#[inline(always)]
fn block<const ROWS: usize>(panel: &[Lanes<{ LANES / 2 }>], a: View<'_>, c: &mut [f64], stride: usize) {
    let a: [&[f64]; ROWS] = core::array::from_fn(|r| &a.values[r * a.stride..r * a.stride + panel.len()]);
    let mut sums: [Lanes<{ LANES / 2 }>; ROWS] = core::array::from_fn(|r| Lanes::load(&c[r * stride..r * stride + LANES]));
    let (panels, rest) = panel.as_chunks::<UNROLLED>();
    let chunks: [&[[f64; UNROLLED]]; ROWS] = a.map(|a| &a.as_chunks::<UNROLLED>().0[..panels.len()]);
    for (i, panel) in panels.iter().enumerate() {
        let a: [&[f64; UNROLLED]; ROWS] = chunks.map(|a| &a[i]);
        for (l, b) in panel.iter().enumerate() {
            for (sum, a) in sums.iter_mut().zip(a) {
                sum.add_scaled(a[l], b);
            }
        }
    }
    for (l, b) in rest.iter().enumerate() {
        for (sum, a) in sums.iter_mut().zip(&a) {
            sum.add_scaled(a[UNROLLED * panels.len() + l], b);
        }
    }
    for (r, sum) in sums.into_iter().enumerate() {
        sum.store(&mut c[r * stride..r * stride + LANES]);
    }
}

/// `out[column][row] = a[row][column]` for `rows` rows of `columns` values each; `out` has row stride `out_stride`.
pub(super) fn transpose(rows: usize, columns: usize, a: &[f64], out: &mut [f64], out_stride: usize) {
    for (row, values) in a.chunks_exact(columns.max(1)).take(rows).enumerate() {
        for (column, value) in values.iter().enumerate() {
            out[column * out_stride + row] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Draws, Purpose};

    #[test]
    fn products_are_sums_in_order_whatever_the_blocking() {
        let mut draws = Draws::new(1, Purpose::Noise);
        for (rows, depth, columns) in [(1, 1, 4), (4, 3, 8), (5, 7, 12), (9, 2, 4), (3, 0, 4), (6, 300, 4)] {
            let (a_stride, b_stride, stride) = (depth + 1, columns + 4, columns + 4);
            let mut numbers = |count: usize| (0..count).map(|_| draws.normal()).collect::<Vec<f64>>();
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
                    assert_eq!(c[i * stride + j].to_bits(), expected.to_bits(), "{rows}x{depth}x{columns} at {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn a_transpose_swaps_rows_and_columns() {
        let mut out = [0.0; 9];
        transpose(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut out, 3);
        assert_eq!(out, [1.0, 4.0, 0.0, 2.0, 5.0, 0.0, 3.0, 6.0, 0.0]);
    }
}
