//! Operations on the rows, columns and gate blocks of a parameter: what a hand does to many weights at once.

use core::ops::Range;

use crate::given::Parameter;
use crate::linalg::nearest_orthogonal::nearest_orthogonal;
use crate::linalg::spectrum::spectral_radius;
use crate::rng::{Draws, Purpose};
use crate::vocabulary::Cell;
use crate::weights::Weights;

/// How far a spectral radius may be from the one that was asked for, relative to it.
const RADIUS_TOLERANCE: f64 = 1e-9;

/// The weights of one parameter that an operation works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One row, counted over all gate blocks.
    Row(usize),
    /// One column within one gate block.
    Column {
        /// The block, in PyTorch's packing.
        block: usize,
        /// The column.
        column: usize,
    },
    /// One gate block.
    Block(usize),
    /// Every gate block, one after the other.
    Whole,
}

/// What is done to them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// Multiplies by a factor.
    Scale(f64),
    /// Gives all one value; 0 zeroes them.
    Set(f64),
    /// Draws anew, from a normal distribution with the mean and the standard deviation of the gate block that they are in.
    Randomise {
        /// The same seed draws the same.
        seed: u32,
    },
    /// Puts the nearest orthogonal matrix in place of a square block: the factor Q of its polar decomposition A = QP.
    Orthogonal,
    /// Multiplies a square block by the factor that gives it this spectral radius.
    SpectralRadius(f64),
}

