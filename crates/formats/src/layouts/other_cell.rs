//! Tensors beside a module's weights that make it another cell than it seems.

use crate::error::{listed, shown, FormatError};
use crate::model::Module;
use crate::tensor::Tensor;

/// What a cell does, and whether a part of a tensor's name tells that it does.
type Kind = (&'static str, fn(&str) -> bool);

/// Whether what is left over under the module's prefix leaves it the cell it seems.
///
/// # Errors
/// It is a cell with layer normalisation, peephole connections or a projection; the sentence names the tensors.
pub(super) fn check(module: &Module, left_out: &[&Tensor<'_>]) -> Result<(), FormatError> {
    let kinds: [Kind; 3] =
        [("normalises its gates or its state", normalises), ("has peephole connections", has_peepholes), ("projects its state", projects)];
    for (does, is_kind) in kinds {
        let of_kind = |tensor: &&&Tensor<'_>| {
            let rest = tensor.name.strip_prefix(module.prefix.as_str()).unwrap_or(&tensor.name);
            let parts: Vec<String> = rest.split(['.', '/', '|']).filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
            // At the top of a file any other module is under the prefix as well: only its own tensors count, and what has a gate's size.
            let own = !module.prefix.is_empty()
                || module.from_cell_class
                || parts.len() == 1
                || tensor.shape.as_slice() == [module.cell.blocks() * module.hidden_size];
            own && parts.iter().any(|part| is_kind(part))
        };
        let names: Vec<&str> = left_out.iter().filter(of_kind).map(|tensor| tensor.name.as_str()).collect();
        if !names.is_empty() {
            let subject = match module.prefix.as_str() {
                "" => "The recurrent module".to_string(),
                prefix => format!("The module \"{}\"", shown(prefix)),
            };
            return Err(FormatError::unsupported(format!(
                "{subject} {does} ({}), so it is another cell than a plain RNN, LSTM or GRU, which are accepted.",
                listed(names.into_iter())
            )));
        }
    }
    Ok(())
}

/// The words of a name: `ln_ih` has `ln` and `ih`.
fn words(part: &str) -> impl Iterator<Item = &str> {
    part.split(['_', '-'])
}

fn normalises(part: &str) -> bool {
    let is_norm = |word: &str| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        matches!(word, "ln" | "bn" | "norm" | "gamma" | "beta" | "lns" | "bns" | "norms") || word.contains("norm")
    };
    words(part).any(is_norm)
}

fn has_peepholes(part: &str) -> bool {
    part.contains("peephole")
        || part.contains("_diag")
        || ["ci", "cf", "co"]
            .iter()
            .any(|gate| words(part).last() == Some(gate) && words(part).next().is_some_and(|word| word.starts_with('w') || word == "bias"))
}

fn projects(part: &str) -> bool {
    part == "projection" || part.starts_with("weight_hr") || part == "proj"
}
