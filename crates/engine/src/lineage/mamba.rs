//! The block around Mamba's selective state-space model (Gu & Dao 2023, §3.4, figure 3), without norm and residual.
//!
//! u and z are the halves of `in_proj x`; c is a causal depthwise convolution of u, its last tap on the present; y is the selective model of
//! `silu(c)`; the output is `out_proj (y ⊙ silu(z))`.

use super::block::{self, Block, Cost, Gradients, Named, Parameter, Path};
use super::layers::{linear, linear_back, silu, silu_slope};
use super::parameters::{at_least_one, finite, Parameters};
use super::selective::{Selective, SelectiveShape, SelectiveTrace};
use super::{LineageError, ScaledRows};
use crate::kernel::axpy;
use crate::scaled::scale;

/// Parameters before the selective model's.
const HEAD: usize = 3;
const IN_PROJ: usize = 0;
const CONV_WEIGHT: usize = 1;
const CONV_BIAS: usize = 2;
/// In order: `in_proj.weight`, `conv1d.weight`, `conv1d.bias`, the selective model's five, `out_proj.weight`.
const OUT_PROJ: usize = 8;

/// The block, input and output `[T][d_model]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mamba {
    d_model: usize,
    taps: usize,
    /// in_proj, conv1d weight and bias.
    head: Parameters,
    ssm: Selective,
    /// out_proj.
    tail: Parameters,
}

/// What a run keeps; everything is `[T][d_inner]` but x and the output, which are `[T][d_model]`.
#[derive(Clone, Debug, PartialEq)]
pub struct MambaTrace {
    x: Vec<f64>,
    u: Vec<f64>,
    z: Vec<f64>,
    conv: Vec<f64>,
    ssm_in: Vec<f64>,
    ssm: SelectiveTrace,
    gated: Vec<f64>,
    out: Vec<f64>,
}

impl MambaTrace {
    /// The trace of the selective model inside.
    pub fn selective(&self) -> &SelectiveTrace {
        &self.ssm
    }
}

impl Mamba {
    /// From d_model, the taps of the convolution, the sizes of the selective model (whose channels are d_inner) and a function that gives a
    /// parameter's numbers by its name (`in_proj.weight`, `conv1d.weight`, `conv1d.bias`, those of [`Selective::new`], `out_proj.weight`) and
    /// shape.
    ///
    /// # Errors
    /// [`LineageError::Size`] where a size is 0, [`LineageError::ParameterLength`] where a parameter does not fit.
    pub fn new(
        d_model: usize,
        taps: usize,
        shape: SelectiveShape,
        mut give: impl FnMut(&str, &[usize]) -> Vec<f64>,
    ) -> Result<Self, LineageError> {
        at_least_one("The model size", d_model)?;
        at_least_one("The number of taps", taps)?;
        let inner = shape.channels;
        let head =
            vec![("in_proj.weight", vec![2 * inner, d_model]), ("conv1d.weight", vec![inner, 1, taps]), ("conv1d.bias", vec![inner])];
        Ok(Self {
            d_model,
            taps,
            head: Parameters::gather(head, &mut give)?,
            ssm: Selective::new(shape, &mut give)?,
            tail: Parameters::gather(vec![("out_proj.weight", vec![d_model, inner])], &mut give)?,
        })
    }

    /// The selective model inside.
    pub fn selective(&self) -> &Selective {
        &self.ssm
    }

    fn inner_size(&self) -> usize {
        self.ssm.shape().channels
    }

    /// The causal depthwise convolution of u (`[T][d_inner]`) with its bias.
    fn convolve(&self, u: &[f64]) -> Vec<f64> {
        let (inner, taps) = (self.inner_size(), self.taps);
        let (weight, bias) = (self.head.get(CONV_WEIGHT), self.head.get(CONV_BIAS));
        let at = |i: usize| {
            let (t, channel) = (i / inner, i % inner);
            let mut sum = 0.0;
            for j in (taps - 1).saturating_sub(t)..taps {
                sum += weight[channel * taps + j] * u[(t + j + 1 - taps) * inner + channel];
            }
            sum + bias[channel]
        };
        (0..u.len()).map(at).collect()
    }
}

impl Block for Mamba {
    type Trace = MambaTrace;

    fn input_size(&self) -> usize {
        self.d_model
    }

    fn output_size(&self) -> usize {
        self.d_model
    }

    fn forward(&self, x: &[f64]) -> Result<MambaTrace, LineageError> {
        block::steps(x, self.d_model)?;
        let inner = self.inner_size();
        let (to_u, to_z) = self.head.get(IN_PROJ).split_at(inner * self.d_model);
        let (u, z) = (linear(to_u, None, x, self.d_model), linear(to_z, None, x, self.d_model));
        let conv = self.convolve(&u);
        let ssm_in: Vec<f64> = conv.iter().map(|v| silu(*v)).collect();
        let ssm = self.ssm.forward(&ssm_in)?;
        let gated: Vec<f64> = self.ssm.output(&ssm).iter().zip(&z).map(|(y, z)| y * silu(*z)).collect();
        let out = linear(self.tail.get(0), None, &gated, inner);
        finite(&out, self.d_model)?;
        Ok(MambaTrace { x: x.to_vec(), u, z, conv, ssm_in, ssm, gated, out })
    }

