//! Weights from a seed: what each [`Initialiser`] draws.
//!
//! In every case `W_hh = gain · base`, where the base depends on seed, cell, sizes and initialiser only, and biases that a
//! setting sets (`b_ih + b_hh` on the forget, input-gate and update rows) are put in `b_ih`, with 0 in `b_hh`: PyTorch adds the two.

use crate::linalg::random_orthogonal::random_orthogonal;
use crate::rng::{Draws, Purpose};
use crate::vocabulary::{Activation, Cell, Initialiser};
use crate::weights::Weights;

/// 10, so that with n = 2 and gain 0.9 the matrix is [[0.9, 9], [0, 0.9]].
const SHEAR: f64 = 10.0;
/// Standard deviation of `W_ih` in the IRNN paper.
const IRNN_INPUT_DEVIATION: f64 = 0.001;

/// Rows of each gate in PyTorch's packing, as block numbers.
const LSTM_INPUT: usize = 0;
const LSTM_FORGET: usize = 1;
const GRU_UPDATE: usize = 1;

/// What weights are drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    /// The cell.
    pub cell: Cell,
    /// φ of the plain RNN.
    pub activation: Activation,
    /// d.
    pub input_size: usize,
    /// n.
    pub hidden_size: usize,
    /// How they are drawn.
    pub initialiser: Initialiser,
    /// Factor on `W_hh`.
    pub gain: f64,
    /// Seed of everything that is drawn.
    pub seed: u32,
}

/// Values of `b_ih + b_hh` that settings put on a gate's rows, in place of drawn ones or on top of given ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GateBiases {
    /// LSTM, forget rows.
    pub forget: f64,
    /// LSTM, input-gate rows.
    pub input_gate: f64,
    /// GRU, update rows.
    pub update: f64,
}

impl GateBiases {
    /// The biases that a cell has, as (gate block, value).
    pub fn of(self, cell: Cell) -> Vec<(usize, f64)> {
        match cell {
            Cell::Rnn => Vec::new(),
            Cell::Lstm => vec![(LSTM_FORGET, self.forget), (LSTM_INPUT, self.input_gate)],
            Cell::Gru => vec![(GRU_UPDATE, self.update)],
        }
    }
}

/// The weights before any setting has set a bias.
pub(crate) fn drawn(recipe: &Recipe) -> Weights {
    let cell = recipe.cell;
    let n = recipe.hidden_size;
    let d = recipe.input_size;
    let gates = match cell {
        Cell::Rnn => 1,
        Cell::Lstm => 4,
        Cell::Gru => 3,
    };
    let mut weight_hh = recurrent_base(recipe, gates);
    for value in &mut weight_hh {
        *value *= recipe.gain;
    }
    Weights {
        cell,
        activation: recipe.activation,
        input_size: d,
        hidden_size: n,
        weight_ih: input_weights(recipe, gates, d),
        weight_hh,
        bias_ih: drawn_bias(recipe, gates, Purpose::BiasIh(cell)),
        bias_hh: drawn_bias(recipe, gates, Purpose::BiasHh(cell)),
    }
}

/// `W_ih`, `[G·n][d]` row-major. It is drawn column by column, so that an input with more components keeps the columns there were.
fn input_weights(recipe: &Recipe, gates: usize, d: usize) -> Vec<f64> {
    let rows = gates * recipe.hidden_size;
    let n = recipe.hidden_size as f64;
    let fan_in = d as f64;
    let mut draws = Draws::new(recipe.seed, Purpose::WeightIh(recipe.cell));
    let mut draw = || match recipe.initialiser {
        Initialiser::PytorchUniform | Initialiser::Chrono => draws.symmetric(1.0 / n.sqrt()),
        Initialiser::Xavier | Initialiser::Orthogonal | Initialiser::Shear => draws.symmetric((6.0 / (fan_in + n)).sqrt()),
        Initialiser::He => draws.normal() * (2.0 / fan_in).sqrt(),
        Initialiser::Gaussian => draws.normal() / fan_in.sqrt(),
        Initialiser::Identity => draws.normal() * IRNN_INPUT_DEVIATION,
    };
    let mut weight = vec![0.0; rows * d];
    for column in 0..d {
        for row in 0..rows {
            weight[row * d + column] = draw();
        }
    }
    weight
}

