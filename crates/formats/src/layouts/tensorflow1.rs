//! TensorFlow 1's names: `basic_lstm_cell/kernel` `[d + n, 4n]` with the gates i, j, f, o, and `bias`; `basic_rnn_cell/kernel` `[d + n, n]`
//! (`tf.nn.rnn_cell`). Its GRU resets before the product, which is another cell.

use std::collections::BTreeMap;

use super::{check_sizes, fits, packed, single, Claim};
use crate::error::{shown, FormatError};
use crate::model::{Layout, Module, Part};
use crate::tensor::Tensor;
use unroll_engine::Cell;

/// The block in the file of PyTorch's gates i, f, g, o.
const IJFO: [usize; 4] = [0, 2, 1, 3];
/// What `BasicLSTMCell` and `LSTMCell` add to the forget gate's bias unless told otherwise.
const FORGET_BIAS: f64 = 1.0;

/// Prefix and kind of the name of a cell's tensor.
fn key(name: &str) -> Option<(&str, &'static str)> {
    let name = name.strip_suffix(":0").unwrap_or(name);
    let (prefix, last) = name.rsplit_once(['/', '.'])?;
    Some((prefix, ["kernel", "bias"].into_iter().find(|kind| *kind == last)?))
}

/// Which cell the name of a TensorFlow 1 cell is of.
fn cell(prefix: &str) -> Option<Cell> {
    let own = |part: &str| {
        let part = part.to_lowercase();
        if part.contains("lstm") && part.contains("cell") && !part.contains("coupled") {
            Some(Cell::Lstm)
        } else if part.contains("gru_cell") {
            Some(Cell::Gru)
        } else if part.contains("rnn_cell") {
            Some(Cell::Rnn)
        } else {
            None
        }
    };
    let mut parts = prefix.rsplit(['/', '.']);
    // The kernels of a GRU are one further in.
    match parts.next() {
        Some("gates" | "candidate") => parts.next().and_then(own),
        last => last.and_then(own),
    }
}

/// The modules of this layout among the tensors that are free.
pub(super) fn find<'t>(tensors: &'t [Tensor<'t>], free: &dyn Fn(usize) -> bool) -> Vec<Claim<'t>> {
    let mut groups: BTreeMap<&str, (Cell, BTreeMap<&str, usize>)> = BTreeMap::new();
    for (index, tensor) in tensors.iter().enumerate().filter(|(index, _)| free(*index)) {
        let found = key(&tensor.name).and_then(|(prefix, kind)| Some((prefix, kind, cell(prefix)?)));
        if let Some((prefix, kind, cell)) = found {
            groups.entry(prefix).or_insert((cell, BTreeMap::new())).1.insert(kind, index);
        }
    }
    groups.retain(|_, (_, group)| group.get("kernel").and_then(|index| tensors.get(*index)).is_some_and(|kernel| kernel.shape.len() == 2));
    let claim = |(prefix, (cell, group)): (&'t str, (Cell, BTreeMap<&str, usize>))| {
        let (kernel, bias) = (group.get("kernel").copied(), group.get("bias").copied());
        let at = move |place: Option<usize>| place.and_then(|index| tensors.get(index));
        Claim {
            prefix: prefix.to_string(),
            used: group.values().copied().collect(),
            build: Box::new(move || module(prefix, cell, at(kernel), at(bias))),
        }
    };
    groups.into_iter().map(claim).collect()
}

fn module(prefix: &str, cell: Cell, kernel: Option<&Tensor<'_>>, bias: Option<&Tensor<'_>>) -> Result<Module, FormatError> {
    let named = shown(prefix);
    if cell == Cell::Gru {
        return Err(FormatError::unsupported(format!(
            "The layer \"{named}\" is a GRU of TensorFlow 1, which resets before the product (reset_after=False); a GRU with reset_after=True \
             is accepted."
        )));
    }
    let kernel =
        kernel.ok_or_else(|| FormatError::mismatch(format!("The layer \"{named}\" lacks its kernel; kernel and bias are needed.")))?;
    let (rows, columns) = kernel.matrix()?;
    let n = columns / cell.blocks();
    if n == 0 || !columns.is_multiple_of(cell.blocks()) || rows <= n {
        return Err(FormatError::mismatch(format!(
            "The tensor \"{}\" has the shape {}; a row for every input and unit and {} per unit are accepted.",
            shown(&kernel.name),
            kernel.shape_text(),
            if cell == Cell::Lstm { "4 columns" } else { "1 column" }
        )));
    }
    let d = rows - n;
    check_sizes(prefix, n, d)?;
    let order: &[usize] = if cell == Cell::Lstm { &IJFO } else { &[0] };
    let values = kernel.values()?;
    let (input, state) = values.split_at_checked(d * columns).unwrap_or((&[], &[]));
    let bias_ih = match bias {
        None => vec![0.0; columns],
        Some(bias) => {
            fits(bias, &[columns])?;
            packed(order, &bias.values()?, 1, n)
        }
    };
    let part = Part {
        input_size: d,
        weight_ih: packed(order, input, d, n),
        weight_hh: packed(order, state, n, n),
        bias_ih,
        bias_hh: vec![0.0; columns],
    };
    let forget_bias = (cell == Cell::Lstm).then_some(FORGET_BIAS);
    Ok(Module { has_bias: bias.is_some(), forget_bias, ..single(prefix, Layout::Tensorflow1, cell, n, part) })
}
