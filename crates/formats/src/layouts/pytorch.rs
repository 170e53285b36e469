//! PyTorch's names and packing of recurrent weights, with the variants that other tools made of them: one `bias` for both (Equinox, with
//! a GRU's `bias_n`), and AWD-LSTM's `_raw`, the weight beside a copy from which connections were dropped.

use std::collections::BTreeMap;

use super::{fits, is_standing_in, reparametrised, Claim};
use crate::error::{shown, FormatError};
use crate::limits;
use crate::model::{Layout, Module, Part};
use crate::tensor::Tensor;
use unroll_engine::Cell;

const KINDS: [&str; 7] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr", "bias_n", "bias"];

/// A parameter's name, taken apart.
struct Key<'a> {
    prefix: &'a str,
    kind: &'static str,
    /// `None` for the names of a cell class.
    layer: Option<usize>,
    reverse: bool,
    /// AWD-LSTM's weight, before connections are dropped.
    raw: bool,
}

/// `None` for names that are no recurrent parameter's.
fn key(name: &str) -> Option<Key<'_>> {
    let (name, raw) = name.strip_suffix("_raw").map_or((name, false), |name| (name, true));
    let places = KINDS.iter().filter_map(|kind| Some((name.rfind(kind)?, *kind)));
    let (at, kind) = places.max_by_key(|(at, kind)| (*at, kind.len()))?;
    let (prefix, rest) = (name.get(..at)?, name.get(at + kind.len()..)?);
    let prefix = prefix.strip_suffix(['.', '/']).unwrap_or(prefix);
    if rest.is_empty() {
        return Some(Key { prefix, kind, layer: None, reverse: false, raw });
    }
    let rest = rest.strip_prefix("_l")?;
    let (number, reverse) = rest.strip_suffix("_reverse").map_or((rest, false), |number| (number, true));
    if number.is_empty() || number.len() > 6 || !number.bytes().all(|b| b.is_ascii_digit()) || (number.len() > 1 && number.starts_with('0'))
    {
        return None;
    }
    Some(Key { prefix, kind, layer: Some(number.parse().ok()?), reverse, raw })
}

/// Whether a name is of a recurrent weight or bias.
pub(super) fn is_parameter(name: &str) -> bool {
    key(name).is_some_and(|key| !key.raw && key.kind != "bias" && key.kind != "bias_n")
}

/// A tensor's place, and whether it is the weight from which connections are dropped.
#[derive(Clone, Copy)]
struct Slot {
    index: usize,
    raw: bool,
}

/// The parameters of one layer in one direction.
type Parameters = BTreeMap<&'static str, Slot>;
/// One module's, by layer and direction.
type Group = BTreeMap<(usize, bool), Parameters>;

/// The modules of this layout among the tensors that are free.
pub(super) fn find<'t>(tensors: &'t [Tensor<'t>], free: &dyn Fn(usize) -> bool) -> Vec<Claim<'t>> {
    let mut groups: BTreeMap<(&str, bool), Group> = BTreeMap::new();
    for (index, tensor) in tensors.iter().enumerate().filter(|(index, _)| free(*index)) {
        let Some(key) = key(&tensor.name) else { continue };
        let group = groups.entry((key.prefix, key.layer.is_none())).or_default();
        let parameters = group.entry((key.layer.unwrap_or(0), key.reverse)).or_default();
        let before = parameters.get(key.kind);
        if before.is_none_or(|before| !before.raw) {
            parameters.insert(key.kind, Slot { index, raw: key.raw });
        }
    }
    raw_one_further_in(&mut groups);
    one_bias_beside_layers(&mut groups);
    // A bias alone is a linear layer's.
    groups.retain(|_, group| group.values().flat_map(BTreeMap::keys).any(|kind| kind.starts_with("weight")));
    let claim = |((prefix, from_cell_class), group): ((&'t str, bool), Group)| Claim {
        prefix: prefix.to_string(),
        used: group.values().flat_map(BTreeMap::values).map(|slot| slot.index).collect(),
        build: Box::new(move || Named { prefix, from_cell_class, tensors }.module(&group)),
    };
    groups.into_iter().map(claim).collect()
}

/// Weight dropping keeps the weight at the wrapper and the rest of the module one prefix further in: the weight goes where the rest is.
fn raw_one_further_in(groups: &mut BTreeMap<(&str, bool), Group>) {
    let all_raw = |group: &Group| group.values().flat_map(BTreeMap::values).all(|slot| slot.raw);
    let outer: Vec<(&str, bool)> = groups.iter().filter(|(_, group)| all_raw(group)).map(|(key, _)| *key).collect();
    for (prefix, from_cell_class) in outer {
        let is_inner = |(other, class): &&(&str, bool)| {
            let rest = if prefix.is_empty() { Some(*other) } else { other.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) };
            *class == from_cell_class && rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('.'))
        };
        let inner: Vec<(&str, bool)> = groups.keys().filter(is_inner).copied().collect();
        let [inner] = inner.as_slice() else { continue };
        let Some(moved) = groups.remove(&(prefix, from_cell_class)) else { continue };
        let group = groups.entry(*inner).or_default();
        for (place, parameters) in moved {
            group.entry(place).or_default().extend(parameters);
        }
    }
}

