//! The weights in the arrangements that a batch's matrix products read, and the gradients in the one that they write.

use super::model::Layout;
use super::step;
use crate::linalg::batched::padded;
use crate::real::Real;
use crate::vocabulary::Cell;

/// Weights rearranged once per iteration.
#[derive(Clone, Debug)]
pub(super) struct Packed<R> {
    layout: Layout,
    /// `[R][d + n]`, R the rows of a step's blocks: a row of `W_ih`, then one of `W_hh`. The GRU's two candidate blocks each have one
    /// of the two.
    pub forward: Vec<R>,
    /// `[R]`: what a preactivation starts from.
    pub bias: Vec<R>,
    /// `W_hh` transposed, `[n][G·n]`.
    pub recurrent_transposed: Vec<R>,
    /// `[k][n]`.
    pub readout: Vec<R>,
    /// `[k]`.
    pub readout_bias: Vec<R>,
    /// `[n][k]`.
    pub readout_transposed: Vec<R>,
}

impl<R: Real> Packed<R> {
    pub fn new(layout: Layout) -> Self {
        let Layout { input_size: d, hidden_size: n, output_size: k, .. } = layout;
        let rows = step::blocks(layout.cell) * n;
        Packed {
            layout,
            forward: vec![R::ZERO; rows * (d + n)],
            bias: vec![R::ZERO; rows],
            recurrent_transposed: vec![R::ZERO; n * layout.rows()],
            readout: vec![R::ZERO; k * n],
            readout_bias: vec![R::ZERO; k],
            readout_transposed: vec![R::ZERO; n * k],
        }
    }

    /// Takes over a flat list of parameters, each rounded to the nearest number.
    pub fn set(&mut self, parameters: &[f64]) {
        let Layout { cell, input_size: d, hidden_size: n, output_size: k, .. } = self.layout;
        let [ih, hh, bias_ih, bias_hh, readout, readout_bias] = self.layout.ranges().map(|range| &parameters[range]);
        let rows = self.layout.rows();
        let width = d + n;
        for row in 0..rows {
            let candidate = cell == Cell::Gru && row >= 2 * n;
            // The GRU's candidate: input side in the fourth block, recurrent side in the third.
            let input_row = if candidate { row + n } else { row };
            narrow(&mut self.forward[input_row * width..input_row * width + d], &ih[row * d..(row + 1) * d]);
            narrow(&mut self.forward[row * width + d..(row + 1) * width], &hh[row * n..(row + 1) * n]);
            if candidate {
                self.bias[row] = R::narrow(bias_hh[row]);
                self.bias[input_row] = R::narrow(bias_ih[row]);
            } else {
                self.bias[row] = R::narrow(bias_ih[row] + bias_hh[row]);
            }
            for j in 0..n {
                self.recurrent_transposed[j * rows + row] = R::narrow(hh[row * n + j]);
            }
        }
        narrow(&mut self.readout, readout);
        narrow(&mut self.readout_bias, readout_bias);
        for row in 0..k {
            for j in 0..n {
                self.readout_transposed[j * k + row] = R::narrow(readout[row * n + j]);
            }
        }
    }
}

/// Copies numbers, each rounded to the nearest.
pub(super) fn narrow<R: Real>(to: &mut [R], from: &[f64]) {
    debug_assert_eq!(to.len(), from.len());
    for (to, from) in to.iter_mut().zip(from) {
        *to = R::narrow(*from);
    }
}

/// Where the columns of a gradient's row lie: `[x (d), 1, …, h (n), …]`, both halves padded for the products.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub ones: usize,
    pub hidden: usize,
    pub width: usize,
}

impl Columns {
    pub fn new<R: Real>(layout: Layout) -> Self {
        let hidden = padded::<R>(layout.input_size + 1);
        Columns { ones: layout.input_size, hidden, width: hidden + padded::<R>(layout.hidden_size) }
    }
}

/// Adds a step's blocks of gradients, `[R][width]`, times `scale` to the cell's part of a flat list.
pub(super) fn add_blocks<R: Real>(layout: Layout, columns: Columns, from: &[R], scale: f64, gradient: &mut [f64]) {
    let Layout { cell, input_size: d, hidden_size: n, .. } = layout;
    let [ih, hh, bias_ih, bias_hh, ..] = layout.ranges();
    let width = columns.width;
    for row in 0..layout.rows() {
        let input_row = if cell == Cell::Gru && row >= 2 * n { row + n } else { row };
        let add = |to: &mut [f64], from: &[R]| {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from.widen() * scale;
            }
        };
        let (input, recurrent) = (&from[input_row * width..], &from[row * width..]);
        add(&mut gradient[ih.start + row * d..][..d], &input[..d]);
        add(&mut gradient[hh.start + row * n..][..n], &recurrent[columns.hidden..columns.hidden + n]);
        gradient[bias_ih.start + row] += input[columns.ones].widen() * scale;
        gradient[bias_hh.start + row] += recurrent[columns.ones].widen() * scale;
    }
}
