//! Keras' layout of recurrent weights: `kernel` `[d, G·n]`, `recurrent_kernel` `[n, G·n]` and `bias`, with the gates i, f, c, o (LSTM) and
//! z, r, h (GRU), under the paths of variables (`lstm/lstm_cell/kernel`) or Keras 3's numbers (`layers/lstm/cell/vars/0`). haste's torch
//! modules have the same names (`rnn.kernel`) with the gates i, g, f, o, and a GRU's `recurrent_bias` apart.

use std::collections::BTreeMap;

use super::{check_sizes, fits, packed, single, Claim};
use crate::error::{shown, FormatError};
use crate::model::{GateOrder, Layout, Module, Part};
use crate::tensor::Tensor;
use unroll_engine::Cell;

/// Prefix and kind of a name: `lstm/lstm_cell/recurrent_kernel:0` is `lstm/lstm_cell` and `recurrent_kernel`, `lstm/cell/vars/1` is
/// `lstm/cell` and the same.
fn key(name: &str) -> Option<(&str, &'static str, bool)> {
    let name = name.strip_suffix(":0").unwrap_or(name);
    let (prefix, last) = name.rsplit_once(['/', '.', '|']).unwrap_or(("", name));
    if let Some(kind) = ["recurrent_kernel", "kernel", "recurrent_bias", "bias"].into_iter().find(|kind| *kind == last) {
        return Some((prefix, kind, false));
    }
    let prefix = prefix.strip_suffix("vars")?;
    let kind = *["kernel", "recurrent_kernel", "bias"].get(["0", "1", "2"].iter().position(|number| *number == last)?)?;
    Some((prefix.strip_suffix(['/', '.', '|']).unwrap_or(prefix), kind, true))
}

pub(super) fn is_recurrent_kernel(name: &str) -> bool {
    key(name).is_some_and(|(_, kind, numbered)| kind == "recurrent_kernel" && !numbered)
}

/// The modules of this layout among the tensors that are free. Each layer, and each direction of a bidirectional one, is one of its own.
pub(super) fn find<'t>(tensors: &'t [Tensor<'t>], free: &dyn Fn(usize) -> bool) -> Vec<Claim<'t>> {
    let mut groups: BTreeMap<(&str, bool), BTreeMap<&'static str, usize>> = BTreeMap::new();
    for (index, tensor) in tensors.iter().enumerate().filter(|(index, _)| free(*index)) {
        if let Some((prefix, kind, numbered)) = key(&tensor.name) {
            groups.entry((prefix, numbered)).or_default().insert(kind, index);
        }
    }
    let shape = |group: &BTreeMap<&'static str, usize>, kind: &str| {
        group.get(kind).and_then(|index| tensors.get(*index)).map(|tensor| tensor.shape.as_slice())
    };
    groups.retain(|(_, numbered), group| match (shape(group, "kernel"), shape(group, "recurrent_kernel")) {
        // Numbers are also other layers': the shapes have to be a recurrent layer's.
        (Some([_, columns]), Some([n, others])) if *numbered => {
            columns == others && [1, 3, 4].iter().any(|blocks| n.checked_mul(*blocks) == Some(*columns))
        }
        (_, recurrent) => !numbered && recurrent.is_some(),
    });
    let claim = |((prefix, _), group): ((&'t str, bool), BTreeMap<&'static str, usize>)| {
        let used = group.values().copied().collect();
        let group: BTreeMap<&'static str, &'t Tensor<'t>> =
            group.into_iter().filter_map(|(kind, index)| Some((kind, tensors.get(index)?))).collect();
        Claim { prefix: prefix.to_string(), used, build: Box::new(move || module(prefix, &group)) }
    };
    groups.into_iter().map(claim).collect()
}

fn module(prefix: &str, group: &BTreeMap<&str, &Tensor<'_>>) -> Result<Module, FormatError> {
    let lacking = |kind: &str| {
        FormatError::mismatch(format!("The layer \"{}\" lacks {kind}; kernel and recurrent_kernel are needed.", shown(prefix)))
    };
    let recurrent = *group.get("recurrent_kernel").ok_or_else(|| lacking("recurrent_kernel"))?;
    let kernel = *group.get("kernel").ok_or_else(|| lacking("kernel"))?;
    let (n, columns) = recurrent.matrix()?;
    let (d, _) = kernel.matrix()?;
    check_sizes(prefix, n, d)?;
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
    let (bias, recurrent_bias) = (group.get("bias").copied(), group.get("recurrent_bias").copied());
    if let Some(bias) = bias.filter(|bias| cell != Cell::Rnn && bias.shape.as_slice() == [2 * columns]) {
        return Err(FormatError::unsupported(format!(
            "The layer \"{}\" is a CuDNN{} (its bias has the shape {}), whose kernels are packed for cuDNN; load its weights into a \
             keras.layers.{1} and save that, which is accepted.",
            shown(prefix),
            if cell == Cell::Lstm { "LSTM" } else { "GRU" },
            bias.shape_text()
        )));
    }
    // Names with points are a torch module's: haste's, whose LSTM packs its gates in another order.
    let is_haste = recurrent_bias.is_some() || !recurrent.name.contains(['/', '|', ':']);
    let (bias_ih, bias_hh) = match (cell, bias) {
        (_, Some(bias)) if recurrent_bias.is_some() => {
            let state = recurrent_bias.unwrap_or(bias);
            fits(bias, &[columns])?;
            fits(state, &[columns])?;
            (bias.values()?, state.values()?)
        }
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
                    "The layer \"{}\" is a GRU with reset_after=False, which resets before the product (its bias has the shape {}); a GRU with reset_after=True is accepted.",
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
    // Keras' block for each of PyTorch's: r, z, n from z, r, h; an LSTM's as the order says.
    let gate_order = (cell == Cell::Lstm).then_some(if is_haste { GateOrder::Igfo } else { GateOrder::Ifgo });
    let order = match (cell, gate_order) {
        (Cell::Rnn, _) => vec![0],
        (Cell::Gru, _) => vec![1, 0, 2],
        (Cell::Lstm, order) => order.unwrap_or(GateOrder::Ifgo).places().to_vec(),
    };
    let part = Part {
        input_size: d,
        weight_ih: packed(&order, &kernel.values()?, d, n),
        weight_hh: packed(&order, &recurrent.values()?, n, n),
        bias_ih: packed(&order, &bias_ih, 1, n),
        bias_hh: packed(&order, &bias_hh, 1, n),
    };
    let layout = if is_haste { Layout::Haste } else { Layout::Keras };
    let has_bias = bias.is_some() || recurrent_bias.is_some();
    let asks_gate_order = is_haste && gate_order.is_some();
    Ok(Module { has_bias, gate_order, asks_gate_order, notes, ..single(prefix, layout, cell, n, part) })
}
