//! The buffers of a training step, allocated once, and its forward pass.

use super::batch::{Batch, Dimensions};
use super::loss::{loss_and_derivative, ReadoutShape};
use super::model::Layout;
use super::packed::{narrow, Columns, Packed};
use super::step;
use crate::linalg::batched::{multiply_add, padded, Shape, View};
use crate::real::Real;
use crate::vocabulary::Cell;

/// Every buffer of a step. `lanes` is the batch padded to a multiple of [`Real::LANES`]; the lanes that only fill repeat the first sequence and
/// get no loss, so that they are finite whenever the batch is.
#[derive(Clone, Debug)]
pub(super) struct Workspace<R> {
    pub layout: Layout,
    pub steps: usize,
    pub batch: usize,
    pub lanes: usize,
    pub columns: Columns,
    pub packed: Packed<R>,
    /// The number of the loss at each step t, `[T + 1]`, if there is one.
    pub site_of_step: Vec<Option<usize>>,
    pub sites: usize,
    /// `[T + 1][d + n][lanes]`: at t what step t + 1 reads, `x_{t+1}` and `h_t`.
    pub states: Vec<R>,
    /// `[T + 1][n][lanes]`; empty but for the LSTM.
    pub cells: Vec<R>,
    /// tanh(c_t) at t − 1, `[T][n][lanes]`; empty but for the LSTM.
    pub squashed: Vec<R>,
    /// `[T][R][lanes]`, R the rows of a step's blocks.
    pub gates: Vec<R>,
    /// `[S][k][lanes]`: the readout, then the loss's derivative by it.
    pub outputs: Vec<R>,
    /// The same in float64, which the loss is computed in.
    pub losses: Vec<f64>,
    /// `[k][lanes]`: a step's derivative times 2^−exponent, where that is another one.
    pub derivative: Vec<R>,
    /// What `dh`, `direct`, `delta` and `blocks` hold is the true number times 2^−exponent: float32 would lose an adjoint that vanishes.
    pub exponent: i32,
    /// `[n][lanes]`: the adjoint of h_t.
    pub dh: Vec<R>,
    /// `[n][lanes]`: what goes back from step t to step t − 1 past the weights. LSTM: the adjoint of c_{t−1}, dc_t ⊙ f_t. GRU: z_t ⊙ dh_t, a part
    /// of the adjoint of h_{t−1}. Empty for the RNN, where all of it passes through `W_hh`.
    pub direct: Vec<R>,
    /// `[R][lanes]`.
    pub delta: Vec<R>,
    /// `[lanes][width]`: x, 1 and h of one step, transposed.
    pub transposed: Vec<R>,
    /// `[R][width]`: gradients of the cell.
    pub blocks: Vec<R>,
    /// `[R][width]`: one step's share of them.
    pub step_blocks: Vec<R>,
    /// `[k][padded n]`: gradient of the readout's weight.
    pub readout_blocks: Vec<R>,
    /// `[n][lanes]` and `[n][padded n]`, for the regulariser.
    pub omega_scaled: Vec<R>,
    pub omega_blocks: Vec<R>,
    /// `[lanes]` each.
    pub lane_scratch: [Vec<f64>; 2],
}

