//! How every lab names and colours the cells.

use unroll_engine::Cell;

use crate::charts::Ink;

/// A cell's name.
pub fn cell_name(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn => "RNN",
        Cell::Lstm => "LSTM",
        Cell::Gru => "GRU",
    }
}

/// The ink of a cell.
pub fn cell_ink(cell: Cell) -> Ink {
    match cell {
        Cell::Rnn => Ink::Rnn,
        Cell::Lstm => Ink::Lstm,
        Cell::Gru => Ink::Gru,
    }
}

/// The style class with the cell's colour.
pub fn cell_class(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn => "cell-rnn",
        Cell::Lstm => "cell-lstm",
        Cell::Gru => "cell-gru",
    }
}
