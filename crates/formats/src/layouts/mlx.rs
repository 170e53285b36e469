//! MLX' names: `Wx`, `Wh` and `bias` of an LSTM, `Wx`, `Wh`, `b` and `bhn` of a GRU, `Wxh`, `Whh` and `bias` of an RNN, in PyTorch's
//! packing (`mlx.nn.layers.recurrent`).

use std::collections::BTreeMap;

use super::{check_sizes, fits, single, Claim};
use crate::error::{shown, FormatError};
use crate::model::{Layout, Module, Part};
use crate::tensor::Tensor;
use unroll_engine::Cell;

const KINDS: [&str; 7] = ["Wx", "Wh", "Wxh", "Whh", "bias", "b", "bhn"];

fn key(name: &str) -> Option<(&str, &'static str)> {
    let (prefix, last) = name.rsplit_once(['.', '/']).unwrap_or(("", name));
    Some((prefix, KINDS.into_iter().find(|kind| *kind == last)?))
}

/// The modules of this layout among the tensors that are free.
pub(super) fn find<'t>(tensors: &'t [Tensor<'t>], free: &dyn Fn(usize) -> bool) -> Vec<Claim<'t>> {
    let mut groups: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (index, tensor) in tensors.iter().enumerate().filter(|(index, _)| free(*index)) {
        if let Some((prefix, kind)) = key(&tensor.name) {
            groups.entry(prefix).or_default().insert(kind, index);
        }
    }
    groups.retain(|_, group| group.contains_key("Wh") || group.contains_key("Whh"));
    let claim = |(prefix, group): (&'t str, BTreeMap<&str, usize>)| {
        let of = |kinds: &[&str]| kinds.iter().find_map(|kind| group.get(kind)).copied();
        let is_rnn = group.contains_key("Whh");
        let input = of(if is_rnn { &["Wxh"] } else { &["Wx"] });
        let state = of(if is_rnn { &["Whh"] } else { &["Wh"] });
        let (bias, state_bias) = (of(&["bias", "b"]), of(&["bhn"]));
        let at = move |place: Option<usize>| place.and_then(|index| tensors.get(index));
        Claim {
            prefix: prefix.to_string(),
            used: [input, state, bias, state_bias].into_iter().flatten().collect(),
            build: Box::new(move || module(prefix, is_rnn, at(input), at(state), at(bias), at(state_bias))),
        }
    };
    groups.into_iter().map(claim).collect()
}

fn module(
    prefix: &str,
    is_rnn: bool,
    input: Option<&Tensor<'_>>,
    state: Option<&Tensor<'_>>,
    bias: Option<&Tensor<'_>>,
    state_bias: Option<&Tensor<'_>>,
) -> Result<Module, FormatError> {
    let lacking = |kind: &str| FormatError::mismatch(format!("The layer \"{}\" lacks {kind}; both Wx and Wh are needed.", shown(prefix)));
    let state = state.ok_or_else(|| lacking(if is_rnn { "Whh" } else { "Wh" }))?;
    let input = input.ok_or_else(|| lacking(if is_rnn { "Wxh" } else { "Wx" }))?;
    let ((rows, n), (_, d)) = (state.matrix()?, input.matrix()?);
    check_sizes(prefix, n, d)?;
    let cells: &[Cell] = if is_rnn { &[Cell::Rnn] } else { &[Cell::Gru, Cell::Lstm] };
    let cell = cells.iter().copied().find(|cell| n > 0 && d > 0 && rows == cell.blocks() * n).ok_or_else(|| {
        FormatError::mismatch(format!(
            "The tensor \"{}\" has the shape {}; 1 (Whh of an RNN), 3 (Wh of a GRU) or 4 (Wh of an LSTM) rows per column are accepted.",
            shown(&state.name),
            state.shape_text()
        ))
    })?;
    fits(input, &[rows, d])?;
    let mut bias_hh = vec![0.0; rows];
    if let Some(tensor) = state_bias {
        if cell != Cell::Gru {
            return Err(FormatError::mismatch(format!(
                "The layer \"{}\" has \"{}\" and no GRU's shape; bhn is accepted of a GRU.",
                shown(prefix),
                shown(&tensor.name)
            )));
        }
        fits(tensor, &[n])?;
        bias_hh.truncate(2 * n);
        bias_hh.extend(tensor.values()?);
    }
    let bias_ih = match bias {
        None => vec![0.0; rows],
        Some(tensor) => {
            fits(tensor, &[rows])?;
            tensor.values()?
        }
    };
    let part = Part { input_size: d, weight_ih: input.values()?, weight_hh: state.values()?, bias_ih, bias_hh };
    Ok(Module { has_bias: bias.is_some() || state_bias.is_some(), ..single(prefix, Layout::Mlx, cell, n, part) })
}