    fn output<'t>(&self, trace: &'t MambaTrace) -> &'t [f64] {
        &trace.out
    }

    fn inner<'t>(&self, trace: &'t MambaTrace) -> Vec<Named<'t>> {
        let shape = [trace.u.len() / self.inner_size(), self.inner_size()];
        let mut inner = vec![
            Named::new("u", &shape, &trace.u),
            Named::new("z", &shape, &trace.z),
            Named::new("conv", &shape, &trace.conv),
            Named::new("ssm_in", &shape, &trace.ssm_in),
            Named::new("ssm_out", &shape, self.ssm.output(&trace.ssm)),
        ];
        inner.extend(self.ssm.inner(&trace.ssm));
        inner
    }

    fn paths(&self) -> &'static [Path] {
        self.ssm.paths()
    }

    fn vjp(&self, trace: &MambaTrace, cotangent: &ScaledRows, path: Path, mut gradients: Option<&mut Gradients>) -> ScaledRows {
        let (inner, d) = (self.inner_size(), self.d_model);
        let steps = trace.x.len() / d;
        let last = cotangent.last_nonzero().map_or(0, |last| last + 1);
        // Through out_proj and the gate.
        let (mut by_y, mut by_z) = (ScaledRows::zeros(steps, inner), ScaledRows::zeros(steps, inner));
        let mut by_gated = ScaledRows::zeros(steps, inner);
        for t in 0..last {
            let at = t * inner..(t + 1) * inner;
            let (g, exponent) = cotangent.row(t);
            let gradients = gradients.as_deref_mut().map(|g| (g.values[OUT_PROJ].as_mut_slice(), None));
            linear_back(self.tail.get(0), &trace.gated[at.clone()], g, exponent, (&mut by_gated, t), gradients);
            let (g, exponent) = by_gated.row(t);
            let (y, z) = (&self.ssm.output(&trace.ssm)[at.clone()], &trace.z[at]);
            let to_y: Vec<f64> = g.iter().zip(z).map(|(g, z)| g * silu(*z)).collect();
            let to_z: Vec<f64> = g.iter().zip(y).zip(z).map(|((g, y), z)| g * y * silu_slope(*z)).collect();
            by_y.set(t, &to_y, exponent);
            by_z.set(t, &to_z, exponent);
        }
        // Through the selective model, whose gradients are a part of these.
        let mut own = gradients.is_some().then(|| Gradients::zeros(&self.ssm.parameters()));
        let by_ssm_in = self.ssm.vjp(&trace.ssm, &by_y, path, own.as_mut());
        if let (Some(all), Some(own)) = (gradients.as_deref_mut(), own) {
            for (all, own) in all.values[HEAD..OUT_PROJ].iter_mut().zip(&own.values) {
                axpy(1.0, own, all);
            }
        }
        // Through the convolution: what step t reads of u is of the steps t − taps + 1 … t.
        let mut by_u = ScaledRows::zeros(steps, inner);
        let weight = self.head.get(CONV_WEIGHT);
        let taps = self.taps;
        for t in 0..last {
            let (g, exponent) = by_ssm_in.row(t);
            let by_conv: Vec<f64> = g.iter().zip(&trace.conv[t * inner..]).map(|(g, c)| g * silu_slope(*c)).collect();
            for j in (taps - 1).saturating_sub(t)..taps {
                let read = t + j + 1 - taps;
                let back: Vec<f64> = by_conv.iter().enumerate().map(|(channel, g)| g * weight[channel * taps + j]).collect();
                by_u.add(read, &back, exponent);
                if let Some(gradients) = gradients.as_deref_mut() {
                    for (channel, g) in by_conv.iter().enumerate() {
                        gradients.values[CONV_WEIGHT][channel * taps + j] += scale(*g, exponent) * trace.u[read * inner + channel];
                    }
                }
            }
            if let Some(gradients) = gradients.as_deref_mut() {
                axpy(scale(1.0, exponent), &by_conv, &mut gradients.values[CONV_BIAS]);
            }
        }
        // Through in_proj.
        let mut dx = ScaledRows::zeros(steps, d);
        let (to_u, to_z) = self.head.get(IN_PROJ).split_at(inner * d);
        for t in 0..last {
            let x = &trace.x[t * d..(t + 1) * d];
            for (half, (weight, rows)) in [(to_u, &by_u), (to_z, &by_z)].into_iter().enumerate() {
                let (g, exponent) = rows.row(t);
                let gradients = gradients.as_deref_mut().map(|g| {
                    let from = half * inner * d;
                    (&mut g.values[IN_PROJ][from..from + inner * d], None)
                });
                linear_back(weight, x, g, exponent, (&mut dx, t), gradients);
            }
        }
        dx
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let mut all = self.head.list();
        all.extend(self.ssm.parameters());
        all.extend(self.tail.list());
        all
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        let mut all = self.head.list_mut();
        all.extend(self.ssm.parameters_mut());
        all.extend(self.tail.list_mut());
        all
    }

    fn cost(&self, steps: usize) -> Cost {
        let (d, inner, taps, count) = (self.d_model as u64, self.inner_size() as u64, self.taps as u64, steps as u64);
        let projections = 2 * d * 3 * inner;
        let own = Cost {
            parameters: self.head.count() + self.tail.count(),
            forward_flops: count * (projections + inner * (2 * taps + 1) + 5 * inner),
            vjp_flops: count * (projections + inner * 2 * taps + 14 * inner),
            stored: count * (2 * d + 5 * inner),
        };
        own + self.ssm.cost(steps)
    }
}