/// One bias without a layer beside the weights of a single layer belongs to them.
fn one_bias_beside_layers(groups: &mut BTreeMap<(&str, bool), Group>) {
    let prefixes: Vec<&str> = groups.keys().filter(|(_, from_cell_class)| !from_cell_class).map(|(prefix, _)| *prefix).collect();
    for prefix in prefixes {
        let single = groups
            .get(&(prefix, false))
            .is_some_and(|group| group.len() == 1 && group.values().flat_map(BTreeMap::keys).all(|kind| kind.starts_with("weight")));
        let biases = groups
            .get(&(prefix, true))
            .filter(|group| group.values().flat_map(BTreeMap::keys).all(|kind| matches!(*kind, "bias" | "bias_n")));
        if !single || biases.is_none() {
            continue;
        }
        let moved = groups.remove(&(prefix, true)).unwrap_or_default();
        let target = groups.get_mut(&(prefix, false)).and_then(|group| group.values_mut().next());
        if let Some(target) = target {
            moved.into_values().for_each(|parameters| target.extend(parameters));
        }
    }
}

/// How sentences call a module and its parameters, and where its tensors are.
struct Named<'t> {
    prefix: &'t str,
    from_cell_class: bool,
    tensors: &'t [Tensor<'t>],
}

impl<'t> Named<'t> {
    fn subject(&self) -> String {
        match self.prefix {
            "" => "The recurrent module".to_string(),
            prefix => format!("The module \"{}\"", shown(prefix)),
        }
    }

    fn parameter(&self, group: &Group, kind: &str, place: (usize, bool)) -> Option<&'t Tensor<'t>> {
        group.get(&place)?.get(kind).and_then(|slot| self.tensors.get(slot.index))
    }

    fn weight(&self, group: &Group, kind: &str, layer: usize, reverse: bool) -> Result<&'t Tensor<'t>, FormatError> {
        self.parameter(group, kind, (layer, reverse)).ok_or_else(|| {
            let name =
                if self.from_cell_class { kind.to_string() } else { format!("{kind}_l{layer}{}", if reverse { "_reverse" } else { "" }) };
            if let Some(tensor) = self.tensors.iter().find(|tensor| is_standing_in(&tensor.name, self.prefix, &name)) {
                return reparametrised(&tensor.name);
            }
            FormatError::mismatch(format!(
                "{} lacks {name}; every layer and direction needs weight_ih and weight_hh, and both biases or none.",
                self.subject()
            ))
        })
    }

    fn module(&self, group: &Group) -> Result<Module, FormatError> {
        let layers = group.keys().map(|(layer, _)| layer + 1).max().unwrap_or(0);
        if layers > limits::LAYERS {
            return Err(FormatError::too_large(format!(
                "{} has a layer {}; layers 0 to {} are accepted.",
                self.subject(),
                layers - 1,
                limits::LAYERS - 1
            )));
        }
        let projection = group.values().find_map(|parameters| parameters.get("weight_hr")).and_then(|slot| self.tensors.get(slot.index));
        if let Some(tensor) = projection {
            return Err(FormatError::unsupported(format!(
                "{} projects its state (\"{}\", proj_size); an LSTM without proj_size is accepted.",
                self.subject(),
                shown(&tensor.name)
            )));
        }
        let bidirectional = group.keys().any(|(_, reverse)| *reverse);
        let directions: &[bool] = if bidirectional { &[false, true] } else { &[false] };
        let first = self.weight(group, "weight_hh", 0, false)?;
        let (cell, hidden_size) = cell(first)?;
        let has = |kinds: &[&str]| group.values().any(|parameters| kinds.iter().any(|kind| parameters.contains_key(kind)));
        let biases = match (has(&["bias", "bias_n"]), has(&["bias_ih", "bias_hh"])) {
            (true, true) => {
                return Err(FormatError::mismatch(format!(
                    "{} has bias beside bias_ih or bias_hh; either one bias or both are accepted.",
                    self.subject()
                )));
            }
            (true, false) => Biases::One,
            (false, true) => Biases::Two,
            (false, false) => Biases::None,
        };
        let rows = cell.blocks() * hidden_size;
        let mut parts: Vec<Part> = Vec::new();
        for layer in 0..layers {
            for &reverse in directions {
                let weight_ih = self.weight(group, "weight_ih", layer, reverse)?;
                let weight_hh = self.weight(group, "weight_hh", layer, reverse)?;
                let input_size = match (layer, parts.first()) {
                    (0, None) => input_size(weight_ih)?,
                    (0, Some(forward)) => forward.input_size,
                    _ => hidden_size * directions.len(),
                };
                fits(weight_ih, &[rows, input_size])?;
                fits(weight_hh, &[rows, hidden_size])?;
                let (bias_ih, bias_hh) = self.biases(group, biases, cell, hidden_size, (layer, reverse))?;
                parts.push(Part { input_size, weight_ih: weight_ih.values()?, weight_hh: weight_hh.values()?, bias_ih, bias_hh });
            }
        }
        let mut notes = Vec::new();
        if biases == Biases::One {
            let state = if has(&["bias_n"]) { "bias_hh is bias_n in the gate n and 0 elsewhere" } else { "bias_hh is 0" };
            notes.push(format!("The one bias is read as bias_ih, and {state}."));
        }
        let raw = group.values().flat_map(BTreeMap::values).filter(|slot| slot.raw).filter_map(|slot| self.tensors.get(slot.index));
        notes.extend(raw.map(|tensor| format!("{} is the weight, before connections are dropped from it.", shown(&tensor.name))));
        Ok(Module {
            prefix: self.prefix.to_string(),
            cell,
            layers,
            bidirectional,
            input_size: parts.first().map_or(0, |part| part.input_size),
            hidden_size,
            has_bias: biases != Biases::None,
            from_cell_class: self.from_cell_class,
            layout: Layout::Pytorch,
            gate_order: None,
            asks_gate_order: false,
            forget_bias: None,
            left_out: Vec::new(),
            notes,
            parts,
        })
    }

