//! The causal transformer: `nn.TransformerEncoder` of `nn.TransformerEncoderLayer` under a causal mask, without dropout, by its formulas and
//! parameter names, so that its state dict fits.
//!
//! The gradient splits exactly by [`Path`]: along the **residual stream** every attention sub-layer's output is held fixed, so that an output
//! sees its own step alone; through **attention** it passes one such sub-layer or more. The sweep back carries both apart, so that neither is a
//! difference of large numbers.
//!
//! Depth is at most [`LAYERS`], so adjoints are plain numbers under one power of two. A weight of attention below float64's smallest number
//! (scores more than 745 under the largest) is 0 here, and what it alone carries is exactly zero.

mod attention;
mod backward;
mod embedded;
mod layers;
mod shape;

use attention::Heads;
pub use embedded::{Embedded, EmbeddedTrace};
use layers::{linear_along, norm, norm_along, Normed};
pub use shape::{positional_encoding, Activation, Norm, Start, TransformerShape, HEADS, LAYERS};
use shape::{IN_PROJ, LINEAR1, LINEAR2, NORM1, NORM2, OUT_PROJ};

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::drawing::Drawing;
use super::layers::linear;
use super::parameters::{finite, Parameters};
use super::{LineageError, ScaledRows};
use crate::kernel::axpy;
use crate::scaled::{log10_scaled, scale, scaled_norm};

/// Part of what a seed means: never changes.
pub(super) const NUMBER: u16 = 200;

/// A causal transformer, from `[T][d_model]` to `[T][d_model]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Transformer {
    shape: TransformerShape,
    parameters: Parameters,
}

/// What one layer keeps.
#[derive(Clone, Debug, PartialEq)]
struct LayerTrace {
    /// What attention has read, `[T][d]`.
    read: Vec<f64>,
    /// `[T][3 d]`.
    qkv: Vec<f64>,
    /// The heads' output, `[T][d]`.
    heads: Vec<f64>,
    norm1: Option<Normed>,
    /// What the feed-forward part has read, `[T][d]`.
    read_forward: Vec<f64>,
    /// Before the activation, `[T][feedforward]`.
    raw: Vec<f64>,
    /// After it, `[T][feedforward]`.
    active: Vec<f64>,
    norm2: Option<Normed>,
}

/// What a run keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct TransformerTrace {
    steps: usize,
    layers: Vec<LayerTrace>,
    /// `[layers][heads][T][T]`: by query and key.
    attention: Vec<f64>,
    /// `[layers + 1][T][d]`: what every layer reads, and what the last one gives, before a final norm.
    layer_input: Vec<f64>,
    final_norm: Option<Normed>,
    out: Vec<f64>,
}

