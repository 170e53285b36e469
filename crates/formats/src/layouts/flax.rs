//! Flax' names: a `kernel` `[d, n]` or `[n, n]` a gate, as of `ii`, `if`, `ig`, `io` and `hi`, `hf`, `hg`, `ho` (LSTM), `ir`, `iz`, `in` and
//! `hr`, `hz`, `hn` (GRU), `i` and `h` (SimpleCell), with biases where the cell has them (`flax.linen.recurrent`, `flax.nnx`).

use std::collections::BTreeMap;

use super::{check_sizes, fits, packed, single, Claim};
use crate::error::{listed, shown, FormatError};
use crate::model::{Layout, Module, Part};
use crate::tensor::Tensor;
use unroll_engine::Cell;

/// The names of the gates in PyTorch's order, after the i of the input or the h of the state.
const CELLS: [(Cell, &[&str]); 3] = [(Cell::Lstm, &["i", "f", "g", "o"]), (Cell::Gru, &["r", "z", "n"]), (Cell::Rnn, &[""])];

/// Prefix, gate's name (`hi`) and kind (`kernel`).
fn key(name: &str) -> Option<(&str, &str, &str)> {
    let (rest, kind) = name.rsplit_once(['/', '.', '|'])?;
    let (prefix, gate) = rest.rsplit_once(['/', '.', '|']).unwrap_or(("", rest));
    let known = CELLS.iter().flat_map(|(_, gates)| gates.iter());
    let is_gate = gate.strip_prefix(['i', 'h']).is_some_and(|letter| known.clone().any(|gate| *gate == letter));
    (is_gate && matches!(kind, "kernel" | "bias")).then_some((prefix, gate, kind))
}

type Group<'t> = BTreeMap<(&'t str, &'t str), usize>;

/// The modules of this layout among the tensors that are free.
pub(super) fn find<'t>(tensors: &'t [Tensor<'t>], free: &dyn Fn(usize) -> bool) -> Vec<Claim<'t>> {
    let mut groups: BTreeMap<&str, Group<'t>> = BTreeMap::new();
    for (index, tensor) in tensors.iter().enumerate().filter(|(index, _)| free(*index)) {
        if let Some((prefix, gate, kind)) = key(&tensor.name) {
            groups.entry(prefix).or_default().insert((gate, kind), index);
        }
    }
    let is_state = |(gate, kind): &(&str, &str)| *kind == "kernel" && gate.starts_with('h');
    groups.retain(|_, group| group.keys().any(is_state));
    let claim = |(prefix, group): (&'t str, Group<'t>)| Claim {
        prefix: prefix.to_string(),
        used: group.values().copied().collect(),
        build: Box::new(move || module(prefix, tensors, &group)),
    };
    groups.into_iter().map(claim).collect()
}

fn module(prefix: &str, tensors: &[Tensor<'_>], group: &Group<'_>) -> Result<Module, FormatError> {
    let at = |gate: &str, kind: &str| group.get(&(gate, kind)).and_then(|index| tensors.get(*index));
    let has = |gates: &[&str]| gates.iter().all(|gate| at(&format!("h{gate}"), "kernel").is_some());
    // The minimal gated unit has a forget and a candidate gate only.
    let cell = CELLS.iter().find(|(_, gates)| has(gates)).ok_or_else(|| {
        let names: Vec<String> = group.keys().map(|(gate, kind)| format!("{gate}/{kind}")).collect();
        FormatError::unsupported(format!(
            "The cell \"{}\" has {}; the gates i, f, g, o of an LSTM, r, z, n of a GRU, or i and h of a simple cell are accepted.",
            shown(prefix),
            listed(names.iter().map(String::as_str))
        ))
    })?;
    let (cell, gates) = *cell;
    let lacking =
        |name: &str| FormatError::mismatch(format!("The cell \"{}\" lacks {name}/kernel; every gate needs its kernels.", shown(prefix)));
    let first = |side: char| {
        let name = format!("{side}{}", gates.first().copied().unwrap_or_default());
        at(&name, "kernel").ok_or_else(|| lacking(&name))
    };
    let ((n, _), (d, _)) = (first('h')?.matrix()?, first('i')?.matrix()?);
    check_sizes(prefix, n, d)?;
    if n == 0 || d == 0 {
        return Err(FormatError::mismatch(format!(
            "The cell \"{}\" has {n} units that read {d} numbers; at least 1 of each is accepted.",
            shown(prefix)
        )));
    }
    let side = |side: char, rows: usize| -> Result<(Vec<f64>, Vec<f64>, bool), FormatError> {
        let (mut weights, mut biases, mut has_bias) = (Vec::new(), Vec::new(), false);
        for gate in gates {
            let name = format!("{side}{gate}");
            let kernel = at(&name, "kernel").ok_or_else(|| lacking(&name))?;
            fits(kernel, &[rows, n])?;
            weights.extend(packed(&[0], &kernel.values()?, rows, n));
            match at(&name, "bias") {
                None => biases.extend(core::iter::repeat_n(0.0, n)),
                Some(bias) => {
                    fits(bias, &[n])?;
                    has_bias = true;
                    biases.extend(bias.values()?);
                }
            }
        }
        Ok((weights, biases, has_bias))
    };
    let (weight_ih, bias_ih, has_input_bias) = side('i', d)?;
    let (weight_hh, bias_hh, has_state_bias) = side('h', n)?;
    let used = gates.iter().flat_map(|gate| [format!("i{gate}"), format!("h{gate}")]).collect::<Vec<_>>();
    if let Some((gate, kind)) = group.keys().find(|(gate, _)| !used.iter().any(|name| name == gate)) {
        return Err(FormatError::unsupported(format!(
            "The cell \"{}\" has {gate}/{kind} beside the gates of {}; a plain LSTM, GRU or simple cell is accepted.",
            shown(prefix),
            match cell {
                Cell::Lstm => "an LSTM",
                Cell::Gru => "a GRU",
                Cell::Rnn => "a simple cell",
            }
        )));
    }
    let part = Part { input_size: d, weight_ih, weight_hh, bias_ih, bias_hh };
    Ok(Module { has_bias: has_input_bias || has_state_bias, ..single(prefix, Layout::Flax, cell, n, part) })
}