impl<R: Real> Workspace<R> {
    pub fn new(layout: Layout, dimensions: &Dimensions) -> Self {
        let Layout { cell, input_size: d, hidden_size: n, output_size: k, .. } = layout;
        let (steps, batch) = (dimensions.steps, dimensions.batch_size);
        let lanes = padded::<R>(batch);
        let columns = Columns::new::<R>(layout);
        let rows = step::blocks(cell) * n;
        let cell_state = cell.cell_state_size(n) * lanes;
        let list = dimensions.loss_steps.list(steps);
        let mut site_of_step = vec![None; steps + 1];
        for (site, t) in list.iter().enumerate() {
            site_of_step[*t] = Some(site);
        }
        Workspace {
            layout,
            steps,
            batch,
            lanes,
            columns,
            packed: Packed::new(layout),
            site_of_step,
            sites: list.len(),
            states: vec![R::ZERO; (steps + 1) * (d + n) * lanes],
            cells: vec![R::ZERO; (steps + 1) * cell_state],
            squashed: vec![R::ZERO; steps * cell_state],
            gates: vec![R::ZERO; steps * rows * lanes],
            outputs: vec![R::ZERO; list.len() * k * lanes],
            losses: vec![0.0; list.len() * k * lanes],
            derivative: vec![R::ZERO; k * lanes],
            exponent: 0,
            dh: vec![R::ZERO; n * lanes],
            direct: vec![R::ZERO; if cell == Cell::Rnn { 0 } else { n * lanes }],
            delta: vec![R::ZERO; rows * lanes],
            // The padding between the columns stays 0, and the ones stay 1.
            transposed: (0..lanes * columns.width).map(|i| if i % columns.width == columns.ones { R::ONE } else { R::ZERO }).collect(),
            blocks: vec![R::ZERO; rows * columns.width],
            step_blocks: vec![R::ZERO; rows * columns.width],
            readout_blocks: vec![R::ZERO; k * padded::<R>(n)],
            omega_scaled: vec![R::ZERO; n * lanes],
            omega_blocks: vec![R::ZERO; n * padded::<R>(n)],
            lane_scratch: [vec![0.0; lanes], vec![0.0; lanes]],
        }
    }

    /// Values of `states` per step.
    pub fn slot(&self) -> usize {
        (self.layout.input_size + self.layout.hidden_size) * self.lanes
    }

    /// h_t, `[n][lanes]`.
    pub fn hidden(&self, t: usize) -> &[R] {
        let slot = self.slot();
        &self.states[t * slot + self.layout.input_size * self.lanes..(t + 1) * slot]
    }

    /// Puts a batch's input in place.
    pub fn load(&mut self, batch: &Batch) {
        let (slot, lanes, count, d) = (self.slot(), self.lanes, self.batch, self.layout.input_size);
        for (state, x) in self.states.chunks_exact_mut(slot).zip(batch.x.chunks_exact(d * count)) {
            for (state, x) in state.chunks_exact_mut(lanes).zip(x.chunks_exact(count)) {
                narrow(&mut state[..count], x);
                state[count..].fill(R::narrow(x[0]));
            }
        }
    }

    /// Sets h_0 and c_0, `[n][lanes]` each; zero where there are none.
    pub fn start(&mut self, h: Option<&[f64]>, c: Option<&[f64]>) {
        let (slot, inputs) = (self.slot(), self.layout.input_size * self.lanes);
        let set = |to: &mut [R], from: Option<&[f64]>| match from {
            Some(from) => narrow(to, from),
            None => to.fill(R::ZERO),
        };
        set(&mut self.states[inputs..slot], h);
        set(&mut self.cells[..self.layout.cell.cell_state_size(slot - inputs)], c);
    }

    /// Copies h_T and c_T, `[n][lanes]` each, the latter empty but for the LSTM.
    pub fn final_states(&self, h: &mut [f64], c: &mut [f64]) {
        widen(h, self.hidden(self.steps));
        widen(c, &self.cells[self.cells.len() - c.len()..]);
    }

    /// Runs the cell over all steps.
    pub fn forward(&mut self) {
        let Layout { cell, activation, input_size: d, hidden_size: n, .. } = self.layout;
        let (lanes, slot, width) = (self.lanes, self.slot(), d + n);
        let rows = step::blocks(cell) * n;
        for t in 1..=self.steps {
            let (before, after) = self.states.split_at_mut(t * slot);
            let (before, h) = (&before[(t - 1) * slot..], &mut after[d * lanes..slot]);
            let gates = &mut self.gates[(t - 1) * rows * lanes..t * rows * lanes];
            for (row, bias) in gates.chunks_exact_mut(lanes).zip(&self.packed.bias) {
                row.fill(*bias);
            }
            let weights = |row: usize, column: usize| View::new(&self.packed.forward[row * width + column..], width);
            let (all, hidden) = (View::new(before, lanes), View::new(&before[d * lanes..], lanes));
            if cell == Cell::Gru {
                multiply_add(Shape { rows: 2 * n, depth: width, columns: lanes }, weights(0, 0), all, gates, lanes);
                let (recurrent, input) = gates[2 * n * lanes..].split_at_mut(n * lanes);
                multiply_add(Shape { rows: n, depth: n, columns: lanes }, weights(2 * n, d), hidden, recurrent, lanes);
                multiply_add(Shape { rows: n, depth: d, columns: lanes }, weights(3 * n, 0), all, input, lanes);
            } else {
                multiply_add(Shape { rows, depth: width, columns: lanes }, weights(0, 0), all, gates, lanes);
            }
            match cell {
                Cell::Rnn => step::rnn_forward(activation, gates, h),
                Cell::Gru => step::gru_forward(gates, &before[d * lanes..], h),
                Cell::Lstm => {
                    let units = n * lanes;
                    let (c_prev, c) = self.cells.split_at_mut(t * units);
                    let squashed = &mut self.squashed[(t - 1) * units..t * units];
                    step::lstm_forward(gates, &c_prev[(t - 1) * units..], &mut c[..units], squashed, h);
                }
            }
        }
    }