impl Transformer {
    /// From a shape and a function that gives a parameter's numbers by its name, such as `layers.0.self_attn.in_proj_weight`, and shape.
    ///
    /// # Errors
    /// As [`TransformerShape::validate`]; [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(shape: TransformerShape, give: impl FnMut(&str, &[usize]) -> Vec<f64>) -> Result<Self, LineageError> {
        shape.validate()?;
        Ok(Self { shape, parameters: Parameters::gather(shape.parameters(), give)? })
    }

    /// With weights from a seed, as they [`Start`]. `scale` is a factor on the weight matrices.
    ///
    /// # Errors
    /// As [`TransformerShape::validate`].
    pub fn from_seed(shape: TransformerShape, start: Start, seed: u32, scale: f64) -> Result<Self, LineageError> {
        let drawing = Drawing::new(NUMBER, seed);
        let (d, ff) = (shape.d_model.max(1) as f64, shape.feedforward.max(1) as f64);
        Self::new(shape, |name, sizes| {
            let count = sizes.iter().product();
            let own = name.splitn(3, '.').last().unwrap_or(name);
            match own {
                _ if start == Start::Normal && sizes.len() == 2 => drawing.normal(name, count, scale / (sizes[1].max(1) as f64).sqrt()),
                _ if start == Start::Normal && own.ends_with("bias") => vec![0.0; count],
                "self_attn.in_proj_weight" => drawing.uniform(name, count, scale * (6.0 / (4.0 * d)).sqrt()),
                "self_attn.out_proj.weight" | "linear1.weight" => drawing.uniform(name, count, scale / d.sqrt()),
                "linear2.weight" => drawing.uniform(name, count, scale / ff.sqrt()),
                "linear1.bias" => drawing.uniform(name, count, 1.0 / d.sqrt()),
                "linear2.bias" => drawing.uniform(name, count, 1.0 / ff.sqrt()),
                _ if sizes.len() == 1 && name.contains("norm") && name.ends_with("weight") => vec![1.0; count],
                _ => vec![0.0; count],
            }
        })
    }

    /// Its sizes and switches.
    pub fn shape(&self) -> &TransformerShape {
        &self.shape
    }

    fn split(&self) -> Heads {
        Heads { d: self.shape.d_model, heads: self.shape.heads }
    }

    /// Index of a layer's parameter `which` among all.
    fn index(&self, layer: usize, which: usize) -> usize {
        layer * self.shape.per_layer() + which
    }

    fn weight(&self, layer: usize, which: usize) -> &[f64] {
        self.parameters.get(self.index(layer, which))
    }

    fn affine(&self, layer: usize, which: usize, x: &[f64], columns: usize) -> Vec<f64> {
        linear(self.weight(layer, which), Some(self.weight(layer, which + 1)), x, columns)
    }

    fn normed(&self, layer: usize, which: usize, u: &[f64]) -> (Vec<f64>, Normed) {
        norm(u, self.weight(layer, which), self.weight(layer, which + 1))
    }

    /// The sum with what was before, where there are residuals.
    fn joined(&self, before: &[f64], mut branch: Vec<f64>) -> Vec<f64> {
        if self.shape.residual {
            axpy(1.0, before, &mut branch);
        }
        branch
    }

    /// A layer's output with its trace; its maps are appended.
    fn layer(&self, layer: usize, h: &[f64], maps: &mut Vec<f64>) -> (Vec<f64>, LayerTrace) {
        let TransformerShape { d_model: d, feedforward, norm, activation, .. } = self.shape;
        let (read, mut norm1) = first(norm == Norm::Pre, h, |u| self.normed(layer, NORM1, u));
        let qkv = self.affine(layer, IN_PROJ, &read, d);
        let heads = self.split().forward(&qkv, maps);
        let mut h = self.joined(h, self.affine(layer, OUT_PROJ, &heads, d));
        if norm == Norm::Post {
            let (out, kept) = self.normed(layer, NORM1, &h);
            (h, norm1) = (out, Some(kept));
        }
        let (read_forward, mut norm2) = first(norm == Norm::Pre, &h, |u| self.normed(layer, NORM2, u));
        let raw = self.affine(layer, LINEAR1, &read_forward, d);
        let active: Vec<f64> = raw.iter().map(|v| activation.value(*v)).collect();
        let mut h = self.joined(&h, self.affine(layer, LINEAR2, &active, feedforward));
        if norm == Norm::Post {
            let (out, kept) = self.normed(layer, NORM2, &h);
            (h, norm2) = (out, Some(kept));
        }
        (h, LayerTrace { read, qkv, heads, norm1, read_forward, raw, active, norm2 })
    }

    /// A layer's maps, `[heads][T][T]`.
    fn maps<'t>(&self, trace: &'t TransformerTrace, layer: usize) -> &'t [f64] {
        let size = self.shape.heads * trace.steps * trace.steps;
        &trace.attention[layer * size..(layer + 1) * size]
    }

    /// A change of a layer's output from one of its input.
    fn layer_along(&self, trace: &TransformerTrace, layer: usize, v: &[f64]) -> Vec<f64> {
        let TransformerShape { d_model: d, feedforward, norm, activation, .. } = self.shape;
        let kept = &trace.layers[layer];
        let through = |which: usize, kept: &Option<Normed>, when: Norm, v: &[f64]| match kept {
            Some(kept) if norm == when => norm_along(self.weight(layer, which), kept, v),
            _ => v.to_vec(),
        };
        let read = through(NORM1, &kept.norm1, Norm::Pre, v);
        let heads = self.split().along(&kept.qkv, self.maps(trace, layer), &linear_along(self.weight(layer, IN_PROJ), &read, d));
        let v = self.joined(v, linear_along(self.weight(layer, OUT_PROJ), &heads, d));
        let v = through(NORM1, &kept.norm1, Norm::Post, &v);
        let mut inside = linear_along(self.weight(layer, LINEAR1), &through(NORM2, &kept.norm2, Norm::Pre, &v), d);
        inside.iter_mut().zip(&kept.raw).for_each(|(v, raw)| *v *= activation.slope(*raw));
        let v = self.joined(&v, linear_along(self.weight(layer, LINEAR2), &inside, feedforward));
        through(NORM2, &kept.norm2, Norm::Post, &v)
    }
}

/// The norm of u where it comes first, else u.
fn first(yes: bool, u: &[f64], norm: impl Fn(&[f64]) -> (Vec<f64>, Normed)) -> (Vec<f64>, Option<Normed>) {
    if !yes {
        return (u.to_vec(), None);
    }
    let (out, kept) = norm(u);
    (out, Some(kept))
}

/// The vectors of a sequence as plain numbers, in bands: those of one band lie within 2⁹⁰⁰ of each other and have one power of two. Linear maps
/// take one band at a time, so that none is lost beside a larger one.
fn bands(rows: &ScaledRows) -> Vec<(Vec<f64>, i64)> {
    const BAND: i64 = 900;
    let mut left: Vec<usize> = (0..rows.len()).filter(|row| !rows.is_zero(*row)).collect();
    let mut bands = Vec::new();
    while let Some(top) = left.iter().map(|row| rows.row(*row).1).max() {
        let mut values = vec![0.0; rows.len() * rows.width()];
        left.retain(|row| {
            let (mantissas, exponent) = rows.row(*row);
            let outside = exponent < top - BAND;
            if !outside {
                let factor = scale(1.0, exponent - top);
                let slots = &mut values[row * rows.width()..(row + 1) * rows.width()];
                slots.iter_mut().zip(mantissas).for_each(|(slot, v)| *slot = v * factor);
            }
            outside
        });
        bands.push((values, top));
    }
    bands
}

