//! Sizes and switches of a transformer, and the parameters that follow from them.

use super::super::parameters::at_least_one;
use super::super::{Cost, LineageError};

/// The most layers.
pub const LAYERS: usize = 24;
/// The most heads of a layer.
pub const HEADS: usize = 4;

/// How weights begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// As PyTorch has it: `in_proj_weight` U(±√(6/(4 d))), other weights and the biases of the feed-forward part U(±1/√columns), attention's
    /// biases 0, norms 1 and 0.
    Torch,
    /// Weights normal with variance 1/columns, biases 0, norms 1 and 0: what Xiong et al. 2020 reckon with.
    Normal,
}

/// Where the norms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// `h = norm1(h + attention(h))`, `h = norm2(h + forward(h))` (Vaswani et al. 2017, §3.1); PyTorch's `norm_first=False`.
    Post,
    /// `h = h + attention(norm1(h))`, `h = h + forward(norm2(h))` and one norm after the last layer (Xiong et al. 2020); PyTorch's
    /// `norm_first=True`.
    Pre,
    /// No norm anywhere.
    Off,
}

/// The function between the two linear layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// max(0, v), with derivative 0 at 0 as in PyTorch.
    Relu,
    /// v Φ(v) with the normal distribution's Φ: the exact form, PyTorch's default, not the fit by tanh.
    Gelu,
}

/// What a transformer is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransformerShape {
    /// Numbers of a step in every layer, `d_model`; a multiple of the heads.
    pub d_model: usize,
    /// `nhead`, 1–4.
    pub heads: usize,
    /// Numbers between the two linear layers, `dim_feedforward`.
    pub feedforward: usize,
    /// `num_layers`, 1–24.
    pub layers: usize,
    /// Where the norms stand.
    pub norm: Norm,
    /// The function between the two linear layers.
    pub activation: Activation,
    /// Whether a sub-layer's input is added to its output.
    pub residual: bool,
    /// Whether sines and cosines of the position are added to the input (Vaswani et al. 2017, §3.5, without scaling the input).
    pub positions: bool,
}

impl TransformerShape {
    /// Two layers of this model size with norms first, GELU, as many heads as divide it, at most [`HEADS`], and a feed-forward part four times
    /// as wide.
    pub fn small(d_model: usize) -> Self {
        let heads = [HEADS, 2].into_iter().find(|heads| d_model.is_multiple_of(*heads)).unwrap_or(1);
        Self {
            d_model,
            heads,
            feedforward: 4 * d_model,
            layers: 2,
            norm: Norm::Pre,
            activation: Activation::Gelu,
            residual: true,
            positions: true,
        }
    }

    /// Whether the model can be built.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0 or above its limit, or the heads do not divide `d_model`.
    pub fn validate(&self) -> Result<(), LineageError> {
        at_least_one("The model size", self.d_model)?;
        at_least_one("The feed-forward size", self.feedforward)?;
        for (what, size, most) in [("The number of layers", self.layers, LAYERS), ("The number of heads", self.heads, HEADS)] {
            if size == 0 || size > most {
                return Err(LineageError::Size { what, found: size.to_string(), accepted: format!("from 1 to {most}") });
            }
        }
        if !self.d_model.is_multiple_of(self.heads) {
            let accepted = format!("a multiple of the number of heads, which is {}", self.heads);
            return Err(LineageError::Size { what: "The model size", found: self.d_model.to_string(), accepted });
        }
        Ok(())
    }

    /// Parameters of one layer.
    pub(super) fn per_layer(&self) -> usize {
        if self.norm == Norm::Off {
            NORM1
        } else {
            NORM2 + 2
        }
    }

    /// The index of the final norm's weight among all parameters; its bias follows. Only where the norms stand first.
    pub(super) fn final_norm(&self) -> usize {
        self.layers * self.per_layer()
    }

