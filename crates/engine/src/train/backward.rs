//! Backpropagation through time over a batch: full, or cut into stretches.

use super::model::Layout;
use super::omega;
use super::packed::add_blocks;
use super::step::{self, LstmStep};
use super::workspace::{sum_of_lanes, Workspace};
use crate::kernel::larger;
use crate::linalg::batched::{multiply_add, padded, transpose, Shape, View};
use crate::real::Real;
use crate::vocabulary::Cell;

/// What a full backward pass can tell on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Observed {
    /// `log10` of the root mean square over the batch of ‖batch · ∂L/∂h_t‖, `[T + 1]`.
    pub log10_adjoint: Vec<f64>,
    /// ‖∂L/∂W_hh used at step t‖_F, `[T]`, at t − 1.
    pub contribution: Vec<f64>,
}

/// The steps `first..=last` (1-based) that one backward pass goes through, from the losses at steps after `losses_after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub first: usize,
    pub last: usize,
    pub losses_after: usize,
}

impl<R: Real> Workspace<R> {
    /// The readout's gradient, added to `gradient`. It does not depend on truncation: every loss trains the readout.
    pub fn readout_gradient(&mut self, gradient: &mut [f64]) {
        let Layout { input_size: d, hidden_size: n, output_size: k, .. } = self.layout;
        let (lanes, slot, width) = (self.lanes, self.slot(), self.columns.width);
        let [.., weight, bias] = self.layout.ranges();
        self.readout_blocks.fill(R::ZERO);
        for (t, site) in self.site_of_step.iter().enumerate() {
            let Some(site) = site else { continue };
            let derivative = &self.outputs[site * k * lanes..(site + 1) * k * lanes];
            transpose(n, lanes, &self.states[t * slot + d * lanes..(t + 1) * slot], &mut self.transposed[self.columns.hidden..], width);
            let hidden = View::new(&self.transposed[self.columns.hidden..], width);
            let shape = Shape { rows: k, depth: lanes, columns: padded::<R>(n) };
            multiply_add(shape, View::new(derivative, lanes), hidden, &mut self.readout_blocks, padded::<R>(n));
            for (to, row) in gradient[bias.clone()].iter_mut().zip(derivative.chunks_exact(lanes)) {
                *to += row.iter().map(|v| v.widen()).sum::<f64>();
            }
        }
        for (to, from) in gradient[weight].chunks_exact_mut(n).zip(self.readout_blocks.chunks_exact(padded::<R>(n))) {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from.widen();
            }
        }
    }

    /// The cell's gradient along one stretch, added to `gradient`. `omega` is the coefficient of the regulariser, whose value is
    /// returned (0 without one).
    pub fn backward(&mut self, stretch: Stretch, omega: f64, mut observed: Option<&mut Observed>, gradient: &mut [f64]) -> f64 {
        let Layout { cell, hidden_size: n, .. } = self.layout;
        let lanes = self.lanes;
        let mut regulariser = 0.0;
        self.exponent = 0;
        for values in [&mut self.dh, &mut self.direct, &mut self.blocks, &mut self.omega_blocks] {
            values.fill(R::ZERO);
        }
        for t in (stretch.first..=stretch.last).rev() {
            if t > stretch.losses_after {
                self.add_loss(t, gradient);
            }
            self.keep_in_range(gradient);
            if let Some(observed) = observed.as_deref_mut() {
                observed.log10_adjoint[t] = self.log10_adjoint();
            }
            self.deltas(t);
            self.collect(t, observed.as_deref_mut());
            self.carry();
            if omega != 0.0 && t > stretch.first {
                regulariser += omega::add_term(self, t);
            }
        }
        if let (1, Some(observed)) = (stretch.first, observed) {
            observed.log10_adjoint[0] = self.log10_adjoint();
        }
        self.deliver(gradient);
        if omega != 0.0 && cell == Cell::Rnn {
            let [_, recurrent, ..] = self.layout.ranges();
            for (to, from) in gradient[recurrent].chunks_exact_mut(n).zip(self.omega_blocks.chunks_exact(padded::<R>(n))) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to += omega / self.batch as f64 * from.widen();
                }
            }
        }
        debug_assert_eq!(self.dh.len(), n * lanes);
        regulariser / self.batch as f64
    }

    /// Adds the blocks to the gradient, and empties them.
    fn deliver(&mut self, gradient: &mut [f64]) {
        add_blocks(self.layout, self.columns, &self.blocks, power_of_two(self.exponent), gradient);
        self.blocks.fill(R::ZERO);
    }

    /// Goes over to another exponent; no bit is lost but of numbers too small to count beside those that are added to them.
    fn set_exponent(&mut self, exponent: i32, gradient: &mut [f64]) {
        if exponent == self.exponent {
            return;
        }
        self.deliver(gradient);
        // Twice at most: a float32 spans 2⁻¹⁴⁹ to 2¹²⁸, and no factor is to be less than an ordinary number.
        let by = (self.exponent - exponent).clamp(-240, 240);
        for by in [by / 2, by - by / 2] {
            let factor = R::narrow(power_of_two(by));
            self.dh.iter_mut().chain(&mut self.direct).for_each(|value| *value *= factor);
        }
        self.exponent = exponent;
    }

    /// Scales an adjoint that vanished or exploded so far that float32 would lose it.
    fn keep_in_range(&mut self, gradient: &mut [f64]) {
        let Some(range) = R::ADJOINT_RANGE else { return };
        let most = larger(largest(&self.dh), largest(&self.direct));
        if most > 0.0 && most.is_finite() {
            let exponent = libm::ilogb(most);
            if !range.contains(&exponent) {
                self.set_exponent(self.exponent + exponent, gradient);
            }
        }
    }

    /// Adds `W_outᵀ ∂L/∂z_t` to the adjoint of h_t.
    fn add_loss(&mut self, t: usize, gradient: &mut [f64]) {
        let Layout { hidden_size: n, output_size: k, .. } = self.layout;
        let Some(site) = self.site_of_step[t] else { return };
        // What comes from the later steps is small beside this loss, or else so large that it is not to be made larger.
        self.set_exponent(self.exponent.max(0), gradient);
        let mut derivative = &self.outputs[site * k * self.lanes..(site + 1) * k * self.lanes];
        if self.exponent != 0 {
            let factor = power_of_two(-self.exponent);
            for (to, from) in self.derivative.iter_mut().zip(derivative) {
                *to = R::narrow(from.widen() * factor);
            }
            derivative = &self.derivative;
        }
        let weight = View::new(&self.packed.readout_transposed, k);
        let shape = Shape { rows: n, depth: k, columns: self.lanes };
        multiply_add(shape, weight, View::new(derivative, self.lanes), &mut self.dh, self.lanes);
    }

    /// From the adjoints of step t to the deltas of its preactivations.
    fn deltas(&mut self, t: usize) {
        let Layout { cell, activation, input_size: d, hidden_size: n, .. } = self.layout;
        let (slot, units) = (self.slot(), n * self.lanes);
        let hidden = |t: usize| &self.states[t * slot + d * self.lanes..(t + 1) * slot];
        let rows = step::blocks(cell) * units;
        let gates = &self.gates[(t - 1) * rows..t * rows];
        match cell {
            Cell::Rnn => step::rnn_backward(activation, hidden(t), &self.dh, &mut self.delta),
            Cell::Gru => step::gru_backward(gates, hidden(t - 1), &self.dh, &mut self.direct, &mut self.delta),
            Cell::Lstm => {
                let before = (t - 1) * units..t * units;
                let step = LstmStep { gates, squashed: &self.squashed[before.clone()], c_prev: &self.cells[before] };
                step::lstm_backward(&step, &self.dh, &mut self.direct, &mut self.delta);
            }
        }
    }

    /// Adds step t's part to the gradient's blocks.
    fn collect(&mut self, t: usize, observed: Option<&mut Observed>) {
        let Layout { cell, input_size: d, hidden_size: n, .. } = self.layout;
        let (slot, lanes, width) = (self.slot(), self.lanes, self.columns.width);
        let (inputs, hidden) = self.states[(t - 1) * slot..t * slot].split_at(d * lanes);
        transpose(d, lanes, inputs, &mut self.transposed, width);
        transpose(n, lanes, hidden, &mut self.transposed[self.columns.hidden..], width);
        let shape = Shape { rows: step::blocks(cell) * n, depth: lanes, columns: width };
        let (delta, transposed) = (View::new(&self.delta, lanes), View::new(&self.transposed, width));
        // The same sum whether it is observed or not.
        multiply_add(shape, delta, transposed, &mut self.blocks, width);
        let Some(observed) = observed else { return };
        self.step_blocks.fill(R::ZERO);
        multiply_add(shape, delta, transposed, &mut self.step_blocks, width);
        // The GRU's fourth block is the candidate's input side, whose columns of h belong to no parameter.
        let rows = cell.blocks() * n;
        let recurrent = |scale: f64| {
            let scale = R::narrow(scale);
            let rows = self.step_blocks.chunks_exact(width).take(rows);
            rows.map(|row| sum_of_lanes(&row[self.columns.hidden..], 1, 1, |v| (v * scale) * (v * scale))).sum::<f64>()
        };
        observed.contribution[t - 1] = norm::<R>(recurrent, || largest(&self.step_blocks)) * power_of_two(self.exponent);
    }

    /// From the deltas of step t to the adjoint of h_{t−1}.
    fn carry(&mut self) {
        let Layout { cell, hidden_size: n, .. } = self.layout;
        match cell {
            Cell::Gru => self.dh.copy_from_slice(&self.direct),
            Cell::Rnn | Cell::Lstm => self.dh.fill(R::ZERO),
        }
        let rows = self.layout.rows();
        let weight = View::new(&self.packed.recurrent_transposed, rows);
        let shape = Shape { rows: n, depth: rows, columns: self.lanes };
        multiply_add(shape, weight, View::new(&self.delta, self.lanes), &mut self.dh, self.lanes);
    }

    /// `log10` of √(batch · Σ ‖∂L/∂h_t‖²).
    fn log10_adjoint(&self) -> f64 {
        let squares = |scale: f64| {
            let scale = R::narrow(scale);
            sum_of_lanes(&self.dh, self.lanes, self.batch, |v| (v * scale) * (v * scale))
        };
        let scaled = libm::log10(norm::<R>(squares, || largest(&self.dh)));
        scaled + 0.5 * libm::log10(self.batch as f64) + f64::from(self.exponent) * core::f64::consts::LOG10_2
    }
}

/// 2^exponent; 0 or infinite beyond the range of float64.
fn power_of_two(exponent: i32) -> f64 {
    libm::ldexp(1.0, exponent)
}

/// The largest size, passing over what is not a number.
fn largest<R: Real>(values: &[R]) -> f64 {
    let mut most = [R::ZERO; 8];
    let chunks = values.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks.chain([rest]) {
        for (most, value) in most.iter_mut().zip(chunk) {
            *most = if value.size() > *most { value.size() } else { *most };
        }
    }
    most.into_iter().map(R::widen).fold(0.0, larger)
}

/// √ of a sum of squares of scaled values; scaled by the largest where the plain squares would lose their digits.
fn norm<R: Real>(squares: impl Fn(f64) -> f64, largest: impl Fn() -> f64) -> f64 {
    let plain = squares(1.0);
    if R::SQUARES.contains(&plain) || plain.is_nan() {
        return plain.sqrt();
    }
    let most = largest();
    if most < R::LEAST || !most.is_finite() {
        return most;
    }
    squares(1.0 / most).sqrt() * most
}
