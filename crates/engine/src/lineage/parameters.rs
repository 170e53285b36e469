//! The parameters of a model in a fixed order, by name and shape.

use super::{LineageError, Parameter};

/// A parameter's numbers with its name and its shape.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// All of a model's.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parameters {
    entries: Vec<Entry>,
}

impl Parameters {
    /// From names and shapes and a function that gives a parameter's numbers (row-major) by both.
    ///
    /// # Errors
    /// [`LineageError::ParameterLength`] where it gives another count than the shape has.
    pub fn gather<N: Into<String>>(
        shapes: Vec<(N, Vec<usize>)>,
        mut give: impl FnMut(&str, &[usize]) -> Vec<f64>,
    ) -> Result<Self, LineageError> {
        let mut entries = Vec::with_capacity(shapes.len());
        for (name, shape) in shapes {
            let name = name.into();
            let values = give(&name, &shape);
            let needed: usize = shape.iter().product();
            if values.len() != needed {
                return Err(LineageError::ParameterLength { name, found: values.len(), needed });
            }
            entries.push(Entry { name, shape, values });
        }
        Ok(Self { entries })
    }

    /// The numbers of parameter `i`.
    pub fn get(&self, i: usize) -> &[f64] {
        &self.entries[i].values
    }

    /// Every parameter.
    pub fn list(&self) -> Vec<Parameter<'_>> {
        self.entries.iter().map(|e| Parameter::new(e.name.as_str(), &e.shape, &e.values)).collect()
    }

    /// The numbers of each, to be changed.
    pub fn list_mut(&mut self) -> Vec<&mut [f64]> {
        self.entries.iter_mut().map(|e| e.values.as_mut_slice()).collect()
    }

    /// Numbers there are.
    pub fn count(&self) -> u64 {
        self.entries.iter().map(|e| e.values.len() as u64).sum()
    }
}

/// Whether a size that a sentence begins with is at least 1.
///
/// # Errors
/// [`LineageError::Size`] where it is 0.
pub(super) fn at_least_one(what: &'static str, size: usize) -> Result<(), LineageError> {
    if size == 0 {
        return Err(LineageError::Size { what, found: size.to_string(), accepted: "1 or more".into() });
    }
    Ok(())
}

/// The first step whose values are not finite, as an error; `width` numbers a step.
pub(super) fn finite(values: &[f64], width: usize) -> Result<(), LineageError> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(at) => Err(LineageError::Overflow { step: at / width.max(1) }),
        None => Ok(()),
    }
}
