//! The weights in the arrangements that a batch's matrix products read, and the gradients in the one that they write.

use super::matrix::padded;
use super::model::Layout;
use super::step;
use crate::experiment::Cell;

/// Weights rearranged once per iteration.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    layout: Layout,
    /// `[R][d + n]`, R the rows of a step's blocks: a row of `W_ih`, then one of `W_hh`. The GRU's two candidate blocks each have one
    /// of the two.
    pub forward: Vec<f64>,
    /// `[R]`: what a preactivation starts from.
    pub bias: Vec<f64>,
    /// `W_hh` transposed, `[n][G·n]`.
    pub recurrent_transposed: Vec<f64>,
    /// `[k][n]`.
    pub readout: Vec<f64>,
    /// `[k]`.
    pub readout_bias: Vec<f64>,
    /// `[n][k]`.
    pub readout_transposed: Vec<f64>,
}

impl Packed {
    pub fn new(layout: Layout) -> Self {
        let Layout { input_size: d, hidden_size: n, output_size: k, .. } = layout;
        let rows = step::blocks(layout.cell) * n;
        Packed {
            layout,
            forward: vec![0.0; rows * (d + n)],
            bias: vec![0.0; rows],
            recurrent_transposed: vec![0.0; n * layout.rows()],
            readout: vec![0.0; k * n],
            readout_bias: vec![0.0; k],
            readout_transposed: vec![0.0; n * k],
        }
    }

    /// Takes over a flat list of parameters.
    pub fn set(&mut self, parameters: &[f64]) {
        let Layout { cell, input_size: d, hidden_size: n, output_size: k, .. } = self.layout;
        let [ih, hh, bias_ih, bias_hh, readout, readout_bias] = self.layout.ranges().map(|range| &parameters[range]);
        let rows = self.layout.rows();
        let width = d + n;
        for row in 0..rows {
            let candidate = cell == Cell::Gru && row >= 2 * n;
            // The GRU's candidate: input side in the fourth block, recurrent side in the third.
            let input_row = if candidate { row + n } else { row };
            self.forward[input_row * width..input_row * width + d].copy_from_slice(&ih[row * d..(row + 1) * d]);
            self.forward[row * width + d..(row + 1) * width].copy_from_slice(&hh[row * n..(row + 1) * n]);
            if candidate {
                self.bias[row] = bias_hh[row];
                self.bias[input_row] = bias_ih[row];
            } else {
                self.bias[row] = bias_ih[row] + bias_hh[row];
            }
            for j in 0..n {
                self.recurrent_transposed[j * rows + row] = hh[row * n + j];
            }
        }
        self.readout.copy_from_slice(readout);
        self.readout_bias.copy_from_slice(readout_bias);
        for row in 0..k {
            for j in 0..n {
                self.readout_transposed[j * k + row] = readout[row * n + j];
            }
        }
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
    pub fn new(layout: Layout) -> Self {
        let hidden = padded(layout.input_size + 1);
        Columns { ones: layout.input_size, hidden, width: hidden + padded(layout.hidden_size) }
    }
}

/// Adds a step's blocks of gradients, `[R][width]`, to the cell's part of a flat list.
pub(super) fn add_blocks(layout: Layout, columns: Columns, from: &[f64], gradient: &mut [f64]) {
    let Layout { cell, input_size: d, hidden_size: n, .. } = layout;
    let [ih, hh, bias_ih, bias_hh, ..] = layout.ranges();
    let width = columns.width;
    for row in 0..layout.rows() {
        let input_row = if cell == Cell::Gru && row >= 2 * n { row + n } else { row };
        let add = |to: &mut [f64], from: &[f64]| {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from;
            }
        };
        let (input, recurrent) = (&from[input_row * width..], &from[row * width..]);
        add(&mut gradient[ih.start + row * d..][..d], &input[..d]);
        add(&mut gradient[hh.start + row * n..][..n], &recurrent[columns.hidden..columns.hidden + n]);
        gradient[bias_ih.start + row] += input[columns.ones];
        gradient[bias_hh.start + row] += recurrent[columns.ones];
    }
}