/// Adds plain numbers under a power of two.
fn add_band(rows: &mut ScaledRows, values: &[f64], exponent: i64) {
    for (row, values) in values.chunks_exact(rows.width()).enumerate() {
        rows.add(row, values, exponent);
    }
}

impl Block for Transformer {
    type Trace = TransformerTrace;

    fn input_size(&self) -> usize {
        self.shape.d_model
    }

    fn output_size(&self) -> usize {
        self.shape.d_model
    }

    fn forward(&self, x: &[f64]) -> Result<TransformerTrace, LineageError> {
        let d = self.shape.d_model;
        let steps = block::steps(x, d)?;
        let mut h = x.to_vec();
        if self.shape.positions {
            axpy(1.0, &positional_encoding(steps, d), &mut h);
        }
        finite(&h, d)?;
        let (mut layers, mut attention, mut layer_input) = (Vec::new(), Vec::new(), h.clone());
        for layer in 0..self.shape.layers {
            let (out, trace) = self.layer(layer, &h, &mut attention);
            // Scores that overflow make the weights of their step no numbers, and those its output.
            finite(&out, d)?;
            layer_input.extend_from_slice(&out);
            layers.push(trace);
            h = out;
        }
        let at = self.shape.final_norm();
        let (out, final_norm) = first(self.shape.norm == Norm::Pre, &h, |u| norm(u, self.parameters.get(at), self.parameters.get(at + 1)));
        finite(&out, d)?;
        Ok(TransformerTrace { steps, layers, attention, layer_input, final_norm, out })
    }

    fn output<'t>(&self, trace: &'t TransformerTrace) -> &'t [f64] {
        &trace.out
    }

    fn inner<'t>(&self, trace: &'t TransformerTrace) -> Vec<Named<'t>> {
        let TransformerShape { d_model, heads, layers, .. } = self.shape;
        vec![
            Named::new("attention", &[layers, heads, trace.steps, trace.steps], &trace.attention),
            Named::new("layer_input", &[layers + 1, trace.steps, d_model], &trace.layer_input),
        ]
    }

    fn paths(&self) -> &'static [Path] {
        &[Path::Total, Path::Residual, Path::Attention]
    }

    fn vjp(&self, trace: &TransformerTrace, cotangent: &ScaledRows, path: Path, mut gradients: Option<&mut Gradients>) -> ScaledRows {
        let mut dx = ScaledRows::zeros(trace.steps, self.shape.d_model);
        for (values, exponent) in bands(cotangent) {
            self.backward(trace, values, path, scale(1.0, exponent), gradients.as_deref_mut(), |layer, adjoint| {
                if layer == 0 {
                    add_band(&mut dx, adjoint, exponent);
                }
            });
        }
        dx
    }

    fn jvp(&self, trace: &TransformerTrace, tangent: &ScaledRows) -> Option<ScaledRows> {
        let mut out = ScaledRows::zeros(trace.steps, self.shape.d_model);
        for (mut values, exponent) in bands(tangent) {
            for layer in 0..self.shape.layers {
                values = self.layer_along(trace, layer, &values);
            }
            if let Some(kept) = &trace.final_norm {
                values = norm_along(self.parameters.get(self.shape.final_norm()), kept, &values);
            }
            add_band(&mut out, &values, exponent);
        }
        Some(out)
    }

    fn layer_gradients(&self, trace: &TransformerTrace, cotangent: &ScaledRows, path: Path) -> Option<Vec<f64>> {
        let mut adjoints = vec![ScaledRows::zeros(trace.steps, self.shape.d_model); self.shape.layers + 1];
        for (values, exponent) in bands(cotangent) {
            self.backward(trace, values, path, 1.0, None, |layer, adjoint| add_band(&mut adjoints[layer], adjoint, exponent));
        }
        Some(adjoints.iter().map(frobenius).collect())
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.parameters.list()
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        self.parameters.list_mut()
    }

    fn cost(&self, steps: usize) -> Cost {
        self.shape.cost(steps)
    }
}

/// log10 of the Euclidean norm of all vectors together.
fn frobenius(rows: &ScaledRows) -> f64 {
    let norms = (0..rows.len()).filter(|row| !rows.is_zero(*row)).map(|row| {
        let (values, exponent) = rows.row(row);
        let (norm, extra) = scaled_norm(values);
        (norm, exponent + extra)
    });
    let norms: Vec<(f64, i64)> = norms.collect();
    let Some(top) = norms.iter().map(|(_, exponent)| *exponent).max() else { return f64::NEG_INFINITY };
    let together: Vec<f64> = norms.iter().map(|(norm, exponent)| scale(*norm, exponent - top)).collect();
    let (norm, extra) = scaled_norm(&together);
    log10_scaled(norm, top + extra)
}
