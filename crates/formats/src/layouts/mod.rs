//! From named tensors to recurrent modules: one file for each layout, and what all of them share.
//!
//! A layout finds the tensors that belong to a module by their names ([`Claim`]); what is left over under the module's prefix is named
//! ([`Module::left_out`]), or refuses the module where it makes the cell another one ([`other_cell`]).

mod flax;
mod keras;
mod mlx;
mod names;
mod other_cell;
mod pytorch;
mod tensorflow1;

use crate::error::{listed, shown, ErrorKind, FormatError};
use crate::limits;
use crate::model::{Layout, ModelFile, Module, Part};
use crate::tensor::{first_not_finite, Tensor};
use unroll_engine::Cell;

/// Every layout, in the order in which names are looked for.
pub(crate) const ALL: [Layout; 5] = [Layout::Pytorch, Layout::Mlx, Layout::Flax, Layout::Keras, Layout::Tensorflow1];

/// Builds a module once its sizes are known to be bounded.
type Build<'t> = Box<dyn Fn() -> Result<Module, FormatError> + 't>;

/// The tensors that a layout takes for one module.
pub(crate) struct Claim<'t> {
    prefix: String,
    /// Places among the tensors.
    used: Vec<usize>,
    build: Build<'t>,
}

fn find<'t>(layout: Layout, tensors: &'t [Tensor<'t>], free: &dyn Fn(usize) -> bool) -> Vec<Claim<'t>> {
    match layout {
        Layout::Pytorch => pytorch::find(tensors, free),
        Layout::Mlx => mlx::find(tensors, free),
        Layout::Flax => flax::find(tensors, free),
        Layout::Keras | Layout::Haste => keras::find(tensors, free),
        Layout::Tensorflow1 => tensorflow1::find(tensors, free),
    }
}

/// All recurrent modules among `tensors` that are in one of `layouts`.
///
/// # Errors
/// No recurrent module can be used, or together they are too large; what is wrong with one module only is in [`ModelFile::refused`].
pub(crate) fn read(tensors: Vec<Tensor<'_>>, layouts: &[Layout]) -> Result<ModelFile, FormatError> {
    let (tensors, replaced) = names::resolved(tensors);
    let mut used = vec![false; tensors.len()];
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for layout in layouts {
        let found = find(*layout, &tensors, &|index| !used.get(index).copied().unwrap_or(true));
        for index in found.iter().flat_map(|claim| &claim.used) {
            if let Some(used) = used.get_mut(*index) {
                *used = true;
            }
        }
        claims.extend(found);
    }
    let numbers = tensors.iter().zip(&used).filter(|(_, used)| **used).map(|(tensor, _)| tensor.count());
    let numbers = numbers.fold(0_usize, usize::saturating_add);
    if numbers > limits::MODEL_NUMBERS {
        return Err(FormatError::too_large(format!(
            "The recurrent layers of the file have {numbers} weights together; at most {} are accepted.",
            limits::MODEL_NUMBERS
        )));
    }
    let mut over: Vec<&Tensor<'_>> = tensors.iter().zip(&used).filter(|(_, used)| !**used).map(|(tensor, _)| tensor).collect();
    // Random states are no weights.
    over.retain(|tensor| !tensor.name.contains("seed_generator"));
    let mut file = ModelFile { modules: Vec::new(), ignored: Vec::new(), refused: Vec::new() };
    let mut named = vec![false; over.len()];
    let prefixes: Vec<&str> = claims.iter().map(|claim| claim.prefix.as_str()).collect();
    for claim in &claims {
        // What is under a prefix further in belongs to that module.
        let inner = |name: &str| prefixes.iter().any(|other| other.len() > claim.prefix.len() && names::is_under(name, other));
        let mut left_out = Vec::new();
        for (tensor, named) in over.iter().zip(&mut named) {
            if names::is_under(&tensor.name, &claim.prefix) && !inner(&tensor.name) {
                *named = true;
                left_out.push(*tensor);
            }
        }
        let module = (claim.build)().map_err(|error| {
            let mut places = claim.used.clone();
            places.sort_unstable();
            let tensors: Vec<&Tensor<'_>> = places.iter().filter_map(|index| tensors.get(*index)).collect();
            if error.kind() == ErrorKind::NotFinite {
                first_not_finite(&tensors).unwrap_or(error)
            } else {
                error
            }
        });
        let module = module.and_then(|mut module| {
            other_cell::check(&module, &left_out)?;
            module.left_out = left_out.iter().map(|tensor| tensor.name.clone()).collect();
            for tensor in claim.used.iter().filter_map(|index| tensors.get(*index)) {
                module.notes.extend(tensor.note.clone());
            }
            module.left_out.extend(replaced.iter().filter(|name| names::is_under(name, &claim.prefix)).cloned());
            Ok(module)
        });
        match module {
            Ok(module) => file.modules.push(module),
            Err(error) => file.refused.push(error),
        }
    }
    // What a module's own list names is not named twice.
    let taken = |name: &str| file.modules.iter().any(|module| module.left_out.iter().any(|other| other == name));
    file.ignored = over.iter().map(|tensor| tensor.name.clone()).filter(|name| !taken(name)).collect();
    if !file.modules.is_empty() {
        return Ok(file);
    }
    Err(file.refused.into_iter().next().unwrap_or_else(|| no_module(&tensors, layouts)))
}

/// That there is nothing recurrent, and what there is.
fn no_module(tensors: &[Tensor<'_>], layouts: &[Layout]) -> FormatError {
    if let Some(tensor) = tensors.iter().find(|tensor| names::is_reparametrised(&tensor.name)) {
        return reparametrised(&tensor.name);
    }
    let found = match tensors.len() {
        0 => "is empty".to_string(),
        _ => format!("has {}", listed(tensors.iter().map(|tensor| tensor.name.as_str()))),
    };
    let accepted = match layouts {
        [Layout::Keras] => "names that end in kernel, recurrent_kernel and bias are accepted for Keras".to_string(),
        [Layout::Pytorch] if tensors.iter().any(|tensor| keras::is_recurrent_kernel(&tensor.name)) => {
            format!("{PYTORCH}; its recurrent_kernel is Keras' layout, so choose that")
        }
        [Layout::Pytorch] => PYTORCH.to_string(),
        _ => format!("{PYTORCH}, and the names of Keras, MLX, Flax and TensorFlow 1"),
    };
    FormatError::new(ErrorKind::Mismatch, format!("The file has no recurrent layer: it {found}; {accepted}."))
}

const PYTORCH: &str = "names that end in weight_ih_l0 and weight_hh_l0, or weight_ih and weight_hh, are accepted";

/// The refusal of a weight that has to be computed in a way that is not known here.
fn reparametrised(name: &str) -> FormatError {
    FormatError::unsupported(format!(
        "The tensor \"{}\" stands for a reparametrised weight, such as of spectral normalisation, which is not undone; weight \
         normalisation and pruning are, and torch.nn.utils.parametrize.remove_parametrizations(module, name) writes the plain weight.",
        shown(name)
    ))
}

/// Whether a tensor is what the parameter `name` of a module has to be computed from, such as `weight_hh_l0_orig`.
fn is_standing_in(tensor: &str, prefix: &str, name: &str) -> bool {
    let rest = tensor
        .strip_prefix(prefix)
        .map(|rest| rest.trim_start_matches('.'))
        .and_then(|rest| rest.strip_prefix("parametrizations.").unwrap_or(rest).strip_prefix(name));
    rest.is_some_and(|rest| ["_orig", "_bar", "_g", "_v", "_u", ".original"].iter().any(|ending| rest.starts_with(ending)))
}

/// One layer in one direction as a module of its own.
fn single(prefix: &str, layout: Layout, cell: Cell, hidden_size: usize, part: Part) -> Module {
    Module {
        prefix: prefix.to_string(),
        cell,
        layers: 1,
        bidirectional: false,
        input_size: part.input_size,
        hidden_size,
        has_bias: true,
        from_cell_class: false,
        layout,
        gate_order: None,
        asks_gate_order: false,
        forget_bias: None,
        left_out: Vec::new(),
        notes: Vec::new(),
        parts: vec![part],
    }
}

/// Whether n and d are within the limits.
fn check_sizes(prefix: &str, n: usize, d: usize) -> Result<(), FormatError> {
    if n <= limits::HIDDEN_SIZE && d <= limits::INPUT_SIZE {
        return Ok(());
    }
    Err(FormatError::too_large(format!(
        "The layer \"{}\" has {n} units that read {d} numbers; at most {} and {} are accepted.",
        shown(prefix),
        limits::HIDDEN_SIZE,
        limits::INPUT_SIZE
    )))
}

/// Whether the tensor has the shape that the module's sizes ask for.
fn fits(tensor: &Tensor<'_>, shape: &[usize]) -> Result<(), FormatError> {
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

/// From `[rows][G·n]` row-major, with the block in the file of each of PyTorch's gates, to `[G·n][rows]`.
fn packed(order: &[usize], values: &[f64], rows: usize, n: usize) -> Vec<f64> {
    let columns = order.len() * n;
    let column = |index: usize| values.iter().skip(index).step_by(columns.max(1)).take(rows);
    order.iter().flat_map(|block| (0..n).flat_map(move |unit| column(block * n + unit))).copied().collect()
}
