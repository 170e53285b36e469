//! Weights from a seed: what each [`Initialiser`] draws.
//!
//! In every case `W_hh = gain · base`, where the base depends on seed, cell, sizes and initialiser only, and biases that a
//! setting sets (`b_ih + b_hh` on the forget, input-gate and update rows) are put in `b_ih`, with 0 in `b_hh`: PyTorch adds the two.

use crate::experiment::{Cell, Experiment, Initialiser};
use crate::rng::{Draws, Purpose};
use crate::weights::Weights;

/// 10, so that with n = 2 and gain 0.9 the matrix is [[0.9, 9], [0, 0.9]].
const SHEAR: f64 = 10.0;
/// Standard deviation of `W_ih` in the IRNN paper.
const IRNN_INPUT_DEVIATION: f64 = 0.001;

/// Rows of each gate in PyTorch's packing, as block numbers.
const LSTM_INPUT: usize = 0;
const LSTM_FORGET: usize = 1;
const GRU_UPDATE: usize = 1;

/// The weights of a valid `experiment`, before edits.
pub(crate) fn weights(experiment: &Experiment) -> Weights {
    if let Some(given) = &experiment.given {
        let biases: &[(usize, f64)] = match experiment.cell {
            Cell::Rnn => &[],
            Cell::Lstm => &[(LSTM_FORGET, experiment.forget_bias), (LSTM_INPUT, experiment.input_gate_bias)],
            Cell::Gru => &[(GRU_UPDATE, experiment.update_bias)],
        };
        return given.adjusted(experiment.activation, experiment.gain, biases);
    }
    let mut weights = drawn_weights(experiment);
    set_gate_biases(experiment, &mut weights);
    weights
}

/// The weights of a valid `experiment` before any setting has set a bias.
pub(crate) fn drawn_weights(experiment: &Experiment) -> Weights {
    let cell = experiment.cell;
    let n = experiment.hidden_size;
    let d = experiment.effective_input_size();
    let gates = match cell {
        Cell::Rnn => 1,
        Cell::Lstm => 4,
        Cell::Gru => 3,
    };
    let mut weight_hh = recurrent_base(experiment, gates);
    for value in &mut weight_hh {
        *value *= experiment.gain;
    }
    Weights {
        cell,
        activation: experiment.activation,
        input_size: d,
        hidden_size: n,
        weight_ih: input_weights(experiment, gates, d),
        weight_hh,
        bias_ih: drawn_bias(experiment, gates, Purpose::BiasIh(cell)),
        bias_hh: drawn_bias(experiment, gates, Purpose::BiasHh(cell)),
    }
}

/// `W_ih`, `[G·n][d]` row-major. It is drawn column by column, so that an input with more components keeps the columns there were.
fn input_weights(experiment: &Experiment, gates: usize, d: usize) -> Vec<f64> {
    let rows = gates * experiment.hidden_size;
    let n = experiment.hidden_size as f64;
    let fan_in = d as f64;
    let mut draws = Draws::new(experiment.seed, Purpose::WeightIh(experiment.cell));
    let mut draw = || match experiment.initialiser {
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
fn recurrent_base(experiment: &Experiment, gates: usize) -> Vec<f64> {
    let n = experiment.hidden_size;
    let size = n as f64;
    let mut draws = Draws::new(experiment.seed, Purpose::WeightHh(experiment.cell));
    let mut base = Vec::with_capacity(gates * n * n);
    for _ in 0..gates {
        match experiment.initialiser {
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
            Initialiser::Orthogonal => base.extend(orthogonal(n, &mut draws)),
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

/// A random orthogonal matrix `[n][n]`, uniform over the orthogonal group: the rows of a Gaussian matrix, orthonormalised in
/// order. Every row keeps the side of the earlier ones that it was drawn on (R's diagonal is positive), which makes the result
/// uniform (Mezzadri 2007). Gram–Schmidt is applied twice per row: once leaves errors that grow with the matrix's condition number,
/// twice leaves rounding errors only (Giraud et al. 2005).
pub(crate) fn orthogonal(n: usize, draws: &mut Draws) -> Vec<f64> {
    let mut rows: Vec<f64> = (0..n * n).map(|_| draws.normal()).collect();
    for i in 0..n {
        let (done, rest) = rows.split_at_mut(i * n);
        let row = &mut rest[..n];
        for _ in 0..2 {
            for earlier in done.chunks_exact(n) {
                let along = dot(earlier, row);
                for (value, e) in row.iter_mut().zip(earlier) {
                    *value -= along * e;
                }
            }
        }
        let norm = dot(row, row).sqrt();
        for value in row.iter_mut() {
            *value /= norm;
        }
    }
    rows
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// One of the two biases, `[G·n]`, before gate biases are set.
fn drawn_bias(experiment: &Experiment, gates: usize, purpose: Purpose) -> Vec<f64> {
    let n = experiment.hidden_size;
    match experiment.initialiser {
        Initialiser::PytorchUniform | Initialiser::Chrono => {
            let bound = 1.0 / (n as f64).sqrt();
            let mut draws = Draws::new(experiment.seed, purpose);
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

/// Sets `b_ih + b_hh` on the rows that a setting, or chrono, decides.
fn set_gate_biases(experiment: &Experiment, weights: &mut Weights) {
    let n = experiment.hidden_size;
    let chrono = experiment.initialiser == Initialiser::Chrono;
    let mut set = |block: usize, value: &dyn Fn(usize) -> f64| {
        for unit in 0..n {
            weights.bias_ih[block * n + unit] = value(unit);
            weights.bias_hh[block * n + unit] = 0.0;
        }
    };
    let memory = if chrono { chrono_biases(experiment) } else { Vec::new() };
    match (experiment.cell, chrono) {
        (Cell::Rnn, _) => {}
        (Cell::Lstm, true) => {
            set(LSTM_FORGET, &|unit| memory[unit]);
            set(LSTM_INPUT, &|unit| -memory[unit]);
        }
        (Cell::Gru, true) => set(GRU_UPDATE, &|unit| memory[unit]),
        (Cell::Lstm, false) => {
            set(LSTM_FORGET, &|_| experiment.forget_bias);
            set(LSTM_INPUT, &|_| experiment.input_gate_bias);
        }
        (Cell::Gru, false) => set(GRU_UPDATE, &|_| experiment.update_bias),
    }
}

/// `ln(1 + u·(T − 2))` per unit, `[n]`: the logarithm of a time scale uniform in [1, T − 1). u belongs to the unit, so that the
/// biases move continuously with T, which counts as at least 3.
fn chrono_biases(experiment: &Experiment) -> Vec<f64> {
    let spread = experiment.effective_seq_len().max(3) as f64 - 2.0;
    let mut draws = Draws::new(experiment.seed, Purpose::Chrono(experiment.cell));
    (0..experiment.hidden_size).map(|_| libm::log(1.0 + draws.uniform() * spread)).collect()
}