/// Why an operation was refused: a sentence that says what is wrong and what would be accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// A number that is not finite, or a negative radius.
    #[error("{0} is not used; a finite number is accepted, and for a spectral radius one that is 0 or more.")]
    Number(f64),
    /// There is no such row, column or block.
    #[error("{0} has no such row, column or block; choose one that is shown.")]
    Beyond(&'static str),
    /// A matrix operation on part of a block.
    #[error("This works on square matrices; choose the block or the whole parameter instead of a row or a column.")]
    Part,
    /// A matrix operation on a block that is not square.
    #[error("This works on square matrices, and a block of {name} is {rows} × {columns}; the blocks of W_hh are square.")]
    NotSquare {
        /// The parameter.
        name: &'static str,
        /// Its rows a block.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A block without spread.
    #[error(
        "Block {0} has weights that are all equal: their standard deviation is 0, and drawing would change nothing. Set one of them first."
    )]
    NoDeviation(&'static str),
    /// A nilpotent block.
    #[error("Block {0} is nilpotent: all its eigenvalues are 0, and no factor gives it another spectral radius. Change a weight on its diagonal first.")]
    Nilpotent(&'static str),
    /// Eigenvalues that rounding decides.
    #[error("The eigenvalues of block {0} are so sensitive to rounding that its spectral radius cannot be set to within 1e-9. Make the block orthogonal, or randomise it, first.")]
    Sensitive(&'static str),
    /// A decomposition that did not end, or numbers that overflow.
    #[error("The result of block {0} is not finite; smaller numbers are accepted.")]
    Overflow(&'static str),
}

/// What the gate blocks are called, in PyTorch's packing; the plain RNN's only one is that of its preactivation a.
pub fn block_letters(cell: Cell) -> &'static [&'static str] {
    match cell {
        Cell::Rnn => &["a"],
        Cell::Lstm => &["i", "f", "g", "o"],
        Cell::Gru => &["r", "z", "n"],
    }
}

/// The weights that an operation gives, as (row-major index, value) within the parameter; `weights` themselves are left alone. All of the
/// scope are named, also those that keep their value.
///
/// # Errors
/// Nothing is changed, and a sentence says why.
pub fn apply(weights: &Weights, parameter: Parameter, scope: Scope, operation: Operation) -> Result<Vec<(usize, f64)>, EditError> {
    if let Operation::Scale(number) | Operation::Set(number) | Operation::SpectralRadius(number) = operation {
        if !number.is_finite() || (matches!(operation, Operation::SpectralRadius(_)) && number < 0.0) {
            return Err(EditError::Number(number));
        }
    }
    let n = weights.hidden_size;
    let (rows, columns) = parameter.shape(weights.cell, weights.input_size, n);
    let beyond = || EditError::Beyond(parameter.name());
    // Per block: its number, and the rows and columns in it that are worked on.
    let parts: Vec<(usize, Range<usize>, Range<usize>)> = match scope {
        Scope::Row(row) if row < rows => vec![(row / n, row % n..row % n + 1, 0..columns)],
        Scope::Column { block, column } if block < rows / n && column < columns => vec![(block, 0..n, column..column + 1)],
        Scope::Block(block) if block < rows / n => vec![(block, 0..n, 0..columns)],
        Scope::Whole => (0..rows / n).map(|block| (block, 0..n, 0..columns)).collect(),
        _ => return Err(beyond()),
    };
    let all = parameter.of(weights);
    // One stream for all blocks: each would draw the same otherwise.
    let mut draws = match operation {
        Operation::Randomise { seed } => Some(Draws::new(seed, Purpose::Edit)),
        _ => None,
    };
    let mut changed = Vec::new();
    for (block, part_rows, part_columns) in parts {
        let name = block_letters(weights.cell)[block];
        let start = block * n * columns;
        let old = all.get(start..start + n * columns).ok_or_else(beyond)?;
        let whole_block = part_rows.len() == n && part_columns.len() == columns && matches!(scope, Scope::Block(_) | Scope::Whole);
        let square = || match (whole_block, columns == n) {
            (false, _) => Err(EditError::Part),
            (true, false) => Err(EditError::NotSquare { name: parameter.name(), rows: n, columns }),
            (true, true) => Ok(()),
        };
        let new: Vec<f64> = match (operation, &mut draws) {
            (Operation::Scale(factor), _) => old.iter().map(|w| w * factor).collect(),
            (Operation::Set(value), _) => vec![value; old.len()],
            (Operation::Randomise { .. }, Some(draws)) => {
                let (mean, deviation) = mean_and_deviation(old);
                if deviation == 0.0 {
                    return Err(EditError::NoDeviation(name));
                }
                old.iter().map(|_| mean + deviation * draws.normal()).collect()
            }
            (Operation::Randomise { .. }, None) => old.to_vec(),
            (Operation::Orthogonal, _) => {
                square()?;
                nearest_orthogonal(old, n).ok_or(EditError::Overflow(name))?
            }
            (Operation::SpectralRadius(radius), _) => {
                square()?;
                with_radius(old, n, radius, name)?
            }
        };
        for row in part_rows {
            for column in part_columns.clone() {
                let value = new[row * columns + column];
                if !value.is_finite() {
                    return Err(EditError::Overflow(name));
                }
                changed.push((start + row * columns + column, value));
            }
        }
    }
    Ok(changed)
}

/// Mean and standard deviation; the deviation of equal numbers is exactly 0.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.iter().all(|v| Some(v) == values.first()) {
        return (mean, 0.0);
    }
    (mean, (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt())
}

fn with_radius(block: &[f64], n: usize, radius: f64, name: &'static str) -> Result<Vec<f64>, EditError> {
    let before = spectral_radius(block, n);
    if before.is_nan() {
        return Err(EditError::Overflow(name));
    }
    if is_acyclic(block, n) || before == 0.0 {
        return Err(EditError::Nilpotent(name));
    }
    let scaled: Vec<f64> = block.iter().map(|w| w * (radius / before)).collect();
    if scaled.iter().any(|w| !w.is_finite()) {
        return Err(EditError::Overflow(name));
    }
    // Where rounding decides the eigenvalues, those of the scaled block are others: a nilpotent block that does not look like one, say.
    let after = spectral_radius(&scaled, n);
    if (after - radius).abs() > RADIUS_TOLERANCE * radius {
        return Err(EditError::Sensitive(name));
    }
    Ok(scaled)
}

/// Whether the weights that are not 0, as edges between units, form no cycle. Such a matrix is strictly triangular up to the order of the
/// units, so it is nilpotent, and its computed eigenvalues may still be far from 0.
fn is_acyclic(matrix: &[f64], n: usize) -> bool {
    let mut open: Vec<usize> = (0..n).collect();
    loop {
        let left: Vec<usize> = open.iter().copied().filter(|row| open.iter().any(|column| matrix[row * n + column] != 0.0)).collect();
        if left.is_empty() {
            return true;
        }
        if left.len() == open.len() {
            return false;
        }
        open = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::signal::Input;
    use proptest::prelude::*;

    fn net(cell: Cell, n: usize, d: usize, seed: u32) -> Weights {
        Experiment { cell, hidden_size: n, input_size: d, seed, input: Input::Noise, ..Experiment::default() }.weights().unwrap()
    }

    /// The whole parameter with the operation's numbers in it.
    fn after(weights: &Weights, parameter: Parameter, scope: Scope, operation: Operation) -> Result<Vec<f64>, EditError> {
        let mut values = parameter.of(weights).to_vec();
        for (index, value) in apply(weights, parameter, scope, operation)? {
            values[index] = value;
        }
        Ok(values)
    }

    fn cells() -> impl Strategy<Value = Cell> {
        prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)]
    }

    fn with_hh(n: usize, weight_hh: Vec<f64>) -> Weights {
        Weights { weight_hh, ..net(Cell::Rnn, n, 1, 1) }
    }

    fn gram_error(q: &[f64], n: usize) -> f64 {
        let entry = |i: usize, j: usize| (0..n).map(|k| q[k * n + i] * q[k * n + j]).sum::<f64>() - f64::from(u8::from(i == j));
        (0..n * n).map(|at| entry(at / n, at % n).abs()).fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn only_the_scope_changes(cell in cells(), n in 1..9usize, d in 1..6usize, seed: u32, which in 0..4usize, pick: usize, kind in 0..3usize) {
            let weights = net(cell, n, d, seed);
            let parameter = Parameter::ALL[which];
            let (rows, columns) = parameter.shape(cell, d, n);
            let (row, column) = (pick % rows, pick % columns);
            let (scope, within): (Scope, Box<dyn Fn(usize, usize) -> bool>) = match kind {
                0 => (Scope::Row(row), Box::new(move |r, _| r == row)),
                1 => (Scope::Column { block: row / n, column }, Box::new(move |r, c| r / n == row / n && c == column)),
                _ => (Scope::Block(row / n), Box::new(move |r, _| r / n == row / n)),
            };
            let before = parameter.of(&weights);
            for operation in [Operation::Scale(1.5), Operation::Set(0.25), Operation::Set(0.0), Operation::Randomise { seed }] {
                let values = match after(&weights, parameter, scope, operation) {
                    Ok(values) => values,
                    Err(error) => {
                        prop_assert!(matches!(error, EditError::NoDeviation(_)), "{}", error);
                        continue;
                    }
                };
                for (at, (new, old)) in values.iter().zip(before).enumerate() {
                    let expected = match operation {
                        _ if !within(at / columns, at % columns) => *old,
                        Operation::Scale(factor) => old * factor,
                        Operation::Set(value) => value,
                        _ => continue,
                    };
                    prop_assert_eq!(new.to_bits(), expected.to_bits());
                }
            }
        }

        #[test]
        fn the_nearest_orthogonal_matrix_is_orthogonal_and_nearest(n in 1..24usize, seed: u32) {
            let weights = net(Cell::Gru, n, 1, seed);
            let values = after(&weights, Parameter::WeightHh, Scope::Block(1), Operation::Orthogonal).unwrap();
            let size = n * n;
            prop_assert_eq!(&values[..size], &weights.weight_hh[..size]);
            prop_assert_eq!(&values[2 * size..], &weights.weight_hh[2 * size..]);
            let (q, a) = (&values[size..2 * size], &weights.weight_hh[size..2 * size]);
            prop_assert!(gram_error(q, n) < 1e-12);
            // QᵀA is the factor P of the polar decomposition: symmetric, and its trace is the sum of A's singular values, the most that
            // an orthogonal matrix reaches.
            let p = |i: usize, j: usize| (0..n).map(|k| q[k * n + i] * a[k * n + j]).sum::<f64>();
            for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
                prop_assert!((p(i, j) - p(j, i)).abs() < 1e-12);
            }
            let sum: f64 = crate::linalg::spectrum::singular_values(a, n, n).iter().sum();
            prop_assert!(((0..n).map(|i| p(i, i)).sum::<f64>() - sum).abs() < 1e-11);
        }

        #[test]
        fn a_spectral_radius_is_the_one_asked_for(cell in cells(), n in 1..24usize, seed: u32, radius in 0.01..4.0f64) {
            let weights = net(cell, n, 1, seed);
            let values = after(&weights, Parameter::WeightHh, Scope::Whole, Operation::SpectralRadius(radius)).unwrap();
            for block in values.chunks_exact(n * n) {
                prop_assert!((spectral_radius(block, n) - radius).abs() < 1e-9 * radius);
            }
        }
    }

    #[test]
    fn singular_matrices_have_an_orthogonal_neighbour_too() {
        let n = 6;
        let rank_one: Vec<f64> = (0..n * n).map(|at| ((at / n + 1) * (at % n + 2)) as f64).collect();
        for matrix in [vec![0.0; n * n], rank_one, net(Cell::Rnn, n, 1, 3).weight_hh.iter().map(|w| w * 1e-200).collect()] {
            let q = after(&with_hh(n, matrix), Parameter::WeightHh, Scope::Block(0), Operation::Orthogonal).unwrap();
            assert!(gram_error(&q, n) < 1e-12);
        }
        let large = with_hh(64, net(Cell::Rnn, 64, 1, 9).weight_hh);
        assert!(gram_error(&after(&large, Parameter::WeightHh, Scope::Block(0), Operation::Orthogonal).unwrap(), 64) < 1e-12);
    }

    #[test]
    fn drawing_keeps_the_blocks_mean_and_deviation_and_follows_its_seed() {
        let weights = net(Cell::Lstm, 32, 1, 5);
        let draw = |seed| after(&weights, Parameter::WeightHh, Scope::Whole, Operation::Randomise { seed }).unwrap();
        let values = draw(1);
        assert_eq!(values, draw(1));
        assert_ne!(values, draw(2));
        let size = 32 * 32;
        assert_ne!(values[..size], values[size..2 * size]);
        let ((old_mean, old), (mean, deviation)) = (mean_and_deviation(&weights.weight_hh[..size]), mean_and_deviation(&values[..size]));
        assert!((deviation / old - 1.0).abs() < 0.1 && (mean - old_mean).abs() < 4.0 * old / 32.0);
    }

    #[test]
    fn what_cannot_be_done_is_refused_in_a_sentence() {
        let refused = |weights: &Weights, parameter, scope, operation| apply(weights, parameter, scope, operation).unwrap_err();
        let weights = net(Cell::Lstm, 4, 2, 1);
        let block = Scope::Block(1);
        assert_eq!(refused(&weights, Parameter::WeightHh, Scope::Row(0), Operation::Orthogonal), EditError::Part);
        assert_eq!(
            refused(&weights, Parameter::WeightIh, block, Operation::SpectralRadius(1.0)).to_string(),
            "This works on square matrices, and a block of weight_ih is 4 × 2; the blocks of W_hh are square."
        );
        assert_eq!(refused(&weights, Parameter::WeightHh, Scope::Row(16), Operation::Set(0.0)), EditError::Beyond("weight_hh"));
        assert!(matches!(refused(&weights, Parameter::WeightHh, block, Operation::Scale(f64::NAN)), EditError::Number(_)));
        assert!(matches!(refused(&weights, Parameter::WeightHh, block, Operation::SpectralRadius(-1.0)), EditError::Number(_)));
        let huge = with_hh(2, vec![1e300, 0.0, 0.0, 1.0]);
        assert_eq!(refused(&huge, Parameter::WeightHh, Scope::Block(0), Operation::Scale(1e10)), EditError::Overflow("a"));
        let equal = with_hh(2, vec![0.5; 4]);
        assert_eq!(refused(&equal, Parameter::WeightHh, Scope::Block(0), Operation::Randomise { seed: 1 }), EditError::NoDeviation("a"));
    }

    #[test]
    fn a_nilpotent_block_has_no_other_spectral_radius() {
        let radius = |matrix: Vec<f64>, n| apply(&with_hh(n, matrix), Parameter::WeightHh, Scope::Block(0), Operation::SpectralRadius(1.0));
        assert_eq!(radius(vec![0.0; 9], 3), Err(EditError::Nilpotent("a")));
        // A path through the units in another order than theirs.
        assert_eq!(radius(vec![0.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 3), Err(EditError::Nilpotent("a")));
        let n = 32;
        let shift: Vec<f64> = (0..n * n).map(|at| f64::from(u8::from(at % n == at / n + 1))).collect();
        assert_eq!(radius(shift, n), Err(EditError::Nilpotent("a")));
        // [[1, −1], [1, −1]] squares to 0, and no order of the units shows it.
        assert!(matches!(radius(vec![1.0, -1.0, 1.0, -1.0], 2), Err(EditError::Nilpotent("a") | EditError::Sensitive("a"))));
        assert!(radius(vec![0.0, 1.0, 1.0, 0.0], 2).is_ok());
    }
}
