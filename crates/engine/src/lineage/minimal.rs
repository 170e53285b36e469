//! minGRU and minLSTM (Feng et al. 2024): gated cells whose gates read the input only, never the state.
//!
//! minGRU: `h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ g(linear_h x_t)`; minLSTM: `h_t = f_t ⊙ h_{t−1} + i_t ⊙ g(linear_h x_t)` with f and i divided by
//! their sum. So `∂h_t/∂h_{t−1}` is diag(1 − z_t), diag(f_t), exactly. g(v) = v + ½ for v ≥ 0 and σ(v) below, the version of the paper's
//! appendix. z near 1 takes the new value: opposite to PyTorch's GRU.

use unroll_numerics::elementary::sigmoid;

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::layers::{linear, linear_back, softplus};
use super::parameters::{at_least_one, Parameters};
use super::recurrence::Recurrence;
use super::{LineageError, ScaledRows};
use crate::kernel::axpy;
use crate::scaled::scale;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One gate z.
    MinGru,
    /// Two gates f and i, normalised.
    MinLstm,
}

impl Kind {
    /// Linear layers it has, gates and candidate.
    pub fn layers(self) -> usize {
        match self {
            Self::MinGru => 2,
            Self::MinLstm => 3,
        }
    }

    /// Parameters over those of a GRU or an LSTM of the same sizes, weights counted alone, at hidden size α times input size:
    /// 2/(3(1 + α)) and 3/(4(1 + α)) (Feng et al. 2024, §3).
    pub fn parameter_ratio(self, alpha: f64) -> f64 {
        let layers = self.layers() as f64;
        layers / ((layers + 1.0) * (1.0 + alpha))
    }
}

/// The first gate's parameters are 0 and 1, the candidate's the last two before h_0.
const GATE: usize = 0;

/// A minimal gated cell over a sequence: out_t = h_t.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimal {
    kind: Kind,
    input_size: usize,
    hidden_size: usize,
    parameters: Parameters,
}

/// What a run keeps; everything is `[T][n]` but x.
#[derive(Clone, Debug, PartialEq)]
pub struct MinimalTrace {
    /// `[T][d]`.
    x: Vec<f64>,
    /// Before the functions: of z, or of f and of i.
    raw: Vec<Vec<f64>>,
    /// Of g.
    raw_candidate: Vec<f64>,
    /// What h_{t−1} is multiplied by: 1 − z or f.
    keep: Vec<f64>,
    /// What the candidate is: z or i.
    take: Vec<f64>,
    candidate: Vec<f64>,
    h: Vec<f64>,
}

impl Minimal {
    /// From sizes d and n and a function that gives a parameter's numbers by its name (`linear_z.weight`, `linear_z.bias`, for minLSTM
    /// `linear_f.…` and `linear_i.…`, `linear_h.…`, `h0`) and shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(
        kind: Kind,
        input_size: usize,
        hidden_size: usize,
        give: impl FnMut(&str, &[usize]) -> Vec<f64>,
    ) -> Result<Self, LineageError> {
        at_least_one("The input size", input_size)?;
        at_least_one("The hidden size", hidden_size)?;
        let names: &[(&str, &str)] = match kind {
            Kind::MinGru => &[("linear_z.weight", "linear_z.bias"), ("linear_h.weight", "linear_h.bias")],
            Kind::MinLstm => {
                &[("linear_f.weight", "linear_f.bias"), ("linear_i.weight", "linear_i.bias"), ("linear_h.weight", "linear_h.bias")]
            }
        };
        let layers = names.iter().flat_map(|(weight, bias)| [(*weight, vec![hidden_size, input_size]), (*bias, vec![hidden_size])]);
        let shapes = layers.chain([("h0", vec![hidden_size])]).collect();
        Ok(Self { kind, input_size, hidden_size, parameters: Parameters::gather(shapes, give)? })
    }

    /// Which of the two it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first parameter of the candidate's layer.
    fn candidate(&self) -> usize {
        2 * (self.kind.layers() - 1)
    }

    /// The state before the first step.
    fn before(&self) -> &[f64] {
        self.parameters.get(2 * self.kind.layers())
    }

    /// The recurrence of a run: its coefficients are the diagonal of every step's Jacobian, and [`Recurrence::memory`] is `∂h_T/∂h_k`.
    pub fn recurrence<'t>(&self, trace: &'t MinimalTrace) -> Recurrence<'t, f64> {
        Recurrence::varying(&trace.keep, self.hidden_size)
    }
}

/// g: positive, so that the state can be scanned in log space.
fn positive(v: f64) -> f64 {
    if v >= 0.0 {
        v + 0.5
    } else {
        sigmoid(v)
    }
}

fn positive_slope(v: f64) -> f64 {
    if v >= 0.0 {
        1.0
    } else {
        sigmoid(v) * sigmoid(-v)
    }
}

impl Block for Minimal {
    type Trace = MinimalTrace;

    fn input_size(&self) -> usize {
        self.input_size
    }

    fn output_size(&self) -> usize {
        self.hidden_size
    }

