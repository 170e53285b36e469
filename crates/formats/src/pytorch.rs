//! PyTorch's names and packing of recurrent weights.

use std::collections::BTreeMap;

use crate::error::{shown, FormatError};
use crate::limits;
use crate::model::{ModelFile, Module, Part};
use crate::tensor::Tensor;
use unroll_engine::Cell;

const KINDS: [&str; 5] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"];

/// A parameter's name, taken apart.
struct Key<'a> {
    prefix: &'a str,
    kind: &'static str,
    /// `None` for the names of a cell class.
    layer: Option<usize>,
    reverse: bool,
}

/// `None` for names that are no recurrent parameter's.
fn key(name: &str) -> Option<Key<'_>> {
    let (at, kind) = KINDS.iter().filter_map(|kind| Some((name.rfind(kind)?, *kind))).max_by_key(|(at, _)| *at)?;
    let (prefix, rest) = (name.get(..at)?, name.get(at + kind.len()..)?);
    let prefix = prefix.strip_suffix(['.', '/']).unwrap_or(prefix);
    if rest.is_empty() {
        return Some(Key { prefix, kind, layer: None, reverse: false });
    }
    let rest = rest.strip_prefix("_l")?;
    let (number, reverse) = rest.strip_suffix("_reverse").map_or((rest, false), |number| (number, true));
    if number.is_empty() || number.len() > 6 || !number.bytes().all(|b| b.is_ascii_digit()) || (number.len() > 1 && number.starts_with('0'))
    {
        return None;
    }
    Some(Key { prefix, kind, layer: Some(number.parse().ok()?), reverse })
}

/// The parameters of one layer in one direction.
type Parameters<'t, 'a> = BTreeMap<&'static str, &'t Tensor<'a>>;
/// One module's, by layer and direction.
type Group<'t, 'a> = BTreeMap<(usize, bool), Parameters<'t, 'a>>;

/// All recurrent modules among `tensors`.
///
/// # Errors
/// Together they are too large; what is wrong with one module only is in [`ModelFile::refused`].
pub(crate) fn modules(tensors: &[Tensor<'_>]) -> Result<ModelFile, FormatError> {
    let mut groups: BTreeMap<(&str, bool), Group<'_, '_>> = BTreeMap::new();
    let mut ignored = Vec::new();
    let mut numbers = 0_usize;
    for tensor in tensors {
        let Some(key) = key(&tensor.name) else {
            ignored.push(tensor.name.clone());
            continue;
        };
        numbers = tensor.shape.iter().fold(1_usize, |product, size| product.saturating_mul(*size)).saturating_add(numbers);
        let group = groups.entry((key.prefix, key.layer.is_none())).or_default();
        group.entry((key.layer.unwrap_or(0), key.reverse)).or_default().insert(key.kind, tensor);
    }
    if numbers > limits::MODEL_NUMBERS {
        return Err(FormatError::too_large(format!(
            "The recurrent layers of the file have {numbers} weights together; at most {} are accepted.",
            limits::MODEL_NUMBERS
        )));
    }
    let mut file = ModelFile { modules: Vec::new(), ignored, refused: Vec::new() };
    for ((prefix, from_cell_class), group) in groups {
        match module(prefix, from_cell_class, &group) {
            Ok(module) => file.modules.push(module),
            Err(error) => file.refused.push(error),
        }
    }
    Ok(file)
}

fn module(prefix: &str, from_cell_class: bool, group: &Group<'_, '_>) -> Result<Module, FormatError> {
    let named = Named { prefix, from_cell_class };
    let layers = group.keys().map(|(layer, _)| layer + 1).max().unwrap_or(0);
    if layers > limits::LAYERS {
        return Err(FormatError::too_large(format!(
            "{} has a layer {}; layers 0 to {} are accepted.",
            named.subject(),
            layers - 1,
            limits::LAYERS - 1
        )));
    }
    if let Some(tensor) = group.values().find_map(|parameters| parameters.get("weight_hr")) {
        return Err(FormatError::unsupported(format!(
            "{} projects its state (\"{}\", proj_size); an LSTM without proj_size is accepted.",
            named.subject(),
            shown(&tensor.name)
        )));
    }
    let bidirectional = group.keys().any(|(_, reverse)| *reverse);
    let directions: &[bool] = if bidirectional { &[false, true] } else { &[false] };
    let first = named.weight(group, "weight_hh", 0, false)?;
    let (cell, hidden_size) = cell(first)?;
    let has_bias = group.values().any(|parameters| parameters.contains_key("bias_ih") || parameters.contains_key("bias_hh"));
    let rows = cell.blocks() * hidden_size;
    let mut parts: Vec<Part> = Vec::new();
    for layer in 0..layers {
        for &reverse in directions {
            let weight_ih = named.weight(group, "weight_ih", layer, reverse)?;
            let weight_hh = named.weight(group, "weight_hh", layer, reverse)?;
            let input_size = match (layer, parts.first()) {
                (0, None) => input_size(weight_ih)?,
                (0, Some(forward)) => forward.input_size,
                _ => hidden_size * directions.len(),
            };
            fits(weight_ih, &[rows, input_size])?;
            fits(weight_hh, &[rows, hidden_size])?;
            let bias = |kind| -> Result<Vec<f64>, FormatError> {
                if !has_bias {
                    return Ok(vec![0.0; rows]);
                }
                let tensor = named.weight(group, kind, layer, reverse)?;
                fits(tensor, &[rows])?;
                tensor.values()
            };
            parts.push(Part {
                input_size,
                weight_ih: weight_ih.values()?,
                weight_hh: weight_hh.values()?,
                bias_ih: bias("bias_ih")?,
                bias_hh: bias("bias_hh")?,
            });
        }
    }
    Ok(Module {
        prefix: prefix.to_string(),
        cell,
        layers,
        bidirectional,
        input_size: parts.first().map_or(0, |part| part.input_size),
        hidden_size,
        has_bias,
        from_cell_class,
        notes: Vec::new(),
        parts,
    })
}

/// How sentences call a module and its parameters.
struct Named<'a> {
    prefix: &'a str,
    from_cell_class: bool,
}

impl Named<'_> {
    fn subject(&self) -> String {
        match self.prefix {
            "" => "The recurrent module".to_string(),
            prefix => format!("The module \"{}\"", shown(prefix)),
        }
    }

    fn weight<'t, 'a>(&self, group: &Group<'t, 'a>, kind: &str, layer: usize, reverse: bool) -> Result<&'t Tensor<'a>, FormatError> {
        let found = group.get(&(layer, reverse)).and_then(|parameters| parameters.get(kind));
        found.copied().ok_or_else(|| {
            let name =
                if self.from_cell_class { kind.to_string() } else { format!("{kind}_l{layer}{}", if reverse { "_reverse" } else { "" }) };
            FormatError::mismatch(format!(
                "{} lacks {name}; every layer and direction needs weight_ih and weight_hh, and both biases or none.",
                self.subject()
            ))
        })
    }
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

/// Whether the tensor has the shape that the module's sizes ask for.
pub(crate) fn fits(tensor: &Tensor<'_>, shape: &[usize]) -> Result<(), FormatError> {
    if tensor.shape == shape {
        return Ok(());
    }
    let accepted: Vec<String> = shape.iter().map(usize::to_string).collect();
    Err(FormatError::mismatch(format!(
        "The tensor \"{}\" has the shape {}; [{}] is accepted beside the other weights of its module.",
        shown(&tensor.name),
        tensor.shape_text(),
        accepted.join(", ")
    )))
}
