//! A transformer behind a linear layer, so that it reads inputs of any size.

use super::super::block::{Block, Cost, Gradients, Named, Parameter, Path};
use super::super::layers::{linear, linear_back};
use super::super::parameters::{at_least_one, finite, Parameters};
use super::super::{LineageError, ScaledRows};
use super::{Transformer, TransformerTrace};

const WEIGHT: usize = 0;
const BIAS: usize = 1;

/// A linear layer and the transformer that reads what it gives: from `[T][d]` to `[T][d_model]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    input_size: usize,
    /// `embed.weight` `[d_model][d]` and `embed.bias` `[d_model]`.
    embed: Parameters,
    transformer: Transformer,
}

/// What a run keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedTrace {
    /// `[T][d]`.
    x: Vec<f64>,
    inner: TransformerTrace,
}

impl Embedded {
    /// A transformer that reads d = `input_size` numbers a step; `give` has the numbers of `embed.weight` and `embed.bias`.
    ///
    /// # Errors
    /// [`LineageError::Size`] where d is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(transformer: Transformer, input_size: usize, give: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        at_least_one("The input size", input_size)?;
        let width = transformer.input_size();
        let shapes = vec![("embed.weight", vec![width, input_size]), ("embed.bias", vec![width])];
        Ok(Self { input_size, embed: Parameters::gather(shapes, give)?, transformer })
    }
}

impl Block for Embedded {
    type Trace = EmbeddedTrace;

    fn input_size(&self) -> usize {
        self.input_size
    }

    fn output_size(&self) -> usize {
        self.transformer.output_size()
    }

    fn forward(&self, x: &[f64]) -> Result<EmbeddedTrace, LineageError> {
        super::super::block::steps(x, self.input_size)?;
        let h = linear(self.embed.get(WEIGHT), Some(self.embed.get(BIAS)), x, self.input_size);
        finite(&h, self.transformer.input_size())?;
        Ok(EmbeddedTrace { x: x.to_vec(), inner: self.transformer.forward(&h)? })
    }

    fn output<'t>(&self, trace: &'t EmbeddedTrace) -> &'t [f64] {
        self.transformer.output(&trace.inner)
    }

    fn inner<'t>(&self, trace: &'t EmbeddedTrace) -> Vec<Named<'t>> {
        self.transformer.inner(&trace.inner)
    }

    fn paths(&self) -> &'static [Path] {
        self.transformer.paths()
    }

    fn vjp(&self, trace: &EmbeddedTrace, cotangent: &ScaledRows, path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        let (d, width) = (self.input_size, self.transformer.input_size());
        let mut dx = ScaledRows::zeros(trace.x.len() / d, d);
        let mut own = gradients;
        let back = match own.as_deref_mut() {
            Some(gradients) => {
                let mut inner = Gradients { values: gradients.values.split_off(BIAS + 1) };
                let back = self.transformer.vjp(&trace.inner, cotangent, path, Some(&mut inner));
                gradients.values.append(&mut inner.values);
                back
            }
            None => self.transformer.vjp(&trace.inner, cotangent, path, None),
        };
        debug_assert_eq!(back.width(), width);
        for t in (0..back.len()).filter(|t| !back.is_zero(*t)) {
            let (g, exponent) = back.row(t);
            let sink = own.as_deref_mut().and_then(|gradients| match gradients.values.as_mut_slice() {
                [weight, bias, ..] => Some((weight.as_mut_slice(), Some(bias.as_mut_slice()))),
                _ => None,
            });
            linear_back(self.embed.get(WEIGHT), &trace.x[t * d..(t + 1) * d], g, exponent, (&mut dx, t), sink);
        }
        dx
    }

    fn jvp(&self, trace: &EmbeddedTrace, tangent: &ScaledRows) -> Option<ScaledRows> {
        let mut along = ScaledRows::zeros(tangent.len(), self.transformer.input_size());
        for t in (0..tangent.len()).filter(|t| !tangent.is_zero(*t)) {
            let (v, exponent) = tangent.row(t);
            along.set(t, &linear(self.embed.get(WEIGHT), None, v, self.input_size), exponent);
        }
        self.transformer.jvp(&trace.inner, &along)
    }

    fn layer_gradients(&self, trace: &EmbeddedTrace, cotangent: &ScaledRows, path: Path) -> Option<Vec<f64>> {
        self.transformer.layer_gradients(&trace.inner, cotangent, path)
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let mut all = self.embed.list();
        all.extend(self.transformer.parameters());
        all
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        let mut all = self.embed.list_mut();
        all.extend(self.transformer.parameters_mut());
        all
    }

    fn cost(&self, steps: usize) -> Cost {
        let (t, d, width) = (steps as u64, self.input_size as u64, self.transformer.input_size() as u64);
        let layer = 2 * t * d * width;
        self.transformer.cost(steps) + Cost { parameters: self.embed.count(), forward_flops: layer, vjp_flops: layer, stored: t * d }
    }
}