    fn forward(&self, x: &[f64]) -> Result<MinimalTrace, LineageError> {
        block::steps(x, self.input_size)?;
        let layer = |first: usize| linear(self.parameters.get(first), Some(self.parameters.get(first + 1)), x, self.input_size);
        let raw: Vec<Vec<f64>> = (0..self.kind.layers() - 1).map(|gate| layer(GATE + 2 * gate)).collect();
        let raw_candidate = layer(self.candidate());
        // 1 − σ(k) is σ(−k), and f/(f + i) is σ of the difference of logarithms: neither loses digits, whatever the size of k.
        let opening: Vec<f64> = match self.kind {
            Kind::MinGru => raw[0].clone(),
            Kind::MinLstm => raw[0].iter().zip(&raw[1]).map(|(f, i)| softplus(-f) - softplus(-i)).collect(),
        };
        let take: Vec<f64> = opening.iter().map(|k| sigmoid(*k)).collect();
        let keep: Vec<f64> = opening.iter().map(|k| sigmoid(-k)).collect();
        let candidate: Vec<f64> = raw_candidate.iter().map(|v| positive(*v)).collect();
        let b = take.iter().zip(&candidate).map(|(z, u)| z * u).collect();
        let h = Recurrence::<f64>::varying(&keep, self.hidden_size).forward(self.before(), b)?;
        Ok(MinimalTrace { x: x.to_vec(), raw, raw_candidate, keep, take, candidate, h })
    }

    fn output<'t>(&self, trace: &'t MinimalTrace) -> &'t [f64] {
        &trace.h
    }

    fn inner<'t>(&self, trace: &'t MinimalTrace) -> Vec<Named<'t>> {
        let shape = [trace.h.len() / self.hidden_size, self.hidden_size];
        let candidate = Named::new("candidate", &shape, &trace.candidate);
        match self.kind {
            Kind::MinGru => vec![Named::new("z", &shape, &trace.take), candidate],
            Kind::MinLstm => vec![Named::new("f", &shape, &trace.keep), Named::new("i", &shape, &trace.take), candidate],
        }
    }

    fn paths(&self) -> &'static [Path] {
        &[Path::Total, Path::Frozen]
    }

    fn vjp(&self, trace: &MinimalTrace, cotangent: &ScaledRows, path: Path, mut gradients: Option<&mut Gradients>) -> ScaledRows {
        let (n, d) = (self.hidden_size, self.input_size);
        let mut dx = ScaledRows::zeros(trace.x.len() / d, d);
        let mut adjoint = self.recurrence(trace).backward();
        let mut by_raw = vec![0.0; n];
        for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
            let (values, exponent) = cotangent.row(t);
            adjoint.add(values, exponent);
            let at = t * n..(t + 1) * n;
            let previous = if t == 0 { self.before() } else { &trace.h[(t - 1) * n..t * n] };
            let x = &trace.x[t * d..(t + 1) * d];
            let (g, exponent) = adjoint.now();
            let mut layer = |first: usize, by_raw: &[f64]| {
                let gradients = gradients.as_deref_mut().and_then(|g| match &mut g.values[first..] {
                    [weight, bias, ..] => Some((weight.as_mut_slice(), Some(bias.as_mut_slice()))),
                    _ => None,
                });
                linear_back(self.parameters.get(first), x, by_raw, exponent, (&mut dx, t), gradients);
            };
            for (j, i) in at.clone().enumerate() {
                by_raw[j] = g[j] * trace.take[i] * positive_slope(trace.raw_candidate[i]);
            }
            layer(self.candidate(), &by_raw);
            if path != Path::Frozen {
                for gate in 0..self.kind.layers() - 1 {
                    for (j, i) in at.clone().enumerate() {
                        // ∂h/∂(opening) = take · keep · (candidate − h_{t−1}); the opening is raw z, or softplus(−f) − softplus(−i).
                        let by_opening = g[j] * trace.take[i] * trace.keep[i] * (trace.candidate[i] - previous[j]);
                        by_raw[j] = match (self.kind, gate) {
                            (Kind::MinGru, _) => by_opening,
                            (Kind::MinLstm, 0) => -by_opening * sigmoid(-trace.raw[0][i]),
                            (Kind::MinLstm, _) => by_opening * sigmoid(-trace.raw[1][i]),
                        };
                    }
                    layer(GATE + 2 * gate, &by_raw);
                }
            }
            adjoint.back(t);
        }
        if let Some(before) = gradients.and_then(|g| g.values.last_mut()) {
            let (g, exponent) = adjoint.now();
            axpy(scale(1.0, exponent), g, before);
        }
        dx
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.parameters.list()
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        self.parameters.list_mut()
    }

    fn cost(&self, steps: usize) -> Cost {
        let (n, d, layers, steps) = (self.hidden_size as u64, self.input_size as u64, self.kind.layers() as u64, steps as u64);
        // Layers with their biases, the functions of gate and candidate, and h = keep·h + take·candidate.
        let opening = if self.kind == Kind::MinGru { 0 } else { 7 };
        Cost {
            parameters: self.parameters.count(),
            forward_flops: steps * n * (layers * (2 * d + 1) + opening + 3 + 3),
            vjp_flops: steps * n * (layers * (2 * d + 6) + 2),
            stored: steps * (d + n * (layers + 4)),
        }
    }
}