/// `W_hh` before the gain, `[G·n][n]` row-major.
fn recurrent_base(recipe: &Recipe, gates: usize) -> Vec<f64> {
    let n = recipe.hidden_size;
    let size = n as f64;
    let mut draws = Draws::new(recipe.seed, Purpose::WeightHh(recipe.cell));
    let mut base = Vec::with_capacity(gates * n * n);
    for _ in 0..gates {
        match recipe.initialiser {
            Initialiser::PytorchUniform | Initialiser::Chrono => {
                base.extend((0..n * n).map(|_| draws.symmetric(1.0 / size.sqrt())));
            }
            Initialiser::Xavier => {
                base.extend((0..n * n).map(|_| draws.symmetric((3.0 / size).sqrt())));
            }
            Initialiser::He => {
                base.extend((0..n * n).map(|_| draws.normal() * (2.0 / size).sqrt()));
            }
            Initialiser::Gaussian => {
                base.extend((0..n * n).map(|_| draws.normal() / size.sqrt()));
            }
            Initialiser::Orthogonal => base.extend(random_orthogonal(n, &mut draws)),
            Initialiser::Identity => base.extend(banded(n, 0.0)),
            Initialiser::Shear => base.extend(banded(n, SHEAR)),
        }
    }
    base
}

/// `[n][n]` with 1 on the diagonal and `above` directly above it.
fn banded(n: usize, above: f64) -> Vec<f64> {
    let mut matrix = vec![0.0; n * n];
    for i in 0..n {
        matrix[i * n + i] = 1.0;
        if i + 1 < n {
            matrix[i * n + i + 1] = above;
        }
    }
    matrix
}

/// One of the two biases, `[G·n]`, before gate biases are set.
fn drawn_bias(recipe: &Recipe, gates: usize, purpose: Purpose) -> Vec<f64> {
    let n = recipe.hidden_size;
    match recipe.initialiser {
        Initialiser::PytorchUniform | Initialiser::Chrono => {
            let bound = 1.0 / (n as f64).sqrt();
            let mut draws = Draws::new(recipe.seed, purpose);
            (0..gates * n).map(|_| draws.symmetric(bound)).collect()
        }
        Initialiser::Xavier
        | Initialiser::He
        | Initialiser::Gaussian
        | Initialiser::Orthogonal
        | Initialiser::Identity
        | Initialiser::Shear => vec![0.0; gates * n],
    }
}

/// Sets `b_ih + b_hh` on gate blocks, the whole of it in `b_ih`.
pub(crate) fn set_gate_biases(weights: &mut Weights, biases: &[(usize, f64)]) {
    for &(block, value) in biases {
        set_block(weights, block, |_| value);
    }
}

/// Sets the gate biases as chrono does, for sequences of `steps` steps: those of the forget and input rows, or of the update rows.
pub(crate) fn set_chrono_biases(weights: &mut Weights, seed: u32, steps: usize) {
    let memory = chrono_biases(weights.cell, weights.hidden_size, seed, steps);
    match weights.cell {
        Cell::Rnn => {}
        Cell::Lstm => {
            set_block(weights, LSTM_FORGET, |unit| memory[unit]);
            set_block(weights, LSTM_INPUT, |unit| -memory[unit]);
        }
        Cell::Gru => set_block(weights, GRU_UPDATE, |unit| memory[unit]),
    }
}

fn set_block(weights: &mut Weights, block: usize, value: impl Fn(usize) -> f64) {
    let n = weights.hidden_size;
    for unit in 0..n {
        weights.bias_ih[block * n + unit] = value(unit);
        weights.bias_hh[block * n + unit] = 0.0;
    }
}

/// `ln(1 + u·(T − 2))` per unit, `[n]`: the logarithm of a time scale uniform in [1, T − 1). u belongs to the unit, so that the
/// biases move continuously with T, which counts as at least 3.
fn chrono_biases(cell: Cell, n: usize, seed: u32, steps: usize) -> Vec<f64> {
    let spread = steps.max(3) as f64 - 2.0;
    let mut draws = Draws::new(seed, Purpose::Chrono(cell));
    (0..n).map(|_| libm::log(1.0 + draws.uniform() * spread)).collect()
}
