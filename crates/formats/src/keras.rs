//! Keras' layout of recurrent weights, in a safetensors file: `kernel` `[d, G·n]`, `recurrent_kernel` `[n, G·n]` and `bias`, with the
//! gates i, f, c, o (LSTM) and z, r, h (GRU).
//!
//! `safetensors.numpy.save_file({w.path: numpy.asarray(w) for w in model.weights}, path)` writes such a file.

use std::collections::BTreeMap;

use crate::error::{shown, FormatError};
use crate::limits;
use crate::model::{ModelFile, Module, Part};
use crate::pytorch::fits;
use crate::safetensors::{no_module, tensors};
use crate::tensor::Tensor;
use unroll_engine::Cell;

/// Prefix and kind of a name: `lstm/lstm_cell/recurrent_kernel:0` is `lstm/lstm_cell` and `recurrent_kernel`.
fn key(name: &str) -> Option<(&str, &'static str)> {
    let name = name.strip_suffix(":0").unwrap_or(name);
    let (prefix, last) = name.rsplit_once(['/', '.']).unwrap_or(("", name));
    let kind = ["recurrent_kernel", "kernel", "bias"].into_iter().find(|kind| *kind == last)?;
    Some((prefix, kind))
}

pub(crate) fn is_recurrent_kernel(name: &str) -> bool {
    key(name).is_some_and(|(_, kind)| kind == "recurrent_kernel")
}

/// Reads every `SimpleRNN`, `LSTM` and `GRU` layer (`reset_after=True`) of a file with Keras' names. Each layer, and each direction of a
/// bidirectional one, is a module of its own.
///
/// # Errors
/// The file is no sound safetensors file, or no recurrent layer in it can be used; then the sentence says what is in it.
pub fn read(bytes: &[u8]) -> Result<ModelFile, FormatError> {
    let tensors = tensors(bytes)?;
    let mut groups: BTreeMap<&str, BTreeMap<&str, &Tensor<'_>>> = BTreeMap::new();
    for tensor in &tensors {
        if let Some((prefix, kind)) = key(&tensor.name) {
            groups.entry(prefix).or_default().insert(kind, tensor);
        }
    }
    groups.retain(|_, group| group.contains_key("recurrent_kernel"));
    let belongs = |name: &str| key(name).is_some_and(|(prefix, _)| groups.contains_key(prefix));
    let ignored = tensors.iter().filter(|tensor| !belongs(&tensor.name)).map(|tensor| tensor.name.clone()).collect();
    let numbers = groups.values().flat_map(BTreeMap::values).flat_map(|tensor| tensor.shape.iter().copied().reduce(usize::saturating_mul));
    if numbers.fold(0, usize::saturating_add) > limits::MODEL_NUMBERS {
        return Err(FormatError::too_large(format!(
            "The recurrent layers of the file have too many weights together; at most {} are accepted.",
            limits::MODEL_NUMBERS
        )));
    }
    let mut file = ModelFile { modules: Vec::new(), ignored, refused: Vec::new() };
    for (prefix, group) in &groups {
        match module(prefix, group) {
            Ok(module) => file.modules.push(module),
            Err(error) => file.refused.push(error),
        }
    }
    if !file.modules.is_empty() {
        return Ok(file);
    }
    match file.refused.into_iter().next() {
        Some(first) => Err(first),
        None => Err(no_module(&tensors, "names that end in kernel, recurrent_kernel and bias are accepted for Keras")),
    }
}

fn module(prefix: &str, group: &BTreeMap<&str, &Tensor<'_>>) -> Result<Module, FormatError> {
    let lacking = |kind: &str| {
        FormatError::mismatch(format!("The layer \"{}\" lacks {kind}; kernel and recurrent_kernel are needed.", shown(prefix)))
    };
    let recurrent = *group.get("recurrent_kernel").ok_or_else(|| lacking("recurrent_kernel"))?;
    let kernel = *group.get("kernel").ok_or_else(|| lacking("kernel"))?;
    let (n, columns) = recurrent.matrix()?;
    let (d, _) = kernel.matrix()?;
    if n > limits::HIDDEN_SIZE || d > limits::INPUT_SIZE {
        return Err(FormatError::too_large(format!(
            "The layer \"{}\" has {n} units that read {d} numbers; at most {} and {} are accepted.",
            shown(prefix),
            limits::HIDDEN_SIZE,
            limits::INPUT_SIZE
        )));
    }
    let cell = [Cell::Rnn, Cell::Gru, Cell::Lstm].into_iter().find(|cell| n > 0 && d > 0 && columns == cell.blocks() * n);
    let cell = cell.ok_or_else(|| {
        FormatError::mismatch(format!(
            "The tensor \"{}\" has the shape {}; 1 (SimpleRNN), 3 (GRU) or 4 (LSTM) columns per row are accepted.",
            shown(&recurrent.name),
            recurrent.shape_text()
        ))
    })?;
    fits(kernel, &[d, columns])?;
    let mut notes = Vec::new();
    let bias = group.get("bias").copied();
    let (bias_ih, bias_hh) = match (cell, bias) {
        (_, None) => {
            if cell == Cell::Gru {
                notes
                    .push("Without a bias the file does not tell how the GRU resets; reset_after=True, Keras' default, is assumed.".into());
            }
            (vec![0.0; columns], vec![0.0; columns])
        }
        (Cell::Gru, Some(bias)) => {
            if bias.shape == [columns] {
                return Err(FormatError::unsupported(format!(
                    "The layer \"{}\" is a GRU with reset_after=False (its bias has the shape {}); a GRU with reset_after=True is accepted.",
                    shown(prefix),
                    bias.shape_text()
                )));
            }
            fits(bias, &[2, columns])?;
            let mut both = bias.values()?;
            let recurrent = both.split_off(columns.min(both.len()));
            (both, recurrent)
        }
        (Cell::Rnn | Cell::Lstm, Some(bias)) => {
            fits(bias, &[columns])?;
            (bias.values()?, vec![0.0; columns])
        }
    };
    let part = Part {
        input_size: d,
        weight_ih: packed(cell, &kernel.values()?, d, n),
        weight_hh: packed(cell, &recurrent.values()?, n, n),
        bias_ih: packed(cell, &bias_ih, 1, n),
        bias_hh: packed(cell, &bias_hh, 1, n),
    };
    Ok(Module {
        prefix: prefix.to_string(),
        cell,
        layers: 1,
        bidirectional: false,
        input_size: d,
        hidden_size: n,
        has_bias: bias.is_some(),
        from_cell_class: false,
        notes,
        parts: vec![part],
    })
}

/// From `[rows][G·n]` with Keras' gates to `[G·n][rows]` with PyTorch's.
fn packed(cell: Cell, values: &[f64], rows: usize, n: usize) -> Vec<f64> {
    // Keras' block for each of PyTorch's: r, z, n from z, r, h; i, f, g, o are i, f, c, o.
    let order: &[usize] = match cell {
        Cell::Rnn => &[0],
        Cell::Gru => &[1, 0, 2],
        Cell::Lstm => &[0, 1, 2, 3],
    };
    let columns = order.len() * n;
    let column = |index: usize| values.iter().skip(index).step_by(columns.max(1)).take(rows);
    order.iter().flat_map(|block| (0..n).flat_map(move |unit| column(block * n + unit))).copied().collect()
}
