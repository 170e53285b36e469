//! What can be wrong with a model, its input or a question about it.

use super::Path;

/// Why a model cannot be built or run, or a question about it not be answered. Each is a sentence: what, where, and what would be accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LineageError {
    /// The numbers of an input are no whole number of steps, or none at all.
    #[error("The input has {length} numbers, which is not one step or more of {width} numbers each.")]
    InputLength {
        /// Numbers there are.
        length: usize,
        /// Numbers a step has.
        width: usize,
    },
    /// A size of a model is outside its range, or sizes do not fit each other.
    #[error("{what} is {found}. It must be {accepted}.")]
    Size {
        /// The size's name, as a sentence begins with it.
        what: &'static str,
        /// What was given.
        found: String,
        /// What would do.
        accepted: String,
    },
    /// A parameter does not have the shape the model needs.
    #[error("The parameter {name} has {found} numbers. The model needs {needed}.")]
    ParameterLength {
        /// The parameter's name.
        name: String,
        /// Numbers it has.
        found: usize,
        /// Numbers it must have.
        needed: usize,
    },
    /// A value of the forward pass is not finite.
    #[error("The state overflows at step {step}. Smaller weights or a smaller input keep it finite.")]
    Overflow {
        /// The step, counted from 0.
        step: usize,
    },
    /// A whole matrix is asked for of too long a sequence.
    #[error(
        "The reach matrix has {rows} × {columns} entries. It is computed up to {limit} × {limit}; a single row up to {row_limit} steps."
    )]
    MatrixTooLarge {
        /// Output steps.
        rows: usize,
        /// Input steps.
        columns: usize,
        /// The most of either.
        limit: usize,
        /// The most steps for one row.
        row_limit: usize,
    },
    /// A row is asked for of too long a sequence.
    #[error("The sequence has {steps} steps. Reach is computed up to {limit}.")]
    RowTooLong {
        /// Steps there are.
        steps: usize,
        /// The most.
        limit: usize,
    },
    /// A row is asked for that does not exist.
    #[error("The output has {rows} steps, counted from 0. There is no step {row}.")]
    NoSuchRow {
        /// The step asked for.
        row: usize,
        /// Steps there are.
        rows: usize,
    },
    /// A model is asked for a path that it does not have.
    #[error("This model has no path named {path}. It has: {known}.")]
    NoSuchPath {
        /// The path asked for.
        path: Path,
        /// The paths there are, with commas between.
        known: String,
    },
}