    /// Names and shapes of every parameter in order, as the state dict of `nn.TransformerEncoder` has them.
    pub(super) fn parameters(&self) -> Vec<(String, Vec<usize>)> {
        let (d, ff) = (self.d_model, self.feedforward);
        let layer = [
            ("self_attn.in_proj_weight", vec![3 * d, d]),
            ("self_attn.in_proj_bias", vec![3 * d]),
            ("self_attn.out_proj.weight", vec![d, d]),
            ("self_attn.out_proj.bias", vec![d]),
            ("linear1.weight", vec![ff, d]),
            ("linear1.bias", vec![ff]),
            ("linear2.weight", vec![d, ff]),
            ("linear2.bias", vec![d]),
            ("norm1.weight", vec![d]),
            ("norm1.bias", vec![d]),
            ("norm2.weight", vec![d]),
            ("norm2.bias", vec![d]),
        ];
        let named = |l: usize| layer[..self.per_layer()].iter().map(move |(name, shape)| (format!("layers.{l}.{name}"), shape.clone()));
        let mut all: Vec<(String, Vec<usize>)> = (0..self.layers).flat_map(named).collect();
        if self.norm == Norm::Pre {
            all.extend(["norm.weight", "norm.bias"].map(|name| (name.to_string(), vec![d])));
        }
        all
    }

    /// What a run over `steps` steps costs. What the mask takes out is neither computed nor counted; a full square has twice as much of it.
    pub(super) fn cost(&self, steps: usize) -> Cost {
        let (t, d, ff) = (steps as u64, self.d_model as u64, self.feedforward as u64);
        let (layers, heads) = (self.layers as u64, self.heads as u64);
        let pairs = t * (t + 1) / 2;
        // Mean, difference, square and sum, division, weight, bias; the deviation.
        let norm = if self.norm == Norm::Off { 0 } else { 7 * d + 4 };
        let final_norm = u64::from(self.norm == Norm::Pre);
        let skip = if self.residual { 2 * d } else { 0 };
        let activation = match self.activation {
            Activation::Relu => 1,
            Activation::Gelu => 5,
        };
        // q, k, v; the heads' output; two linear layers.
        let linear = 2 * (3 * d * d + d * d + 2 * d * ff);
        // Scores and their scale, weighted sum of the values; largest, exponential, sum, quotient.
        let attention = pairs * (4 * d + 5 * heads);
        // By the weights, by the scores through the softmax, by q, k and v.
        let attention_back = pairs * (8 * d + 5 * heads);
        // Two means, their products with what was normalised, weight, division.
        let norm_back = if self.norm == Norm::Off { 0 } else { 9 * d };
        let per_step = linear + 2 * norm + skip + activation * ff;
        let per_step_back = linear + 2 * norm_back + skip + activation * ff;
        let kept_by_norm = if self.norm == Norm::Off { 0 } else { d + 1 };
        // What both sub-layers read, q, k, v and the heads' output, before and after the activation, both norms.
        let kept = t * (2 * d + 3 * d + d + 2 * ff + 2 * kept_by_norm) + heads * t * t;
        let counts = self.parameters().into_iter().map(|(_, shape)| shape.iter().product::<usize>() as u64);
        Cost {
            parameters: counts.sum(),
            forward_flops: layers * (t * per_step + attention) + final_norm * t * norm + if self.positions { t * d } else { 0 },
            vjp_flops: layers * (t * per_step_back + attention_back) + final_norm * t * norm_back,
            // The layers' inputs and the last one's output; the output.
            stored: layers * kept + (layers + 1) * t * d + final_norm * t * kept_by_norm + t * d,
        }
    }
}

/// Indices of a layer's parameters; the bias follows the weight.
pub(super) const IN_PROJ: usize = 0;
pub(super) const OUT_PROJ: usize = 2;
pub(super) const LINEAR1: usize = 4;
pub(super) const LINEAR2: usize = 6;
pub(super) const NORM1: usize = 8;
pub(super) const NORM2: usize = 10;

/// `[T][d]`: sin(w) in even and cos(w) in odd columns i with w = t / 10000^(2⌊i/2⌋/d) (Vaswani et al. 2017, §3.5).
pub fn positional_encoding(steps: usize, d: usize) -> Vec<f64> {
    let value = |at: usize| {
        let (t, i) = (at / d, at % d);
        let angle = t as f64 / libm::pow(10000.0, (i - i % 2) as f64 / d as f64);
        if i % 2 == 0 {
            libm::sin(angle)
        } else {
            libm::cos(angle)
        }
    };
    (0..steps * d).map(value).collect()
}