    /// Reads h out at every step that has a loss, and returns the loss; `outputs` then holds its derivative.
    pub fn read_out(&mut self, batch: &Batch) -> f64 {
        let Layout { input_size: d, hidden_size: n, output_size: k, .. } = self.layout;
        let (lanes, slot) = (self.lanes, self.slot());
        for (t, site) in self.site_of_step.iter().enumerate() {
            let Some(site) = site else { continue };
            let outputs = &mut self.outputs[site * k * lanes..(site + 1) * k * lanes];
            for (row, bias) in outputs.chunks_exact_mut(lanes).zip(&self.packed.readout_bias) {
                row.fill(*bias);
            }
            let h = View::new(&self.states[t * slot + d * lanes..(t + 1) * slot], lanes);
            multiply_add(Shape { rows: k, depth: n, columns: lanes }, View::new(&self.packed.readout, n), h, outputs, lanes);
        }
        let shape = ReadoutShape { sites: self.sites, output_size: k, lanes, batch: self.batch };
        let [largest, sums] = &mut self.lane_scratch;
        widen(&mut self.losses, &self.outputs);
        let loss = loss_and_derivative(shape, &mut self.losses, &batch.targets, largest, sums);
        narrow(&mut self.outputs, &self.losses);
        loss
    }

    /// Mean of each gate's activation over units, steps and batch, in the order of [`Cell::gate_names`]; for the plain RNN, which has no
    /// gates, the mean of |h_t|.
    pub fn mean_gates(&self, means: &mut [f64]) {
        let Layout { cell, hidden_size: n, .. } = self.layout;
        let units = n * self.lanes;
        let count = (n * self.steps * self.batch) as f64;
        means.fill(0.0);
        for (gate, mean) in means.iter_mut().enumerate() {
            for t in 1..=self.steps {
                let block = if cell == Cell::Gru && gate == 2 { 3 } else { gate };
                let at = ((t - 1) * step::blocks(cell) + block) * units;
                *mean += match cell {
                    Cell::Rnn => sum_of_lanes(self.hidden(t), self.lanes, self.batch, |h| h.size()),
                    Cell::Lstm | Cell::Gru => sum_of_lanes(&self.gates[at..at + units], self.lanes, self.batch, |gate| gate),
                };
            }
            *mean /= count;
        }
    }
}

/// Σ over rows and the first `batch` lanes, by eight partial sums where the lanes are all in use.
pub(super) fn sum_of_lanes<R: Real>(values: &[R], lanes: usize, batch: usize, of: impl Fn(R) -> R) -> f64 {
    let mut sums = [R::ZERO; 8];
    if lanes == batch {
        let chunks = values.chunks_exact(8);
        let rest: R = chunks.remainder().iter().map(|v| of(*v)).sum();
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                *sum += of(*value);
            }
        }
        return (sums.into_iter().sum::<R>() + rest).widen();
    }
    values.chunks_exact(lanes).flat_map(|row| &row[..batch]).map(|v| of(*v)).sum::<R>().widen()
}

/// Copies numbers as they are.
fn widen<R: Real>(to: &mut [f64], from: &[R]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.widen();
    }
}
