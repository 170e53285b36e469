//! Names as they were before a wrapper, and weights as they were before a reparametrisation.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{shown, FormatError};
use crate::tensor::Tensor;

use super::pytorch;

/// What `DataParallel`, `torch.compile`, FSDP, activation checkpoints and weight dropping put around a module.
const WRAPPERS: [&str; 5] = ["module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"];

/// A dotted name without the wrappers in it.
fn without_wrappers(name: &str) -> String {
    name.split('.').filter(|part| !WRAPPERS.contains(part)).collect::<Vec<_>>().join(".")
}

/// Whether a name is under a module's prefix; every name is under the top of the file.
pub(super) fn is_under(name: &str, prefix: &str) -> bool {
    prefix.is_empty() || name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['.', '/', '|']))
}

/// Whether a name is of a recurrent weight that something else has to be computed from.
pub(super) fn is_reparametrised(name: &str) -> bool {
    let endings = ["_orig", "_bar", ".original", ".original0", ".original1"];
    endings.iter().any(|ending| name.strip_suffix(ending).is_some_and(|rest| pytorch::is_parameter(&rest.replace("parametrizations.", ""))))
}

/// The tensors under the names that count: without wrappers, and with weights computed where the file has what they are computed from.
/// Then the names of plain tensors that a computed one takes the place of.
pub(super) fn resolved(mut tensors: Vec<Tensor<'_>>) -> (Vec<Tensor<'_>>, Vec<String>) {
    let bare: Vec<String> = tensors.iter().map(|tensor| without_wrappers(&tensor.name)).collect();
    let clear = |name: &String| !name.is_empty();
    if bare.iter().all(clear) && bare.iter().collect::<BTreeSet<_>>().len() == bare.len() {
        tensors.iter_mut().zip(bare).for_each(|(tensor, name)| tensor.name = name);
    }
    let places: BTreeMap<String, usize> = tensors.iter().enumerate().map(|(index, tensor)| (tensor.name.clone(), index)).collect();
    let mut computed: BTreeMap<String, (Tensor<'_>, [usize; 2])> = BTreeMap::new();
    for tensor in &tensors {
        for (ending, other, compute) in PAIRS {
            let Some(base) = tensor.name.strip_suffix(ending) else { continue };
            let name = base.replace("parametrizations.", "");
            if (base.contains("parametrizations.") != ending.starts_with('.')) || !pytorch::is_parameter(&name) {
                continue;
            }
            let pair = (places.get(&tensor.name), places.get(&format!("{base}{other}")));
            let (Some(&first), Some(&second)) = pair else { continue };
            if let Some((a, b)) = tensors.get(first).zip(tensors.get(second)) {
                computed.insert(name.clone(), (compute(name, a, b), [first, second]));
            }
        }
    }
    let sources: BTreeSet<usize> = computed.values().flat_map(|(_, pair)| pair).copied().collect();
    let (mut kept, mut replaced) = (Vec::with_capacity(tensors.len()), Vec::new());
    for (index, tensor) in tensors.into_iter().enumerate() {
        if computed.contains_key(&tensor.name) {
            replaced.push(tensor.name);
        } else if !sources.contains(&index) {
            kept.push(tensor);
        }
    }
    kept.extend(computed.into_values().map(|(tensor, _)| tensor));
    (kept, replaced)
}

/// Computes the tensor of a name from two others.
type Compute = for<'a> fn(String, &Tensor<'a>, &Tensor<'a>) -> Tensor<'a>;

/// Endings of the two tensors, and what is computed from them.
const PAIRS: [(&str, &str, Compute); 3] =
    [("_g", "_v", weight_norm), (".original0", ".original1", weight_norm), ("_orig", "_mask", pruned)];

/// g·v/‖v‖ (Salimans & Kingma 2016, equation 2). The norm is taken over the sizes in which g is 1: by row for `dim=0`, PyTorch's default.
fn weight_norm<'a>(name: String, g: &Tensor<'a>, v: &Tensor<'a>) -> Tensor<'a> {
    let (values, how) = match product(g, v) {
        Ok((values, how)) => (Ok(values), how),
        Err(error) => (Err(error), ""),
    };
    let note = format!("{} is computed from {} and {}: weight normalisation, g·v/‖v‖ {how}.", shown(&name), shown(&g.name), shown(&v.name));
    Tensor { note: Some(note), ..Tensor::of_values(name, v.shape.clone(), values) }
}

fn product(g: &Tensor<'_>, v: &Tensor<'_>) -> Result<(Vec<f64>, &'static str), FormatError> {
    let (rows, columns) = match v.shape.as_slice() {
        [rows] => (*rows, 1),
        _ => v.matrix()?,
    };
    // The place of g for a row and column.
    let (by_row, by_column, how) = match g.shape.as_slice() {
        [] | [1] | [1, 1] if rows > 1 => (0, 0, "as a whole"),
        [size] | [size, 1] if *size == rows => (1, 0, "by row"),
        [1, size] if *size == columns => (0, 1, "by column"),
        _ => {
            return Err(FormatError::mismatch(format!(
                "The tensor \"{}\" has the shape {}; one number a row of \"{}\", which has the shape {}, is accepted.",
                shown(&g.name),
                g.shape_text(),
                shown(&v.name),
                v.shape_text()
            )));
        }
    };
    let (lengths, mut values) = (g.values()?, v.values()?);
    let place = |index: usize| by_row * (index / columns.max(1)) + by_column * (index % columns.max(1));
    let mut squares = vec![0.0; lengths.len()];
    for (index, value) in values.iter().enumerate() {
        if let Some(sum) = squares.get_mut(place(index)) {
            *sum += value * value;
        }
    }
    if let Some(at) = squares.iter().position(|sum| *sum <= 0.0 || !sum.is_finite()) {
        return Err(FormatError::new(
            crate::ErrorKind::NotFinite,
            format!(
                "The tensor \"{}\" has no direction at {at}: its numbers there are all 0 or too large; others are accepted beside \"{}\".",
                shown(&v.name),
                shown(&g.name)
            ),
        ));
    }
    for (index, value) in values.iter_mut().enumerate() {
        let place = place(index);
        if let Some((length, square)) = lengths.get(place).zip(squares.get(place)) {
            *value = length * (*value / square.sqrt());
        }
    }
    Ok((values, how))
}

/// The weights that a pruning mask leaves.
fn pruned<'a>(name: String, weight: &Tensor<'a>, mask: &Tensor<'a>) -> Tensor<'a> {
    let values = weight.values().and_then(|values| {
        super::fits(mask, &weight.shape)?;
        Ok(values.iter().zip(mask.values()?).map(|(value, kept)| value * kept).collect())
    });
    let note = format!("{} is {} times its pruning mask {}.", shown(&name), shown(&weight.name), shown(&mask.name));
    Tensor { note: Some(note), ..Tensor::of_values(name, weight.shape.clone(), values) }
}