    /// bias_ih and bias_hh of one layer in one direction.
    fn biases(
        &self,
        group: &Group,
        biases: Biases,
        cell: Cell,
        n: usize,
        (layer, reverse): (usize, bool),
    ) -> Result<(Vec<f64>, Vec<f64>), FormatError> {
        let rows = cell.blocks() * n;
        let read = |tensor: &Tensor<'_>, count: usize| {
            fits(tensor, &[count])?;
            tensor.values()
        };
        match biases {
            Biases::None => Ok((vec![0.0; rows], vec![0.0; rows])),
            Biases::Two => {
                let input = read(self.weight(group, "bias_ih", layer, reverse)?, rows)?;
                Ok((input, read(self.weight(group, "bias_hh", layer, reverse)?, rows)?))
            }
            Biases::One => {
                let input = read(self.weight(group, "bias", layer, reverse)?, rows)?;
                let mut state = vec![0.0; rows];
                if let Some(tensor) = self.parameter(group, "bias_n", (layer, reverse)) {
                    if cell != Cell::Gru {
                        return Err(FormatError::mismatch(format!(
                            "{} has \"{}\" and no GRU's shape; bias_n is accepted of a GRU.",
                            self.subject(),
                            shown(&tensor.name)
                        )));
                    }
                    state.truncate(2 * n);
                    state.extend(read(tensor, n)?);
                }
                Ok((input, state))
            }
        }
    }
}

/// How a module's biases are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Biases {
    None,
    /// One for both, and a GRU's `bias_n` perhaps.
    One,
    Two,
}

/// Which cell, and n, from the shape of `weight_hh`.
fn cell(weight_hh: &Tensor<'_>) -> Result<(Cell, usize), FormatError> {
    let (rows, n) = weight_hh.matrix()?;
    if n > limits::HIDDEN_SIZE {
        return Err(FormatError::too_large(format!(
            "The tensor \"{}\" has {n} columns, one per unit; at most {} units are accepted.",
            shown(&weight_hh.name),
            limits::HIDDEN_SIZE
        )));
    }
    let fitting = [Cell::Rnn, Cell::Gru, Cell::Lstm].into_iter().find(|cell| n > 0 && rows == cell.blocks() * n);
    fitting.map(|cell| (cell, n)).ok_or_else(|| {
        FormatError::mismatch(format!(
            "The tensor \"{}\" has the shape {}; 1 (RNN), 3 (GRU) or 4 (LSTM) rows per column are accepted.",
            shown(&weight_hh.name),
            weight_hh.shape_text()
        ))
    })
}

/// d, from the shape of the first layer's `weight_ih`.
fn input_size(weight_ih: &Tensor<'_>) -> Result<usize, FormatError> {
    let (_, d) = weight_ih.matrix()?;
    if (1..=limits::INPUT_SIZE).contains(&d) {
        return Ok(d);
    }
    Err(FormatError::too_large(format!(
        "The tensor \"{}\" has {d} columns, one per input; from 1 to {} are accepted.",
        shown(&weight_ih.name),
        limits::INPUT_SIZE
    )))
}
